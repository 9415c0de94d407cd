"""Proportions with exact intervals, and standardised differences that refuse disjoint groups."""

import numpy as np
import pytest
from reference_files import read_data, read_reference

from helpers.errors import ParameterError, StatisticsError
from helpers.stats.proportions import estimate_proportion, standardised_difference

R = read_reference("descriptive")


def columns(key):
    data, *names = key.split(" ")
    frame = read_data(data)
    return [frame[name] for name in names]


@pytest.mark.parametrize("case", R["proportions"])
def test_exact_limits_agree_with_r(case):
    found = estimate_proportion(case["count"], case["n"], conf_level=case["conf_level"])
    assert [found.ci_lower, found.ci_upper] == pytest.approx(case["limits"], rel=1e-9)
    assert found.estimate == case["count"] / case["n"]
    assert found.method == "Clopper-Pearson"


def test_wilson_limits_of_nothing_by_hand():
    """With no patient the upper limit is z^2 / (n + z^2)."""
    found = estimate_proportion(0, 20, method="wilson")
    assert found.ci_lower == 0.0
    assert found.ci_upper == pytest.approx(3.841459 / 23.841459)


@pytest.mark.parametrize(("count", "n"), [(-1, 5), (6, 5), (0, 0), (1.5, 5)])
def test_count_out_of_domain(count, n):
    with pytest.raises(ParameterError, match="count must be a whole number from 0 to n, but was"):
        estimate_proportion(count, n)


def test_unknown_method():
    with pytest.raises(ParameterError, match="method must be one of exact, wilson"):
        estimate_proportion(1, 2, method="wald")


@pytest.mark.parametrize("kind", ["numeric", "categorical"])
def test_differences_agree_with_r(kind):
    for key, expected in R[f"{kind}_difference"].items():
        found = standardised_difference(*columns(key), kind=kind)
        assert found.estimate == pytest.approx(expected, rel=1e-9)


def test_difference_worked_by_hand():
    """Means 2 and 3, both variances 1; standard error from 6 / 9 and 1 / 12."""
    found = standardised_difference([1, 2, 3, 2, 3, 4, None], list("aaabbbb"))
    assert found.estimate == pytest.approx(-1.0)
    assert found.std_error == pytest.approx(np.sqrt(6 / 9 + 1 / 12))
    assert (found.groups, found.n, found.missing) == (("a", "b"), (3, 3), 1)


@pytest.mark.parametrize(
    ("values", "group", "kind", "message"),
    [
        (
            [1, 2, 3, 4],
            list("aabb"),
            "numeric",
            "values must overlap between the two groups, but was 1 to 2 in one and 3 to 4",
        ),
        (
            list("xxyy"),
            list("aabb"),
            "categorical",
            "must have a level in common between the two groups, but was 'x' in one and 'y'",
        ),
        ([1, 1, 1, 1], list("aabb"), "numeric", "values must vary among the patients"),
        (list("xxxx"), list("aabb"), "categorical", "values must vary among the patients"),
        ([1, 2, 3, 4], list("aaab"), "numeric", "group must be two levels with at least two"),
        ([1, 2, 3, 4, 5, 6], list("aabbcc"), "numeric", "group must be two levels"),
    ],
)
def test_groups_without_a_difference(values, group, kind, message):
    with pytest.raises(StatisticsError, match=message):
        standardised_difference(values, group, kind=kind)


def test_unknown_kind():
    with pytest.raises(ParameterError, match="kind must be one of numeric, categorical"):
        standardised_difference([1, 2], ["a", "b"], kind="ordinal")
