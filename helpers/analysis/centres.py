"""A model from centre to centre: ignored, stratified, clustered, and without each of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from helpers.analysis.model_data import ModelData, prepare_model
from helpers.analysis.model_results import SLOPE, make_term_row, record_hazard_ratio
from helpers.analysis.populations import (
    Population,
    describe_whole,
    list_levels,
    tabulate_populations,
)
from helpers.analysis.subset import Where, describe_where, explain_omission, find_endpoint
from helpers.analysis.survival_results import read_outcome
from helpers.errors import NotComputableError, StatisticsError
from helpers.results import Result, ResultSet
from helpers.stats.cox import fit_cox
from helpers.stats.cox_result import CoxFit
from helpers.stats.design import build_design
from helpers.stats.factors import Factor
from helpers.stats.outcome import SurvivalOutcome

if TYPE_CHECKING:
    from helpers.cohort import Cohort

_CENTRE = "centre"
_LABELS = {
    "ignored": "Centre ignored",
    "stratified": "Stratified by centre",
    "clustered": "Clustered by centre",
}


@explain_omission
def compare_centres(
    cohort: Cohort,
    *,
    set_id: str,
    factors: Sequence[str],
    endpoint: str = "os",
    where: Where | None = None,
    title: str = "",
    ties: str = "efron",
    conf_level: float = 0.95,
) -> ResultSet:
    """Fit a model with its centres ignored, stratified, clustered, and left out one by one.

    Parameters
    ----------
    cohort : Cohort
        Whose analysis table is used; the column ``centre`` holds the centres.
    set_id, factors, endpoint, where, title, ties, conf_level
        As in :func:`helpers.analysis.models.fit_survival_model`.

    Returns
    -------
    ResultSet
        For each level that is no reference, ``<id>.<factor>.<level>.ignored``, ``.stratified``,
        ``.clustered`` and ``.left_out`` (the smallest and largest hazard ratio when one centre
        at a time is left out, in its `quantities`). No centre is named. Frame ``terms``.

    References
    ----------
    Glidden DV, Vittinghoff E (2004), Stat Med 23:369-388.
    """
    measured = find_endpoint(cohort.terms, endpoint)
    needs = [measured.time, measured.event, _CENTRE]
    data = prepare_model(cohort, factors, where=where, needs=needs)
    centres = data.frame[_CENTRE].astype(str).to_numpy()
    if len(np.unique(centres)) < 2:
        raise NotComputableError("the patients come from one centre.")
    outcome, design = read_outcome(data.frame, measured), build_design(data.frame, data.factors)
    options: dict[str, Any] = {"ties": ties, "conf_level": conf_level}
    fits = {
        "ignored": fit_cox(outcome, design, **options),
        "stratified": fit_cox(outcome, design, strata=centres, **options),
        "clustered": fit_cox(outcome, design, cluster=centres, **options),
    }
    without = [_leave_out(outcome, data, centres != one, **options) for one in np.unique(centres)]
    results = [
        result
        for i, (factor, level, key, _) in enumerate(_list_levels(data))
        for prefix in [f"{set_id}.{factor.name}.{key}"]
        for result in (
            *(_record_fit(fit, i, prefix, name) for name, fit in fits.items()),
            _record_range(without, factor.name, level, f"{prefix}.left_out"),
        )
    ]
    return ResultSet.collect(
        set_id,
        results,
        frames={
            "terms": pd.DataFrame(_list_centre_rows(data, set_id)),
            "populations": tabulate_populations(_list_populations(data, outcome, set_id)),
            "without": _tabulate_without(data, outcome, centres, without, set_id),
        },
        meta={
            "title": title or "The model from centre to centre",
            "population": describe_where(cohort, where),
            "endpoint_label": measured.label,
            "event_noun": measured.event_noun,
            "n_centres": len(without),
            "missing": data.missing,
            "left_out": list(data.left_out),
            "synthetic": cohort.synthetic,
        },
    )


def _list_levels(data: ModelData) -> Iterator[tuple[Factor, Any, str, str]]:
    """Yield the levels that are no reference, with keys and labels, as the model's terms are."""
    for factor in data.factors:
        if factor.is_numeric:
            yield factor, None, SLOPE, factor.label
        for level, label in zip(factor.levels, factor.level_labels, strict=True):
            if level != factor.reference:
                yield factor, level, str(level), f"{factor.label}: {label}"


def _list_centre_rows(data: ModelData, set_id: str) -> list[dict[str, Any]]:
    return [
        make_term_row(
            f"{factor.name}.{key}", label, name, words, f"{set_id}.{factor.name}.{key}.{name}"
        )
        for factor, _, key, label in _list_levels(data)
        for name, words in _LABELS.items()
    ]


def _list_populations(
    data: ModelData, outcome: SurvivalOutcome, set_id: str
) -> Iterator[Population]:
    """Yield all patients and the levels of the factors."""
    ways = (*_LABELS, "left_out")
    behind = {
        (factor.name, key): tuple(f"{set_id}.{factor.name}.{key}.{way}" for way in ways)
        for factor, _, key, _ in _list_levels(data)
    }
    yield describe_whole(outcome, [one for ids in behind.values() for one in ids])
    yield from list_levels(data.frame, outcome, data.factors, "whole", behind)


def _tabulate_without(
    data: ModelData,
    outcome: SurvivalOutcome,
    centres: NDArray[np.str_],
    without: Sequence[Mapping[tuple[str, Any], float]],
    set_id: str,
) -> pd.DataFrame:
    """Return the hazard ratios without each centre, with the centre's patients and events."""
    rows = []
    for name, ratios in zip(np.unique(centres), without, strict=True):
        members = centres == name
        size = int(np.count_nonzero(members)), int(np.count_nonzero(outcome.event[members]))
        rows += [
            (f"{set_id}.{factor.name}.{key}.left_out", *size, ratios.get((factor.name, level)))
            for factor, level, key, _ in _list_levels(data)
        ]
    return pd.DataFrame(rows, columns=["result_id", "n", "events", "ratio"])


def _record_fit(fit: CoxFit, position: int, prefix: str, name: str) -> Result:
    return record_hazard_ratio(
        fit,
        position,
        {
            "id": f"{prefix}.{name}",
            "kind": "hazard_ratio",
            "label": _LABELS[name],
            "n": fit.n_subjects,
            "events": fit.n_events,
            "method": f"Cox model, {fit.ties.capitalize()} ties, {_LABELS[name].lower()}",
        },
    )


def _leave_out(
    outcome: SurvivalOutcome, data: ModelData, kept: NDArray[np.bool_], **options: Any
) -> dict[tuple[str, Any], float]:
    """Return the hazard ratios without a centre, by factor and level; none where it fails."""
    try:
        design = build_design(data.frame.loc[kept], data.factors)
        fit = fit_cox(outcome.select(kept), design, **options)
    except StatisticsError:
        return {}
    ratios = zip(fit.terms, fit.hazard_ratios, fit.infinite, strict=True)
    return {
        (term.factor, term.level): float(ratio) for term, ratio, infinite in ratios if not infinite
    }


def _record_range(
    without: Sequence[Mapping[tuple[str, Any], float]], factor: str, level: Any, result_id: str
) -> Result:
    """Return how far the hazard ratio moves when one centre is left out."""
    ratios = [known[factor, level] for known in without if (factor, level) in known]
    shared: dict[str, Any] = {
        "id": result_id,
        "kind": "statistic",
        "label": "One centre left out",
        "method": "smallest and largest hazard ratio with one centre left out",
    }
    if not ratios:
        reason = "no model could be fitted without a centre"
        return Result(status="not_computable", reason=reason, **shared)
    return Result(
        estimate=float(np.median(ratios)),
        quantities={
            "lowest": min(ratios),
            "highest": max(ratios),
            "n_centres": float(len(without)),
            "n_fitted": float(len(ratios)),
        },
        **shared,
    )
