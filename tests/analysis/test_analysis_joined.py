"""Groups that patients join after time zero, with and without a known first treatment."""

import pytest
from small_cohorts import EIGHT, make_cohort

from helpers.analysis.immortal import detect_immortal_time
from helpers.analysis.joined import choose_group, estimate_joined_groups

NAMES = ("allo_vs_other", "allo_any")


@pytest.fixture(scope="module")
def transplanted():
    """Eight patients without a word on first treatments; the third and the sixth are grafted."""
    times = [None, None, 1, None, None, 2, None, None]
    return make_cohort(**EIGHT, transplant_months=times)


def test_transplantation_needs_no_first_treatment(transplanted):
    assert choose_group(transplanted, *NAMES) == "allo_any"
    (found,) = estimate_joined_groups(transplanted, factors=["allo_any"], landmarks_months=[1.5])
    assert found.id == "switch.by.allo_any"
    assert found["immortal"].estimate == 1 + 2


def test_the_preferred_group_is_taken_where_the_data_know_it():
    cohort = make_cohort(
        **EIGHT, transplant_months=[None, 1, *[None] * 6], first_treatment=["bsc", "hma"] * 4
    )
    assert choose_group(cohort, *NAMES) == "allo_vs_other"


def test_the_preferred_group_is_named_where_the_data_know_none():
    assert choose_group(make_cohort(**EIGHT), "tp53", "ipss") == "tp53"


def test_groups_without_immortal_time_and_groups_shown_before_are_passed_over(transplanted):
    options = {"factors": ["sex", "allo_any", "allo_any"]}
    assert len(estimate_joined_groups(transplanted, **options)) == 1
    assert estimate_joined_groups(transplanted, **options, shown=["allo_any"]) == ()


def test_the_detector_marks_further_factors_once(transplanted):
    found = detect_immortal_time(
        transplanted, set_id="i", comparisons=[("sex", "os")], further=["allo_any", "sex"]
    )
    rows = found.frames["rows"].set_index("factor")
    assert rows["remedy"].to_dict() == {"allo_any": "switch", "sex": "none_needed"}
