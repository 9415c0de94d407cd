"""Table of missing values."""

from __future__ import annotations

from helpers.document import Cell, TableBlock
from helpers.formatting import NumberStyle, format_count, format_count_of_n, get_style
from helpers.formatting.lookup import get_abbreviations, get_slot, list_missing
from helpers.results import ResultSet
from helpers.tables.layout import make_head, make_row, make_table


def make_missingness_table(
    results: ResultSet,
    *,
    style: NumberStyle | str = "paper",
    slot: str | None = None,
    title: str | None = None,
) -> TableBlock:
    """Make the table of known and missing values by variable.

    Parameters
    ----------
    results : ResultSet
        Counts ``{variable}`` of known values with all patients in `n`, or ``{variable}.missing``
        of missing ones, likewise with all patients in `n`.
    style : NumberStyle or str
        Of the numbers.
    slot, title : str, optional
        Where it stands; title instead of the set's own.

    Returns
    -------
    TableBlock
        Variables in order of what is missing, most first.
    """
    style = get_style(style)
    known_missing = list_missing(results)
    ranked = sorted(known_missing.items(), key=lambda item: -item[1][1])
    rows = [
        make_row(
            label,
            Cell(format_count(known, style=style), value=known),
            Cell(format_count_of_n(missing, known + missing, style=style), value=missing),
        )
        for label, (known, missing) in ranked
    ]
    return make_table(
        f"{results.id}.missing",
        title or "Known and missing values by variable",
        make_head(["Variable", "Known", "Missing, n/N (%)"]),
        rows,
        align="lrr",
        known=get_abbreviations(results),
        slot=get_slot(results, slot),
    )
