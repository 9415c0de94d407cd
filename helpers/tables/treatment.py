"""Tables on comparisons of treatments: immortal time, ways of estimation, balance, target trial."""

from __future__ import annotations

from helpers.document import Cell, TableBlock
from helpers.formatting import (
    NO_VALUE,
    NumberStyle,
    capitalise,
    format_count,
    format_interval,
    format_level,
    format_p,
    format_ratio,
    get_style,
)
from helpers.formatting.lookup import (
    find_conf_level,
    get_abbreviations,
    get_events_label,
    get_frame,
    get_slot,
    get_title,
)
from helpers.results import Result, ResultSet
from helpers.tables.layout import View, make_head, make_p_cell, make_row, make_table

_REMEDIES = {
    "none_needed": "Not needed",
    "switch": "Landmarks and a time-varying group, shown",
    "no_dates": "Not possible: {needs} is not in the data",
    "no_switch": "Not possible: no time is declared at which patients join",
}

_E_VALUE = (
    "Risk ratio that an unmeasured confounder would need with both treatment and outcome to "
    "explain the estimate away and, in brackets, to move its interval to 1."
)


def make_immortal_table(
    results: ResultSet, *, style: NumberStyle | str = "paper", slot: str | None = None
) -> TableBlock:
    """Make the table of the groups that are settled after time zero.

    Parameters
    ----------
    results : ResultSet
        From :func:`helpers.analysis.immortal.detect_immortal_time`.
    style : NumberStyle or str
        Of the numbers.
    slot : str, optional
        Where it stands.

    Returns
    -------
    TableBlock
        The marked comparisons first.
    """
    stages = results.meta.get("stages") or {}
    rows = []
    for line in get_frame(results, "rows").to_dict("records"):
        zero = stages.get(line["time_zero"], line["time_zero"])
        known = stages.get(line["known_at"], line["known_at"])
        assumes = "Nothing: settled by then"
        if line["is_immortal"]:
            group = line["group"] or "Each group"
            assumes = f"{group} from {zero} on"
        remedy = _REMEDIES[line["remedy"]].format(needs=str(line["needs"]).lower())
        rows.append(
            make_row(str(line["label"]), capitalise(zero), capitalise(known), assumes, remedy)
        )
    head = ["Groups", "Time zero", "Settled", "What the naive comparison assumes", "Remedy"]
    return make_table(
        results.id,
        get_title(results, "Immortal time"),
        make_head(head),
        rows,
        align="lllll",
        known=get_abbreviations(results),
        slot=get_slot(results, slot),
    )


def make_switch_table(
    results: ResultSet, *, style: NumberStyle | str = "paper", slot: str | None = None
) -> TableBlock:
    """Make the table of the naive, landmark and time-varying estimates.

    Parameters
    ----------
    results : ResultSet
        From :func:`helpers.analysis.switching.estimate_switch_effect`.
    style : NumberStyle or str
        Of the numbers.
    slot : str, optional
        Where it stands.

    Returns
    -------
    TableBlock
    """
    view = View(results, get_style(style))
    rows = []
    for line in get_frame(results, "terms").to_dict("records"):
        found = results.find(str(line["result_id"]))
        joined = None if found is None else found.quantities.get("n_exposed")
        rows.append(
            make_row(
                str(line["level_label"]),
                view.make_count("n", found),
                Cell(format_count(joined, style=view.style), value=joined),
                view.make_count("events", found),
                view.make_ratio(found, is_reference=False),
                _make_p(found, view.style),
                *_list_judgements(view, found),
            )
        )
    test = results.find("mantel_byar")
    if test is not None:
        p_cell = make_p_cell(test, view.notes, style=view.style)
        empty = [Cell("")] * len(_list_judgements(view, None))
        rows.append(make_row("Test without immortal time", *[Cell("")] * 4, p_cell, *empty))
    level = format_level(find_conf_level(results), style=view.style)
    head: list[str | Cell] = ["Estimate", "Patients", "In the group", get_events_label(results)]
    head += [f"HR ({level} CI)", f"{view.style.p_letter} value", *_head_judgements(view)]
    return make_table(
        results.id,
        get_title(results, "Immortal time"),
        make_head(head),
        rows,
        align="l" + "r" * (len(head) - 1),
        notes=view.notes,
        known=get_abbreviations(results),
        slot=get_slot(results, slot),
    )


def _has_e_values(view: View) -> bool:
    return any("e_value" in result.quantities for result in view.results)


def _list_judgements(view: View, found: Result | None) -> list[Cell]:
    """Return the cells of what an estimate could have shown, and of what it can bear."""
    cells = view.list_detectable(found)
    if not _has_e_values(view):
        return cells
    known = {} if found is None else found.quantities
    values = [known.get(name) for name in ("e_value", "e_value_limit")]
    if None in values:
        return [*cells, Cell("")]
    shown = [format_ratio(value, style=view.style) for value in values]
    return [*cells, Cell(f"{shown[0]} ({shown[1]})", value=values[0])]


def _head_judgements(view: View) -> list[Cell]:
    head = view.head_detectable()
    if not _has_e_values(view):
        return head
    return [*head, Cell("E-value (limit)", header=True, notes=view.notes.cite(_E_VALUE))]


def _make_p(found: Result | None, style: NumberStyle) -> Cell:
    if found is None or found.p_value is None:
        return Cell("")
    return Cell(format_p(found.p_value, style=style), value=found.p_value)


def make_weighting_table(
    results: ResultSet, *, style: NumberStyle | str = "paper", slot: str | None = None
) -> TableBlock:
    """Make the table of a comparison crude, adjusted and weighted.

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
    rows = []
    for line in get_frame(results, "terms").to_dict("records"):
        found = results.find(str(line["result_id"]))
        rows.append(
            make_row(
                str(line["level_label"]),
                view.make_count("n", found),
                view.make_count("events", found),
                view.make_ratio(found, is_reference=False),
                _make_bootstrap(found, view.style),
                _make_p(found, view.style),
                *_list_judgements(view, found),
            )
        )
    level = format_level(find_conf_level(results), style=view.style)
    note = view.notes.cite(_explain_bootstrap(results, view.style))
    head: list[str | Cell] = ["Estimate", "Patients", get_events_label(results)]
    head += [f"HR ({level} CI)", Cell("Bootstrap interval", header=True, notes=note)]
    head += [f"{view.style.p_letter} value", *_head_judgements(view)]
    return make_table(
        results.id,
        get_title(results, "Weighted comparison"),
        make_head(head),
        rows,
        align="l" + "r" * (len(head) - 1),
        notes=view.notes,
        known=get_abbreviations(results),
        slot=get_slot(results, slot),
    )


def _explain_bootstrap(results: ResultSet, style: NumberStyle) -> str:
    n_replicates = int(results.meta.get("n_replicates") or 0)
    if not n_replicates:
        most = format_count(int(results.meta.get("most_resampled") or 0), style=style)
        return (
            f"No bootstrap was made: samples are drawn of at most {most} patients, as many as the "
            "parameter bootstrap_replicates says."
        )
    return (
        f"Percentiles of {format_count(n_replicates, style=style)} bootstrap samples in which "
        f"scores, weights and models are made anew, seed {results.meta.get('seed')}."
    )


def _make_bootstrap(found: Result | None, style: NumberStyle) -> str:
    ends = [
        None if found is None else found.quantities.get(f"bootstrap_{end}")
        for end in ("lower", "upper")
    ]
    if None in ends:
        return NO_VALUE
    return format_interval(*(format_ratio(end, style=style) for end in ends), style=style)
