"""Balance of covariates between two groups, before and after weighting."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from helpers.errors import StatisticsError
from helpers.stats.design import Design
from helpers.stats.numeric import as_numbers, check_same_length

FloatArray = NDArray[np.float64]


def compare_balance(
    design: Design, treated: ArrayLike, *, weights: ArrayLike | None = None
) -> pd.DataFrame:
    """Return the standardised mean difference of each covariate column.

    Parameters
    ----------
    design : Design
        Of n patients; give every level a column by choosing numbers or two-level factors where
        each level is to be seen.
    treated : array_like of bool or 0/1, shape (n,)
        The group whose mean is first.
    weights : array_like of float, shape (n,), optional
        Case weights.

    Returns
    -------
    pandas.DataFrame
        One row a column of the design: ``factor``, ``level``, ``mean_treated``,
        ``mean_untreated``, ``smd``, ``variance_ratio`` (nan for 0/1 columns).

    Raises
    ------
    StatisticsError
        If a group has fewer than two patients or lengths differ.

    Notes
    -----
    The difference is divided by the standard deviation of the unweighted groups, pooled with
    equal parts, before and after weighting alike, so that a change of the figure is a change of
    the means. Absolute values below 0.1 count as balanced.

    References
    ----------
    Austin PC (2009), Stat Med 28:3083-3107.
    """
    group = as_numbers(treated, "treated") == 1
    check_same_length(group, "treated", design.n_subjects, "design")
    if group.all() or not group.any():
        raise StatisticsError(
            "treated must hold both 0 and 1, but was one value only; give both groups"
        )
    if min(group.sum(), (~group).sum()) < 2:
        raise StatisticsError(
            "each group must have two patients or more to be compared, but one has a single patient"
        )
    case = np.ones(len(group)) if weights is None else as_numbers(weights, "weights")
    check_same_length(case, "weights", design.n_subjects, "design")
    X = design.matrix
    first, second = (_moments(X[side], case[side]) for side in (group, ~group))
    spread = np.sqrt((X[group].var(axis=0, ddof=1) + X[~group].var(axis=0, ddof=1)) / 2)
    difference = first[0] - second[0]
    with np.errstate(divide="ignore", invalid="ignore"):
        smd = np.where(difference == 0, 0.0, difference / spread)
        ratio = first[1] / second[1]
    is_flag = np.isin(X, (0.0, 1.0)).all(axis=0)
    return pd.DataFrame(
        {
            "factor": [term.factor for term in design.terms],
            "level": [term.level for term in design.terms],
            "mean_treated": first[0],
            "mean_untreated": second[0],
            "smd": smd,
            "variance_ratio": np.where(is_flag, np.nan, ratio),
        }
    )


def _moments(X: FloatArray, weights: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return weighted means and variances, the latter for frequency of effective size."""
    total = weights.sum()
    mean = weights @ X / total
    correction = total - (weights**2).sum() / total
    variance = weights @ (X - mean) ** 2 / correction
    return mean, variance
