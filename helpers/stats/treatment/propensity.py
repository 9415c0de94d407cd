"""Propensity scores and the weights made from them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from helpers.errors import ParameterError, StatisticsError
from helpers.stats.design import Design
from helpers.stats.factors import Term
from helpers.stats.numeric import as_numbers, check_same_length

WeightKind = Literal["iptw", "att", "overlap"]
FloatArray = NDArray[np.float64]

_MAX_ITERATIONS = 50
_TOLERANCE = 1e-12
_EXTREME = 1e-8


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PropensityFit:
    """A logistic model of who was treated.

    Attributes
    ----------
    terms : tuple of Term
        Of the coefficients after the intercept.
    intercept : float
        Log odds of treatment with all covariates zero.
    coefficients, std_errors : numpy.ndarray, shape (p,)
        Log odds ratios.
    scores : numpy.ndarray of float, shape (n,)
        Probability of treatment given the covariates.
    treated : numpy.ndarray of bool, shape (n,)
        Who was.
    c_statistic : float
        Chance that a treated patient has a higher score than an untreated one.
    """

    terms: tuple[Term, ...]
    intercept: float
    coefficients: FloatArray
    std_errors: FloatArray
    scores: FloatArray
    treated: NDArray[np.bool_]
    c_statistic: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PropensityWeights:
    """Case weights that balance the covariates.

    Attributes
    ----------
    weights : numpy.ndarray of float, shape (n,)
        Above zero.
    kind : str
        ``iptw``, ``att`` or ``overlap``.
    truncation : tuple of float or None
        Smallest and largest weight after truncation.
    n_truncated : int
        Patients whose weight was changed by it.
    effective_size : dict of bool to float
        Kish's effective number of patients, treated under True.
    """

    weights: FloatArray
    kind: WeightKind
    truncation: tuple[float, float] | None
    n_truncated: int
    effective_size: dict[bool, float]


def fit_propensity(design: Design, treated: ArrayLike) -> PropensityFit:
    """Fit a logistic model of treatment.

    Parameters
    ----------
    design : Design
        Covariates of n patients, settled before treatment was chosen.
    treated : array_like of bool or 0/1, shape (n,)
        Who was treated.

    Returns
    -------
    PropensityFit

    Raises
    ------
    StatisticsError
        If one group is empty, a covariate is constant or collinear, or the covariates tell
        treated from untreated without error (no overlap).

    Notes
    -----
    Maximum likelihood by iteratively reweighted least squares, as R's ``glm``.

    References
    ----------
    Rosenbaum PR, Rubin DB (1983), Biometrika 70:41-55.
    """
    group = as_numbers(treated, "treated")
    check_same_length(group, "treated", design.n_subjects, "design")
    if set(np.unique(group)) != {0.0, 1.0}:
        raise StatisticsError(
            f"treated must hold both 0 and 1, but was {sorted(set(group.tolist()))[:4]!r}; give "
            "treated and untreated patients"
        )
    covariates = np.column_stack([np.ones(design.n_subjects), design.matrix])
    if np.linalg.matrix_rank(covariates) < covariates.shape[1]:
        raise StatisticsError(
            "covariates of the propensity score must vary and not repeat each other, but one of "
            f"{list(design.names)} does; leave it out"
        )
    coefficients, scores = _maximise(covariates, group)
    information = (covariates * (scores * (1 - scores))[:, None]).T @ covariates
    std_errors = np.sqrt(np.diag(np.linalg.inv(information)))
    return PropensityFit(
        terms=design.terms,
        intercept=float(coefficients[0]),
        coefficients=coefficients[1:],
        std_errors=std_errors[1:],
        scores=scores,
        treated=group == 1,
        c_statistic=_compute_c(scores, group == 1),
    )


def weight_by_propensity(
    fit: PropensityFit,
    *,
    kind: WeightKind = "iptw",
    truncate: tuple[float, float] | None = None,
) -> PropensityWeights:
    """Return case weights made from propensity scores.

    Parameters
    ----------
    fit : PropensityFit
        Of n patients.
    kind : {"iptw", "att", "overlap"}, optional
        ``iptw``: stabilised inverse probability of the treatment received, for the effect in
        all patients. ``att``: the untreated stand for the treated. ``overlap``: the probability
        of the other treatment, for the patients who might get either.
    truncate : tuple of two float, optional
        Fractions, e.g. ``(0.01, 0.99)``: weights beyond these quantiles are set to them.

    Returns
    -------
    PropensityWeights

    Raises
    ------
    ParameterError
        If `kind` is unknown or `truncate` is no increasing pair within 0 to 1.

    References
    ----------
    Robins JM, Hernán MA, Brumback B (2000), Epidemiology 11:550-560. Li F, Morgan KL, Zaslavsky
    AM (2018), J Am Stat Assoc 113:390-400. Cole SR, Hernán MA (2008), Am J Epidemiol
    168:656-664.

    Examples
    --------
    >>> import pandas as pd
    >>> from helpers.stats.design import Factor, build_design
    >>> frame = pd.DataFrame({"x": [0, 0, 0, 1, 1, 1]})
    >>> fit = fit_propensity(build_design(frame, [Factor("x")]), [0, 0, 1, 0, 1, 1])
    >>> weight_by_propensity(fit).weights.round(2)
    array([0.75, 0.75, 1.5 , 1.5 , 0.75, 0.75])
    """
    if kind not in get_args(WeightKind):
        raise ParameterError(
            f"kind must be one of {', '.join(get_args(WeightKind))}, but was {kind!r}"
        )
    share = float(np.mean(fit.treated))
    scores, treated = fit.scores, fit.treated
    match kind:
        case "iptw":
            weights = np.where(treated, share / scores, (1 - share) / (1 - scores))
        case "att":
            weights = np.where(treated, 1.0, scores / (1 - scores))
        case _:
            weights = np.where(treated, 1 - scores, scores)
    limits = None if truncate is None else _find_limits(weights, truncate)
    kept = weights if limits is None else np.clip(weights, *limits)
    return PropensityWeights(
        weights=kept,
        kind=kind,
        truncation=limits,
        n_truncated=int(np.count_nonzero(kept != weights)),
        effective_size={
            side: float(kept[treated == side].sum() ** 2 / (kept[treated == side] ** 2).sum())
            for side in (False, True)
        },
    )


def _maximise(X: FloatArray, y: FloatArray) -> tuple[FloatArray, FloatArray]:
    coefficients = np.zeros(X.shape[1])
    deviance = np.inf
    for _ in range(_MAX_ITERATIONS):
        predictor = X @ coefficients
        scores = 1.0 / (1.0 + np.exp(-np.clip(predictor, -700, 700)))
        spread = scores * (1 - scores)
        if spread.max() < _EXTREME or np.abs(predictor).max() > 30:
            break
        last, deviance = deviance, -2 * np.sum(np.log(np.where(y == 1, scores, 1 - scores)))
        if abs(last - deviance) < _TOLERANCE * (abs(deviance) + 0.1):
            return coefficients, scores
        information = (X * spread[:, None]).T @ X
        coefficients = coefficients + np.linalg.solve(information, X.T @ (y - scores))
    raise StatisticsError(
        "treated and untreated patients must overlap in their covariates, but these tell them "
        "apart without error; use fewer covariates or restrict the comparison to patients who "
        "could have had either treatment"
    )


def _compute_c(scores: FloatArray, treated: NDArray[np.bool_]) -> float:
    untreated = np.sort(scores[~treated])
    below = np.searchsorted(untreated, scores[treated], side="left")
    up_to = np.searchsorted(untreated, scores[treated], side="right")
    return float((below + up_to).sum() / (2 * treated.sum() * len(untreated)))


def _find_limits(weights: FloatArray, truncate: tuple[float, float]) -> tuple[float, float]:
    lower, upper = truncate
    if not 0 <= lower < upper <= 1:
        raise ParameterError(
            f"truncate must be two fractions, the smaller first, but was {truncate!r}; "
            "e.g. (0.01, 0.99)"
        )
    low, high = np.quantile(weights, [lower, upper])
    return float(low), float(high)
