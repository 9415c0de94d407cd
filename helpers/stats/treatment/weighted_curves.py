"""Survival by treatment, weighted to make the patients alike: curves, means, bootstrap."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from helpers.errors import ParameterError
from helpers.stats.design import Design
from helpers.stats.numeric import as_numbers, check_conf_level
from helpers.stats.outcome import SurvivalOutcome
from helpers.stats.survival import estimate_kaplan_meier
from helpers.stats.treatment.effect_replicates import draw_resamples, fit_scores, weigh_scores
from helpers.stats.treatment.propensity import (
    PropensityWeights,
    fit_propensity,
    weight_by_propensity,
)

FloatArray = NDArray[np.float64]

_MOST_CELLS = 2_000_000
#: Share of failed resamples above which no interval is given.
_MOST_FAILURES = 0.1
_SIDES = (False, True)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class WeightedSurvival:
    """Survival by treatment, weighted by inverse probability; treated under True.

    Attributes
    ----------
    weights : PropensityWeights
        Of the patients.
    times_months : numpy.ndarray of float, shape (k,)
        Of the curves.
    survival : dict of bool to numpy.ndarray, shape (k,)
        Weighted Kaplan-Meier estimates.
    limits : dict of bool to numpy.ndarray, shape (2, k)
        Percentile limits of `survival`; nan without a bootstrap.
    horizon_months : float
        Up to which the means are restricted.
    restricted_means : dict of bool to float
        Areas under the curves, in months.
    difference : float
        Treated less untreated mean.
    difference_error : float or None
        Standard deviation of the difference over the resamples.
    difference_limits : tuple of float or None
        Percentile limits of the difference.
    n_replicates, n_failed : int
        Resamples, and those without finite scores.
    """

    weights: PropensityWeights
    times_months: FloatArray
    survival: dict[bool, FloatArray]
    limits: dict[bool, FloatArray]
    horizon_months: float
    restricted_means: dict[bool, float]
    difference: float
    difference_error: float | None
    difference_limits: tuple[float, float] | None
    n_replicates: int
    n_failed: int


def estimate_weighted_survival(
    outcome: SurvivalOutcome,
    covariates: Design,
    treated: ArrayLike,
    times_months: ArrayLike,
    *,
    truncate: tuple[float, float] | None = (0.01, 0.99),
    conf_level: float = 0.95,
    n_replicates: int = 300,
    seed: int = 0,
) -> WeightedSurvival:
    """Estimate survival of either treatment, weighted by stabilised inverse probabilities.

    Parameters
    ----------
    outcome : SurvivalOutcome
        Of n patients, without weights and late entry.
    covariates : Design
        Of the same patients, settled when treatment was chosen.
    treated : array_like of bool or 0/1, shape (n,)
        Who was treated.
    times_months : array_like of float, shape (k,)
        Where the curves are given.
    truncate, conf_level, n_replicates, seed
        As in :func:`helpers.stats.treatment.effects.estimate_treatment_effects`.

    Returns
    -------
    WeightedSurvival
        Means are restricted to the smaller of the groups' largest times.

    Raises
    ------
    StatisticsError
        If the groups do not overlap, or one is empty.
    ParameterError
        If an argument is out of its domain.

    Notes
    -----
    The variance of a Kaplan-Meier estimate with weights that are themselves estimated has no
    simple form; scores, weights and curves are made anew in each resample.

    References
    ----------
    Xie J, Liu C (2005), Stat Med 24:3089-3110. Conner SC, Sullivan LM, Benjamin EJ, et al. (2019),
    Stat Med 38:3832-3860, on restricted means.
    """
    check_conf_level(conf_level)
    if n_replicates < 0:
        raise ParameterError(f"n_replicates must be 0 or more, but was {n_replicates!r}")
    times = as_numbers(times_months, "times_months")
    fit = fit_propensity(covariates, treated)
    made = weight_by_propensity(fit, kind="iptw", truncate=truncate)
    weighted = replace(outcome, weights=made.weights)
    curves = {side: estimate_kaplan_meier(weighted.select(fit.treated == side)) for side in _SIDES}
    horizon = min(float(outcome.time_months[fit.treated == side].max()) for side in _SIDES)
    steps = {
        side: _Steps(curve.time_months, curve.survival[None, :]) for side, curve in curves.items()
    }
    means = {side: float(one.measure_area(horizon)[0]) for side, one in steps.items()}
    drawn = _replicate(
        outcome,
        covariates,
        fit.treated,
        times,
        horizon=horizon,
        truncate=truncate,
        n_replicates=n_replicates,
        seed=seed,
    )
    n_failed, k = n_replicates - len(drawn), len(times)
    kept = len(drawn) >= 2 and n_failed <= _MOST_FAILURES * n_replicates
    tail = (1 - conf_level) / 2
    limits = (
        np.quantile(drawn, [tail, 1 - tail], axis=0) if kept else np.full((2, 2 * k + 1), np.nan)
    )
    return WeightedSurvival(
        weights=made,
        times_months=times,
        survival={side: one.read(times)[0] for side, one in steps.items()},
        limits={False: limits[:, :k], True: limits[:, k : 2 * k]},
        horizon_months=horizon,
        restricted_means=means,
        difference=means[True] - means[False],
        difference_error=float(drawn[:, -1].std(ddof=1)) if kept else None,
        difference_limits=(float(limits[0, -1]), float(limits[1, -1])) if kept else None,
        n_replicates=n_replicates,
        n_failed=n_failed,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Steps:
    """Step functions that share their times: 1 before the first, constant after the last."""

    times: FloatArray
    values: FloatArray

    def read(self, at: FloatArray) -> FloatArray:
        """Return the value at each time, (B, k)."""
        whole = np.pad(self.values, ((0, 0), (1, 0)), constant_values=1.0)
        return whole[:, np.searchsorted(self.times, at, side="right")]

    def measure_area(self, horizon: float) -> FloatArray:
        """Return the areas up to a time, (B,)."""
        inside = self.times[(self.times > 0) & (self.times < horizon)]
        starts = np.concatenate([[0.0], inside])
        return self.read(starts) @ np.diff(np.append(starts, horizon))


def _replicate(
    outcome: SurvivalOutcome,
    covariates: Design,
    treated: NDArray[np.bool_],
    times: FloatArray,
    *,
    horizon: float,
    truncate: tuple[float, float] | None,
    n_replicates: int,
    seed: int,
) -> FloatArray:
    """Return curves and difference of means of each resample that has them, (B, 2 k + 1)."""
    n = outcome.n_subjects
    Z = np.column_stack([np.ones(n), covariates.matrix])
    at_once = max(_MOST_CELLS // max(n, 1), 1)
    parts = [np.empty((0, 2 * len(times) + 1))]
    for rows in draw_resamples(treated, n_replicates, seed, at_once):
        counts = np.array([np.bincount(one, minlength=n) for one in rows])
        weights = weigh_scores(fit_scores(Z, treated, counts), treated, counts, rows, truncate)
        sides = [_follow(outcome, counts * weights * (treated == side)) for side in _SIDES]
        areas = [one.measure_area(horizon) for one in sides]
        parts.append(
            np.column_stack([*(one.read(times) for one in sides), areas[True] - areas[False]])
        )
    drawn = np.concatenate(parts)
    return drawn[np.isfinite(drawn).all(axis=1)]


def _follow(outcome: SurvivalOutcome, weights: FloatArray) -> _Steps:
    """Return the Kaplan-Meier estimate of each row of weights; it stays where nobody is left."""
    order = np.argsort(outcome.time_months, kind="stable")
    times, starts = np.unique(outcome.time_months[order], return_index=True)
    sorted_weights = weights[:, order]
    leaving = np.add.reduceat(sorted_weights, starts, axis=1)
    dying = np.add.reduceat(sorted_weights * outcome.event[order], starts, axis=1)
    at_risk = np.cumsum(leaving[:, ::-1], axis=1)[:, ::-1]
    with np.errstate(divide="ignore", invalid="ignore"):
        chance = np.where(at_risk == 0, 1.0, 1 - dying / at_risk)
    return _Steps(times, np.cumprod(np.clip(chance, 0.0, 1.0), axis=1))
