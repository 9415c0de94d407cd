"""Cox models of many resamples, compiled; import it only where they are fitted.

Patients are sorted by time, so that one walk over them gives all sums over risk sets. A patient
who is in a resample c times counts as c tied patients, as if the rows had been repeated.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

MAX_ITERATIONS = 30
MAX_HALVINGS = 20
DECREMENT_TOLERANCE = 1e-9
RUNAWAY_STEP = 0.01


class PatientsByTime(NamedTuple):
    """The n patients in the order of their times.

    Attributes
    ----------
    X : ndarray, shape (n, p)
        Covariates, centred and scaled.
    event : ndarray of bool, shape (n,)
    starts : ndarray of int, shape (m + 1,)
        Where the patients of each distinct time begin, and n.
    efron : bool
        Else Breslow's method for ties.
    """

    X: NDArray[np.float64]
    event: NDArray[np.bool_]
    starts: NDArray[np.intp]
    efron: bool


@njit(cache=True, nogil=True, error_model="numpy")
def fit_replicates(patients, counts, start):
    """Fit one Cox model for each resample.

    Parameters
    ----------
    patients : PatientsByTime
    counts : ndarray of int, shape (b, n)
        How often each patient is in each resample.
    start : ndarray, shape (p,)
        Coefficients to begin with.

    Returns
    -------
    ndarray, shape (b, p)
        Coefficients; nan where a resample has no finite estimate.
    """
    b, p = counts.shape[0], patients.X.shape[1]
    result = np.empty((b, p))
    for replicate in range(b):
        result[replicate] = _fit(patients, counts[replicate], start)
    return result


@njit(cache=True, nogil=True, error_model="numpy")
def _fit(patients, count, start):
    """Maximise by Newton's method; a last step that gains nothing is taken unseen."""
    p = patients.X.shape[1]
    beta = start.copy()
    information = np.empty((p, p))
    score = np.empty(p)
    value = _evaluate(patients, count, beta, score, information)
    trial = np.empty(p)
    for _ in range(MAX_ITERATIONS):
        step = score.copy()
        if not _solve(information, step):
            break
        gain, longest, factor = 0.0, 0.0, 1.0
        for k in range(p):
            gain += step[k] * score[k]
            longest = max(longest, abs(step[k]))
        if not gain >= DECREMENT_TOLERANCE:
            if gain >= 0.0 and longest < RUNAWAY_STEP:
                return beta + step
            break
        for _ in range(MAX_HALVINGS):
            for k in range(p):
                trial[k] = beta[k] + factor * step[k]
            value_there = _evaluate(patients, count, trial, score, information)
            if value_there >= value - 1e-10 * (1.0 + abs(value)):
                break
            factor /= 2.0
        beta[:] = trial
        value = value_there
    return np.full(p, np.nan)


@njit(cache=True, nogil=True, error_model="numpy")
def _evaluate(patients, count, beta, score, information):
    """Return the log-likelihood; write the score and the upper triangle of the information."""
    X, event, starts, efron = patients
    n_times, p = len(starts) - 1, X.shape[1]
    score[:] = 0.0
    information[:] = 0.0
    predictor, risk = _relative_risks(X, count, beta)
    hazard, tied_hazard = np.zeros(n_times), np.zeros(n_times)
    at_risk, tied_at_risk, mean = np.zeros(p), np.zeros(p), np.empty(p)
    value, total = 0.0, 0.0
    for j in range(n_times - 1, -1, -1):
        n_tied, tied = 0, 0.0
        tied_at_risk[:] = 0.0
        for i in range(starts[j], starts[j + 1]):
            if count[i] == 0:
                continue
            total += risk[i]
            _add(at_risk, risk[i], X[i])
            if event[i]:
                n_tied += count[i]
                tied += risk[i]
                _add(tied_at_risk, risk[i], X[i])
                _add(score, float(count[i]), X[i])
                value += count[i] * predictor[i]
        for d in range(n_tied):
            fraction = d / n_tied if efron else 0.0
            inverse = 1.0 / (total - fraction * tied)
            value += np.log(inverse)
            hazard[j] += inverse
            tied_hazard[j] += fraction * inverse
            for k in range(p):
                mean[k] = (at_risk[k] - fraction * tied_at_risk[k]) * inverse
            _add(score, -1.0, mean)
            _add_square(information, -1.0, mean)
    _add_second_moments(patients, risk, hazard, tied_hazard, information)
    return value


@njit(cache=True, nogil=True, error_model="numpy")
def _relative_risks(X, count, beta):
    """Return linear predictors, the highest of the resample taken off, and weighted hazards."""
    n, p = X.shape
    predictor, risk = np.zeros(n), np.zeros(n)
    highest = -np.inf
    for i in range(n):
        if count[i] > 0:
            for k in range(p):
                predictor[i] += X[i, k] * beta[k]
            highest = max(highest, predictor[i])
    for i in range(n):
        predictor[i] -= highest
        if count[i] > 0:
            risk[i] = count[i] * np.exp(predictor[i])
    return predictor, risk


@njit(cache=True, nogil=True, error_model="numpy")
def _add_second_moments(patients, risk, hazard, tied_hazard, information):
    """Add ``x x'`` with the expected events of each patient as weights."""
    X, event, starts, _ = patients
    exposure = 0.0
    for j in range(len(starts) - 1):
        exposure += hazard[j]
        for i in range(starts[j], starts[j + 1]):
            if risk[i] > 0.0:
                own = exposure - tied_hazard[j] if event[i] else exposure
                _add_square(information, risk[i] * own, X[i])


@njit(cache=True, nogil=True, error_model="numpy")
def _add(total, factor, row):
    for k in range(len(row)):
        total[k] += factor * row[k]


@njit(cache=True, nogil=True, error_model="numpy")
def _add_square(total, factor, row):
    for k in range(len(row)):
        scaled = factor * row[k]
        for j in range(k, len(row)):
            total[k, j] += scaled * row[j]


@njit(cache=True, nogil=True, error_model="numpy")
def _solve(matrix, vector):
    """Solve in place by Cholesky's method; return whether the matrix was positive definite."""
    p = len(vector)
    for k in range(p):
        spread = matrix[k, k]
        for i in range(k):
            matrix[k, k] -= matrix[i, k] ** 2
        if not matrix[k, k] > 1e-10 * spread:
            return False
        matrix[k, k] = np.sqrt(matrix[k, k])
        for j in range(k + 1, p):
            for i in range(k):
                matrix[k, j] -= matrix[i, k] * matrix[i, j]
            matrix[k, j] /= matrix[k, k]
    for k in range(p):
        for i in range(k):
            vector[k] -= matrix[i, k] * vector[i]
        vector[k] /= matrix[k, k]
    for k in range(p - 1, -1, -1):
        for i in range(k + 1, p):
            vector[k] -= matrix[k, i] * vector[i]
        vector[k] /= matrix[k, k]
    return True
