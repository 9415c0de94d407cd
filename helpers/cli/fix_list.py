"""Faults of patients' data as a workbook to work off, one row for each."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from helpers.cohort.faults import Fault
from helpers.errors import ParameterError
from helpers.report.check_inputs import AREAS, CheckedInputs, find_columns

TITLE = "Fix list of lenfail check"
HEAD = (
    "No.",
    "Row",
    "Cell",
    "Patient (hash)",
    "Your column",
    "Our column",
    "Found",
    "Rule",
    "What to do",
    "Done",
)
WIDTHS = (6, 8, 8, 16, 24, 24, 28, 48, 56, 8)
MOST_ROWS = 1_000_000
LONGEST_TEXT = 1_000
_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")


def list_cell_faults(checked: CheckedInputs) -> Iterator[dict[str, Any]]:
    """Yield one record for each fault, those that concern no row included.

    Yields
    ------
    dict
        ``area``, ``row``, ``cell`` (as a spreadsheet names it), ``patient`` (hash),
        ``your_column``, ``our_column``, ``value``, ``rule``, ``advice``; what is not known is
        empty, a row None.
    """
    for area in AREAS:
        told = checked.sentences.get(area, ())
        if area == "data" and checked.cells:
            yield from (_make_record(fault, checked) for fault in checked.cells)
            continue
        for text in told:
            rule, _, advice = text.partition("; ")
            yield _EMPTY | {"area": area, "rule": rule, "advice": advice}


_EMPTY: dict[str, Any] = {
    "area": "",
    "row": None,
    "cell": "",
    "patient": "",
    "your_column": "",
    "our_column": "",
    "value": "",
    "rule": "",
    "advice": "",
}


def _make_record(fault: Fault, checked: CheckedInputs) -> dict[str, Any]:
    columns = find_columns(fault.column, checked.mapped) if checked.mapped is not None else ()
    known = fault.source_column or fault.column
    theirs = columns or ((known,) if known else ())
    return {
        "area": "data",
        "row": fault.row,
        "cell": _name_cell(fault.row, theirs, checked),
        "patient": fault.patient,
        "your_column": " and ".join(theirs),
        "our_column": fault.column,
        "value": fault.value,
        "rule": fault.rule,
        "advice": fault.advice,
    }


def _name_cell(row: int | None, columns: tuple[str, ...], checked: CheckedInputs) -> str:
    from openpyxl.utils import get_column_letter

    names = [str(name) for name in checked.raw.frame.columns] if checked.raw is not None else []
    if row is None or not columns or columns[0] not in names:
        return ""
    return f"{get_column_letter(names.index(columns[0]) + 1)}{row}"


def write_fix_list(records: Iterable[dict[str, Any]], path: Path, *, keep: Iterable[Path]) -> int:
    """Write faults as a workbook and return how many rows it has.

    Parameters
    ----------
    records : iterable of dict
        Of :func:`list_cell_faults`.
    path : pathlib.Path
        File to write; an earlier fix list is replaced.
    keep : iterable of pathlib.Path
        Files that must not be replaced.

    Raises
    ------
    ParameterError
        If `path` is no .xlsx file, is another file that exists, or cannot be written.
    """
    _refuse_path(path, keep)
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter

    book = Workbook()
    sheet = book.active
    sheet.title = "fix list"
    sheet.append(HEAD)
    count = 0
    for count, record in enumerate(records, start=1):
        if count <= MOST_ROWS:
            _append(sheet, count, record)
    for cell in sheet[1]:
        cell.font = Font(bold=True)
        cell.fill = PatternFill("solid", start_color="D9E2F3")
    for position, width in enumerate(WIDTHS, start=1):
        sheet.column_dimensions[get_column_letter(position)].width = width
    if count <= 5_000:
        for row in sheet.iter_rows(min_row=2):
            for cell in row:
                cell.alignment = Alignment(wrap_text=True, vertical="top")
    sheet.freeze_panes = "A2"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = "1:1"
    sheet.auto_filter.ref = sheet.dimensions
    book.properties.title, book.properties.creator = TITLE, "lenfail"
    buffer = io.BytesIO()
    book.save(buffer)
    try:
        path.write_bytes(buffer.getvalue())
    except OSError as error:
        raise _describe_path(path, f"cannot be written ({error.strerror})") from None
    return count


def _append(sheet: Any, number: int, record: dict[str, Any]) -> None:
    texts = [record[key] for key in _ORDER]
    sheet.append([number, record["row"], *map(neutralise, texts), ""])
    for cell in sheet[sheet.max_row][2:]:
        if isinstance(cell.value, str):
            cell.data_type = "s"


_ORDER = ("cell", "patient", "your_column", "our_column", "value", "rule", "advice")


def neutralise(text: str) -> str:
    """Return text that no spreadsheet takes for a formula.

    Examples
    --------
    >>> neutralise("=1+1"), neutralise("male")
    ("'=1+1", 'male')
    """
    shown = "".join(letter if letter.isprintable() else " " for letter in text[:LONGEST_TEXT])
    return "'" + shown if shown.startswith(_FORMULA_SIGNS) else shown


def _refuse_path(path: Path, keep: Iterable[Path]) -> None:
    if path.suffix.lower() != ".xlsx":
        raise _describe_path(path, "has another ending than .xlsx")
    try:
        is_kept = any(path.exists() and other.exists() and path.samefile(other) for other in keep)
        if is_kept or (path.exists() and not _is_fix_list(path)):
            raise _describe_path(path, "exists and is no fix list")
        if not path.parent.is_dir():
            raise _describe_path(path, "lies in a folder that does not exist")
    except (OSError, ValueError) as error:
        if isinstance(error, ParameterError):
            raise
        raise _describe_path(path, str(error)) from None


def _is_fix_list(path: Path) -> bool:
    from zipfile import BadZipFile, ZipFile

    try:
        with ZipFile(path) as archive:
            return TITLE.encode() in archive.read("docProps/core.xml")
    except (OSError, BadZipFile, KeyError):
        return False


def _describe_path(path: Path, why: str) -> ParameterError:
    return ParameterError(
        f"--fix-list must be a new .xlsx file or an earlier fix list, but {str(path)!r} {why}; "
        "choose another name"
    )
