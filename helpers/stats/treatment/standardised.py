"""Survival if all patients had been treated, or none: the g-formula with a Cox model."""

from __future__ import annotations

from collections.abc import Hashable

import numpy as np
from numpy.typing import NDArray

from helpers.errors import StatisticsError
from helpers.stats.cox_result import CoxFit

FloatArray = NDArray[np.float64]


def estimate_baseline_hazard(fit: CoxFit) -> tuple[FloatArray, FloatArray]:
    """Return the cumulative hazard of a patient whose covariates are all zero.

    Parameters
    ----------
    fit : CoxFit
        Of an unstratified model.

    Returns
    -------
    time_months, cumulative_hazard : numpy.ndarray, shape (m,)
        At each distinct event time.

    Raises
    ------
    StatisticsError
        If the model is stratified.

    Notes
    -----
    Breslow's estimate, or Efron's where the model treats ties so, as ``survfit`` of R.
    """
    if fit.strata is not None:
        raise StatisticsError(
            "baseline hazard must be that of one stratum, but the model has strata; fit them "
            "one by one"
        )
    outcome = fit.outcome
    weights = np.ones(outcome.n_subjects) if outcome.weights is None else outcome.weights
    risk = weights * np.exp(fit.linear_predictor)
    times = np.unique(outcome.time_months[outcome.event])
    at_risk = _sum_at_risk(outcome.time_months, outcome.entry_months, risk, times)
    events = outcome.event
    position = np.searchsorted(times, outcome.time_months[events])
    n_tied = np.bincount(position, minlength=len(times))
    weight = np.bincount(position, weights[events], minlength=len(times))
    tied_risk = np.bincount(position, risk[events], minlength=len(times))
    if fit.ties == "breslow":
        return times, np.cumsum(weight / at_risk)
    increments = np.zeros(len(times))
    for rank in range(int(n_tied.max(initial=0))):
        still = n_tied > rank
        left = at_risk[still] - rank / n_tied[still] * tied_risk[still]
        increments[still] += weight[still] / n_tied[still] / left
    return times, np.cumsum(increments)


def standardise_survival(
    fit: CoxFit, factor: str, level: Hashable, time_months: FloatArray
) -> FloatArray:
    """Return the mean survival of the fitted patients, had all been in one group.

    Parameters
    ----------
    fit : CoxFit
        With the group and all else that it is adjusted for.
    factor, level : str, hashable
        The group's name in the model, and which one all patients are set to.
    time_months : numpy.ndarray of float, shape (k,)
        When.

    Returns
    -------
    numpy.ndarray of float, shape (k,)
        Mean of each patient's predicted survival, not the survival of a mean patient.

    Raises
    ------
    StatisticsError
        If the model has no such factor or level, or has strata.

    References
    ----------
    Robins J (1986), Math Model 7:1393-1512. Makuch RW (1982), J Chronic Dis 35:437-443.
    """
    columns = fit.design.columns_of(factor)
    levels = next((one.levels for one in fit.design.factors if one.name == factor), None)
    if levels is None or level not in levels:
        raise StatisticsError(
            f"factor and level must be in the model, but was {factor!r}, {level!r}; there are "
            f"{[one.name for one in fit.design.factors]}"
        )
    times, hazard = estimate_baseline_hazard(fit)
    matrix = fit.design.matrix.copy()
    matrix[:, columns] = [float(fit.design.terms[column].level == level) for column in columns]
    risk = np.exp(matrix @ fit.coefficients)
    weights = fit.outcome.weights
    steps = np.concatenate([[0.0], hazard])
    reached = steps[np.searchsorted(times, time_months, side="right")]
    survival = np.exp(-np.outer(reached, risk))
    return np.average(survival, axis=1, weights=weights)


def _sum_at_risk(
    exits: FloatArray, entries: FloatArray | None, risk: FloatArray, times: FloatArray
) -> FloatArray:
    """Return the sum of risks of who is at risk at each time."""
    still_here = _sum_from(exits, risk, times, side="left")
    if entries is None:
        return still_here
    return still_here - _sum_from(entries, risk, times, side="left")


def _sum_from(moments: FloatArray, risk: FloatArray, times: FloatArray, *, side: str) -> FloatArray:
    order = np.argsort(moments)
    tail = np.append(np.cumsum(risk[order][::-1])[::-1], 0.0)
    return tail[np.searchsorted(moments[order], times, side=side)]
