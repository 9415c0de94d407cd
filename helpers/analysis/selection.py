"""From the univariate screen to the multivariable model, step by step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import pandas as pd

from helpers.analysis.model_data import prepare_model
from helpers.analysis.subset import Where, describe_where, explain_omission, find_endpoint
from helpers.analysis.survival_results import read_outcome
from helpers.errors import NotComputableError
from helpers.results import Result, ResultSet
from helpers.stats.selection import SelectionStep, select_stepwise

if TYPE_CHECKING:
    from helpers.cohort import Cohort


def list_candidates(screen: ResultSet, *, entry_p: float) -> list[str]:
    """Return the factors of a screen whose p-value is below `entry_p`, in its order.

    Parameters
    ----------
    screen : ResultSet
        Of :func:`screen_factors`.
    entry_p : float
        0 to 1.

    Returns
    -------
    list of str
        Empty where the screen could not be made.
    """
    if not screen.is_computable:
        return []
    factors = dict.fromkeys(screen.frames["factors"]["factor"])
    tests = {name: screen.find(f"{name}.logrank") or screen[f"{name}.test"] for name in factors}
    return [name for name, test in tests.items() if (test.p_value or 0) < entry_p]


@explain_omission
def select_model(
    cohort: Cohort,
    *,
    set_id: str,
    candidates: Sequence[str],
    endpoint: str = "os",
    where: Where | None = None,
    title: str = "Path of the stepwise selection",
    direction: str = "forward",
    entry_p: float = 0.15,
    stay_p: float = 0.15,
    criterion: str = "score",
    ties: str = "efron",
) -> ResultSet:
    """Select the factors of the multivariable model step by step.

    Parameters
    ----------
    cohort : Cohort
        Whose analysis table is used.
    set_id : str
        Beginning of the results' ids.
    candidates : sequence of str
        Factors that may enter.
    endpoint : str
        Key of :data:`helpers.analysis.subset.ENDPOINTS`.
    where : mapping, optional
        Subset.
    title : str
        Of the table.
    direction : str
        ``forward``, ``backward`` or ``both``; ``none`` takes all candidates.
    entry_p, stay_p : float
        Below which a factor enters and stays.
    criterion : str
        ``wald``, ``lr`` or ``score``.
    ties : str
        ``efron`` or ``breslow``.

    Returns
    -------
    ResultSet
        ``<id>.<step>`` for each step. Frame ``steps``; meta ``selected``.
    """
    measured = find_endpoint(cohort.terms, endpoint)
    if not candidates:
        raise NotComputableError("no factor of the univariate screen may enter the model")
    data = prepare_model(cohort, candidates, where=where, needs=[measured.time, measured.event])
    labels = {factor.name: factor.label for factor in data.factors}
    outcome = read_outcome(data.frame, measured)
    events = int(outcome.event.sum())
    selected, steps = list(labels), []
    if direction != "none":
        selection = select_stepwise(
            outcome,
            data.frame,
            data.factors,
            direction=direction,
            entry_p=entry_p,
            stay_p=stay_p,
            criterion=criterion,
            ties=ties,
        )
        selected, steps = list(selection.selected), list(selection.steps)
    results = [
        _record_step(step, set_id, label=labels[step.factor], n=len(data.frame), events=events)
        for step in steps
    ]
    return ResultSet.collect(
        set_id,
        results,
        frames={"steps": _tabulate_steps(steps, labels)},
        meta={
            "title": title if direction != "none" else "Factors offered to the model",
            "population": describe_where(cohort, where),
            "endpoint_label": measured.label,
            "groups": {},
            "selected": selected,
            "selected_labels": [labels[name] for name in selected],
            "candidates": [labels[name] for name in labels],
            "direction": direction,
            "entry_p": entry_p,
            "stay_p": stay_p,
            "criterion": criterion,
            "n": len(data.frame),
            "events": events,
            "missing": data.missing,
            "left_out": list(data.left_out),
            "synthetic": cohort.synthetic,
        },
    )


def _record_step(step: SelectionStep, set_id: str, *, label: str, n: int, events: int) -> Result:
    return Result(
        id=f"{set_id}.{step.step}",
        kind="test",
        label=f"{step.action} {label}",
        statistic=step.statistic,
        df=step.df,
        p_value=step.p_value,
        n=n,
        events=events,
        method=f"{step.criterion} test",
    )


def _tabulate_steps(steps: Sequence[SelectionStep], labels: Mapping[str, str]) -> pd.DataFrame:
    columns = ("step", "action", "factor", "statistic", "df", "p_value", "criterion")
    rows = [{name: getattr(step, name) for name in columns} for step in steps]
    frame = pd.DataFrame(rows, columns=columns)
    frame.insert(3, "factor_label", frame["factor"].map(labels))
    return frame
