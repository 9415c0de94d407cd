"""Read checklists from YAML; every fault of a file is told at once."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, get_args

import yaml

from helpers.checklists.model import Checklist, ChecklistItem, Need, NeedKind
from helpers.errors import FaultsError

FORMAT = 1
#: The guidelines in the order in which a report prints them.
NAMES = ("strobe", "record", "remark", "target")

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_KINDS: tuple[str, ...] = get_args(NeedKind)
_TEXTS = ("key", "name", "title", "citation")
_ITEM_KEYS = frozenset({"number", "section", "asks", "needs", "applies", "otherwise"})
_NEED_KEYS = frozenset({*_KINDS, "says", "lacks", "words", "of", "column", "at", "gap", "by"})


@cache
def read_checklists() -> tuple[Checklist, ...]:
    """Return the checklists that come with the package."""
    folder = files("helpers.checklists") / "data"
    return tuple(
        parse_checklist((folder / f"{name}.yml").read_text(encoding="utf-8"), f"{name}.yml")
        for name in NAMES
    )


def read_checklist(path: Path) -> Checklist:
    """Return the checklist in a file; see :func:`parse_checklist`."""
    return parse_checklist(path.read_text(encoding="utf-8"), path.name)


def parse_checklist(text: str, name: str) -> Checklist:
    """Return the checklist that a YAML text describes.

    Parameters
    ----------
    text : str
        The package's README describes its form.
    name : str
        Of the file, for messages.

    Returns
    -------
    Checklist

    Raises
    ------
    FaultsError
        If the text breaks a rule of the form; one sentence for each fault.
    """
    try:
        data = yaml.load(text, Loader=_LOADER)  # noqa: S506 - a safe loader, in C if there
    except yaml.YAMLError as error:
        raise FaultsError(f"{name}: 1 to mend", [f"the file must be YAML, but {error}"]) from None
    faults = list(_find_faults(data))
    if faults:
        raise FaultsError(f"{name}: {len(faults)} to mend", faults)
    items = tuple(_make_item(entry) for entry in data["items"])
    return Checklist(items=items, **{key: data[key] for key in _TEXTS})


def _find_faults(data: Any) -> Iterator[str]:
    if not isinstance(data, Mapping) or data.get("format") != FORMAT:
        yield f"format must be {FORMAT}; write `format: {FORMAT}` at the top"
        return
    for key in _TEXTS:
        if not isinstance(data.get(key), str):
            yield f"{key} must be text, but was {data.get(key)!r}; give it"
    entries = data.get("items")
    if not isinstance(entries, list) or not entries:
        yield f"items must be a list, but was {entries!r}; give one entry for each item"
        return
    numbers: set[str] = set()
    for place, entry in enumerate(entries, 1):
        if not isinstance(entry, Mapping):
            yield f"item at place {place} must be a mapping, but was {entry!r}; mend it"
            continue
        number = entry.get("number")
        if not isinstance(number, str) or number in numbers:
            yield (
                f"number at place {place} must be text and unique, but was {number!r}; quote it "
                "or mend it"
            )
            continue
        numbers.add(number)
        yield from (f"item {number}: {fault}" for fault in _find_item_faults(entry))


def _find_item_faults(entry: Mapping[str, Any]) -> Iterator[str]:
    for key in sorted(map(str, entry.keys() - _ITEM_KEYS)):
        yield f"key must be one of {', '.join(sorted(_ITEM_KEYS))}, but was {key!r}; mend it"
    for key in ("section", "asks"):
        if not isinstance(entry.get(key), str) or not entry[key].strip():
            yield f"{key} must be text, but was {entry.get(key)!r}; give it"
    if ("applies" in entry) != bool(entry.get("otherwise")):
        yield "applies must come with otherwise; say why the item does not apply without it"
    needs = entry.get("needs")
    if not isinstance(needs, list) or not needs:
        yield f"needs must be a list, but was {needs!r}; name what the item asks of a report"
        return
    for need in needs:
        yield from _find_need_faults(need, has_gap=True)
    if "applies" in entry:
        yield from _find_need_faults(entry["applies"], has_gap=False)


def _find_need_faults(need: Any, *, has_gap: bool) -> Iterator[str]:
    kinds = [kind for kind in _KINDS if kind in need] if isinstance(need, Mapping) else []
    if len(kinds) != 1:
        yield f"need must have one of {', '.join(_KINDS)}, but was {need!r}; mend it"
        return
    for key in sorted(map(str, need.keys() - _NEED_KEYS)):
        yield f"key of a need must be one of {', '.join(sorted(_NEED_KEYS))}, but was {key!r}"
    if has_gap and not need.get("gap"):
        yield f"gap must be text, but was {need.get('gap')!r}; say what is missing without it"
    if need.get("by", "authors") != "authors":
        yield f"by must be authors, but was {need['by']!r}; leave it out"
    if kinds == ["text"] and not (need.get("says") or need.get("words")):
        yield "a text must be looked through by says or words; give one"
    if kinds == ["row"] and not (need.get("of") and need.get("column")):
        yield "a row must have of and column; name its table and column"
    if kinds[0] in {"result", "parameter"} and has_gap and not need.get("at"):
        yield f"a {kinds[0]} must be shown at a place; name headings or tables in at"
    for key in ("says", "lacks"):
        if key in need and not _is_pattern(need[key]):
            yield f"{key} must be a regular expression, but was {need[key]!r}; mend it"


def _is_pattern(text: Any) -> bool:
    try:
        re.compile(text)
    except (re.error, TypeError):
        return False
    return True


def _make_item(entry: Mapping[str, Any]) -> ChecklistItem:
    applies = entry.get("applies")
    return ChecklistItem(
        number=entry["number"],
        section=entry["section"],
        asks=entry["asks"],
        needs=tuple(map(_make_need, entry["needs"])),
        applies=None if applies is None else _make_need(applies),
        otherwise=entry.get("otherwise", ""),
    )


def _make_need(need: Mapping[str, Any]) -> Need:
    kind = next(kind for kind in _KINDS if kind in need)
    return Need(
        kind=kind,  # type: ignore[arg-type]
        names=_read_names(need[kind]),
        says=_compile(need.get("says")),
        lacks=_compile(need.get("lacks")),
        words=int(need.get("words", 0)),
        of=_read_names(need.get("of", ())),
        column=int(need.get("column", 0)),
        at=_read_names(need.get("at", ())),
        gap=need.get("gap", ""),
        by_authors="by" in need,
    )


def _read_names(value: Any) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(map(str, value))


def _compile(pattern: str | None) -> re.Pattern[str] | None:
    return None if pattern is None else re.compile(pattern, re.IGNORECASE | re.DOTALL)
