"""The patients behind a model of complete cases and a model of imputed data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from helpers.analysis.model_data import ModelData
from helpers.analysis.model_results import SLOPE
from helpers.analysis.populations import (
    Population,
    count_population,
    describe_whole,
    list_levels,
)
from helpers.stats.factors import Factor
from helpers.stats.outcome import SurvivalOutcome


def list_imputed_populations(
    frame: pd.DataFrame,
    outcome: SurvivalOutcome,
    factors: Sequence[Factor],
    set_id: str,
    n_incomplete: int,
) -> Iterator[Population]:
    """Yield all patients, those with a value imputed, and each level's that are known.

    Parameters
    ----------
    frame, outcome
        All patients, row by row.
    factors : sequence of Factor
        Of the model.
    set_id : str
        Beginning of the results' ids.
    n_incomplete : int
        Patients with a value imputed.
    """
    ids = _name_results(factors, set_id, "imputed")
    slopes = _list_slopes(factors, set_id, "imputed")
    yield describe_whole(outcome, [*(one for names in ids.values() for one in names), *slopes])
    yield Population(key="incomplete", n=n_incomplete, parts_of=(("whole", "incomplete"),))
    yield from list_levels(frame, outcome, factors, "whole", ids)


def list_complete_populations(
    data: ModelData, outcome: SurvivalOutcome, set_id: str
) -> Iterator[Population]:
    """Yield the complete cases of a model, and its levels among them."""
    ids = _name_results(data.factors, set_id, "complete")
    key = "/".join(["complete", *(factor.name for factor in data.factors)])
    yield count_population(
        outcome,
        np.ones(outcome.n_subjects, dtype=bool),
        key=key,
        parts_of=(("whole", key),),
        counted_by=(
            *(one for names in ids.values() for one in names),
            *_list_slopes(data.factors, set_id, "complete"),
        ),
    )
    yield from list_levels(data.frame, outcome, data.factors, key, ids)


def _list_slopes(factors: Sequence[Factor], set_id: str, way: str) -> list[str]:
    """Return the ids of the hazard ratios of numbers, which no level's count is behind."""
    return [f"{set_id}.{factor.name}.{SLOPE}.{way}" for factor in factors if factor.is_numeric]


def _name_results(
    factors: Sequence[Factor], set_id: str, way: str
) -> dict[tuple[str, str], tuple[str, ...]]:
    """Return the id of the result of each level that is no reference."""
    return {
        (factor.name, str(level)): (f"{set_id}.{factor.name}.{level}.{way}",)
        for factor in factors
        for level in factor.levels
        if level != factor.reference
    }
