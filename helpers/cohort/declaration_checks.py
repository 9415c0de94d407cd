"""Whether variables, groups and steps that a user declares can be used."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from helpers.cohort.declaration_names import (
    RESERVED_LEVELS,
    find_name_faults,
    find_unknown,
    suggest,
)
from helpers.cohort.declaration_steps import find_step_faults
from helpers.cohort.dictionary import STAGES, Dictionary
from helpers.cohort.rules import describe_rule_fault, find_rule_columns
from helpers.cohort.terms import describe_text_fault, find_term_faults

MAX_LABEL = 200
MAX_MEANING = 1000
MAX_LEVELS = 40
DECLARED_TYPES = ("category", "flag", "integer", "number", "date", "text")
VARIABLE_KEYS = (
    *("label", "meaning", "type", "unit", "levels", "range", "usual", "per", "known_at"),
)
FACTOR_KEYS = ("label", "meaning", "rule", "levels", "reference", "known_at", "switches_at")
SECTIONS = ("variables", "factors", "eligibility", "terms")
_LEVEL = re.compile(r"[A-Za-z0-9][A-Za-z0-9_]{0,39}")


def find_declaration_faults(
    declarations: Mapping[str, Any], dictionary: Dictionary
) -> Iterator[str]:
    """Yield one sentence for each fault of normalised declarations.

    Parameters
    ----------
    declarations : mapping
        With `variables`, `factors`, `eligibility` and `terms`; see
        :func:`helpers.cohort.declarations.extend_dictionary`.
    dictionary : Dictionary
        The built-in one.
    """
    yield from find_unknown(declarations, SECTIONS, "the declarations")
    for section in ("variables", "factors"):
        if not isinstance(declarations.get(section, {}), Mapping):
            entries = declarations[section]
            yield f"{section} must be names with what they are, but was {entries!r:.60}"
            return
    variables, factors = declarations.get("variables", {}), declarations.get("factors", {})
    for name, entry in variables.items():
        yield from _find_variable_faults(name, entry, dictionary)
    levels = _collect_levels(variables, factors, dictionary)
    for name, entry in factors.items():
        yield from _find_factor_faults(name, entry, dictionary, variables, levels)
        levels.setdefault(str(name), None)
    flags = {name for name, one in dictionary.variables.items() if one.type == "flag"} | {
        str(name)
        for name, entry in variables.items()
        if isinstance(entry, Mapping) and entry.get("type") == "flag"
    }
    yield from find_step_faults(declarations.get("eligibility"), dictionary, flags)
    yield from find_term_faults(declarations.get("terms", {}))


def _find_variable_faults(name: object, entry: Any, dictionary: Dictionary) -> Iterator[str]:
    where = f"variables.{name!s:.60}"
    yield from find_name_faults(where, name)
    if not isinstance(entry, Mapping):
        yield f"{where} must say what it is (label, type, ...), but was {entry!r:.60}"
        return
    yield from find_unknown(entry, VARIABLE_KEYS, where)
    known = dictionary.variables.get(str(name))
    if known is not None:
        yield from _find_redefinition_faults(where, entry, known)
    elif name in dictionary.factors:
        yield (
            f"{where} must not be the name of a built-in group ({dictionary.label(str(name))}); "
            "choose another name"
        )
    else:
        if "label" not in entry:
            yield f"{where}.label must be given, but is absent; add what tables print"
        if entry.get("type") not in DECLARED_TYPES:
            allowed, given = ", ".join(DECLARED_TYPES), entry.get("type")
            advice = "; say which" if given is None else f"; {suggest(given, DECLARED_TYPES)}"
            yield f"{where}.type must be one of {allowed}, but was {given!r:.60}{advice}"
    yield from _find_text_faults(where, entry)
    yield from _find_limit_faults(where, entry)
    kind = entry.get("type") or (known.type if known else None)
    if "per" in entry:
        yield from _find_step_faults(where, entry["per"], kind)
    if kind == "category" and (known is None or "levels" in entry):
        yield from find_level_faults(where, entry.get("levels"))
    elif kind in DECLARED_TYPES and kind != "category" and entry.get("levels"):
        yield f"{where}.levels must belong to a category, but type was {kind!r}; remove them"


def _find_step_faults(where: str, per: object, kind: object) -> Iterator[str]:
    is_number = isinstance(per, int | float) and not isinstance(per, bool)
    if kind not in ("number", "integer"):
        yield f"{where}.per must belong to a number, but type was {kind!r}; remove it"
    elif not is_number or not 0 < per < float("inf"):
        yield f"{where}.per must be a positive number, but was {per!r:.60}; write for example 10"


def _find_redefinition_faults(where: str, entry: Mapping[str, Any], known: Any) -> Iterator[str]:
    if known.derived:
        yield f"{where} must not be a column that is derived; choose another name"
    kinds = {entry.get("type", known.type), known.type}
    if len(kinds) > 1 and kinds != {"integer", "number"}:
        yield f"{where}.type must stay {known.type}, but was {entry['type']!r:.60}; leave it out"


def _find_text_faults(where: str, entry: Mapping[str, Any]) -> Iterator[str]:
    for key, longest in (("label", MAX_LABEL), ("meaning", MAX_MEANING), ("unit", 40)):
        if key in entry:
            fault = describe_text_fault(entry[key], longest=longest)
            if fault:
                yield f"{where}.{key} {fault}"
    if entry.get("known_at", STAGES[0]) not in STAGES:
        stages = ", ".join(STAGES)
        yield f"{where}.known_at must be one of {stages}, but was {entry['known_at']!r:.60}"


def _find_limit_faults(where: str, entry: Mapping[str, Any]) -> Iterator[str]:
    for key in ("range", "usual"):
        match entry.get(key, [0, 1]):
            case [int() | float() as low, int() | float() as high] if low < high:
                continue
        yield f"{where}.{key} must be two rising numbers, but was {entry[key]!r:.60}"


def find_level_faults(where: str, levels: object) -> Iterator[str]:
    """Yield what is wrong with the levels of a category or a group."""
    if not isinstance(levels, Mapping) or not 1 < len(levels) <= MAX_LEVELS:
        yield (
            f"{where}.levels must be 2 to {MAX_LEVELS} keys with labels, but was {levels!r:.60}; "
            "write key: Label"
        )
        return
    labels: dict[str, object] = {}
    for key, label in levels.items():
        if not isinstance(key, str) or not _LEVEL.fullmatch(key):
            yield (
                f"{where}.levels must have keys of letters, digits and _, at most 40 long, but "
                f"had {key!r:.60}"
            )
        elif key in RESERVED_LEVELS:
            yield f"{where}.levels must not have the key {key!r}; choose another"
        fault = describe_text_fault(label, longest=MAX_LABEL)
        if fault:
            yield f"{where}.levels.{key!s:.60} {fault}"
        elif str(label).casefold() in labels:
            yield (
                f"{where}.levels must have different labels, but {key!r} and "
                f"{labels[str(label).casefold()]!r} have the same"
            )
        labels[str(label).casefold()] = key


def _collect_levels(
    variables: Mapping[Any, Any], factors: Mapping[Any, Any], dictionary: Dictionary
) -> dict[str, set[str] | None]:
    """Return the level keys of each column, None for a number, a date or a text."""
    found: dict[str, set[str] | None] = {
        name: set(one.levels) or None for name, one in dictionary.variables.items()
    }
    found |= {name: set(one.levels) for name, one in dictionary.factors.items()}
    for name, entry in variables.items():
        if not isinstance(entry, Mapping):
            continue
        levels = entry.get("levels")
        if entry.get("type") == "flag":
            levels = {"no": "", "yes": ""}
        if isinstance(levels, Mapping) or name not in found:
            found[str(name)] = set(levels) if isinstance(levels, Mapping) else None
    return found


def _find_factor_faults(
    name: object,
    entry: Any,
    dictionary: Dictionary,
    variables: Mapping[Any, Any],
    levels: Mapping[str, set[str] | None],
) -> Iterator[str]:
    where = f"factors.{name!s:.60}"
    yield from find_name_faults(where, name)
    if not isinstance(entry, Mapping):
        yield f"{where} must say what it is (label, rule, ...), but was {entry!r:.60}"
        return
    yield from find_unknown(entry, FACTOR_KEYS, where)
    yield from _find_text_faults(where, entry)
    builtin = dictionary.variables.get(str(name))
    if builtin is not None and builtin.derived:
        yield f"{where} must not be a column that is derived; choose another name"
    has_column = name in variables or name in dictionary.factors
    if not has_column and builtin is None and "label" not in entry:
        yield f"{where}.label must be given, but is absent; add what tables print"
    yield from _find_switch_faults(where, entry.get("switches_at"), dictionary, variables)
    rule = entry.get("rule")
    if rule is None:
        if not has_column:
            yield f"{where}.rule must be given, but is absent; say how the groups are made"
        return
    declared = entry.get("levels")
    yield from find_level_faults(where, declared)
    if not isinstance(declared, Mapping):
        return
    if entry.get("reference", next(iter(declared), None)) not in declared:
        keys = ", ".join(map(str, declared))
        yield f"{where}.reference must be one of {keys}, but was {entry['reference']!r:.60}"
    fault = describe_rule_fault(rule, declared)
    if fault:
        yield f"{where}.rule {fault}"
        return
    yield from _find_rule_faults(where, rule, levels)


def _find_switch_faults(
    where: str, column: object, dictionary: Dictionary, variables: Mapping[Any, Any]
) -> Iterator[str]:
    """Yield what is wrong with the column of times at which patients join a group."""
    if column is None:
        return
    own = variables.get(column) if isinstance(column, str) else None
    kind = own.get("type") if isinstance(own, Mapping) else None
    builtin = dictionary.variables.get(column) if isinstance(column, str) else None
    if kind not in ("number", "integer") and (builtin is None or builtin.unit != "months"):
        yield (
            f"{where}.switches_at must be a column with months from time zero, but was "
            f"{column!r:.60}; declare it under variables as a number"
        )


def _find_rule_faults(
    where: str, rule: Mapping[str, Any], levels: Mapping[str, set[str] | None]
) -> Iterator[str]:
    for need in find_rule_columns(rule):
        if need not in levels:
            yield f"{where}.rule names the column {need!r:.60}, which is unknown; " + suggest(
                need, levels
            )
    for column, values in list_rule_levels(rule):
        known = levels.get(column)
        for value in values:
            if known is not None and value not in known:
                yield (
                    f"{where}.rule names {value!r:.60}, which is no level of {column}; "
                    + suggest(value, sorted(known))
                )


def list_rule_levels(rule: Mapping[str, Any]) -> Iterator[tuple[str, list[str]]]:
    """Yield the levels that a rule names, by column."""
    yield from rule.get("where", {}).items()
    match rule:
        case {"one_of": {"column": column, "values": values}}:
            yield column, values
        case {"cases": cases}:
            for conditions in cases.values():
                yield from conditions.items()
