"""A comparison of two treatments, adjusted for what decided between them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from helpers.analysis.balance import find_scales, tabulate_balance
from helpers.analysis.subset import (
    ENDPOINTS,
    Endpoint,
    Where,
    describe_where,
    explain_omission,
    find_endpoint,
    name_covariate,
)
from helpers.analysis.survival_results import tabulate_at_risk
from helpers.analysis.weighting_data import Comparison, prepare_comparison
from helpers.analysis.weighting_populations import count_eligible, tabulate_behind
from helpers.analysis.weighting_results import (
    record_propensity,
    record_ratios,
    record_sensitivity,
    record_standardised,
    tabulate_curves,
    tabulate_terms,
)
from helpers.results import ResultSet
from helpers.stats.outcome import SurvivalOutcome
from helpers.stats.treatment.effects import TreatmentEffects, estimate_treatment_effects

if TYPE_CHECKING:
    from helpers.cohort import Cohort

#: With more patients there is no bootstrap: it would take hours and equal the robust interval.
MOST_RESAMPLED = 20_000


@explain_omission
def estimate_weighted_effect(
    cohort: Cohort,
    *,
    set_id: str,
    treatment: str,
    covariates: Sequence[str],
    endpoint: str = "os",
    where: Where | None = None,
    title: str = "",
    horizons_months: Sequence[float] = (12, 24, 60),
    weight_truncation: float = 0.01,
    n_replicates: int = 300,
    seed: int = 0,
    ties: str = "efron",
    conf_level: float = 0.95,
    alpha: float = 0.05,
    axis_step_months: float = 12,
) -> ResultSet:
    """Compare two treatments crude, in a model, and weighted by propensity scores.

    Parameters
    ----------
    cohort : Cohort
        Whose analysis table is used.
    set_id : str
        Beginning of the results' ids.
    treatment : str
        Factor of two levels; its reference is the comparator.
    covariates : sequence of str
        Factors that were settled when treatment was chosen.
    endpoint : str
        Key of :data:`helpers.analysis.subset.ENDPOINTS` with a 0/1 event.
    where : mapping, optional
        Subset; see :func:`helpers.analysis.subset.select_patients`.
    horizons_months : sequence of float
        Times of the standardised survival, in months.
    weight_truncation : float
        Weights beyond this quantile, on either side, are set to it; 0 for none.
    n_replicates, seed : int
        Of the bootstrap.
    alpha : float
        Two-sided level of the smallest detectable hazard ratio, whose power is 80 %.
    title, ties, conf_level, axis_step_months
        As in :func:`helpers.analysis.survival.estimate_survival`.

    Returns
    -------
    ResultSet
        ``<id>.crude.hr``, ``.adjusted.hr``, ``.iptw.hr``, ``.overlap.hr`` (bootstrap limits in
        their `quantities`), ``.e_value``, ``.detectable_hr``, ``.propensity``,
        ``.<level>.effective`` (effective sample sizes), ``.<level>.standardised_<h>m`` and
        ``.difference_<h>m``. Frames ``terms``, ``balance``, ``curve`` (standardised survival)
        and ``at_risk``.
    """
    compared = prepare_comparison(cohort, treatment, covariates, endpoint=endpoint, where=where)
    declared, data, levels = compared.declared, compared.model, compared.levels
    outcome, design = compared.outcome, compared.design
    effects = estimate_treatment_effects(
        outcome,
        design,
        treatment=treatment,
        times_months=_choose_times(outcome, horizons_months),
        truncate=(weight_truncation, 1 - weight_truncation) if weight_truncation else None,
        ties=ties,
        conf_level=conf_level,
        n_replicates=n_replicates if outcome.n_subjects <= MOST_RESAMPLED else 0,
        seed=seed,
    )
    return ResultSet.collect(
        set_id,
        [
            *record_ratios(effects, set_id),
            *record_sensitivity(effects, set_id, alpha=alpha),
            *record_propensity(effects, set_id, levels, declared.levels),
            *record_standardised(effects, set_id, levels, declared.levels, horizons_months),
        ],
        frames={
            "terms": tabulate_terms(set_id),
            "balance": tabulate_balance(data, treatment, effects, find_scales(cohort, data)),
            "curve": tabulate_curves(effects, levels, outcome),
            "at_risk": tabulate_at_risk(
                {key: outcome.select(rows) for key, rows in compared.sides.items()},
                axis_step_months,
            ),
            **tabulate_behind(
                data,
                outcome,
                effects,
                set_id,
                levels=levels,
                eligible=count_eligible(cohort, treatment, where=where, needs=ENDPOINTS[endpoint]),
            ),
        },
        meta={
            **_describe_comparison(compared, effects, find_endpoint(cohort.terms, endpoint)),
            "title": title or f"{declared.label}, adjusted in several ways",
            "population": describe_where(cohort, where),
            "covariates": [name_covariate(cohort, one.name) for one in data.factors[1:]],
            "seed": seed,
            "weight_truncation": weight_truncation,
            "synthetic": cohort.synthetic,
        },
    )


def _describe_comparison(
    compared: Comparison, effects: TreatmentEffects, measured: Endpoint
) -> dict[str, Any]:
    declared, data = compared.declared, compared.model
    return {
        "groups": {key: declared.levels[key] for key in compared.levels.values()},
        "endpoint_label": measured.label,
        "time_label": measured.time_label,
        "event_noun": measured.event_noun,
        "factor_label": declared.label,
        "row_label": "Estimate",
        "known_at": declared.known_at,
        "missing": data.missing,
        "left_out": list(data.left_out),
        "n_replicates": effects.n_replicates,
        "n_failed": effects.n_failed,
        "most_resampled": MOST_RESAMPLED,
    }


def _choose_times(
    outcome: SurvivalOutcome, horizons_months: Sequence[float]
) -> NDArray[np.float64]:
    """Return evenly spaced times and the horizons, up to the last observation."""
    last = float(outcome.time_months.max())
    horizons = [horizon for horizon in horizons_months if horizon <= last]
    return np.unique([*np.linspace(0.0, last, 121), *horizons])
