"""What can be chosen: endpoints, groups, subsets and cuts that a cohort has."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from helpers.analysis.chosen_patients import CHOSEN_ENDPOINTS, Comparison
from helpers.analysis.subset import ENDPOINTS, find_endpoint
from helpers.params import Params

if TYPE_CHECKING:
    from helpers.cohort import Cohort, Factor

CUTS = {
    "age_cut_years": "Age cut-off, years",
    "len_duration_cut_months": "Duration cut-off, months",
    "len_dose_cut_mg": "Dose cut-off, mg",
}
EVERYBODY = "All patients"


@dataclass(frozen=True, slots=True)
class Choice:
    """One choice of all controls.

    Attributes
    ----------
    comparison : Comparison
        An entry of the parameter `comparisons`.
    cuts : mapping of str to float
        By parameter.
    """

    comparison: Comparison
    cuts: Mapping[str, float] = field(default_factory=dict)

    def apply(self, params: Params) -> Params:
        """Return parameters with this choice: its cuts, and its comparison besides theirs."""
        from helpers.params import check_params

        entry = self.comparison.to_entry()
        others = [known for known in params.comparisons if known != entry]
        values = {**params.model_dump(), **self.cuts, "comparisons": [*others, entry]}
        return check_params(values, source="choice")


def list_endpoints(cohort: Cohort) -> list[tuple[str, str]]:
    """Return label and key of each time zero that the data allow."""
    known = [name for name in CHOSEN_ENDPOINTS if cohort.has(*ENDPOINTS[name])]
    return [
        (_name_start(find_endpoint(cohort.terms, name).time_label), name) for name in known
    ] or [(_name_start(find_endpoint(cohort.terms, "os").time_label), "os")]


def _name_start(time_label: str) -> str:
    start = time_label.removeprefix("Months since ")
    return start[:1].upper() + start[1:]


def list_factors(cohort: Cohort) -> list[tuple[str, str]]:
    """Return label and name of each factor with two levels or more among the patients."""
    known = [
        factor
        for factor in cohort.dictionary.factors.values()
        if factor.name in cohort.table and cohort.table[factor.name].nunique() > 1
    ]
    counts = Counter(factor.label for factor in known)
    return sorted((_name_factor(factor, counts), factor.name) for factor in known)


def _name_factor(factor: Factor, counts: Counter[str]) -> str:
    return factor.label if counts[factor.label] == 1 else f"{factor.label} ({factor.name})"


def list_subsets(cohort: Cohort) -> list[tuple[str, tuple[str, str] | None]]:
    """Return label, factor and level of each subset; first that of all patients."""
    found: list[tuple[str, tuple[str, str] | None]] = [(EVERYBODY, None)]
    names = {name: label for label, name in list_factors(cohort)}
    for name in names:
        factor, present = cohort.dictionary.factors[name], set(cohort.table[name].dropna())
        known = [key for key in factor.levels if key in present]
        found += [(name_subset(names, factor, key), (name, key)) for key in known]
    return found


def name_subset(names: Mapping[str, str], factor: Factor, level: str) -> str:
    """Return the label of a factor's level; `names` has the factors' labels."""
    return f"{names[factor.name]}: {factor.levels[level]}"


def list_cuts(cohort: Cohort) -> list[str]:
    """Return the cuts that make a group of these data."""
    rules = [
        factor.rule.get("at_least", {}).get("cut")
        for factor in cohort.dictionary.factors.values()
        if factor.name in cohort.table and cohort.table[factor.name].notna().any()
    ]
    return [name for name in CUTS if name in rules]


def find_bounds(name: str) -> tuple[float, float]:
    """Return the least and the largest value of a cut that can be typed, in its own unit.

    Examples
    --------
    >>> find_bounds("age_cut_years"), find_bounds("len_dose_cut_mg")
    ((18.0, 110.0), (0.5, 50.0))
    """
    schema: dict[str, Any] = Params.model_json_schema()["properties"][name]
    least = schema.get("minimum", schema.get("exclusiveMinimum", 0) + 0.5)
    return float(least), float(schema["maximum"])
