"""Write tables as HTML."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Iterator, Mapping

from helpers.document import Row, TableBlock
from helpers.report.grid import (
    PlacedCell,
    count_columns,
    find_group_starts,
    get_alignment,
    place_cells,
)
from helpers.report.pages import TableNode
from helpers.report.text import escape_html
from helpers.report.wording import list_abbreviations

_MAX_DATA_ROWS = 1000
_DEEPEST_INDENT = 3
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
    return (
        f'<div class="table" id="{anchor}" data-label="{escape_html(node.label)}">\n'
        f'<div class="scroll" role="region" tabindex="0" aria-labelledby="{anchor}-caption">\n'
        f'<table>\n<caption id="{anchor}-caption">{caption}</caption>\n'
        f"<thead>{head}</thead>\n<tbody>{body}</tbody>\n</table>\n</div>\n"
        f"{_write_notes(block)}</div>"
    )


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


def write_data_table(data_csv: str, name: str, *, groups: Mapping[str, str] | None = None) -> str:
    """Return the numbers behind a figure as a plain table, four significant digits each.

    Parameters
    ----------
    data_csv : str
        With a head line.
    name : str
        What the table is called for who hears the page.
    groups : mapping of str to str, optional
        Printed name of each key in the column ``group``.
    """
    rows = list(csv.reader(io.StringIO(data_csv)))
    if len(rows) < 2:
        return ""
    names, shown = rows[0], rows[1 : _MAX_DATA_ROWS + 1]
    left = [not _is_numeric(row[place] for row in shown) for place in range(len(names))]
    head = "".join(
        f'<th scope="col"{_class("l" * is_left)}>{escape_html(_DATA_HEADS.get(text, text))}</th>'
        for text, is_left in zip(names, left, strict=True)
    )
    named = [groups or {} if name == "group" else {} for name in names]
    body = "\n".join(
        "<tr>"
        + "".join(
            f"<td{_class('l' * is_left)}>{escape_html(known.get(text) or _shorten(text))}"
            for text, is_left, known in zip(row, left, named, strict=False)
        )
        for row in shown
    )
    more = len(rows) - 1 - len(shown)
    rest = f"<p>{more} more rows are in the figure's CSV file.</p>" if more else ""
    return (
        f'<div class="data" role="region" tabindex="0" aria-label="{escape_html(name)}">'
        f"<table><thead><tr>{head}</tr></thead><tbody>\n{body}</tbody></table></div>{rest}"
    )


def _is_numeric(texts: Iterable[str]) -> bool:
    """Return whether a column holds numbers, apart from what is empty."""
    known = [text for text in texts if text]
    try:
        return bool(known) and all(isinstance(float(text), float) for text in known)
    except ValueError:
        return False


def _shorten(text: str) -> str:
    try:
        number = float(text)
    except ValueError:
        return text
    is_fraction = math.isfinite(number) and not number.is_integer()
    return f"{number:.4g}" if is_fraction else text


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
    if cell.indent:
        classes.append(f"i{min(cell.indent, _DEEPEST_INDENT)}")
    value = f' data-value="{cell.value:.10g}"' if cell.value is not None else ""
    tag, scope = ("th", ' scope="row"') if is_head else ("td", "")
    attributes = f"{scope}{_write_spans(placed)}{_class(' '.join(filter(None, classes)))}{value}"
    return f"<{tag}{attributes}>{_write_text(placed)}</{tag}>"


def _write_text(placed: PlacedCell) -> str:
    cell = placed.cell
    notes = f"<sup>{escape_html(','.join(cell.notes))}</sup>" if cell.notes else ""
    return escape_html(cell.text).replace("\n", "<br>") + notes


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
