"""Write tables as Typst source."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from helpers.document import Cell, TableBlock
from helpers.report.grid import (
    PlacedCell,
    count_columns,
    find_group_starts,
    get_alignment,
    place_cells,
)
from helpers.report.linked import BETWEEN, LinkedCell
from helpers.report.nodes import TableNode
from helpers.report.table_widths import estimate_height, plan_widths
from helpers.report.text import break_long_words, quote_typst
from helpers.report.typst_sheet import Sheet
from helpers.report.wording import bind_numbers, list_abbreviations

_ALIGNMENT = {"l": "left", "c": "center", "r": "right"}
_INDENT_PT = 9
#: A higher table may go on over the page, among text and among other tables, points.
_MAX_FLOATING_PT = 600.0
_MAX_KEPT_PT = 330.0
#: Height of a row and of what a group has more, rows that stay with the first of their group,
#: height of a line of notes and width of its letters, points.
_ROW_PT = 15.0
_GROUP_PT = 4.0
_MOST_KEPT_ROWS = 5
_NOTE_LINE_PT = 11.5
_NOTE_LETTER_PT = 3.6
#: Letters of a cell that may take several lines and still stands on one page.
_LETTERS_KEPT_TOGETHER = range(20, 900)


def write_table(node: TableNode, sheet: Sheet) -> str:
    """Return a table with rules above and below its head and at its end, and none upright.

    A cell of the head that spans columns has a rule below it.
    """
    block = node.block
    plan = plan_widths(
        block,
        column_pt=sheet.column_pt,
        is_newspaper=sheet.is_newspaper,
        turned_pt=sheet.turned_pt,
    )
    height = estimate_height(block, plan)
    may_float = height <= _MAX_FLOATING_PT
    stand = sheet.place(is_wide=plan.wide, may_float=may_float, is_turned=plan.turned)
    is_kept = height <= _MAX_KEPT_PT
    rooms = {} if is_kept else plan_rooms(block, sheet.column_pt)
    widths = "".join(f"{width}pt, " for width in plan.widths_pt)
    options = {
        "stand": quote_typst(stand),
        "wide": _write_bool(plan.wide),
        "keep": _write_bool(is_kept),
        "scale": f"{plan.scale:.3f}",
        "label": quote_typst(node.label),
        "name": _write_words(block.title),
        "notes": f"({''.join(f'[{note}], ' for note in _list_notes(block))})",
    }
    listed = ", ".join(f"{name}: {value}" for name, value in options.items())
    columns = f"({widths})" if widths else count_columns(block)
    return (
        f"#listing({listed},\n  table(columns: {columns},\n    table.hline(stroke: ink-rule),\n"
        f"    table.header(repeat: true,\n{''.join(_write_head(block))}    ),\n"
        f"{''.join(_write_body(block, rooms))}    table.hline(stroke: ink-rule),\n  ))"
    )


def _write_bool(value: bool) -> str:
    return "true" if value else "false"


def _write_body(block: TableBlock, rooms: Mapping[int, float]) -> Iterator[str]:
    groups = find_group_starts(block)
    for placed in place_cells(block.rows):
        opens = placed.row in groups
        room = 0.0 if placed.column else rooms.get(placed.row, 0.0)
        yield f"    {_write_cell(block, placed, opens=opens, plain=not groups, room=room)},\n"


def _write_head(block: TableBlock) -> Iterator[str]:
    last = len(block.header) - 1
    rules: dict[int, list[str]] = {}
    for placed in place_cells(block.header):
        yield f"      {_write_cell(block, placed, in_head=True)},\n"
        cell, end_row = placed.cell, placed.row + placed.cell.rowspan
        if cell.colspan > 1 and placed.row < last and cell.text.strip():
            start, end = placed.column, placed.column + cell.colspan
            rules.setdefault(end_row, []).append(
                f"      table.hline(y: {end_row}, start: {start}, end: {end}, stroke: hair-rule),\n"
            )
    for lines in rules.values():
        yield from lines
    yield f"      table.hline(y: {len(block.header)}, stroke: hair-rule),\n"


def _write_cell(
    block: TableBlock,
    placed: PlacedCell,
    *,
    in_head: bool = False,
    opens: bool = False,
    plain: bool = False,
    room: float = 0.0,
) -> str:
    cell = placed.cell
    options = [
        f"{name}: {size}"
        for name, size in (("colspan", cell.colspan), ("rowspan", cell.rowspan))
        if size > 1
    ]
    options.append(f"align: {_align(block, placed, in_head=in_head)}")
    if not in_head and not placed.row:
        options.append(f"inset: top-row({placed.column})")
    elif opens:
        options.append(f"inset: first-row({placed.column})")
    if not in_head and len(cell.text) in _LETTERS_KEPT_TOGETHER:
        options.append("breakable: false")
    content = _write_content(cell, bold=in_head or (cell.header and not cell.indent and not plain))
    kept = f"#keep({room:.0f}pt)[{content}]" if room else content
    return f"table.cell({', '.join(options)})[{kept}]"


def _align(block: TableBlock, placed: PlacedCell, *, in_head: bool) -> str:
    spanning = in_head and placed.cell.colspan > 1
    side = "center" if spanning else _ALIGNMENT.get(get_alignment(block, placed.column), "left")
    return f"{side} + {'bottom' if in_head else 'top'}"


def _write_content(cell: Cell, *, bold: bool) -> str:
    if not cell.text.strip():
        return ""
    if isinstance(cell, LinkedCell):
        return f"#{quote_typst(BETWEEN)}".join(_write_link(*link) for link in cell.links)
    text = f"#{_write_words(bind_numbers(cell.text))}"
    if bold:
        text = f"#strong[{text}]"
    if cell.notes:
        text += f"#super[#{quote_typst(','.join(cell.notes))}]"
    return f"#pad(left: {cell.indent * _INDENT_PT}pt)[{text}]" if cell.indent else text


def _write_link(anchor: str, words: str) -> str:
    text = f"#{_write_words(words)}"
    return f"#link(<{anchor}>)[{text}]" if anchor else text


def plan_rooms(block: TableBlock, width_pt: float) -> dict[int, float]:
    """Return the room that a row needs below its top, points, to stand on a page.

    Parameters
    ----------
    block : TableBlock
        That may go on over pages.
    width_pt : float
        Of its notes.

    Returns
    -------
    dict of int to float
        By row: one that opens a group needs room for the group, or for the beginning of a long
        one; the last one, or its group, for the notes.
    """
    if not block.rows:
        return {}
    starts = sorted(find_group_starts(block))
    ends = [*starts[1:], len(block.rows)] if starts else []
    sizes = {start: end - start for start, end in zip(starts, ends, strict=True)}
    rooms = {
        start: _GROUP_PT + _ROW_PT * min(size, _MOST_KEPT_ROWS)
        for start, size in sizes.items()
        if size > 1
    }
    last = len(block.rows) - 1
    if starts and 1 < sizes[starts[-1]] <= _MOST_KEPT_ROWS:
        last = starts[-1]
    notes = [f"{key} {text}" for key, text in block.notes.items()]
    notes.append(list_abbreviations(block.abbreviations))
    per_line = width_pt / _NOTE_LETTER_PT
    lines = sum(math.ceil(len(note) / per_line) for note in notes)
    rooms[last] = rooms.get(last, _GROUP_PT + _ROW_PT) + _NOTE_LINE_PT * (lines + 1)
    return rooms


def _list_notes(block: TableBlock) -> Iterator[str]:
    for key, text in block.notes.items():
        yield f"#super[#{quote_typst(key)}] #{_write_words(text)}"
    if block.abbreviations:
        yield f"#{_write_words(list_abbreviations(block.abbreviations))}"


def _write_words(text: str) -> str:
    return quote_typst(break_long_words(text))
