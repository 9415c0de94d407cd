"""Comparisons of treatments and of robustness under disclosure control."""

from __future__ import annotations

import pytest

from helpers.analysis.centres import compare_centres
from helpers.analysis.choices import vary_choices
from helpers.analysis.immortal import detect_immortal_time
from helpers.analysis.missing_patterns import count_missing
from helpers.analysis.proportionality import check_hazards
from helpers.analysis.stability import validate_model
from helpers.analysis.subgroups import compare_subgroups
from helpers.analysis.survival import estimate_survival
from helpers.analysis.switching import estimate_switch_effect
from helpers.analysis.target_trial import describe_target_trial
from helpers.analysis.weighting import estimate_weighted_effect
from helpers.cohort import read_cohort
from helpers.disclosure import open_gate
from helpers.narrative import describe_survival

FACTORS = ["age_75", "adverse_karyotype", "raeb"]
CUTS = {"age_cut_years": 75.0, "len_duration_cut_months": 6.0, "len_dose_cut_mg": 10.0}


@pytest.fixture(scope="module")
def cohort():
    return read_cohort("synthetic")


@pytest.fixture(scope="module", params=["redact-7-round-5", "midpoint-6"])
def gate(request, cohort):
    return open_gate(request.param, cohort)


def test_two_large_groups_are_compared_in_coarse_numbers(cohort, gate):
    true = estimate_survival(cohort, set_id="os.len", by="len_response", endpoint="os_len")
    shown = gate.protect(true)
    means, power = shown["rmst_difference"], shown["detectable_hr"]
    assert means.estimate == round(true["rmst_difference"].estimate)
    assert means.quantities == {}  # the horizon is the time of one patient
    assert means.n == gate.rule.publish(392)
    assert power.estimate == pytest.approx(true["detectable_hr"].estimate, abs=0.05)
    assert len(f"{power.estimate:g}") <= 3
    assert shown["ph"].p_value == pytest.approx(true["ph"].p_value, rel=0.05)
    told = describe_survival(shown).markdown
    assert "within common follow-up, mean overall survival was" in told


def test_a_small_group_hides_the_whole_comparison(cohort, gate):
    shown = gate.protect(estimate_survival(cohort, set_id="os.tp53", by="tp53"))
    if not shown.is_computable:
        return
    for name in ("rmst_difference", "detectable_hr", "ph", "mutated_vs_wildtype.hr"):
        assert shown[name].status == "masked"
        assert shown[name].estimate is None
        assert shown[name].p_value is None
        assert shown[name].quantities == {}


def test_what_holds_no_number_of_patients_is_shown(cohort, gate):
    for made in (
        detect_immortal_time(cohort, set_id="i"),
        describe_target_trial(cohort, set_id="t", treatment="hma_vs_bsc", covariates=FACTORS),
    ):
        shown = gate.protect(made)
        assert shown.is_computable
        assert shown.frames["rows"].equals(made.frames["rows"])


def make_all(cohort):
    yield estimate_switch_effect(cohort, set_id="a", group="allo_vs_other", adjust=FACTORS)
    yield estimate_weighted_effect(
        cohort, set_id="b", treatment="hma_vs_bsc", covariates=FACTORS, n_replicates=3
    )
    yield compare_subgroups(cohort, set_id="c", group="hma_vs_bsc", subgroups=["sex"])
    yield compare_centres(cohort, set_id="d", factors=FACTORS)
    yield vary_choices(cohort, set_id="e", factors=FACTORS[:1], cuts=CUTS)
    yield validate_model(cohort, set_id="f", factors=FACTORS, n_replicates=2)
    yield check_hazards(cohort, set_id="g", factors=FACTORS)
    yield count_missing(cohort, set_id="h", variables=["tp53"], by="sex")


def test_what_has_no_protected_form_is_left_out_with_every_number(cohort, gate):
    for made in make_all(cohort):
        assert made.is_computable, made.reason
        shown = gate.protect(made)
        assert not shown.is_computable
        assert "no form that is protected" in shown.reason
        assert not shown.results
        assert not shown.frames
