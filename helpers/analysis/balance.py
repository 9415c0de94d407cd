"""How alike two treatments' patients are before and after weighting."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from helpers.analysis.model_data import ModelData
from helpers.analysis.subset import get_label, get_unit
from helpers.analysis.weighting_results import list_shown, name_level
from helpers.stats.design import build_design
from helpers.stats.factors import Factor
from helpers.stats.treatment.balance import compare_balance
from helpers.stats.treatment.effects import TreatmentEffects

if TYPE_CHECKING:
    from helpers.cohort import Cohort


@dataclass(frozen=True, slots=True)
class Scale:
    """A number as a table of groups shows it.

    Attributes
    ----------
    label : str
        With the unit.
    step : float
        Units of one step of the model's column.
    """

    label: str
    step: float


def find_scales(cohort: Cohort, data: ModelData) -> dict[str, Scale]:
    """Return label and step of each number among a model's covariates."""
    variables = cohort.dictionary.variables
    return {
        factor.name: Scale(
            ", ".join(
                filter(None, (get_label(cohort, factor.name), get_unit(cohort, factor.name)))
            ),
            float(variables[factor.name].per),
        )
        for factor in data.factors
        if factor.is_numeric
    }


def tabulate_balance(
    data: ModelData, treatment: str, effects: TreatmentEffects, scales: Mapping[str, Scale]
) -> pd.DataFrame:
    """Return means and standardised differences of the covariates before and after weighting.

    Parameters
    ----------
    data : ModelData
        Patients and factors, the treatment first.
    treatment : str
        Its name.
    effects : TreatmentEffects
        Scores and weights of the same patients.
    scales : mapping of str to Scale
        From :func:`find_scales`.

    Returns
    -------
    pandas.DataFrame
        A row for each number and each level that says something: ``variable``, ``label``,
        ``is_number``; means of comparator and treatment, of a level its fraction, before and
        after inverse probability weighting (``comparator_before``, ``treatment_before``,
        ``comparator_after``, ``treatment_after``); ``smd_before``, ``smd_iptw``,
        ``smd_overlap``, ``smd_after``.
    """
    rows, columns = [], {}
    for factor in data.factors:
        if factor.name == treatment:
            continue
        if factor.is_numeric:
            scale = scales[factor.name]
            columns[factor.name] = data.frame[factor.name].astype(float) * scale.step
            rows.append((factor.label, scale.label, True))
            continue
        for level, label in zip(factor.levels, factor.level_labels, strict=True):
            if level in list_shown(factor):
                columns[f"{factor.name}={level}"] = (data.frame[factor.name] == level).astype(float)
                rows.append((factor.label, name_level(factor, label), False))
    shown = build_design(pd.DataFrame(columns), [Factor(name) for name in columns])
    treated = effects.propensity.treated
    weights = {name: made.weights for name, made in effects.weights.items()}
    found = {
        name: compare_balance(shown, treated, weights=case)
        for name, case in {"before": None, **weights}.items()
    }
    table = pd.DataFrame(rows, columns=["variable", "label", "is_number"])
    for when, name in (("before", "before"), ("after", "iptw")):
        for side, column in (("comparator", "mean_untreated"), ("treatment", "mean_treated")):
            table[f"{side}_{when}"] = found[name][column].to_numpy()
    for name, balance in found.items():
        table[f"smd_{name}"] = balance["smd"].to_numpy()
    return table.assign(smd_after=table["smd_iptw"])
