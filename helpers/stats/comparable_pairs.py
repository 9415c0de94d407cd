"""The pairs of records whose order of events is known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from helpers.stats.outcome import SurvivalOutcome
from helpers.stats.rank_sums import RankSums, sum_by_rank

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.intp]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ComparablePairs:
    """Records in an order in which the partners of each event are a range.

    Sorted by stratum, then exit time, events before censorings at one time: the partners of an
    event are all records after the last event of its time, up to the end of the stratum.
    Records that enter at or after that time are taken away again; sorted by stratum and entry
    they are a range too.

    Attributes
    ----------
    rank : ndarray of int, shape (n,)
        Of each record's score.
    weight : ndarray, shape (n,)
    key, entry_key : ndarray of int, shape (n,)
        Position of each record's exit and entry on the grid of all strata's times; the exit of
        an event is even, that of a censoring odd and one more.
    stratum_end : ndarray of int, shape (n,)
        First key that no record of the stratum has.
    has_entry : bool
    events : ndarray of int, shape (n_events,)
        Records with an event, in the order of their keys.
    """

    rank: IntArray
    weight: FloatArray
    key: IntArray
    entry_key: IntArray
    stratum_end: IntArray
    has_entry: bool
    events: IntArray

    def sum_partners(self, time_weight: FloatArray) -> RankSums:
        """Return the weight of each record's partners: concordant, tied, discordant.

        Parameters
        ----------
        time_weight : ndarray, shape (n_events,)
            Factor of all pairs of an event, in the order of `events`.

        Returns
        -------
        RankSums of ndarrays, shape (n,)
            ``below`` holds the concordant, ``above`` the discordant ones.
        """
        later = self._sum_later()
        earlier = self._sum_earlier(time_weight)
        parts = []
        for own, other in zip(later, reversed(earlier), strict=True):
            total = other.copy()
            total[self.events] += time_weight * own
            parts.append(total)
        return RankSums(*parts)

    def _sum_later(self) -> RankSums:
        rank = self.rank[self.events]
        end = self.stratum_end[self.events]
        sums = self._sum_range(self.key, self.key[self.events] + 1, end, rank)
        if not self.has_entry:
            return sums
        return sums.minus(self._sum_range(self.entry_key, self.key[self.events], end, rank))

    def _sum_range(self, key: IntArray, low: IntArray, high: IntArray, rank: IntArray) -> RankSums:
        order = np.argsort(key, kind="stable")
        ordered = key[order]
        return sum_by_rank(
            self.rank[order],
            self.weight[order],
            start=np.searchsorted(ordered, low),
            stop=np.searchsorted(ordered, high),
            rank=rank,
        )

    def _sum_earlier(self, time_weight: FloatArray) -> RankSums:
        keys = self.key[self.events]
        return sum_by_rank(
            self.rank[self.events],
            self.weight[self.events] * time_weight,
            start=np.searchsorted(keys, self.entry_key, side="right"),
            stop=np.searchsorted(keys, self.key),
            rank=self.rank,
        )

    def count_tied_times(self) -> tuple[float, float]:
        """Return the weight of pairs of events at one time, by different and the same score."""
        weight = self.weight[self.events]
        by_time = _count_pairs(self.key[self.events], weight)
        cell = self.key[self.events] * (self.rank.max() + 1) + self.rank[self.events]
        both = _count_pairs(cell, weight)
        return by_time - both, both

    def censoring_free(self) -> FloatArray:
        """Return, for each event, the chance of no censoring before it, in its stratum."""
        order = np.argsort(self.key, kind="stable")
        key, weight = self.key[order], self.weight[order]
        distinct, starts = np.unique(key, return_index=True)
        leaving = np.add.reduceat(weight, starts)
        before = np.concatenate([[0.0], np.cumsum(weight)])
        end = np.searchsorted(key, self.stratum_end[order][starts])
        at_risk = before[end] - before[starts]
        is_censoring = (distinct % 2 == 1) & (at_risk > 0)
        factor = np.ones(len(distinct))
        factor[is_censoring] -= leaving[is_censoring] / at_risk[is_censoring]
        return _product_before(factor, end, np.searchsorted(distinct, self.key[self.events]))


def _product_before(factor: FloatArray, block: IntArray, position: IntArray) -> FloatArray:
    """Return products of the factors of the same block before each position."""
    product = np.ones(len(factor))
    for value in np.unique(block):
        inside = np.flatnonzero(block == value)
        product[inside[1:]] = np.cumprod(factor[inside])[:-1]
    return product[position]


def _count_pairs(labels: IntArray, weight: FloatArray) -> float:
    _, codes = np.unique(labels, return_inverse=True)
    total = np.bincount(codes, weights=weight)
    squares = np.bincount(codes, weights=weight**2)
    return max(0.0, 0.5 * float((total**2 - squares).sum()))


def find_comparable_pairs(
    outcome: SurvivalOutcome, rank: IntArray, strata: IntArray | None
) -> ComparablePairs:
    """Return the comparable pairs of records with ranked scores.

    Parameters
    ----------
    outcome : SurvivalOutcome
        Of n records.
    rank : ndarray of int, shape (n,)
    strata : ndarray of int, shape (n,), or None
        Codes from 0.
    """
    n = outcome.n_subjects
    codes = np.zeros(n, dtype=np.intp) if strata is None else strata
    grid = np.unique(outcome.time_months)
    width = 2 * len(grid) + 2
    position = 2 * np.searchsorted(grid, outcome.time_months) + 2
    key = codes * width + position + ~outcome.event
    entry_key = codes * width
    if outcome.entry_months is not None:
        # the same key as an event at that time: not yet at risk for it
        entry_key = entry_key + 2 * np.searchsorted(grid, outcome.entry_months, side="right")
    events = np.flatnonzero(outcome.event)
    return ComparablePairs(
        rank=rank,
        weight=np.ones(n) if outcome.weights is None else outcome.weights,
        key=key,
        entry_key=entry_key,
        stratum_end=(codes + 1) * width,
        has_entry=outcome.entry_months is not None,
        events=events[np.argsort(key[events], kind="stable")],
    )
