"""The sum over all tables with given margins that Fisher's exact test needs.

Tables are built column by column. Partial tables that leave the same rows to fill and are equally
probable are merged; a partial table is dropped, or counted with all its completions at once, as
soon as its most and its least probable completion decide.

References
----------
Mehta and Patel (1983), J Am Stat Assoc 78:427-434.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

RELATIVE_TOLERANCE = 1e-7
#: Additions for the bounds: a quarter of a second.
MAX_BOUND_STEPS = 200_000_000
#: Undecided tables after one column: half a second.
MAX_PARTIAL_TABLES = 3_000_000
_DECIMALS = 9
_CODE_LIMIT = 2**62


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Column:
    """All fillings of one column, and what is known of the columns that follow.

    Attributes
    ----------
    fills : numpy.ndarray of int, shape (f, r - 1)
        Counts in all rows but the last, which is implied.
    gains : numpy.ndarray of float, shape (f,)
        Minus the sum of the logarithms of the counts' factorials.
    least, most, log_sum : numpy.ndarray of float, shape (rows' grid,)
        For each remainder of the rows after this column: the same sum over the least and the most
        probable completion, and the logarithm of all completions' probability.
    """

    fills: NDArray[np.int64]
    gains: NDArray[np.float64]
    least: NDArray[np.float64]
    most: NDArray[np.float64]
    log_sum: NDArray[np.float64]


def sum_no_more_probable(table: NDArray[np.int64]) -> float | None:
    """Return the probability of all tables no more probable than the one given.

    Parameters
    ----------
    table : numpy.ndarray of int, shape (r, c)
        Counts; each row and column has some.

    Returns
    -------
    float or None
        None where the table is too large to enumerate.

    Examples
    --------
    >>> round(sum_no_more_probable(np.array([[3, 1], [1, 3]])), 6)
    0.485714
    """
    if min(table.shape) < 2:
        return 1.0
    if table.shape[0] > table.shape[1]:
        table = table.T
    rows, totals = np.sort(table.sum(axis=1)), np.sort(table.sum(axis=0))[::-1]
    factorial = np.append(0.0, np.cumsum(np.log(np.arange(1, table.sum() + 1))))
    limit = -factorial[table].sum() + np.log1p(RELATIVE_TOLERANCE)
    if _count_fills(rows)[totals].sum() * float(np.prod(rows[:-1] + 1.0)) > MAX_BOUND_STEPS:
        return None
    fillings = [_list_fills(rows, total, factorial) for total in totals]
    return _walk(_bound_columns(rows, totals, fillings, factorial), rows, limit)


def _count_fills(rows: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return in how many ways a column of each total, 0 to all patients, can be filled."""
    ways = np.ones(1)
    for total in rows:
        ways = np.convolve(ways, np.ones(total + 1))
    return ways


def _list_fills(
    rows: NDArray[np.int64], total: int, factorial: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    free = np.indices(np.minimum(rows[:-1], total) + 1).reshape(len(rows) - 1, -1).T
    rest = total - free.sum(axis=1)
    allowed = (rest >= 0) & (rest <= rows[-1])
    free, rest = free[allowed], rest[allowed]
    return free, -factorial[free].sum(axis=1) - factorial[rest]


def _bound_columns(
    rows: NDArray[np.int64],
    totals: NDArray[np.int64],
    fillings: list[tuple[NDArray[np.int64], NDArray[np.float64]]],
    factorial: NDArray[np.float64],
) -> list[_Column]:
    """Return the columns with the bounds of what follows, from the last to the first."""
    shape = tuple(rows[:-1] + 1)
    remainders = np.indices(shape)
    used = remainders.sum(axis=0)
    constant = factorial[rows].sum() + factorial[totals].sum() - factorial[totals.sum()]
    least, most = np.full(shape, np.inf), np.full(shape, -np.inf)
    least.flat[0] = most.flat[0] = 0.0
    columns, following = [], 0
    for position in range(len(totals) - 1, -1, -1):
        fills, gains = fillings[position]
        last = np.clip(following - used, 0, None)
        log_sum = constant + factorial[following] - factorial[last]
        log_sum = log_sum - factorial[remainders].sum(axis=0)
        log_sum -= factorial[totals[position + 1 :]].sum()
        columns.append(
            _Column(
                fills=fills,
                gains=gains,
                least=least.ravel(),
                most=most.ravel(),
                log_sum=log_sum.ravel(),
            )
        )
        least, most = _extend_bounds(fills, gains, least, most)
        following += totals[position]
    return columns[::-1]


def _extend_bounds(
    fills: NDArray[np.int64],
    gains: NDArray[np.float64],
    least: NDArray[np.float64],
    most: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the bounds before a column, from those after it."""
    low, high = np.full_like(least, np.inf), np.full_like(most, -np.inf)
    for fill, gain in zip(fills, gains, strict=True):
        target = tuple(slice(count, None) for count in fill)
        source = tuple(slice(0, size - count) for count, size in zip(fill, low.shape, strict=True))
        np.minimum(low[target], gain + least[source], out=low[target])
        np.maximum(high[target], gain + most[source], out=high[target])
    return low, high


def _walk(columns: list[_Column], rows: NDArray[np.int64], limit: float) -> float | None:
    """Return the summed probability, extending the undecided partial tables column by column."""
    strides = np.append(np.cumprod((rows[:-1] + 1)[:0:-1])[::-1], 1)
    states, past, ways = np.array([rows[:-1] @ strides]), np.zeros(1), np.ones(1)
    total = 0.0
    for column in columns:
        shifts = column.fills @ strides
        undecided, n_undecided = [], 0
        for start, stop in _runs(states):
            remainder = states[start] // strides % (rows[:-1] + 1)
            fits = _find_fits(column, remainder, states[start] - shifts)
            reached = states[start] - shifts[fits]
            alike = past[start:stop], ways[start:stop]
            mass, grown = _extend(column, fits, reached, alike, limit)
            total += mass
            n_undecided += len(grown[0])
            if n_undecided > MAX_PARTIAL_TABLES:
                return None
            undecided.append(grown)
        if not n_undecided:
            break
        states, past, ways = _merge(
            *(np.concatenate(part) for part in zip(*undecided, strict=True))
        )
    return min(total, 1.0)


def _find_fits(
    column: _Column, remainder: NDArray[np.int64], reached: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Return the fillings that the rows have room for and that can be completed."""
    allowed = np.ones(len(reached), dtype=bool)
    for counts, room in zip(column.fills.T, remainder, strict=True):
        allowed &= counts <= room
    fits = np.flatnonzero(allowed)
    return fits[np.isfinite(column.most[reached[fits]])]


def _extend(
    column: _Column,
    fits: NDArray[np.int64],
    reached: NDArray[np.int64],
    alike: tuple[NDArray[np.float64], NDArray[np.float64]],
    limit: float,
) -> tuple[float, tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]]:
    """Fill a column of all partial tables of one state.

    For each filling, the tables in order of their probability begin with those whose completions
    all count, go on with the undecided, and end with those of which none counts.

    Parameters
    ----------
    fits, reached : numpy.ndarray of int, shape (f,)
        Fillings of the column, and the state that each leads to.
    alike : tuple of numpy.ndarray of float, shape (t,)
        Logarithms of the tables' probabilities, ascending, and how many tables are alike.

    Returns
    -------
    (float, (states, past, ways))
        Probability of what counts, and the undecided tables.
    """
    (past, ways), gains = alike, column.gains[fits]
    whole = np.searchsorted(past, limit - gains - column.most[reached], side="right")
    some = np.searchsorted(past, limit - gains - column.least[reached], side="right")
    mass = np.append(0.0, np.cumsum(ways * np.exp(past - past[0])))[whole]
    counted = float((mass * np.exp(past[0] + gains + column.log_sum[reached])).sum())
    lengths = some - whole
    fill = np.repeat(np.arange(len(fits)), lengths)
    place = np.arange(len(fill)) - np.repeat(np.cumsum(lengths) - lengths - whole, lengths)
    return counted, (reached[fill], past[place] + gains[fill], ways[place])


def _runs(states: NDArray[np.int64]) -> list[tuple[int, int]]:
    """Return the ranges of equal entries of a sorted array."""
    edges = np.flatnonzero(np.diff(states)) + 1
    return list(zip([0, *edges], [*edges, len(states)], strict=True)) if len(states) else []


def _merge(
    states: NDArray[np.int64], past: NDArray[np.float64], ways: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
    """Return partial tables in order of state and probability, equal ones as one."""
    rounded = np.rint(past * 10.0**_DECIMALS).astype(np.int64)
    rounded -= rounded.min()
    span = int(rounded.max()) + 1
    if int(states.max()) < _CODE_LIMIT // span:
        code = states * span + rounded
        order = np.argsort(code)
        new = np.append(True, np.diff(code[order]) != 0)
    else:
        order = np.lexsort((rounded, states))
        new = np.append(True, (np.diff(states[order]) != 0) | (np.diff(rounded[order]) != 0))
    starts = np.flatnonzero(new)
    first = order[starts]
    return states[first], past[first], np.add.reduceat(ways[order], starts)
