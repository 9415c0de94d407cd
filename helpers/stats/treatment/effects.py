"""The effect of a treatment, adjusted in several ways, with one bootstrap for all of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from helpers.errors import ParameterError, StatisticsError
from helpers.stats.cox import CoxFit, check_ties, fit_cox
from helpers.stats.design import Design
from helpers.stats.numeric import as_numbers, check_conf_level
from helpers.stats.outcome import SurvivalOutcome
from helpers.stats.treatment.effect_replicates import MapChunks, replicate_effects
from helpers.stats.treatment.propensity import (
    PropensityFit,
    PropensityWeights,
    fit_propensity,
    weight_by_propensity,
)
from helpers.stats.treatment.standardised import standardise_survival

FloatArray = NDArray[np.float64]

#: Share of failed resamples above which no interval is given.
_MOST_FAILURES = 0.1


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TreatmentEffects:
    """A treatment's hazard ratio by adjustment, and survival had all had each treatment.

    Attributes
    ----------
    propensity : PropensityFit
        Model of who was treated.
    weights : dict of str to PropensityWeights
        Under ``iptw`` and ``overlap``.
    fits : dict of str to CoxFit
        Under ``crude``, ``adjusted``, ``iptw`` and ``overlap``; the treatment is the first term,
        and the variance of weighted fits is robust.
    times_months : numpy.ndarray of float, shape (k,)
        Of the curves.
    survival : dict of bool to numpy.ndarray, shape (k,)
        By the g-formula, treated under True.
    intervals : dict of str to tuple of float
        Percentile limits of the hazard ratios, under the names of `fits`; absent where too many
        resamples failed.
    survival_limits : dict of bool to numpy.ndarray, shape (2, k)
        Percentile limits of `survival`.
    difference_limits : numpy.ndarray, shape (2, k)
        Percentile limits of treated less untreated survival.
    n_replicates, n_failed : int
        Resamples, and those without a finite estimate.
    """

    propensity: PropensityFit
    weights: dict[str, PropensityWeights]
    fits: dict[str, CoxFit]
    times_months: FloatArray
    survival: dict[bool, FloatArray]
    intervals: dict[str, tuple[float, float]]
    survival_limits: dict[bool, FloatArray]
    difference_limits: FloatArray
    n_replicates: int
    n_failed: int


def estimate_treatment_effects(
    outcome: SurvivalOutcome,
    design: Design,
    *,
    treatment: str,
    times_months: ArrayLike,
    truncate: tuple[float, float] | None = (0.01, 0.99),
    ties: str = "efron",
    conf_level: float = 0.95,
    n_replicates: int = 300,
    seed: int = 0,
    map_chunks: MapChunks | None = None,
) -> TreatmentEffects:
    """Estimate a treatment's hazard ratio crude, adjusted and weighted.

    Parameters
    ----------
    outcome : SurvivalOutcome
        Of n patients, without weights and late entry.
    design : Design
        Treatment and covariates of the same patients; the treatment has two levels and is the
        first factor.
    treatment : str
        Name of that factor.
    times_months : array_like of float, shape (k,)
        Where the standardised curves are given.
    truncate : tuple of two float, optional
        As in :func:`helpers.stats.treatment.propensity.weight_by_propensity`, for ``iptw``.
    ties, conf_level
        As in :func:`helpers.stats.cox.fit_cox`.
    n_replicates, seed : int, optional
        Of the bootstrap: patients are drawn within treatments, and scores, weights and models
        are fitted anew each time.
    map_chunks : callable, optional
        Calls a function with each part of the bootstrap and returns the results in order; a
        cluster's or a pool's. The samples are the same wherever they are computed.

    Returns
    -------
    TreatmentEffects

    Raises
    ------
    StatisticsError
        If a model cannot be fitted, or the groups do not overlap.
    ParameterError
        If an argument is out of its domain.

    References
    ----------
    Austin PC (2016), Stat Med 35:5642-5655, on the bootstrap of weighted Cox models.
    """
    check_ties(ties)
    check_conf_level(conf_level)
    if n_replicates < 0:
        raise ParameterError(f"n_replicates must be 0 or more, but was {n_replicates!r}")
    if design.columns_of(treatment) != [0]:
        raise StatisticsError(
            f"treatment {treatment!r} must be the design's first factor and have two levels; "
            "compare two treatments at a time"
        )
    times = as_numbers(times_months, "times_months")
    options = {"truncate": truncate, "ties": ties, "conf_level": conf_level}
    point = _Point(outcome, design, treatment, **options)
    survival = point.standardise(times)
    drawn = replicate_effects(
        outcome,
        design,
        times,
        truncate=truncate,
        ties=ties,
        n_replicates=n_replicates,
        seed=seed,
        map_chunks=map_chunks,
    )
    n_failed = n_replicates - len(drawn)
    tail = (1 - conf_level) / 2
    kept = len(drawn) >= 2 and n_failed <= _MOST_FAILURES * n_replicates
    limits = np.quantile(drawn, [tail, 1 - tail], axis=0) if kept else None
    names, k = list(point.fits), len(times)
    nothing = np.full((2, k), np.nan)
    curves = {} if limits is None else _split(limits[:, len(names) :], k)
    return TreatmentEffects(
        propensity=point.propensity,
        weights=point.weights,
        fits=point.fits,
        times_months=times,
        survival=survival,
        intervals={}
        if limits is None
        else {name: tuple(np.exp(limits[:, i]).tolist()) for i, name in enumerate(names)},
        survival_limits={side: curves.get(side, nothing) for side in (False, True)},
        difference_limits=curves.get("difference", nothing),
        n_replicates=n_replicates,
        n_failed=n_failed,
    )


class _Point:
    """All estimates of one sample."""

    def __init__(
        self,
        outcome: SurvivalOutcome,
        design: Design,
        treatment: str,
        *,
        truncate: tuple[float, float] | None,
        **options: Any,
    ) -> None:
        self.outcome, self.design, self.treatment = outcome, design, treatment
        self.truncate, self.options = truncate, options
        alone = design.select([treatment])
        covariates = design.select(
            [factor.name for factor in design.factors if factor.name != treatment]
        )
        self.treated = alone.matrix[:, 0] == 1
        self.propensity = fit_propensity(covariates, self.treated)
        self.weights = {
            "iptw": weight_by_propensity(self.propensity, kind="iptw", truncate=truncate),
            "overlap": weight_by_propensity(self.propensity, kind="overlap"),
        }
        self.fits = {
            "crude": fit_cox(outcome, alone, **self.options),
            "adjusted": fit_cox(outcome, design, **self.options),
        }
        for name, made in self.weights.items():
            weighted = replace(outcome, weights=made.weights)
            self.fits[name] = fit_cox(weighted, alone, robust=True, **self.options)

    def standardise(self, times: FloatArray) -> dict[bool, FloatArray]:
        """Return survival had nobody, and had everybody, been treated."""
        factor = next(one for one in self.design.factors if one.name == self.treatment)
        given = self.design.terms[0].level
        other = next(level for level in factor.levels if level != given)
        fit = self.fits["adjusted"]
        return {
            False: standardise_survival(fit, self.treatment, other, times),
            True: standardise_survival(fit, self.treatment, given, times),
        }


def _split(limits: FloatArray, k: int) -> dict[bool | str, FloatArray]:
    return {
        False: limits[:, :k],
        True: limits[:, k : 2 * k],
        "difference": limits[:, 2 * k :],
    }
