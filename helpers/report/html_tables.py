"""Write tables as HTML."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterator, Mapping, Sequence

from helpers.document import Row, TableBlock
from helpers.report.grid import (
    PlacedCell,
    count_columns,
    find_group_starts,
    get_alignment,
    place_cells,
)
from helpers.report.linked import BETWEEN, FoldedTable, LinkedCell
from helpers.report.nodes import TableNode
from helpers.report.text import escape_html
from helpers.report.wording import list_abbreviations

_MAX_DATA_ROWS = 1000
_DEEPEST_INDENT = 3
#: A cell of numbers stays on one line unless it is longer.
_LONGEST_LINE = 30
#: Fewer rows are seen at once.
_FEWEST_TO_SORT = 4
_DATA_HEADS = {
    "group": "Group",
    "estimator": "Estimator",
    "time_months": "Months",
    "n_at_risk": "At risk",
    "n_events": "Events",
    "n_censored": "Censored",
    "estimate": "Estimate",
    "ci_lower": "CI, lower",
    "ci_upper": "CI, upper",
}


def write_table(node: TableNode) -> str:
    """Return a table with its caption above and its notes below.

    Head cells say which column or row they belong to; the first cell of a row is its head. A
    head cell of a table whose rows stand for themselves has the number of its column, by which
    the page's script sorts.
    """
    block, anchor = node.block, escape_html(node.anchor)
    head = "".join(_write_rows(block, block.header, in_head=True))
    body = "".join(_write_rows(block, block.rows, in_head=False))
    caption = f"<strong>{escape_html(node.label)}.</strong> {escape_html(block.title)}"
    grid = (
        f'<div class="scroll" role="region" tabindex="0" aria-labelledby="{anchor}-caption">\n'
        f'<table>\n<caption id="{anchor}-caption">{caption}</caption>\n'
        f"<thead>{head}</thead>\n<tbody>{body}</tbody>\n</table>\n</div>\n"
        f"{_write_notes(block)}"
    )
    return (
        f'<div class="table" id="{anchor}" data-label="{escape_html(node.label)}">\n'
        f"{_fold(block, node.label, grid)}</div>"
    )


def _fold(block: TableBlock, label: str, grid: str) -> str:
    """Return a table, folded behind its summary where it is one to fold."""
    if not isinstance(block, FoldedTable):
        return grid
    words = f"<strong>{escape_html(label)}.</strong> {escape_html(block.summary)}"
    return f'<details class="fold"><summary>{words}</summary>\n{grid}</details>\n'


def is_sortable(block: TableBlock) -> bool:
    """Return whether rows may change places: none belongs to another, none spans another.

    Parameters
    ----------
    block : TableBlock
        Any table.

    Returns
    -------
    bool
        False for a table with levels below their variable, with a row that heads others, with
        cells over several rows or columns, or with so few rows that all are seen at once.
    """
    cells = [cell for row in block.rows for cell in row]
    if len(block.rows) < _FEWEST_TO_SORT:
        return False
    if any(cell.indent or cell.colspan > 1 or cell.rowspan > 1 for cell in cells):
        return False
    n_columns = count_columns(block)
    return all(
        len(row) == n_columns and any(cell.text.strip() for cell in row[1:]) for row in block.rows
    )


def write_data_table(
    data_csv: str,
    name: str,
    *,
    groups: Mapping[str, str] | None = None,
    decimal_mark: str = ".",
) -> str:
    """Return the numbers behind a figure as a plain table, rounded alike in a column.

    Parameters
    ----------
    data_csv : str
        With a head line.
    name : str
        What the table is called for who hears the page.
    groups : mapping of str to str, optional
        Printed name of each key in the column ``group``.
    decimal_mark : str
        Between units and tenths.
    """
    rows = list(csv.reader(io.StringIO(data_csv)))
    if len(rows) < 2:
        return ""
    names, shown = rows[0], [row for row in rows[1 : _MAX_DATA_ROWS + 1] if row]
    columns = [
        _write_data_column(
            name,
            [row[place] if place < len(row) else "" for row in shown],
            groups or {},
            decimal_mark,
        )
        for place, name in enumerate(names)
    ]
    head = "".join(column[0] for column in columns)
    lines = zip(*(column[1:] for column in columns), strict=True)
    body = "\n".join(f"<tr>{''.join(cells)}" for cells in lines)
    more = len(rows) - 1 - len(shown)
    rest = f"<p>{more} more rows are in the figure's CSV file.</p>" if more else ""
    return (
        f'<div class="data" role="region" tabindex="0" aria-label="{escape_html(name)}">'
        f"<table><thead><tr>{head}</tr></thead><tbody>\n{body}</tbody></table></div>{rest}"
    )


def _write_data_column(
    name: str, texts: Sequence[str], groups: Mapping[str, str], decimal_mark: str
) -> list[str]:
    """Return the cells of a column, its head first."""
    head = escape_html(_DATA_HEADS.get(name, name))
    numbers = _read_numbers(texts)
    if numbers is None:
        known = groups if name == "group" else {}
        cells = [f'<td class="l">{escape_html(known.get(text, text))}' for text in texts]
        return [f'<th scope="col" class="l">{head}</th>', *cells]
    decimals = _count_decimals(numbers)
    shown = ("" if value is None else f"{value:.{decimals}f}" for value in numbers)
    cells = [f"<td>{text.replace('.', decimal_mark)}" for text in shown]
    return [f'<th scope="col">{head}</th>', *cells]


def _read_numbers(texts: Sequence[str]) -> list[float | None] | None:
    """Return a column's numbers, None for what is empty; None if anything is no number."""
    try:
        numbers = [float(text) if text.strip() else None for text in texts]
    except ValueError:
        return None
    known = [value for value in numbers if value is not None]
    return numbers if known and all(map(math.isfinite, known)) else None


def _count_decimals(numbers: Sequence[float | None]) -> int:
    """Return enough decimals for four digits of the largest, none for whole numbers."""
    known = [abs(value) for value in numbers if value is not None]
    if all(value.is_integer() for value in known):
        return 0
    return max(4 - len(str(int(max(known)))), 1) if max(known) > 1 else 4


def _write_rows(block: TableBlock, rows: tuple[Row, ...], *, in_head: bool) -> Iterator[str]:
    lines: list[list[str]] = [[] for _ in rows]
    sortable = in_head and is_sortable(block)
    for placed in place_cells(rows):
        if in_head:
            ends_head = placed.row + placed.cell.rowspan == len(rows)
            text = _write_head_cell(block, placed, sortable=sortable and ends_head)
        else:
            text = _write_body_cell(block, placed)
        lines[placed.row].append(text)
    groups = frozenset() if in_head else find_group_starts(block)
    for number, cells in enumerate(lines):
        opening = '<tr class="group">' if number in groups else "<tr>"
        yield f"{opening}{''.join(cells)}</tr>\n"


def _write_head_cell(block: TableBlock, placed: PlacedCell, *, sortable: bool) -> str:
    cell = placed.cell
    spanning = cell.colspan > 1
    if not cell.text.strip():
        return f"<td{_write_spans(placed)}></td>"
    classes = "spanner" if spanning else _name_alignment(block, placed.column)
    scope = "colgroup" if spanning else "col"
    column = f' data-column="{placed.column}"' if sortable and not spanning else ""
    attributes = f'scope="{scope}"{_write_spans(placed)}{_class(classes)}{column}'
    return f"<th {attributes}>{_write_text(placed)}</th>"


def _write_body_cell(block: TableBlock, placed: PlacedCell) -> str:
    cell = placed.cell
    is_head = cell.header or placed.column == 0
    classes = [_name_alignment(block, placed.column)]
    if len(cell.text) > _LONGEST_LINE:
        classes.append("w")
    if cell.indent:
        classes.append(f"i{min(cell.indent, _DEEPEST_INDENT)}")
    value = f' data-value="{cell.value:.10g}"' if cell.value is not None else ""
    tag, scope = ("th", ' scope="row"') if is_head else ("td", "")
    attributes = f"{scope}{_write_spans(placed)}{_class(' '.join(filter(None, classes)))}{value}"
    return f"<{tag}{attributes}>{_write_text(placed)}</{tag}>"


def _write_text(placed: PlacedCell) -> str:
    cell = placed.cell
    notes = f"<sup>{escape_html(','.join(cell.notes))}</sup>" if cell.notes else ""
    if isinstance(cell, LinkedCell):
        return BETWEEN.join(_write_link(*link) for link in cell.links) + notes
    return escape_html(cell.text).replace("\n", "<br>") + notes


def _write_link(anchor: str, words: str) -> str:
    text = escape_html(words)
    return f'<a href="#{escape_html(anchor)}">{text}</a>' if anchor else text


def _write_spans(placed: PlacedCell) -> str:
    spans = (("colspan", placed.cell.colspan), ("rowspan", placed.cell.rowspan))
    return "".join(f' {name}="{size}"' for name, size in spans if size > 1)


def _name_alignment(block: TableBlock, column: int) -> str:
    letter = get_alignment(block, column)
    return "" if letter == "l" else letter


def _class(names: str) -> str:
    return f' class="{names}"' if names else ""


def _write_notes(block: TableBlock) -> str:
    lines = [
        f"<p><sup>{escape_html(key)}</sup> {escape_html(text)}</p>"
        for key, text in block.notes.items()
    ]
    if block.abbreviations:
        lines.append(f"<p>{escape_html(list_abbreviations(block.abbreviations))}</p>")
    return f'<div class="notes">{"".join(lines)}</div>\n' if lines else ""
