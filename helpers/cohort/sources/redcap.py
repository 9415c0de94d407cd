"""Exports of REDCap, read with the project's data dictionary."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from helpers.cohort.mapping.dates import read_date
from helpers.cohort.sources.raw_table import RawTable
from helpers.cohort.sources.redcap_dictionary import Field
from helpers.errors import DataError

_REPEATS = ("redcap_repeat_instrument", "redcap_repeat_instance")
_EVENT = "redcap_event_name"
_COMPLETE = {"0": "Incomplete", "1": "Unverified", "2": "Complete"}
_CHECKED = {"checked": "1", "unchecked": "0"}
_CHECKBOX = re.compile(r"(?P<field>[a-z0-9_]+?)___(?P<code>[a-z0-9_]+)")
_ORDERS = {"dmy": "dmy", "mdy": "mdy", "ymd": "ymd"}


def apply_dictionary(raw: RawTable, fields: Mapping[str, Field]) -> RawTable:
    """Return an export with the meaning that the data dictionary gives its cells.

    Parameters
    ----------
    raw : RawTable
        As exported, raw or labelled.
    fields : mapping of str to Field
        From the data dictionary, in its order.

    Returns
    -------
    RawTable
        Columns by the names of fields; codes as their labels, with the codes beside them;
        checkboxes as 0 and 1; dates in ISO form; the first field identifies patients.

    Raises
    ------
    DataError
        If a patient has several rows (repeating instruments or events), or if the export
        shares no column with the dictionary.
    """
    names = _find_names([str(name) for name in raw.frame.columns], fields)
    frame = raw.frame.set_axis(names, axis=1)
    _refuse_repeats(frame, names)
    identifier = next(iter(fields))
    if identifier not in names:
        raise DataError(
            f"data must hold the identifier {identifier!r} of its REDCap dictionary, but does "
            "not; export it with the data, or give the dictionary of this project"
        )
    cells = frame.to_numpy(dtype=object, copy=True)
    codes: dict[str, dict[str, str]] = {}
    for position, name in enumerate(names):
        field = fields.get(name)
        choices = _find_choices(name, field, fields)
        if choices:
            cells[:, position] = _apply_choices(cells[:, position], choices)
            codes[name] = {label: code for code, label in choices.items()}
        elif _is_checkbox(name, fields):
            cells[:, position] = _replace(cells[:, position], _CHECKED)
        elif field and field.date_order:
            cells[:, position] = _write_dates(cells[:, position], field.date_order)
    kept = [at for at, name in enumerate(names) if name not in _REPEATS]
    made = pd.DataFrame(cells[:, kept], columns=[names[at] for at in kept], index=raw.frame.index)
    labelled = names != [str(name) for name in raw.frame.columns]
    note = (
        f"It was read with its data dictionary of {len(fields)} fields; {identifier} identifies "
        "patients."
    )
    facts = replace(
        raw.facts,
        kind="REDCap export" + (" with labels" if labelled else ""),
        notes=(*raw.facts.notes, note),
    )
    has_dates = any(name in fields and fields[name].date_order for name in names)
    return replace(
        raw,
        frame=made,
        codes=codes,
        labels={name: fields[name].label for name in names if name in fields},
        identifier=identifier,
        facts=facts,
        dates_typed=raw.dates_typed or has_dates,
    )


def _find_names(header: list[str], fields: Mapping[str, Field]) -> list[str]:
    """Return the names of fields that a header holds, which may hold labels instead."""
    if sum(name in fields or bool(_CHECKBOX.fullmatch(name)) for name in header) > 1:
        return header
    by_label: dict[str, list[str]] = {}
    for field in fields.values():
        by_label.setdefault(_simplify(field.label), []).append(field.name)
        if field.type == "checkbox":
            for code, label in field.choices.items():
                text = _simplify(f"{field.label} (choice={label})")
                by_label.setdefault(text, []).append(f"{field.name}___{_write_code(code)}")
    by_label |= {
        _simplify("Repeat Instrument"): [_REPEATS[0]],
        _simplify("Repeat Instance"): [_REPEATS[1]],
        _simplify("Event Name"): [_EVENT],
    }
    taken: dict[str, int] = {}
    names: list[str] = []
    for text in header:
        found = by_label.get(_simplify(text), [])
        at = taken.get(_simplify(text), 0)
        taken[_simplify(text)] = at + 1
        names.append(found[at] if at < len(found) else text)
    return names


def _simplify(text: str) -> str:
    return " ".join(re.sub(r"<[^>]{0,200}>", " ", text).split()).casefold()


def _write_code(code: str) -> str:
    return code.lower().replace("-", "_")


def _refuse_repeats(frame: pd.DataFrame, names: list[str]) -> None:
    for column in _REPEATS:
        if column in names and frame.iloc[:, names.index(column)].notna().any():
            raise DataError(
                "data must have one row a patient, but this REDCap export has repeating "
                "instruments; export the instruments that do not repeat, and the value of "
                "interest of those that do (e.g. the first) as a calculated field"
            )
    if _EVENT in names and len(set(frame.iloc[:, names.index(_EVENT)]) - {None}) > 1:
        raise DataError(
            "data must have one row a patient, but this REDCap export has a row for each event "
            "(redcap_event_name); export one event, or join them in a report first"
        )


def _find_choices(name: str, field: Field | None, fields: Mapping[str, Field]) -> Mapping[str, str]:
    if field:
        return {} if field.type == "checkbox" else field.choices
    form = name.removesuffix("_complete")
    forms = {other.form for other in fields.values()}
    return _COMPLETE if form != name and form in forms else {}


def _is_checkbox(name: str, fields: Mapping[str, Field]) -> bool:
    match = _CHECKBOX.fullmatch(name)
    field = fields.get(match["field"]) if match else None
    return field is not None and field.type == "checkbox"


def _apply_choices(cells: np.ndarray, choices: Mapping[str, str]) -> np.ndarray:
    """Write labels for codes; a text that is a label already stays."""
    labels = set(choices.values())
    texts = {str(text).strip() for text in cells if text}
    if texts and texts <= labels and not texts <= set(choices):
        return cells
    return _replace(cells, choices, fold=False)


def _replace(cells: np.ndarray, by: Mapping[str, str], *, fold: bool = True) -> np.ndarray:
    codes, distinct = pd.factorize(cells)
    keys = [str(text).strip() for text in distinct]
    made = [
        by.get(key.casefold() if fold else key, text)
        for key, text in zip(keys, distinct, strict=True)
    ]
    return np.array([*made, None], dtype=object)[codes]


def _write_dates(cells: np.ndarray, order: str) -> np.ndarray:
    """Write dates in ISO form: as the field's validation has them, or as ISO already."""
    codes, distinct = pd.factorize(cells)
    made: list[str] = []
    for text in map(str, distinct):
        date = read_date(text.strip(), "ymd") or read_date(text.strip(), _ORDERS[order])
        made.append(date.isoformat() if date else text)
    return np.array([*made, None], dtype=object)[codes]
