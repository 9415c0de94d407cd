"""The effect of one factor in subgroups."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from helpers.analysis.comparison_results import record_comparison
from helpers.analysis.model_data import ModelData, prepare_model
from helpers.analysis.model_results import make_term_row, record_hazard_ratio
from helpers.analysis.populations import (
    EVERYONE,
    Population,
    count_population,
    tabulate_populations,
)
from helpers.analysis.subset import (
    Where,
    describe_where,
    explain_omission,
    find_endpoint,
    get_factor,
    name_covariate,
)
from helpers.analysis.survival_results import read_outcome
from helpers.errors import NotComputableError, StatisticsError
from helpers.results import Result, ResultSet
from helpers.stats.cox import fit_cox
from helpers.stats.design import build_design
from helpers.stats.factors import Factor
from helpers.stats.interaction import compare_effects
from helpers.stats.outcome import SurvivalOutcome

if TYPE_CHECKING:
    from helpers.cohort import Cohort


@explain_omission
def compare_subgroups(
    cohort: Cohort,
    *,
    set_id: str,
    group: str,
    subgroups: Sequence[str],
    endpoint: str = "os",
    where: Where | None = None,
    title: str = "",
    ties: str = "efron",
    conf_level: float = 0.95,
) -> ResultSet:
    """Estimate the hazard ratio of a group of two levels within the levels of other factors.

    Parameters
    ----------
    cohort : Cohort
        Whose analysis table is used.
    set_id : str
        Beginning of the results' ids.
    group : str
        Factor of two levels whose effect is looked at.
    subgroups : sequence of str
        Factors whose levels are the subgroups.
    endpoint, where, title, ties, conf_level
        As in :func:`helpers.analysis.models.fit_survival_model`.

    Returns
    -------
    ResultSet
        ``<id>.overall.hr``, ``<id>.<factor>.<level>.hr`` (without a p-value: a subgroup is not
        a trial) and ``<id>.<factor>.interaction``. Frame ``terms``.
    """
    declared = get_factor(cohort, group)
    measured = find_endpoint(cohort.terms, endpoint)
    needs = [measured.time, measured.event]
    whole = prepare_model(cohort, [group], where=where, needs=needs)
    effect = whole.factors[0]
    if len(effect.levels) != 2:
        raise NotComputableError(f"{declared.label} must have two levels to be compared.")
    options = {"ties": ties, "conf_level": conf_level}
    outcome = read_outcome(whole.frame, measured)
    results = [_fit(outcome, whole.frame, effect, f"{set_id}.overall.hr", "All", **options)]
    rows = [make_term_row("overall", "All patients", "hr", "All patients", f"{set_id}.overall.hr")]
    behind = list(_list_whole(whole, outcome, set_id))
    left_out: list[str] = []
    for name in subgroups:
        if not get_factor(cohort, name).levels:
            left_out.append(f"{name_covariate(cohort, name)} is a number.")
            continue
        try:
            data = prepare_model(cohort, [group, name], where=where, needs=needs)
        except NotComputableError as error:
            left_out.append(str(error))
            continue
        left_out += data.left_out
        if len(data.factors) < 2:
            continue
        split = read_outcome(data.frame, measured)
        made, lines = _split(data, set_id, split, **options)
        results += made
        rows += lines
        behind += _list_split(data, split, set_id)
    return ResultSet.collect(
        set_id,
        results,
        frames={"terms": pd.DataFrame(rows), "populations": tabulate_populations(behind)},
        meta={
            "title": title or f"{declared.label} in subgroups",
            "population": describe_where(cohort, where),
            "endpoint_label": measured.label,
            "event_noun": measured.event_noun,
            "factor_label": declared.label,
            "contrast": _name_contrast(effect),
            "left_out": list(dict.fromkeys(left_out)),
            "synthetic": cohort.synthetic,
        },
    )


def _split(
    data: ModelData, set_id: str, outcome: SurvivalOutcome, **options: Any
) -> tuple[list[Result], list[dict[str, Any]]]:
    """Return the hazard ratios within the levels of the second factor, and their test."""
    effect, by = data.factors
    column = data.frame[by.name].to_numpy()
    results, rows = [], []
    for level, label in zip(by.levels, by.level_labels, strict=True):
        key = f"{set_id}.{by.name}.{level}.hr"
        members = column == level
        results.append(
            _fit(outcome.select(members), data.frame.loc[members], effect, key, label, **options)
        )
        rows.append(make_term_row(by.name, by.label, str(level), label, key))
    test = record_comparison(
        lambda: replace(
            compare_effects(
                outcome,
                build_design(data.frame, data.factors),
                effect.name,
                by.name,
                ties=options["ties"],
            ),
            method="likelihood ratio test of the interaction",
        ),
        f"{set_id}.{by.name}.interaction",
        label=by.label,
        n=len(data.frame),
        events=outcome.n_events,
    )
    return [*results, test], rows


def _list_whole(data: ModelData, outcome: SurvivalOutcome, set_id: str) -> Iterator[Population]:
    """Yield all patients, and those of either group."""
    result_id = f"{set_id}.overall.hr"
    everyone = np.ones(len(data.frame), dtype=bool)
    yield count_population(
        outcome,
        everyone,
        key="overall",
        parts_of=((EVERYONE, "compared"),),
        is_whole=True,
        counted_by=(result_id,),
    )
    for level, members in _split_groups(data):
        column = f"column/{level}"
        yield Population(key=column, n=int(np.count_nonzero(members)), printed="elsewhere")
        yield count_population(
            outcome,
            members,
            key=f"overall/{level}",
            parts_of=(("overall", "groups"), (column, "same")),
            behind=(result_id,),
        )


def _list_split(data: ModelData, outcome: SurvivalOutcome, set_id: str) -> Iterator[Population]:
    """Yield those of whom a factor is known, those of each level, and of either group therein."""
    by = data.factors[1]
    column, test = data.frame[by.name].to_numpy(), f"{set_id}.{by.name}.interaction"
    yield count_population(
        outcome,
        np.ones(len(column), dtype=bool),
        key=by.name,
        parts_of=(("overall", by.name),),
        counted_by=(test,),
    )
    groups = dict(_split_groups(data))
    for group, members in groups.items():
        yield count_population(
            outcome,
            members,
            key=f"{by.name}/{group}",
            parts_of=((by.name, "groups"), (f"column/{group}", by.name)),
            printed="elsewhere",
            events_printed="nowhere",
        )
    for level in by.levels:
        key, result_id = f"{by.name}.{level}", f"{set_id}.{by.name}.{level}.hr"
        yield count_population(
            outcome,
            column == level,
            key=key,
            parts_of=((by.name, "levels"),),
            margin=(by.name, str(level)),
            counted_by=(result_id,),
            behind=(test,),
        )
        for group, members in groups.items():
            yield count_population(
                outcome,
                members & (column == level),
                key=f"{key}/{group}",
                parts_of=((key, "groups"), (f"{by.name}/{group}", "levels")),
                printed="elsewhere",
                events_printed="nowhere",
                behind=(result_id, test),
            )


def _split_groups(data: ModelData) -> Iterator[tuple[str, NDArray[np.bool_]]]:
    """Yield who is in either group; tables of the groups print how many have each level."""
    effect = data.factors[0]
    column = data.frame[effect.name].to_numpy()
    for level in effect.levels:
        yield str(level), column == level


def _fit(
    outcome: SurvivalOutcome,
    frame: pd.DataFrame,
    effect: Factor,
    result_id: str,
    label: str,
    **options: Any,
) -> Result:
    shared: dict[str, Any] = {
        "id": result_id,
        "kind": "hazard_ratio",
        "label": label,
        "n": outcome.n_subjects,
        "events": outcome.n_events,
        "method": f"Cox model, {options['ties'].capitalize()} ties, Wald interval",
    }
    try:
        fit = fit_cox(outcome, build_design(frame, [effect]), **options)
    except StatisticsError as error:
        return Result(status="not_computable", reason=str(error), **shared)
    return replace(record_hazard_ratio(fit, 0, shared), p_value=None)


def _name_contrast(effect: Factor) -> str:
    labels = dict(zip(effect.levels, effect.level_labels, strict=True))
    other = next(level for level in effect.levels if level != effect.reference)
    return f"{labels[other]} against {labels[effect.reference]}"
