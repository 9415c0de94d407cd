"""Two groups: proportionality, restricted means, what could have been found."""

from __future__ import annotations

import math

import pytest
from small_cohorts import EIGHT, make_cohort

from helpers.analysis.immortal import detect_immortal_time
from helpers.analysis.survival import estimate_survival
from helpers.cohort import read_cohort

Z_80 = 0.8416212335729143
Z_95 = 1.959963984540054


@pytest.fixture(scope="module")
def eight():
    return estimate_survival(make_cohort(**EIGHT), set_id="os.sex", by="sex", horizons_months=[4])


def test_restricted_means_by_hand(eight):
    """Women die at 2, 6 and 8, one is lost at 4; men die at 1, 3 and 5, one is lost at 7."""
    found = eight["rmst_difference"]
    assert found.quantities["horizon_months"] == 7
    women = 2 * 1 + 4 * 0.75 + 1 * 0.375
    men = 1 * 1 + 2 * 0.75 + 2 * 0.5 + 2 * 0.25
    assert found.quantities["second_months"] == pytest.approx(women)
    assert found.quantities["first_months"] == pytest.approx(men)
    assert found.estimate == pytest.approx(men - women)
    assert found.label == "Male against Female"


def test_the_detectable_ratio_by_hand(eight):
    expected = math.exp((Z_95 + Z_80) / math.sqrt(6 * 0.5 * 0.5))
    assert eight["detectable_hr"].estimate == pytest.approx(expected)
    assert eight["detectable_hr"].quantities == {"alpha": 0.05, "power": 0.8}


def test_alpha_is_that_of_the_report():
    results = estimate_survival(make_cohort(**EIGHT), set_id="x", by="sex", alpha=0.01)
    expected = math.exp((2.5758293035489004 + Z_80) / math.sqrt(6 * 0.25))
    assert results["detectable_hr"].estimate == pytest.approx(expected)


def test_three_groups_have_none_of_them():
    cohort = read_cohort("synthetic")
    results = estimate_survival(cohort, set_id="x", by="failure_type")
    assert [one.id for one in results if one.id.endswith(("ph", "difference", "hr"))] == []


def test_groups_that_the_event_separates_say_so_only_once():
    columns = {**EIGHT, "dead": [0, 0, 0, 0, 1, 1, 1, 1]}
    results = estimate_survival(make_cohort(**columns), set_id="x", by="sex")
    assert results["male_vs_female.hr"].status == "not_computable"
    assert results["ph"].status == "not_computable"
    assert results["rmst_difference"].estimate < 0


@pytest.mark.parametrize(
    ("by", "endpoint", "is_immortal"),
    [
        ("allo_vs_other", "os", True),
        ("active_treatment", "os", True),
        ("len_response", "os", False),
        ("len_response", "os_len", True),
        ("cyto_response", "os_len", True),
        ("cyto_response", "os", False),
        ("esa_before", "os_dx", True),
        ("sex", "os_dx", False),
    ],
)
def test_a_group_is_judged_by_the_time_zero_of_its_endpoint(by, endpoint, is_immortal):
    cohort = read_cohort("synthetic")
    results = estimate_survival(cohort, set_id="x", by=by, endpoint=endpoint)
    assert results.meta["is_immortal"] is is_immortal
    found = detect_immortal_time(cohort, set_id="i", comparisons=[(by, endpoint)])
    assert found.frames["rows"]["is_immortal"].tolist() == [is_immortal]


def test_remedies_follow_the_data():
    cohort = read_cohort("synthetic")
    comparisons = [
        ("cyto_response", "os"),
        ("first_treatment", "os"),
        ("allo_vs_other", "os"),
        ("hma_vs_bsc", "os"),
    ]
    found = detect_immortal_time(cohort, set_id="i", comparisons=comparisons)
    rows = found.frames["rows"].set_index("factor")
    assert rows["remedy"].to_dict() == {
        "first_treatment": "no_switch",
        "allo_vs_other": "switch",
        "hma_vs_bsc": "switch",
        "cyto_response": "none_needed",
    }
    assert list(rows.index)[-1] == "cyto_response"
    assert found["marked"].estimate == 3
    assert found["marked"].quantities == {"n_comparisons": 4.0}


def test_without_dates_there_is_no_remedy():
    columns = {
        **EIGHT,
        "first_treatment": ["bsc", "hma"] * 4,
    }
    cohort = make_cohort(**columns)
    found = detect_immortal_time(cohort, set_id="i", comparisons=[("hma_vs_bsc", "os")])
    assert found.frames["rows"]["remedy"].tolist() == ["no_dates"]
    nothing = detect_immortal_time(cohort, set_id="i", comparisons=[("tp53", "os")])
    assert "none of the groups is known" in nothing.reason
