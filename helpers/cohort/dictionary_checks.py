"""Whether a document is a data dictionary."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from helpers.cohort.rules import describe_rule_fault, find_rule_columns
from helpers.errors import FaultsError

SECTIONS = ("format", "abbreviations", "variables", "derived", "factors", "eligibility")
TYPES = (
    "id",
    "text",
    "date",
    "integer",
    "number",
    "flag",
    "category",
    "event",
    "event_code",
)
KEYS = {
    "variables": (
        "section",
        "type",
        "required",
        "label",
        "meaning",
        "unit",
        "range",
        "usual",
        "levels",
    ),
    "derived": ("type", "unit", "may_be_given", "usual", "needs", "label", "meaning"),
    "factors": ("label", "meaning", "rule", "levels", "reference", "known_at", "switches_at"),
    "eligibility": ("id", "column", "keep", "label", "reason"),
}
STAGES = ("diagnosis", "len_start", "during_len", "failure", "after_failure")

DICTIONARY_HEADING = "The data dictionary has faults:"


def check_dictionary_document(document: object) -> None:
    """Refuse what is not a data dictionary.

    Parameters
    ----------
    document : object
        As YAML gave it.

    Raises
    ------
    FaultsError
        With all faults.
    """
    faults = list(_find_shape_faults(document)) or list(_find_content_faults(document))
    if faults:
        raise FaultsError(DICTIONARY_HEADING, faults)


def _find_shape_faults(document: Any) -> Iterator[str]:
    if not isinstance(document, dict):
        yield f"it must be a mapping with {', '.join(SECTIONS)}, but was {document!r:.60}"
        return
    yield from _find_unknown(document, SECTIONS, "a section")
    if document.get("format") != 1:
        yield f"format must be 1, but was {document.get('format')!r}; write format: 1"
    for section in ("abbreviations", "variables", "derived", "factors"):
        entries = document.get(section)
        if not isinstance(entries, dict):
            yield f"{section} must be a mapping, but was {entries!r:.60}; list its entries by name"
            continue
        wanted = str if section == "abbreviations" else dict
        for name, entry in entries.items():
            if not isinstance(name, str) or not isinstance(entry, wanted):
                yield f"{section}.{name!s:.60} must be a {wanted.__name__}, but was {entry!r:.60}"
    steps = document.get("eligibility")
    if not isinstance(steps, list) or not all(isinstance(step, dict) for step in steps):
        yield f"eligibility must be a list of mappings, but was {steps!r:.60}"


def _find_content_faults(document: Mapping[str, Any]) -> Iterator[str]:
    columns = {*document["variables"], *document["derived"]}
    for section in ("variables", "derived"):
        for name, entry in document[section].items():
            yield from _find_variable_faults(f"{section}.{name}", section, entry, columns)
    for name, entry in document["factors"].items():
        yield from _find_factor_faults(name, entry, document, columns)
        columns.add(name)
    for step in document["eligibility"]:
        where = f"eligibility.{step.get('id')}"
        yield from _find_unknown(step, KEYS["eligibility"], where)
        yield from _find_absent(step, KEYS["eligibility"], where)
        if step.get("keep") not in ("no", "yes"):
            yield f'{where}.keep must be "no" or "yes" in quotes, but was {step.get("keep")!r}'
        if step.get("column") not in document["variables"]:
            yield f"{where}.column must be a variable, but was {step.get('column')!r}"


def _find_variable_faults(
    where: str, section: str, entry: Mapping[str, Any], columns: set[str]
) -> Iterator[str]:
    yield from _find_unknown(entry, KEYS[section], where)
    yield from _find_absent(entry, ("label", "meaning"), where)
    if entry.get("type", "number") not in TYPES:
        yield f"{where}.type must be one of {', '.join(TYPES)}, but was {entry.get('type')!r}"
    if entry.get("type") == "category":
        yield from _find_level_faults(where, entry.get("levels"))
    for key in ("range", "usual"):
        limits = entry.get(key, [0, 1])
        if not _is_interval(limits):
            yield f"{where}.{key} must be two rising numbers, but was {limits!r}"
    needs = entry.get("needs", [])
    for need in needs if isinstance(needs, list) else [needs]:
        if not isinstance(need, str) or need not in columns:
            yield f"{where}.needs must name columns of the dictionary, but named {need!r}"


def _find_factor_faults(
    name: str, entry: Mapping[str, Any], document: Mapping[str, Any], columns: set[str]
) -> Iterator[str]:
    where = f"factors.{name}"
    yield from _find_unknown(entry, KEYS["factors"], where)
    yield from _find_absent(entry, ("rule", "known_at"), where)
    if entry.get("known_at") not in STAGES:
        stages = ", ".join(STAGES)
        yield f"{where}.known_at must be one of {stages}, but was {entry.get('known_at')!r}"
    if "switches_at" in entry and entry["switches_at"] not in columns:
        yield f"{where}.switches_at must name a column of times, but was {entry['switches_at']!r}"
    variable = document["variables"].get(name, {})
    if not variable:
        yield from _find_absent(entry, ("label", "meaning"), where)
    levels = entry.get("levels") or variable.get("levels") or {"no": "No", "yes": "Yes"}
    yield from _find_level_faults(where, levels)
    if not isinstance(levels, dict):
        return
    if entry.get("reference", next(iter(levels), None)) not in levels:
        keys = ", ".join(map(str, levels))
        yield f"{where}.reference must be one of {keys}, but was {entry['reference']!r}"
    fault = describe_rule_fault(entry.get("rule"), levels)
    if fault:
        yield f"{where}.rule {fault}"
        return
    for need in find_rule_columns(entry["rule"]):
        if need not in columns:
            yield f"{where}.rule must name columns that stand above it, but named {need!r}"


def _is_interval(limits: object) -> bool:
    match limits:
        case [int() | float() as low, int() | float() as high]:
            return low < high
    return False


def _find_level_faults(where: str, levels: Any) -> Iterator[str]:
    if not isinstance(levels, dict) or not levels:
        yield f"{where}.levels must be keys with labels, but was {levels!r:.60}"
        return
    for key, label in levels.items():
        if not isinstance(key, str) or not isinstance(label, str):
            yield f"{where}.levels must be text, but had {key!r}: {label!r:.60}; put it in quotes"


def _find_unknown(entry: Mapping[Any, Any], known: Iterable[str], where: str) -> Iterator[str]:
    known = tuple(known)
    for key in entry:
        if key not in known:
            near = get_close_matches(str(key), known, n=1)
            advice = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(known)}"
            yield f"{where} has no key {key!r}; {advice}"


def _find_absent(entry: Mapping[str, Any], wanted: Iterable[str], where: str) -> Iterator[str]:
    for key in wanted:
        if not entry.get(key):
            yield f"{where}.{key} must be given, but is absent; add it"
