"""One table as a sheet: title, frozen head, rows, notes."""

from __future__ import annotations

import math

from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from helpers.document import Row, TableBlock
from helpers.report.grid import (
    PlacedCell,
    count_columns,
    find_group_starts,
    get_alignment,
    place_cells,
)
from helpers.report.nodes import TableNode
from helpers.report.table_widths import measure_em
from helpers.report.wording import list_abbreviations
from helpers.report.xlsx_cells import BOLD_FONT, FONT, lead_to, write_cell, write_note, write_text

_TITLE_ROW, _HEAD_ROW = 1, 3
_TITLE_FONT = Font(name="Arial", size=12, bold=True)
_NOTE_FONT = Font(name="Arial", size=9)
_LINK_FONT = Font(name="Arial", size=9, color="1F4E79", underline="single")
_SIDES = {"l": "left", "c": "center", "r": "right"}
_RULE, _HAIR = Side(style="medium"), Side(style="thin")
_NARROWEST, _WIDEST = 8.0, 60.0
#: Widths of columns are counted in digits of the ordinary type.
_DIGITS_PER_EM = 1.95
_EMPTY_WIDTH = 8.4
_NARROWEST_NOTE = 80.0
_NOTE_HEIGHT_PT = 12.5


def fill_sheet(sheet: Worksheet, node: TableNode, *, back_to: str) -> None:
    """Write a table into an empty sheet.

    Parameters
    ----------
    sheet : Worksheet
        Empty.
    node : TableNode
        The table.
    back_to : str
        Name of the sheet that a link leads back to.
    """
    block = node.block
    n_columns = count_columns(block)
    first_body = _HEAD_ROW + len(block.header)
    write_text(sheet.cell(_TITLE_ROW, 1), f"{node.label}. {block.title}", font=_TITLE_FONT)
    back = sheet.cell(_TITLE_ROW + 1, 1)
    write_text(back, f"Back to {back_to.lower()}", font=_LINK_FONT)
    lead_to(back, back_to)
    _write_rows(sheet, block, block.header, _HEAD_ROW, in_head=True)
    _write_rows(sheet, block, block.rows, first_body, in_head=False)
    end = first_body + len(block.rows)
    _draw_rules(sheet, block, n_columns, end)
    widths = [_measure_column(block, column) for column in range(n_columns)]
    for column, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(column)].width = width
    _write_notes(sheet, block, end + 1, widths)
    _set_view(sheet, first_body)


def _write_rows(
    sheet: Worksheet, block: TableBlock, rows: tuple[Row, ...], first: int, *, in_head: bool
) -> None:
    groups = find_group_starts(block)
    for placed in place_cells(rows):
        row, column, cell = first + placed.row, placed.column + 1, placed.cell
        is_bold = in_head or (cell.header and not cell.indent and bool(groups))
        write_cell(
            sheet.cell(row, column),
            cell,
            font=BOLD_FONT if is_bold else FONT,
            alignment=_align(block, placed, in_head=in_head),
        )
        last_row = row + min(cell.rowspan, len(rows) - placed.row) - 1
        last_column = column + cell.colspan - 1
        if last_row > row or last_column > column:
            sheet.merge_cells(
                start_row=row, start_column=column, end_row=last_row, end_column=last_column
            )


def _align(block: TableBlock, placed: PlacedCell, *, in_head: bool) -> Alignment:
    side = _SIDES.get(get_alignment(block, placed.column), "left")
    if in_head and placed.cell.colspan > 1:
        side = "center"
    vertical = "bottom" if in_head else "top"
    apart = int(side == "left" and placed.column > 0)
    indent = placed.cell.indent + apart
    return Alignment(horizontal=side, vertical=vertical, wrap_text=True, indent=indent)


def _draw_rules(sheet: Worksheet, block: TableBlock, n_columns: int, end: int) -> None:
    """Draw a rule above and below the head and at the table's end, and below spanning heads."""
    last_head = _HEAD_ROW + len(block.header) - 1
    spanned = {
        (_HEAD_ROW + placed.row + placed.cell.rowspan - 1, column + 1)
        for placed in place_cells(block.header)
        if placed.cell.colspan > 1 and placed.cell.text.strip()
        for column in range(placed.column, placed.column + placed.cell.colspan)
    }
    for row in range(_HEAD_ROW, end):
        for column in range(1, n_columns + 1):
            top = _RULE if row == _HEAD_ROW else None
            bottom = _HAIR if row == last_head or (row, column) in spanned else None
            bottom = _RULE if row == end - 1 else bottom
            if top or bottom:
                sheet.cell(row, column).border = Border(top=top, bottom=bottom)


def _write_notes(sheet: Worksheet, block: TableBlock, row: int, widths: list[float]) -> None:
    """Write notes over the table's columns, and some more where these are few and narrow."""
    lines = [(key, text) for key, text in block.notes.items()]
    if block.abbreviations:
        lines.append(("", list_abbreviations(block.abbreviations)))
    n_more = max(0, math.ceil((_NARROWEST_NOTE - sum(widths)) / _EMPTY_WIDTH))
    room = sum(widths) + n_more * _EMPTY_WIDTH
    for number, (key, text) in enumerate(lines, row):
        target = sheet.cell(number, 1)
        write_note(target, key, text, font=_NOTE_FONT)
        n_lines = math.ceil(measure_em(f"{key} {text}") * _DIGITS_PER_EM / room)
        sheet.row_dimensions[number].height = _NOTE_HEIGHT_PT * max(n_lines, 1)
        sheet.merge_cells(
            start_row=number, start_column=1, end_row=number, end_column=len(widths) + n_more
        )


def _measure_column(block: TableBlock, column: int) -> float:
    widths = [
        (measure_em(line) * (1.15 if is_head or placed.cell.header else 1.0) + placed.cell.indent)
        for is_head, rows in ((True, block.header), (False, block.rows))
        for placed in place_cells(rows)
        if placed.column == column and placed.cell.colspan == 1
        for line in placed.cell.text.split("\n")
    ]
    wanted = max(widths, default=0.0) * _DIGITS_PER_EM + 2
    return round(min(max(wanted, _NARROWEST), _WIDEST), 1)


def _set_view(sheet: Worksheet, first_body: int) -> None:
    sheet.freeze_panes = f"B{first_body}"
    sheet.sheet_view.showGridLines = False
    sheet.print_title_rows = f"{_HEAD_ROW}:{max(first_body - 1, _HEAD_ROW)}"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
