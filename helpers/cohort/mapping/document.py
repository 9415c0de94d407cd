"""The mapping file: what it may say, and all that is wrong with one at once.

``params/mapping.example.yml`` shows every section. Each value is taken as text; no part is
evaluated, and nothing in it names a file.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from helpers.cohort.mapping.shape import find_shape_faults, list_texts
from helpers.cohort.mapping.text_yaml import load_text_yaml
from helpers.cohort.sources.encodings import decode
from helpers.cohort.sources.files import read_bytes
from helpers.errors import FaultsError

HEADING = "The mapping has faults:"
ALL = "all"
PRESENT, EMPTY = "present", "empty"
SourceKind = Literal[
    "column", "first_of", "earliest", "latest", "constant", "present", "marked", "span", "only_if"
]


@dataclass(frozen=True, slots=True)
class ColumnSource:
    """What one of our columns is made from.

    Attributes
    ----------
    kind : SourceKind
        How.
    columns : tuple of str
        Theirs; of a span, its first and its last date, an empty text for time zero; of
        ``only_if`` the column that is taken and the one that decides.
    value : str
        Of a constant.
    keys : tuple of str
        Of marked columns: our category of each; of ``only_if`` the deciding values.
    """

    kind: SourceKind
    columns: tuple[str, ...] = ()
    value: str = ""
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EventCoding:
    """Which values mean a death; ``present`` and ``empty`` stand for any value and none."""

    column: str
    dead: tuple[str, ...]
    alive: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnMapping:
    """A mapping of the right shape.

    Attributes
    ----------
    columns : mapping of str to ColumnSource
        By our column.
    time_zero : str
        Their column; empty without one.
    event : EventCoding or None
        How death is coded.
    recode : mapping of str to mapping of str to str
        By our column: ours by their value; an empty text means not known.
    missing : mapping of str to tuple of str
        Codes for not known, by our column or for ``all``.
    units : mapping of str to str or float
        By our column: their unit, or a factor.
    dates : mapping of str to str
        Form of dates, by a column of theirs or ours, or for ``all``.
    ignore : tuple of str
        Their columns that are not used although they have one of our names.
    exact : bool
        Whether capitals and spaces matter.
    """

    columns: Mapping[str, ColumnSource] = field(default_factory=dict)
    time_zero: str = ""
    event: EventCoding | None = None
    recode: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    missing: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    units: Mapping[str, str | float] = field(default_factory=dict)
    dates: Mapping[str, str] = field(default_factory=dict)
    ignore: tuple[str, ...] = ()
    exact: bool = False


def read_mapping(path: Path, shown: str) -> ColumnMapping:
    """Return the mapping that a YAML file holds.

    Parameters
    ----------
    path : Path
        Where it is.
    shown : str
        How the user named it.

    Raises
    ------
    DataError
        If the file cannot be read.
    FaultsError
        If it is no mapping; all faults are named.
    """
    text, _ = decode(read_bytes(path, shown, what="mapping"))
    return parse_mapping(text)


def parse_mapping(text: str) -> ColumnMapping:
    """Return the mapping that a YAML text describes.

    Parameters
    ----------
    text : str
        In the form of ``params/mapping.example.yml``.

    Raises
    ------
    FaultsError
        If it is no mapping; all faults are named.

    Examples
    --------
    >>> parse_mapping("columns: {sex: Geschlecht}").columns["sex"].columns
    ('Geschlecht',)
    """
    document = load_text_yaml(unicodedata.normalize("NFC", text), HEADING)
    document = {} if document in (None, "") else document
    faults = list(find_shape_faults(document))
    if faults:
        raise FaultsError(HEADING, faults)
    event = document.get("event")
    return ColumnMapping(
        columns={
            ours: _make_source(entry) for ours, entry in _section(document, "columns").items()
        },
        time_zero=document.get("time_zero", "").strip(),
        event=_make_event(event) if event else None,
        recode=_section(document, "recode"),
        missing={
            name: tuple(list_texts(codes)) for name, codes in _section(document, "missing").items()
        },
        units={name: _make_unit(unit) for name, unit in _section(document, "units").items()},
        dates={name: form.strip() for name, form in _section(document, "dates").items()},
        ignore=tuple(name.strip() for name in list_texts(document.get("ignore") or [])),
        exact=document.get("exact", "false").casefold() in ("true", "yes"),
    )


def _section(document: Mapping[str, Any], name: str) -> dict[str, Any]:
    return document.get(name) or {}


def _make_source(entry: Any) -> ColumnSource:
    if isinstance(entry, str):
        return ColumnSource("column", (entry.strip(),))
    match entry:
        case {"only_if": condition, "column": column}:
            ((decides, values),) = condition.items()
            made = ColumnSource("only_if", (column, decides), keys=tuple(list_texts(values)))
        case {"constant": value}:
            made = ColumnSource("constant", value=value)
        case {"present": column}:
            made = ColumnSource("present", (column,))
        case {"marked": columns}:
            made = ColumnSource("marked", tuple(columns.values()), keys=tuple(columns))
        case {"first_of": columns} | {"earliest": columns} | {"latest": columns}:
            made = ColumnSource(next(iter(entry)), tuple(columns))
        case _:
            start = entry.get("from") or entry.get("since") or ""
            made = ColumnSource("span", (start, entry.get("until", "")))
    return made


def _make_event(event: Mapping[str, Any]) -> EventCoding:
    dead, alive = tuple(list_texts(event["dead"])), tuple(list_texts(event["alive"]))
    return EventCoding(event["column"].strip(), dead, alive)


def _make_unit(unit: Any) -> str | float:
    return unit.strip() if isinstance(unit, str) else float(unit["factor"])
