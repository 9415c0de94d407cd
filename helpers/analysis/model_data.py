"""Who enters a model, and with which factors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from helpers.analysis.subset import Where, get_factor, select_patients
from helpers.errors import NotComputableError
from helpers.stats.design import build_design
from helpers.stats.factors import Factor

if TYPE_CHECKING:
    from helpers.cohort import Cohort
    from helpers.cohort import Factor as Declared


@dataclass(frozen=True, slots=True)
class ModelData:
    """The patients of a model who have all its covariates.

    Attributes
    ----------
    frame : pandas.DataFrame
        Their rows, with the columns that the model needs.
    factors : tuple of Factor
        Only with levels that occur; numbers have none.
    missing : int
        Patients left out because a covariate is not known.
    left_out : tuple of str
        Why a factor of the list is not in the model, a sentence each.
    """

    frame: pd.DataFrame
    factors: tuple[Factor, ...]
    missing: int
    left_out: tuple[str, ...]


def prepare_model(
    cohort: Cohort, factors: Sequence[str], *, where: Where | None, needs: Sequence[str]
) -> ModelData:
    """Return the complete cases of a model and the factors that can enter it.

    A factor that is not in the data, or of which only one level occurs, cannot enter; it
    is left out with the reason, and does not cost the patients of whom it is not known.

    Raises
    ------
    NotComputableError
        If no factor can enter, or no patient is left.
    ParameterError
        If there is no factor of a name.
    """
    declared = {name: get_factor(cohort, name) for name in factors}
    if not declared:
        raise NotComputableError("no factor is offered to the model.")
    frame = select_patients(cohort, where=where, needs=needs)
    columns = [name for name in dict.fromkeys([*needs, *declared]) if name in frame]
    frame = frame[columns].dropna(subset=list(needs))
    known = {name for name in declared if name in frame and frame[name].notna().any()}
    left_out = [f"{declared[name].label} is not known." for name in declared if name not in known]
    entering = [name for name in declared if name in known]
    while True:
        complete = frame.dropna(subset=entering)
        constant = [name for name in entering if complete[name].nunique() < 2]
        if not constant:
            break
        # those constant among all come first: their missing values may have cost the others
        dropped = [name for name in constant if frame[name].nunique() < 2] or constant
        left_out += [f"{declared[name].label} has one level only." for name in dropped]
        entering = [name for name in entering if name not in dropped]
    if not entering and len(declared) == 1:
        raise NotComputableError(left_out[0])
    if not entering:
        raise NotComputableError("no factor of the model is known in two levels in these data.")
    usable = tuple(_find_levels(complete, declared[name]) for name in entering)
    complete = _scale_numbers(cohort, complete, usable)
    usable, aliased = _drop_aliased(complete, usable)
    left_out += [f"{factor.label} is determined by the factors before it." for factor in aliased]
    return ModelData(complete, usable, len(frame) - len(complete), tuple(left_out))


def _drop_aliased(
    frame: pd.DataFrame, factors: tuple[Factor, ...]
) -> tuple[tuple[Factor, ...], list[Factor]]:
    """Return the factors whose columns are linearly independent, and those left over.

    Of two factors that say the same of some patients the one that is named first stays.
    """
    kept: list[Factor] = []
    dropped: list[Factor] = []
    for factor in factors:
        matrix = build_design(frame, [*kept, factor]).matrix
        whole = np.column_stack([np.ones(len(frame)), matrix])
        is_full = np.linalg.matrix_rank(whole) == whole.shape[1]
        (kept if is_full else dropped).append(factor)
    return tuple(kept), dropped


def _scale_numbers(
    cohort: Cohort, frame: pd.DataFrame, factors: tuple[Factor, ...]
) -> pd.DataFrame:
    """Return the rows with numbers in the steps of their hazard ratios."""
    variables = cohort.dictionary.variables
    steps = {one.name: variables[one.name].per for one in factors if one.is_numeric}
    return frame.assign(**{name: frame[name] / per for name, per in steps.items()})


def _find_levels(frame: pd.DataFrame, declared: Declared) -> Factor:
    """Return a factor with the levels that occur."""
    name = declared.name
    if not declared.levels:
        return Factor(name, label=declared.label)
    levels = tuple(level for level in declared.levels if (frame[name] == level).any())
    reference = declared.reference if declared.reference in levels else levels[0]
    labels = tuple(declared.levels[level] for level in levels)
    return Factor(name, levels, reference, declared.label, labels)
