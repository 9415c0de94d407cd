"""Table of a comparison of survival: its groups, alone and adjusted."""

from __future__ import annotations

from helpers.document import Cell, TableBlock
from helpers.formatting import (
    NO_VALUE,
    NumberStyle,
    capitalise,
    format_count,
    format_level,
    format_median,
    format_p,
    get_style,
    join_words,
)
from helpers.formatting.lookup import (
    find_comparison,
    find_conf_level,
    find_interval_method,
    get_abbreviations,
    get_events_label,
    get_group_names,
    get_groups,
    get_slot,
    get_title,
)
from helpers.formatting.terms import INTERVAL_MEANINGS, name_test
from helpers.results import Result, ResultSet
from helpers.tables.layout import View, make_head, make_row, make_table


def make_chosen_table(
    survival: ResultSet,
    *models: ResultSet,
    style: NumberStyle | str = "paper",
    slot: str | None = None,
    title: str | None = None,
) -> TableBlock:
    """Make the table of a comparison: patients, events, median, hazard ratios.

    Parameters
    ----------
    survival : ResultSet
        A survival set.
    *models : ResultSet
        Models whose first factor makes the same groups: alone, and adjusted.
    style : NumberStyle or str
        Of the numbers.
    slot, title : str, optional
        Where it stands; title instead of the set's own.

    Returns
    -------
    TableBlock
        A row for each group; a last row with the test between them.
    """
    style = get_style(style)
    view = View(survival, style, medians=True)
    level = format_level(find_conf_level(survival), style=style)
    head: list[str | Cell] = [
        str(survival.meta.get("factor_label") or "Group"),
        "Patients",
        get_events_label(survival),
        Cell(f"Median, months ({level} CI)", header=True, notes=_explain_median(view)),
    ]
    for model in models:
        head.append(Cell(_name_model(model, level), header=True, notes=_explain_model(view, model)))
        head.append(f"{style.p_letter} value")
    rows = [
        make_row(label, *_make_group(view, key), *_make_ratios(view, key, models))
        for key, label in (
            get_group_names(survival) if not models else get_groups(survival)
        ).items()
    ]
    test = find_comparison(survival)
    if test is not None:
        label = Cell(capitalise(name_test(test.method or "logrank")), header=True)
        text = format_p(test.p_value, letter=True, style=style)
        rows.append((label, Cell(text, value=test.p_value, colspan=len(head) - 1)))
    return make_table(
        survival.id,
        title or get_title(survival),
        make_head(head),
        rows,
        align="l" + "r" * (len(head) - 1),
        notes=view.notes,
        known=get_abbreviations(survival),
        slot=get_slot(survival, slot),
    )


def _explain_median(view: View) -> tuple[str, ...]:
    method = find_interval_method(view.results, "median")
    meaning = INTERVAL_MEANINGS.get(method, "")
    return view.notes.cite(f"Interval of medians: {method}, {meaning}." if meaning else "")


def _name_model(model: ResultSet, level: str) -> str:
    kind = "Adjusted HR" if _list_others(model) else "HR"
    return f"{kind} ({level} CI)"


def _list_others(model: ResultSet) -> list[str]:
    """Return the labels of the factors that a model adjusts for."""
    labels = dict.fromkeys(model.frames["terms"]["factor_label"])
    return [str(label) for label in labels][1:]


def _explain_model(view: View, model: ResultSet) -> tuple[str, ...]:
    """Return the note on who is in a model, what it adjusts for and what was left out."""
    others, fitted = _list_others(model), model.find("model")
    if not others:
        return ()
    text = f"Adjusted for {join_words(others)}"
    if fitted is not None and fitted.n is not None:
        text += f"; {format_count(fitted.n, style=view.style)} patients"
        if fitted.events is not None:
            text += f" with {format_count(fitted.events, style=view.style)} events"
    left_out = " ".join(str(words) for words in model.meta.get("left_out") or ())
    return view.notes.cite(f"{text}. {left_out}".strip())


def _make_group(view: View, key: str) -> list[Cell]:
    count, median = view.results.find(f"{key}.n"), view.results.find(f"{key}.median")
    size = None if count is None else count.estimate
    events = None if count is None else count.events
    return [
        Cell(format_count(size, style=view.style), value=size),
        Cell(format_count(events, style=view.style), value=events),
        Cell(NO_VALUE)
        if median is None
        else Cell(format_median(median, style=view.style), value=median.estimate),
    ]


def _make_ratios(view: View, key: str, models: tuple[ResultSet, ...]) -> list[Cell]:
    cells = []
    for model in models:
        found = find_group_ratio(model, key)
        is_reference = found is not None and found.status == "reference"
        p_value = None if found is None or is_reference else found.p_value
        cells += [
            view.make_ratio(found, is_reference=is_reference),
            Cell("" if is_reference else format_p(p_value, style=view.style), value=p_value),
        ]
    return cells


def find_group_ratio(model: ResultSet, key: str) -> Result | None:
    """Return the hazard ratio of a group in a model whose first factor makes the groups."""
    factor = model.frames["terms"]["factor"].iloc[0]
    return model.find(f"{factor}.{key}")
