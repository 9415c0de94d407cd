"""Plain tables of somebody's Markdown or HTML."""

from __future__ import annotations

from lxml import html

from helpers.document import Cell, Row, TableBlock

_WIDEST_SPAN = 50


def read_table(node: html.HtmlElement) -> TableBlock:
    """Return a plain table of somebody's Markdown."""
    head: list[Row] = []
    body: list[Row] = []
    align = ""
    for row in node.iter("tr"):
        found = [cell for cell in row if cell.tag in {"td", "th"}]
        cells = tuple(_read_cell(cell) for cell in found)
        letters = "".join(_read_alignment(cell) for cell in found)
        align = max(align, letters, key=len)
        is_head = row.getparent().tag == "thead"
        (head if is_head else body).append(cells)
    return TableBlock("table.prose", "", tuple(head), tuple(body), align)


def _read_cell(node: html.HtmlElement) -> Cell:
    words = " ".join(node.text_content().split())
    return Cell(words, colspan=_read_span(node, "colspan"), rowspan=_read_span(node, "rowspan"))


def _read_span(node: html.HtmlElement, name: str) -> int:
    value = node.get(name, "1")
    return min(max(int(value), 1), _WIDEST_SPAN) if value.isdecimal() else 1


def _read_alignment(cell: html.HtmlElement) -> str:
    return {"r": "r", "c": "c"}.get(cell.get("class", ""), "l")
