"""The partial likelihood of a Cox model, its derivatives and its maximum."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from helpers.stats.cox_risk_sets import RiskSets
from helpers.stats.cox_ties import TieSums, sum_over_ties

FloatArray = NDArray[np.float64]

MAX_ITERATIONS = 50
MAX_HALVINGS = 30
GAIN_TOLERANCE = 1e-9
SMALLEST_SHARE = 1e-13
LARGEST_HAZARD = 1e200  # beyond it the relative hazards of others have vanished


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RiskState:
    """All that one linear predictor says about the risk sets.

    Attributes
    ----------
    log_likelihood : float
        Of the data, at this linear predictor.
    relative, risk : ndarray, shape (m,)
        Relative hazards by position, up to the factor ``exp(-shift)``; the same times weight.
    shift : float
        What was taken off the linear predictor to keep its exponential in range.
    total : ndarray, shape (n_times,)
        Sum of `risk` over those at risk at each event time.
    tied_share : ndarray, shape (n_times,), or None
        Share of it that the tied events hold; None where it does not matter.
    ties : TieSums
    hazard, tied_hazard : ndarray, shape (n_times,)
        Increment of the cumulative hazard, and the part of it to which the tied events
        themselves are not exposed under Efron's method.
    """

    log_likelihood: float
    relative: FloatArray
    risk: FloatArray
    shift: float
    total: FloatArray
    tied_share: FloatArray | None
    ties: TieSums
    hazard: FloatArray
    tied_hazard: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Point:
    """A partial likelihood and its derivatives at some coefficients.

    Attributes
    ----------
    state : RiskState
    score : ndarray, shape (p,)
    information : ndarray, shape (p, p)
    """

    state: RiskState
    score: FloatArray
    information: FloatArray

    @property
    def log_likelihood(self) -> float:
        """Return the log partial likelihood."""
        return self.state.log_likelihood


@dataclass(frozen=True, slots=True, eq=False)
class Maximum:
    """The maximum of a partial likelihood.

    Attributes
    ----------
    coefficients : ndarray, shape (p,)
    point : Point
        There.
    last_step : ndarray, shape (p,)
        The last Newton step; not small where the likelihood has no maximum.
    n_iterations : int
    """

    coefficients: FloatArray
    point: Point
    last_step: FloatArray
    n_iterations: int


def evaluate_state(sets: RiskSets, predictor: FloatArray) -> RiskState:
    """Return the state of the risk sets at a linear predictor, given by position."""
    shift = float(predictor.max())
    relative = predictor - shift
    np.exp(relative, out=relative)
    risk = sets.weights * relative if sets.has_weights else relative
    total = sets.sum_at_risk(risk)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        tied_share = sets.sum_tied(risk) / total if sets.has_fractions else None
        ties = sum_over_ties(sets, tied_share)
        own = float(sets.event_weights @ predictor) - shift * sets.event_weight
        compared = sets.mean_weight @ (sets.n_tied * np.log(total) + ties.log)
        event_hazard = sets.mean_weight / total
        hazard = event_hazard * ties.inverse
        tied_hazard = event_hazard * ties.inverse_left
    return RiskState(
        log_likelihood=own - float(compared),
        relative=relative,
        risk=risk,
        shift=shift,
        total=total,
        tied_share=tied_share,
        ties=ties,
        hazard=hazard,
        tied_hazard=tied_hazard,
    )


def differentiate(
    sets: RiskSets, state: RiskState, X: FloatArray, scale: FloatArray | None = None
) -> tuple[FloatArray, FloatArray]:
    """Return score and information of the covariates.

    Parameters
    ----------
    sets : RiskSets
        Of m positions.
    state : RiskState
        At the coefficients' linear predictor.
    X : ndarray, shape (m, p)
        Covariates by position, best centred.
    scale : ndarray, shape (n_times,), optional
        Factor of each event time's contribution, 1 by default.

    Returns
    -------
    score : ndarray, shape (p,)
    information : ndarray, shape (p, p)

    Notes
    -----
    The second moments of all risk sets together are one product ``X' diag(e) X`` with the
    expected events e, so that no sum of p by p matrices over time is ever made.
    """
    factor = np.ones(sets.n_times) if scale is None else scale
    exposure = sets.sum_while_at_risk(state.hazard * factor)
    if sets.has_fractions:
        exposure[sets.events] -= sets.repeat(state.tied_hazard * factor)
    exposure *= state.risk
    score, information, at_risk, tied = _sum_moments(sets, X, state.risk, exposure)
    at_risk /= state.total[:, None]
    weight = sets.mean_weight * factor
    information -= _cross(at_risk, weight * state.ties.square, at_risk)
    if sets.has_fractions:
        tied /= state.total[:, None]
        mixed = _cross(at_risk, weight * state.ties.square_left, tied)
        information += mixed + mixed.T
        information -= _cross(tied, weight * state.ties.square_left_left, tied)
    if scale is None:
        return score, information
    observed = sets.weights[sets.events] * sets.repeat(scale - 1.0)
    return score + observed @ X[sets.events], information


def _sum_moments(
    sets: RiskSets, X: FloatArray, risk: FloatArray, expected: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Return sums over X: the score, X' diag(expected) X, and risk X at risk and of tied events."""
    p = X.shape[1]
    score, second = np.zeros(p), np.zeros((p, p))
    leaving = np.empty((sets.n_times, p))
    tied = np.empty((sets.n_times, p)) if sets.has_fractions else leaving
    for rows, times in sets.chunks:
        part = X[rows]
        weighted = risk[rows, None] * part
        starts = sets.starts[times] - rows.start
        np.add.reduceat(weighted, starts, axis=0, out=leaving[times])
        if sets.has_fractions:
            bounds = np.stack([starts, starts + sets.n_tied[times]], axis=1).ravel()
            stop = -1 if bounds[-1] == len(part) else None
            tied[times] = np.add.reduceat(weighted, bounds[:stop], axis=0)[::2]
        score += (sets.event_weights[rows] - expected[rows]) @ part
        second += part.T @ (expected[rows, None] * part)
    late = risk[sets.late, None] * X[sets.late]
    return score, second, sets.accumulate(leaving, late), tied


def _cross(left: FloatArray, factor: FloatArray, right: FloatArray) -> FloatArray:
    return left.T @ (factor[:, None] * right)


def evaluate_point(sets: RiskSets, X: FloatArray, coefficients: FloatArray) -> Point:
    """Return likelihood, score and information at some coefficients."""
    state = evaluate_state(sets, X @ coefficients)
    return Point(state, *differentiate(sets, state, X))


def maximise_likelihood(
    sets: RiskSets, X: FloatArray, point: Point, start: FloatArray | None = None
) -> Maximum:
    """Return the maximum of the partial likelihood by Newton's method with step halving.

    Parameters
    ----------
    sets : RiskSets
        Of m positions.
    X : ndarray, shape (m, p)
        Covariates by position, centred and scaled.
    point : Point
        Where to begin.
    start : ndarray, shape (p,), optional
        Its coefficients; zero by default.

    Notes
    -----
    It stops after the first step whose expected gain in log-likelihood is below 1e-9, which
    by the quadratic convergence leaves the coefficients within about 1e-9 standard errors.
    """
    beta = np.zeros(X.shape[1]) if start is None else start
    step = np.zeros_like(beta)
    n_iterations, gain = 0, np.inf
    while gain >= GAIN_TOLERANCE and n_iterations < MAX_ITERATIONS:
        n_iterations += 1
        step = invert_information(point.information, sets.event_weight) @ point.score
        beta, state = _advance(sets, X, beta, point.state, step)
        gain = float(step @ point.score)
        point = Point(state, *differentiate(sets, state, X))
    return Maximum(beta, point, step, n_iterations)


def invert_information(information: FloatArray, scale: float) -> FloatArray:
    """Return the covariance of coefficients whose covariates have mean square 1.

    Where a likelihood rises for ever the information vanishes in rounding; its eigenvalues are
    then kept at 1e-13 of `scale`, the weight of all events.
    """
    values, vectors = np.linalg.eigh(information)
    floor = SMALLEST_SHARE * scale
    if values[0] > 10.0 * floor:
        return np.linalg.inv(information)
    return (vectors / np.maximum(values, floor)) @ vectors.T


def _advance(
    sets: RiskSets, X: FloatArray, beta: FloatArray, state: RiskState, step: FloatArray
) -> tuple[FloatArray, RiskState]:
    floor = state.log_likelihood - 1e-10 * (1.0 + abs(state.log_likelihood))
    for halving in range(MAX_HALVINGS):
        trial = beta + step / 2.0**halving
        trial_state = evaluate_state(sets, X @ trial)
        is_in_range = trial_state.hazard.max() < LARGEST_HAZARD
        if is_in_range and floor <= trial_state.log_likelihood < np.inf:
            return trial, trial_state
    return beta, state
