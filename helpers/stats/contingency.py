"""Tests of a table of counts: Pearson's chi-square and Fisher's exact test, r by c."""

from __future__ import annotations

import math
from collections import defaultdict

import numpy as np
from numpy.typing import NDArray

from helpers.errors import ParameterError
from helpers.stats.significance import TestResult, chi_square_p_value

EXACT_STEPS = 400_000
RANDOM_TABLES = 100_000
RANDOM_SEED = 20_170_919
_RELATIVE_TOLERANCE = 1e-7


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
    the one observed (within 1e-7, relative). Tables are built column by column; partial tables
    that leave the same rows to fill are merged, and dropped or counted whole as soon as the
    least and the most probable completion decide.

    References
    ----------
    Freeman and Halton (1951), Biometrika 38:141-149. Mehta and Patel (1983), J Am Stat Assoc
    78:427-434.
    """
    network = _Network(table)
    p_value = network.sum_no_more_probable()
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


class _TooLargeError(Exception):
    """The table has too many partial tables to enumerate."""


class _Network:
    """Partial tables with given margins, column by column, and the bounds of what follows."""

    def __init__(self, table: NDArray[np.int64]) -> None:
        if table.shape[0] > table.shape[1]:
            table = table.T
        self.rows = tuple(sorted(int(total) for total in table.sum(axis=1)))
        self.columns = sorted((int(total) for total in table.sum(axis=0)), reverse=True)
        n = int(table.sum())
        self.log_factorial = [math.lgamma(i + 1) for i in range(n + 1)]
        self.constant = (
            sum(self.log_factorial[total] for total in (*self.rows, *self.columns))
            - self.log_factorial[n]
        )
        self.observed = -sum(self.log_factorial[int(count)] for count in table.ravel())
        self.tolerance = math.log1p(_RELATIVE_TOLERANCE)
        self.steps = 0
        self.bounds: dict[tuple[int, tuple[int, ...]], tuple[float, float]] = {}
        self.fills: dict[tuple[int, tuple[int, ...]], list[tuple[tuple[int, ...], float]]] = {}

    def sum_no_more_probable(self) -> float | None:
        """Return the p-value, or None where the table is too large."""
        try:
            return self._walk()
        except _TooLargeError:
            return None

    def _walk(self) -> float:
        limit = self.observed + self.tolerance
        level: dict[tuple[tuple[int, ...], float], tuple[float, int]] = {(self.rows, 0.0): (0.0, 1)}
        total = 0.0
        for column in range(len(self.columns)):
            following: dict = defaultdict(lambda: (0.0, 0))
            for (rows, _), (past, ways) in level.items():
                least, most = self._find_bounds(column, rows)
                if past + most <= limit:
                    total += ways * math.exp(past + self._log_completions(column, rows))
                elif past + least <= limit:
                    self._extend(following, column, rows, past, ways)
            level = following
        return total

    def _extend(self, following: dict, column: int, rows: tuple, past: float, ways: int) -> None:
        for left, gain in self._list_fills(column, rows):
            key = (left, round(past + gain, 9))
            following[key] = (past + gain, following[key][1] + ways)
            self._count()

    def _log_completions(self, column: int, rows: tuple[int, ...]) -> float:
        """Return the log of the summed probability of all completions of a partial table."""
        remaining = self.columns[column:]
        return (
            self.constant
            + self.log_factorial[sum(rows)]
            - sum(self.log_factorial[total] for total in (*rows, *remaining))
        )

    def _find_bounds(self, column: int, rows: tuple[int, ...]) -> tuple[float, float]:
        """Return least and most of the sum of -log(count!) over all completions."""
        key = (column, rows)
        if key not in self.bounds:
            if column == len(self.columns) - 1:
                value = -sum(self.log_factorial[count] for count in rows)
                self.bounds[key] = (value, value)
            else:
                ends = [
                    (gain, self._find_bounds(column + 1, left))
                    for left, gain in self._list_fills(column, rows)
                ]
                self.bounds[key] = (
                    min(gain + end[0] for gain, end in ends),
                    max(gain + end[1] for gain, end in ends),
                )
        return self.bounds[key]

    def _list_fills(
        self, column: int, rows: tuple[int, ...]
    ) -> list[tuple[tuple[int, ...], float]]:
        """Return what each filling of a column leaves of the rows, and its -log(count!)."""
        key = (column, rows)
        if key not in self.fills:
            self.fills[key] = [
                (tuple(sorted(left)), gain) for left, gain in self._fill(rows, self.columns[column])
            ]
        return self.fills[key]

    def _fill(self, rows: tuple[int, ...], total: int) -> list[tuple[tuple[int, ...], float]]:
        self._count()
        if len(rows) == 1:
            return [((rows[0] - total,), -self.log_factorial[total])]
        rest = sum(rows[1:])
        found = []
        for count in range(max(0, total - rest), min(rows[0], total) + 1):
            for left, gain in self._fill(rows[1:], total - count):
                found.append(((rows[0] - count, *left), gain - self.log_factorial[count]))
        return found

    def _count(self) -> None:
        self.steps += 1
        if self.steps > EXACT_STEPS:
            raise _TooLargeError


def _simulate(table: NDArray[np.int64]) -> float:
    """Return the share of random tables no more probable than the observed one."""
    rng = np.random.default_rng(RANDOM_SEED)
    n = int(table.sum())
    log_factorial = np.array([math.lgamma(i + 1) for i in range(n + 1)])
    column_of = np.repeat(np.arange(table.shape[1]), table.sum(axis=0))
    row_of = np.repeat(np.arange(table.shape[0]), table.sum(axis=1))
    observed = -log_factorial[table].sum() + math.log1p(_RELATIVE_TOLERANCE)
    batch = 1000
    extreme = 0
    for _ in range(RANDOM_TABLES // batch):
        shuffled = rng.permuted(np.tile(column_of, (batch, 1)), axis=1)
        cells = row_of * table.shape[1] + shuffled + np.arange(batch)[:, None] * table.size
        counts = np.bincount(cells.ravel(), minlength=batch * table.size)
        extreme += int((-log_factorial[counts].reshape(batch, -1).sum(axis=1) <= observed).sum())
    return (extreme + 1) / (RANDOM_TABLES + 1)
