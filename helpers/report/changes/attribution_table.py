"""The table of what each cause does alone."""

from __future__ import annotations

from helpers.document import Cell, TableBlock
from helpers.formatting import NO_VALUE, format_count
from helpers.report.changes.attribution import Attribution
from helpers.report.changes.words import shorten

_HEAD = ("Cause", "Changed", "Large", "Remark")


def make_attribution_table(attribution: Attribution, style: str) -> TableBlock:
    """Return how many numbers each cause changes alone."""
    rows = tuple(
        (
            Cell(row.name, header=True),
            _show(row.n_changed, style),
            _show(row.n_large, style),
            Cell(shorten(row.reason, 300)),
        )
        for row in attribution.rows
    )
    base = attribution.base
    return TableBlock(
        id="table.attribution",
        title=f"Numbers that each cause changes when it is put alone into report {base}",
        header=(tuple(Cell(text, header=True) for text in _HEAD),),
        rows=rows,
        align="lrrl",
        notes={"": "Large: by more than half an interval's width."},
    )


def _show(count: int | None, style: str) -> Cell:
    if count is None:
        return Cell(NO_VALUE)
    return Cell(format_count(count, style=style), value=float(count))
