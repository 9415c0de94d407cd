"""Who is compared by weights: patients, treatment and covariates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from helpers.analysis.model_data import ModelData, prepare_model
from helpers.analysis.subset import Where, find_endpoint, get_factor
from helpers.analysis.survival_results import read_outcome
from helpers.errors import NotComputableError
from helpers.stats.design import Design, build_design
from helpers.stats.factors import Factor
from helpers.stats.outcome import SurvivalOutcome

if TYPE_CHECKING:
    from helpers.cohort import Cohort
    from helpers.cohort import Factor as Declared


@dataclass(frozen=True, slots=True)
class Comparison:
    """Patients of two treatments who have all covariates.

    Attributes
    ----------
    declared : Factor
        The treatment, as the dictionary declares it.
    model : ModelData
        Patients and factors, the treatment first.
    outcome : SurvivalOutcome
        Of the n patients.
    design : Design
        Of the same patients.
    levels : dict of bool to str
        Level keys of the comparator and, under True, of the treatment.
    """

    declared: Declared
    model: ModelData
    outcome: SurvivalOutcome
    design: Design
    levels: dict[bool, str]

    @property
    def treated(self) -> NDArray[np.bool_]:
        """Return who had the treatment."""
        return self.design.matrix[:, 0] == 1

    @property
    def sides(self) -> dict[str, NDArray[np.bool_]]:
        """Return the members of each group by level key."""
        return {key: self.treated == side for side, key in self.levels.items()}


def prepare_comparison(
    cohort: Cohort,
    treatment: str,
    covariates: Sequence[str],
    *,
    endpoint: str,
    where: Where | None,
) -> Comparison:
    """Return the patients of a comparison.

    Raises
    ------
    NotComputableError
        If the treatment has not two levels, or nothing is known to weight by.
    """
    declared = get_factor(cohort, treatment)
    measured = find_endpoint(cohort.terms, endpoint)
    needs = [measured.time, measured.event]
    data = prepare_model(cohort, [treatment, *covariates], where=where, needs=needs)
    check_comparison(declared, data)
    return Comparison(
        declared,
        data,
        read_outcome(data.frame, measured),
        build_design(data.frame, data.factors),
        name_sides(data.factors[0]),
    )


def check_comparison(declared: Declared, data: ModelData) -> None:
    """Refuse what cannot be compared.

    Raises
    ------
    NotComputableError
        If the treatment has not two levels, or nothing is known to weight by.
    """
    if len(declared.levels) != 2:
        raise NotComputableError(f"{declared.label} must have two levels to be compared.")
    if declared.name not in [factor.name for factor in data.factors]:
        raise NotComputableError(f"only one level of {declared.label} occurs.")
    if len(data.factors) < 2:
        raise NotComputableError("no covariate is known in two levels in these patients.")


def name_sides(treatment: Factor) -> dict[bool, str]:
    """Return the level keys of the comparator and of the treatment."""
    other = next(level for level in treatment.levels if level != treatment.reference)
    return {False: str(treatment.reference), True: str(other)}
