"""Tables of counts: treatments, responses, categories."""

from __future__ import annotations

from helpers.document import Cell, Row, TableBlock
from helpers.formatting import (
    NO_VALUE,
    NumberStyle,
    format_count,
    format_count_result,
    format_level,
    format_median,
    format_median_range,
    format_p,
    format_probability,
    format_trimmed,
    get_style,
    name_test,
)
from helpers.formatting.lookup import (
    find_conf_level,
    find_horizons,
    get_abbreviations,
    get_groups,
    get_slot,
    get_title,
    list_counts,
    resolve_prefix,
)
from helpers.results import Result, ResultSet
from helpers.tables.layout import Notes, make_head, make_row, make_table

_OUTCOMES = {
    "any": "Any response",
    "cr_pr": "CR or PR",
    "cr": "CR",
    "pr": "PR",
    "hi": "HI",
    "none": "No response",
}
_NOT_LEVELS = frozenset({"known", "missing", "evaluable"})


def make_count_table(
    results: ResultSet,
    summaries: ResultSet | None = None,
    *,
    style: NumberStyle | str = "paper",
    prefix: str = "",
    slot: str | None = None,
    title: str | None = None,
) -> TableBlock:
    """Make a table of counts, each with its denominator.

    Parameters
    ----------
    results : ResultSet
        Each of its counts, or those below `prefix`, is a row; a test stands in the last row.
    summaries : ResultSet, optional
        Medians of a duration by the same last part of the ids, shown in a further column.
    style : NumberStyle or str
        Of the numbers.
    prefix : str
        Part of the ids, e.g. ``first``.
    slot, title : str, optional
        Where it stands; title instead of the set's own.

    Returns
    -------
    TableBlock
    """
    style, notes = get_style(style), Notes()
    rows = []
    for name, result in list_counts(results, prefix=prefix).items():
        keys = notes.cite(result.reason)
        text = format_count_result(result, denominator=True, style=style)
        cells = [Cell(text, value=result.estimate, notes=keys)]
        if summaries is not None:
            cells.append(_make_summary(summaries.find(name.rsplit(".", 1)[-1]), style))
        rows.append(make_row(result.label or name, *cells))
    head = [str(results.meta.get("factor_label") or "Category"), "Patients, n/N (%)"]
    if summaries is not None:
        spread = "Q1, Q3" if summaries.meta.get("disclosure") else "range"
        head.append(f"{get_title(summaries)}, median ({spread})")
    rows += [_make_test_row(r, len(head), style) for r in results if r.kind == "test"]
    return make_table(
        _name_table(results, prefix),
        title or get_title(results),
        make_head(head),
        rows,
        align="l" + "r" * (len(head) - 1),
        notes=notes,
        known=get_abbreviations(results),
        slot=get_slot(results, slot),
    )


def _name_table(results: ResultSet, prefix: str) -> str:
    return ".".join(part for part in (results.id, resolve_prefix(results, prefix)) if part)


def _make_summary(result: Result | None, style: NumberStyle) -> Cell:
    if result is None:
        return Cell(NO_VALUE)
    spread = "range" if "minimum" in result.quantities else "quartiles"
    return Cell(format_median_range(result, spread=spread, style=style), value=result.estimate)


def _make_test_row(test: Result, width: int, style: NumberStyle) -> Row:
    name = name_test(test.method)
    text = format_p(test.p_value, style=style, letter=test.p_value is not None)
    return (
        Cell(name[:1].upper() + name[1:], header=True),
        Cell(text, value=test.p_value, colspan=width - 1),
    )


def make_treatment_table(
    results: ResultSet,
    survival: ResultSet | None = None,
    *,
    style: NumberStyle | str = "paper",
    prefix: str = "first",
    slot: str | None = None,
    title: str | None = None,
) -> TableBlock:
    """Make the table of treatments, with their survival where it is given.

    Parameters
    ----------
    results : ResultSet
        Counts ``{prefix}.{treatment}``, their denominator the patients whose treatment is
        known.
    survival : ResultSet, optional
        A survival set of the same groups.
    style : NumberStyle or str
        Of the numbers.
    prefix : str
        Part of the ids; empty where the treatments follow the set's id at once.
    slot, title : str, optional
        Where it stands; title instead of the set's own.

    Returns
    -------
    TableBlock
    """
    style = get_style(style)
    horizons = find_horizons(survival) if survival is not None else {}
    level = format_level(find_conf_level(survival or results), style=style)
    head = [str(results.meta.get("factor_label") or "Treatment"), "Patients, n (%)"]
    if survival is not None:
        head += ["Deaths", f"Median, months ({level} CI)"]
        head += [
            f"At {format_trimmed(t, style=style)} months ({level} CI)" for t in horizons.values()
        ]
    rows = []
    for name, result in list_counts(results, prefix=prefix).items():
        if name in _NOT_LEVELS:
            continue
        cells = [Cell(format_count_result(result, style=style), value=result.estimate)]
        if survival is not None:
            cells += _make_survival_cells(survival, name, list(horizons), style)
        rows.append(make_row(result.label or name, *cells))
    return make_table(
        _name_table(results, prefix),
        title or get_title(results),
        make_head(head),
        rows,
        align="l" + "r" * (len(head) - 1),
        known=get_abbreviations(results),
        slot=get_slot(results, slot),
    )


def _make_survival_cells(
    survival: ResultSet, group: str, horizons: list[str], style: NumberStyle
) -> list[Cell]:
    median = survival.find(f"{group}.median")
    if median is None:
        return [Cell(NO_VALUE)] * (2 + len(horizons))
    cells = [
        Cell(format_count(median.events, style=style), value=median.events),
        Cell(format_median(median, style=style), value=median.estimate),
    ]
    for name in horizons:
        result = survival.find(f"{group}.{name}")
        text = NO_VALUE if result is None else format_probability(result, style=style)
        cells.append(Cell(text, value=result.estimate if result else None))
    return cells


def make_response_table(
    results: ResultSet,
    *,
    style: NumberStyle | str = "paper",
    prefix: str = "response",
    slot: str | None = None,
    title: str | None = None,
) -> TableBlock:
    """Make the table of responses by treatment.

    Parameters
    ----------
    results : ResultSet
        Counts ``{prefix}.{treatment}.{outcome}``, outcome one of ``evaluable``, ``any``,
        ``cr_pr``, ``cr``, ``pr``, ``hi``, ``none``, their denominator the evaluable.
    style : NumberStyle or str
        Of the numbers.
    prefix : str
        Part of the ids; empty where the treatments follow the set's id at once.
    slot, title : str, optional
        Where it stands; title instead of the set's own.

    Returns
    -------
    TableBlock
    """
    style = get_style(style)
    counts = list_counts(results, prefix=prefix)
    labels = get_groups(results)
    treatments = dict.fromkeys(name.split(".")[0] for name in counts if "." in name)
    shown = [name for name in _OUTCOMES if any(key.endswith(f".{name}") for key in counts)]
    rows = []
    for treatment in treatments:
        evaluable = counts.get(f"{treatment}.evaluable")
        cells = [_make_evaluable(evaluable, style)]
        for name in shown:
            result = counts.get(f"{treatment}.{name}")
            cells.append(_make_response(result, style))
        fallback = evaluable.label.split(":")[0] if evaluable and evaluable.label else treatment
        rows.append(make_row(labels.get(treatment, fallback), *cells))
    return make_table(
        _name_table(results, prefix),
        title or "Response to treatment among evaluable patients",
        make_head(["Treatment", "Evaluable, n/N", *(_OUTCOMES[n] + ", n (%)" for n in shown)]),
        rows,
        align="l" + "r" * (1 + len(shown)),
        known=get_abbreviations(results),
        slot=get_slot(results, slot),
    )


def _make_response(result: Result | None, style: NumberStyle) -> Cell:
    """Return a count of the evaluable; a dash where nobody was."""
    if result is None or result.n == 0:
        return Cell(NO_VALUE)
    return Cell(format_count_result(result, style=style), value=result.estimate)


def _make_evaluable(result: Result | None, style: NumberStyle) -> Cell:
    if result is None:
        return Cell(NO_VALUE)
    text = format_count(result.estimate, style=style)
    if result.n is not None:
        text += f"/{format_count(result.n, style=style)}"
    return Cell(text, value=result.estimate)
