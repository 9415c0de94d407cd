"""Table of two models of a competing risk, side by side."""

from __future__ import annotations

from dataclasses import replace

from helpers.document import Cell, Row, TableBlock
from helpers.formatting import (
    NumberStyle,
    format_level,
    format_p,
    get_style,
)
from helpers.formatting.lookup import (
    clean_level,
    find_conf_level,
    get_abbreviations,
    get_frame,
    get_slot,
    get_title,
    split_rows,
)
from helpers.results import ResultSet
from helpers.tables.layout import View, make_row, make_table


def make_competing_table(
    cause_specific: ResultSet,
    fine_gray: ResultSet,
    *,
    style: NumberStyle | str = "paper",
    slot: str | None = None,
    title: str | None = None,
) -> TableBlock:
    """Make the table of a cause-specific and a Fine-Gray model of one event.

    Parameters
    ----------
    cause_specific, fine_gray : ResultSet
        Model sets of the same factors.
    style : NumberStyle or str
        Of the numbers.
    slot, title : str, optional
        Where it stands; title instead of the first set's own.

    Returns
    -------
    TableBlock
        Hazard ratio and subdistribution hazard ratio of each level, with intervals and p.
    """
    style = get_style(style)
    view, other = View(cause_specific, style), View(fine_gray, style)
    other = replace(other, notes=view.notes)
    rows: list[Row] = []
    for factor, block in split_rows(get_frame(cause_specific, "terms"), "factor"):
        rows.append(make_row(str(block.iloc[0]["factor_label"]), *[Cell("")] * 6))
        for _, line in block.iterrows():
            key = f"{factor}.{clean_level(line['level'])}"
            is_reference = bool(line["is_reference"])
            first = cause_specific.find(key)
            cells = [view.make_count("n", first), view.make_count("events", first)]
            for shown in (view, other):
                cells += _make_estimate(shown, key, is_reference=is_reference)
            rows.append(make_row(str(line["level_label"]), *cells, indent=1))
    return make_table(
        cause_specific.id.rsplit(".", 1)[0] + ".models",
        title or get_title(cause_specific),
        _make_head(find_conf_level(cause_specific), style),
        rows,
        align="lrrrrrr",
        notes=view.notes,
        known={**get_abbreviations(cause_specific), **get_abbreviations(fine_gray)},
        slot=get_slot(cause_specific, slot),
    )


def _make_head(conf_level: float, style: NumberStyle) -> tuple[Row, Row]:
    level = format_level(conf_level, style=style)
    top = (
        Cell("Factor", header=True, rowspan=2),
        Cell("Patients", header=True, rowspan=2),
        Cell("Events", header=True, rowspan=2),
        Cell("Cause-specific hazard", header=True, colspan=2),
        Cell("Subdistribution hazard (Fine-Gray)", header=True, colspan=2),
    )
    labels = (
        f"HR ({level} CI)",
        f"{style.p_letter} value",
        f"sHR ({level} CI)",
        f"{style.p_letter} value",
    )
    return top, tuple(Cell(label, header=True) for label in labels)


def _make_estimate(view: View, key: str, *, is_reference: bool) -> list[Cell]:
    result = view.results.find(key)
    ratio = view.make_ratio(result, is_reference=is_reference)
    if is_reference:
        return [ratio, Cell("")]
    p_value = result.p_value if result else None
    return [ratio, Cell(format_p(p_value, style=view.style), value=p_value)]
