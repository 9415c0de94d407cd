"""Kaplan-Meier curves of many resamples at once, and what is read from them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from helpers.stats.outcome import SurvivalOutcome
from helpers.stats.quantiles import TOLERANCE

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.intp]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SortedPatients:
    """Patients in the order of their times.

    Attributes
    ----------
    order : ndarray of int, shape (n,)
        Positions of the patients.
    starts : ndarray of int, shape (m,)
        Where each distinct time begins in `order`.
    event : ndarray of bool, shape (n,)
        In that order.
    time_months : ndarray of float, shape (m,)
        Distinct times.
    """

    order: IntArray
    starts: IntArray
    event: NDArray[np.bool_]
    time_months: FloatArray


def sort_patients(outcome: SurvivalOutcome, members: IntArray) -> SortedPatients:
    """Return some patients of an outcome, at least one, by time."""
    order = members[np.argsort(outcome.time_months[members], kind="stable")]
    times = outcome.time_months[order]
    starts = np.concatenate([[0], np.flatnonzero(times[1:] > times[:-1]) + 1])
    return SortedPatients(
        order=order, starts=starts, event=outcome.event[order], time_months=times[starts]
    )


def resample_survival(patients: SortedPatients, counts: IntArray) -> FloatArray:
    """Return the survival curve of each resample.

    Parameters
    ----------
    patients : SortedPatients
        Of m distinct times.
    counts : ndarray of int, shape (b, n)
        How often each patient is in each resample.

    Returns
    -------
    ndarray, shape (b, m)
        After each distinct time; flat once nobody of the resample is left.
    """
    chosen = counts[:, patients.order]
    leaving = np.add.reduceat(chosen, patients.starts, axis=1)
    deaths = np.add.reduceat(chosen * patients.event, patients.starts, axis=1)
    at_risk = np.cumsum(leaving[:, ::-1], axis=1)[:, ::-1]
    return np.cumprod(1.0 - deaths / np.maximum(at_risk, 1), axis=1)


def resample_quantiles(patients: SortedPatients, counts: IntArray, q: float) -> FloatArray:
    """Return the quantile of each resample, infinite where it is not reached.

    Returns
    -------
    ndarray, shape (b,)
        By the rule of :func:`helpers.stats.quantiles.estimate_quantile`: the first time at
        which the curve is at or below 1 - q, or the middle of the piece on which it is flat there.
    """
    survival = resample_survival(patients, counts)
    times = np.append(patients.time_months, np.inf)
    level = 1.0 - q
    reached = survival < level + TOLERANCE
    first = np.where(reached.any(axis=1), reached.argmax(axis=1), survival.shape[1])
    quantile = times[first]
    held = np.take_along_axis(survival, np.minimum(first, survival.shape[1] - 1)[:, None], axis=1)
    is_flat = np.abs(held[:, 0] - level) < TOLERANCE
    below = survival < np.where(is_flat, held[:, 0], -1.0)[:, None]
    falls = below.any(axis=1)
    return np.where(falls, (quantile + times[below.argmax(axis=1)]) / 2, quantile)


def resample_restricted_means(
    patients: SortedPatients, counts: IntArray, horizon_months: float
) -> FloatArray:
    """Return the area under the curve of each resample up to a horizon.

    Returns
    -------
    ndarray, shape (b,)
        A curve whose last patient leaves before the horizon is taken as flat up to it.
    """
    survival = resample_survival(patients, counts)
    edges = np.minimum(np.concatenate([[0.0], patients.time_months]), horizon_months)
    widths = np.diff(np.append(edges, horizon_months))
    return widths[0] + survival @ widths[1:]
