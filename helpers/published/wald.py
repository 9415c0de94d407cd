"""What a printed ratio and its interval say about each other and about the p-value."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import NormalDist

from helpers.published.precision import Span


@dataclass(frozen=True, slots=True)
class WaldRange:
    """All that a ratio with its interval allows, given how they are rounded.

    Attributes
    ----------
    std_error, z : float
        Of the log ratio, from the printed limits as they stand.
    p_lower, p_upper : float
        Smallest and largest two-sided p-value that the roundings allow.
    """

    std_error: float
    z: float
    p_lower: float
    p_upper: float


def standard_error_of(lower: float, upper: float, conf_level: float) -> float:
    """Return the standard error of a log ratio from the limits of its interval.

    Examples
    --------
    >>> round(standard_error_of(1.609, 3.481, 0.95), 3)
    0.197
    """
    return math.log(upper / lower) / (2 * critical_value(conf_level))


def critical_value(conf_level: float) -> float:
    """Return the standard normal quantile of a two-sided interval.

    Examples
    --------
    >>> round(critical_value(0.95), 3)
    1.96
    """
    return NormalDist().inv_cdf(0.5 + conf_level / 2)


def p_value_of(z: float) -> float:
    """Return the two-sided p-value of a standard normal statistic.

    Examples
    --------
    >>> round(p_value_of(-1.96), 3)
    0.05
    """
    return math.erfc(abs(z) / math.sqrt(2))


def find_wald_range(
    estimate: Span, lower: Span, upper: Span, conf_level: float
) -> WaldRange | None:
    """Return what a printed ratio and interval allow, None where they contradict each other.

    Parameters
    ----------
    estimate, lower, upper : Span
        The values that round to the printed ratio and limits.
    conf_level : float
        Of the interval, 0 to 1.

    Notes
    -----
    A Wald interval is symmetric on the log scale: the log ratio is the middle of the log
    limits and its standard error their distance over twice the normal quantile. The
    statistic z is a quotient of linear functions of the log limits, so over the rectangle
    of limits cut down to those whose middle rounds to the printed ratio it is extreme in
    a corner.

    References
    ----------
    Altman DG, Bland JM (2011). How to obtain the P value from a confidence interval.
    BMJ 343:d2304.
    """
    corners = list(_find_corners(estimate, lower, upper))
    if not corners:
        return None
    critical = critical_value(conf_level)
    statistics = [critical * (high + low) / (high - low) for low, high in corners]
    least = 0.0 if min(statistics) < 0 < max(statistics) else min(map(abs, statistics))
    middle_lower, middle_upper = (float(side.lower + side.upper) / 2 for side in (lower, upper))
    std_error = standard_error_of(middle_lower, middle_upper, conf_level)
    middle = math.log(middle_lower * middle_upper) / 2
    return WaldRange(
        std_error=std_error,
        z=middle / std_error,
        p_lower=p_value_of(max(map(abs, statistics))),
        p_upper=p_value_of(least),
    )


def _find_corners(estimate: Span, lower: Span, upper: Span) -> Iterator[tuple[float, float]]:
    """Yield the corners of the log limits whose middle lies in the estimate's span."""
    lows = [math.log(lower.lower), math.log(lower.upper)]
    highs = [math.log(upper.lower), math.log(upper.upper)]
    sums = [2 * math.log(estimate.lower), 2 * math.log(estimate.upper)]
    for low in lows:
        for high in highs:
            if sums[0] <= low + high <= sums[1]:
                yield low, high
    for total in sums:
        yield from ((low, total - low) for low in lows if highs[0] <= total - low <= highs[1])
        yield from ((total - high, high) for high in highs if lows[0] <= total - high <= lows[1])
