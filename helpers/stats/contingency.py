"""Tests of a table of counts: Pearson's chi-square and Fisher's exact test, r by c."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from helpers.errors import ParameterError
from helpers.stats.significance import TestResult, chi_square_p_value
from helpers.stats.table_network import RELATIVE_TOLERANCE, sum_no_more_probable

RANDOM_TABLES = 100_000
RANDOM_SEED = 20_170_919


def expected_counts(table: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the counts expected under independence, shape (r, c)."""
    return np.outer(table.sum(axis=1), table.sum(axis=0)) / table.sum()


def chi_square_test(table: NDArray[np.int64], *, correct: bool = False) -> TestResult:
    """Return Pearson's test of independence.

    Parameters
    ----------
    table : numpy.ndarray of int, shape (r, c)
        Counts; each row and column has patients.
    correct : bool, optional
        Whether to use Yates's continuity correction, for a 2 by 2 table only.

    Returns
    -------
    TestResult

    Raises
    ------
    ParameterError
        If `correct` is asked for a larger table.

    Notes
    -----
    The correction is at most the distance of observed and expected counts, as ``chisq.test``.
    """
    expected = expected_counts(table)
    distance = np.abs(table - expected)
    if correct and table.shape != (2, 2):
        raise ParameterError(
            f"method must be chi-square or fisher for a table of {table.shape[0]} by "
            f"{table.shape[1]}, but was 'chi-square-yates'; the correction is for 2 by 2 tables"
        )
    if correct:
        distance = distance - min(0.5, float(distance.min()))
    statistic = float((distance**2 / expected).sum())
    df = (table.shape[0] - 1) * (table.shape[1] - 1)
    small = float(expected.min())
    return TestResult(
        method="Chi-square test with continuity correction" if correct else "Chi-square test",
        statistic=statistic,
        df=df,
        p_value=chi_square_p_value(statistic, df),
        warnings=(f"the smallest expected count is {small:.1f}",) if small < 5 else (),
    )


def fisher_test(table: NDArray[np.int64]) -> TestResult:
    """Return Fisher's exact test of independence, r by c, two-sided.

    Parameters
    ----------
    table : numpy.ndarray of int, shape (r, c)
        Counts; each row and column has patients.

    Returns
    -------
    TestResult
        Without statistic. Where the table is too large to enumerate, the p-value is that of
        100,000 random tables with a fixed seed, and `method` says so.

    Notes
    -----
    Sum of the probabilities of all tables with the same margins that are no more probable than
    the one observed (within 1e-7, relative), as ``fisher.test``.

    References
    ----------
    Freeman and Halton (1951), Biometrika 38:141-149. Mehta and Patel (1983), J Am Stat Assoc
    78:427-434.
    """
    p_value = sum_no_more_probable(table)
    if p_value is not None:
        return TestResult(
            method="Fisher's exact test", statistic=None, df=None, p_value=min(1.0, p_value)
        )
    return TestResult(
        method=f"Fisher's test, {RANDOM_TABLES:,} random tables",
        statistic=None,
        df=None,
        p_value=_simulate(table),
    )


def _simulate(table: NDArray[np.int64]) -> float:
    """Return the share of random tables no more probable than the observed one."""
    log_factorial = np.array([math.lgamma(i + 1) for i in range(int(table.sum()) + 1)])
    observed = -log_factorial[table].sum() + math.log1p(RELATIVE_TOLERANCE)
    drawn = np.zeros(RANDOM_TABLES)
    for counts in _draw_cells(table.sum(axis=1), table.sum(axis=0)):
        drawn -= log_factorial[counts]
    extreme = int((drawn <= observed).sum())
    return (extreme + 1) / (RANDOM_TABLES + 1)


def _draw_cells(rows: NDArray[np.int64], columns: NDArray[np.int64]) -> Iterator[NDArray[np.int64]]:
    """Yield each cell's counts in random tables with given margins, shape (tables,).

    Given all cells before it, a cell is hypergeometric: a draw of what its row still needs from
    what its column and those after it still have.
    """
    rng = np.random.default_rng(RANDOM_SEED)
    left = [np.full(RANDOM_TABLES, total) for total in columns]
    for total in rows[:-1]:
        needed = np.full(RANDOM_TABLES, total)
        others = np.sum(left, axis=0)
        for available in left[:-1]:
            others -= available
            counts = rng.hypergeometric(available, others, needed)
            np.subtract(available, counts, out=available)
            needed -= counts
            yield counts
        left[-1] -= needed
        yield needed
    yield from left
