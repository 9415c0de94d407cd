"""Numbers written with a decimal comma."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from helpers.cohort.faults import Fault, quote_value

POINT, COMMA = "point", "comma"
_COMMA_NUMBER = re.compile(r"[+-]?\d+,\d+", re.ASCII)
_POINT_NUMBER = re.compile(r"[+-]?\d+\.\d+", re.ASCII)
_GROUPED = re.compile(r"[+-]?\d{1,3}(\.\d{3})+,\d+", re.ASCII)
_UNCLEAR = re.compile(r"[+-]?\d{1,3}(\.\d{3})+", re.ASCII)
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(,\d{3})+", re.ASCII)


def find_decimal(frame: pd.DataFrame) -> str:
    """Return the decimal mark that a table's numbers have, or nothing where that is open.

    A comma is the decimal mark where numbers with a comma stand in the table, no number has a
    point, and at least one cannot be a number with a comma between its thousands.
    """
    commas: set[str] = set()
    for position in range(frame.shape[1]):
        texts = [str(text).strip() for text in pd.unique(frame.iloc[:, position]) if text]
        if any(_POINT_NUMBER.fullmatch(text) for text in texts):
            return POINT
        commas.update(text for text in texts if _COMMA_NUMBER.fullmatch(text))
    if any(not _THOUSANDS.fullmatch(text) for text in commas):
        return COMMA
    return "" if commas else POINT


def replace_texts_with_commas(frame: pd.DataFrame) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Return a table whose columns of texts such as 13,1 hold numbers, and which these are.

    Parameters
    ----------
    frame : pandas.DataFrame
        Cells of a source that knows numbers as such: a text with a comma was typed as one.

    Returns
    -------
    frame : pandas.DataFrame
        A new one where any column was changed.
    names : tuple of str
        Columns most of whose values have a decimal comma, and none a point.
    """
    names: list[str] = []
    cells = frame
    for position, name in enumerate(frame.columns):
        column = frame.iloc[:, [position]]
        texts = [str(text).strip() for text in pd.unique(column.iloc[:, 0]) if text]
        commas = sum(bool(_COMMA_NUMBER.fullmatch(text)) for text in texts)
        if 2 * commas < len(texts) or find_decimal(column) != COMMA:
            continue
        made, _ = replace_decimal_commas(column)
        cells = frame.copy() if cells is frame else cells
        cells.isetitem(position, made.iloc[:, 0])
        names.append(str(name))
    return cells, tuple(names)


def replace_decimal_commas(frame: pd.DataFrame) -> tuple[pd.DataFrame, tuple[Fault, ...]]:
    """Return a table with points for decimal commas, and the cells that remain unclear.

    Parameters
    ----------
    frame : pandas.DataFrame
        Text cells of a file with decimal commas.

    Returns
    -------
    frame : pandas.DataFrame
        A new one.
    faults : tuple of Fault
        Numbers with a point, which may part thousands or decimals. They are emptied.
    """
    faults: list[Fault] = []
    cells = frame.to_numpy(dtype=object, copy=True)
    for position, name in enumerate(frame.columns):
        codes, distinct = pd.factorize(cells[:, position])
        texts = [str(text).strip() for text in distinct]
        mixed = any(_COMMA_NUMBER.fullmatch(text) for text in texts)
        made = np.array([*distinct, None], dtype=object)
        for code, text in enumerate(texts):
            if _COMMA_NUMBER.fullmatch(text) or _GROUPED.fullmatch(text):
                made[code] = text.replace(".", "").replace(",", ".")
            elif _UNCLEAR.fullmatch(text) or (mixed and _POINT_NUMBER.fullmatch(text)):
                made[code] = None
                rows = frame.index[codes == code]
                faults += [_describe_unclear(str(name), text, int(row)) for row in rows]
        cells[:, position] = made[codes]
    made_frame = pd.DataFrame(cells, columns=frame.columns, index=frame.index)
    return made_frame, tuple(faults)


def _describe_unclear(column: str, text: str, row: int) -> Fault:
    return Fault(
        column=column,
        rule="must have a comma before decimals and nothing between thousands, as the file has",
        advice="the point may part thousands or decimals; write the number without it",
        value=quote_value(text),
        row=row,
    )
