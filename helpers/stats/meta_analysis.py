"""Random-effects meta-analysis of estimates from several centres."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from helpers.errors import StatisticsError
from helpers.stats.numeric import check_conf_level

FloatArray = NDArray[np.float64]

_TAU2_TOLERANCE = 1e-14
_RELATIVE = 1e-13
#: Estimates from which on a prediction interval is given.
FEWEST_FOR_PREDICTION = 3


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MetaAnalysis:
    """Estimates of k centres taken together, on the scale of the estimates.

    Attributes
    ----------
    n_centres : int
        k.
    estimate, std_error : float
        Mean of the centres' effects under random effects, and its standard error by Hartung
        and Knapp.
    ci_lower, ci_upper, p_value : float
        From the t distribution with k - 1 degrees of freedom.
    conf_level : float
        Of every interval, 0 to 1.
    fixed_estimate, fixed_std_error, fixed_ci_lower, fixed_ci_upper : float
        Mean weighted by the inverse variances alone, with the normal distribution.
    tau2 : float
        Variance of the effects between centres, by Paule and Mandel.
    q, q_df, q_p_value : float
        Cochran's test that all effects are one.
    i2 : float
        Share of the variation that is not chance, ``max(0, 1 - (k - 1) / Q)``, 0 to 1.
    prediction_lower, prediction_upper : float or None
        Where the effect of a further centre is expected; None with fewer than 3 centres.
    weights : ndarray, shape (k,)
        Of the centres under random effects; their sum is 1.
    """

    n_centres: int
    estimate: float
    std_error: float
    ci_lower: float
    ci_upper: float
    p_value: float
    conf_level: float
    fixed_estimate: float
    fixed_std_error: float
    fixed_ci_lower: float
    fixed_ci_upper: float
    tau2: float
    q: float
    q_df: float
    q_p_value: float
    i2: float
    prediction_lower: float | None
    prediction_upper: float | None
    weights: FloatArray


def combine_estimates(
    estimates: ArrayLike, std_errors: ArrayLike, *, conf_level: float = 0.95
) -> MetaAnalysis:
    """Combine the estimates of several centres.

    Parameters
    ----------
    estimates : array_like, shape (k,)
        E.g. logarithms of hazard ratios; k is 2 or more.
    std_errors : array_like, shape (k,)
        Above 0.
    conf_level : float
        Of the intervals, 0 to 1.

    Returns
    -------
    MetaAnalysis

    Raises
    ------
    ParameterError
        If `conf_level` is out of its domain.
    StatisticsError
        If there are fewer than two estimates, a number is not finite, or a standard error is
        not above 0.

    Notes
    -----
    Mean and test of one effect are statsmodels'. Its iteration for the variance between centres
    is not used: where a step lands a rounding error below zero it returns 0.

    The variance between centres solves ``sum w_i (y_i - mean)**2 = k - 1`` with ``w_i = 1 /
    (s_i**2 + tau2)`` (Paule and Mandel). The variance of the mean is that of Hartung and Knapp
    (``knha`` in R's metafor). The prediction interval is ``mean +- t * sqrt(tau2 + SE**2)`` with
    k - 1 degrees of freedom and the standard error of Hartung and Knapp, as IntHout and
    colleagues write it.

    References
    ----------
    Paule RC, Mandel J. J Res Natl Bur Stand 1982;87:377-385. doi 10.6028/jres.087.022
    Hartung J, Knapp G. Stat Med 2001;20:3875-3889. doi 10.1002/sim.1009
    Higgins JPT, Thompson SG. Stat Med 2002;21:1539-1558. doi 10.1002/sim.1186
    IntHout J et al. BMJ Open 2016;6:e010247. doi 10.1136/bmjopen-2015-010247

    Examples
    --------
    >>> found = combine_estimates([0.1, 0.5, 0.9], [0.1, 0.1, 0.1])
    >>> round(found.estimate, 3), round(found.tau2, 3)
    (0.5, 0.15)
    """
    from scipy import stats
    from statsmodels.stats.meta_analysis import combine_effects

    check_conf_level(conf_level)
    effects, errors = _check(estimates, std_errors)
    k = len(effects)
    with np.errstate(divide="ignore", invalid="ignore"):  # equal effects: its I2 is 0 / 0
        kept = combine_effects(effects, errors**2, method_re="dl", alpha=1 - conf_level)
    tau2 = estimate_tau2(effects, errors)
    weights = 1 / (errors**2 + tau2)
    weights /= weights.sum()
    mean = float(weights @ effects)
    error = float(np.sqrt(weights @ (effects - mean) ** 2 / (k - 1)))
    t = float(stats.t.ppf((1 + conf_level) / 2, k - 1))
    z = float(stats.norm.ppf((1 + conf_level) / 2))
    fixed, fixed_error = float(kept.mean_effect_fe), float(kept.sd_eff_w_fe)
    reach = t * float(np.sqrt(tau2 + error**2)) if k >= FEWEST_FOR_PREDICTION else None
    q = max(float(kept.q), 0.0)
    return MetaAnalysis(
        n_centres=k,
        estimate=mean,
        std_error=error,
        ci_lower=mean - t * error,
        ci_upper=mean + t * error,
        p_value=_find_p(mean, error, k),
        conf_level=conf_level,
        fixed_estimate=fixed,
        fixed_std_error=fixed_error,
        fixed_ci_lower=fixed - z * fixed_error,
        fixed_ci_upper=fixed + z * fixed_error,
        tau2=tau2,
        q=q,
        q_df=float(k - 1),
        q_p_value=float(stats.chi2.sf(q, k - 1)),
        i2=max(0.0, 1 - (k - 1) / q) if q > 0 else 0.0,
        prediction_lower=None if reach is None else mean - reach,
        prediction_upper=None if reach is None else mean + reach,
        weights=weights,
    )


def estimate_tau2(effects: FloatArray, errors: FloatArray) -> float:
    """Return the variance between centres by Paule and Mandel.

    Parameters
    ----------
    effects, errors : ndarray, shape (k,)
        Estimates and their standard errors.

    Examples
    --------
    >>> round(estimate_tau2(np.array([0.1, 0.5, 0.9]), np.array([0.1, 0.1, 0.1])), 9)
    0.15
    """
    from scipy.optimize import brentq

    def exceed(tau2: float) -> float:
        weights = 1 / (errors**2 + tau2)
        mean = weights @ effects / weights.sum()
        return float(weights @ (effects - mean) ** 2) - (len(effects) - 1)

    if exceed(0.0) <= 0:
        return 0.0
    highest = float(np.ptp(effects) ** 2)
    while exceed(highest) > 0:
        highest *= 2
    return float(brentq(exceed, 0.0, highest, xtol=_TAU2_TOLERANCE, rtol=_RELATIVE))


def _find_p(mean: float, error: float, k: int) -> float:
    """Return the two-sided p-value; equal estimates leave no variance to test against."""
    from scipy import stats

    if error == 0:
        return 1.0 if mean == 0 else 0.0
    return float(2 * stats.t.sf(abs(mean) / error, k - 1))


def _check(estimates: ArrayLike, std_errors: ArrayLike) -> tuple[FloatArray, FloatArray]:
    effects = np.asarray(estimates, dtype=np.float64)
    errors = np.asarray(std_errors, dtype=np.float64)
    if effects.ndim != 1 or effects.shape != errors.shape or len(effects) < 2:
        raise StatisticsError(
            "estimates and std_errors must be two lists of one length, 2 or more, but were "
            f"{effects.size} and {errors.size} numbers; give each estimate its standard error"
        )
    if not (np.isfinite(effects).all() and np.isfinite(errors).all() and (errors > 0).all()):
        raise StatisticsError(
            "estimates must be finite and std_errors finite and above 0, but were not all; leave "
            "out what could not be estimated"
        )
    return effects, errors
