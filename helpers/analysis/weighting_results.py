"""A weighted comparison as results and frames."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd

from helpers.analysis.e_values import COMMON_EVENT, add_e_value
from helpers.analysis.model_results import make_term_row, record_hazard_ratio
from helpers.results import Result
from helpers.stats.factors import Factor
from helpers.stats.outcome import SurvivalOutcome
from helpers.stats.survival import count_at_risk
from helpers.stats.treatment.effects import TreatmentEffects
from helpers.stats.treatment.sensitivity import (
    compute_e_value,
    find_detectable_hazard_ratio,
)

LABELS = {
    "crude": "Unadjusted",
    "adjusted": "Cox model with covariates",
    "iptw": "Inverse probability of treatment weights",
    "overlap": "Overlap weights",
}


def record_ratios(effects: TreatmentEffects, set_id: str) -> Iterator[Result]:
    """Yield the hazard ratio of each adjustment."""
    for name, fit in effects.fits.items():
        variance = "robust variance" if fit.is_robust else "Wald interval and p"
        limits = effects.intervals.get(name)
        extra: dict[str, Any] = {}
        if limits is not None:
            extra = {
                "bootstrap_lower": limits[0],
                "bootstrap_upper": limits[1],
                "n_replicates": float(effects.n_replicates - effects.n_failed),
            }
        found = record_hazard_ratio(
            fit,
            0,
            {
                "id": f"{set_id}.{name}.hr",
                "kind": "hazard_ratio",
                "label": LABELS[name],
                "n": fit.n_subjects,
                "events": fit.n_events,
                "quantities": extra,
                "method": f"Cox model, {fit.ties.capitalize()} ties, {variance}",
            },
        )
        yield found if name == "crude" else add_e_value(found)


def record_sensitivity(effects: TreatmentEffects, set_id: str, *, alpha: float) -> Iterator[Result]:
    """Yield what the weighted estimate can bear, and what the data could have shown."""
    fit = effects.fits["iptw"]
    ratio, lower, upper = (
        float(values[0]) for values in (fit.hazard_ratios, fit.ci_lower, fit.ci_upper)
    )
    n_events, n = fit.n_events, fit.n_subjects
    if all(map(np.isfinite, (ratio, lower, upper))):
        value = compute_e_value(ratio, lower, upper, common=n_events / n > COMMON_EVENT)
        yield Result(
            id=f"{set_id}.e_value",
            kind="statistic",
            label="E-value of the weighted hazard ratio",
            estimate=value.estimate,
            quantities={"limit": value.limit},
            n=n,
            events=n_events,
            method="E-value of VanderWeele and Ding",
        )
    share = float(effects.propensity.treated.mean())
    yield Result(
        id=f"{set_id}.detectable_hr",
        kind="statistic",
        label="Smallest hazard ratio detectable with a power of 80%",
        estimate=find_detectable_hazard_ratio(n_events, share, alpha=alpha),
        n=n,
        events=n_events,
        quantities={"alpha": alpha, "power": 0.8},
        method="Schoenfeld's formula",
    )


def record_propensity(
    effects: TreatmentEffects, set_id: str, levels: dict[bool, str], labels: Any
) -> Iterator[Result]:
    """Yield the overlap of the scores and the effective sizes."""
    fit, iptw = effects.propensity, effects.weights["iptw"]
    shared = find_overlap(effects)
    yield Result(
        id=f"{set_id}.propensity",
        kind="statistic",
        label="Overlap of the propensity scores",
        estimate=fit.c_statistic,
        n=len(fit.scores),
        quantities={
            "n_outside": float(np.count_nonzero(~shared)),
            "n_truncated": float(iptw.n_truncated),
            "largest_weight": float(iptw.weights.max()),
        },
        method="c-statistic of the logistic model of treatment",
    )
    for side, key in levels.items():
        quartiles = np.quantile(fit.scores[fit.treated == side], [0.25, 0.5, 0.75])
        yield Result(
            id=f"{set_id}.{key}.effective",
            kind="statistic",
            label=labels[key],
            estimate=iptw.effective_size[side],
            n=int(np.count_nonzero(fit.treated == side)),
            unit="patients",
            quantities=dict(
                zip(("score_q1", "score_median", "score_q3"), quartiles.tolist(), strict=True)
            ),
            method="effective sample size of Kish, inverse probability weights",
        )


def find_overlap(effects: TreatmentEffects) -> np.ndarray:
    """Return who has a score that occurs within the range of both groups."""
    fit = effects.propensity
    by_side = [fit.scores[fit.treated == side] for side in (False, True)]
    low, high = max(map(np.min, by_side)), min(map(np.max, by_side))
    return (fit.scores >= low) & (fit.scores <= high)


def record_standardised(
    effects: TreatmentEffects,
    set_id: str,
    levels: dict[bool, str],
    labels: Any,
    horizons_months: Sequence[float],
) -> Iterator[Result]:
    """Yield survival had all had one treatment, and the difference."""
    fit = effects.fits["adjusted"]
    conf_level = fit.conf_level if effects.intervals else None
    for horizon in horizons_months:
        found = np.flatnonzero(effects.times_months == horizon)
        if not len(found):
            continue
        at = int(found[0])
        method = "g-formula with the adjusted Cox model, bootstrap interval"
        for side, key in levels.items():
            lower, upper = _read_limits(effects.survival_limits[side][:, at])
            yield Result(
                id=f"{set_id}.{key}.standardised_{horizon:g}m",
                kind="probability",
                label=labels[key],
                estimate=float(effects.survival[side][at]),
                ci_lower=lower,
                ci_upper=upper,
                conf_level=conf_level,
                n=fit.n_subjects,
                quantities={"time_months": float(horizon)},
                method=method,
                population="all patients of the comparison",
            )
        lower, upper = _read_limits(effects.difference_limits[:, at])
        yield Result(
            id=f"{set_id}.difference_{horizon:g}m",
            kind="statistic",
            label=f"Difference of standardised survival at {horizon:g} months",
            estimate=float(effects.survival[True][at] - effects.survival[False][at]),
            ci_lower=lower,
            ci_upper=upper,
            conf_level=conf_level,
            n=fit.n_subjects,
            quantities={"time_months": float(horizon)},
            method=method,
        )


def _read_limits(limits: np.ndarray) -> tuple[float | None, float | None]:
    lower, upper = (float(value) if np.isfinite(value) else None for value in limits)
    return lower, upper


def tabulate_terms(set_id: str) -> pd.DataFrame:
    """Return the rows of table and forest plot."""
    return pd.DataFrame(
        [
            make_term_row(name, label, "hr", label, f"{set_id}.{name}.hr")
            for name, label in LABELS.items()
        ]
    )


def name_level(factor: Factor, label: str) -> str:
    """Return what a row of the balance table is called."""
    return factor.label if label.casefold() == "yes" else f"{factor.label}: {label}"


def list_shown(factor: Factor) -> tuple[Any, ...]:
    """Return the levels that say all: of two, the one that is not the reference."""
    if len(factor.levels) > 2:
        return factor.levels
    return tuple(level for level in factor.levels if level != factor.reference)


def tabulate_curves(
    effects: TreatmentEffects, levels: dict[bool, str], outcome: SurvivalOutcome
) -> pd.DataFrame:
    """Return the standardised curves, with who of each treatment was at risk."""
    times = effects.times_months
    treated = effects.propensity.treated
    return pd.concat(
        [
            pd.DataFrame(
                {
                    "group": key,
                    "time_months": times,
                    "n_at_risk": count_at_risk(outcome.select(treated == side), times)[
                        "n_at_risk"
                    ].to_numpy(),
                    "n_events": 0,
                    "n_censored": 0,
                    "estimate": effects.survival[side],
                    "ci_lower": effects.survival_limits[side][0],
                    "ci_upper": effects.survival_limits[side][1],
                }
            )
            for side, key in levels.items()
        ],
        ignore_index=True,
    )
