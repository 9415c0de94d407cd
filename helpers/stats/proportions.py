"""Proportions with exact intervals, and standardised differences between two groups."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from helpers.errors import ParameterError, StatisticsError
from helpers.stats.grouping import Grouping, check_group
from helpers.stats.intervals import normal_quantile
from helpers.stats.numeric import as_numbers, check_conf_level, format_value


@dataclass(frozen=True, slots=True, kw_only=True)
class Proportion:
    """A share of patients.

    Attributes
    ----------
    count, n : int
        Patients with the feature, among patients in whom it is known.
    estimate, ci_lower, ci_upper : float
        Fractions of 0 to 1.
    conf_level : float
        Of the interval.
    method : str
        Of the interval.
    """

    count: int
    n: int
    estimate: float
    ci_lower: float
    ci_upper: float
    conf_level: float
    method: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StandardisedDifference:
    """A difference of two groups in units of their standard deviation.

    Attributes
    ----------
    estimate, std_error, ci_lower, ci_upper : float
        Signed, first less second, for numbers and two levels; a distance for more levels.
    groups : tuple of two levels
        First and second.
    n : tuple of int
        Patients of each.
    missing : int
        Patients left out because a value is missing.
    conf_level : float
        Of the interval.
    """

    estimate: float
    std_error: float
    ci_lower: float
    ci_upper: float
    groups: tuple
    n: tuple[int, int]
    missing: int
    conf_level: float


def estimate_proportion(
    count: int, n: int, *, conf_level: float = 0.95, method: str = "exact"
) -> Proportion:
    """Estimate a proportion.

    Parameters
    ----------
    count, n : int
        Patients with the feature, among n.
    conf_level : float, optional
        Of the interval.
    method : {"exact", "wilson"}, optional
        Clopper and Pearson's interval, or Wilson's score interval.

    Returns
    -------
    Proportion

    Raises
    ------
    ParameterError
        If `count` is not from 0 to `n`, `n` is below 1, or an option is out of its domain.

    References
    ----------
    Clopper and Pearson (1934), Biometrika 26:404-413. Wilson (1927), J Am Stat Assoc 22:209-212.

    Examples
    --------
    >>> share = estimate_proportion(7, 39)
    >>> round(share.ci_lower, 4), round(share.ci_upper, 4)
    (0.0754, 0.3353)
    """
    check_conf_level(conf_level)
    if n < 1 or not 0 <= count <= n or count != int(count) or n != int(n):
        raise ParameterError(
            f"count must be a whole number from 0 to n, but was {count!r} of {n!r}; count "
            "patients in whom the feature is known"
        )
    if method not in ("exact", "wilson"):
        raise ParameterError(
            f"method must be one of exact, wilson, but was {method!r}; exact never covers less "
            "than it says"
        )
    limits = _exact_limits if method == "exact" else _wilson_limits
    lower, upper = limits(int(count), int(n), conf_level)
    return Proportion(
        count=int(count),
        n=int(n),
        estimate=count / n,
        ci_lower=lower,
        ci_upper=upper,
        conf_level=conf_level,
        method="Clopper-Pearson" if method == "exact" else "Wilson",
    )


def _exact_limits(count: int, n: int, conf_level: float) -> tuple[float, float]:
    from scipy.special import betaincinv

    tail = (1 - conf_level) / 2
    lower = float(betaincinv(count, n - count + 1, tail)) if count else 0.0
    upper = float(betaincinv(count + 1, n - count, 1 - tail)) if count < n else 1.0
    return lower, upper


def _wilson_limits(count: int, n: int, conf_level: float) -> tuple[float, float]:
    z = normal_quantile(conf_level)
    share = count / n
    centre = (share + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * math.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    return max(0.0, centre - half), min(1.0, centre + half)


def standardised_difference(
    values: ArrayLike,
    group: ArrayLike,
    *,
    kind: str = "numeric",
    conf_level: float = 0.95,
    name: str = "values",
    group_name: str = "group",
) -> StandardisedDifference:
    """Return the standardised mean difference of two groups.

    Parameters
    ----------
    values : array_like, shape (n,)
        Numbers or levels; missing values are left out and counted.
    group : array_like, shape (n,)
        Two levels.
    kind : {"numeric", "categorical"}, optional
        What the values are.
    conf_level : float, optional
        Of the interval.
    name, group_name : str, optional
        Columns, for messages.

    Returns
    -------
    StandardisedDifference

    Raises
    ------
    StatisticsError
        If there are other than two groups, a group has fewer than two values, no value varies,
        or the groups have disjoint support (no level in common, or ranges that do not overlap):
        such groups cannot be balanced and no number describes their distance.
    ParameterError
        If `kind` or `conf_level` is out of its domain.

    Notes
    -----
    Numbers: difference of means over the root of the mean of the two variances. Levels: the
    Mahalanobis distance of the proportions of all levels but the first; for two levels, signed,
    of the second level. Standard error as Hedges and Olkin's.

    References
    ----------
    Austin (2009), Stat Med 28:3083-3107. Yang and Dalton (2012), SAS Global Forum 335.
    """
    check_conf_level(conf_level)
    if kind not in ("numeric", "categorical"):
        raise ParameterError(
            f"kind must be one of numeric, categorical, but was {kind!r}; say what {name} holds"
        )
    column = values if isinstance(values, pd.Series | pd.Categorical) else np.asarray(values)
    everyone = check_group(group, len(column), name=group_name)
    kept = everyone.known & ~np.asarray(pd.isna(column))
    pair = check_group(np.asarray(everyone.codes)[kept], int(kept.sum()), name=group_name)
    if len(everyone.levels) != 2 or min(pair.counts) < 2:
        raise StatisticsError(
            f"{group_name} must be two levels with at least two known values each, but was "
            f"{', '.join(format_value(level) for level in everyone.levels)} with "
            f"{pair.counts}; choose two groups"
        )
    measure = _numeric_difference if kind == "numeric" else _categorical_difference
    estimate = measure(column[kept], pair, name)
    n1, n2 = pair.counts
    std_error = math.sqrt((n1 + n2) / (n1 * n2) + estimate**2 / (2 * (n1 + n2)))
    half = normal_quantile(conf_level) * std_error
    return StandardisedDifference(
        estimate=estimate,
        std_error=std_error,
        ci_lower=estimate - half,
        ci_upper=estimate + half,
        groups=everyone.levels,
        n=(n1, n2),
        missing=int(np.count_nonzero(~kept)),
        conf_level=conf_level,
    )


def _numeric_difference(column: ArrayLike, pair: Grouping, name: str) -> float:
    numbers = as_numbers(column, name)
    first, second = numbers[pair.codes == 0], numbers[pair.codes == 1]
    if first.max() < second.min() or second.max() < first.min():
        raise StatisticsError(
            f"{name} must overlap between the two groups, but was {first.min():g} to "
            f"{first.max():g} in one and {second.min():g} to {second.max():g} in the other; no "
            "standardised difference describes groups without overlap"
        )
    variance = (first.var(ddof=1) + second.var(ddof=1)) / 2
    _require_variation(variance > 0, name)
    return float((first.mean() - second.mean()) / math.sqrt(variance))


def _categorical_difference(column: ArrayLike, pair: Grouping, name: str) -> float:
    answers = check_group(column, len(pair.codes), name=name, min_levels=1)
    k = len(answers.levels)
    _require_variation(k > 1, name)
    shares = np.stack(
        [
            np.bincount(answers.codes[pair.codes == code], minlength=k) / pair.counts[code]
            for code in (0, 1)
        ]
    )
    if not (shares.min(axis=0) > 0).any():
        raise StatisticsError(
            f"{name} must have a level in common between the two groups, but was "
            f"{_name_levels(answers, shares[0])} in one and {_name_levels(answers, shares[1])} in "
            "the other; no standardised difference describes groups without overlap"
        )
    difference = shares[0, 1:] - shares[1, 1:]
    covariance = sum(
        np.diag(share[1:]) - np.outer(share[1:], share[1:]) for share in shares
    ) / 2  # fmt: skip
    if k == 2:
        return float(difference[0] / math.sqrt(covariance[0, 0]))
    return float(math.sqrt(difference @ np.linalg.solve(covariance, difference)))


def _name_levels(answers: Grouping, shares: NDArray[np.float64]) -> str:
    present = [
        format_value(level) for level, share in zip(answers.levels, shares, strict=True) if share
    ]
    return ", ".join(present)


def _require_variation(varies: bool, name: str) -> None:
    if not varies:
        raise StatisticsError(
            f"{name} must vary among the patients, but was one value for all; leave it out"
        )
