"""Quantiles of a survival curve, with intervals by inversion or by SPSS's formula."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from helpers.errors import ParameterError
from helpers.stats.curve import KaplanMeier
from helpers.stats.intervals import check_interval, compute_limits, normal_quantile

TOLERANCE = float(np.sqrt(np.finfo(float).eps))
DENSITY_STEP = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantile:
    """The time by which a fraction q has had the event.

    Attributes
    ----------
    q : float
        Fraction, 0.5 for the median.
    estimate, ci_lower, ci_upper : float or None
        Months; None where not reached.
    std_error : float or None
        Months, from the density of the curve; None where that is undefined.
    conf_level : float
        Of the interval.
    interval : str
        How it was made.
    n_subjects, n_events : int
        Patients and events behind the curve.
    """

    q: float
    estimate: float | None
    std_error: float | None
    ci_lower: float | None
    ci_upper: float | None
    conf_level: float
    interval: str
    n_subjects: int
    n_events: int


def estimate_quantile(
    curve: KaplanMeier, q: float = 0.5, *, interval: str | None = None
) -> Quantile:
    """Estimate a quantile of survival time, by default the median.

    Parameters
    ----------
    curve : KaplanMeier
        The estimated curve; its `conf_level` is used.
    q : float, optional
        Fraction with the event, between 0 and 1: 0.25 is the time when survival is 0.75.
    interval : {"log-log", "log", "plain", "arcsin", "spss"}, optional
        By default the curve's own. The first four invert the curve's pointwise limits on that
        scale; "spss" is estimate -+ z times the standard error.

    Returns
    -------
    Quantile

    Raises
    ------
    ParameterError
        If `q` or `interval` is out of its domain.

    Notes
    -----
    The estimate is the first time at which the curve is at or below 1 - q; where the curve is
    flat at exactly 1 - q, the middle of the flat piece, as R prints the median. Where it stays
    flat there to the end, R's ``print`` gives the beginning of the piece and ``quantile`` its
    middle; the beginning is given here. A limit's curve that is not monotone, as with few at risk
    after late entry, is likewise read at its first crossing, as ``print`` reads it.

    Standard error, and SPSS's interval: SE(S(t)) / f(t) at the first time t at which the curve
    is at or below 1 - q, with the density f = (S(u) - S(l)) / (l - u), where u is the last time
    of an event with S(u) >= 1 - q + 0.05 (0 if there is none) and l the first with
    S(l) <= 1 - q - 0.05. The lower limit is cut at 0. SPSS itself centres on the beginning of a
    flat piece; here the estimate does not depend on the interval asked for.

    References
    ----------
    Brookmeyer and Crowley (1982), Biometrics 38:29-41. Collett (2015), Modelling Survival Data
    in Medical Research, section 2.4. IBM SPSS Statistics Algorithms, KM.

    Examples
    --------
    >>> from helpers.stats.outcome import check_survival_outcome
    >>> from helpers.stats.survival import estimate_kaplan_meier
    >>> curve = estimate_kaplan_meier(check_survival_outcome([1, 2, 3, 4], [1, 1, 1, 1]))
    >>> estimate_quantile(curve).estimate
    2.5
    """
    if not 0.0 < q < 1.0:
        raise ParameterError(f"q must be between 0 and 1, but was {q!r}; give 0.5 for the median")
    chosen = curve.interval if interval is None else interval
    check_interval(chosen, also=("spss",))
    estimate = invert_curve(curve.time_months, curve.survival, 1.0 - q)
    std_error = _density_error(curve, 1.0 - q)
    if chosen == "spss":
        lower, upper = _symmetric_limits(estimate, std_error, curve.conf_level)
    else:
        lower, upper = _inverted_limits(curve, 1.0 - q, chosen)
    return Quantile(
        q=q,
        estimate=estimate,
        std_error=std_error,
        ci_lower=lower,
        ci_upper=upper,
        conf_level=curve.conf_level,
        interval=chosen,
        n_subjects=curve.n_subjects,
        n_events=curve.n_events_total,
    )


def invert_curve(
    time: NDArray[np.float64], survival: NDArray[np.float64], level: float
) -> float | None:
    """Return the first time at which a curve is at or below a level.

    Parameters
    ----------
    time, survival : numpy.ndarray of float, shape (m,)
        Ascending times and the curve, or a limit of it; nan is skipped.
    level : float
        The level to reach.

    Returns
    -------
    float or None
        The middle of the piece where the curve is flat at the level and falls later; None where
        the level is not reached.
    """
    known = survival < level + TOLERANCE
    if not known.any():
        return None
    first = int(np.argmax(known))
    if abs(survival[first] - level) < TOLERANCE:
        below = known & (survival < survival[first])
        if below.any():
            return float((time[first] + time[int(np.argmax(below))]) / 2)
    return float(time[first])


def _inverted_limits(
    curve: KaplanMeier, level: float, interval: str
) -> tuple[float | None, float | None]:
    lower, upper = curve.ci_lower, curve.ci_upper
    if interval != curve.interval:
        lower, upper = compute_limits(
            curve.survival, curve.std_error, conf_level=curve.conf_level, interval=interval
        )
    return (
        invert_curve(curve.time_months, lower, level),
        invert_curve(curve.time_months, upper, level),
    )


def _density_error(curve: KaplanMeier, level: float) -> float | None:
    """Return SPSS's standard error of the time at which the curve reaches a level."""
    falls = curve.n_events > 0
    time = np.append(0.0, curve.time_months[falls])
    survival = np.append(1.0, curve.survival[falls])
    error = np.append(0.0, curve.std_error[falls])
    reached = survival <= level + TOLERANCE
    far = survival <= level - DENSITY_STEP + TOLERANCE
    near = np.flatnonzero(survival >= level + DENSITY_STEP - TOLERANCE)
    if not far.any() or near.size == 0:
        return None
    here, before, after = int(np.argmax(reached)), int(near[-1]), int(np.argmax(far))
    if np.isnan(error[here]):
        return None
    density = (survival[before] - survival[after]) / (time[after] - time[before])
    return float(error[here] / density)


def _symmetric_limits(
    estimate: float | None, std_error: float | None, conf_level: float
) -> tuple[float | None, float | None]:
    if estimate is None or std_error is None:
        return None, None
    half = normal_quantile(conf_level) * std_error
    return max(estimate - half, 0.0), estimate + half
