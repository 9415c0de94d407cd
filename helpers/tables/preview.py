"""A table as HTML for who reads a notebook; the report sets its tables itself."""

from __future__ import annotations

import html
from collections.abc import Iterator

from helpers.document import Cell, Row, TableBlock

_SIDES = {"l": "left", "c": "center", "r": "right"}
_CAPTION = "caption-side: top; text-align: left; padding: 0 0 0.4em; color: inherit"


def table_to_html(block: TableBlock) -> str:
    """Return a table as HTML for a notebook's reader, every text escaped.

    Parameters
    ----------
    block : TableBlock
        Any table.

    Returns
    -------
    str
        Columns stand as in the report: a notebook's own style would set all of them to the
        right. Head cells and the first cell of a row say what they head.
    """
    head = "".join(_write_rows(block, block.header, in_head=True))
    body = "".join(_write_rows(block, block.rows, in_head=False))
    notes = [
        f"<sup>{html.escape(key)}</sup> {html.escape(text)}" for key, text in block.notes.items()
    ]
    short = "; ".join(
        f"{html.escape(key)}: {html.escape(text)}"
        for key, text in sorted(block.abbreviations.items())
    )
    below = "<br>".join([*notes, short] if short else notes)
    caption = f'<caption style="{_CAPTION}"><strong>{html.escape(block.title)}</strong></caption>'
    return (
        f"<table>{caption}<thead>{head}</thead><tbody>{body}</tbody></table>"
        f"<p><small>{below}</small></p>"
    )


def _write_rows(block: TableBlock, rows: tuple[Row, ...], *, in_head: bool) -> Iterator[str]:
    covered: set[tuple[int, int]] = set()
    for number, row in enumerate(rows):
        cells, column = [], 0
        for cell in row:
            while (number, column) in covered:
                column += 1
            cells.append(_write_cell(block, cell, column, in_head=in_head))
            covered.update(
                (number + down, column + right)
                for down in range(cell.rowspan)
                for right in range(cell.colspan)
            )
            column += cell.colspan
        yield f"<tr>{''.join(cells)}</tr>"


def _write_cell(block: TableBlock, cell: Cell, column: int, *, in_head: bool) -> str:
    spans = f' colspan="{cell.colspan}"' if cell.colspan > 1 else ""
    spans += f' rowspan="{cell.rowspan}"' if cell.rowspan > 1 else ""
    notes = "".join(f"<sup>{html.escape(key)}</sup>" for key in cell.notes)
    tag = "th" if in_head or cell.header or column == 0 else "td"
    scope = ""
    if tag == "th":
        kind = "row" if not in_head else "colgroup" if cell.colspan > 1 else "col"
        scope = f' scope="{kind}"'
    style = _make_style(block, cell, column, in_head=in_head)
    return f'<{tag}{scope}{spans} style="{style}">{html.escape(cell.text)}{notes}</{tag}>'


def _make_style(block: TableBlock, cell: Cell, column: int, *, in_head: bool) -> str:
    letter = block.align[min(column, len(block.align) - 1)] if block.align else "l"
    side = "center" if in_head and cell.colspan > 1 else _SIDES.get(letter, "left")
    style = f"text-align: {side}"
    if cell.indent:
        style += f"; padding-left: {1 + cell.indent}em"
    if not in_head and column == 0 and (cell.indent or not cell.header):
        style += "; font-weight: normal"
    return style
