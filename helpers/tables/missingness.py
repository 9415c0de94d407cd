"""Table of missing values."""

from __future__ import annotations

from helpers.document import Cell, TableBlock
from helpers.formatting import (
    NO_VALUE,
    NumberStyle,
    format_count,
    format_count_of_n,
    format_percent,
    get_style,
)
from helpers.formatting.lookup import (
    get_abbreviations,
    get_frame,
    get_groups,
    get_slot,
    get_title,
    list_missing,
)
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


def make_missing_pattern_table(
    results: ResultSet, *, style: NumberStyle | str = "paper", slot: str | None = None
) -> TableBlock:
    """Make the table of missing values by group and by centre.

    Parameters
    ----------
    results : ResultSet
        From :func:`helpers.analysis.missing_patterns.count_missing`.
    style : NumberStyle or str
        Of the numbers.
    slot : str, optional
        Where it stands.

    Returns
    -------
    TableBlock
        No centre is named.
    """
    style = get_style(style)
    groups = get_groups(results)
    sizes = results.meta.get("group_sizes") or {}
    rows = []
    for line in get_frame(results, "rows").to_dict("records"):
        cells = []
        for key in groups:
            found = results.find(f"{line['variable']}.{key}")
            text = "" if found is None else format_count_of_n(found.estimate, found.n, style=style)
            cells.append(Cell(text, value=None if found is None else found.estimate))
        rows.append(make_row(str(line["label"]), *cells, _tell_centres(line, results, style)))
    head = [
        f"{label} (n = {format_count(sizes.get(key), style=style)})"
        for key, label in groups.items()
    ]
    last = "Centres with a missing value; share by centre"
    return make_table(
        results.id,
        get_title(results, "Missing values by group"),
        make_head(["Missing, n/N (%)", *head, last]),
        rows,
        align="l" + "r" * (len(groups) + 1),
        known=get_abbreviations(results),
        slot=get_slot(results, slot),
    )


def _tell_centres(line: dict[str, object], results: ResultSet, style: NumberStyle) -> str:
    found = results.find(f"{line['variable']}.centres")
    if found is None or found.estimate is None:
        return NO_VALUE
    shares = [found.quantities.get(end) for end in ("lowest", "highest")]
    of_all = format_count(found.quantities.get("n_centres"), style=style)
    count = f"{format_count(found.estimate, style=style)} of {of_all}"
    if None in shares:
        return count
    low, high = (format_percent(share, style=style) for share in shares)
    return f"{count}; {low} to {high}"
