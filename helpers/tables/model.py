"""Table of a regression model."""

from __future__ import annotations

import pandas as pd

from helpers.document import Cell, Row, TableBlock
from helpers.formatting import (
    NumberStyle,
    capitalise,
    format_count,
    format_level,
    format_number,
    format_p,
    get_style,
)
from helpers.formatting.correction import PENALISED_TEST, WHY_PENALISED, is_penalised
from helpers.formatting.lookup import (
    clean_level,
    find_conf_level,
    get_abbreviations,
    get_events_label,
    get_frame,
    get_slot,
    get_title,
    split_rows,
)
from helpers.results import ResultSet
from helpers.tables.layout import View, make_head, make_row, make_table


def make_model_table(
    results: ResultSet,
    *,
    style: NumberStyle | str = "paper",
    medians: bool | None = None,
    slot: str | None = None,
    title: str | None = None,
) -> TableBlock:
    """Make the table of a Cox or Fine-Gray model.

    Parameters
    ----------
    results : ResultSet
        A model set: frame ``terms``, a hazard ratio for each level.
    style : NumberStyle or str
        Of the numbers.
    medians : bool, optional
        Whether a column shows the median of each level; where the set has them if not said.
    slot, title : str, optional
        Where it stands; title instead of the set's own.

    Returns
    -------
    TableBlock
        A row for each factor, indented rows for its levels, the reference among them.
    """
    style = get_style(style)
    if medians is None:
        medians = any(result.kind == "median" for result in results)
    view = View(results, style, medians)
    p_keys = view.notes.cite(_describe_fit(results, style))
    rows: list[Row] = []
    for factor, block in split_rows(get_frame(results, "terms"), "factor"):
        rows.extend(_make_factor(view, factor, block))
    level = format_level(find_conf_level(results), style=style)
    head: list[str | Cell] = ["Factor", "Patients", get_events_label(results)]
    head += [f"Median, months ({level} CI)"] if medians else []
    head += [
        f"{_name_ratio(results)} ({level} CI)",
        Cell(f"{style.p_letter} value", header=True, notes=p_keys),
    ]
    return make_table(
        results.id,
        title or get_title(results, "Multivariable model"),
        make_head(head),
        rows,
        align="l" + "r" * (len(head) - 1),
        notes=view.notes,
        known=get_abbreviations(results),
        slot=get_slot(results, slot),
    )


def _name_ratio(results: ResultSet) -> str:
    model = results.find("model")
    words = f"{results.id} {results.meta.get('title', '')} {model.method if model else ''}".lower()
    return "sHR" if "fine" in words and "gray" in words else "HR"


def _describe_fit(results: ResultSet, style: NumberStyle) -> str:
    model = results.find("model")
    text = "Wald test."
    if is_penalised(results):
        text = f"{capitalise(PENALISED_TEST)}, with Firth's correction: {WHY_PENALISED}."
    if model is None or model.n is None:
        return text
    text += f" Model: {format_count(model.n, style=style)} patients"
    if model.events is not None:
        text += f", {format_count(model.events, style=style)} events"
    missing = model.missing or results.meta.get("missing")
    if missing:
        text += f", {format_count(missing, style=style)} left out for missing values"
    if model.p_value is not None:
        text += f", likelihood-ratio {format_p(model.p_value, letter=True, style=style)}"
    concordance = model.quantities.get("concordance")
    if concordance is not None:
        text += f", concordance {format_number(concordance, decimals=2, style=style)}"
    return f"{text}."


def _make_factor(view: View, factor: str, block: pd.DataFrame) -> list[Row]:
    first = block.iloc[0]
    label = str(first["factor_label"])
    if len(block) == 1 and not bool(first["is_reference"]):
        level_label = clean_level(first["level_label"])
        shown = f"{label}: {level_label}" if level_label and level_label != label else label
        return [_make_level(view, first, shown, indent=0)]
    empty = [Cell("")] * (3 + view.medians)
    rows = [make_row(label, *empty, _make_factor_p(view, factor, len(block)))]
    for _, line in block.iterrows():
        rows.append(_make_level(view, line, str(line["level_label"]), indent=1))
    return rows


def _make_factor_p(view: View, factor: str, n_levels: int) -> Cell:
    test = view.results.find(f"{factor}.test")
    if n_levels < 3 or test is None or test.p_value is None:
        return Cell("")
    keys = view.notes.cite("All levels of the factor together.")
    return Cell(format_p(test.p_value, style=view.style), value=test.p_value, notes=keys)


def _make_level(view: View, line: pd.Series, label: str, *, indent: int) -> Row:
    key = f"{line['factor']}.{clean_level(line['level'])}"
    named = clean_level(line.get("result_id")) or key
    result = view.results.find(named) or view.results.find(key)
    is_reference = bool(line["is_reference"])
    p_value = None if result is None or is_reference else result.p_value
    p_text = "" if is_reference else format_p(p_value, style=view.style)
    return make_row(
        label,
        view.make_count("n", result),
        view.make_count("events", result),
        *view.make_median(view.results.find(f"{key}.median")),
        view.make_ratio(result, is_reference=is_reference),
        Cell(p_text, value=p_value),
        indent=indent,
    )
