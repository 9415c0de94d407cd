"""Tables of pooled reports: who shared what, hazard ratios of all centres, their heterogeneity."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from helpers.document import Cell, Row, TableBlock
from helpers.formatting import (
    NO_VALUE,
    NumberStyle,
    format_count,
    format_hazard_ratio,
    format_interval,
    format_level,
    format_number,
    format_p,
    format_percent,
    format_ratio,
    format_trimmed,
    get_style,
)
from helpers.formatting.lookup import find_conf_level, get_events_label, get_frame
from helpers.results import Result, ResultSet
from helpers.tables.characteristics import make_characteristics_table
from helpers.tables.layout import Notes, make_head, make_row, make_table

_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_PARTIAL = (
    "Sums of the counts that centres print, without the centres that do not print a count; of "
    "numbers the mean of all centres. All counts are rounded by disclosure control."
)


def make_pooled_characteristics_table(
    results: ResultSet, *, style: NumberStyle | str = "paper", slot: str | None = None
) -> TableBlock:
    """Make the table of characteristics by centre and of all centres.

    Parameters
    ----------
    results : ResultSet
        Of :func:`helpers.analysis.pooled_characteristics.pool_characteristics`.
    style : NumberStyle or str
        Of the numbers.
    slot : str, optional
        Where it stands.
    """
    table = make_characteristics_table(results, style=style, slot=slot)
    key = next(letter for letter in _LETTERS if letter not in table.notes)
    first, pooled, *others = table.header[0]
    head = (first, replace(pooled, notes=(*pooled.notes, key)), *others)
    rows = tuple(map(_name_mean, table.rows))
    return replace(table, header=(head,), rows=rows, notes={**table.notes, key: _PARTIAL})


def _name_mean(row: Row) -> Row:
    """Return a row in which the number of all centres is called what it is."""
    label, pooled, *others = row
    if "median" not in label.text or pooled.value is None:
        return row
    return (label, replace(pooled, text=f"mean {pooled.text}"), *others)


def make_pooled_ratio_table(
    results: ResultSet, *, style: NumberStyle | str = "paper", slot: str | None = None
) -> TableBlock:
    """Make the table of combined hazard ratios.

    Parameters
    ----------
    results : ResultSet
        Of :func:`helpers.analysis.pooled_ratios.pool_hazard_ratios`.
    style : NumberStyle or str
        Of the numbers.
    slot : str, optional
        Where it stands.

    Returns
    -------
    TableBlock
        A row for each contrast: stratified by centre, random effects, what was published.
    """
    style, notes = get_style(style), Notes()
    level = format_level(find_conf_level(results), style=style)
    lines = _list_lines(results)
    shown = notes.cite("Of the level, in the centres that show their own hazard ratio.")
    has_published = any(_is_number(line["published"]) for line in lines)
    head = [
        "Factor",
        Cell("Patients", header=True, notes=shown),
        Cell(get_events_label(results), header=True, notes=shown),
        f"Stratified by centre, HR ({level} CI)",
        f"{style.p_letter} value",
        "Centres",
        f"Random effects, HR ({level} CI)",
        f"{style.p_letter} value",
        *(["Published HR"] if has_published else []),
    ]
    rows: list[Row] = []
    for line in lines:
        key = f"{line['factor']}.{line['level']}"
        stratified, random = results[f"{key}.stratified"], results[f"{key}.random"]
        n = random.quantities.get("n_centres")
        cells = [
            _count(random.n, style),
            _count(random.events, style),
            *_make_ratio(stratified, notes, style),
            Cell(NO_VALUE) if n is None else Cell(format_count(n, style=style), value=n),
            *_make_ratio(random, notes, style),
        ]
        if has_published:
            value = line["published"]
            text = format_ratio(value, style=style) if _is_number(value) else NO_VALUE
            cells.append(Cell(text))
        rows.append(make_row(str(line["level_label"]), *cells))
    return make_table(
        f"{results.id}.ratios",
        f"{results.meta['title']}, all centres",
        make_head(head),
        rows,
        align="l" + "r" * (len(head) - 1),
        notes=notes,
        slot=slot or "main",
    )


def make_heterogeneity_table(
    sets: Sequence[ResultSet], *, style: NumberStyle | str = "paper", slot: str | None = None
) -> TableBlock | None:
    """Make the table of how far the centres differ; None where no factor has two centres.

    Parameters
    ----------
    sets : sequence of ResultSet
        Of :func:`helpers.analysis.pooled_ratios.pool_hazard_ratios`.
    style : NumberStyle or str
        Of the numbers.
    slot : str, optional
        Where it stands.
    """
    style, notes = get_style(style), Notes()
    tau_keys = notes.cite("tau²: variance of log hazard ratios between centres (Paule, Mandel).")
    keys = notes.cite("I²: share of the variation that is not chance, Higgins and Thompson.")
    level = format_level(find_conf_level(sets[0]), style=style) if sets else ""
    rows: list[Row] = []
    for results in sets:
        found = [_make_spread_row(results, line, notes, style) for line in _list_lines(results)]
        made = [row for row in found if row is not None]
        if made:
            rows.append((Cell(str(results.meta["title"]), header=True, colspan=7),))
            rows += made
    if not rows:
        return None
    head = [
        Cell("Factor", header=True, notes=(*tau_keys, *keys)),
        "Centres",
        "tau²",
        "I²",
        "Q (df)",
        f"{style.p_letter} of Q",
        f"A further centre, HR ({level} prediction interval)",
    ]
    return make_table(
        "pooled.heterogeneity",
        "How far the centres differ",
        make_head(head),
        rows,
        align="lrrrrrr",
        notes=notes,
        slot=slot or "main",
    )


def make_share_table(rows: Sequence[Sequence[str]], *, slot: str | None = None) -> TableBlock:
    """Make the table of what each centre shares, from its cells as text."""
    head = ["Centre", "Patients", "Disclosure control", "Own results", "In the joint sums"]
    return make_table(
        "pooled.centres",
        "Centres and what they share",
        make_head(head),
        [make_row(first, *others) for first, *others in rows],
        align="lrlrl",
        slot=slot or "main",
    )


def _list_lines(results: ResultSet) -> list[dict]:
    return get_frame(results, "contrasts").to_dict("records")


def _make_spread_row(
    results: ResultSet, line: dict, notes: Notes, style: NumberStyle
) -> Row | None:
    found = results.find(f"{line['factor']}.{line['level']}.heterogeneity")
    if found is None or found.estimate is None:
        return None
    limits = [found.quantities.get(f"prediction_{end}") for end in ("lower", "upper")]
    if None in limits:
        keys = notes.cite("Two centres cannot tell where a third would be.")
        predicted = Cell(NO_VALUE, notes=keys)
    else:
        printed = [format_ratio(value, style=style) for value in limits]
        predicted = Cell(format_interval(*printed, style=style))
    q = format_trimmed(found.statistic or 0.0, decimals=2, style=style)
    df = format_trimmed(found.df or 0.0, style=style)
    return make_row(
        str(line["level_label"]),
        _count(found.quantities["n_centres"], style),
        Cell(format_number(found.estimate, decimals=3, style=style), value=found.estimate),
        Cell(format_percent(found.quantities["i2"], style=style), value=found.quantities["i2"]),
        f"{q} ({df})",
        Cell(format_p(found.p_value, style=style), value=found.p_value),
        predicted,
    )


def _make_ratio(result: Result, notes: Notes, style: NumberStyle) -> list[Cell]:
    if result.status != "estimated":
        reason = result.reason[:1].upper() + result.reason[1:]
        keys = notes.cite(f"{reason.rstrip('.')}.") if result.reason else ()
        return [Cell(NO_VALUE, notes=keys), Cell(NO_VALUE)]
    return [
        Cell(format_hazard_ratio(result, style=style), value=result.estimate),
        Cell(format_p(result.p_value, style=style), value=result.p_value),
    ]


def _count(value: float | None, style: NumberStyle) -> Cell:
    return Cell(format_count(value, style=style), value=value) if value else Cell(NO_VALUE)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and value == value  # noqa: PLR0124  nan is not itself
