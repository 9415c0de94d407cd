"""Where the cells of a table stand once their spans are counted."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from helpers.document import Cell, Row, TableBlock
from helpers.report.text import clean_text, neutralise_formula


@dataclass(frozen=True, slots=True)
class PlacedCell:
    """A cell and its first row and column, counted from 0."""

    row: int
    column: int
    cell: Cell


def place_cells(rows: Sequence[Row]) -> Iterator[PlacedCell]:
    """Give each cell its position, as HTML does: a covered position has no cell.

    Parameters
    ----------
    rows : sequence of rows
        Of a table's head or body.

    Yields
    ------
    PlacedCell
        Row by row.

    Examples
    --------
    >>> rows = ((Cell("a", rowspan=2), Cell("b")), (Cell("c"),))
    >>> [(placed.row, placed.column) for placed in place_cells(rows)]
    [(0, 0), (0, 1), (1, 1)]
    """
    covered: set[tuple[int, int]] = set()
    for row_number, row in enumerate(rows):
        column = 0
        for cell in row:
            while (row_number, column) in covered:
                column += 1
            yield PlacedCell(row_number, column, cell)
            covered.update(
                (row_number + down, column + right)
                for down in range(cell.rowspan)
                for right in range(cell.colspan)
            )
            column += cell.colspan


def count_columns(table: TableBlock) -> int:
    """Return the number of columns, of which `align` must name each."""
    placed = [*place_cells(table.header), *place_cells(table.rows)]
    return max((item.column + item.cell.colspan for item in placed), default=len(table.align))


def get_alignment(table: TableBlock, column: int) -> str:
    """Return ``l``, ``c`` or ``r`` of a column; the last letter serves those beyond."""
    if not table.align:
        return "l"
    return table.align[min(column, len(table.align) - 1)]


def find_group_starts(table: TableBlock) -> frozenset[int]:
    """Return the rows at the margin in a table that has indented rows.

    They name a variable, the indented rows below them its levels. A table without indented
    rows is a plain list and has none.
    """
    firsts = [row[0] if row else Cell("") for row in table.rows]
    if not any(cell.indent for cell in firsts):
        return frozenset()
    return frozenset(number for number, cell in enumerate(firsts) if not cell.indent)


def write_table_csv(table: TableBlock) -> str:
    """Return the table as CSV: a spanning cell fills every position that it covers.

    Cells that a spreadsheet would compute are neutralised. Level rows keep two spaces of
    indentation per step.
    """
    n_columns = count_columns(table)
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    for rows in (table.header, table.rows):
        lines = [[""] * n_columns for _ in rows]
        for placed in place_cells(rows):
            _fill(lines, placed)
        writer.writerows(lines)
    return buffer.getvalue()


def _fill(lines: list[list[str]], placed: PlacedCell) -> None:
    cell = placed.cell
    text = "  " * cell.indent + neutralise_formula(clean_text(cell.text))
    for row in range(placed.row, min(placed.row + cell.rowspan, len(lines))):
        for column in range(placed.column, placed.column + cell.colspan):
            lines[row][column] = text
