"""Complete cases beside multiple imputation, on the built-in cohort with values taken away."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from helpers.analysis.imputed import fit_imputed_model
from helpers.analysis.models import fit_survival_model
from helpers.cohort import read_cohort
from helpers.narrative.robustness import describe_imputation

FACTORS = ["age_75", "adverse_karyotype", "raeb", "failure_type", "len_response"]


@pytest.fixture(scope="module")
def cohort():
    return read_cohort("synthetic")


@pytest.fixture(scope="module")
def incomplete(cohort):
    rng = np.random.default_rng(2)
    table = cohort.table.copy()
    table.loc[rng.random(len(table)) < 0.3, ["len_response"]] = None
    table.loc[rng.random(len(table)) < 0.2, ["del5q_group", "adverse_karyotype"]] = None
    return replace(cohort, table=table)


@pytest.fixture(scope="module")
def results(incomplete):
    return fit_imputed_model(
        incomplete, set_id="mi", factors=FACTORS, n_imputations=5, seed=4, auxiliary=["sex"]
    )


def test_complete_cases_are_those_of_the_ordinary_model(incomplete, results):
    model = fit_survival_model(incomplete, set_id="m", factors=FACTORS)
    for name in ("age_75.yes", "failure_type.progression"):
        assert results[f"{name}.complete"].estimate == pytest.approx(model[name].estimate)
        assert results[f"{name}.complete"].n == model["model"].n


def test_imputation_uses_all_patients_and_is_more_precise(cohort, results):
    whole = fit_survival_model(cohort, set_id="m", factors=FACTORS)
    for name in ("age_75.yes", "raeb.yes"):
        complete, imputed = results[f"{name}.complete"], results[f"{name}.imputed"]
        assert imputed.n == len(cohort.table)
        assert imputed.std_error < complete.std_error
        assert abs(np.log(imputed.estimate / whole[name].estimate)) < abs(
            np.log(complete.estimate / whole[name].estimate)
        )


def test_the_cost_of_missing_values_is_stated(results):
    missing = results["len_response.yes.imputed"].quantities["missing_information"]
    assert missing > results["age_75.yes.imputed"].quantities["missing_information"]
    assert results.meta["n_imputations"] == 5
    assert results.meta["seed"] == 4


def test_a_seed_repeats_the_estimates(incomplete, results):
    again = fit_imputed_model(
        incomplete, set_id="mi", factors=FACTORS, n_imputations=5, seed=4, auxiliary=["sex"]
    )
    assert [one.to_record() for one in again] == [one.to_record() for one in results]


def test_a_screen_fits_each_factor_alone(incomplete):
    screen = fit_imputed_model(
        incomplete, set_id="mi", factors=["raeb", "len_response"], n_imputations=3, each=True
    )
    alone = fit_survival_model(incomplete, set_id="m", factors=["len_response"])
    complete = screen["len_response.yes.complete"]
    assert complete.estimate == pytest.approx(alone["len_response.yes"].estimate)


def test_what_does_not_apply_is_not_imputed(incomplete):
    results = fit_imputed_model(
        incomplete, set_id="mi", factors=["second_aberration", "len_response"], n_imputations=2
    )
    assert results.meta["left_out"] == [
        "One more cytogenetic abnormality does not apply to all patients."
    ]
    assert not any("second_aberration" in one.id for one in results)


def test_nothing_missing_needs_no_imputation(cohort):
    results = fit_imputed_model(cohort, set_id="mi", factors=FACTORS)
    assert results.is_computable
    assert not list(results)
    assert results.meta["n_incomplete"] == 0
    assert describe_imputation(results).markdown == (
        "No value of these factors was missing, so that complete cases are all patients and "
        "nothing was imputed."
    )


def test_numbers_are_imputed_beside_categories(cohort):
    rng = np.random.default_rng(6)
    table = cohort.table.copy()
    table.loc[rng.random(len(table)) < 0.25, "haemoglobin_g_dl"] = np.nan
    gaps = replace(cohort, table=table)
    factors = ["age_years", "haemoglobin_g_dl", "raeb"]
    made = fit_imputed_model(gaps, set_id="mi", factors=factors, n_imputations=10, seed=4)
    whole = fit_survival_model(cohort, set_id="m", factors=factors)
    complete = fit_survival_model(gaps, set_id="m", factors=factors)
    assert made.meta["left_out"] == []
    for name in ("age_years.slope", "haemoglobin_g_dl.slope", "raeb.yes"):
        assert made[f"{name}.complete"].estimate == pytest.approx(complete[name].estimate)
        imputed = made[f"{name}.imputed"]
        assert imputed.n == len(table)
        error = whole[name].std_error
        assert abs(np.log(imputed.estimate / whole[name].estimate)) < error
    rows = made.frames["terms"]["factor_label"].unique()
    assert list(rows) == ["Age, per year", "Haemoglobin, per g/dL", "RAEB-1 (WHO): Yes"]
    assert "seed 4" in describe_imputation(made).markdown
