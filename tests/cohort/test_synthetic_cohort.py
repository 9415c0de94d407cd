"""The frozen cohort against the paper's printed counts, and cohorts of other sizes."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from helpers.cohort import synthetic
from helpers.cohort.synthetic import compiled_curves
from helpers.cohort.synthetic.plausibility import measure_hazard_jumps
from helpers.cohort.synthetic.raw_frame import DATES, ELIGIBILITY
from helpers.cohort.synthetic.screened import SCREENED_OUT
from helpers.errors import ParameterError

DATA = Path(synthetic.__file__).parents[1] / "data"
FROZEN = DATA / "synthetic.csv"

PRINTED_LEVELS = {
    "region": {"us": 216, "europe": 176},
    "source": {"trial": 261, "registry": 131},
    "sex": {"female": 258, "male": 134},
    "who_class": {"ra": 125, "del5q": 97, "rars": 27, "rcmd": 41, "raeb1": 91, "other": 11},
    "del5q_group": {"isolated": 230, "plus1": 105, "complex": 42, "fish_only": 15},
    "ipss": {"low": 161, "int1": 231},
    "failure_type": {"no_response": 141, "loss_hi": 152, "intolerance": 56, "progression": 43},
    "first_treatment": {"bsc": 78, "chemo": 16, "hma": 91, "esa": 22, "allo": 12, "other": 13},
    "hma_agent": {"azacitidine": 65, "decitabine": 26},
    "other_agent": {
        "thalidomide": 4,
        "atg": 3,
        "danazol": 1,
        "ruxolitinib": 1,
        "clinical_trial": 4,
    },
    "tp53": {"mutated": 7, "wildtype": 32},
    "cyto_response": {1: 83, 0: 124},
}
PRINTED_FLAGS = {
    "dead": 222,
    "therapy_related": 61,
    "rbc_td": 353,
    "esa_before": 155,
    "hma_before": 13,
    "len_esa_combination": 8,
    "len_response": 210,
}


@pytest.fixture(scope="module")
def frozen():
    return pd.read_csv(FROZEN, parse_dates=[f"{name}_date" for name in DATES])


@pytest.fixture(scope="module")
def eligible(frozen):
    kept = np.ones(len(frozen), dtype=bool)
    for name, value in ELIGIBILITY:
        kept &= frozen[name] == value
    return frozen[kept]


@pytest.fixture(scope="module")
def simulated():
    return synthetic.simulate_cohort(20_000, seed=11)


def log_rank(frame, first, second, *, column="first_treatment"):
    """Chi-square of two levels among patients without progression at failure."""
    part = frame[(frame["failure_type"] != "progression") & frame[column].isin([first, second])]
    days = (part["last_contact_date"] - part["failure_date"]).dt.days.to_numpy()
    mask = np.where(part[column] == first, 1, 2).astype(np.uint64)
    order = np.argsort(days, kind="stable")
    event = part["dead"].to_numpy().astype(np.int64)
    return compiled_curves.compare_two(days, event, order, mask, np.uint64(1), np.uint64(2))


def test_bytes_are_those_of_the_committed_digest():
    stored = (DATA / "synthetic.sha256").read_text(encoding="ascii").split()[0]
    assert hashlib.sha256(FROZEN.read_bytes()).hexdigest() == stored


def test_392_patients_are_eligible_and_every_rule_is_broken_by_some(frozen, eligible):
    assert len(eligible) == 392
    assert len(frozen) == 392 + sum(SCREENED_OUT.values())
    for name, value in ELIGIBILITY:
        assert (frozen[name] != value).sum() >= 3, name
    assert frozen["patient_id"].is_unique
    assert (frozen["synthetic"] == 1).all()


@pytest.mark.parametrize("name", PRINTED_LEVELS)
def test_levels_have_the_printed_counts(eligible, name):
    assert eligible[name].value_counts().to_dict() == PRINTED_LEVELS[name]


@pytest.mark.parametrize("name", PRINTED_FLAGS)
def test_flags_have_the_printed_counts(eligible, name):
    assert eligible[name].sum() == PRINTED_FLAGS[name]


def test_numbers_have_the_printed_medians_and_ranges(eligible):
    printed = {
        "age_years": (37, 70, 95),
        "haemoglobin_g_dl": (3.8, 9.2, 13.6),
        "platelets_g_l": (17, 223, 974),
        "blasts_pct": (0, 3, 9),
    }
    for name, expected in printed.items():
        values = eligible[name]
        assert (values.min(), values.median(), values.max()) == expected, name


def test_joint_counts_are_the_printed_ones(eligible):
    response = eligible["treatment_response"]
    hma = eligible["first_treatment"] == "hma"
    esa = eligible["first_treatment"] == "esa"
    chemo = eligible["first_treatment"] == "chemo"
    mutated = eligible["tp53"] == "mutated"
    transplanted = eligible["transplant_date"].notna()
    good = response.isin(["cr", "pr", "hi"])
    assert (hma & response.notna()).sum() == 71
    assert (hma & good).sum() == 32
    assert (hma & response.isin(["cr", "pr"])).sum() == 11
    assert (hma & (eligible["failure_type"] == "progression")).sum() == 18
    assert [(hma & mutated).sum(), (hma & mutated & good).sum()] == [5, 4]
    assert [(mutated & transplanted).sum(), (hma & mutated & transplanted).sum()] == [5, 3]
    assert [(chemo & response.notna()).sum(), (chemo & (response == "cr")).sum()] == [12, 3]
    assert [(esa & response.notna()).sum(), (esa & good).sum()] == [18, 2]
    assert (esa & good & (eligible["esa_before"] == 1)).sum() == 1
    assert (esa & (eligible["esa_before"] == 1)).sum() == 10
    assert transplanted.sum() == 30
    assert eligible["aml_date"].notna().sum() == 109
    assert eligible["comorbidity_score"].notna().sum() == 95


def test_inclusion_is_from_2004_to_2015(eligible):
    years = eligible["len_start_date"].dt.year
    assert (years.min(), years.max()) == (2004, 2015)


def test_frozen_cohort_is_plausible(frozen):
    assert synthetic.check_plausibility(frozen) == ()


def test_centres_differ_from_each_other(eligible):
    assert eligible["centre"].nunique() >= 12
    assert eligible.groupby("centre")["region"].nunique().max() == 1
    large = eligible.groupby("centre").filter(lambda centre: len(centre) >= 20)
    trial = large.assign(trial=large["source"] == "trial").groupby("centre")["trial"].mean()
    assert trial.max() - trial.min() > 0.2


def test_writing_gives_back_the_same_bytes(frozen, tmp_path):
    first, second = tmp_path / "a.csv", tmp_path / "b.csv"
    small = synthetic.simulate_cohort(200, seed=5)
    synthetic.write_cohort(small, first)
    synthetic.write_cohort(synthetic.simulate_cohort(200, seed=5), second)
    assert first.read_bytes() == second.read_bytes()
    assert first.read_bytes().count(b"\n") == 201
    assert b"\r" not in first.read_bytes()


def test_implausible_patients_are_named(frozen):
    broken = frozen.copy()
    eligible = broken.index[(broken["failure_type"] == "loss_hi") & (broken["consent"] == 1)]
    broken.loc[eligible[:3], "len_response"] = 0
    assert any("loss of improvement" in fault for fault in synthetic.check_plausibility(broken))
    broken = frozen.copy()
    broken.loc[broken["transplant_date"].notna(), "age_years"] = 71
    assert any("up to 70 years" in fault for fault in synthetic.check_plausibility(broken))
    broken = frozen.copy()
    broken["centre"] = "US-01"
    assert "only 1 centres" in synthetic.check_plausibility(broken)


def test_hazard_jumps_are_infinite_next_to_a_quarter_without_deaths():
    days = np.repeat([50, 150, 200, 600], 20)
    dead = np.repeat([1, 0, 1, 1], 20)
    assert np.isinf(measure_hazard_jumps(days, dead)[1:]).any()


def test_larger_cohort_has_the_same_structure(simulated):
    assert len(simulated) == 20_000
    assert simulated["patient_id"].is_unique
    assert simulated["dead"].sum() == round(20_000 * 222 / 392)
    for name in ("failure_type", "del5q_group", "region", "ipss"):
        shares = simulated[name].value_counts(normalize=True)
        for level, count in PRINTED_LEVELS[name].items():
            assert shares[level] == pytest.approx(count / 392, abs=1e-4)
    assert synthetic.check_plausibility(simulated) == ()


def test_treatment_works_only_where_it_should(simulated):
    null = synthetic.simulate_cohort(20_000, seed=11, treatment_effect=False)
    assert log_rank(simulated, "hma", "bsc") > 100
    assert log_rank(null, "hma", "bsc") < 10
    assert (null["first_treatment"] == simulated["first_treatment"])[
        simulated["first_treatment"].notna()
    ].all()


def test_values_go_missing_only_on_request(simulated):
    scattered = synthetic.simulate_cohort(20_000, seed=11, missing_fraction=0.1)
    assert simulated["haemoglobin_g_dl"].notna().all()
    assert scattered["haemoglobin_g_dl"].isna().mean() == pytest.approx(0.1, abs=0.01)
    for name in ("dead", "age_years", "failure_type", "failure_date", "last_contact_date"):
        assert scattered[name].notna().all(), name


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"n_patients": 10, "seed": 1}, "n_patients must be 100 or more"),
        ({"n_patients": 500, "seed": -1}, "seed must be 0 or more"),
        ({"n_patients": 500, "seed": 1, "missing_fraction": 0.9}, "missing_fraction must be"),
    ],
)
def test_options_out_of_their_domain_are_refused(options, message):
    with pytest.raises(ParameterError, match=message):
        synthetic.simulate_cohort(**options)
