"""Who enters a model, and with which factors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from helpers.analysis.subset import Where, get_factor, select_patients
from helpers.errors import NotComputableError
from helpers.stats.factors import Factor

if TYPE_CHECKING:
    from helpers.cohort import Cohort


@dataclass(frozen=True, slots=True)
class ModelData:
    """The patients of a model who have all its covariates.

    Attributes
    ----------
    frame : pandas.DataFrame
        Their rows.
    factors : tuple of Factor
        Only with levels that occur.
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
    is left out with the reason.

    Raises
    ------
    NotComputableError
        If no factor can enter, or no patient is left.
    """
    frame = select_patients(cohort, where=where, needs=needs)
    frame = frame.loc[frame[list(needs)].notna().all(axis=1)]
    left_out = []
    present = []
    for name in factors:
        if name not in frame or frame[name].notna().sum() == 0:
            left_out.append(f"{cohort.dictionary.label(name)} is not known.")
        else:
            present.append(name)
    complete = frame.dropna(subset=present)
    usable = []
    for name in present:
        declared = get_factor(cohort, name)
        levels = tuple(level for level in declared.levels if (complete[name] == level).any())
        if len(levels) < 2:
            left_out.append(f"{declared.label} has one level only.")
            continue
        reference = declared.reference if declared.reference in levels else levels[0]
        labels = tuple(declared.levels[level] for level in levels)
        usable.append(Factor(name, levels, reference, declared.label, labels))
    if not usable:
        raise NotComputableError("no factor of the model is known in these data")
    return ModelData(complete, tuple(usable), len(frame) - len(complete), tuple(left_out))
