"""How results, tables and figures look as the last line of a notebook's cell."""

from __future__ import annotations

import base64
from typing import Any

from helpers.document import Block, Cell, FigureBlock, Row, TableBlock, TextBlock
from helpers.formatting import (
    format_count,
    format_count_result,
    format_hazard_ratio,
    format_median,
    format_median_range,
    format_number,
    format_p,
    format_probability,
    format_status,
)
from helpers.results import Result, ResultSet
from helpers.tables.preview import table_to_html

#: Rows of a set that are shown; the others are counted.
_MOST_ROWS = 40
_FORMATS = {
    "count": format_count_result,
    "summary": format_median_range,
    "median": format_median,
    "restricted_mean": format_median,
    "probability": format_probability,
    "incidence": format_probability,
    "hazard_ratio": format_hazard_ratio,
}


def represent_block(block: Block) -> dict[str, Any]:
    """Return what a notebook's reader sees of a block, by MIME type.

    Parameters
    ----------
    block : Block
        A sentence, a table, a figure, or all results of a section.

    Returns
    -------
    dict of str to str
        With ``text/plain`` in any case; every word from data is escaped.
    """
    match block:
        case TextBlock():
            return {"text/markdown": block.markdown, "text/plain": block.markdown}
        case TableBlock():
            return {"text/html": table_to_html(block), "text/plain": block.title}
        case FigureBlock():
            caption = f"{block.text.title} {block.text.caption}"
            return {
                "image/svg+xml": block.svg,
                # Of a notebook that came from elsewhere, JupyterLab shows this one only.
                "image/png": base64.b64encode(block.png).decode("ascii"),
                "text/plain": f"{caption}\n{block.text.alt}",
            }
    return {"text/plain": f"{len(block.results)} results recorded"}


def represent_results(results: Result | ResultSet) -> dict[str, Any]:
    """Return a result or a set of results as a small table, by MIME type.

    Parameters
    ----------
    results : Result or ResultSet
        A set that could not be computed says why.

    Returns
    -------
    dict of str to str
        HTML and plain text; every word from data is escaped.
    """
    if isinstance(results, Result):
        table = _tabulate(results.id, [results])
        return {"text/html": table_to_html(table), "text/plain": _tell(results)}
    title = str(results.meta.get("title") or results.id)
    if not results.is_computable:
        return {"text/plain": f"{title}: {results.reason}"}
    told = list(results)
    lines = [f"{title}: {len(told)} results", *map(_tell, told[:_MOST_ROWS])]
    table = _tabulate(title, told)
    return {"text/html": table_to_html(table), "text/plain": "\n  ".join(lines)}


def _tabulate(title: str, results: list[Result]) -> TableBlock:
    names = ("Result", "Label", "Value (interval)", "p value", "n", "Events")
    hidden = len(results) - _MOST_ROWS
    rows = [_make_row(result) for result in results[:_MOST_ROWS]]
    notes = {"": f"{hidden} more are not shown."} if hidden > 0 else {}
    head = (tuple(Cell(name, header=True) for name in names),)
    return TableBlock("results", title, head, tuple(rows), "llrrrr", notes=notes)


def _make_row(result: Result) -> Row:
    p_value = "" if result.p_value is None else format_p(result.p_value)
    counts = ["" if n is None else format_count(n) for n in (result.n, result.events)]
    texts = (result.label, _show_value(result), p_value, *counts)
    return (Cell(result.id, header=True), *(Cell(text) for text in texts))


def _show_value(result: Result) -> str:
    if result.estimate is None and result.p_value is not None:
        return ""
    status = format_status(result, words=True)
    if status is not None:
        return status
    if result.kind in _FORMATS:
        return _FORMATS[result.kind](result)
    return format_number(result.estimate, decimals=2)


def _tell(result: Result) -> str:
    return f"{result.id}: {_show_value(result)}".rstrip(": ")
