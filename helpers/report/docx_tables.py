"""Tables as Word's own: three rules, heads that repeat, rows that stay whole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from docx.oxml.ns import qn

from helpers.document import Cell, Row, TableBlock
from helpers.report.docx_context import WordContext
from helpers.report.docx_widths import ColumnPlan, estimate_heights, plan_columns
from helpers.report.docx_xml import (
    BOLD,
    PLAIN,
    RAISED,
    Element,
    RunFormat,
    make_element,
    make_inner_link,
    make_run,
    make_value,
)
from helpers.report.grid import (
    PlacedCell,
    count_columns,
    find_group_starts,
    get_alignment,
    place_cells,
)
from helpers.report.linked import BETWEEN, LinkedCell
from helpers.report.text import clean_text
from helpers.report.wording import bind_numbers

_TWIPS_PER_PT = 20
_SIDES = {"l": "left", "c": "center", "r": "right"}
_INDENT_TWIPS = 200
_HAIR, _RULE = "4", "8"
_GROUP_SPACE_TWIPS = "70"
#: A table that takes more of a page may go on over it, a row that takes more may be broken.
_HIGHEST_KEPT, _HIGHEST_ROW = 0.7, 0.4
_LONGEST_CAPTION = 255
#: The first row and the first column are heads.
_HEADS = {"w:val": "00A0", "w:firstRow": "1", "w:firstColumn": "1"}


def plan_table(context: WordContext, block: TableBlock) -> ColumnPlan:
    """Return the layout of a table on the document's paper."""
    frame = context.frame
    return plan_columns(
        block,
        text_pt=frame.text_width_pt,
        room_pt=frame.room_pt,
        sideways_pt=frame.turn().text_width_pt,
        air=context.air,
    )


def make_table(
    context: WordContext, block: TableBlock, plan: ColumnPlan | None = None, label: str = ""
) -> Element:
    """Return a table without its caption and notes.

    Parameters
    ----------
    context : WordContext
        Of the document.
    block : TableBlock
        What it holds.
    plan : ColumnPlan, optional
        Its layout.
    label : str
        Its number, for who hears the document.
    """
    writer = _TableWriter(context, block, plan or plan_table(context, block))
    return writer.write(label)


class _TableWriter:
    def __init__(self, context: WordContext, block: TableBlock, plan: ColumnPlan) -> None:
        self._context, self._block, self._plan = context, block, plan
        self._groups = find_group_starts(block)
        self._n_columns = count_columns(block)
        self._widths = [round(width * _TWIPS_PER_PT) for width in plan.widths_pt]
        page = context.frame.turn() if plan.sideways else context.frame
        head, body = (estimate_heights(rows, plan) for rows in (block.header, block.rows))
        self._heights = {True: head, False: body}
        self._highest = _HIGHEST_ROW * page.text_height_pt
        self._is_kept = sum(head) + sum(body) <= _HIGHEST_KEPT * page.text_height_pt
        self._repeats = sum(head) <= self._highest

    def write(self, label: str) -> Element:
        grid = [make_element("w:gridCol", {"w:w": str(width)}) for width in self._widths]
        return make_element(
            "w:tbl",
            children=[
                self._write_settings(label),
                make_element("w:tblGrid", children=grid),
                *self._write_rows(self._block.header, in_head=True),
                *self._write_rows(self._block.rows, in_head=False),
            ],
        )

    def _write_settings(self, label: str) -> Element:
        left = -round(self._plan.overhang_pt * _TWIPS_PER_PT)
        rules = [
            _make_rule("w:top", _RULE),
            _make_rule("w:bottom", _RULE),
        ]
        name = clean_text(f"{label}. {self._block.title}" if label else self._block.title)
        return make_element(
            "w:tblPr",
            children=[
                make_value("w:tblStyle", self._context.style("Three-Line Table")),
                make_element("w:tblW", {"w:w": str(sum(self._widths)), "w:type": "dxa"}),
                make_element("w:tblInd", {"w:w": str(left), "w:type": "dxa"}),
                make_element("w:tblBorders", children=rules),
                make_element("w:tblLayout", {"w:type": "fixed"}),
                make_element("w:tblLook", _HEADS),
                make_value("w:tblCaption", name[:_LONGEST_CAPTION]),
            ],
        )

    def _write_rows(self, rows: tuple[Row, ...], *, in_head: bool) -> Iterator[Element]:
        lines = _lay_out(rows, self._n_columns)
        for number, line in enumerate(lines):
            is_short = self._heights[in_head][number] <= self._highest
            settings = [make_element("w:cantSplit")] if is_short else []
            if in_head and self._repeats:
                settings.append(make_element("w:tblHeader"))
            is_last = number == len(lines) - 1
            cells = [
                self._write_cell(placed, covered, in_head=in_head, is_last=is_last)
                for placed, covered in line
            ]
            yield make_element("w:tr", children=[make_element("w:trPr", children=settings), *cells])

    def _write_cell(
        self, placed: PlacedCell, covered: bool, *, in_head: bool, is_last: bool
    ) -> Element:
        cell, end = placed.cell, placed.column + placed.cell.colspan
        width = sum(self._widths[placed.column : end])
        settings = [make_element("w:tcW", {"w:w": str(width), "w:type": "dxa"})]
        if cell.colspan > 1:
            settings.append(make_value("w:gridSpan", cell.colspan))
        if cell.rowspan > 1:
            merge = {} if covered else {"w:val": "restart"}
            settings.append(make_element("w:vMerge", merge))
        if in_head and (is_last or (cell.colspan > 1 and cell.text.strip())):
            settings.append(make_element("w:tcBorders", children=[_make_rule("w:bottom", _HAIR)]))
        settings.append(make_value("w:vAlign", "bottom" if in_head else "top"))
        shown = PlacedCell(placed.row, placed.column, Cell("")) if covered else placed
        paragraph = self._write_paragraph(shown, in_head=in_head, is_last=is_last)
        return make_element("w:tc", children=[make_element("w:tcPr", children=settings), paragraph])

    def _write_paragraph(self, placed: PlacedCell, *, in_head: bool, is_last: bool) -> Element:
        cell = placed.cell
        is_bold = in_head or (cell.header and not cell.indent and bool(self._groups))
        side = _SIDES.get(get_alignment(self._block, placed.column), "left")
        if in_head and cell.colspan > 1:
            side = "center"
        settings = []
        if self._stays_with_next(placed.row, in_head=in_head, is_last=is_last):
            settings.append(make_element("w:keepNext"))
        if not in_head and placed.row in self._groups and placed.row:
            settings.append(make_element("w:spacing", {"w:before": _GROUP_SPACE_TWIPS}))
        if cell.indent:
            settings.append(make_element("w:ind", {"w:left": str(_INDENT_TWIPS * cell.indent)}))
        settings.append(make_value("w:jc", side))
        style = "Table Head" if in_head else "Table Text"
        if in_head:
            cell = replace(cell, text=bind_numbers(cell.text))
        runs = self._write_runs(cell, BOLD if is_bold and not in_head else PLAIN)
        return self._context.paragraph(style, runs, settings)

    def _stays_with_next(self, row: int, *, in_head: bool, is_last: bool) -> bool:
        if self._heights[in_head][min(row, len(self._heights[in_head]) - 1)] > self._highest:
            return False
        return self._is_kept or is_last or (not in_head and self._has_levels(row))

    def _has_levels(self, row: int) -> bool:
        """Return whether a row names a variable whose first level is in the next one."""
        return row in self._groups and row + 1 not in self._groups

    def _write_runs(self, cell: Cell, form: RunFormat) -> list[Element]:
        runs = [make_run(cell.text, form)] if cell.text.strip() else []
        if isinstance(cell, LinkedCell):
            runs = list(self._write_links(cell, form))
        if cell.notes:
            runs.append(make_run(",".join(cell.notes), RAISED))
        for run in runs:
            self._resize(run)
        return runs

    def _write_links(self, cell: LinkedCell, form: RunFormat) -> Iterator[Element]:
        known = {**self._context.parts, **self._context.bookmarks}
        for number, (anchor, words) in enumerate(cell.links):
            if number:
                yield make_run(BETWEEN, form)
            run = make_run(words, form)
            yield make_inner_link(known[anchor], [run]) if anchor in known else run

    def _resize(self, run: Element) -> None:
        """Make the type smaller where the layout needs it."""
        if self._plan.size_pt >= 9.0:
            return
        half_points = str(round(2 * self._plan.size_pt))
        for one in run.iter(qn("w:r")):
            one.get_or_add_rPr().get_or_add_sz().set(qn("w:val"), half_points)


def _make_rule(tag: str, size: str) -> Element:
    settings = {"w:val": "single", "w:sz": size, "w:space": "0", "w:color": "auto"}
    return make_element(tag, settings)


def _lay_out(rows: tuple[Row, ...], n_columns: int) -> list[list[tuple[PlacedCell, bool]]]:
    """Return, row by row, each cell with whether it only goes on from the row above."""
    lines: list[dict[int, tuple[PlacedCell, bool]]] = [{} for _ in rows]
    for placed in place_cells(rows):
        for number in range(placed.row, min(placed.row + placed.cell.rowspan, len(rows))):
            lines[number][placed.column] = (placed, number > placed.row)
    return [list(_fill_gaps(line, number, n_columns)) for number, line in enumerate(lines)]


def _fill_gaps(
    line: dict[int, tuple[PlacedCell, bool]], number: int, n_columns: int
) -> Iterable[tuple[PlacedCell, bool]]:
    column = 0
    while column < n_columns:
        placed, covered = line.get(column, (PlacedCell(number, column, Cell("")), False))
        yield placed, covered
        column += placed.cell.colspan
