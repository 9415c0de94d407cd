"""Log-rank tests: by hand, against R, against lifelines, and by their invariants."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from reference_files import read_data, read_reference
from survival_cases import CASES, UNWEIGHTED

from helpers.errors import ParameterError, StatisticsError
from helpers.stats.comparison import compare_survival, compare_survival_pairwise
from helpers.stats.outcome import check_survival_outcome

R_TESTS = read_reference("survival")["tests"]
WEIGHTINGS = {
    "logrank": "logrank",
    "peto-peto": "peto-peto",
    "peto-peto-modified": "peto-peto-modified",
    "gehan-breslow": "gehan-breslow",
    "tarone-ware": "tarone-ware",
    "fleming-harrington 0.5 0": ("fleming-harrington", 0.5, 0),
    "fleming-harrington 0 1": ("fleming-harrington", 0, 1),
    "fleming-harrington 1 1": ("fleming-harrington", 1, 1),
}


def compare_case(name, **options):
    case = CASES[name]
    return compare_survival(case.outcome, case.frame[case.group], **options)


def agree(test, expected):
    assert test.statistic == pytest.approx(expected["statistic"], rel=1e-6)
    assert test.p_value == pytest.approx(expected["p_value"], rel=1e-6)
    if "observed" in expected:
        np.testing.assert_allclose(test.observed, expected["observed"], rtol=1e-6)
        np.testing.assert_allclose(test.expected, expected["expected"], rtol=1e-6)


@pytest.mark.parametrize(
    ("name", "weighting"),
    [(name, test) for name in UNWEIGHTED for test in WEIGHTINGS if test in R_TESTS[name]],
)
def test_statistic_agrees_with_r(name, weighting):
    agree(compare_case(name, weighting=WEIGHTINGS[weighting]), R_TESTS[name][weighting])


@pytest.mark.parametrize("name", [name for name in UNWEIGHTED if CASES[name].strata])
def test_stratified_statistic_agrees_with_r(name):
    strata = CASES[name].frame[CASES[name].strata]
    agree(compare_case(name, strata=strata), R_TESTS[name]["stratified"])
    weighted = compare_case(name, strata=strata, weighting="peto-peto")
    agree(weighted, R_TESTS[name]["stratified peto-peto"])


@pytest.mark.parametrize("name", UNWEIGHTED)
def test_trend_agrees_with_r(name):
    n_levels = CASES[name].frame[CASES[name].group].nunique()
    test = compare_case(name, trend_scores=range(1, n_levels + 1))
    agree(test, R_TESTS[name]["trend"])
    assert test.df == 1


@pytest.mark.parametrize("name", ["heart", "pbc_age"])
def test_late_entry_agrees_with_the_score_test_of_the_exact_likelihood(name):
    assert compare_case(name).statistic == pytest.approx(R_TESTS[name]["score"], rel=1e-6)


@pytest.mark.parametrize("adjust", ["holm", "bh"])
@pytest.mark.parametrize("name", ["veteran", "colon_death", "pbc", "kidney"])
def test_pairs_agree_with_r(name, adjust):
    expected = R_TESTS[name]["pairwise"]
    case = CASES[name]
    tests = compare_survival_pairwise(case.outcome, case.frame[case.group], adjust=adjust)
    assert [list(test.groups) for test in tests] == expected["pairs"]
    np.testing.assert_allclose([t.p_value for t in tests], expected["p_value"], rtol=1e-6)
    np.testing.assert_allclose([t.adjusted_p_value for t in tests], expected[adjust], rtol=1e-6)


@pytest.mark.parametrize("name", ["lung", "veteran", "colon_death"])
def test_statistic_agrees_with_lifelines(name):
    from lifelines.statistics import multivariate_logrank_test

    outcome, group = CASES[name].outcome, CASES[name].frame[CASES[name].group]
    expected = multivariate_logrank_test(outcome.time_months, group, outcome.event)
    assert compare_survival(outcome, group).statistic == pytest.approx(expected.test_statistic)


def test_two_groups_worked_by_hand():
    """Times 1 a, 2 a, 3 b, 4 b, all events.

    Expected of a: 2/4 + 1/3; variance: 1/4 + 2/9; statistic (2 - 5/6)^2 / (17/36).
    """
    test = compare_survival(check_survival_outcome([1, 2, 3, 4], [1, 1, 1, 1]), list("aabb"))
    assert test.observed == (2.0, 2.0)
    assert test.expected == pytest.approx((5 / 6, 19 / 6))
    assert test.statistic == pytest.approx((7 / 6) ** 2 / (17 / 36))
    assert (test.df, test.n, test.groups) == (1, (2, 2), ("a", "b"))
    assert test.method == "Log-rank test"


def test_ties_use_the_hypergeometric_variance():
    """Four at risk, two a and two b; one of each dies at 1.

    Variance: 2 * 1/2 * 1/2 * (4 - 2) / (4 - 1) = 1/3.
    """
    outcome = check_survival_outcome([1, 1, 2, 2], [1, 1, 0, 0])
    test = compare_survival(outcome, list("aabb"))
    assert test.expected == pytest.approx((1.0, 1.0))
    assert test.statistic == pytest.approx(1 / (1 / 3))


def test_empty_arm_costs_no_degree_of_freedom():
    veteran = read_data("veteran")
    veteran = veteran[veteran["celltype"] != "large"]
    group = pd.Categorical(
        [*veteran["celltype"], "large"], categories=["large", "squamous", "smallcell", "adeno"]
    )
    outcome = check_survival_outcome([*veteran["time"], 0.5], [*veteran["status"], 0])
    test = compare_survival(outcome, group)
    agree(test, read_reference("survival")["empty_arm"])
    assert test.df == 2
    assert test.warnings == ("group 'large' has no event among 1 patients",)


def test_level_without_patients_is_named():
    group = pd.Categorical(list("aabb"), categories=["a", "b", "c"])
    test = compare_survival(check_survival_outcome([1, 2, 3, 4], [1, 1, 1, 0]), group)
    assert test.groups == ("a", "b")
    assert test.warnings == ("group has no patient at 'c': left out",)


def test_missing_groups_and_strata_are_left_out_and_counted():
    outcome = check_survival_outcome([1, 2, 3, 4, 1, 2], [1, 1, 1, 1, 1, 1])
    group = ["a", "a", "b", "b", None, "b"]
    test = compare_survival(outcome, group, strata=[1, 1, 1, 1, 1, None])
    assert test.missing == 2
    assert test.n == (2, 2)
    assert test.statistic == pytest.approx((7 / 6) ** 2 / (17 / 36))


def test_trend_scores_by_level():
    by_level = compare_case("veteran", trend_scores={"adeno": 1, "large": 2, "smallcell": 3,
                                                     "squamous": 4})  # fmt: skip
    assert by_level.statistic == compare_case("veteran", trend_scores=[1, 2, 3, 4]).statistic
    assert by_level.method == "Log-rank test for trend"


def test_pair_that_cannot_be_compared_says_why():
    outcome = check_survival_outcome([1, 2, 3, 4, 5, 6], [1, 1, 0, 0, 0, 0])
    tests = compare_survival_pairwise(outcome, list("aabbcc"))
    assert tests[2].groups == ("b", "c")
    assert tests[2].p_value is None
    assert "was 0 events in 2 groups" in tests[2].reason
    assert tests[0].adjusted_p_value == pytest.approx(min(1.0, 2 * tests[0].p_value))


@pytest.mark.parametrize(
    ("times", "events", "group", "message"),
    [
        ([1, 2], [1, 1], ["a", "a"], "group must be a column of at least 2 levels with patients"),
        ([1, 2], [0, 0], ["a", "b"], "event must have an event among at least two groups"),
        ([1, 2, 3], [1, 1, 1], ["a", "b"], "group must be a column of 3 values"),
        ([1, 2, 3], [0, 0, 1], ["a", "a", "b"], "was never so"),
    ],
)
def test_groups_that_cannot_be_compared(times, events, group, message):
    with pytest.raises(StatisticsError, match=message):
        compare_survival(check_survival_outcome(times, events), group)


def test_measurement_as_group():
    with pytest.raises(StatisticsError, match="was 25 different numbers from 0 to 24; cut the"):
        compare_survival(check_survival_outcome(np.arange(25), np.ones(25)), np.arange(25))


def test_case_weights_are_refused():
    outcome = check_survival_outcome([1, 2], [1, 1], weights=[1, 2])
    with pytest.raises(StatisticsError, match="outcome must be without case weights"):
        compare_survival(outcome, ["a", "b"])


@pytest.mark.parametrize(
    "weighting", ["wilcoxon", ("fleming-harrington", 1), ("fleming-harrington", -1, 0)]
)
def test_unknown_weighting(weighting):
    with pytest.raises(ParameterError, match="weighting must be one of logrank, peto-peto"):
        compare_case("aml", weighting=weighting)


@pytest.mark.parametrize("scores", [[1], [1, 1], {"Maintained": 1}, [1, np.nan]])
def test_trend_scores_out_of_domain(scores):
    with pytest.raises(ParameterError, match="trend_scores must be different numbers"):
        compare_case("aml", trend_scores=scores)


def test_unknown_adjustment():
    with pytest.raises(ParameterError, match="adjust must be one of holm, bh, none"):
        compare_survival_pairwise(CASES["aml"].outcome, CASES["aml"].frame["x"], adjust="tukey")


records = st.lists(
    st.tuples(st.integers(1, 12), st.booleans(), st.sampled_from("abc")), min_size=6, max_size=30
)


@settings(max_examples=60, deadline=None)
@given(records)
def test_names_of_groups_do_not_matter_and_events_add_up(rows):
    times, events, group = zip(*rows, strict=True)
    outcome = check_survival_outcome(times, events)
    renamed = [{"a": "z", "b": "y", "c": "x"}[level] for level in group]
    try:
        test = compare_survival(outcome, group)
    except StatisticsError:
        assume(False)
    assert test.statistic == pytest.approx(compare_survival(outcome, renamed).statistic, abs=1e-9)
    assert sum(test.observed) == pytest.approx(sum(test.expected)) == pytest.approx(sum(events))
    assert 0.0 <= test.p_value <= 1.0


@settings(max_examples=40, deadline=None)
@given(records)
def test_stretching_time_does_not_matter(rows):
    times, events, group = (np.array(part) for part in zip(*rows, strict=True))
    try:
        test = compare_survival(check_survival_outcome(times, events), group)
    except StatisticsError:
        assume(False)
    stretched = compare_survival(check_survival_outcome(times**2, events), group)
    assert stretched.statistic == pytest.approx(test.statistic)
