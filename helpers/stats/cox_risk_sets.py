"""Who is at risk when: the part of a Cox model that does not depend on its covariates."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from helpers.errors import StatisticsError
from helpers.stats.outcome import SurvivalOutcome

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.intp]

CHUNK_LENGTH = 8192


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RiskSets:
    """Records sorted for cumulative sums over the distinct event times of each stratum.

    Event times are numbered 0 to n_times - 1 through all strata, ascending within each. A
    record is at risk at the times ``first <= j < last``. Records that are never at risk at an
    event time, or have weight zero, are left out. A position counts the records that are left,
    sorted by `last`, events before censorings.

    Attributes
    ----------
    n_records : int
        Records of the outcome, those left out included.
    rows : ndarray of int, shape (m,)
        The record at each position.
    first, last : ndarray of int, shape (m,)
        Range of event times at risk.
    starts : ndarray of int, shape (n_times,)
        Position at which the records with ``last - 1 == j`` begin.
    late : ndarray of int
        Positions of records that enter after the first event time of their stratum.
    weights, event_weights : ndarray of float, shape (m,)
        Case weights; the same for events, zero for censorings.
    times, stratum : ndarray, shape (n_times,)
        Each event time in months, and the code of its stratum.
    block_end : ndarray of int, shape (n_times,)
        One after the last event time of the same stratum.
    events : ndarray of int, shape (n_events,)
        Positions of the events, by event time.
    event_starts : ndarray of int, shape (n_times,)
        Where the events of each time begin in `events`.
    event_time : ndarray of int, shape (n_events,)
        Number of the event time of each event.
    n_tied : ndarray of int, shape (n_times,)
        Events at each time.
    mean_weight : ndarray of float, shape (n_times,)
        Mean weight of these events.
    fraction : ndarray of float, shape (n_events,)
        Share of the tied events that Efron's method takes out of the risk set at each event:
        0, 1/d, ... (d - 1)/d; all zero for Breslow's.
    has_fractions : bool
        Whether any is above zero.
    has_weights : bool
        Whether any weight is not 1.
    chunks : tuple of (slice of positions, slice of event times)
        Consecutive parts that fit into a processor's cache.
    """

    n_records: int
    rows: IntArray
    first: IntArray
    last: IntArray
    starts: IntArray
    late: IntArray
    weights: FloatArray
    event_weights: FloatArray
    times: FloatArray
    stratum: IntArray
    block_end: IntArray
    events: IntArray
    event_starts: IntArray
    event_time: IntArray
    n_tied: IntArray
    mean_weight: FloatArray
    fraction: FloatArray
    has_fractions: bool
    has_weights: bool
    chunks: tuple[tuple[slice, slice], ...]

    @property
    def n_times(self) -> int:
        """Return the number of distinct event times, counted within strata."""
        return len(self.times)

    @property
    def event_weight(self) -> float:
        """Return the weight of all events."""
        return float(self.mean_weight @ self.n_tied)

    def sum_at_risk(self, values: FloatArray) -> FloatArray:
        """Return sums over the records at risk at each event time.

        Parameters
        ----------
        values : ndarray, shape (m,) or (m, p)
            By position.

        Returns
        -------
        ndarray, shape (n_times,) or (n_times, p)
        """
        return self.accumulate(np.add.reduceat(values, self.starts, axis=0), values[self.late])

    def accumulate(self, leaving: FloatArray, late: FloatArray) -> FloatArray:
        """Return sums at risk from the sums of those who leave at each time, and late entries.

        Parameters
        ----------
        leaving : ndarray, shape (n_times,) or (n_times, p)
            Sums over the records whose last event time it is.
        late : ndarray, shape (n_late,) or (n_late, p)
            Values of the records at the positions `late`.
        """
        total = self._sum_to_block_end(leaving)
        if self.late.size:
            entering = _sum_by(self.first[self.late], late, self.n_times)
            total -= self._sum_to_block_end(entering) - entering
        return total

    def _sum_to_block_end(self, sums: FloatArray) -> FloatArray:
        total = np.cumsum(sums[::-1], axis=0)[::-1]
        if self.block_end[0] == self.n_times:
            return total
        padded = np.concatenate([total, np.zeros_like(total[:1])])
        return total - padded[self.block_end]

    def sum_tied(self, values: FloatArray) -> FloatArray:
        """Return sums over the events of each time, of values given by position."""
        bounds = np.stack([self.starts, self.starts + self.n_tied], axis=1).ravel()
        stop = -1 if bounds[-1] == len(values) else None
        return np.add.reduceat(values, bounds[:stop], axis=0)[::2]

    def sum_over_events(self, values: FloatArray) -> FloatArray:
        """Return sums over the events of each time, of values given by event."""
        return np.add.reduceat(values, self.event_starts, axis=0)

    def repeat(self, values: FloatArray) -> FloatArray:
        """Return values by event time as values by event."""
        return np.repeat(values, self.n_tied, axis=0)

    def sum_while_at_risk(self, increments: FloatArray) -> FloatArray:
        """Return, by position, sums of increments over the event times at which it is at risk.

        Parameters
        ----------
        increments : ndarray, shape (n_times,) or (n_times, p)

        Returns
        -------
        ndarray, shape (m,) or (m, p)
        """
        padded = np.concatenate([np.zeros_like(increments[:1]), np.cumsum(increments, axis=0)])
        total = padded[self.last]
        if self.late.size or self.block_end[0] < self.n_times:
            total -= padded[self.first]
        return total

    def scatter(self, values: FloatArray) -> FloatArray:
        """Return values by position as values by record, zero where never at risk."""
        full = np.zeros((self.n_records, *values.shape[1:]))
        full[self.rows] = values
        return full


def build_risk_sets(
    outcome: SurvivalOutcome, *, strata: IntArray | None = None, ties: str = "efron"
) -> RiskSets:
    """Return the risk sets of an outcome.

    Parameters
    ----------
    outcome : SurvivalOutcome
        Of n records.
    strata : ndarray of int, shape (n,), optional
        Codes from 0.
    ties : {"efron", "breslow"}

    Raises
    ------
    StatisticsError
        If there is no event.
    """
    time, event = outcome.time_months, outcome.event
    if outcome.weights is not None:
        event = event & (outcome.weights > 0)
    if not event.any():
        raise StatisticsError(
            f"{outcome.event_name} must have at least one event, but was censored for all "
            f"{len(time)}; a Cox model needs events"
        )
    if strata is None:
        strata = np.zeros(len(time), dtype=np.intp)
    times, stratum = _distinct_event_times(time[event], strata[event])
    first, last = _ranges(outcome, strata, times, stratum)
    order = _argsort_small(2 * last - event, 2 * len(times) + 1)
    order = order[first[order] < last[order]]
    if outcome.weights is not None:
        order = order[outcome.weights[order] > 0]
    first, last = first[order], last[order]
    weights = np.ones(len(order)) if outcome.weights is None else outcome.weights[order]
    events = np.flatnonzero(event[order])
    event_time = last[events] - 1
    numbers = np.arange(len(times))
    event_starts = np.searchsorted(event_time, numbers)
    n_tied = np.bincount(event_time, minlength=len(times))
    within = np.arange(len(events)) - event_starts[event_time]
    efron = ties == "efron" and bool((n_tied > 1).any())
    starts = np.searchsorted(last, numbers + 1)
    return RiskSets(
        n_records=len(time),
        rows=order,
        first=first,
        last=last,
        starts=starts,
        late=np.flatnonzero(first > np.searchsorted(stratum, stratum)[last - 1]),
        weights=weights,
        event_weights=np.where(event[order], weights, 0.0),
        times=times,
        stratum=stratum,
        block_end=np.searchsorted(stratum, stratum, side="right"),
        events=events,
        event_starts=event_starts,
        event_time=event_time,
        n_tied=n_tied,
        mean_weight=np.add.reduceat(weights[events], event_starts) / n_tied,
        fraction=within / n_tied[event_time] if efron else np.zeros(len(events)),
        has_fractions=efron,
        has_weights=outcome.weights is not None,
        chunks=_cut_into_chunks(starts, len(order)),
    )


def _argsort_small(values: IntArray, limit: int) -> IntArray:
    """Sort stably; numbers of 16 bits are sorted by radix, ten times as fast."""
    if limit < np.iinfo(np.uint16).max:
        values = values.astype(np.uint16)
    return np.argsort(values, kind="stable")


def _cut_into_chunks(starts: IntArray, n: int) -> tuple[tuple[slice, slice], ...]:
    cuts = np.unique(np.searchsorted(starts, np.arange(0, n, CHUNK_LENGTH)))
    cuts = [int(cut) for cut in cuts if cut < len(starts)] + [len(starts)]
    positions = [int(starts[cut]) for cut in cuts[:-1]] + [n]
    return tuple(
        (slice(positions[i], positions[i + 1]), slice(cuts[i], cuts[i + 1]))
        for i in range(len(cuts) - 1)
    )


def _distinct_event_times(time: FloatArray, strata: IntArray) -> tuple[FloatArray, IntArray]:
    if not strata.any():
        distinct = np.unique(time)
        return distinct, np.zeros(len(distinct), dtype=np.intp)
    order = np.lexsort((time, strata))
    time, strata = time[order], strata[order]
    is_new = np.concatenate([[True], (np.diff(time) > 0) | (np.diff(strata) > 0)])
    return time[is_new], strata[is_new]


def _ranges(
    outcome: SurvivalOutcome, strata: IntArray, times: FloatArray, stratum: IntArray
) -> tuple[IntArray, IntArray]:
    last = _count_up_to(outcome.time_months, strata, times, stratum)
    if outcome.entry_months is None:
        return np.searchsorted(stratum, strata).astype(np.intp), last
    return _count_up_to(outcome.entry_months, strata, times, stratum), last


def _count_up_to(
    values: FloatArray, strata: IntArray, times: FloatArray, stratum: IntArray
) -> IntArray:
    """Number of event times, earlier strata included, that are not after each value."""
    if not stratum.any() and not strata.any():
        return np.searchsorted(times, values, side="right")
    grid = np.unique(times)
    width = len(grid) + 1
    key_of_time = stratum * width + np.searchsorted(grid, times, side="right")
    key = strata * width + np.searchsorted(grid, values, side="right")
    return np.searchsorted(key_of_time, key, side="right")


def _sum_by(groups: IntArray, values: FloatArray, n_groups: int) -> FloatArray:
    if values.ndim == 1:
        return np.bincount(groups, weights=values, minlength=n_groups)
    columns = [np.bincount(groups, weights=column, minlength=n_groups) for column in values.T]
    return np.stack(columns, axis=1) if columns else np.zeros((n_groups, 0))
