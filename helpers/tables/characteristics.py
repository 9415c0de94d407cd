"""Tables of patients' characteristics, for all patients or by group."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from helpers.document import Cell, Row, TableBlock
from helpers.formatting import (
    NO_VALUE,
    NumberStyle,
    format_count,
    format_count_result,
    format_median_range,
    format_unit,
    get_style,
)
from helpers.formatting.lookup import (
    clean_level,
    get_abbreviations,
    get_frame,
    get_slot,
    get_title,
    split_rows,
)
from helpers.results import Result, ResultSet
from helpers.tables.layout import Notes, make_p_cell, make_row, make_table

#: Key of the column of published numbers, which a user's own cohort stands beside.
PUBLISHED = "published"
_PUBLISHED_SIZE = 392


@dataclass(frozen=True, slots=True)
class _Columns:
    """What a table's columns hold: groups by key, their sizes, whether tests are shown."""

    results: ResultSet
    groups: dict[str, str]
    sizes: dict[str, int | None]
    has_tests: bool
    spread: str
    style: NumberStyle

    published: Mapping[str, Result]

    def find(self, group: str, name: str) -> Result | None:
        if group == PUBLISHED:
            return self.published.get(name)
        return self.results.find(f"{group}.{name}" if group else name)


def make_characteristics_table(
    results: ResultSet,
    *,
    style: NumberStyle | str = "paper",
    spread: str = "range",
    slot: str | None = None,
    title: str | None = None,
) -> TableBlock:
    """Make the table of characteristics.

    Parameters
    ----------
    results : ResultSet
        A characteristics set: frame ``rows``, counts and summaries per variable, with
        groups in its meta or without.
    style : NumberStyle or str
        Of the numbers.
    spread : {"range", "quartiles"}
        What stands beside a median.
    slot, title : str, optional
        Where it stands; title instead of the set's own.

    Returns
    -------
    TableBlock
        One column for each group, and the p-values where the set has tests. Missing values
        are a variable's last row, without a percentage and outside the tests.
    """
    if results.meta.get("disclosure"):
        spread = "quartiles"
    columns = _read_columns(results, spread, get_style(style))
    notes = Notes()
    rows: list[Row] = []
    for variable, block in split_rows(get_frame(results, "rows"), "variable"):
        rows.extend(_make_variable(variable, block, columns, notes))
    return make_table(
        results.id,
        title or get_title(results, "Patients' characteristics"),
        [_make_head(columns)],
        rows,
        align="l" + "r" * (len(columns.groups) + columns.has_tests),
        notes=notes,
        known=get_abbreviations(results),
        slot=get_slot(results, slot),
    )


def _read_columns(results: ResultSet, spread: str, style: NumberStyle) -> _Columns:
    groups = {str(key): str(label) for key, label in (results.meta.get("groups") or {}).items()}
    sizes = dict(results.meta.get("group_sizes") or {})
    if not groups:
        total = sizes.get("overall", results.meta.get("n"))
        largest = max((r.n + (r.missing or 0) for r in results if r.n is not None), default=None)
        groups, sizes = {"": "All patients"}, {"": total or largest}
    published = _read_published(get_frame(results, "published"))
    if published and list(groups) == [""]:
        groups[PUBLISHED] = "Prebet et al. 2017"
        sizes[PUBLISHED] = _PUBLISHED_SIZE
    has_tests = any(result.kind == "test" for result in results)
    return _Columns(results, groups, sizes, has_tests, spread, style, published)


def _read_published(frame: pd.DataFrame) -> dict[str, Result]:
    """Return the published numbers of a table as results, by variable and level."""
    found = {}
    for line in frame.to_dict("records"):
        known = {key: value for key, value in line.items() if not pd.isna(value)}
        spread = {key: known[key] for key in ("minimum", "maximum") if key in known}
        found[line["name"]] = Result(
            id=f"{PUBLISHED}.{line['name']}",
            kind="count" if "n" in known else "summary",
            label="",
            estimate=known["estimate"],
            n=int(known["n"]) if "n" in known else None,
            quantities=spread,
        )
    return found


def _make_head(columns: _Columns) -> Row:
    cells = [Cell("Characteristic", header=True)]
    for key, label in columns.groups.items():
        size = columns.sizes.get(key)
        count = f" (n = {format_count(size, style=columns.style)})" if size is not None else ""
        cells.append(Cell(label + count, header=True))
    if columns.has_tests:
        cells.append(Cell(f"{columns.style.p_letter} value", header=True))
    return tuple(cells)


def _make_variable(
    variable: str, block: pd.DataFrame, columns: _Columns, notes: Notes
) -> list[Row]:
    first = block.iloc[0]
    test = columns.results.find(f"{variable}.test")
    p_cells = [make_p_cell(test, notes, style=columns.style)] if columns.has_tests else []
    blanks = [Cell("")] * columns.has_tests
    label = str(first["variable_label"])
    if first["kind"] == "numeric":
        cells = [_make_summary(columns, group, variable) for group in columns.groups]
        rows = [make_row(_describe_numeric(label, first, columns.spread), *cells, *p_cells)]
    elif first["kind"] == "binary" and (shown := _find_shown_level(block)) is not None:
        named = _name_binary(label, str(shown["level_label"]))
        level = f"{variable}.{clean_level(shown['level'])}"
        rows = [make_row(f"{named}, n (%)", *_make_counts(columns, level, notes), *p_cells)]
    else:
        empty = [Cell("")] * len(columns.groups)
        rows = [make_row(f"{label}, n (%)", *empty, *p_cells)]
        for _, line in block.iterrows():
            level = f"{variable}.{clean_level(line['level'])}"
            cells = _make_counts(columns, level, notes)
            rows.append(make_row(str(line["level_label"]), *cells, *blanks, indent=1))
    return rows + _make_missing(columns, variable, blanks)


def _find_shown_level(block: pd.DataFrame) -> pd.Series | None:
    """Return the one level that tells a binary variable, None where both are to be shown."""
    yes = block[block["level"].astype(str) == "yes"]
    if len(yes):
        return yes.iloc[0]
    return block.iloc[0] if len(block) == 1 else None


def _name_binary(label: str, level: str) -> str:
    is_told = level.casefold() == "yes" or level.casefold() in label.casefold()
    return label if is_told else f"{label}: {level}"


def _describe_numeric(label: str, line: pd.Series, spread: str) -> str:
    unit = clean_level(line.get("unit"))
    named = f"{label}, {format_unit(unit)}" if unit else label
    return f"{named}, median ({'range' if spread == 'range' else 'Q1, Q3'})"


def _make_summary(columns: _Columns, group: str, variable: str) -> Cell:
    result = columns.find(group, variable)
    if result is None:
        return Cell(NO_VALUE)
    text = format_median_range(result, spread=columns.spread, style=columns.style)
    return Cell(text, value=result.estimate)


def _make_counts(columns: _Columns, name: str, notes: Notes) -> list[Cell]:
    cells = []
    for group in columns.groups:
        result = columns.find(group, name)
        if result is None:
            cells.append(Cell(NO_VALUE))
            continue
        differs = result.n is not None and result.n != columns.sizes.get(group)
        text = format_count_result(result, denominator=differs, style=columns.style)
        keys = notes.cite(_explain(result))
        cells.append(Cell(text, value=result.estimate, notes=keys))
    return cells


def _explain(result: Result) -> str:
    return result.reason if result.status != "estimated" else ""


def _make_missing(columns: _Columns, variable: str, blanks: list[Cell]) -> list[Row]:
    found = [columns.find(group, f"{variable}.missing") for group in columns.groups]
    if not any(result is not None and result.estimate for result in found):
        return []
    cells = [
        Cell(NO_VALUE)
        if result is None
        else Cell(format_count(result.estimate, style=columns.style), value=result.estimate)
        for result in found
    ]
    return [make_row("Missing", *cells, *blanks, indent=1)]
