"""Wilcoxon's rank sum test and Kruskal and Wallis's, with ties and exact small samples."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from helpers.stats.significance import TestResult, chi_square_p_value

EXACT_BELOW = 50
_ALL_EQUAL = ("all values are equal: there is nothing to rank",)


def rank_with_ties(values: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """Return midranks and the sizes of the tied sets.

    Examples
    --------
    >>> rank_with_ties(np.array([3.0, 1.0, 3.0]))
    (array([2.5, 1. , 2.5]), array([1, 2]))
    """
    _, position, sizes = np.unique(values, return_inverse=True, return_counts=True)
    midranks = np.cumsum(sizes) - (sizes - 1) / 2
    return midranks[position], sizes


def wilcoxon_rank_sum(first: NDArray[np.float64], second: NDArray[np.float64]) -> TestResult:
    """Test that two samples come from one law, two-sided.

    Parameters
    ----------
    first, second : numpy.ndarray of float, shapes (n1,) and (n2,)
        Finite values.

    Returns
    -------
    TestResult
        The statistic is W, the rank sum of `first` less n1 (n1 + 1) / 2.

    Notes
    -----
    Exact if both samples are below 50 and nothing is tied; else normal with continuity
    correction and the variance corrected for ties, as ``wilcox.test`` of R.

    References
    ----------
    Wilcoxon (1945). Mann and Whitney (1947). Hollander and Wolfe (1973).
    """
    n1, n2 = first.size, second.size
    ranks, ties = rank_with_ties(np.concatenate([first, second]))
    w = float(ranks[:n1].sum() - n1 * (n1 + 1) / 2)
    if ties.max() == 1 and max(n1, n2) < EXACT_BELOW:
        p_value = _exact_p_value(int(w), n1, n2)
        return TestResult(
            method="Wilcoxon rank sum test, exact", statistic=w, df=None, p_value=p_value
        )
    n = n1 + n2
    variance = n1 * n2 / 12 * (n + 1 - float((ties**3 - ties).sum()) / (n * (n - 1)))
    method = "Wilcoxon rank sum test"
    if ties.size == 1:
        return TestResult(method=method, statistic=w, df=None, p_value=None, warnings=_ALL_EQUAL)
    distance = max(abs(w - n1 * n2 / 2) - 0.5, 0.0) if w != n1 * n2 / 2 else 0.0
    p_value = min(1.0, math.erfc(distance / math.sqrt(2 * variance)))
    return TestResult(method=method, statistic=w, df=None, p_value=p_value)


def _exact_p_value(w: int, n1: int, n2: int) -> float:
    """Return the two-sided p-value from the number of arrangements with each rank sum."""
    arrangements = [[1] + [0] * (n1 * n2)] + [[0] * (n1 * n2 + 1) for _ in range(n1)]
    for value in range(1, n1 + n2 + 1):
        for size in range(min(value, n1), 0, -1):
            shift = value - size
            smaller, larger = arrangements[size - 1], arrangements[size]
            for total in range(shift, n1 * n2 + 1):
                larger[total] += smaller[total - shift]
    counts = arrangements[n1]
    tail = sum(counts[: w + 1]) if w <= n1 * n2 / 2 else sum(counts[w:])
    return min(1.0, 2 * tail / math.comb(n1 + n2, n1))


def kruskal_wallis(samples: Sequence[NDArray[np.float64]]) -> TestResult:
    """Test that k samples come from one law.

    Parameters
    ----------
    samples : sequence of numpy.ndarray of float
        Finite values of each group.

    Returns
    -------
    TestResult
        The statistic is H, corrected for ties, chi-square with k - 1 degrees of freedom.

    References
    ----------
    Kruskal and Wallis (1952), J Am Stat Assoc 47:583-621.
    """
    method = "Kruskal-Wallis test"
    df = len(samples) - 1
    ranks, ties = rank_with_ties(np.concatenate(samples))
    n = ranks.size
    if ties.size == 1:
        return TestResult(method=method, statistic=None, df=df, p_value=None, warnings=_ALL_EQUAL)
    parts = np.split(ranks, np.cumsum([sample.size for sample in samples])[:-1])
    raw = 12 / (n * (n + 1)) * sum(part.sum() ** 2 / part.size for part in parts) - 3 * (n + 1)
    statistic = float(raw / (1 - float((ties**3 - ties).sum()) / (n**3 - n)))
    return TestResult(
        method=method, statistic=statistic, df=df, p_value=chi_square_p_value(statistic, df)
    )
