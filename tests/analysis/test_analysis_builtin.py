"""The built-in cohort: other patients, other numbers."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from helpers.analysis.characteristics import summarise_characteristics
from helpers.analysis.counts import count_levels
from helpers.analysis.durations import summarise_follow_up, summarise_groups
from helpers.analysis.flow import count_available, count_flow
from helpers.analysis.incidence import estimate_incidence
from helpers.analysis.models import fit_incidence_model, fit_survival_model
from helpers.analysis.screen import screen_factors
from helpers.analysis.survival import estimate_survival
from helpers.cohort import build_cohort
from helpers.cohort.sources import read_source

ANALYSES = {
    "survival": lambda cohort: estimate_survival(cohort, set_id="a", by="failure_type"),
    "incidence": lambda cohort: estimate_incidence(cohort, set_id="a"),
    "model": lambda cohort: fit_survival_model(cohort, set_id="a", factors=["sex", "age_75"]),
    "aml": lambda cohort: fit_incidence_model(
        cohort, set_id="a", factors=["sex"], model="fine_gray"
    ),
    "screen": lambda cohort: screen_factors(cohort, set_id="a", factors=["sex", "ipss"]),
    "table": lambda cohort: summarise_characteristics(
        cohort, set_id="a", variables=["age_years", "sex"], by="first_treatment"
    ),
    "counts": lambda cohort: count_levels(cohort, set_id="a", variable="failure_type"),
    "durations": lambda cohort: summarise_groups(
        cohort, set_id="a", variable="len_duration_months", by="failure_type"
    ),
    "follow_up": summarise_follow_up,
    "flow": count_flow,
    "known": lambda cohort: count_available(cohort, variables=["tp53", "ipss"]),
}


@pytest.fixture(scope="module")
def raw():
    return read_source("synthetic")


@pytest.fixture(scope="module")
def whole(raw):
    return build_cohort(raw)


@pytest.fixture(scope="module")
def fewer(raw):
    """The cohort without every third row of its file."""
    keep = [number % 3 > 0 for number in range(len(raw.frame))]
    return build_cohort(replace(raw, frame=raw.frame.loc[keep]))


@pytest.fixture(scope="module")
def exchanged(raw):
    """The cohort with women as men and men as women."""
    sex = raw.frame["sex"].map({"female": "male", "male": "female"})
    return build_cohort(replace(raw, frame=raw.frame.assign(sex=sex)))


@pytest.fixture(scope="module")
def doubled(raw):
    """The cohort with a twin of each patient."""
    twins = raw.frame.assign(patient_id="twin-" + raw.frame["patient_id"])
    return build_cohort(replace(raw, frame=pd.concat([raw.frame, twins], ignore_index=True)))


@pytest.mark.parametrize("name", ANALYSES)
def test_other_patients_give_other_numbers(name, whole, fewer):
    before, after = ANALYSES[name](whole), ANALYSES[name](fewer)
    assert before.results.keys() == after.results.keys()
    changed = [key for key in before.results if before[key] != after[key]]
    assert len(changed) > len(before.results) / 2


@pytest.mark.parametrize("name", ANALYSES)
def test_a_second_run_gives_the_same(name, whole):
    assert dict(ANALYSES[name](whole).results) == dict(ANALYSES[name](whole).results)


def test_exchanged_sexes_exchange_counts_and_turn_the_ratio_over(whole, exchanged):
    before, after = (
        fit_survival_model(cohort, set_id="a", factors=["sex"]) for cohort in (whole, exchanged)
    )
    assert after["sex.male"].estimate == pytest.approx(1 / before["sex.male"].estimate)
    assert after["sex.male"].n == before["sex.female"].n
    assert after["sex.male.median"].estimate == before["sex.female.median"].estimate
    assert after["model"].statistic == pytest.approx(before["model"].statistic)


def test_twins_double_the_counts_and_leave_the_curve(whole, doubled):
    before, after = (
        estimate_survival(cohort, set_id="a", by="failure_type") for cohort in (whole, doubled)
    )
    for key in before.meta["groups"]:
        assert after[f"{key}.n"].estimate == 2 * before[f"{key}.n"].estimate
        assert after[f"{key}.median"].estimate == before[f"{key}.median"].estimate
        assert after[f"{key}.prob_24m"].estimate == pytest.approx(
            before[f"{key}.prob_24m"].estimate
        )
        assert after[f"{key}.prob_24m"].std_error < before[f"{key}.prob_24m"].std_error


def test_flow_adds_up(whole, raw):
    flow = count_flow(whole)
    left = flow.frames["steps"]["n_excluded"].sum()
    assert flow["screened"].estimate == len(raw.frame)
    assert flow["included"].estimate == len(whole.table) == len(raw.frame) - left
    assert flow.meta["illustrative"] is True


def test_the_naive_incidence_of_aml_is_never_the_smaller(whole):
    curve = estimate_incidence(whole, set_id="a").frames["curve"]
    curve = curve.pivot_table(index="time_months", columns="estimator", values="estimate")
    assert (curve["one_minus_km"] >= curve["cumulative_incidence"] - 1e-12).all()
    assert (curve["one_minus_km"] > curve["cumulative_incidence"]).any()


def test_a_cut_moves_patients_between_groups(raw, whole):
    younger = build_cohort(raw, age_cut_years=60)
    counts = [
        count_levels(cohort, set_id="a", variable="age_75")["yes"] for cohort in (whole, younger)
    ]
    assert counts[1].estimate > counts[0].estimate
    assert counts[1].label == "60 years or older"
