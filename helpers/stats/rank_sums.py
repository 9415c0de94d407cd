"""Sums of weights below, at and above a rank within ranges of an array, for many ranges at once."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.intp]


class RankSums(NamedTuple):
    """Sums of weights by comparison with a query's rank, each of shape (q,)."""

    below: FloatArray
    equal: FloatArray
    above: FloatArray

    def minus(self, other: RankSums) -> RankSums:
        """Return the sums that remain when others are taken away."""
        return RankSums(*(mine - theirs for mine, theirs in zip(self, other, strict=True)))


def sum_by_rank(
    ranks: IntArray, weights: FloatArray, *, start: IntArray, stop: IntArray, rank: IntArray
) -> RankSums:
    """Return sums of weights of the items ``start <= position < stop`` by rank.

    Parameters
    ----------
    ranks : ndarray of int, shape (n,)
        Of the items, from 0.
    weights : ndarray, shape (n,)
    start, stop : ndarray of int, shape (q,)
        Range of each query, ``start <= stop``.
    rank : ndarray of int, shape (q,)
        With which each query compares.

    Returns
    -------
    RankSums

    Notes
    -----
    A wavelet matrix: the items are sorted stably by one bit of their rank after the other, from
    the highest, and each query's range follows the bits of its own rank. That takes
    O((n + q) log max(rank)) without a loop over items.

    Examples
    --------
    >>> one = np.array([1])
    >>> sums = sum_by_rank(
    ...     np.array([2, 0, 1, 1]), np.ones(4), start=0 * one, stop=4 * one, rank=one
    ... )
    >>> [float(part[0]) for part in sums]
    [1.0, 2.0, 1.0]
    """
    total_before = _sums_before(weights)
    total = total_before[stop] - total_before[start]
    below = np.zeros(len(rank))
    highest = max(int(ranks.max(initial=0)), int(rank.max(initial=0)))
    for bit in range(highest.bit_length() - 1, -1, -1):
        is_low = (ranks >> bit) & 1 == 0
        low_before = np.concatenate([[0], np.cumsum(is_low)])
        low_weight = _sums_before(np.where(is_low, weights, 0.0))
        goes_up = (rank >> bit) & 1 == 1
        below += np.where(goes_up, low_weight[stop] - low_weight[start], 0.0)
        n_low = low_before[-1]
        start = np.where(goes_up, n_low + start - low_before[start], low_before[start])
        stop = np.where(goes_up, n_low + stop - low_before[stop], low_before[stop])
        order = np.concatenate([np.flatnonzero(is_low), np.flatnonzero(~is_low)])
        ranks, weights = ranks[order], weights[order]
    before = _sums_before(weights)
    equal = before[stop] - before[start]
    return RankSums(below, equal, total - below - equal)


def _sums_before(values: FloatArray) -> FloatArray:
    return np.concatenate([[0.0], np.cumsum(values)])
