"""What each record contributes to a Cox model: score residuals and the robust variance."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from helpers.stats.cox_core import RiskState
from helpers.stats.cox_risk_sets import RiskSets

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.intp]


def sum_compared(sets: RiskSets, state: RiskState) -> FloatArray:
    """Return the risk that each event is compared with, shape (n_events,)."""
    total = sets.repeat(state.total)
    if state.tied_share is None:
        return total
    return total * (1.0 - sets.fraction * sets.repeat(state.tied_share))


def risk_set_means(sets: RiskSets, state: RiskState, X: FloatArray) -> FloatArray:
    """Return the mean covariates that each event is compared with, shape (n_events, p)."""
    weighted = state.risk[:, None] * X
    inverse = 1.0 / sum_compared(sets, state)
    means = sets.sum_at_risk(weighted)[sets.event_time]
    if sets.has_fractions:
        tied = sets.sum_over_events(weighted[sets.events])[sets.event_time]
        means -= sets.fraction[:, None] * tied
    return means * inverse[:, None]


def cumulative_hazard_at_risk(sets: RiskSets, state: RiskState) -> FloatArray:
    """Return, by position, the baseline hazard summed over the time at risk.

    It is the hazard of a record with linear predictor ``state.shift``. Under Efron's method a
    record with an event is exposed to a part of the last increment only.
    """
    exposure = sets.sum_while_at_risk(state.hazard)
    exposure[sets.events] -= state.tied_hazard[sets.event_time]
    return exposure


def integrate_means(sets: RiskSets, state: RiskState, means: FloatArray) -> FloatArray:
    """Return, by position, the means of the risk sets integrated over the baseline hazard.

    Parameters
    ----------
    sets : RiskSets
        Of m positions.
    state : RiskState
    means : ndarray, shape (n_events, p)
        From :func:`risk_set_means`.

    Returns
    -------
    ndarray, shape (m, p)
    """
    event_hazard = sets.repeat(sets.mean_weight) / sum_compared(sets, state)
    shared = event_hazard[:, None] * means
    drift = sets.sum_while_at_risk(sets.sum_over_events(shared))
    if sets.has_fractions:
        own = sets.sum_over_events(sets.fraction[:, None] * shared)
        drift[sets.events] -= own[sets.event_time]
    return drift


def score_residuals(sets: RiskSets, state: RiskState, X: FloatArray) -> FloatArray:
    """Return the score residuals, not weighted, by position.

    Parameters
    ----------
    sets : RiskSets
        Of m positions.
    state : RiskState
    X : ndarray, shape (m, p)
        Covariates by position.

    Returns
    -------
    ndarray, shape (m, p)

    Notes
    -----
    The residual of a record is the integral of its covariates, less the mean of those at risk,
    over its martingale. Tied events share the mean of their risk sets under Efron's method.
    """
    means = risk_set_means(sets, state, X)
    drift = integrate_means(sets, state, means)
    exposure = cumulative_hazard_at_risk(sets, state)
    residuals = -state.relative[:, None] * (exposure[:, None] * X - drift)
    mean_of_tied = sets.sum_over_events(means) / sets.n_tied[:, None]
    residuals[sets.events] += X[sets.events] - mean_of_tied[sets.event_time]
    return residuals


def sum_by_cluster(sets: RiskSets, residuals: FloatArray, cluster: IntArray | None) -> FloatArray:
    """Return weighted residuals, summed over the records of each cluster."""
    weighted = sets.weights[:, None] * residuals
    if cluster is None:
        return weighted
    codes = cluster[sets.rows]
    sums = [
        np.bincount(codes, weights=column, minlength=cluster.max() + 1) for column in weighted.T
    ]
    return np.stack(sums, axis=1)
