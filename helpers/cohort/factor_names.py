"""Names of factors that a user gives, checked against the data dictionary."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from helpers.cohort.declaration_names import suggest
from helpers.cohort.declarations import extend_dictionary
from helpers.cohort.dictionary import Dictionary, Variable, read_dictionary
from helpers.cohort.model_numbers import NUMBER_LISTS, OUTCOME_TIMES, list_model_numbers
from helpers.errors import FaultsError


def check_factor_names(
    lists: Mapping[str, Iterable[str]],
    declarations: Mapping[str, Any] | None = None,
    *,
    levels: Iterable[tuple[str, str]] = (),
) -> None:
    """Refuse lists of factors that name what the dictionary does not declare.

    Parameters
    ----------
    lists : mapping of str to iterable of str
        Names by the parameter that holds them.
    declarations : mapping, optional
        Variables and groups of the user; see
        :func:`helpers.cohort.declarations.extend_dictionary`.
    levels : iterable of (str, str)
        Factor and level that the parameter `comparisons` names.

    Raises
    ------
    FaultsError
        With a sentence for each unknown name.
    """
    dictionary = extend_dictionary(read_dictionary(), declarations or {})
    known = {**dictionary.factors, **dictionary.removed}
    faults = []
    for parameter, names in lists.items():
        allowed = known
        if parameter.endswith("_variables"):
            allowed = {**known, **_find_numbers(dictionary)}
        elif parameter in NUMBER_LISTS:
            allowed = {**known, **list_model_numbers(dictionary)}
        kind = "factor" if allowed is known else "number or factor"
        for name in names:
            if name not in allowed:
                advice = _advise(name, dictionary) or suggest(name, allowed)
                faults.append(f"{parameter}: {name!r} is not a {kind}; {advice}")
    for name, level in levels:
        declared = dictionary.factors.get(name)
        if declared is not None and level not in declared.levels:
            advice = suggest(level, declared.levels)
            faults.append(f"comparisons: {level!r:.60} is not a level of {name}; {advice}")
    if faults:
        raise FaultsError("The parameters name factors that do not exist:", faults)


def _advise(name: str, dictionary: Dictionary) -> str:
    """Return what to do about the name of a column that exists, but makes no groups."""
    variable = dictionary.variables.get(name)
    if variable is None or name in OUTCOME_TIMES:
        return ""
    if variable.type in ("number", "integer"):
        return "it is a number: declare groups of it under factors (bands or at_least)"
    if variable.type == "text":
        return "it is text: declare it under variables as a category with its levels"
    return ""


def _find_numbers(dictionary: Dictionary) -> dict[str, Variable]:
    """Return the columns that a table can summarise by their median."""
    return {
        name: variable
        for name, variable in dictionary.variables.items()
        if variable.type in ("number", "integer")
    }
