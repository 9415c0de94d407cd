"""Pointwise confidence limits of a survival probability, on four scales."""

from __future__ import annotations

from statistics import NormalDist
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from helpers.errors import ParameterError
from helpers.stats.numeric import check_conf_level

Interval = Literal["plain", "log", "log-log", "arcsin"]


def normal_quantile(conf_level: float) -> float:
    """Return the normal deviate of a two-sided interval.

    Parameters
    ----------
    conf_level : float
        Between 0 and 1.

    Raises
    ------
    ParameterError
        If `conf_level` is not between 0 and 1.

    Examples
    --------
    >>> round(normal_quantile(0.95), 6)
    1.959964
    """
    return NormalDist().inv_cdf(0.5 + check_conf_level(conf_level) / 2)


def check_interval(interval: str, *, also: tuple[str, ...] = ()) -> str:
    """Return the name of an interval if it is known.

    Raises
    ------
    ParameterError
        If it is not.
    """
    allowed = (*get_args(Interval), *also)
    if interval not in allowed:
        raise ParameterError(
            f"interval must be one of {', '.join(allowed)}, but was {interval!r}; "
            "log-log is the field's habit"
        )
    return interval


def compute_limits(
    survival: NDArray[np.float64],
    std_error: NDArray[np.float64],
    *,
    conf_level: float,
    interval: str,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return lower and upper confidence limits of survival probabilities.

    Parameters
    ----------
    survival, std_error : numpy.ndarray of float, shape (m,)
        Estimates and their standard errors, on the scale of the probability.
    conf_level : float
        Between 0 and 1.
    interval : {"plain", "log", "log-log", "arcsin"}
        Scale on which the estimate is taken as normal.

    Returns
    -------
    tuple of numpy.ndarray of float, shape (m,)
        Limits within 0 to 1; where the curve is at 1 both are 1, where it is at 0 they are nan
        (except plain limits with a standard error).

    Raises
    ------
    ParameterError
        If `conf_level` or `interval` is out of its domain.

    Notes
    -----
    With z the normal deviate, s the standard error of log S: plain S(1 -+ zs); log
    S exp(-+zs); log-log S^exp(-+zs / log S); arcsin sin^2(arcsin(S^0.5) -+ (zs / 2)
    (S / (1 - S))^0.5). Before the first event R leaves the log-log and arcsin limits missing;
    here they are 1, as its plain and log limits are.

    References
    ----------
    Borgan and Liestol (1990), Scand J Stat 17:35-41. Klein and Moeschberger (2003), section 4.3.
    """
    z = normal_quantile(conf_level)
    check_interval(interval)
    certain = survival >= 1.0
    inner = np.where((survival > 0.0) & ~certain, survival, np.nan)
    half = z * std_error / inner
    if interval == "plain":
        lower, upper = survival - z * std_error, survival + z * std_error
    elif interval == "log":
        lower, upper = inner * np.exp(-half), inner * np.exp(half)
    elif interval == "log-log":
        shift = half / np.log(inner)
        lower, upper = inner ** np.exp(-shift), inner ** np.exp(shift)
    else:
        angle = np.arcsin(np.sqrt(inner))
        shift = half / 2 * np.sqrt(inner / (1 - inner))
        lower = np.sin(np.maximum(angle - shift, 0.0)) ** 2
        upper = np.sin(np.minimum(angle + shift, np.pi / 2)) ** 2
    lower, upper = np.clip(lower, 0.0, 1.0), np.clip(upper, 0.0, 1.0)
    return np.where(certain, 1.0, lower), np.where(certain, 1.0, upper)
