"""Declarations as YAML gives them, in the form of the data dictionary."""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from helpers.cohort.declaration_names import make_level_key
from helpers.cohort.dictionary import NO_YES, Dictionary


def normalise_declarations(
    declarations: Mapping[str, Any], dictionary: Dictionary
) -> dict[str, Any]:
    """Return declarations in the dictionary's form; what cannot be read stays for the checks."""
    given = {key: value for key, value in declarations.items() if value is not None}
    variables = given.get("variables")
    if isinstance(variables, Mapping):
        given["variables"] = {name: _normalise_entry(one) for name, one in variables.items()}
    factors = given.get("factors")
    if isinstance(factors, Mapping):
        known = given.get("variables") if isinstance(variables, Mapping) else {}
        given["factors"] = {
            name: _fill_levels(_normalise_entry(one), known or {}, dictionary)
            for name, one in factors.items()
        }
    if isinstance(given.get("eligibility"), list | tuple):
        given["eligibility"] = [
            {key: _name_key(value) for key, value in step.items()}
            if isinstance(step, Mapping)
            else step
            for step in given["eligibility"]
        ]
    return given


def _normalise_entry(entry: Any) -> Any:
    if not isinstance(entry, Mapping):
        return entry
    made = dict(entry)
    levels = made.get("levels")
    if isinstance(levels, list | tuple):
        levels = {make_level_key(str(label)): label for label in levels}
    if isinstance(levels, Mapping):
        made["levels"] = {_name_key(key): _name_label(label) for key, label in levels.items()}
        if "rule" not in made:
            made.setdefault("type", "category")
    if "rule" in made:
        made["rule"] = _normalise_rule(made["rule"])
    if "reference" in made:
        made["reference"] = _name_key(made["reference"])
    return made


def _normalise_rule(rule: Any) -> Any:
    match rule:
        case bool() | str():
            return _name_key(rule)
        case Mapping():
            return {
                _name_key(key): value if key in ("cut", "cuts") else _normalise_rule(value)
                for key, value in rule.items()
            }
        case list() | tuple():
            return [_name_key(value) for value in rule]
    return rule


def _name_key(key: Any) -> Any:
    """Return what YAML read as truth value or number as the key that was written."""
    if isinstance(key, bool):
        return "yes" if key else "no"
    return str(key) if isinstance(key, int) else key


def _name_label(label: Any) -> Any:
    if isinstance(label, bool):
        return "Yes" if label else "No"
    return str(label) if isinstance(label, int | float) else label


def _fill_levels(entry: Any, variables: Mapping[Any, Any], dictionary: Dictionary) -> Any:
    """Return a group with the levels that its rule implies, where none are declared."""
    if not isinstance(entry, Mapping) or "rule" not in entry or "levels" in entry:
        return entry
    match entry["rule"]:
        case {"copy": str(column)}:
            levels = _find_levels(column, variables, dictionary)
        case {"at_least": {"column": column, "cut": cut}}:
            levels = _label_cut(cut, _find_unit(column, variables, dictionary))
        case {"bands": {"column": column, "cuts": list(cuts)}} if all(map(_is_number, cuts)):
            is_whole = _is_whole(column, variables, dictionary)
            unit = _find_unit(column, variables, dictionary)
            levels = _label_bands(cuts, unit, is_whole=is_whole)
        case {"cases": Mapping() as cases}:
            levels = {key: str(key).replace("_", " ").capitalize() for key in cases}
        case _:
            levels = dict(NO_YES)
    return {**entry, "levels": levels}


def _find_levels(
    column: str, variables: Mapping[Any, Any], dictionary: Dictionary
) -> Mapping[str, str]:
    own = variables.get(column)
    if isinstance(own, Mapping) and own.get("levels"):
        return dict(own["levels"])
    if isinstance(own, Mapping) and own.get("type") == "flag":
        return dict(NO_YES)
    known = dictionary.factors.get(column) or dictionary.variables.get(column)
    return dict(known.levels) if known is not None else dict(NO_YES)


def _find_unit(column: Any, variables: Mapping[Any, Any], dictionary: Dictionary) -> str:
    own = variables.get(column)
    if isinstance(own, Mapping) and own.get("unit"):
        return f" {own['unit']}"
    known = dictionary.variables.get(column) if isinstance(column, str) else None
    return f" {known.unit}" if known is not None and known.unit else ""


def _label_cut(cut: Any, unit: str) -> dict[str, str]:
    shown = f"{cut:g}" if _is_number(cut) else f"{{{cut}}}"
    return {"no": f"Below {shown}{unit}", "yes": f"{shown}{unit} or more"}


def _is_whole(column: Any, variables: Mapping[Any, Any], dictionary: Dictionary) -> bool:
    """Return whether a column holds whole numbers only."""
    own = variables.get(column)
    if isinstance(own, Mapping) and "type" in own:
        return own["type"] == "integer"
    known = dictionary.variables.get(column) if isinstance(column, str) else None
    return known is not None and known.type == "integer"


def _label_bands(cuts: list[float], unit: str, *, is_whole: bool) -> dict[str, str]:
    edges = [f"{cut:g}" for cut in cuts]
    labels = [f"Below {edges[0]}{unit}"] if edges else []
    if is_whole and all(float(cut).is_integer() for cut in cuts):
        pairs = [(f"{low:g}", f"{high - 1:g}") for low, high in pairwise(cuts)]
        labels += [
            f"{low}{unit}" if low == high else f"{low} to {high}{unit}" for low, high in pairs
        ]
    else:
        labels += [f"{low} to below {high}{unit}" for low, high in pairwise(edges)]
    labels += [f"{edges[-1]}{unit} or more"] if edges else []
    return {f"band_{number}": label for number, label in enumerate(labels, 1)}


def _is_number(value: object) -> bool:
    is_real = isinstance(value, int | float) and not isinstance(value, bool)
    return is_real and math.isfinite(value)
