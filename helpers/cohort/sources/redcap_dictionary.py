"""The data dictionary of a REDCap project."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from helpers.cohort.sources.encodings import decode
from helpers.errors import DataError

_COLUMNS = {
    "name": ("variable / field name", "field_name"),
    "form": ("form name", "form_name"),
    "type": ("field type", "field_type"),
    "label": ("field label", "field_label"),
    "choices": (
        "choices, calculations, or slider labels",
        "select_choices_or_calculations",
        "choices or calculations",
    ),
    "validation": (
        "text validation type or show slider number",
        "text_validation_type_or_show_slider_number",
    ),
}
_NEEDED = ("name", "type", "label")
_CHOICE_TYPES = ("radio", "dropdown", "select", "checkbox")
_YES_NO = {"yesno": {"1": "Yes", "0": "No"}, "truefalse": {"1": "True", "0": "False"}}
_DATE = re.compile(r"date(?:time)?(?:_seconds)?_(dmy|mdy|ymd)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of a REDCap project.

    Attributes
    ----------
    name, form, type, label : str
        As in the data dictionary.
    choices : mapping of str to str
        Labels by code; empty where values are free.
    date_order : str
        ``dmy``, ``mdy`` or ``ymd`` of a date; empty for anything else.
    """

    name: str
    form: str
    type: str
    label: str
    choices: Mapping[str, str] = field(default_factory=dict)
    date_order: str = ""


def read_redcap_dictionary(content: bytes, shown: str) -> dict[str, Field]:
    """Return the fields that a REDCap data dictionary declares, in its order.

    Parameters
    ----------
    content : bytes
        A CSV file as REDCap's designer or its API writes it.
    shown : str
        How the user named it.

    Raises
    ------
    DataError
        If it is no such dictionary.
    """
    try:
        text, _ = decode(content)
        rows = [row for row in csv.reader(io.StringIO(text, newline=""), strict=True) if any(row)]
    except (DataError, csv.Error):
        rows = []
    columns = _find_columns(rows[0] if rows else [])
    if not set(_NEEDED) <= set(columns) or len(rows) < 2:
        raise DataError(
            "data_dictionary must be the data dictionary of a REDCap project (CSV with the columns "
            f"Variable / Field Name, Field Type and Field Label), but was {shown!r}; download it "
            "in REDCap under Data Dictionary"
        )
    fields: dict[str, Field] = {}
    for row in rows[1:]:
        entry = {key: row[at].strip() if at < len(row) else "" for key, at in columns.items()}
        if entry["name"]:
            fields[entry["name"]] = _make_field(entry)
    if not fields:
        raise DataError(
            f"data_dictionary must name the fields of a REDCap project, but {shown!r} names none; "
            "download it anew in REDCap under Data Dictionary"
        )
    return fields


def _find_columns(header: list[str]) -> dict[str, int]:
    names = [" ".join(name.split()).casefold() for name in header]
    return {
        key: names.index(name) for key, known in _COLUMNS.items() for name in known if name in names
    }


def _make_field(entry: Mapping[str, str]) -> Field:
    kind = entry["type"].casefold()
    order = _DATE.fullmatch(entry.get("validation", "").casefold())
    choices = _YES_NO.get(kind, {})
    if kind in _CHOICE_TYPES:
        choices = parse_choices(entry.get("choices", ""))
    return Field(
        name=entry["name"],
        form=entry.get("form", ""),
        type=kind,
        label=entry["label"],
        choices=choices,
        date_order=order[1] if order else "",
    )


def parse_choices(text: str) -> dict[str, str]:
    """Return labels by code of a list of choices.

    Examples
    --------
    >>> parse_choices("1, Male | 2, Female, or other")
    {'1': 'Male', '2': 'Female, or other'}
    """
    choices: dict[str, str] = {}
    for choice in re.split(r"\||\n", text):
        code, comma, label = choice.partition(",")
        if comma and code.strip():
            choices[code.strip()] = label.strip()
    return choices
