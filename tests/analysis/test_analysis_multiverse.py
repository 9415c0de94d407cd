"""Specifications one by one against ordinary models, and what the sweep makes of them."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from helpers.analysis.models import fit_survival_model
from helpers.analysis.multiverse import estimate_multiverse
from helpers.analysis.specifications import Multiverse
from helpers.cohort import read_cohort
from helpers.errors import ParameterError

FULL = ["age_75", "adverse_karyotype", "raeb", "failure_type", "len_response"]
CHOICES = {
    "age_cut_years": [75, 70],
    "model": ["full", "alone"],
    "truncation_months": [None, 24],
    "ties": ["efron", "breslow"],
    "subset": ["all", "us"],
}
OPTIONS = {"models": {"full": FULL}, "subsets": {"us": {"region": ["us"]}}}


@pytest.fixture(scope="module")
def cohort():
    return read_cohort("synthetic")


@pytest.fixture(scope="module")
def multiverse(cohort):
    return Multiverse(cohort, "failure_type", "progression", CHOICES, **OPTIONS)


@pytest.fixture(scope="module")
def results(cohort):
    return estimate_multiverse(
        cohort,
        set_id="mv",
        factor="failure_type",
        level="progression",
        choices=CHOICES,
        published=1.86,
        **OPTIONS,
    )


def test_every_combination_once_and_the_base_first(multiverse):
    made = multiverse.list_specifications()
    assert len(made) == 32
    assert len({tuple(one.items()) for one in made}) == 32
    assert made[0] == {name: values[0] for name, values in CHOICES.items()}


def test_a_specification_is_an_ordinary_model_of_another_cohort(multiverse):
    row = multiverse.fit(
        {
            "age_cut_years": 70,
            "model": "full",
            "truncation_months": None,
            "ties": "breslow",
            "subset": "us",
        }
    )
    model = fit_survival_model(
        read_cohort("synthetic", age_cut_years=70),
        set_id="m",
        factors=FULL,
        where={"region": ["us"]},
        ties="breslow",
    )["failure_type.progression"]
    assert row["estimate"] == pytest.approx(model.estimate, rel=1e-10)
    assert row["ci_lower"] == pytest.approx(model.ci_lower, rel=1e-10)
    assert row["n"] == int((read_cohort("synthetic").table["region"] == "us").sum())


def test_truncation_ends_follow_up(cohort, multiverse):
    base = multiverse.list_specifications()[0]
    row = multiverse.fit({**base, "truncation_months": 24})
    table = cohort.table
    died = table["os_event"] & (table["os_months"] <= 24)
    assert row["events"] == int(died.sum())


def test_rules_for_missing_values(cohort):
    table = cohort.table.copy()
    table.loc[np.random.default_rng(3).random(len(table)) < 0.2, "len_response"] = None
    multiverse = Multiverse(
        replace(cohort, table=table),
        "failure_type",
        "progression",
        {"model": ["full"], "missing": ["complete_cases", "most_frequent", "own_category"]},
        models={"full": FULL},
        cuts={"age_cut_years": 75, "len_duration_cut_months": 6, "len_dose_cut_mg": 10},
    )
    # derived factors are made anew from their columns, so the gap must be in the column
    rows = list(multiverse.fit_all(multiverse.list_specifications()))
    complete, frequent, own = (row["n"] for row in rows)
    assert complete < frequent == own == len(table)
    assert len({round(row["estimate"], 6) for row in rows}) == 3


def test_a_failing_specification_says_why(cohort):
    multiverse = Multiverse(
        cohort, "tp53", "mutated", {"subset": ["none"]}, subsets={"none": {"tp53": ["mutated"]}}
    )
    row = multiverse.fit({"subset": "none"})
    assert "estimate" not in row
    assert row["reason"]


@pytest.mark.parametrize(
    ("choices", "words"),
    [
        ({"colour": ["red"]}, "choice must be one of"),
        ({"ties": []}, "must be a list of values"),
        ({"ties": ["exact"]}, "choice ties must be breslow, efron"),
        ({"truncation_months": [-3]}, "a positive number"),
        ({"model": ["full"]}, "choice model must be alone"),
    ],
)
def test_unknown_choices_are_refused(cohort, choices, words):
    with pytest.raises(ParameterError, match=words):
        Multiverse(cohort, "failure_type", "progression", choices)


def test_an_unknown_level_is_refused(cohort):
    with pytest.raises(ParameterError, match="level of failure_type must be one of"):
        Multiverse(cohort, "failure_type", "lost", {"ties": ["efron"]})


def test_summary_of_all(results):
    found = results.frames["specifications"]["estimate"]
    extra = results["all"].quantities
    assert extra["n_specifications"] == extra["n_estimated"] == 32
    assert results["all"].estimate == pytest.approx(found.median())
    assert (extra["lowest"], extra["highest"]) == (found.min(), found.max())
    assert found.is_monotonic_increasing
    assert results.meta["published"] == 1.86


def test_influence_compares_pairs_that_differ_in_one_choice(results):
    table = results.frames["specifications"]
    wide = table.assign(log=table["estimate"].map(math.log)).pivot_table(
        index=["age_cut_years", "model", "ties", "subset"],
        columns=table["truncation_months"].fillna(0),
        values="log",
    )
    expected = math.exp((wide[24.0] - wide[0.0]).median())
    influence = results.frames["influence"].set_index(["choice", "value"])
    assert influence.loc[("truncation_months", "24"), "ratio"] == pytest.approx(expected)
    assert influence.loc[("truncation_months", "24"), "n_pairs"] == 16
    moved = influence["ratio"].map(math.log).abs().to_list()
    assert moved == sorted(moved, reverse=True)
    assert set(influence.index.get_level_values(0)) == set(CHOICES)


def test_base_is_the_model_as_printed(cohort, results):
    model = fit_survival_model(cohort, set_id="m", factors=FULL)["failure_type.progression"]
    assert results["base"].estimate == pytest.approx(model.estimate)
    assert pd.notna(results["base"].p_value)
