"""One Cox model fitted to many resamples of the same patients at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from helpers.stats.cox_core import GAIN_TOLERANCE, SMALLEST_SHARE
from helpers.stats.outcome import SurvivalOutcome
from helpers.stats.treatment.replicated_sets import Point, Samples

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.intp]

_MAX_ITERATIONS = 40
_MAX_HALVINGS = 12
_NO_SPREAD = 1e-10


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ReplicatedFits:
    """Cox models of B resamples.

    Attributes
    ----------
    coefficients : numpy.ndarray, shape (B, p)
        Log hazard ratios of the covariates as given; nan where a resample has no finite ones.
    times_months : numpy.ndarray, shape (m,)
        Distinct event times of all patients.
    hazard : numpy.ndarray, shape (B, m)
        Cumulative hazard there of a patient whose covariates are all zero.
    """

    coefficients: FloatArray
    times_months: FloatArray
    hazard: FloatArray


def fit_replicates(
    outcome: SurvivalOutcome,
    matrix: FloatArray,
    counts: IntArray,
    *,
    weights: FloatArray | None = None,
    ties: str = "efron",
    start: FloatArray | None = None,
) -> ReplicatedFits:
    """Fit a Cox model to resamples, each given by how often every patient was drawn.

    Parameters
    ----------
    outcome : SurvivalOutcome
        Of n patients, without weights and entry times.
    matrix : numpy.ndarray, shape (n, p)
        Covariates of the same patients.
    counts : numpy.ndarray of int, shape (B, n)
        Times that each patient is in each resample; a patient drawn twice is tied with himself.
    weights : numpy.ndarray of float, shape (B, n), optional
        Case weight of each patient in each resample, 1 by default.
    ties : {"efron", "breslow"}, optional
        How tied event times are treated.
    start : numpy.ndarray, shape (p,), optional
        Where Newton's method begins, zero by default.

    Returns
    -------
    ReplicatedFits

    Notes
    -----
    What :func:`helpers.stats.cox.fit_cox` gives for the repeated rows; all resamples advance
    together, which costs a twentieth of fitting them one by one.
    """
    centre, spread = matrix.mean(axis=0), matrix.std(axis=0)
    spread = np.where(spread > 0, spread, 1.0)
    sample = Samples(outcome, (matrix - centre) / spread, counts, weights, is_efron=ties == "efron")
    beta = np.zeros((len(counts), matrix.shape[1]))
    flat = np.linalg.eigvalsh(sample.evaluate(beta).information)[:, 0]
    failed = flat < _NO_SPREAD * np.maximum(sample.event_weight, 1.0)
    if start is not None:
        beta += start * spread
    beta, increments, converged = _maximise(sample, beta)
    coefficients = beta / spread
    with np.errstate(over="ignore", invalid="ignore"):
        hazard = np.cumsum(increments, axis=1) * np.exp(-coefficients @ centre)[:, None]
    failed |= ~converged
    coefficients[failed] = np.nan
    hazard[failed] = np.nan
    return ReplicatedFits(coefficients=coefficients, times_months=sample.times, hazard=hazard)


def _maximise(
    sample: Samples, beta: FloatArray
) -> tuple[FloatArray, FloatArray, NDArray[np.bool_]]:
    """Return the maxima, the hazard increments there, and which resamples have converged."""
    hazard = np.full((len(beta), len(sample.times)), np.nan)
    converged = np.zeros(len(beta), dtype=bool)
    active, part, point = np.arange(len(beta)), sample, sample.evaluate(beta)
    for _ in range(_MAX_ITERATIONS):
        step = _solve(point, part.event_weight)
        gain = (step * point.score).sum(axis=1)
        beta[active], point = _advance(part, beta[active], step, point)
        done = (np.abs(gain) < GAIN_TOLERANCE) & np.isfinite(beta[active]).all(axis=1)
        hazard[active[done]], converged[active[done]] = point.hazard[done], True
        if done.all():
            break
        if done.any():
            active, part, point = active[~done], part.take(~done), point.take(~done)
    return beta, hazard, converged


def _advance(
    part: Samples, beta: FloatArray, step: FloatArray, point: Point
) -> tuple[FloatArray, Point]:
    trial = beta + step
    new = part.evaluate(trial)
    floor = point.log_likelihood - 1e-10 * (1 + np.abs(point.log_likelihood))
    for halving in range(1, _MAX_HALVINGS):
        worse = ~(new.log_likelihood >= floor)
        if not worse.any():
            break
        trial[worse] = (beta + step / 2.0**halving)[worse]
        new = new.put(worse, part.take(worse).evaluate(trial[worse]))
    return trial, new


def _solve(point: Point, event_weight: FloatArray) -> FloatArray:
    values, vectors = np.linalg.eigh(np.nan_to_num(point.information))
    floor = np.maximum(SMALLEST_SHARE * event_weight, 1e-300)[:, None]
    turned = np.einsum("bij,bi->bj", vectors, np.nan_to_num(point.score))
    return np.einsum("bij,bj->bi", vectors, turned / np.maximum(values, floor))
