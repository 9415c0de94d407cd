"""Table of a univariate screen."""

from __future__ import annotations

import pandas as pd

from helpers.document import Cell, Row, TableBlock
from helpers.formatting import (
    NumberStyle,
    format_level,
    get_style,
)
from helpers.formatting.correction import WHY_PENALISED, is_penalised
from helpers.formatting.lookup import (
    clean_level,
    find_conf_level,
    find_factor_test,
    get_abbreviations,
    get_events_label,
    get_frame,
    get_slot,
    get_title,
    split_rows,
)
from helpers.results import ResultSet
from helpers.tables.layout import View, make_head, make_p_cell, make_row, make_table


def make_screen_table(
    results: ResultSet,
    *,
    style: NumberStyle | str = "paper",
    slot: str | None = None,
    title: str | None = None,
) -> TableBlock:
    """Make the table of a univariate screen.

    Parameters
    ----------
    results : ResultSet
        A screen set: frame ``factors``; per level ``.median`` and ``.hr``; per factor a
        ``.logrank`` or another test.
    style : NumberStyle or str
        Of the numbers.
    slot, title : str, optional
        Where it stands; title instead of the set's own.

    Returns
    -------
    TableBlock
        Columns of medians only where the set has medians.
    """
    style = get_style(style)
    view = View(results, style, any(result.kind == "median" for result in results))
    rows: list[Row] = []
    ratio_keys = ()
    if is_penalised(results):
        ratio_keys = view.notes.cite(f"With Firth's correction where {WHY_PENALISED}.")
    for factor, block in split_rows(get_frame(results, "factors"), "factor"):
        rows.extend(_make_factor(view, factor, block))
    level = format_level(find_conf_level(results), style=style)
    head: list[str | Cell] = ["Factor", "Patients", get_events_label(results)]
    head += [f"Median, months ({level} CI)"] if view.medians else []
    ratio = Cell(f"HR ({level} CI)", header=True, notes=ratio_keys)
    head += [ratio, *view.head_detectable(), f"{style.p_letter} value"]
    return make_table(
        results.id,
        title or get_title(results, "Univariate analysis"),
        make_head(head),
        rows,
        align="l" + "r" * (len(head) - 1),
        notes=view.notes,
        known=get_abbreviations(results),
        slot=get_slot(results, slot),
    )


def _make_factor(view: View, factor: str, block: pd.DataFrame) -> list[Row]:
    test = find_factor_test(view.results, factor)
    if len(block) == 1 and not bool(block.iloc[0]["is_reference"]):
        line = block.iloc[0]
        p_cell = make_p_cell(test, view.notes, style=view.style)
        return [make_row(str(line["factor_label"]), *_make_level(view, factor, line), p_cell)]
    empty = [Cell("")] * (3 + view.medians + len(view.list_detectable(None)))
    p_cell = make_p_cell(test, view.notes, style=view.style)
    rows = [make_row(str(block.iloc[0]["factor_label"]), *empty, p_cell)]
    for _, line in block.iterrows():
        cells = _make_level(view, factor, line)
        rows.append(make_row(str(line["level_label"]), *cells, Cell(""), indent=1))
    return rows


def _make_level(view: View, factor: str, line: pd.Series) -> list[Cell]:
    key = f"{factor}.{clean_level(line['level'])}"
    median, count = view.results.find(f"{key}.median"), view.results.find(f"{key}.n")
    ratio = view.results.find(f"{key}.hr") or view.results.find(key)
    return [
        view.make_count("n", median, ratio, count),
        view.make_count("events", median, ratio, count),
        *view.make_median(median),
        view.make_ratio(ratio, is_reference=bool(line["is_reference"])),
        *view.list_detectable(ratio),
    ]
