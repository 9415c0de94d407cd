"""Restricted mean survival time, its difference and its ratio."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from helpers.errors import ParameterError, StatisticsError
from helpers.stats.curve import KaplanMeier
from helpers.stats.intervals import normal_quantile


@dataclass(frozen=True, slots=True, kw_only=True)
class RestrictedMean:
    """Mean time free of the event up to a horizon.

    Attributes
    ----------
    horizon_months : float
        Where the mean stops.
    estimate, std_error, ci_lower, ci_upper : float
        Months; the limits lie within 0 and the horizon.
    conf_level : float
        Of the interval.
    n_subjects, n_events : int
        Patients, and events among them up to the end of their follow-up.
    """

    horizon_months: float
    estimate: float
    std_error: float
    ci_lower: float
    ci_upper: float
    conf_level: float
    n_subjects: int
    n_events: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RestrictedMeanComparison:
    """Difference and ratio of two restricted means, first against second.

    Attributes
    ----------
    horizon_months : float
        Where both means stop.
    first, second : RestrictedMean
        What is compared.
    difference, std_error, ci_lower, ci_upper : float
        Months.
    p_value : float
        That the difference is 0, two-sided, normal.
    ratio, ratio_ci_lower, ratio_ci_upper : float or None
        On the log scale; None where a mean is 0.
    conf_level : float
        Of the intervals.
    """

    horizon_months: float
    first: RestrictedMean
    second: RestrictedMean
    difference: float
    std_error: float
    ci_lower: float
    ci_upper: float
    p_value: float | None
    ratio: float | None
    ratio_ci_lower: float | None
    ratio_ci_upper: float | None
    conf_level: float


def estimate_restricted_mean(curve: KaplanMeier, horizon_months: float) -> RestrictedMean:
    """Estimate the area under a survival curve up to a horizon.

    Parameters
    ----------
    curve : KaplanMeier
        The estimated curve; its `conf_level` is used.
    horizon_months : float
        Above 0, and not after the last observation unless the curve is at 0 by then.

    Returns
    -------
    RestrictedMean

    Raises
    ------
    ParameterError
        If `horizon_months` is not a number above 0.
    StatisticsError
        If it lies after the last observation of a curve above 0.

    Notes
    -----
    The variance is the sum over event times t of A(t)^2 d / (r (r - d)), with A(t) the area from
    t to the horizon, as R's ``print(survfit, rmean=)``; a time at which everyone at risk has the
    event adds nothing, for no area follows it. R extends a curve flat beyond the last
    observation; here that is an error, for the data say nothing there.

    References
    ----------
    Klein and Moeschberger (2003), Survival Analysis, section 4.5. Royston and Parmar (2013), BMC
    Med Res Methodol 13:152.

    Examples
    --------
    >>> from helpers.stats.outcome import check_survival_outcome
    >>> from helpers.stats.survival import estimate_kaplan_meier
    >>> curve = estimate_kaplan_meier(check_survival_outcome([1, 2, 3, 4], [1, 1, 1, 1]))
    >>> estimate_restricted_mean(curve, 4.0).estimate
    2.5
    """
    if not 0.0 < horizon_months < math.inf:
        raise ParameterError(
            f"horizon_months must be above 0, but was {horizon_months!r}; give a time within "
            "follow-up"
        )
    last = float(curve.time_months[-1])
    if horizon_months > last and curve.survival[-1] > 0.0:
        raise StatisticsError(
            f"horizon_months must be within follow-up, but was {horizon_months:g} with the last "
            f"observation at {last:g}; choose a horizon up to {last:g}"
        )
    before = curve.time_months < horizon_months
    time = np.concatenate([[0.0], curve.time_months[before], [horizon_months]])
    rectangles = np.diff(time) * np.append(1.0, curve.survival[before])
    following = np.cumsum(rectangles[:0:-1])[::-1]
    at_risk, events = curve.n_at_risk[before], curve.n_events[before]
    remaining = np.where(curve.survival[before] > 0.0, at_risk - events, np.inf)
    estimate = float(rectangles.sum())
    std_error = float(np.sqrt((following**2 * events / (at_risk * remaining)).sum()))
    half = normal_quantile(curve.conf_level) * std_error
    return RestrictedMean(
        horizon_months=float(horizon_months),
        estimate=estimate,
        std_error=std_error,
        ci_lower=max(0.0, estimate - half),
        ci_upper=min(float(horizon_months), estimate + half),
        conf_level=curve.conf_level,
        n_subjects=curve.n_subjects,
        n_events=curve.n_events_total,
    )


def compare_restricted_means(
    first: KaplanMeier, second: KaplanMeier, horizon_months: float
) -> RestrictedMeanComparison:
    """Compare two independent groups by their restricted means.

    Parameters
    ----------
    first, second : KaplanMeier
        Curves of different patients; the `conf_level` of the first is used.
    horizon_months : float
        Common horizon.

    Returns
    -------
    RestrictedMeanComparison
        First less second, and first over second.

    Raises
    ------
    ParameterError, StatisticsError
        As :func:`estimate_restricted_mean`, for either curve.

    References
    ----------
    Uno et al. (2014), J Clin Oncol 32:2380-2385.
    """
    a = estimate_restricted_mean(first, horizon_months)
    b = estimate_restricted_mean(second, horizon_months)
    z = normal_quantile(first.conf_level)
    difference = a.estimate - b.estimate
    std_error = math.hypot(a.std_error, b.std_error)
    ratio = lower = upper = None
    if a.estimate > 0.0 and b.estimate > 0.0:
        ratio = a.estimate / b.estimate
        spread = z * math.hypot(a.std_error / a.estimate, b.std_error / b.estimate)
        lower, upper = ratio * math.exp(-spread), ratio * math.exp(spread)
    return RestrictedMeanComparison(
        horizon_months=float(horizon_months),
        first=a,
        second=b,
        difference=difference,
        std_error=std_error,
        ci_lower=difference - z * std_error,
        ci_upper=difference + z * std_error,
        p_value=math.erfc(abs(difference) / std_error / math.sqrt(2)) if std_error else None,
        ratio=ratio,
        ratio_ci_lower=lower,
        ratio_ci_upper=upper,
        conf_level=first.conf_level,
    )
