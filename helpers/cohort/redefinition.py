"""What becomes of the built-in groups when a user gives a category other levels."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from helpers.cohort.dictionary import Dictionary, Factor, Variable, read_dictionary

#: Cuts of the published analysis.
PUBLISHED_CUTS = {"age_cut_years": 75, "len_duration_cut_months": 6, "len_dose_cut_mg": 10}


def is_as_published(dictionary: Dictionary, name: str) -> bool:
    """Return whether a column is defined as in the published analysis, cuts included.

    Examples
    --------
    >>> is_as_published(read_dictionary().fill_labels(PUBLISHED_CUTS), "age_75")
    True
    >>> is_as_published(read_dictionary().fill_labels({"age_cut_years": 60}), "age_75")
    False
    """
    published = read_dictionary().fill_labels(PUBLISHED_CUTS)
    known = published.factors.get(name) or published.variables.get(name)
    own = dictionary.factors.get(name) or dictionary.variables.get(name)
    return known is not None and own == known


def drop_dependent_factors(
    factors: Mapping[str, Factor], variables: Mapping[str, Variable], changed: set[str]
) -> tuple[dict[str, Factor], dict[str, str]]:
    """Return the groups that still mean what they say, and why the others went.

    Parameters
    ----------
    factors : mapping of str to Factor
        Built-in groups, each after those that it is made from.
    variables : mapping of str to Variable
        As redefined.
    changed : set of str
        Columns whose level keys are no longer the built-in ones.

    Returns
    -------
    kept : dict of str to Factor
        Groups that copy a redefined column have its new levels.
    removed : dict of str to str
        Reason by name: a group that names levels of a redefined column goes, because a new
        level would fall into one of its sides unseen, and so does what is made from it.
    """
    kept: dict[str, Factor] = {}
    removed: dict[str, str] = {}
    for name, factor in factors.items():
        gone = [need for need in factor.needs if need in removed]
        named = [column for column in _find_named_columns(factor.rule) if column in changed]
        if gone or named:
            cause = (gone or named)[0]
            label = factors[cause].label if cause in factors else variables[cause].label
            removed[name] = (
                f"{factor.label} ({name}) is made from the built-in categories of {label} "
                f"({cause}), which the parameters replace; declare {name} under factors to have it"
            )
        elif name in changed and factor.rule.get("copy") == name:
            kept[name] = _copy_levels(factor, variables[name])
        else:
            kept[name] = factor
    return kept, removed


def _copy_levels(factor: Factor, variable: Variable) -> Factor:
    levels = dict(variable.levels)
    reference = factor.reference if factor.reference in levels else next(iter(levels))
    return replace(factor, levels=levels, label=variable.label, reference=reference)


def _find_named_columns(rule: Mapping[str, Any]) -> Iterator[str]:
    """Yield the columns of which a rule names levels."""
    yield from rule.get("where", {})
    match rule:
        case {"one_of": {"column": column}}:
            yield column
        case {"cases": cases}:
            for conditions in cases.values():
                yield from conditions
