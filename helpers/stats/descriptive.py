"""Summaries of table one and the tests beside them; missing values stay outside both."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from helpers.errors import ParameterError, StatisticsError
from helpers.stats.contingency import chi_square_test, expected_counts, fisher_test
from helpers.stats.grouping import Grouping, check_group
from helpers.stats.numeric import as_numbers
from helpers.stats.rank_tests import kruskal_wallis, wilcoxon_rank_sum
from helpers.stats.significance import TestResult

SMALL_EXPECTED = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class NumericSummary:
    """A numeric variable among patients whose value is known.

    Attributes
    ----------
    n, missing : int
        Patients with a value, and without.
    median, minimum, maximum, q1, q3, mean : float or None
        In the variable's unit; None where no value is known.
    sd : float or None
        Standard deviation with n - 1; None for fewer than two values.
    """

    n: int
    missing: int
    median: float | None
    minimum: float | None
    maximum: float | None
    q1: float | None
    q3: float | None
    mean: float | None
    sd: float | None


def summarise_numeric(values: ArrayLike, *, name: str = "values") -> NumericSummary:
    """Summarise a numeric variable.

    Parameters
    ----------
    values : array_like of float, shape (n,)
        Missing values are counted apart.
    name : str, optional
        Of the variable, for messages.

    Returns
    -------
    NumericSummary

    Raises
    ------
    StatisticsError
        If the column is empty, text or infinite somewhere.

    Notes
    -----
    Quartiles by linear interpolation between order statistics (type 7 of Hyndman and Fan), R's
    default; SPSS and SAS print slightly different ones.

    Examples
    --------
    >>> summarise_numeric([70, 37, 95, None]).median
    70.0
    """
    known = _known_numbers(values, name)
    numbers = known[~np.isnan(known)]
    missing = len(known) - len(numbers)
    if numbers.size == 0:
        return NumericSummary(
            n=0, missing=missing, median=None, minimum=None, maximum=None, q1=None, q3=None,
            mean=None, sd=None,
        )  # fmt: skip
    q1, median, q3 = np.quantile(numbers, [0.25, 0.5, 0.75]).tolist()
    return NumericSummary(
        n=int(numbers.size),
        missing=missing,
        median=median,
        minimum=float(numbers.min()),
        maximum=float(numbers.max()),
        q1=q1,
        q3=q3,
        mean=float(numbers.mean()),
        sd=float(numbers.std(ddof=1)) if numbers.size > 1 else None,
    )


def compare_numeric(
    values: ArrayLike, group: ArrayLike, *, name: str = "values", group_name: str = "group"
) -> TestResult:
    """Compare a numeric variable between groups by ranks.

    Parameters
    ----------
    values : array_like of float, shape (n,)
        Patients without a value are left out and counted.
    group : array_like, shape (n,)
        Levels; patients without one are left out and counted.
    name, group_name : str, optional
        Columns, for messages.

    Returns
    -------
    TestResult
        Wilcoxon's rank sum test for two groups, Kruskal and Wallis's for more.

    Raises
    ------
    StatisticsError
        If a column is empty or of the wrong kind, or fewer than two groups have values.

    Notes
    -----
    As ``wilcox.test`` of R: exact below 50 patients in each group without ties, else the normal
    approximation with tie-corrected variance and continuity correction. The statistic is W, the
    rank sum of the first group less its least value.
    """
    numbers = _known_numbers(values, name)
    kept, grouping = _complete(~np.isnan(numbers), group, group_name)
    samples = [numbers[kept][grouping.codes == code] for code in range(len(grouping.levels))]
    test = wilcoxon_rank_sum(*samples) if len(samples) == 2 else kruskal_wallis(samples)
    return TestResult(
        method=test.method,
        statistic=test.statistic,
        df=test.df,
        p_value=test.p_value,
        groups=grouping.levels,
        n=grouping.counts,
        missing=int(np.count_nonzero(~kept)),
        warnings=(*grouping.warnings, *test.warnings),
    )


def compare_categorical(
    values: ArrayLike,
    group: ArrayLike,
    *,
    method: str = "auto",
    name: str = "values",
    group_name: str = "group",
) -> TestResult:
    """Compare a categorical variable between groups.

    Parameters
    ----------
    values : array_like, shape (n,)
        Levels; patients without one are left out and counted.
    group : array_like, shape (n,)
        Levels; patients without one are left out and counted.
    method : {"auto", "chi-square", "chi-square-yates", "fisher"}, optional
        "auto" is Fisher's test where an expected count is below 5, else the chi-square test
        without continuity correction.
    name, group_name : str, optional
        Columns, for messages.

    Returns
    -------
    TestResult

    Raises
    ------
    StatisticsError
        If fewer than two groups have values, or all patients have one level.
    ParameterError
        If `method` is unknown, or "chi-square-yates" with a table larger than 2 by 2.

    References
    ----------
    Pearson (1900). Yates (1934). Freeman and Halton (1951), Biometrika 38:141-149.

    Examples
    --------
    >>> answer = compare_categorical(list("xxxyyy"), list("aabbbb"))
    >>> answer.method, round(answer.p_value, 6)
    ("Fisher's exact test", 0.4)
    """
    if method not in ("auto", "chi-square", "chi-square-yates", "fisher"):
        raise ParameterError(
            f"method must be one of auto, chi-square, chi-square-yates, fisher, but was "
            f"{method!r}; auto chooses by the expected counts"
        )
    column = values if isinstance(values, pd.Series | pd.Categorical) else np.asarray(values)
    kept, grouping = _complete(~np.asarray(pd.isna(column)), group, group_name)
    answers = check_group(column[kept], int(kept.sum()), name=name)
    table = np.zeros((len(answers.levels), len(grouping.levels)), dtype=np.int64)
    np.add.at(table, (answers.codes, grouping.codes), 1)
    if method == "auto":
        method = "fisher" if expected_counts(table).min() < SMALL_EXPECTED else "chi-square"
    test = (
        fisher_test(table)
        if method == "fisher"
        else chi_square_test(table, correct=method == "chi-square-yates")
    )
    return TestResult(
        method=test.method,
        statistic=test.statistic,
        df=test.df,
        p_value=test.p_value,
        groups=grouping.levels,
        n=grouping.counts,
        missing=int(np.count_nonzero(~kept)),
        warnings=(*grouping.warnings, *test.warnings),
    )


def _known_numbers(values: ArrayLike, name: str) -> NDArray[np.float64]:
    numbers = as_numbers(values, name)
    n_infinite = int(np.isinf(numbers).sum())
    if n_infinite:
        raise StatisticsError(
            f"{name} must be finite or missing, but was infinite for {n_infinite} of "
            f"{len(numbers)} patients; correct the values"
        )
    return numbers


def _complete(
    has_value: NDArray[np.bool_], group: ArrayLike, group_name: str
) -> tuple[NDArray[np.bool_], Grouping]:
    """Return which patients have a value and a group, and the groups of those."""
    column = group if isinstance(group, pd.Series | pd.Categorical) else np.asarray(group)
    everyone = check_group(column, len(has_value), name=group_name)
    kept = has_value & everyone.known
    return kept, check_group(column[kept], int(kept.sum()), name=group_name)
