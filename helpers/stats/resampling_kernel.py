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
        result[replicate] = _fit(_take(patients, counts[replicate]), start)
    return result


class _Sample(NamedTuple):
    """The patients of one resample, each once, with how often he is in it."""

    X: NDArray[np.float64]
    event: NDArray[np.bool_]
    count: NDArray[np.float64]
    starts: NDArray[np.intp]
    n_events: int
    efron: bool


@njit(nogil=True, error_model="numpy")
def _take(patients, count):
    n, p = patients.X.shape
    rows = 0
    for i in range(n):
        rows += count[i] > 0
    X, event, drawn = np.empty((rows, p)), np.empty(rows, np.bool_), np.empty(rows)
    starts = np.empty(len(patients.starts), np.intp)
    row, n_times, n_events = 0, 0, 0
    for j in range(len(patients.starts) - 1):
        starts[n_times] = row
        for i in range(patients.starts[j], patients.starts[j + 1]):
            if count[i] > 0:
                event[row], drawn[row] = patients.event[i], count[i]
                n_events += count[i] if event[row] else 0
                for k in range(p):
                    X[row, k] = patients.X[i, k]
                row += 1
        n_times += row > starts[n_times]
    starts[n_times] = row
    return _Sample(X, event, drawn, starts[: n_times + 1], n_events, patients.efron)


@njit(nogil=True, error_model="numpy")
def _fit(sample, start):
    """Maximise by Newton's method; a last step that gains nothing is taken unseen."""
    p = len(start)
    beta, trial = start.copy(), np.empty(p)
    value, score, information = _evaluate(sample, beta)
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
        floor = value - 1e-10 * (1.0 + abs(value))
        for _ in range(MAX_HALVINGS):
            for k in range(p):
                trial[k] = beta[k] + factor * step[k]
            value, score, information = _evaluate(sample, trial)
            if value >= floor:
                break
            factor /= 2.0
        beta[:] = trial
    return np.full(p, np.nan)


@njit(nogil=True, error_model="numpy")
def _evaluate(sample, beta):
    """Return log-likelihood, score and information.

    The second moments of all risk sets together are ``X' diag(e) X`` with the expected events
    e of each patient; the means at the events are kept as rows.
    """
    X, event, count, starts, n_events, efron = sample
    n_times, p = len(starts) - 1, X.shape[1]
    predictor, risk = _relative_risks(sample, beta)
    hazard, tied_hazard = np.zeros(n_times), np.zeros(n_times)
    at_risk, tied_at_risk, score = np.zeros(p), np.zeros(p), np.zeros(p)
    means = np.empty((n_events, p))
    value, total, row = 0.0, 0.0, 0
    for j in range(n_times - 1, -1, -1):
        n_tied, tied = 0.0, 0.0
        tied_at_risk[:] = 0.0
        for i in range(starts[j], starts[j + 1]):
            total += risk[i]
            _add(at_risk, risk[i], X[i])
            if event[i]:
                n_tied += count[i]
                tied += risk[i]
                _add(tied_at_risk, risk[i], X[i])
                _add(score, count[i], X[i])
                value += count[i] * predictor[i]
        for d in range(int(n_tied)):
            fraction = d / n_tied if efron else 0.0
            inverse = 1.0 / (total - fraction * tied)
            value += np.log(inverse)
            hazard[j] += inverse
            tied_hazard[j] += fraction * inverse
            for k in range(p):
                means[row, k] = (at_risk[k] - fraction * tied_at_risk[k]) * inverse
            _add(score, -1.0, means[row])
            row += 1
    weighted = _weigh(sample, risk, hazard, tied_hazard)
    return value, score, weighted.T @ X - means.T @ means


@njit(nogil=True, error_model="numpy")
def _relative_risks(sample, beta):
    """Return linear predictors, the highest of the resample taken off, and weighted hazards."""
    n, p = sample.X.shape
    predictor, risk = np.zeros(n), np.empty(n)
    highest = -np.inf
    for i in range(n):
        for k in range(p):
            predictor[i] += sample.X[i, k] * beta[k]
        highest = max(highest, predictor[i])
    for i in range(n):
        predictor[i] -= highest
        risk[i] = sample.count[i] * np.exp(predictor[i])
    return predictor, risk


@njit(nogil=True, error_model="numpy")
def _weigh(sample, risk, hazard, tied_hazard):
    """Return covariates times the expected events of each patient."""
    weighted = np.empty_like(sample.X)
    exposure = 0.0
    for j in range(len(sample.starts) - 1):
        exposure += hazard[j]
        for i in range(sample.starts[j], sample.starts[j + 1]):
            own = exposure - tied_hazard[j] if sample.event[i] else exposure
            for k in range(weighted.shape[1]):
                weighted[i, k] = risk[i] * own * sample.X[i, k]
    return weighted


@njit(nogil=True, error_model="numpy")
def _add(total, factor, row):
    for k in range(len(row)):
        total[k] += factor * row[k]


@njit(nogil=True, error_model="numpy")
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
