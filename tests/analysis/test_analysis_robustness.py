"""Stability, varied choices, missing patterns, target trial and residuals, on real cohorts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from small_cohorts import EIGHT, make_cohort

from helpers.analysis.centres import compare_centres
from helpers.analysis.choices import vary_choices
from helpers.analysis.missing_patterns import count_missing
from helpers.analysis.models import fit_survival_model
from helpers.analysis.proportionality import check_hazards
from helpers.analysis.stability import validate_model
from helpers.analysis.switching import estimate_switch_effect
from helpers.analysis.target_trial import describe_target_trial
from helpers.cohort import read_cohort
from helpers.stats.smoothing import smooth_by_spline

FACTORS = ["age_75", "adverse_karyotype", "raeb", "failure_type", "len_response"]
CUTS = {"age_cut_years": 75.0, "len_duration_cut_months": 6.0, "len_dose_cut_mg": 10.0}


@pytest.fixture(scope="module")
def cohort():
    return read_cohort("synthetic")


class TestStability:
    def test_the_data_s_own_selection_is_that_of_the_procedure(self, cohort):
        made = validate_model(
            cohort, set_id="s", factors=["age_75", "sex", "progression"], n_replicates=8, seed=4
        )
        rows = made.frames["rows"].set_index("factor")
        assert rows["is_selected"].to_dict() == {"age_75": True, "progression": True, "sex": False}
        assert rows["frequency"].between(0, 1).all()
        assert (rows["frequency"] * 8 % 1 == 0).all()
        quantities = made["c"].quantities
        assert made["c"].estimate == pytest.approx(quantities["apparent"] - quantities["optimism"])

    def test_factors_known_in_part_are_left_out_with_the_reason(self, cohort):
        made = validate_model(cohort, set_id="s", factors=["age_75", "tp53"], n_replicates=2)
        assert made.meta["left_out"] == ["TP53 mutation is not known of every patient."]
        assert list(made.frames["rows"]["factor"]) == ["age_75"]

    def test_the_patients_are_those_of_the_selection(self, cohort):
        known = int(cohort.table["second_aberration"].notna().sum())
        assert 0 < known < len(cohort)
        factors = ["age_75", "second_aberration", "tp53"]
        made = validate_model(
            cohort, set_id="s", factors=factors, offered=factors[:2], n_replicates=2
        )
        assert made["c"].n == known
        assert set(made.frames["rows"]["factor"]) == {"age_75", "second_aberration"}
        assert made.meta["left_out"] == ["TP53 mutation is not known of every patient."]

    def test_without_samples_it_says_so(self, cohort):
        made = validate_model(cohort, set_id="s", factors=["age_75"], n_replicates=0)
        assert "no bootstrap is asked for" in made.reason

    def test_too_many_patients_are_told_before_any_model_is_made(self, cohort, monkeypatch):
        monkeypatch.setattr("helpers.analysis.stability.MOST_RESAMPLED", 391)
        monkeypatch.setattr("helpers.analysis.stability.prepare_model", None)
        made = validate_model(cohort, set_id="s", factors=["age_75"], n_replicates=3)
        assert made.meta["title"] == "Selection repeated in bootstrap samples"
        assert "at most 391 patients" in made.reason


class TestChoices:
    def test_the_base_is_the_model_of_the_report(self, cohort):
        made = vary_choices(
            cohort, set_id="v", factors=FACTORS, cuts=CUTS, published={"age_75.yes": 1.64}
        )
        model = fit_survival_model(cohort, set_id="m", factors=FACTORS)
        assert made["base"].estimate == pytest.approx(model["age_75.yes"].estimate, rel=1e-10)
        assert made.meta["published"] == 1.64
        assert len(made.frames["specifications"]) == 3 * 6 * 3 * 2
        assert made.meta["words"]["without_raeb"] == "without RAEB-1 (WHO)"

    def test_missing_values_become_a_choice_and_unknown_factors_are_passed_over(self):
        columns = {**EIGHT, "ipss": ["low", None, "int1", "low", "int1", "low", None, "int1"]}
        made = vary_choices(
            make_cohort(**columns), set_id="v", factors=["tp53", "sex", "ipss"], cuts=CUTS
        )
        assert made.meta["contrast"] == "Sex: Male"
        assert made.meta["choices"]["missing"] == [
            "complete_cases",
            "most_frequent",
            "own_category",
        ]
        assert "age_cut_years" not in made.meta["choices"]

    def test_nothing_to_vary(self):
        made = vary_choices(make_cohort(**EIGHT), set_id="v", factors=["tp53"], cuts=CUTS)
        assert "no factor of the model is known" in made.reason


class TestMissingPatterns:
    def test_counts_by_group_and_centre_by_hand(self):
        columns = {
            **EIGHT,
            "ipss": ["low", None, None, "low", "int1", "low", None, "int1"],
            "centre": ["A", "A", "B", "B", "A", "C", "B", "C"],
        }
        made = count_missing(
            make_cohort(**columns), set_id="m", variables=["ipss", "sex"], by="sex"
        )
        found = {one.id: (one.estimate, one.n) for one in made if one.kind == "count"}
        assert found == {"m.ipss.female": (2, 4), "m.ipss.male": (1, 4)}
        centres = made["ipss.centres"]
        assert centres.estimate == 2
        assert centres.quantities == {"n_centres": 3.0, "lowest": 0.0, "highest": 2 / 3}
        assert not [one for one in made if {"A", "B", "C"} & set(one.label.split())]

    def test_complete_data_have_no_rows(self):
        made = count_missing(make_cohort(**EIGHT), set_id="m", variables=["sex"], by="sex")
        assert made.is_computable
        assert not list(made)


class TestTargetTrial:
    @pytest.fixture
    def rows(self, cohort):
        made = describe_target_trial(
            cohort, set_id="t", treatment="hma_vs_bsc", covariates=["age_75", "raeb"]
        )
        return made.frames["rows"].set_index("element")

    def test_it_has_the_eight_elements(self, rows):
        assert list(rows.index) == [
            "Eligibility",
            "Treatment strategies",
            "Assignment",
            "Follow-up and time zero",
            "Outcome",
            "Causal contrast",
            "Identifying assumptions",
            "Analysis",
        ]

    def test_what_data_cannot_give_is_marked(self, rows):
        assert rows["is_emulated"].tolist() == [False] * 4 + [True] * 4
        assert "given these: Age; RAEB-1 (WHO)." in rows.loc["Assignment", "emulation"]
        assert "immortal" in rows.loc["Follow-up and time zero", "emulation"]
        assumed = rows.loc["Identifying assumptions", "emulation"]
        assert "no confounding beyond Age; RAEB-1 (WHO);" in assumed

    def test_covariates_without_data_are_named(self, cohort):
        bare = replace(cohort, table=cohort.table.drop(columns=["raeb"]))
        made = describe_target_trial(
            bare, set_id="t", treatment="hma_vs_bsc", covariates=["age_75", "raeb"]
        )
        told = made.frames["rows"].set_index("element").loc["Assignment", "emulation"]
        assert "given these: Age. Not in the data: RAEB-1 (WHO)." in told

    def test_other_factors_say_why_not(self, cohort):
        made = describe_target_trial(
            cohort, set_id="t", treatment="failure_type", covariates=["age_75"]
        )
        assert "must have two levels" in made.reason


class TestHazards:
    def test_residuals_average_to_the_coefficient(self, cohort):
        made = check_hazards(cohort, set_id="h", factors=["sex", "age_75"])
        model = fit_survival_model(cohort, set_id="m", factors=["sex", "age_75"])
        means = made.frames["residuals"].groupby("factor")["residual"].mean()
        assert means["sex"] == pytest.approx(np.log(model["sex.male"].estimate), abs=1e-9)
        assert made["ph.sex"].p_value == pytest.approx(model["ph.sex"].p_value, rel=1e-12)
        assert not [one for one in made if one.id.endswith("rmst_difference")]

    def test_crossing_curves_are_compared_by_restricted_means(self):
        times = [1.0] * 10 + [30.0] * 10 + [9.0 + i / 10 for i in range(20)]
        columns = {
            "os_months": times,
            "dead": [1] * 40,
            "sex": ["female"] * 20 + ["male"] * 20,
        }
        made = check_hazards(make_cohort(**columns), set_id="h", factors=["sex"])
        assert made["ph.sex"].p_value < 0.05
        found = made["sex.male.rmst_difference"]
        women = np.mean(np.minimum(times[:20], 10.9))
        men = np.mean(times[20:])
        assert found.quantities["horizon_months"] == pytest.approx(10.9)
        assert found.estimate == pytest.approx(men - women)

    def test_the_smooth_is_the_least_squares_of_a_natural_spline(self):
        """Natural: beyond the end knots straight, so a parabola is not met; a line is."""
        x = np.linspace(0, 9, 40)
        line = smooth_by_spline(x, 3 - 2 * x)
        assert line == pytest.approx(3 - 2 * x)
        y = np.sin(x)
        fitted = smooth_by_spline(x, y)
        residual = y - fitted
        assert residual @ np.ones_like(x) == pytest.approx(0, abs=1e-9)
        assert residual @ x == pytest.approx(0, abs=1e-9)
        assert smooth_by_spline([1, 1, 1], [2, 3, 4]).tolist() == pytest.approx([3, 3, 3])


class TestGroupsThatAreJoined:
    def test_patients_without_a_date_are_left_out_and_counted(self):
        columns = {
            "os_months": [5, 6, 7, 8, 9, 10, 11, 12],
            "dead": [1] * 8,
            "first_treatment": ["bsc", "hma", "hma", "bsc", "hma", "bsc", None, "hma"],
            "first_treatment_months": [None, 1, 2, None, None, None, None, 3],
        }
        made = estimate_switch_effect(make_cohort(**columns), set_id="w", group="hma_vs_bsc")
        assert made.meta["n_unknown"] == 1
        assert made.meta["n_undated"] == 1
        assert made["naive.hr"].n == 6
        assert made["immortal"].estimate == pytest.approx(1 + 2 + 3)
        assert made.meta["groups"] == {"before": "HMA: not yet", "after": "HMA: since then"}

    def test_a_factor_without_a_time_of_joining_says_so(self, cohort):
        made = estimate_switch_effect(cohort, set_id="w", group="sex")
        assert "no declared time of joining" in made.reason


class TestNumbers:
    """A number among the factors of a model shifts no other factor's estimate."""

    @pytest.fixture
    def made(self, cohort):
        factors = ["haemoglobin_g_dl", "age_75", "raeb"]
        return (
            fit_survival_model(cohort, set_id="m", factors=factors),
            compare_centres(cohort, set_id="c", factors=factors),
            vary_choices(cohort, set_id="v", factors=factors, cuts=CUTS),
            validate_model(cohort, set_id="s", factors=factors, n_replicates=3),
        )

    def test_centres_keep_each_estimate_with_its_factor(self, made):
        model, centres, *_ = made
        for name in ("haemoglobin_g_dl.slope", "age_75.yes", "raeb.yes"):
            assert centres[f"{name}.ignored"].estimate == pytest.approx(model[name].estimate)
            span = centres[f"{name}.left_out"].quantities
            assert span["lowest"] <= model[name].estimate <= span["highest"]

    def test_the_first_group_is_varied_with_the_number_in_the_model(self, made):
        model, _, choices, _ = made
        assert choices.meta["contrast"].startswith("Age: 75")
        assert choices["base"].estimate == pytest.approx(model["age_75.yes"].estimate)

    def test_numbers_are_selected_like_groups(self, made):
        assert set(made[3].frames["rows"]["factor"]) == {"haemoglobin_g_dl", "age_75", "raeb"}
