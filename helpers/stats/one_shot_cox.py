"""A Cox model stratified by centre, from a few sums of each centre, given once.

Each centre expands its log partial likelihood around coefficients that all agree on. The
likelihood of a model stratified by centre is the sum of the centres' own, and so is its
expansion: the sums are enough to find its maximum without any patient.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from helpers.errors import StatisticsError
from helpers.stats.cox_core import evaluate_point
from helpers.stats.cox_risk_sets import build_risk_sets
from helpers.stats.outcome import SurvivalOutcome

FloatArray = NDArray[np.float64]

_STEP = 1e-3
_MAX_ITERATIONS = 100
_TOLERANCE = 1e-10
_LONGEST_STEP = 0.5
#: How far from the reference, in logarithms of hazard ratios, the expansion is trusted.
TRUSTED_DISTANCE = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Expansion:
    """A log partial likelihood around some coefficients.

    Attributes
    ----------
    reference : ndarray, shape (p,)
        Where it is expanded: logarithms of hazard ratios.
    score : ndarray, shape (p,)
        First derivatives.
    information : ndarray, shape (p, p)
        Minus the second derivatives.
    third, fourth : ndarray, shape (p, p, p) and (p, p, p, p)
        Derivatives of the information.
    """

    reference: FloatArray
    score: FloatArray
    information: FloatArray
    third: FloatArray
    fourth: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class PooledFit:
    """The maximum of a sum of expansions.

    Attributes
    ----------
    coefficients, std_errors : ndarray, shape (p,)
        Logarithms of hazard ratios.
    covariance : ndarray, shape (p, p)
    distance : float
        Largest distance of a coefficient from its reference.
    """

    coefficients: FloatArray
    covariance: FloatArray
    distance: float

    @property
    def std_errors(self) -> FloatArray:
        """Return the standard errors."""
        return np.sqrt(np.diag(self.covariance))

    @property
    def information(self) -> FloatArray:
        """Return the information on each coefficient, the others known; shape (p,)."""
        return np.diag(np.linalg.inv(self.covariance))

    @property
    def is_trusted(self) -> bool:
        """Return whether the maximum lies where the expansion holds."""
        return self.distance <= TRUSTED_DISTANCE


def expand_likelihood(
    outcome: SurvivalOutcome, matrix: ArrayLike, reference: ArrayLike, *, ties: str = "efron"
) -> Expansion:
    """Expand the log partial likelihood of one centre.

    Parameters
    ----------
    outcome : SurvivalOutcome
        Of n patients.
    matrix : array_like, shape (n, p)
        Covariates; a column may be constant, and then adds nothing.
    reference : array_like, shape (p,)
        Coefficients that all centres agree on.
    ties : {"efron", "breslow"}
        As in :func:`helpers.stats.cox.fit_cox`.

    Returns
    -------
    Expansion
        Exact score and information; their next two derivatives by central differences of the
        exact information.

    Raises
    ------
    StatisticsError
        If the numbers of rows or columns do not fit.

    References
    ----------
    Duan R et al. Learning from local to global: an efficient distributed algorithm for modeling
    time-to-event data. J Am Med Inform Assoc 2020;27:1028-1036. doi 10.1093/jamia/ocaa044
    """
    X = np.asarray(matrix, dtype=np.float64)
    beta = np.asarray(reference, dtype=np.float64)
    if X.ndim != 2 or X.shape != (outcome.n_subjects, len(beta)):
        raise StatisticsError(
            f"matrix must have {outcome.n_subjects} rows and {len(beta)} columns, but was of "
            f"shape {X.shape}; give a coefficient to each covariate"
        )
    p = len(beta)
    sets = build_risk_sets(outcome, strata=None, ties=ties)
    placed = np.take(X, sets.rows, axis=0)
    placed = placed - placed.mean(axis=0)

    def inform(at: FloatArray) -> FloatArray:
        return evaluate_point(sets, placed, at).information

    point = evaluate_point(sets, placed, beta)
    steps = _STEP * np.eye(p)
    third = np.stack(
        [(inform(beta + h) - inform(beta - h)) / (2 * _STEP) for h in steps], axis=-1
    ).reshape(p, p, p)
    fourth = np.zeros((p, p, p, p))
    wide = 10 * steps
    for i in range(p):
        for j in range(i, p):
            corners = [
                a * b * inform(beta + a * wide[i] + b * wide[j]) for a in (1, -1) for b in (1, -1)
            ]
            fourth[:, :, i, j] = fourth[:, :, j, i] = sum(corners) / (4 * (10 * _STEP) ** 2)
    return Expansion(beta, point.score, point.information, third, fourth)


def add_expansions(expansions: Iterable[Expansion]) -> Expansion:
    """Return the sum of expansions around the same coefficients.

    Raises
    ------
    StatisticsError
        If there is none, or their references differ.
    """
    parts = list(expansions)
    if not parts or any(not np.array_equal(one.reference, parts[0].reference) for one in parts):
        raise StatisticsError(
            "expansions must be one or more around the same coefficients, but were not; let every "
            "centre use the same reference"
        )
    names = ("score", "information", "third", "fourth")
    sums = [np.sum([getattr(one, name) for one in parts], axis=0) for name in names]
    return Expansion(parts[0].reference, *sums)


def maximise_expansion(expansion: Expansion) -> PooledFit:
    """Return the maximum of a log likelihood that is known by its expansion.

    Parameters
    ----------
    expansion : Expansion
        Sum over the centres.

    Returns
    -------
    PooledFit
        With the inverse information there as its covariance.

    Raises
    ------
    StatisticsError
        If a covariate has no information, or no maximum is found near the reference.

    Notes
    -----
    Newton's method on the score's Taylor polynomial of third order, steps of at most 0.5.
    """
    delta = np.zeros_like(expansion.score)
    for _ in range(_MAX_ITERATIONS):
        information = _inform(expansion, delta)
        values = np.linalg.eigvalsh(information)
        if values[0] <= 1e-9 * max(values[-1], 1e-9):
            raise StatisticsError(
                "the sums of the centres do not determine every coefficient near the reference; "
                "leave out a factor with one level, or of which one level has no events"
            )
        step = np.linalg.solve(information, _score(expansion, delta))
        step *= min(1.0, _LONGEST_STEP / max(float(np.abs(step).max()), 1e-300))
        delta = delta + step
        if float(np.abs(step).max()) < _TOLERANCE:
            covariance = np.linalg.inv(_inform(expansion, delta))
            return PooledFit(
                expansion.reference + delta, covariance, float(np.abs(delta).max(initial=0.0))
            )
    raise StatisticsError(
        "no maximum was found near the reference; let the centres share anew with a reference "
        "nearer to their estimates"
    )


def _score(expansion: Expansion, delta: FloatArray) -> FloatArray:
    return (
        expansion.score
        - expansion.information @ delta
        - (expansion.third @ delta @ delta) / 2
        - (expansion.fourth @ delta @ delta @ delta) / 6
    )


def _inform(expansion: Expansion, delta: FloatArray) -> FloatArray:
    moved = expansion.information + expansion.third @ delta
    moved = moved + (expansion.fourth @ delta @ delta) / 2
    return (moved + moved.T) / 2
