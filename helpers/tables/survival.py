"""Tables of survival and of incidence by group."""

from __future__ import annotations

from helpers.document import Cell, Row, TableBlock
from helpers.formatting import (
    NO_VALUE,
    NumberStyle,
    capitalise,
    format_count,
    format_level,
    format_median,
    format_probability,
    format_trimmed,
    get_style,
)
from helpers.formatting.estimates import format_hazard_ratio
from helpers.formatting.lookup import (
    find_comparison,
    find_conf_level,
    find_contrast,
    find_horizons,
    find_interval_method,
    get_abbreviations,
    get_events_label,
    get_groups,
    get_slot,
    get_title,
)
from helpers.formatting.numbers import format_p
from helpers.formatting.terms import INTERVAL_MEANINGS, name_contrast, name_test
from helpers.results import Result, ResultSet
from helpers.tables.layout import Notes, make_head, make_row, make_table

_ESTIMATORS = {
    "cumulative_incidence": "Cumulative incidence (Aalen-Johansen)",
    "one_minus_km": "1 - Kaplan-Meier",
}


def make_survival_table(
    results: ResultSet,
    *,
    style: NumberStyle | str = "paper",
    slot: str | None = None,
    title: str | None = None,
) -> TableBlock:
    """Make the table of survival by group.

    Parameters
    ----------
    results : ResultSet
        A survival set: ``{group}.n``, ``{group}.median``, ``{group}.prob_{h}m``, and
        ``logrank`` where there are groups.
    style : NumberStyle or str
        Of the numbers.
    slot, title : str, optional
        Where it stands; title instead of the set's own.

    Returns
    -------
    TableBlock
        Patients, deaths or events, median with interval, probability at each horizon; a
        last row with the test.
    """
    style = get_style(style)
    horizons, notes = find_horizons(results), Notes()
    level = format_level(find_conf_level(results), style=style)
    median_keys = notes.cite(_explain_interval("Interval of medians", results, "median"))
    prob_keys = notes.cite(_explain_interval("Interval of probabilities", results, "probability"))
    rows = [_make_group_row(results, key, horizons, notes, style) for key in get_groups(results)]
    rows += _make_test_rows(results, 4 + len(horizons), style)
    head = [
        str(results.meta.get("factor_label") or "Group"),
        "Patients",
        get_events_label(results),
        Cell(f"Median, months ({level} CI)", header=True, notes=median_keys),
        *(
            Cell(
                f"At {format_trimmed(time, style=style)} months ({level} CI)",
                header=True,
                notes=prob_keys,
            )
            for time in horizons.values()
        ),
    ]
    return make_table(
        results.id,
        title or get_title(results),
        make_head(head),
        rows,
        align="l" + "r" * (3 + len(horizons)),
        notes=notes,
        known=get_abbreviations(results),
        slot=get_slot(results, slot),
    )


def _explain_interval(what: str, results: ResultSet, kind: str) -> str:
    method = find_interval_method(results, kind)
    meaning = INTERVAL_MEANINGS.get(method, "")
    return f"{what}: {method}, {meaning}." if meaning else ""


def _make_group_row(
    results: ResultSet, key: str, horizons: dict[str, float], notes: Notes, style: NumberStyle
) -> Row:
    count, median = results.find(f"{key}.n"), results.find(f"{key}.median")
    size = count.estimate if count else median.n if median else None
    events = next((r.events for r in (median, count) if r and r.events is not None), None)
    cells = [
        Cell(format_count(size, style=style), value=size),
        Cell(format_count(events, style=style), value=events),
        Cell(NO_VALUE)
        if median is None
        else Cell(format_median(median, style=style), value=median.estimate),
    ]
    for name in horizons:
        result = results.find(f"{key}.{name}")
        cells.append(_make_probability(result, notes, style))
    return make_row(get_groups(results)[key], *cells)


def _make_probability(result: Result | None, notes: Notes, style: NumberStyle) -> Cell:
    if result is None:
        return Cell(NO_VALUE)
    keys = notes.cite(f"{capitalise(result.reason.rstrip('.'))}." if result.reason else "")
    return Cell(format_probability(result, style=style), value=result.estimate, notes=keys)


def _make_test_rows(results: ResultSet, width: int, style: NumberStyle) -> list[Row]:
    rows = []
    test, contrast = find_comparison(results), find_contrast(results)
    if test is not None:
        label = name_test(test.method or "logrank")
        text = format_p(test.p_value, letter=True, style=style)
        rows.append(
            (
                Cell(label[:1].upper() + label[1:], header=True),
                Cell(text, value=test.p_value, colspan=width - 1),
            )
        )
    if contrast is not None and contrast.estimate is not None:
        text = format_hazard_ratio(contrast, style=style)
        if contrast.p_value is not None:
            text += f", {format_p(contrast.p_value, letter=True, style=style)}"
        label = f"HR, {name_contrast(contrast.label)}" if contrast.label else "HR"
        rows.append(
            (Cell(label, header=True), Cell(text, value=contrast.estimate, colspan=width - 1))
        )
    return rows


def make_incidence_table(
    results: ResultSet,
    *,
    style: NumberStyle | str = "paper",
    slot: str | None = None,
    title: str | None = None,
) -> TableBlock:
    """Make the table of an incidence, one row for each estimator and group.

    Parameters
    ----------
    results : ResultSet
        An incidence set: ``{estimator}.{group}.prob_{h}m`` and ``{group}.n``.
    style : NumberStyle or str
        Of the numbers.
    slot, title : str, optional
        Where it stands; title instead of the set's own.

    Returns
    -------
    TableBlock
    """
    style = get_style(style)
    groups, horizons, notes = get_groups(results), find_horizons(results), Notes()
    level = format_level(find_conf_level(results), style=style)
    rows: list[Row] = []
    for estimator, name in _ESTIMATORS.items():
        if not any(result.id.startswith(f"{results.id}.{estimator}.") for result in results):
            continue
        keys = notes.cite(
            "Deaths without the event are treated as censored, which overstates the risk."
            if estimator == "one_minus_km"
            else ""
        )
        for key, label in groups.items():
            count = results.find(f"{key}.n")
            shown = name if len(groups) == 1 else f"{name}, {label}"
            cells = [
                _make_probability(results.find(f"{estimator}.{key}.{ending}"), notes, style)
                for ending in horizons
            ]
            rows.append(
                make_row(
                    Cell(shown, header=True, notes=keys),
                    format_count(count.estimate if count else None, style=style),
                    format_count(count.events if count else None, style=style),
                    *cells,
                )
            )
    rows += _make_test_rows(results, 3 + len(horizons), style)
    times = [
        f"At {format_trimmed(time, style=style)} months ({level} CI)" for time in horizons.values()
    ]
    return make_table(
        results.id,
        title or get_title(results),
        make_head(["Estimator", "Patients", "Events", *times]),
        rows,
        align="l" + "r" * (2 + len(horizons)),
        notes=notes,
        known=get_abbreviations(results),
        slot=get_slot(results, slot),
    )
