"""The patients behind a weighted comparison."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from helpers.analysis.model_data import ModelData
from helpers.analysis.populations import (
    Population,
    count_population,
    describe_whole,
    tabulate_populations,
)
from helpers.analysis.subset import Where, select_patients
from helpers.analysis.weighting_data import Comparison
from helpers.analysis.weighting_results import find_overlap, list_shown, name_level
from helpers.stats.outcome import SurvivalOutcome
from helpers.stats.treatment.effects import TreatmentEffects

if TYPE_CHECKING:
    from helpers.cohort import Cohort

_WHOLE = "whole"


def count_eligible(
    cohort: Cohort, treatment: str, *, where: Where | None, needs: Sequence[str]
) -> dict[str, int]:
    """Return how many had each treatment, whether their covariates are known or not."""
    frame = select_patients(cohort, where=where, needs=needs).dropna(subset=list(needs))
    counts = frame[treatment].value_counts()
    return {str(level): int(count) for level, count in counts.items()}


def tabulate_behind(
    data: ModelData,
    outcome: SurvivalOutcome,
    effects: TreatmentEffects,
    set_id: str,
    *,
    levels: Mapping[bool, str],
    eligible: Mapping[str, int],
) -> dict[str, pd.DataFrame]:
    """Return the frames that disclosure control reads.

    Parameters
    ----------
    data, outcome, effects
        Of the comparison.
    set_id : str
        Beginning of the results' ids.
    levels : mapping of bool to str
        Level keys of the comparator and of the treatment.
    eligible : mapping of str to int
        From :func:`count_eligible`.

    Returns
    -------
    dict of str to pandas.DataFrame
        ``populations``; ``sizes``, for each row of the balance table how many have its level
        with either treatment, and the smallest of these numbers over the covariate's levels
        (variable, label, comparator, treatment, least); ``event_times``.
    """
    populations = _list_populations(
        data, outcome, effects, set_id, levels=levels, eligible=eligible
    )
    return {
        "populations": tabulate_populations(populations),
        "sizes": _tabulate_sizes(data, effects),
        "event_times": pd.DataFrame(
            {"group": "", "time_months": np.sort(outcome.time_months[outcome.event])}
        ),
    }


def tabulate_curves_behind(
    compared: Comparison, set_id: str, eligible: Mapping[str, int]
) -> dict[str, pd.DataFrame]:
    """Return ``populations`` and ``event_times`` (by group) of weighted curves.

    Parameters
    ----------
    compared : Comparison
        Whose patients they are.
    set_id : str
        Beginning of the results' ids.
    eligible : mapping of str to int
        From :func:`count_eligible`.
    """
    outcome = compared.outcome
    about = (f"{set_id}.rmst_difference", f"{set_id}.ph")
    arms = _list_arms(
        compared.model.factors[0].name,
        outcome,
        compared.sides,
        about=about,
        eligible=eligible,
        set_id=set_id,
    )
    times = [
        pd.DataFrame({"group": key, "time_months": np.sort(members.time_months[members.event])})
        for key, rows in compared.sides.items()
        for members in [outcome.select(rows)]
    ]
    return {
        "populations": tabulate_populations([describe_whole(outcome, about), *arms]),
        "event_times": pd.concat(times, ignore_index=True),
    }


def _list_populations(
    data: ModelData,
    outcome: SurvivalOutcome,
    effects: TreatmentEffects,
    set_id: str,
    *,
    levels: Mapping[bool, str],
    eligible: Mapping[str, int],
) -> Iterator[Population]:
    treated, treatment = effects.propensity.treated, data.factors[0].name
    names = [f"{name}.hr" for name in effects.fits]
    names += ["e_value", "detectable_hr", "propensity"]
    about = tuple(f"{set_id}.{name}" for name in names)
    yield describe_whole(outcome, about)
    sides = {level: treated == side for side, level in levels.items()}
    yield from _list_arms(treatment, outcome, sides, about=about, eligible=eligible, set_id=set_id)
    outside = int(np.count_nonzero(~find_overlap(effects)))
    yield Population(key="outside", n=outside, parts_of=((_WHOLE, "overlap"),))


def _list_arms(
    treatment: str,
    outcome: SurvivalOutcome,
    sides: Mapping[str, NDArray[np.bool_]],
    *,
    about: tuple[str, ...],
    eligible: Mapping[str, int],
    set_id: str,
) -> Iterator[Population]:
    """Yield who had each treatment, and those of them whose covariates are known."""
    for level, members in sides.items():
        yield Population(
            key=f"eligible/{level}",
            n=eligible[level],
            margin=(treatment, level),
        )
        yield count_population(
            outcome,
            members,
            key=f"arm/{level}",
            parts_of=((_WHOLE, "arms"), (f"eligible/{level}", "complete")),
            margin=(treatment, level),
            counted_by=(f"{set_id}.{level}.effective",),
            behind=about,
        )


def _tabulate_sizes(data: ModelData, effects: TreatmentEffects) -> pd.DataFrame:
    treated, rows = effects.propensity.treated, []
    for factor in data.factors[1:]:
        column = data.frame[factor.name].to_numpy()
        cells = {
            level: [int(np.count_nonzero((column == level) & (treated == s))) for s in (0, 1)]
            for level in factor.levels
        }
        least = min((count for pair in cells.values() for count in pair), default=0)
        for level, label in zip(factor.levels, factor.level_labels, strict=True):
            if level in list_shown(factor):
                comparator, treatment = cells[level]
                rows.append(
                    {
                        "variable": factor.label,
                        "label": name_level(factor, label),
                        "comparator": comparator,
                        "treatment": treatment,
                        "least": least,
                    }
                )
    columns = ["variable", "label", "comparator", "treatment", "least"]
    return pd.DataFrame(rows, columns=columns)
