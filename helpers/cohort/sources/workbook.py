"""Excel workbooks: values as saved, nothing calculated."""

from __future__ import annotations

import hashlib
import io
import re
import warnings
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from helpers.cohort.faults import Fault
from helpers.cohort.sources.raw_table import (
    RawTable,
    SourceFacts,
    cell_to_text,
    check_size,
    clean_name,
    make_salt,
)
from helpers.cohort.sources.workbook_safety import check_archive
from helpers.errors import DataError

MAX_NAMES = 8
_MERGED = re.compile(rb'<mergeCell\b[^>]{0,200}?ref="([A-Z]{1,3}\d{1,7}:[A-Z]{1,3}\d{1,7})"')
_FORMULA = re.compile(rb"<(?:\w{1,20}:)?f[\s>/]")


def read_workbook(content: bytes, name: str, options: Mapping[str, str]) -> RawTable:
    """Read one sheet of an .xlsx or .xlsm file.

    Parameters
    ----------
    content : bytes
        The whole file.
    name : str
        For people.
    options : mapping of str to str
        ``sheet``: name or number (from 1); the first visible one without it.

    Raises
    ------
    DataError
        If it is no workbook, has no such sheet, or a sheet whose cells are merged.
    """
    try:
        check_archive(content)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # on extensions of the format that hold no cells
            return _read_workbook(content, name, options.get("sheet", ""))
    except DataError:
        raise
    except Exception as error:
        raise DataError(
            "data must be an Excel workbook, but a part of it is damaged "
            f"({type(error).__name__}); open it in the spreadsheet program and save it as .xlsx"
        ) from None


def _read_workbook(content: bytes, name: str, wanted: str) -> RawTable:
    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    try:
        sheet, notes = _choose_sheet(book, wanted)
        xml = _read_sheet_xml(book, sheet)
        _refuse_merged(xml, sheet.title)
        rows = _read_rows(sheet)
        header, body = _split_header(rows, sheet.title)
        table = _make_table(header, body)
    finally:
        book.close()
    faults = _find_formulas(content, sheet.title, table, header) if _FORMULA.search(xml) else ()
    return RawTable(
        frame=table,
        name=name,
        sha256=hashlib.sha256(content).hexdigest(),
        synthetic=False,
        ragged_rows={},
        facts=SourceFacts(kind="Excel workbook", sheet=sheet.title, notes=notes),
        dates_typed=True,
        faults=tuple(faults),
        id_salt=make_salt(content),
    )


def _choose_sheet(book: Any, wanted: str) -> tuple[Any, tuple[str, ...]]:
    sheets = {sheet.title: sheet for sheet in book.worksheets}
    names = ", ".join(repr(title) for title in list(sheets)[:MAX_NAMES])
    if not sheets:
        raise DataError("data must be a workbook with a sheet of cells, but has none; add one")
    if wanted in sheets:
        return sheets[wanted], ()
    if wanted.isascii() and wanted.isdigit() and 1 <= int(wanted[:6]) <= len(sheets):
        return list(sheets.values())[int(wanted) - 1], ()
    if wanted:
        raise DataError(
            f"data_sheet must be one of {names} or its number, but was {wanted!r}; "
            "write one of them, or leave it empty for the first"
        )
    visible = [sheet for sheet in sheets.values() if sheet.sheet_state == "visible"]
    chosen = (visible or list(sheets.values()))[0]
    if len(sheets) == 1:
        return chosen, ()
    note = (
        f"The workbook has the sheets {names}; {chosen.title!r} was read (data_sheet says which)."
    )
    return chosen, (note,)


def _read_sheet_xml(book: Any, sheet: Any) -> bytes:
    with book._archive.open(sheet._worksheet_path) as stream:
        return stream.read()


def _refuse_merged(xml: bytes, title: str) -> None:
    merged = [found.decode() for found in _MERGED.findall(xml)]
    if not merged:
        return
    in_header = [cells for cells in merged if re.match(r"[A-Z]+1:", cells)]
    what = "header" if in_header else "rows"
    shown = ", ".join((in_header or merged)[:3])
    raise DataError(
        f"data must be a sheet with one value in each cell, but the {what} of {title!r} has "
        f"merged cells ({shown}); unmerge them and write each name and value into its own cell"
    )


def _read_rows(sheet: Any) -> Iterator[tuple[int, tuple[Any, ...]]]:
    sheet.reset_dimensions()
    n_cells = 0
    for number, row in enumerate(sheet.iter_rows(values_only=True), start=1):
        n_cells += len(row)
        check_size(n_cells, 1)
        if any(value is not None and value != "" for value in row):
            yield number, row


def _split_header(
    rows: Iterator[tuple[int, tuple[Any, ...]]], title: str
) -> tuple[list[str], list[tuple[int, tuple[Any, ...]]]]:
    first, names = next(rows, (0, ()))
    if not first:
        raise DataError(
            f"data must begin with a header of column names, but the sheet {title!r} is empty; "
            "write the names of the columns into row 1, or choose another sheet (data_sheet)"
        )
    header = [clean_name(cell_to_text(value) or "") for value in names]
    body = list(rows)
    width = max((len(row) for _, row in body), default=0)
    if sum(map(bool, header)) == 1 and width > 2:
        raise DataError(
            f"data must begin with a header of column names, but row {first} of {title!r} holds "
            "a single text; delete what stands above the header"
        )
    return header + [""] * (width - len(header)), body


def _make_table(header: list[str], body: list[tuple[int, tuple[Any, ...]]]) -> pd.DataFrame:
    width = len(header)
    while width and not header[width - 1]:
        if any(len(row) >= width and row[width - 1] not in (None, "") for _, row in body):
            break
        width -= 1
    del header[width:]
    check_size(len(body), width)
    cells = np.empty((len(body), width), dtype=object)
    for position, (_, row) in enumerate(body):
        kept = row[:width]
        cells[position, : len(kept)] = [
            value if value.__class__ is str and value.strip() else cell_to_text(value)
            for value in kept
        ]
    numbers = pd.Index([number for number, _ in body], name="row", dtype="int64")
    return pd.DataFrame(cells, columns=header, index=numbers)


def _find_formulas(
    content: bytes, title: str, table: pd.DataFrame, header: list[str]
) -> Iterator[Fault]:
    """Yield the cells whose formula has no value that was saved with it."""
    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(content), read_only=True, data_only=False)
    sheet = book[title]
    sheet.reset_dimensions()
    positions = {int(number): position for position, number in enumerate(table.index)}
    cells = table.to_numpy(dtype=object)
    for number, row in enumerate(sheet.iter_rows(max_col=len(header) or None), start=1):
        for column, cell in enumerate(row):
            if cell.data_type != "f" or column >= len(header):
                continue
            position = positions.get(number)
            if position is None or cells[position, column] is None:
                yield _describe_formula(header[column], number)
    book.close()


def _describe_formula(column: str, row: int) -> Fault:
    return Fault(
        column=column,
        rule="must hold a value, but holds a formula whose result was not saved",
        advice="open the workbook in the spreadsheet program and save it, or write the value",
        row=row,
    )
