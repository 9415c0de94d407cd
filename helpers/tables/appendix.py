"""Tables of the appendices: published values, omitted analyses, parameters."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pandas as pd

from helpers.document import Cell, Slot, TableBlock
from helpers.formatting import (
    NO_VALUE,
    NumberStyle,
    capitalise,
    format_count,
    format_count_percent,
    get_style,
)
from helpers.formatting.lookup import clean_level
from helpers.results import ResultSet
from helpers.tables.layout import make_head, make_row, make_table


def make_comparison_table(
    rows: pd.DataFrame,
    *,
    style: NumberStyle | str = "paper",
    table_id: str = "comparison",
    slot: Slot = "appendix",
    title: str | None = None,
) -> TableBlock:
    """Make the table of published against reproduced values.

    Parameters
    ----------
    rows : pandas.DataFrame
        Columns place, what, printed, reproduced, verdict, reason: texts as printed.
    style : NumberStyle or str
        Of the counts in the title.
    table_id : str
        Of the table.
    slot, title : str, optional
        Where it stands; title instead of the built-in one.

    Returns
    -------
    TableBlock
    """
    names = ("place", "what", "printed", "reproduced", "verdict", "reason")
    body = []
    for record in rows.to_dict("records"):
        texts = [clean_level(record.get(name)) or NO_VALUE for name in names]
        texts[-1] = "" if texts[-1] == NO_VALUE else texts[-1]
        texts[-2] = capitalise(texts[-2])
        body.append(make_row(*texts))
    count = format_count(len(rows), style=get_style(style))
    labels = ("Place", "Quantity", "Printed", "Reproduced", "Verdict", "Comment")
    return make_table(
        table_id,
        title or f"Published against reproduced values ({count} entries)",
        make_head(labels),
        body,
        align="llrrll",
        slot=slot,
    )


def make_verdict_table(
    rows: pd.DataFrame,
    *,
    style: NumberStyle | str = "paper",
    table_id: str = "comparison_verdicts",
    slot: Slot = "appendix",
    title: str = "Published values by verdict",
) -> TableBlock:
    """Make the table that counts the verdicts of a comparison.

    Parameters
    ----------
    rows : pandas.DataFrame
        Column verdict, one row for each entry.
    style : NumberStyle or str
        Of the numbers.
    table_id, title : str
        Of the table.
    slot : Slot
        Where it stands.

    Returns
    -------
    TableBlock
    """
    counts = rows["verdict"].value_counts(sort=False)
    body = [
        make_row(
            capitalise(str(verdict)),
            Cell(format_count_percent(int(count), len(rows), style=style), value=float(count)),
        )
        for verdict, count in counts.items()
    ]
    return make_table(
        table_id, title, make_head(["Verdict", "Entries, n (%)"]), body, align="lr", slot=slot
    )


def make_omitted_table(
    sets: Iterable[ResultSet] | pd.DataFrame,
    *,
    style: NumberStyle | str = "paper",
    table_id: str = "omitted",
    slot: Slot = "appendix",
    title: str = "Analyses that could not be made",
) -> TableBlock:
    """Make the table of analyses that could not be made.

    Parameters
    ----------
    sets : iterable of ResultSet, or pandas.DataFrame
        Sets of which the omitted are listed; or columns title and reason.
    style : NumberStyle or str
        Accepted for the sake of one call for all tables.
    table_id, title : str
        Of the table.
    slot : Slot
        Where it stands.

    Returns
    -------
    TableBlock
    """
    get_style(style)
    if isinstance(sets, pd.DataFrame):
        pairs = [(str(row["title"]), str(row["reason"])) for row in sets.to_dict("records")]
    else:
        pairs = [
            (str(kept.meta.get("title") or kept.id), kept.reason)
            for kept in sets
            if not kept.is_computable
        ]
    rows = [make_row(capitalise(name), capitalise(reason)) for name, reason in pairs]
    rows = rows or [make_row("None", "Every analysis could be made.")]
    return make_table(
        table_id, title, make_head(["Analysis", "Reason"]), rows, align="ll", slot=slot
    )


def make_parameters_table(
    rows: pd.DataFrame,
    *,
    style: NumberStyle | str = "paper",
    table_id: str = "parameters",
    slot: Slot = "appendix",
    title: str = "Parameters of this report",
) -> TableBlock:
    """Make the table of parameters.

    Parameters
    ----------
    rows : pandas.DataFrame
        Columns name, value, and, where they are to be shown, default and description.
    style : NumberStyle or str
        Accepted for the sake of one call for all tables.
    table_id, title : str
        Of the table.
    slot : Slot
        Where it stands.

    Returns
    -------
    TableBlock
        Values that differ from their default are marked with a note.
    """
    get_style(style)
    has_default, has_words = "default" in rows, "description" in rows
    head = ["Parameter", "Value"] + ["Default"] * has_default + ["Meaning"] * has_words
    body = []
    for record in rows.to_dict("records"):
        value = _print_value(record["value"])
        cells = [value]
        if has_default:
            default = _print_value(record["default"])
            changed = default != value
            cells = [Cell(value, notes=("a",) if changed else ()), default]
        if has_words:
            cells.append(str(record["description"]))
        body.append(make_row(str(record["name"]), *cells))
    is_changed = any(cell.notes for row in body for cell in row)
    block = make_table(table_id, title, make_head(head), body, align="l" * len(head), slot=slot)
    if not is_changed:
        return block
    return replace(block, notes={"a": "Differs from the default."})


def _print_value(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join(_print_value(part) for part in value)
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
