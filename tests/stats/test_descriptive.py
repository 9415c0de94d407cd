"""Table one: summaries and tests against R, by hand, and with missing values outside."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reference_files import read_data, read_reference

from helpers.errors import ParameterError, StatisticsError
from helpers.stats import contingency, table_network
from helpers.stats.contingency import chi_square_test, fisher_test
from helpers.stats.descriptive import compare_categorical, compare_numeric, summarise_numeric
from helpers.stats.rank_tests import kruskal_wallis, wilcoxon_rank_sum
from helpers.stats.significance import adjust_p_values

R = read_reference("descriptive")


def columns(key):
    data, *names = key.split(" ")
    frame = read_data(data)
    return [frame[name] for name in names]


def agree(test, expected):
    assert test.statistic == pytest.approx(expected["statistic"], rel=1e-6)
    assert test.p_value == pytest.approx(expected["p_value"], rel=1e-6)
    assert test.df == expected.get("df")


@pytest.mark.parametrize("key", R["summaries"])
def test_summary_agrees_with_r(key):
    summary = summarise_numeric(*columns(key))
    for name, value in R["summaries"][key].items():
        assert getattr(summary, name) == pytest.approx(value, rel=1e-9)


@pytest.mark.parametrize("key", R["rank_sum"])
def test_rank_sum_agrees_with_r(key):
    agree(compare_numeric(*columns(key)), R["rank_sum"][key])


@pytest.mark.parametrize("key", R["kruskal"])
def test_kruskal_agrees_with_r(key):
    agree(compare_numeric(*columns(key)), R["kruskal"][key])


@pytest.mark.parametrize("key", R["chi_square"])
def test_chi_square_agrees_with_r(key):
    agree(compare_categorical(*columns(key), method="chi-square"), R["chi_square"][key])


@pytest.mark.parametrize("key", R["chi_square_yates"])
def test_yates_agrees_with_r(key):
    test = compare_categorical(*columns(key), method="chi-square-yates")
    agree(test, R["chi_square_yates"][key])
    assert test.method == "Chi-square test with continuity correction"


@pytest.mark.parametrize("case", R["fisher"])
def test_fisher_agrees_with_r(case):
    test = fisher_test(np.array(case["table"]))
    assert test.method == "Fisher's exact test"
    assert test.p_value == pytest.approx(case["p_value"], rel=1e-6)


def test_adjustment_agrees_with_r():
    expected = R["adjusted"]
    for method in ("holm", "bh"):
        found = adjust_p_values(expected["p_value"], method)
        np.testing.assert_allclose(found, expected[method], rtol=1e-12)
    assert adjust_p_values([0.2, 0.1], "none") == (0.2, 0.1)


@pytest.mark.parametrize("p_values", [[0.5, 1.2], [float("nan")]])
def test_adjustment_of_what_is_no_p_value(p_values):
    with pytest.raises(ParameterError, match="p_values must be between 0 and 1"):
        adjust_p_values(p_values)


def test_rank_sum_worked_by_hand():
    """Of the 10 ways to choose 2 of 5 ranks, one has the lowest sum: p = 2 / 10."""
    test = wilcoxon_rank_sum(np.array([1.0, 2.0]), np.array([3.0, 4.0, 5.0]))
    assert (test.statistic, test.p_value) == (0.0, pytest.approx(0.2))
    assert test.method == "Wilcoxon rank sum test, exact"


def test_kruskal_worked_by_hand():
    """Rank sums 3, 7, 11 of pairs: 12 / 42 * (4.5 + 24.5 + 60.5) - 21."""
    test = kruskal_wallis([np.array([1.0, 2.0]), np.array([3.0, 4.0]), np.array([5.0, 6.0])])
    assert test.statistic == pytest.approx(12 / 42 * 89.5 - 21)


def test_lady_tasting_tea():
    assert fisher_test(np.array([[3, 1], [1, 3]])).p_value == pytest.approx(34 / 70)


def test_yates_correction_is_no_larger_than_the_distance():
    test = chi_square_test(np.array([[10, 10], [10, 10]]), correct=True)
    assert (test.statistic, test.p_value) == (0.0, 1.0)


def test_large_table_falls_back_on_random_tables_and_says_so(monkeypatch):
    table = np.array([[3, 1, 0, 8], [2, 9, 4, 3], [5, 2, 6, 1]])
    exact = fisher_test(table).p_value
    monkeypatch.setattr(table_network, "MAX_PARTIAL_TABLES", 10)
    simulated = fisher_test(table)
    assert simulated.method == "Fisher's test, 100,000 random tables"
    assert simulated.p_value == pytest.approx(exact, abs=4 * np.sqrt(exact / 100_000))
    assert simulated.p_value == fisher_test(table).p_value


def test_random_tables_keep_the_margins_and_have_the_expected_means():
    rows, columns = np.array([5, 30, 11]), np.array([20, 2, 15, 9])
    cells = np.array(list(contingency._draw_cells(rows, columns))).reshape(3, 4, -1)
    assert cells.min() >= 0
    assert (cells.sum(axis=1) == rows[:, None]).all()
    assert (cells.sum(axis=0) == columns[:, None]).all()
    expected = np.outer(rows, columns) / rows.sum()
    np.testing.assert_allclose(cells.mean(axis=2), expected, atol=0.03)


def test_auto_chooses_by_the_expected_counts():
    group = ["a"] * 20 + ["b"] * 20
    common = ["x", "y"] * 20
    rare = ["x"] * 39 + ["y"]
    assert compare_categorical(common, group).method == "Chi-square test"
    assert compare_categorical(rare, group).method == "Fisher's exact test"


def test_small_expected_counts_are_stated():
    test = compare_categorical(list("xxxyyy"), list("aabbbb"), method="chi-square")
    assert test.warnings == ("the smallest expected count is 1.0",)


def test_missing_values_are_outside_summaries_and_tests():
    summary = summarise_numeric([3.0, None, 1.0, np.nan])
    assert (summary.n, summary.missing, summary.median) == (2, 2, 2.0)
    values = [1.0, 2.0, None, 3.0, 4.0, 5.0]
    group = ["a", "a", "a", "b", "b", None]
    test = compare_numeric(values, group)
    assert (test.n, test.missing) == ((2, 2), 2)
    assert test.p_value == pytest.approx(1 / 3)
    answers = pd.Series(["x", "x", None, "y", "y", "y"])
    test = compare_categorical(answers, group)
    assert (test.n, test.missing) == ((2, 2), 2)
    assert test.p_value == pytest.approx(1 / 3)


def test_a_level_of_nothing_but_missing_values_takes_no_part():
    test = compare_numeric([1, 2, 3, 4, np.nan], ["a", "a", "b", "b", "c"])
    assert test.groups == ("a", "b")


def test_summary_of_unknown_and_single_values():
    nothing = summarise_numeric([None, np.nan])
    assert (nothing.n, nothing.missing, nothing.median, nothing.sd) == (0, 2, None, None)
    assert summarise_numeric([4]).sd is None


@pytest.mark.parametrize("group", [["a", "a", "b", "b"], ["a", "b", "c", "c"]])
def test_equal_values_leave_the_p_value_undefined(group):
    test = compare_numeric([2, 2, 2, 2], group)
    assert test.p_value is None
    assert test.warnings == ("all values are equal: there is nothing to rank",)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: summarise_numeric(["a"]), "values must be a column of numbers, but was 'a'"),
        (lambda: summarise_numeric([np.inf]), "must be finite or missing, but was infinite for 1"),
        (lambda: compare_numeric([1, 2], ["a", "a"]), "group must be a column of at least 2"),
        (lambda: compare_numeric([1, None], ["a", "b"]), "group must be a column of at least 2"),
        (
            lambda: compare_categorical(["x", "x"], ["a", "b"], name="sex"),
            "sex must be a column of at least 2 levels with patients, but was 'x' for all 2",
        ),
    ],
)
def test_faults_of_the_data(call, message):
    with pytest.raises(StatisticsError, match=message):
        call()


def test_unknown_method():
    with pytest.raises(ParameterError, match="method must be one of auto, chi-square"):
        compare_categorical(["x", "y"], ["a", "b"], method="g")


def test_yates_for_a_larger_table():
    with pytest.raises(ParameterError, match="the correction is for 2 by 2 tables"):
        compare_categorical(list("xyz"), list("aab"), method="chi-square-yates")


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("xyz"), st.sampled_from("ab")), min_size=4, max_size=20))
def test_fisher_is_a_probability_and_symmetric(rows):
    table = pd.crosstab(*(pd.Series(part) for part in zip(*rows, strict=True))).to_numpy()
    p_value = fisher_test(table).p_value
    assert 0.0 < p_value <= 1.0 + 1e-9
    assert fisher_test(table.T[::-1]).p_value == pytest.approx(p_value)
