"""The partial likelihood with Firth's penalty, its maximum and its profile."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from helpers.stats.cox_core import (
    LARGEST_HAZARD,
    RiskState,
    differentiate,
    evaluate_state,
    invert_information,
)
from helpers.stats.cox_influence import cumulative_hazard_at_risk, integrate_means, risk_set_means
from helpers.stats.cox_risk_sets import RiskSets

FloatArray = NDArray[np.float64]

MAX_ITERATIONS = 60
FIRST_ITERATIONS = 12
DIFFERENCE = 1e-5
GAIN_TOLERANCE = 1e-17
MAX_HALVINGS = 12
STRAIGHT_SLOPE = 0.1
MAX_REACH = 4.0
LIMIT_TOLERANCE = 1e-8
MAX_LIMIT_ROUNDS = 60
MAX_WIDTHS = 100.0
SMALLEST_SHARE_LEFT = 1e-11


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PenalisedPoint:
    """The penalised likelihood at some coefficients.

    Attributes
    ----------
    coefficients : ndarray, shape (p,)
    value : float
        Log-likelihood plus half the log determinant of the information.
    score : ndarray, shape (p,)
        Its derivatives.
    information : ndarray, shape (p, p)
        Without the penalty.
    state : RiskState
    n_iterations : int
        That led here.
    """

    coefficients: FloatArray
    value: float
    score: FloatArray
    information: FloatArray
    state: RiskState
    n_iterations: int = 0


class PenalisedLikelihood:
    """Firth's penalised likelihood of covariates given by position.

    Parameters
    ----------
    sets : RiskSets
        Of m positions.
    X : ndarray, shape (m, p)
        Covariates by position, centred and scaled.
    """

    def __init__(self, sets: RiskSets, X: FloatArray) -> None:
        self._sets, self._X = sets, X

    def evaluate(self, coefficients: FloatArray) -> PenalisedPoint:
        """Return the penalised likelihood and its derivatives."""
        state = evaluate_state(self._sets, self._X @ coefficients)
        if not state.hazard.max() < LARGEST_HAZARD:
            return self._out_of_range(coefficients, state)
        score, information = differentiate(self._sets, state, self._X)
        eigenvalues = np.linalg.eigvalsh(information)
        if not eigenvalues[0] > SMALLEST_SHARE_LEFT * self._sets.event_weight:
            return self._out_of_range(coefficients, state)
        penalty = 0.5 * self._third_moments(state, np.linalg.inv(information))
        return PenalisedPoint(
            coefficients=coefficients,
            value=state.log_likelihood + 0.5 * float(np.log(eigenvalues).sum()),
            score=score + penalty,
            information=information,
            state=state,
        )

    def _out_of_range(self, coefficients: FloatArray, state: RiskState) -> PenalisedPoint:
        n_terms = len(coefficients)
        return PenalisedPoint(
            coefficients=coefficients,
            value=-np.inf,
            score=np.zeros(n_terms),
            information=np.eye(n_terms),
            state=state,
        )

    def _third_moments(self, state: RiskState, V: FloatArray) -> FloatArray:
        """Return the trace of V times the derivative of the information, by coefficient.

        The derivative by coefficient c is the sum over events of the third central moment
        E[(x - m)(x - m)'(x - m)_c] among those at risk; written out in raw moments, its trace
        with V needs sums of vectors only.
        """
        sets, X = self._sets, self._X
        means = risk_set_means(sets, state, X)
        lengths = np.einsum("ij,ij->i", X @ V, X)
        mean_length = risk_set_means(sets, state, lengths[:, None])[:, 0]
        expected = state.risk * cumulative_hazard_at_risk(sets, state)
        drift = state.risk * np.einsum("ij,ij->i", X @ V, integrate_means(sets, state, means))
        turned = np.einsum("ij,ij->i", means @ V, means)
        of_records = (expected * lengths - 2.0 * drift) @ X
        event_weight = sets.mean_weight[sets.event_time]
        return of_records + (event_weight * (2.0 * turned - mean_length)) @ means

    def maximise(
        self, start: FloatArray | None = None, held: NDArray[np.bool_] | None = None
    ) -> PenalisedPoint:
        """Return the maximum, or that with some coefficients held where they start."""
        n_terms = self._X.shape[1]
        free = np.ones(n_terms, dtype=bool) if held is None else ~held
        point = self.evaluate(np.zeros(n_terms) if start is None else start)
        n_iterations, gain = 0, np.inf
        while free.any() and gain > GAIN_TOLERANCE and n_iterations < MAX_ITERATIONS:
            n_iterations += 1
            step = np.zeros(n_terms)
            curvature = self._find_curvature(point, free, n_iterations)
            step[free] = invert_information(curvature, self._sets.event_weight) @ point.score[free]
            gain = float(step @ point.score)
            moved = self._advance(point, step)
            if moved is point:
                break
            point = moved
        return replace(point, n_iterations=n_iterations)

    def _find_curvature(
        self, point: PenalisedPoint, free: NDArray[np.bool_], n_iterations: int
    ) -> FloatArray:
        """Return the information, or after some iterations what the score's differences give."""
        information = point.information[np.ix_(free, free)]
        if n_iterations <= FIRST_ITERATIONS:
            return information
        columns = []
        for index in np.flatnonzero(free):
            moved = point.coefficients.copy()
            moved[index] += DIFFERENCE
            columns.append((point.score - self.evaluate(moved).score)[free] / DIFFERENCE)
        curvature = np.stack(columns, axis=1)
        curvature = 0.5 * (curvature + curvature.T)
        return curvature if np.linalg.eigvalsh(curvature)[0] > 0 else information

    def _advance(self, point: PenalisedPoint, step: FloatArray) -> PenalisedPoint:
        """Return the point near the maximum along a step, found by the secant of its slopes."""
        floor = point.value - 1e-12 * (1.0 + abs(point.value))
        here = float(step @ point.score)
        trial = self.evaluate(point.coefficients + step)
        there = float(step @ trial.score)
        if trial.value >= floor and abs(there) <= STRAIGHT_SLOPE * here:
            return trial
        reach = min(here / (here - there), MAX_REACH) if here > there else MAX_REACH
        reach = reach if np.isfinite(trial.value) else 0.5
        for halving in range(MAX_HALVINGS):
            trial = self.evaluate(point.coefficients + step * reach / 2.0**halving)
            if trial.value >= max(floor, -np.finfo(np.float64).max):
                return trial
        return point

    def find_limit(
        self, best: PenalisedPoint, column: int, target: float, direction: float
    ) -> float:
        """Return where the profile of a coefficient falls to a target, nan if it does not.

        Parameters
        ----------
        best : PenalisedPoint
            The maximum.
        column : int
        target : float
            Below the maximum.
        direction : {-1.0, 1.0}
            The side of the estimate.
        """
        held = np.zeros(len(best.coefficients), dtype=bool)
        held[column] = True
        width = float(np.sqrt(np.linalg.inv(best.information)[column, column]))
        centre = float(best.coefficients[column])

        def profile(distance: float, start: FloatArray) -> PenalisedPoint:
            moved = start.copy()
            moved[column] = centre + direction * distance
            return self.maximise(moved, held)

        inner, outer = 0.0, 2.0 * width
        point = profile(outer, best.coefficients)
        while point.value > target:
            inner, outer = outer, 2.0 * outer
            if outer > MAX_WIDTHS * width:
                return float("nan")
            point = profile(outer, point.coefficients)
        for _ in range(MAX_LIMIT_ROUNDS):
            slope = direction * float(point.score[column])
            distance = abs(float(point.coefficients[column]) - centre)
            guess = distance + (target - point.value) / slope if slope else inner
            if abs(guess - distance) <= LIMIT_TOLERANCE * width:
                break
            if not inner < guess < outer:
                guess = 0.5 * (inner + outer)
            point = profile(guess, point.coefficients)
            inner, outer = (guess, outer) if point.value > target else (inner, guess)
        return float(point.coefficients[column])
