"""Survival of two treatments' patients, weighted to make them alike."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from helpers.analysis.comparison_results import record_comparison
from helpers.analysis.subset import Endpoint, Where, describe_where, explain_omission, find_endpoint
from helpers.analysis.survival_results import tabulate_at_risk
from helpers.analysis.weighting import MOST_RESAMPLED
from helpers.analysis.weighting_data import Comparison, prepare_comparison
from helpers.analysis.weighting_populations import count_eligible, tabulate_curves_behind
from helpers.results import Result, ResultSet
from helpers.stats.cox import fit_cox
from helpers.stats.diagnostics import test_proportional_hazards
from helpers.stats.survival import count_at_risk
from helpers.stats.treatment.weighted_curves import WeightedSurvival, estimate_weighted_survival

if TYPE_CHECKING:
    from helpers.cohort import Cohort

#: Steps of a curve that are kept; more cannot be told apart in print.
_MOST_STEPS = 400
_METHOD = "Kaplan-Meier estimate weighted by inverse probability, bootstrap interval"


@explain_omission
def estimate_weighted_curves(
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
    """Estimate survival by treatment, weighted by inverse probability, and how far it differs.

    Parameters
    ----------
    cohort, set_id, treatment, covariates, endpoint, where, title, horizons_months, \
weight_truncation, n_replicates, seed, ties, conf_level, axis_step_months
        As in :func:`helpers.analysis.weighting.estimate_weighted_effect`.
    alpha : float
        Level below which the hazards are said not to be proportional.

    Returns
    -------
    ResultSet
        ``<id>.<level>.surv_<h>m``; ``<id>.rmst_difference``, of the means restricted to the end
        of the follow-up that both groups have; ``<id>.ph``, whether the hazards of the weighted
        groups are proportional. Frames ``curve`` and ``at_risk`` (of the patients, not weighted).
    """
    data = prepare_comparison(cohort, treatment, covariates, endpoint=endpoint, where=where)
    effects = estimate_weighted_survival(
        data.outcome,
        data.design.select([factor.name for factor in data.model.factors[1:]]),
        data.treated,
        _choose_times(data, horizons_months),
        truncate=(weight_truncation, 1 - weight_truncation) if weight_truncation else None,
        conf_level=conf_level,
        n_replicates=n_replicates if data.outcome.n_subjects <= MOST_RESAMPLED else 0,
        seed=seed,
    )
    measured = find_endpoint(cohort.terms, endpoint)
    return ResultSet.collect(
        set_id,
        [
            *_record_survival(effects, data, set_id, horizons_months, conf_level),
            _record_difference(effects, data, set_id, conf_level),
            _test_proportionality(effects, data, set_id, ties=ties, alpha=alpha),
        ],
        frames={
            "curve": _tabulate(effects, data),
            "at_risk": tabulate_at_risk(
                {key: data.outcome.select(rows) for key, rows in data.sides.items()},
                axis_step_months,
            ),
            **tabulate_curves_behind(
                data,
                set_id,
                count_eligible(
                    cohort, treatment, where=where, needs=[measured.time, measured.event]
                ),
            ),
        },
        meta={
            "title": title or data.declared.label,
            "population": describe_where(cohort, where),
            **_describe(data, effects, measured),
            "seed": seed,
            "weight_truncation": weight_truncation,
            "synthetic": cohort.synthetic,
        },
    )


def _describe(data: Comparison, effects: WeightedSurvival, measured: Endpoint) -> dict[str, Any]:
    return {
        "groups": {key: data.declared.levels[key] for key in data.levels.values()},
        "endpoint_label": measured.label,
        "time_label": measured.time_label,
        "event_noun": measured.event_noun,
        "factor_label": data.declared.label,
        "known_at": data.declared.known_at,
        "missing": data.model.missing,
        "n_replicates": effects.n_replicates,
        "n_failed": effects.n_failed,
        "most_resampled": MOST_RESAMPLED,
        "n_truncated": effects.weights.n_truncated,
    }


def _choose_times(data: Comparison, horizons_months: Sequence[float]) -> NDArray[np.float64]:
    """Return zero, the times of events or as many of their quantiles, the horizons, the ends."""
    outcome = data.outcome
    steps = np.unique(outcome.time_months[outcome.event])
    if len(steps) > _MOST_STEPS:
        steps = np.quantile(steps, np.linspace(0, 1, _MOST_STEPS))
    ends = [float(outcome.time_months[rows].max()) for rows in data.sides.values()]
    horizons = [horizon for horizon in horizons_months if horizon <= max(ends)]
    return np.unique([0.0, *steps, *horizons, *ends])


def _record_survival(
    effects: WeightedSurvival,
    data: Comparison,
    set_id: str,
    horizons_months: Sequence[float],
    conf_level: float,
) -> Iterator[Result]:
    for horizon in horizons_months:
        found = np.flatnonzero(effects.times_months == horizon)
        for side, key in data.levels.items():
            if not len(found) or horizon > data.outcome.time_months[data.sides[key]].max():
                continue
            limits = [float(one) for one in effects.limits[side][:, found[0]]]
            lower, upper = limits if np.isfinite(limits).all() else (None, None)
            yield Result(
                id=f"{set_id}.{key}.surv_{horizon:g}m",
                kind="probability",
                label=data.declared.levels[key],
                estimate=float(effects.survival[side][found[0]]),
                ci_lower=lower,
                ci_upper=upper,
                conf_level=None if lower is None else conf_level,
                n=int(data.sides[key].sum()),
                quantities={"time_months": float(horizon)},
                method=_METHOD,
            )


def _record_difference(
    effects: WeightedSurvival, data: Comparison, set_id: str, conf_level: float
) -> Result:
    labels = [data.declared.levels[key] for key in data.levels.values()]
    lower, upper = effects.difference_limits or (None, None)
    return Result(
        id=f"{set_id}.rmst_difference",
        kind="restricted_mean",
        label=f"{labels[1]} against {labels[0]}",
        estimate=effects.difference,
        std_error=effects.difference_error,
        ci_lower=lower,
        ci_upper=upper,
        conf_level=None if lower is None else conf_level,
        n=data.outcome.n_subjects,
        events=data.outcome.n_events,
        unit="months",
        quantities={
            "horizon_months": effects.horizon_months,
            "first_months": effects.restricted_means[True],
            "second_months": effects.restricted_means[False],
        },
        method="difference of areas under weighted Kaplan-Meier curves, bootstrap interval",
    )


def _test_proportionality(
    effects: WeightedSurvival, data: Comparison, set_id: str, *, ties: str, alpha: float
) -> Result:
    weighted = replace(data.outcome, weights=effects.weights.weights)
    alone = data.design.select([data.declared.name])
    tested: dict[str, Any] = {"n": data.outcome.n_subjects, "events": data.outcome.n_events}
    found = record_comparison(
        lambda: (
            test_proportional_hazards(fit_cox(weighted, alone, robust=True, ties=ties)).global_test
        ),
        f"{set_id}.ph",
        label=data.declared.label,
        **tested,
    )
    return replace(found, quantities={**found.quantities, "alpha": alpha})


def _tabulate(effects: WeightedSurvival, data: Comparison) -> pd.DataFrame:
    """Return each curve up to the end of its patients' follow-up."""
    frames = []
    for side, key in data.levels.items():
        members = data.outcome.select(data.sides[key])
        shown = effects.times_months <= members.time_months.max()
        times = effects.times_months[shown]
        columns: Mapping[str, Any] = {
            "group": key,
            "time_months": times,
            "n_at_risk": count_at_risk(members, times)["n_at_risk"].to_numpy(),
            "n_events": 0,
            "n_censored": 0,
            "estimate": effects.survival[side][shown],
            "ci_lower": effects.limits[side][0][shown],
            "ci_upper": effects.limits[side][1][shown],
        }
        frames.append(pd.DataFrame(columns))
    return pd.concat(frames, ignore_index=True)
