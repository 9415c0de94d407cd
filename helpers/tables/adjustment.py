"""Tables of an adjusted comparison: balance of the covariates, target trial."""

from __future__ import annotations

import math
from typing import Any

from helpers.document import Cell, Row, TableBlock
from helpers.formatting import NumberStyle, format_number, format_percent, get_style
from helpers.formatting.lookup import (
    get_abbreviations,
    get_frame,
    get_groups,
    get_slot,
    get_title,
)
from helpers.results import ResultSet
from helpers.tables.layout import View, make_head, make_row, make_table


def make_balance_table(
    results: ResultSet, *, style: NumberStyle | str = "paper", slot: str | None = None
) -> TableBlock:
    """Make the table of standardised differences before and after weighting.

    Parameters
    ----------
    results : ResultSet
        From :func:`helpers.analysis.weighting.estimate_weighted_effect`.
    style : NumberStyle or str
        Of the numbers.
    slot : str, optional
        Where it stands.

    Returns
    -------
    TableBlock
    """
    view = View(results, get_style(style))
    balance = get_frame(results, "balance")
    names = [*get_groups(results).values()]
    sides = ("comparator", "treatment") if len(names) == 2 and "is_number" in balance else ()
    rows: list[Row] = []
    for line in balance.to_dict("records"):
        cells = [
            _make_side(line, f"{side}_{when}", view.style)
            for when in ("before", "after")
            for side in sides
        ]
        cells += [
            _make_number(line[name], 2, view.style)
            for name in ("smd_before", "smd_iptw", "smd_overlap")
        ]
        rows.append(make_row(str(line["label"]), *cells))
    note = view.notes.cite("Mean of a number, percentage of a category." if sides else "")
    head: list[str | Cell] = ["Covariate"]
    head += [Cell(f"{name}, before", header=True, notes=note) for name in names if sides]
    head += [Cell(f"{name}, weighted", header=True, notes=note) for name in names if sides]
    what = view.notes.cite(
        "Standardised mean difference, by the standard deviation before weighting; the weighted "
        "groups are those of inverse probability."
    )
    smd = ("SMD before", "SMD, inverse probability", "SMD, overlap")
    head += [Cell(name, header=True, notes=what) for name in smd]
    return make_table(
        f"{results.id}.balance",
        f"{get_title(results, 'Comparison')}: balance of the covariates",
        make_head(head),
        rows,
        align="l" + "r" * (len(head) - 1),
        notes=view.notes,
        known=get_abbreviations(results),
        slot=get_slot(results, slot),
    )


def _make_side(line: dict[Any, Any], name: str, style: NumberStyle) -> Cell:
    if line["is_number"]:
        return _make_number(line[name], 1, style)
    value = None if math.isnan(line[name]) else line[name]
    return Cell(format_percent(value, style=style), value=value)


def _make_number(value: float, decimals: int, style: NumberStyle) -> Cell:
    """Return the cell of a number; one that is not told is no value."""
    known = None if math.isnan(value) else value
    return Cell(format_number(known, decimals=decimals, style=style), value=known)


def make_target_trial_table(
    results: ResultSet, *, style: NumberStyle | str = "paper", slot: str | None = None
) -> TableBlock:
    """Make the table of a target trial and of its emulation.

    Parameters
    ----------
    results : ResultSet
        From :func:`helpers.analysis.target_trial.describe_target_trial`.
    style : NumberStyle or str
        Of the numbers.
    slot : str, optional
        Where it stands.

    Returns
    -------
    TableBlock
        A note marks what the data do not allow to emulate.
    """
    view = View(results, get_style(style))
    rows = []
    for line in get_frame(results, "rows").to_dict("records"):
        missing = (
            view.notes.cite("Not emulated, or only in part.") if not line["is_emulated"] else ()
        )
        rows.append(
            make_row(
                str(line["element"]),
                str(line["protocol"]),
                Cell(str(line["emulation"]), notes=missing),
            )
        )
    return make_table(
        results.id,
        get_title(results, "Target trial"),
        make_head(["Element", "Target trial", "Emulation with these data"]),
        rows,
        align="lll",
        notes=view.notes,
        known=get_abbreviations(results),
        slot=get_slot(results, slot),
    )
