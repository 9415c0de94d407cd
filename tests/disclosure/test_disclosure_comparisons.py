"""Comparisons of treatments and of robustness under disclosure control."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from helpers.analysis.centres import compare_centres
from helpers.analysis.choices import vary_choices
from helpers.analysis.immortal import detect_immortal_time
from helpers.analysis.missing_patterns import count_missing
from helpers.analysis.populations import EVERYONE, HIDDEN_FRAMES, Population
from helpers.analysis.proportionality import check_hazards
from helpers.analysis.stability import validate_model
from helpers.analysis.subgroups import compare_subgroups
from helpers.analysis.survival import estimate_survival
from helpers.analysis.switching import estimate_switch_effect
from helpers.analysis.target_trial import describe_target_trial
from helpers.analysis.weighting import estimate_weighted_effect
from helpers.cohort import read_cohort
from helpers.disclosure import open_gate
from helpers.disclosure.life_table import Exits
from helpers.disclosure.populations import read_behind
from helpers.disclosure.robustness import finish_centres
from helpers.disclosure.switched import rebuild_switched
from helpers.disclosure.weighted import find_anchors
from helpers.narrative import describe_multiverse, describe_survival
from helpers.results import Result, ResultSet

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
        assert not shown.results
        assert not shown.frames
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


def test_what_does_not_hand_on_the_patients_behind_it_is_left_out(cohort, gate):
    n_checked = 0
    for made in make_all(cohort):
        assert made.is_computable, made.reason
        if "populations" not in made.frames and "sizes" not in made.frames:
            continue
        n_checked += 1
        hidden = {"populations", "sizes"}
        frames = {name: kept for name, kept in made.frames.items() if name not in hidden}
        shown = gate.protect(replace(made, frames=frames | {"sizes": pd.DataFrame()}))
        assert not shown.is_computable
        assert not shown.results
        assert not shown.frames
    assert n_checked >= 6


def test_nothing_hidden_and_no_unknown_frame_is_handed_out(cohort, gate):
    for made in make_all(cohort):
        assert made.is_computable, made.reason
        odd = {**made.frames, "patients": pd.DataFrame({"time_months": [1.2345]})}
        shown = gate.protect(replace(made, frames=odd))
        assert shown.is_computable
        assert not set(shown.frames) & set(HIDDEN_FRAMES)
        if made.meta["definition"]["analysis"] != "count_missing":
            assert "patients" not in shown.frames


def test_unknown_result_of_a_known_analysis_is_masked(cohort, gate):
    made = compare_subgroups(cohort, set_id="c", group="hma_vs_bsc", subgroups=["sex"])
    new = Result(id="c.new.hr", kind="hazard_ratio", estimate=1.2345, n=7, events=3)
    shown = gate.protect(made.with_results([*made, new]))
    assert shown["new.hr"].status == "masked"
    assert shown["new.hr"].n is None


def test_no_maximum_and_no_count_of_single_patients_is_shown(cohort, gate):
    made = estimate_weighted_effect(
        cohort, set_id="b", treatment="hma_vs_bsc", covariates=FACTORS, n_replicates=3
    )
    shown = gate.protect(made)
    assert {"largest_weight", "n_truncated"} <= set(made["propensity"].quantities)
    assert not {"largest_weight", "n_truncated"} & set(shown["propensity"].quantities)
    assert shown["propensity"].estimate == round(made["propensity"].estimate, 2)
    sizes = {shown[f"{level}.effective"].estimate for level in ("hma", "bsc")}
    assert sizes <= {gate.rule.stand_in(count) for count in range(200)}


def test_balance_is_that_of_printed_counts(cohort, gate):
    made = estimate_weighted_effect(
        cohort, set_id="b", treatment="hma_vs_bsc", covariates=FACTORS, n_replicates=3
    )
    before = gate.protect(made).frames["balance"].set_index("label")["smd_before"]
    true = made.frames["balance"].set_index("label")["smd_before"]
    age = before["Age: 75 years or older"]
    first, second = (
        gate.rule.publish(count) / gate.rule.publish(n) for count, n in ((26, 78), (29, 91))
    )
    n = [gate.rule.publish(number) for number in (78, 91)]
    spread = sum(p * (1 - p) * m / (m - 1) for p, m in zip((first, second), n, strict=True)) / 2
    assert age == pytest.approx((second - first) / spread**0.5, abs=0.006)
    assert age != round(true["Age: 75 years or older"], 2)
    assert math.isnan(before["Adverse karyotype (IPSS)"])  # six and seven patients have one


def test_standardised_survival_stands_still_between_enough_events(cohort, gate):
    made = estimate_weighted_effect(
        cohort, set_id="b", treatment="hma_vs_bsc", covariates=FACTORS, n_replicates=3
    )
    shown = gate.protect(made)
    times = find_anchors(made, gate.rule)
    events = made.frames["event_times"]["time_months"].to_numpy()
    assert len(times) > 3
    for earlier, later in itertools.pairwise(times):
        assert np.count_nonzero((events > earlier) & (events <= later)) > gate.rule.largest_small
    curve = shown.frames["curve"]
    bends = curve[curve["group"] == "hma"]
    slopes = np.diff(bends["estimate"]) / np.diff(bends["time_months"])
    turning = bends["time_months"].to_numpy()[1:-1][np.abs(np.diff(slopes)) > 1e-9]
    assert set(turning) <= set(times)
    assert shown["hma.standardised_12m"].estimate == round(made["hma.standardised_12m"].estimate, 2)


def test_range_over_centres_leaves_small_ones_out(gate):
    without = pd.DataFrame(
        {
            "result_id": "d.f.x.left_out",
            "n": [40, 30, 3],
            "events": [20, 10, 1],
            "ratio": [1.1, 1.3, 9.9],
        }
    )
    whole = Population(key="whole", n=73, counted_by=("d.f.x.left_out",))
    raw = ResultSet.collect(
        "d",
        [Result(id="d.f.x.left_out", kind="statistic", estimate=1.3)],
        frames={"without": without},
        meta={"n_centres": 12},
    )
    behind = read_behind([whole], gate.rule, n_patients=392, hidden_margins=frozenset())
    shown = finish_centres(raw, raw, behind)
    assert shown["f.x.left_out"].quantities == {"lowest": 1.1, "highest": 1.3}
    assert shown.meta["n_centres"] is None  # twelve centres of 73 patients: some have few


def test_specifications_tell_no_counts_and_coarse_limits(cohort, gate):
    made = vary_choices(cohort, set_id="e", factors=FACTORS, cuts=CUTS)
    shown = gate.protect(made)
    table = shown.frames["specifications"]
    assert not {"n", "events", "n_smaller", "events_smaller"} & set(table)
    assert {"n", "events"} <= set(made.frames["specifications"])
    for value in table["ci_upper"]:
        assert float(f"{value:.1e}") == value
    assert shown["all"].quantities["lowest"] == table["estimate"].min()
    alpha = shown.meta["alpha"]
    clear = (made.frames["specifications"]["p_value"] < alpha).mean()
    assert shown["all"].quantities["share_significant"] == pytest.approx(clear)


def test_specifications_of_few_patients_are_withheld(cohort, gate):
    made = vary_choices(cohort, set_id="e", factors=FACTORS, cuts=CUTS)
    sizes = made.frames["sizes"].copy()
    sizes.loc[sizes.index[:4], "events_smaller"] = gate.rule.largest_small
    shown = gate.protect(replace(made, frames={**made.frames, "sizes": sizes}))
    assert shown.meta["n_withheld"] == 4
    assert shown["all"].quantities["n_estimated"] == len(made.frames["specifications"]) - 4
    assert "combinations are not shown" in describe_multiverse(shown).markdown


def test_residuals_are_lines_without_points(cohort, gate):
    made = check_hazards(cohort, set_id="g", factors=FACTORS)
    shown = gate.protect(made).frames["residuals"]
    assert made.frames["residuals"]["residual"].notna().all()
    assert shown["residual"].isna().all()
    assert shown.groupby("label").size().max() <= 25
    assert (shown["time_months"] % 1 == 0).all()
    assert shown["time_months"].max() < made.frames["residuals"]["time_months"].max()


def test_curve_of_who_joins_does_not_tell_when_one_died(gate):
    """Two groups that differ in the month of one death inside a printed step give one curve."""
    times = np.arange(1.0, 61.0)
    entered = np.full(60, 2)
    lost = np.zeros(60, dtype=np.int64)
    one = np.ones(60, dtype=np.int64)
    moved = one.copy()
    start = gate.rule.largest_small + 1  # months in which two join and one dies
    bounds = gate.rule.bounds
    count = next(at for at in range(20, 40) if bounds(at - start) == bounds(at - start - 1))
    moved[count - 1], moved[count] = 0, 2
    made = [
        rebuild_switched(
            Exits(times, events, lost, lost), times - 0.5, entered, gate.rule, step_months=1.0
        )
        for events in (one, moved)
    ]
    assert made[0].n_events == made[1].n_events > 0
    assert made[0].entry_months.min() > 0  # it begins where more than a few are at risk
    assert np.array_equal(np.sort(made[0].time_months), np.sort(made[1].time_months))


def test_level_is_hidden_where_another_table_has_its_cells(gate):
    """27 and 25 are printed alike: the two that another table redacts would be few indeed."""
    parts = (("level", "groups"),)
    populations = [
        Population(key="all", n=200, parts_of=((EVERYONE, "compared"),), is_whole=True),
        Population(key="level", n=27, parts_of=(("all", "levels"),)),
        Population(key="other", n=173, parts_of=(("all", "levels"),)),
        Population(key="level/a", n=2, parts_of=parts, printed="elsewhere"),
        Population(key="level/b", n=25, parts_of=parts, printed="elsewhere"),
    ]
    behind = read_behind(populations, gate.rule, n_patients=392, hidden_margins=frozenset())
    assert behind.publish("level") is None
    alone = read_behind(populations[:3], gate.rule, n_patients=392, hidden_margins=frozenset())
    assert alone.publish("level") == gate.rule.publish(27)


def test_few_left_between_landmarks_are_not_told(gate):
    populations = [
        Population(key="all", n=200, parts_of=((EVERYONE, "compared"),), is_whole=True),
        Population(key="landmark", n=196, parts_of=(("all", "landmark"),)),
    ]
    behind = read_behind(populations, gate.rule, n_patients=392, hidden_margins=frozenset())
    assert behind.publish("all") == gate.rule.publish(200)
    assert behind.publish("landmark") is None
