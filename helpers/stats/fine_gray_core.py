"""The weighted partial likelihood of subdistribution hazards, and its robust variance.

A patient with a competing event at s stays in the risk sets after s with weight
``G(t-) / G(s-)``, where G is the Kaplan-Meier curve of censoring. All sums over risk sets are
cumulative sums over the distinct times, so that a fit takes time linear in the patients.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from helpers.stats.outcome import CompetingOutcome

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.intp]

MAX_ITERATIONS = 50
MAX_HALVINGS = 30
DECREMENT_TOLERANCE = 1e-12


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class WeightedRiskSets:
    """Who is at risk of the cause, with which weight, at the m distinct times.

    Attributes
    ----------
    position : ndarray of int, shape (n,)
        Number of each patient's time.
    is_event, is_censored : ndarray of bool, shape (n,)
        Event of the cause; censored.
    n_at_risk, n_events, n_censored : ndarray of float, shape (m,)
        Patients under observation just before, events of the cause, and censored at each time.
    free : ndarray of float, shape (m,)
        Probability G(t-) to be uncensored just before each time.
    per_free : ndarray of float, shape (n,)
        ``1 / G(s-)`` of patients with a competing event, 0 for all others.
    """

    position: IntArray
    is_event: NDArray[np.bool_]
    is_censored: NDArray[np.bool_]
    n_at_risk: FloatArray
    n_events: FloatArray
    n_censored: FloatArray
    free: FloatArray
    per_free: FloatArray

    def sum_by_time(self, values: FloatArray) -> FloatArray:
        """Return sums, by distinct time, of values given by patient."""
        m = len(self.n_at_risk)
        if values.ndim == 1:
            return np.bincount(self.position, weights=values, minlength=m)
        columns = [np.bincount(self.position, weights=column, minlength=m) for column in values.T]
        return np.stack(columns, axis=1)

    def sum_at_risk(self, values: FloatArray) -> FloatArray:
        """Return weighted sums, by distinct time, over the patients at risk."""
        observed = _reverse_cumsum(self.sum_by_time(values))
        competing = self.sum_by_time(_times(self.per_free, values))
        return observed + _times(self.free, np.cumsum(competing, axis=0) - competing)

    def sum_while_at_risk(self, increments: FloatArray) -> FloatArray:
        """Return weighted sums, by patient, of increments given by distinct time."""
        observed = np.cumsum(increments, axis=0)[self.position]
        weighted = _times(self.free, increments)
        later = _reverse_cumsum(weighted) - weighted
        return observed + _times(self.per_free, later[self.position])


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class WeightedState:
    """The likelihood and its derivatives at one vector of coefficients.

    Attributes
    ----------
    log_likelihood : float
    score : ndarray, shape (p,)
    information : ndarray, shape (p, p)
    risk : ndarray, shape (n,)
        Relative hazards, up to a common factor.
    mean : ndarray, shape (m, p)
        Weighted mean of the covariates at risk.
    hazard : ndarray, shape (m,)
        Increments of the cumulative baseline hazard, by Breslow.
    exposure : ndarray, shape (n,)
        Weighted cumulative baseline hazard of each patient.
    """

    log_likelihood: float
    score: FloatArray
    information: FloatArray
    risk: FloatArray
    mean: FloatArray
    hazard: FloatArray
    exposure: FloatArray


def build_weighted_risk_sets(outcome: CompetingOutcome, cause: int) -> WeightedRiskSets:
    """Return the weighted risk sets of a cause."""
    times, position = np.unique(outcome.time_months, return_inverse=True)
    code = outcome.event_code
    leaving, events, censored = (
        np.bincount(position[chosen], minlength=len(times)).astype(np.float64)
        for chosen in (slice(None), code == cause, code == 0)
    )
    at_risk = _reverse_cumsum(leaving)
    free = np.concatenate([[1.0], np.cumprod((at_risk - censored) / at_risk)[:-1]])
    competes = (code != 0) & (code != cause)
    per_free = np.zeros(len(code))
    per_free[competes] = 1 / free[position[competes]]
    return WeightedRiskSets(
        position=position,
        is_event=code == cause,
        is_censored=code == 0,
        n_at_risk=at_risk,
        n_events=events,
        n_censored=censored,
        free=free,
        per_free=per_free,
    )


def evaluate_weighted_state(
    sets: WeightedRiskSets, X: FloatArray, coefficients: FloatArray
) -> WeightedState:
    """Return the weighted partial likelihood with Breslow's ties, and its derivatives.

    Parameters
    ----------
    sets : WeightedRiskSets
        Of n patients.
    X : ndarray, shape (n, p)
        Covariates, best centred.
    coefficients : ndarray, shape (p,)
    """
    predictor = X @ coefficients
    shift = predictor.max()
    risk = np.exp(predictor - shift)
    occurs = sets.n_events > 0
    total = np.where(occurs, sets.sum_at_risk(risk), 1.0)
    mean = sets.sum_at_risk(risk[:, None] * X) / total[:, None]
    hazard = sets.n_events / total
    exposure = sets.sum_while_at_risk(hazard)
    own = float((predictor[sets.is_event] - shift).sum())
    weighted_mean = sets.n_events[:, None] * mean
    return WeightedState(
        log_likelihood=own - float(sets.n_events @ np.log(total)),
        score=X[sets.is_event].sum(axis=0) - weighted_mean.sum(axis=0),
        information=X.T @ ((risk * exposure)[:, None] * X) - weighted_mean.T @ mean,
        risk=risk,
        mean=mean,
        hazard=hazard,
        exposure=exposure,
    )


def maximise_weighted_likelihood(
    sets: WeightedRiskSets, X: FloatArray, start: WeightedState
) -> tuple[FloatArray, WeightedState, FloatArray, int]:
    """Return coefficients, state, last Newton step and iterations at the maximum.

    Parameters
    ----------
    sets : WeightedRiskSets
        Of n patients.
    X : ndarray, shape (n, p)
        Covariates, centred and scaled.
    start : WeightedState
        At coefficients of zero.
    """
    beta, state = np.zeros(X.shape[1]), start
    step, iteration = np.zeros_like(beta), 0
    while iteration < MAX_ITERATIONS:
        iteration += 1
        step = np.linalg.lstsq(state.information, state.score)[0]
        gain = float(step @ state.score)
        beta, state = _advance(sets, X, beta, state, step)
        if gain < DECREMENT_TOLERANCE:
            break
    return beta, state, step, iteration


def weighted_score_residuals(
    sets: WeightedRiskSets, X: FloatArray, state: WeightedState
) -> FloatArray:
    """Return what each patient adds to the score, the estimate of G included.

    Returns
    -------
    ndarray, shape (n, p)

    Notes
    -----
    The first part is the integral of ``(x - mean) w(t) dM(t)``; the second the influence of the
    patient on G: the integral of ``q(u) / n(u) dMc(u)`` with the martingale Mc of censoring,
    where q(u) sums, over patients with a competing event before u, what the risk sets from u on
    owe to their weights (Fine and Gray 1999, section 4).
    """
    risk = state.risk[:, None]
    mean_exposure = sets.sum_while_at_risk(_times(state.hazard, state.mean))
    direct = sets.is_event[:, None] * (X - state.mean[sets.position]) - risk * (
        X * state.exposure[:, None] - mean_exposure
    )
    later = sets.free * state.hazard
    later_hazard = _reverse_cumsum(later)
    later_mean = _reverse_cumsum(_times(later, state.mean))
    competing = state.risk * sets.per_free
    gone = _exclusive_cumsum(sets.sum_by_time(competing))
    gone_covariates = _exclusive_cumsum(sets.sum_by_time(_times(competing, X)))
    owed = _times(later_hazard, gone_covariates) - _times(gone, later_mean)
    per_patient = owed / sets.n_at_risk[:, None]
    compensator = np.cumsum(_times(sets.n_censored / sets.n_at_risk, per_patient), axis=0)
    censoring = sets.is_censored[:, None] * per_patient[sets.position]
    return direct + censoring - compensator[sets.position]


def _advance(
    sets: WeightedRiskSets,
    X: FloatArray,
    beta: FloatArray,
    state: WeightedState,
    step: FloatArray,
) -> tuple[FloatArray, WeightedState]:
    floor = state.log_likelihood - 1e-10 * (1.0 + abs(state.log_likelihood))
    for halving in range(MAX_HALVINGS):
        trial = beta + step / 2.0**halving
        trial_state = evaluate_weighted_state(sets, X, trial)
        if trial_state.log_likelihood >= floor:
            return trial, trial_state
    return beta, state


def _times(factor: FloatArray, values: FloatArray) -> FloatArray:
    return factor * values if values.ndim == 1 else factor[:, None] * values


def _reverse_cumsum(values: FloatArray) -> FloatArray:
    return np.cumsum(values[::-1], axis=0)[::-1]


def _exclusive_cumsum(values: FloatArray) -> FloatArray:
    return np.cumsum(values, axis=0) - values
