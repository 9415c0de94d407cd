"""Write tables as HTML."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterator

from helpers.document import Row, TableBlock
from helpers.report.grid import PlacedCell, find_group_starts, get_alignment, place_cells
from helpers.report.pages import TableNode
from helpers.report.text import escape_html
from helpers.report.wording import list_abbreviations

_MAX_DATA_ROWS = 400
_DEEPEST_INDENT = 3


def write_table(node: TableNode) -> str:
    """Return a table with its caption above and its notes below.

    Head cells say which column or row they belong to; the first cell of a row is its head.
    """
    block, anchor = node.block, escape_html(node.anchor)
    head = "".join(_write_rows(block, block.header, in_head=True))
    body = "".join(_write_rows(block, block.rows, in_head=False))
    caption = f"<strong>{escape_html(node.label)}.</strong> {escape_html(block.title)}"
    return (
        f'<div class="table" id="{anchor}">\n'
        f'<div class="scroll" role="region" tabindex="0" aria-labelledby="{anchor}-caption">\n'
        f'<table>\n<caption id="{anchor}-caption">{caption}</caption>\n'
        f"<thead>{head}</thead>\n<tbody>{body}</tbody>\n</table>\n</div>\n"
        f"{_write_notes(block)}</div>"
    )


def write_data_table(data_csv: str, name: str) -> str:
    """Return the numbers behind a figure as a plain table, four significant digits each.

    Parameters
    ----------
    data_csv : str
        With a head line.
    name : str
        What the table is called for who hears the page.
    """
    rows = list(csv.reader(io.StringIO(data_csv)))
    if len(rows) < 2:
        return ""
    head = "".join(f'<th scope="col">{escape_html(text)}</th>' for text in rows[0])
    shown = rows[1 : _MAX_DATA_ROWS + 1]
    body = "\n".join(
        "<tr>" + "".join(f"<td>{escape_html(_shorten(text))}" for text in row) for row in shown
    )
    more = len(rows) - 1 - len(shown)
    rest = f"<p>{more} more rows are in the figure's CSV file.</p>" if more else ""
    return (
        f'<div class="data" role="region" tabindex="0" aria-label="{escape_html(name)}">'
        f"<table><thead><tr>{head}</tr></thead><tbody>\n{body}</tbody></table></div>{rest}"
    )


def _shorten(text: str) -> str:
    try:
        number = float(text)
    except ValueError:
        return text
    is_fraction = math.isfinite(number) and not number.is_integer()
    return f"{number:.4g}" if is_fraction else text


def _write_rows(block: TableBlock, rows: tuple[Row, ...], *, in_head: bool) -> Iterator[str]:
    lines: list[list[str]] = [[] for _ in rows]
    for placed in place_cells(rows):
        write = _write_head_cell if in_head else _write_body_cell
        lines[placed.row].append(write(block, placed))
    groups = frozenset() if in_head else find_group_starts(block)
    for number, cells in enumerate(lines):
        opening = '<tr class="group">' if number in groups else "<tr>"
        yield f"{opening}{''.join(cells)}</tr>\n"


def _write_head_cell(block: TableBlock, placed: PlacedCell) -> str:
    cell = placed.cell
    spanning = cell.colspan > 1
    if not cell.text.strip():
        return f"<td{_write_spans(placed)}></td>"
    classes = "spanner" if spanning else _name_alignment(block, placed.column)
    scope = "colgroup" if spanning else "col"
    return f'<th scope="{scope}"{_write_spans(placed)}{_class(classes)}>{_write_text(placed)}</th>'


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
