"""Residuals of a Cox model and its baseline hazard."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from helpers.errors import StatisticsError
from helpers.stats.cox_core import RiskState
from helpers.stats.cox_inference import standardise
from helpers.stats.cox_influence import cumulative_hazard_at_risk, score_residuals
from helpers.stats.cox_result import CoxFit
from helpers.stats.cox_risk_sets import RiskSets

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BaselineHazard:
    """The cumulative hazard of one set of covariates, at each distinct event time.

    Attributes
    ----------
    time_months : ndarray, shape (m,)
        Ascending within each stratum.
    stratum : ndarray of int, shape (m,)
        Code of the stratum, 0 without strata.
    hazard, survival : ndarray, shape (m,)
        Cumulative hazard, and its exponential ``exp(-hazard)``.
    """

    time_months: FloatArray
    stratum: NDArray[np.intp]
    hazard: FloatArray
    survival: FloatArray


def compute_martingale_residuals(fit: CoxFit) -> FloatArray:
    """Return events less expected events of each record, shape (n,).

    Notes
    -----
    Under Efron's method a record with a tied event expects a part of the last increment only,
    as in R. Not weighted; the weighted residuals sum to zero in each stratum.
    """
    sets, state = get_risk_sets(fit)
    expected = state.relative * cumulative_hazard_at_risk(sets, state)
    return fit.outcome.event - sets.scatter(expected)


def compute_deviance_residuals(fit: CoxFit) -> FloatArray:
    """Return martingale residuals made more symmetric, shape (n,).

    References
    ----------
    Therneau TM, Grambsch PM, Fleming TR. Martingale-based residuals for survival models.
    Biometrika 1990;77:147-60.
    """
    martingale = compute_martingale_residuals(fit)
    event = fit.outcome.event
    expected = np.where(event & (martingale < 1.0), 1.0 - martingale, 1.0)
    inner = -2.0 * (martingale + event * np.log(expected))
    return np.sign(martingale) * np.sqrt(np.maximum(inner, 0.0))


def compute_score_residuals(fit: CoxFit) -> FloatArray:
    """Return each record's part of the score, not weighted, shape (n, p)."""
    sets, state = get_risk_sets(fit)
    X, spread = standardise(sets, fit.design.matrix)
    return sets.scatter(score_residuals(sets, state, X)) * spread


def compute_dfbeta(fit: CoxFit, *, standardised: bool = False) -> FloatArray:
    """Return about how far each record moves the coefficients.

    Parameters
    ----------
    fit : CoxFit
    standardised : bool, optional
        In standard errors of the model.

    Returns
    -------
    ndarray, shape (n, p)
        Times the record's weight, as in R.
    """
    change = compute_score_residuals(fit) @ fit.model_covariance
    if fit.outcome.weights is not None:
        change *= fit.outcome.weights[:, None]
    if not standardised:
        return change
    return change / np.sqrt(np.diag(fit.model_covariance))


def estimate_baseline_hazard(fit: CoxFit, covariates: ArrayLike | None = None) -> BaselineHazard:
    """Estimate the cumulative hazard of a patient with given covariates.

    Parameters
    ----------
    fit : CoxFit
    covariates : array_like, shape (p,), optional
        Values of the design's columns; zero by default, that is the reference of each factor
        and zero of each number.

    Returns
    -------
    BaselineHazard

    Raises
    ------
    StatisticsError
        If there is not one covariate for each coefficient.

    Notes
    -----
    Breslow's estimator, with Efron's risk sets where the fit has used them.
    """
    sets, state = get_risk_sets(fit)
    values = np.zeros(len(fit.terms)) if covariates is None else np.asarray(covariates, float)
    if values.shape != (len(fit.terms),):
        raise StatisticsError(
            f"covariates must be one number for each of {list(fit.design.names)}, but was of "
            f"shape {values.shape}"
        )
    centre = fit.design.matrix[sets.rows].mean(axis=0)
    shift = float((values - centre) @ fit.coefficients) - state.shift
    before = np.concatenate([[0.0], np.cumsum(state.hazard)])
    block_start = np.searchsorted(sets.stratum, sets.stratum)
    hazard = (before[1:] - before[block_start]) * np.exp(shift)
    return BaselineHazard(
        time_months=sets.times,
        stratum=sets.stratum,
        hazard=hazard,
        survival=np.exp(-hazard),
    )


def get_risk_sets(fit: CoxFit) -> tuple[RiskSets, RiskState]:
    """Return what residuals are made from.

    Raises
    ------
    StatisticsError
        If the model is no Cox model.
    """
    if fit.risk_sets is None or fit.state is None:
        raise StatisticsError(
            f"fit must be a Cox model, but was {fit.method!r}; its residuals are not defined here"
        )
    return fit.risk_sets, fit.state
