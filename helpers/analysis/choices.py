"""A small multiverse for the report: the choices that its own parameters offer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from helpers.analysis.multiverse import summarise_specifications
from helpers.analysis.specifications import Multiverse
from helpers.analysis.subset import explain_omission, get_factor
from helpers.analysis.weighting import MOST_RESAMPLED
from helpers.errors import NotComputableError
from helpers.results import ResultSet

if TYPE_CHECKING:
    from helpers.cohort import Cohort

#: How far each cut is moved, either way, in its own unit.
SHIFTS: Mapping[str, float] = {
    "age_cut_years": 5.0,
    "len_duration_cut_months": 2.0,
    "len_dose_cut_mg": 2.5,
}
TRUNCATIONS = (None, 60.0, 36.0)


@explain_omission
def vary_choices(
    cohort: Cohort,
    *,
    set_id: str,
    factors: Sequence[str],
    cuts: Mapping[str, float],
    published: Mapping[str, float] | None = None,
    title: str = "Specification curve of the model's first factor",
    alpha: float = 0.05,
) -> ResultSet:
    """Estimate the first factor of a model under the choices that the parameters offer.

    Parameters
    ----------
    cohort : Cohort
        Whose analysis table is used.
    set_id : str
        Beginning of the results' ids.
    factors : sequence of str
        Of the model; the first that is known in two levels is looked at, its last level against
        its reference.
    cuts : mapping of str to float
        The parameters' cuts. Those that a factor of the model uses are moved either way.
    published : mapping of str to float, optional
        Printed hazard ratios by factor and level, ``age_75.yes``.
    title : str
        Of the analysis where it cannot be made; else it names the factor.
    alpha
        As in :func:`helpers.analysis.multiverse.estimate_multiverse`.

    Returns
    -------
    ResultSet
        As of :func:`helpers.analysis.multiverse.summarise_specifications`. The choices are: cuts,
        the model with all factors, each left out, and none, end of follow-up, ties, and where
        values are missing what is done about them.
    """
    known = [name for name in factors if _is_known(cohort, name)]
    grouped = [name for name in known if get_factor(cohort, name).levels]
    if not grouped:
        raise NotComputableError("no factor of the model is known in two levels in these data.")
    if len(cohort.table) > MOST_RESAMPLED:
        raise NotComputableError(
            f"the choices are varied in the report for at most {MOST_RESAMPLED:,} patients; "
            "lenfail sweep does it for more."
        )
    factor = grouped[0]
    others = [name for name in known if name != factor]
    models = {"all_factors": others} | {
        f"without_{name}": [one for one in others if one != name] for name in others
    }
    names = [*models, "alone"] if others else ["alone"]
    choices: dict[str, Sequence[Any]] = {
        name: (value, value - SHIFTS[name], value + SHIFTS[name])
        for name, value in cuts.items()
        if _uses_cut(cohort, known, name)
    }
    choices["model"] = names
    choices["truncation_months"] = TRUNCATIONS
    choices["ties"] = ("efron", "breslow")
    numbers = [name for name in known if name not in grouped]
    has_gaps = cohort.table[grouped].isna().any().any()
    if has_gaps and not cohort.table[numbers].isna().any().any():
        choices["missing"] = ("complete_cases", "most_frequent", "own_category")
    level = _find_last_level(cohort, factor)
    multiverse = Multiverse(
        cohort, factor, level, choices, models, cuts=dict(cuts), counts_groups=True
    )
    rows = list(multiverse.fit_all(multiverse.list_specifications()))
    made = summarise_specifications(
        multiverse,
        rows,
        set_id=set_id,
        published=(published or {}).get(f"{factor}.{level}"),
        alpha=alpha,
    )
    return replace(made, meta={**made.meta, "words": _name_choices(cohort, others)})


def _name_choices(cohort: Cohort, others: Sequence[str]) -> dict[str, str]:
    """Return the keys of choices and values in words."""
    left_out = {f"without_{one}": f"without {get_factor(cohort, one).label}" for one in others}
    return {
        **left_out,
        "all_factors": "with all factors",
        "alone": "with no other factor",
        "age_cut_years": "cut of age, years",
        "len_duration_cut_months": "cut of exposure, months",
        "len_dose_cut_mg": "cut of dose, mg",
        "truncation_months": "end of follow-up, months",
        "ties": "method for ties",
        "efron": "Efron",
        "breslow": "Breslow",
        "missing": "missing values",
    }


def _is_known(cohort: Cohort, name: str) -> bool:
    try:
        get_factor(cohort, name)
    except NotComputableError:
        return False
    return name in cohort.table and cohort.table[name].nunique() > 1


def _uses_cut(cohort: Cohort, names: Sequence[str], cut: str) -> bool:
    rules = (get_factor(cohort, name).rule.get("at_least", {}) for name in names)
    return any(rule.get("cut") == cut for rule in rules)


def _find_last_level(cohort: Cohort, factor: str) -> str:
    declared = get_factor(cohort, factor)
    occurring = [key for key in declared.levels if (cohort.table[factor] == key).any()]
    others = [key for key in occurring if key != declared.reference]
    return others[-1]
