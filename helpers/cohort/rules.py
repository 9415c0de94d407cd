"""The rules by which the data dictionary declares groups: which columns, which shape."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

RULES = ("copy", "at_least", "bands", "one_of", "present", "cases")


def find_rule_columns(rule: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the columns that a rule of the right shape looks at.

    Examples
    --------
    >>> find_rule_columns({"copy": "esa_before", "where": {"first_treatment": ["esa"]}})
    ('esa_before', 'first_treatment')
    """
    needs: dict[str, None] = {}
    match rule:
        case {"copy": str(column)} | {"present": str(column)}:
            needs[column] = None
        case (
            {"at_least": {"column": column}}
            | {"bands": {"column": column}}
            | {"one_of": {"column": column}}
        ):
            needs[column] = None
        case {"cases": cases}:
            for conditions in cases.values():
                needs |= dict.fromkeys(conditions)
    return tuple(needs | dict.fromkeys(rule.get("where", {})))


def describe_rule_fault(rule: object, levels: Mapping[str, str]) -> str | None:
    """Return what is wrong with the shape of a rule, or None.

    Parameters
    ----------
    rule : object
        As YAML gave it.
    levels : mapping of str to str
        Keys of the group that it makes.
    """
    kinds = [kind for kind in RULES if isinstance(rule, dict) and kind in rule]
    if len(kinds) != 1 or set(rule) - {kinds[0], "where"}:
        return f"must be one of {', '.join(RULES)}, with or without where, but was {rule!r:.80}"
    if not _is_conditions(rule.get("where", {})):
        return f"must have columns with lists of values in where, but was {rule['where']!r:.80}"
    if kinds[0] in ("at_least", "one_of", "present") and len(levels) != 2:
        return f"makes two levels, but the group has {len(levels)}; declare two"
    if not _has_shape(rule, levels):
        return f"must have the shape that {kinds[0]} asks for, but was {rule!r:.80}"
    return None


def _has_shape(rule: Mapping[str, Any], levels: Mapping[str, str]) -> bool:
    match rule:
        case {"copy": str()} | {"present": str()}:
            return True
        case {"at_least": {"column": str(), "cut": int() | float() | str(), **rest}}:
            return not rest
        case {"bands": {"column": str(), "cuts": list(cuts), **rest}}:
            return not rest and _are_rising(cuts) and len(levels) == len(cuts) + 1
        case {"one_of": {"column": str(), "values": list(values), **rest}}:
            return not rest and all(isinstance(value, str) for value in values)
        case {"cases": dict(cases)}:
            return set(cases) == set(levels) and all(map(_is_conditions, cases.values()))
    return False


def _are_rising(cuts: list[Any]) -> bool:
    numbers = [cut for cut in cuts if isinstance(cut, int | float) and not isinstance(cut, bool)]
    return len(numbers) == len(cuts) > 0 and numbers == sorted(set(numbers))


def _is_conditions(conditions: object) -> bool:
    return isinstance(conditions, dict) and all(
        isinstance(column, str)
        and isinstance(values, list)
        and all(isinstance(value, str) for value in values)
        for column, values in conditions.items()
    )
