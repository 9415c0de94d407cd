"""Whether hazards are proportional: score test and scaled Schoenfeld residuals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from helpers.errors import ParameterError, StatisticsError
from helpers.stats.cox_core import differentiate
from helpers.stats.cox_inference import standardise
from helpers.stats.cox_influence import risk_set_means
from helpers.stats.cox_residuals import get_risk_sets
from helpers.stats.cox_result import CoxFit
from helpers.stats.cox_risk_sets import RiskSets, build_risk_sets
from helpers.stats.cox_tests import ModelTest, quadratic_test
from helpers.stats.outcome import SurvivalOutcome

FloatArray = NDArray[np.float64]
Transform = Literal["km", "rank", "identity", "log"]
NO_TREND = 1e-10
TRANSFORMS = ("km", "rank", "identity", "log")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SchoenfeldResiduals:
    """What each event says about the coefficients at its time.

    Attributes
    ----------
    time_months : ndarray, shape (n_events,)
        Of each event, ascending within strata.
    record : ndarray of int, shape (n_events,)
        The record with the event.
    raw : ndarray, shape (n_events, p)
        Covariates less their mean among those at risk.
    scaled : ndarray, shape (n_events, p)
        Each an estimate of the coefficient at its time; nan where a covariate does not vary in
        the stratum.
    """

    time_months: FloatArray
    record: NDArray[np.intp]
    raw: FloatArray
    scaled: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ProportionalHazardsTest:
    """Tests that coefficients do not change with a transform of time.

    Attributes
    ----------
    transform : str
    factor_tests : mapping of str to ModelTest
        All coefficients of each factor together.
    term_tests : mapping of str to ModelTest
        Each coefficient, by the name of its term.
    global_test : ModelTest
    transformed_time : ndarray, shape (n_events,)
        Of the residuals, for a plot.
    residuals : SchoenfeldResiduals
    """

    transform: str
    factor_tests: Mapping[str, ModelTest]
    term_tests: Mapping[str, ModelTest]
    global_test: ModelTest
    transformed_time: FloatArray
    residuals: SchoenfeldResiduals


def test_proportional_hazards(
    fit: CoxFit,
    transform: Transform = "km",  # noqa: PT028
) -> ProportionalHazardsTest:
    """Test each factor, each coefficient and the whole model for a trend in time.

    Parameters
    ----------
    fit : CoxFit
        With p coefficients.
    transform : {"km", "rank", "identity", "log"}, optional
        Of time: 1 - S(t-) of all records, rank, none, logarithm.

    Returns
    -------
    ProportionalHazardsTest

    Raises
    ------
    ParameterError
        If `transform` is unknown.
    StatisticsError
        If a coefficient has no finite estimate, or the logarithm of an event at time zero is
        asked for.

    Notes
    -----
    The score test of adding each covariate times the centred transform of time, with the full
    information matrix; R's survival has it in ``cox.zph`` since version 3. It uses the model's
    information, weights included, also where the fit has a robust variance. The curve behind
    "km" takes no weights and no strata. A covariate that varies at one event time only has no
    trend: it is left out of the joint tests, and its own p-value is 1.

    References
    ----------
    Grambsch PM, Therneau TM. Proportional hazards tests and diagnostics based on weighted
    residuals. Biometrika 1994;81:515-26.
    """
    _check_finite(fit)
    sets, state = get_risk_sets(fit)
    X, _ = standardise(sets, fit.design.matrix)
    g = _transform_time(fit.outcome, sets, transform)
    centred = g - np.repeat(g, sets.n_tied).mean()
    _, information = differentiate(sets, state, X)
    trend, cross = differentiate(sets, state, X, centred)
    _, trend_information = differentiate(sets, state, X, centred**2)

    def test_columns(columns: list[int]) -> ModelTest:
        explained = cross[:, columns].T @ np.linalg.solve(information, cross[:, columns])
        free = trend_information[np.ix_(columns, columns)] - explained
        whole = np.diag(trend_information)[columns]
        has_trend = np.diag(free) > NO_TREND * whole
        free *= np.outer(has_trend, has_trend)
        name = f"proportional hazards ({transform})"
        return quadratic_test(name, trend[columns] * has_trend, free, check_rank=True)

    return ProportionalHazardsTest(
        transform=transform,
        factor_tests=MappingProxyType(
            {f.name: test_columns(fit.design.columns_of(f.name)) for f in fit.design.factors}
        ),
        term_tests=MappingProxyType(
            {term.name: test_columns([i]) for i, term in enumerate(fit.terms)}
        ),
        global_test=test_columns(list(range(len(fit.terms)))),
        transformed_time=g[sets.event_time],
        residuals=compute_schoenfeld_residuals(fit),
    )


def compute_schoenfeld_residuals(fit: CoxFit) -> SchoenfeldResiduals:
    """Return raw and scaled Schoenfeld residuals, one row for each event.

    Parameters
    ----------
    fit : CoxFit
        With p coefficients.

    Returns
    -------
    SchoenfeldResiduals

    Notes
    -----
    Scaled by the inverse of the mean information of an event, plus the coefficient. A covariate
    that does not vary within a stratum says nothing there and is left out of its scale. Tied
    events are all compared with the mean of their risk sets under Efron's method.
    """
    _check_finite(fit)
    sets, state = get_risk_sets(fit)
    X, spread = standardise(sets, fit.design.matrix)
    means = sets.sum_over_events(risk_set_means(sets, state, X)) / sets.n_tied[:, None]
    raw = X[sets.events] - means[sets.event_time]
    _, information = differentiate(sets, state, X)
    scaled = _scale(sets, X, raw, information) / spread + fit.coefficients
    return SchoenfeldResiduals(
        time_months=sets.times[sets.event_time],
        record=sets.rows[sets.events],
        raw=raw * spread,
        scaled=scaled,
    )


def _scale(sets: RiskSets, X: FloatArray, raw: FloatArray, information: FloatArray) -> FloatArray:
    stratum = sets.stratum[sets.event_time]
    codes = np.unique(stratum)
    used = np.array([_count_used(sets, X, stratum, code) for code in codes])
    shared = np.minimum(used[:, :, None], used[:, None, :]).sum(axis=0)
    mean = information / np.where(shared == 0, 1, shared)
    scaled = np.full(raw.shape, np.nan)
    for code, counts in zip(codes, used, strict=True):
        rows, columns = np.flatnonzero(stratum == code), np.flatnonzero(counts)
        if columns.size:
            part = np.linalg.solve(mean[np.ix_(columns, columns)], raw[np.ix_(rows, columns)].T)
            scaled[np.ix_(rows, columns)] = part.T
    return scaled


def _count_used(
    sets: RiskSets, X: FloatArray, stratum: NDArray[np.intp], code: int
) -> NDArray[np.intp]:
    """Events of a stratum for the covariates that vary in it, zero for the others."""
    inside = X[sets.stratum[sets.last - 1] == code]
    return np.where(np.ptp(inside, axis=0) > 0, np.count_nonzero(stratum == code), 0)


def _transform_time(outcome: SurvivalOutcome, sets: RiskSets, transform: str) -> FloatArray:
    """Transform of each distinct event time."""
    if transform not in TRANSFORMS:
        raise ParameterError(f"transform must be one of {TRANSFORMS}, but was {transform!r}")
    if transform == "identity":
        return sets.times
    if transform == "rank":
        ordered = np.sort(outcome.time_months)
        low = np.searchsorted(ordered, sets.times, side="left")
        return 0.5 * (low + 1 + np.searchsorted(ordered, sets.times, side="right"))
    if transform == "log":
        if sets.times.min() <= 0:
            raise StatisticsError(
                f"{outcome.time_name} must be above zero for the transform 'log', but was zero "
                "at an event; use another transform"
            )
        return np.log(sets.times)
    return _fraction_with_event_before(outcome, sets.times)


def _fraction_with_event_before(outcome: SurvivalOutcome, times: FloatArray) -> FloatArray:
    pooled = build_risk_sets(replace(outcome, weights=None))
    at_risk = pooled.sum_at_risk(np.ones(len(pooled.rows)))
    survival = np.cumprod(1.0 - pooled.n_tied / at_risk)
    return 1.0 - np.concatenate([[1.0], survival])[np.searchsorted(pooled.times, times)]


def _check_finite(fit: CoxFit) -> None:
    if fit.infinite.any():
        names = [term.name for term, bad in zip(fit.terms, fit.infinite, strict=True) if bad]
        raise StatisticsError(
            f"coefficients must be finite, but was without an estimate for {names}; leave these "
            "covariates out"
        )
