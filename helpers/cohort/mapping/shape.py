"""Whether a document has the shape of a mapping."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from helpers.cohort.mapping.dates import is_date_form

SECTIONS = (
    "format",
    "columns",
    "time_zero",
    "event",
    "recode",
    "missing",
    "units",
    "dates",
    "ignore",
    "exact",
)


def find_shape_faults(document: Any) -> Iterator[str]:
    """Yield a sentence for each part of a document that no mapping has.

    Parameters
    ----------
    document : object
        As YAML gave it, every scalar as text.
    """
    if not isinstance(document, dict):
        yield f"it must have the sections {', '.join(SECTIONS)}, but was {document!r:.60}"
        return
    yield from _find_scalar_faults(document)
    for name in ("columns", "recode", "missing", "units", "dates"):
        section = document.get(name) or {}
        if not isinstance(section, dict):
            yield f"{name} must be lines of name and value, but was {section!r:.60}; indent them"
            continue
        for key, entry in section.items():
            if fault := _CHECKS[name](entry):
                yield f"{name}.{key!s:.60} {fault}"
    yield from _find_event_faults(document.get("event") or None)


def _find_scalar_faults(document: Mapping[str, Any]) -> Iterator[str]:
    for name in document:
        if name not in SECTIONS:
            near = get_close_matches(str(name)[:100], SECTIONS, n=1)
            advice = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(SECTIONS)}"
            yield f"it has no section {str(name)!r:.60}; {advice}"
    if document.get("format", "1") != "1":
        yield f"format must be 1, but was {document['format']!r:.60}; write format: 1"
    if not isinstance(document.get("time_zero", ""), str):
        yield "time_zero must be the name of one column; write it after the colon"
    ignored = document.get("ignore") or []
    if not _is_texts(ignored):
        yield f"ignore must be a list of columns, but was {ignored!r:.60}; write [column, column]"
    if str(document.get("exact", "false")).casefold() not in ("true", "false", "yes", "no"):
        yield f"exact must be true or false, but was {document['exact']!r:.60}; write one of them"


def _find_event_faults(event: Any) -> Iterator[str]:
    if event is None:
        return
    if not isinstance(event, dict) or set(event) != {"column", "dead", "alive"}:
        yield (
            "event must have column, dead and alive; write for example "
            "{column: status, dead: [1], alive: [0]}"
        )
        return
    if not _is_name(event["column"]):
        yield f"event.column must name a column, but was {event['column']!r:.60}; name it"
    lists = [event["dead"], event["alive"]]
    for name, values in zip(("dead", "alive"), lists, strict=True):
        if values == "" or not _is_texts(values):
            yield f"event.{name} must be a list of values, but was {values!r:.60}; list them"
    if lists == [[], []]:
        yield "event must list a value for dead or for alive, but lists none; list those there are"
    if all(values and _is_texts(values) for values in lists):
        both = set(list_texts(lists[0])) & set(list_texts(lists[1]))
        if both:
            yield f"event has {', '.join(sorted(both))!r:.60} as dead and as alive; decide"


def list_texts(value: Any) -> list[str]:
    """Return texts as a list where one may stand alone."""
    return [value] if isinstance(value, str) else list(value)


def _check_column(entry: Any) -> str | None:
    if _is_name(entry):
        return None
    match entry:
        case {"first_of": list(names)} | {"earliest": list(names)} | {"latest": list(names)}:
            right = len(entry) == 1 and len(names) > 0 and all(map(_is_name, names))
        case {"constant": str(value)} | {"present": str(value)}:
            right = len(entry) == 1 and bool(value.strip())
        case {"marked": dict(names)}:
            right = len(entry) == 1 and bool(names) and all(map(_is_name, names.values()))
        case {"from": start, "until": end}:
            right = len(entry) == 2 and _is_name(start) and _is_name(end)
        case {"column": name, "only_if": dict(condition)}:
            right = len(entry) == 2 and _is_name(name) and len(condition) == 1
            right = right and all(value and _is_texts(value) for value in condition.values())
        case {"until": name} | {"since": name}:
            right = len(entry) == 1 and _is_name(name)
        case _:
            right = False
    if right:
        return None
    return (
        "must be the name of your column, or one of {first_of: [a, b]}, {earliest: [a, b]}, "
        "{latest: [a, b]}, {constant: value}, {present: a}, {marked: {category: a}}, "
        "{until: a}, {since: a}, {from: a, until: b}, {column: a, only_if: {b: value}}, "
        f"but was {entry!r:.60}; write one of these"
    )


def _check_recode(entry: Any) -> str | None:
    if isinstance(entry, dict) and entry and all(isinstance(one, str) for one in entry.values()):
        return None
    return f"must be lines of your value and ours, but was {entry!r:.60}; write {{m: male}}"


def _check_missing(entry: Any) -> str | None:
    return (
        None if _is_texts(entry) else f"must be a list of codes, but was {entry!r:.60}; list them"
    )


def _check_unit(entry: Any) -> str | None:
    if _is_name(entry):
        return None
    if isinstance(entry, dict) and set(entry) == {"factor"} and isinstance(entry["factor"], str):
        try:
            if 0 < float(entry["factor"]) < float("inf"):
                return None
        except ValueError:
            pass
    return f"must be a unit or {{factor: number}}, but was {entry!r:.60}; write for example g/L"


def _check_date(entry: Any) -> str | None:
    if isinstance(entry, str) and is_date_form(entry.strip()):
        return None
    return (
        f"must be dmy, mdy, ymd, excel or a form like %d.%m.%Y, but was {entry!r:.60}; "
        "write one of these"
    )


def _is_name(entry: Any) -> bool:
    return isinstance(entry, str) and bool(entry.strip())


def _is_texts(entry: Any) -> bool:
    return isinstance(entry, str) or (
        isinstance(entry, list) and all(isinstance(one, str) for one in entry)
    )


_CHECKS = {
    "columns": _check_column,
    "recode": _check_recode,
    "missing": _check_missing,
    "units": _check_unit,
    "dates": _check_date,
}
