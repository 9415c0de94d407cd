"""A table as HTML for who reads a notebook; the report sets its tables itself."""

from __future__ import annotations

import html
from typing import Any

from helpers.document import TableBlock


def table_to_html(block: TableBlock) -> str:
    """Return a table as HTML for a notebook's reader, every text escaped."""
    head = "".join(_row_to_html(row, tag="th") for row in block.header)
    body = "".join(_row_to_html(row, tag="td") for row in block.rows)
    notes = [
        f"<sup>{html.escape(key)}</sup> {html.escape(text)}" for key, text in block.notes.items()
    ]
    short = "; ".join(
        f"{html.escape(key)}: {html.escape(text)}"
        for key, text in sorted(block.abbreviations.items())
    )
    below = "<br>".join([*notes, short] if short else notes)
    return (
        f"<table><caption><strong>{html.escape(block.title)}</strong></caption>"
        f"<thead>{head}</thead><tbody>{body}</tbody></table><p><small>{below}</small></p>"
    )


def _row_to_html(row: tuple[Any, ...], *, tag: str) -> str:
    cells = []
    for cell in row:
        name = "th" if cell.header else tag
        spans = f' colspan="{cell.colspan}"' if cell.colspan > 1 else ""
        spans += f' rowspan="{cell.rowspan}"' if cell.rowspan > 1 else ""
        spans += (
            f' style="padding-left: {1 + cell.indent}em; text-align: left"' if cell.indent else ""
        )
        notes = "".join(f"<sup>{html.escape(key)}</sup>" for key in cell.notes)
        cells.append(f"<{name}{spans}>{html.escape(cell.text)}{notes}</{name}>")
    return f"<tr>{''.join(cells)}</tr>"
