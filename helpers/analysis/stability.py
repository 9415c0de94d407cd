"""How far a selected model would be selected again, and what it is worth on new patients."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from helpers.analysis.model_data import ModelData, prepare_model
from helpers.analysis.populations import describe_whole, tabulate_populations
from helpers.analysis.subset import (
    Where,
    describe_where,
    explain_omission,
    find_endpoint,
    get_factor,
    select_patients,
)
from helpers.analysis.survival_results import read_outcome
from helpers.analysis.weighting import MOST_RESAMPLED
from helpers.errors import NotComputableError
from helpers.results import Result, ResultSet
from helpers.stats.mapped import MapChunks
from helpers.stats.validation import ValidatedSelection, validate_selection

if TYPE_CHECKING:
    from helpers.cohort import Cohort

#: A selection is a hundred times dearer than an estimate; more samples change frequencies little.
MOST_REPLICATES = 100


@explain_omission
def validate_model(
    cohort: Cohort,
    *,
    set_id: str,
    factors: Sequence[str],
    offered: Sequence[str] = (),
    endpoint: str = "os",
    where: Where | None = None,
    title: str = "Selection repeated in bootstrap samples",
    direction: str = "forward",
    entry_p: float = 0.15,
    stay_p: float = 0.15,
    criterion: str = "score",
    ties: str = "efron",
    n_replicates: int = 100,
    seed: int = 0,
    map_chunks: MapChunks | None = None,
) -> ResultSet:
    """Repeat screening and stepwise selection in bootstrap samples.

    Parameters
    ----------
    cohort : Cohort
        Whose analysis table is used.
    set_id : str
        Beginning of the results' ids.
    factors : sequence of str
        Of the univariate screen. One that is not known of every patient who is drawn from is
        left out, for the samples are of complete patients.
    offered : sequence of str
        Factors that the screen of the data offers to the selection: those of whom all of these
        are known are drawn from, as they are the patients of the selection itself.
    endpoint, where
        As in :func:`helpers.analysis.models.fit_survival_model`.
    title : str
        Of the table.
    direction, entry_p, stay_p, criterion, ties
        As in :func:`helpers.analysis.selection.select_model`; `entry_p` is the level of the
        screen as well.
    n_replicates, seed : int
        Of the bootstrap; at most :data:`MOST_REPLICATES` are made.
    map_chunks : callable, optional
        Where the samples are looked at; see :func:`helpers.stats.validation.validate_selection`.

    Returns
    -------
    ResultSet
        ``<id>.<factor>.frequency``, ``<id>.c`` (corrected; the apparent one and the optimism in
        its `quantities`) and ``<id>.slope``. Frame ``rows``: factor, label, frequency,
        is_selected.
    """
    measured = find_endpoint(cohort.terms, endpoint)
    if n_replicates < 1:
        raise NotComputableError("no bootstrap is asked for (bootstrap_replicates).")
    needs = [measured.time, measured.event]
    data, partly = _take_complete(cohort, factors, offered, where=where, needs=needs)
    outcome = read_outcome(data.frame, measured)
    made = validate_selection(
        outcome,
        data.frame,
        data.factors,
        screen_p=entry_p,
        n_replicates=min(n_replicates, MOST_REPLICATES),
        seed=seed,
        ties=ties,
        map_chunks=map_chunks,
        direction=direction,
        entry_p=entry_p,
        stay_p=stay_p,
        criterion=criterion,
    )
    shared = {"n": outcome.n_subjects, "events": outcome.n_events}
    return ResultSet.collect(
        set_id,
        _record(made, data, set_id, shared),
        frames={
            "rows": _tabulate(made, data),
            "populations": tabulate_populations(
                [describe_whole(outcome, (f"{set_id}.c", f"{set_id}.slope"))]
            ),
        },
        meta={
            "title": title,
            "population": describe_where(cohort, where),
            "endpoint_label": measured.label,
            "event_noun": measured.event_noun,
            "n_replicates": made.n_replicates,
            "n_failed": made.n_failed,
            "n_models": len(made.models),
            "seed": seed,
            "missing": data.missing,
            "left_out": [*data.left_out, *partly],
            "synthetic": cohort.synthetic,
        },
    )


def _take_complete(
    cohort: Cohort,
    factors: Sequence[str],
    offered: Sequence[str],
    *,
    where: Where | None,
    needs: Sequence[str],
) -> tuple[ModelData, list[str]]:
    """Return the factors that are known of every patient, and why others are left out."""
    frame = select_patients(cohort, where=where, needs=needs)
    frame = frame.dropna(subset=[*needs, *(name for name in offered if name in frame)])
    if len(frame) > MOST_RESAMPLED:
        raise NotComputableError(
            f"a bootstrap of the selection is made of at most {MOST_RESAMPLED:,} patients."
        )
    usable, partly = [], []
    for name in dict.fromkeys(factors):
        label = get_factor(cohort, name).label
        if name in frame and frame[name].notna().all():
            usable.append(name)
        else:
            partly.append(f"{label} is not known of every patient.")
    if not usable:
        raise NotComputableError("no factor of the screen is known of every patient.")
    return prepare_model(cohort, usable, where=where, needs=needs), partly


def _record(
    made: ValidatedSelection, data: ModelData, set_id: str, shared: dict[str, Any]
) -> list[Result]:
    method = f"bootstrap of screening and selection, {made.n_replicates} samples"
    results = [
        Result(
            id=f"{set_id}.{factor.name}.frequency",
            kind="statistic",
            label=factor.label,
            estimate=made.frequencies[factor.name],
            method=method,
        )
        for factor in data.factors
    ]
    results.append(
        Result(
            id=f"{set_id}.c",
            kind="statistic",
            label="Harrell's C, corrected for optimism",
            estimate=made.corrected_c,
            quantities={"apparent": made.apparent_c, "optimism": made.optimism},
            method=method,
            **shared,
        )
    )
    if made.calibration_slope is not None:
        results.append(
            Result(
                id=f"{set_id}.slope",
                kind="statistic",
                label="Calibration slope, corrected for optimism",
                estimate=made.calibration_slope,
                method=method,
                **shared,
            )
        )
    return results


def _tabulate(made: ValidatedSelection, data: ModelData) -> pd.DataFrame:
    rows = [
        {
            "factor": factor.name,
            "label": factor.label,
            "frequency": made.frequencies[factor.name],
            "is_selected": factor.name in made.selected,
        }
        for factor in data.factors
    ]
    frame = pd.DataFrame(rows)
    return frame.sort_values("frequency", ascending=False, kind="stable").reset_index(drop=True)
