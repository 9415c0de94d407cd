"""One estimate from several imputed data sets: Rubin's rules."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from helpers.errors import StatisticsError
from helpers.stats.numeric import check_conf_level

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PooledEstimate:
    """Estimates of p quantities pooled over m imputed data sets.

    Attributes
    ----------
    estimate, std_error : numpy.ndarray, shape (p,)
        Mean over the data sets, and the root of the total variance.
    ci_lower, ci_upper, p_value : numpy.ndarray, shape (p,)
        From Student's t.
    df : numpy.ndarray, shape (p,)
        Degrees of freedom.
    missing_information : numpy.ndarray, shape (p,)
        Fraction of the information that the missing values cost, 0 to 1.
    n_imputations : int
        m.
    """

    estimate: FloatArray
    std_error: FloatArray
    ci_lower: FloatArray
    ci_upper: FloatArray
    p_value: FloatArray
    df: FloatArray
    missing_information: FloatArray
    n_imputations: int


def pool_estimates(
    estimates: ArrayLike,
    variances: ArrayLike,
    *,
    complete_df: float = np.inf,
    conf_level: float = 0.95,
) -> PooledEstimate:
    """Pool the estimates of several imputed data sets.

    Parameters
    ----------
    estimates, variances : array_like of float, shape (m, p)
        Estimate and squared standard error of each of p quantities in each of m data sets, on a
        scale on which they are normal (log hazard ratios).
    complete_df : float, optional
        Degrees of freedom that the complete data would have: events less coefficients in a Cox
        model; infinite by default.
    conf_level : float, optional
        Of the intervals.

    Returns
    -------
    PooledEstimate

    Raises
    ------
    StatisticsError
        If there are fewer than two data sets, shapes differ, or a variance is not positive.

    Notes
    -----
    Total variance W + (1 + 1/m) B. Degrees of freedom of Barnard and Rubin, as R's ``mice``.

    References
    ----------
    Rubin DB (1987), Multiple imputation for nonresponse in surveys, Wiley. Barnard J, Rubin DB
    (1999), Biometrika 86:948-955.

    Examples
    --------
    >>> pooled = pool_estimates([[1.0], [1.2], [1.1]], [[0.04], [0.04], [0.04]])
    >>> float(pooled.estimate[0].round(2)), float(pooled.std_error[0].round(4))
    (1.1, 0.2309)
    """
    from scipy import stats

    check_conf_level(conf_level)
    values, within_each = np.asarray(estimates, float), np.asarray(variances, float)
    if values.ndim != 2 or len(values) < 2 or values.shape != within_each.shape:
        raise StatisticsError(
            "estimates must be one row for each of two or more imputed data sets, with variances "
            f"of the same shape, but was {values.shape!r} and {within_each.shape!r}"
        )
    if not (within_each > 0).all() or not np.isfinite(values).all():
        raise StatisticsError(
            "estimates must be finite and variances positive in every imputed data set, but were "
            "not; leave out the factor whose level is empty in one of them"
        )
    m = len(values)
    mean, within = values.mean(axis=0), within_each.mean(axis=0)
    between = values.var(axis=0, ddof=1)
    total = within + (1 + 1 / m) * between
    df = _barnard_rubin(within, between, total, m, complete_df)
    std_error = np.sqrt(total)
    margin = stats.t.ppf(0.5 + conf_level / 2, df) * std_error
    increase = (1 + 1 / m) * between / within
    return PooledEstimate(
        estimate=mean,
        std_error=std_error,
        ci_lower=mean - margin,
        ci_upper=mean + margin,
        p_value=2 * stats.t.sf(np.abs(mean / std_error), df),
        df=df,
        missing_information=(increase + 2 / (df + 3)) / (1 + increase),
        n_imputations=m,
    )


def _barnard_rubin(
    within: FloatArray, between: FloatArray, total: FloatArray, m: int, complete_df: float
) -> FloatArray:
    share = np.maximum((1 + 1 / m) * between / total, 1e-4)
    old = (m - 1) / share**2
    if np.isinf(complete_df):
        return old
    observed = (complete_df + 1) / (complete_df + 3) * complete_df * (1 - share)
    return old * observed / (old + observed)
