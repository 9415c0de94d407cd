"""Cumulative incidence under competing risks, by Aalen and Johansen, exact with ties."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from helpers.errors import ParameterError
from helpers.stats.competing_counts import check_cause, count_competing_events
from helpers.stats.competing_variance import aalen_variance, infinitesimal_jackknife_variance
from helpers.stats.incidence_curve import CumulativeIncidence, IncidenceProbability
from helpers.stats.intervals import normal_quantile
from helpers.stats.numeric import check_conf_level
from helpers.stats.outcome import CompetingOutcome

FloatArray = NDArray[np.float64]
IncidenceInterval = Literal["log-log", "log", "plain"]
IncidenceVariance = Literal["aalen", "infinitesimal-jackknife"]

_VARIANCES = {
    "aalen": aalen_variance,
    "infinitesimal-jackknife": infinitesimal_jackknife_variance,
}


def estimate_cumulative_incidence(
    outcome: CompetingOutcome,
    *,
    cause: int = 1,
    conf_level: float = 0.95,
    interval: IncidenceInterval = "log-log",
    variance: IncidenceVariance = "aalen",
) -> CumulativeIncidence:
    """Estimate the cumulative incidence of a cause when other causes compete.

    Parameters
    ----------
    outcome : CompetingOutcome
        Times and event codes of n patients.
    cause : int, default 1
        The event code of interest; every other code above 0 competes.
    conf_level : float, default 0.95
        Of the pointwise interval, 0 to 1.
    interval : {"log-log", "log", "plain"}, default "log-log"
        The scale on which the limits are symmetric: ``log(-log F)``, ``log F`` or ``F``;
        limits are cut at 0 and 1.
    variance : {"aalen", "infinitesimal-jackknife"}, default "aalen"
        Aalen's is that of R's ``cmprsk::cuminc``; the infinitesimal jackknife that of R's
        ``survival::survfit`` for several states.

    Returns
    -------
    CumulativeIncidence

    Raises
    ------
    ParameterError
        If `cause`, `conf_level`, `interval` or `variance` is out of its domain.
    StatisticsError
        If no patient has an event of the cause.

    Notes
    -----
    ``F(t) = sum of S(s-) d_1(s) / n(s)`` over the times s up to t, where S is the Kaplan-Meier
    curve of events of any cause. Ties are taken as they are: patients censored at s are at risk
    at s, and tied events of several causes share one risk set.

    References
    ----------
    Aalen OO, Johansen S (1978). An empirical transition matrix for non-homogeneous Markov
    chains based on censored observations. Scand J Stat 5:141-150.
    Gray RJ (1988). A class of K-sample tests for comparing the cumulative incidence of a
    competing risk. Ann Stat 16:1141-1154.

    Examples
    --------
    >>> from helpers.stats.outcome import check_competing_outcome
    >>> curve = estimate_cumulative_incidence(
    ...     check_competing_outcome([1.0, 2.0, 3.0, 4.0], [1, 2, 1, 0])
    ... )
    >>> curve.incidence.tolist()
    [0.25, 0.25, 0.5, 0.5]
    """
    check_conf_level(conf_level)
    _check_choice("interval", interval, ("log-log", "log", "plain"))
    _check_choice("variance", variance, tuple(_VARIANCES))
    counts = count_competing_events(outcome, check_cause(outcome, cause))
    std_error = np.sqrt(_VARIANCES[variance](counts))
    ci_lower, ci_upper = _make_limits(counts.incidence, std_error, conf_level, interval)
    return CumulativeIncidence(
        time_months=counts.time_months,
        n_at_risk=counts.n_at_risk.astype(np.int64),
        n_events=counts.n_events.astype(np.int64),
        n_competing=counts.n_competing.astype(np.int64),
        n_censored=counts.n_censored.astype(np.int64),
        incidence=counts.incidence,
        std_error=std_error,
        ci_lower=ci_lower,
        ci_upper=ci_upper,
        cause=cause,
        n_subjects=outcome.n_subjects,
        n_events_total=int(counts.n_events.sum()),
        n_competing_total=int(counts.n_competing.sum()),
        conf_level=conf_level,
        interval=interval,
        variance=variance,
    )


def incidence_at(curve: CumulativeIncidence, time_months: float) -> IncidenceProbability:
    """Read the incidence by one time off its curve.

    Parameters
    ----------
    curve : CumulativeIncidence
        As estimated.
    time_months : float
        Zero or later.

    Returns
    -------
    IncidenceProbability
        Its estimate is None beyond the last follow-up, unless every patient left by an event.

    Raises
    ------
    ParameterError
        If the time is negative or not finite.

    Examples
    --------
    >>> from helpers.stats.outcome import check_competing_outcome
    >>> curve = estimate_cumulative_incidence(
    ...     check_competing_outcome([1.0, 2.0, 3.0, 4.0], [1, 2, 1, 0])
    ... )
    >>> incidence_at(curve, 3.5).estimate, incidence_at(curve, 5.0).estimate
    (0.5, None)
    """
    if not (np.isfinite(time_months) and time_months >= 0):
        raise ParameterError(
            f"time_months must be zero or later, but was {time_months!r}; "
            "give a time since the origin of the curve"
        )
    row = int(np.searchsorted(curve.time_months, time_months, side="right")) - 1
    later = int(np.searchsorted(curve.time_months, time_months, side="left"))
    known = later < len(curve.time_months) or not curve.n_censored[-1]
    estimate = _at(curve.incidence, row) if known else None
    return IncidenceProbability(
        time_months=float(time_months),
        estimate=estimate,
        std_error=_at(curve.std_error, row) if known else None,
        ci_lower=_at(curve.ci_lower, row) if estimate else None,
        ci_upper=_at(curve.ci_upper, row) if estimate else None,
        n_at_risk=int(curve.n_at_risk[later]) if later < len(curve.time_months) else 0,
        n_subjects=curve.n_subjects,
        n_events=int(curve.n_events[: row + 1].sum()),
        conf_level=curve.conf_level,
        interval=curve.interval,
    )


def _at(values: FloatArray, row: int) -> float:
    return float(values[row]) if row >= 0 else 0.0


def _make_limits(
    incidence: FloatArray, std_error: FloatArray, conf_level: float, interval: str
) -> tuple[FloatArray, FloatArray]:
    z = normal_quantile(conf_level)
    inside = (incidence > 0) & (incidence < 1)
    value = np.where(inside, incidence, 0.5)
    if interval == "plain":
        lower, upper = value - z * std_error, value + z * std_error
    elif interval == "log":
        factor = np.exp(z * std_error / value)
        lower, upper = value / factor, value * factor
    else:
        factor = np.exp(z * std_error / (value * np.abs(np.log(value))))
        lower, upper = value**factor, value ** (1 / factor)
    ends = np.where(inside, np.nan, incidence)
    return (
        np.where(inside, np.clip(lower, 0, 1), ends),
        np.where(inside, np.clip(upper, 0, 1), ends),
    )


def _check_choice(name: str, value: str, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise ParameterError(f"{name} must be one of {list(allowed)}, but was {value!r}")
