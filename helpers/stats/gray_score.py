"""The score of Gray's test and its covariance, in one stratum."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from helpers.stats.competing_variance import tie_correction
from helpers.stats.outcome import CompetingOutcome

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.intp]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class GroupCounts:
    """Counts by event time and group, shape (m, k)."""

    n_at_risk: FloatArray
    n_events: FloatArray
    n_competing: FloatArray


def count_by_group(
    outcome: CompetingOutcome, codes: IntArray, *, cause: int, n_groups: int
) -> GroupCounts:
    """Count at risk, events of a cause and of other causes at each time of any event.

    Parameters
    ----------
    outcome : CompetingOutcome
        Of n patients.
    codes : ndarray of int, shape (n,)
        Group of each patient, from 0.
    cause, n_groups : int
        Event code of interest, number of groups.
    """
    times, position = np.unique(outcome.time_months, return_inverse=True)
    cell = position * n_groups + codes
    event_code = outcome.event_code

    def count(which: NDArray[np.bool_]) -> FloatArray:
        counts = np.bincount(cell[which], minlength=len(times) * n_groups)
        return counts.reshape(len(times), n_groups).astype(np.float64)

    leaving = count(np.ones(len(cell), dtype=bool))
    happens = np.bincount(position, weights=event_code > 0, minlength=len(times)) > 0
    return GroupCounts(
        n_at_risk=leaving[::-1].cumsum(axis=0)[::-1][happens],
        n_events=count(event_code == cause)[happens],
        n_competing=count((event_code > 0) & (event_code != cause))[happens],
    )


def score_groups(
    counts: GroupCounts, rho: float
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Return observed and expected events (k,), score (k,) and its covariance (k, k).

    Parameters
    ----------
    counts : GroupCounts
        Of one stratum.
    rho : float
        Power of the weight ``1 - F(t-)``, where F is the incidence under the hypothesis.

    Notes
    -----
    Under the hypothesis ``dF = sum of dN_r / sum of n_r / S_r(t-)`` over the groups r.
    """
    n = np.maximum(counts.n_at_risk, 1.0)
    survival = np.cumprod(1 - (counts.n_events + counts.n_competing) / n, axis=0)
    before = _lag(survival, 1.0)
    incidence_before = _lag(np.cumsum(before * counts.n_events / n, axis=0), 0.0)
    potential = np.where(
        counts.n_at_risk > 0, counts.n_at_risk / np.where(before > 0, before, 1), 0
    )
    at_risk = potential * (1 - incidence_before)
    events = counts.n_events.sum(axis=1)
    share = _ratio(at_risk, at_risk.sum(axis=1)[:, None])
    expected = share * events[:, None]
    increment = _ratio(events, potential.sum(axis=1))
    pooled = np.cumsum(increment)
    weight = (1 - _lag(pooled, 0.0)) ** rho if rho else np.ones(len(pooled))
    covariance = _covariance(
        counts,
        potential=potential,
        survival=survival,
        before=before,
        increment=increment,
        weight=weight,
    )
    score = (weight[:, None] * (counts.n_events - expected)).sum(axis=0)
    return counts.n_events.sum(axis=0), expected.sum(axis=0), score, covariance


def _covariance(
    counts: GroupCounts,
    *,
    potential: FloatArray,
    survival: FloatArray,
    before: FloatArray,
    increment: FloatArray,
    weight: FloatArray,
) -> FloatArray:
    """Return the covariance of the scores of k groups.

    ``direct[t, i, r]`` is what an event of group r adds to the score of group i, times
    ``n_r / S_r(t-)``; ``later[t, i, r]`` what it does to the risk sets after t.
    """
    k = potential.shape[1]
    total = potential.sum(axis=1)
    pooled = np.cumsum(increment)
    n = np.maximum(counts.n_at_risk, 1.0)
    share = _ratio(potential, total[:, None])
    direct = (weight[:, None] * potential)[:, :, None] * (np.eye(k) - share[:, None, :])
    hazard = _ratio(increment, 1 - _lag(pooled, 0.0))
    so_far = np.cumsum(direct * hazard[:, None, None], axis=0)
    later = so_far[-1] - so_far
    odds = np.where(survival > 0, (1 - pooled)[:, None] / np.where(survival > 0, survival, 1), 0)
    of_event = direct + (1 - odds)[:, None, :] * later
    of_competing = odds[:, None, :] * later
    tied = tie_correction(counts.n_events.sum(axis=1)[:, None], before * total[:, None])
    event_variance = np.where(counts.n_at_risk > 0, before * increment[:, None] / n * tied, 0.0)
    tied = tie_correction(counts.n_competing, n)
    competing_variance = (before / n) ** 2 * counts.n_competing * tied
    return np.einsum("tir,tjr,tr->ij", of_event, of_event, event_variance) + np.einsum(
        "tir,tjr,tr->ij", of_competing, of_competing, competing_variance
    )


def _lag(values: FloatArray, first: float) -> FloatArray:
    return np.concatenate([np.full_like(values[:1], first), values[:-1]])


def _ratio(numerator: FloatArray, denominator: FloatArray) -> FloatArray:
    positive = denominator > 0
    return np.where(positive, numerator / np.where(positive, denominator, 1.0), 0.0)
