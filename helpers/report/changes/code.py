"""Which functions differ between the code of two reports."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from helpers.report.code_outline import REST, read_outline


@dataclass(frozen=True, slots=True)
class CodeChange:
    """What differs between the code that two reports reach.

    Attributes
    ----------
    touched : mapping of str to str
        By module: the functions that were changed, added and removed, in words.
    sections : frozenset of str
        Those that reach one of the modules.
    """

    touched: Mapping[str, str]
    sections: frozenset[str]


def compare_code(before: Mapping[str, Any], after: Mapping[str, Any]) -> CodeChange:
    """Compare what two manifests say of the code that their sections reach.

    Parameters
    ----------
    before, after : mapping
        As :func:`helpers.report.reached.describe_reached` returns it.
    """
    touched: dict[str, str] = {}
    sections: set[str] = set()
    first, second = (_read_code(reached) for reached in (before, after))
    for name in sorted({*first, *second}):
        users, outline = first.get(name, (frozenset(), ""))
        other_users, other_outline = second.get(name, (frozenset(), ""))
        if outline == other_outline:
            continue
        touched[name] = _describe(outline, other_outline)
        sections |= users | other_users
    return CodeChange(touched, frozenset(sections))


def _read_code(reached: Mapping[str, Any]) -> dict[str, tuple[frozenset[str], str]]:
    names = list(reached.get("sections", {}))
    code = {}
    for module, text in reached.get("code", {}).items():
        places, _, outline = str(text).partition(" ")
        users = (int(place) for place in places.split(",") if place.isdigit())
        code[module] = (frozenset(names[place] for place in users if place < len(names)), outline)
    return code


def _describe(before: str, after: str) -> str:
    """Return what became of a module's functions."""
    if not before or not after:
        return "new" if after else "gone"
    first, second = read_outline(before), read_outline(after)
    if {*first, *second} == {REST}:
        return "changed"
    changed = [name for name in second if name in first and first[name] != second[name]]
    parts = []
    for words, names in (
        ("changed", changed),
        ("new", [name for name in second if name not in first]),
        ("gone", [name for name in first if name not in second]),
    ):
        told = ", ".join("outside functions" if name == REST else name for name in names)
        if told:
            parts.append(f"{words} {told}")
    return "; ".join(parts) or "order of functions"
