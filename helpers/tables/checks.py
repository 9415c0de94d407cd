"""Tables of how a model was selected and whether its assumption holds."""

from __future__ import annotations

from helpers.document import Cell, TableBlock
from helpers.formatting import (
    NO_VALUE,
    NumberStyle,
    capitalise,
    format_count,
    format_number,
    format_p,
    get_style,
    name_test,
)
from helpers.formatting.lookup import (
    clean_level,
    get_abbreviations,
    get_frame,
    get_slot,
    get_title,
    label_factors,
)
from helpers.results import ResultSet
from helpers.tables.layout import Notes, make_head, make_row, make_table


def make_ph_table(
    results: ResultSet,
    *,
    style: NumberStyle | str = "paper",
    slot: str | None = None,
    title: str | None = None,
) -> TableBlock:
    """Make the table of the check of proportional hazards.

    Parameters
    ----------
    results : ResultSet
        A model set with ``ph.{factor}`` and ``ph.global``.
    style : NumberStyle or str
        Of the numbers.
    slot, title : str, optional
        Where it stands; title instead of one made from the set's own.

    Returns
    -------
    TableBlock
    """
    style = get_style(style)
    labels = label_factors(results)
    rows = []
    for result in results:
        name = result.id.removeprefix(f"{results.id}.")
        if not name.startswith("ph."):
            continue
        factor = name.removeprefix("ph.")
        label = "Global test" if factor == "global" else labels.get(factor, result.label or factor)
        rows.append(
            make_row(
                label,
                Cell(
                    format_number(result.statistic, decimals=2, style=style), value=result.statistic
                ),
                Cell(format_count(result.df, style=style), value=result.df),
                Cell(format_p(result.p_value, style=style), value=result.p_value),
            )
        )
    notes = Notes()
    keys = notes.cite(
        "Score test for a trend of the scaled Schoenfeld residuals over time; a small p-value "
        "speaks against proportional hazards."
    )
    head = [
        "Factor",
        Cell("Chi-square", header=True, notes=keys),
        "Degrees of freedom",
        f"{style.p_letter} value",
    ]
    return make_table(
        f"{results.id}.ph",
        title or f"Check of proportional hazards: {get_title(results)}",
        make_head(head),
        rows,
        align="lrrr",
        notes=notes,
        known=get_abbreviations(results),
        slot=get_slot(results, slot),
    )


def make_selection_table(
    results: ResultSet,
    *,
    style: NumberStyle | str = "paper",
    slot: str | None = None,
    title: str | None = None,
) -> TableBlock:
    """Make the table of the path that a stepwise selection took.

    Parameters
    ----------
    results : ResultSet
        A selection set: frame ``steps``.
    style : NumberStyle or str
        Of the numbers.
    slot, title : str, optional
        Where it stands; title instead of the set's own.

    Returns
    -------
    TableBlock
    """
    style, notes = get_style(style), Notes()
    steps = get_frame(results, "steps")
    rows = []
    for line in steps.to_dict("records"):
        p_value = clean_level(line.get("p_value"))
        number = None if p_value is None else float(line["p_value"])
        rows.append(
            make_row(
                format_count(line["step"], style=style),
                {"enter": "Entered", "remove": "Removed"}.get(
                    str(line["action"]), capitalise(str(line["action"]))
                ),
                str(line["factor_label"]),
                Cell(format_p(number, style=style), value=number),
            )
        )
    if results.meta.get("direction") == "none":
        rows = [
            make_row(NO_VALUE, "Entered with the others", str(label), NO_VALUE)
            for label in results.meta.get("candidates") or ()
        ]
    if not rows:
        rows.append(make_row(NO_VALUE, "No factor met the rule", NO_VALUE, NO_VALUE))
    criterion = str(steps.iloc[0]["criterion"]) if len(steps) and "criterion" in steps else ""
    keys = notes.cite(f"{capitalise(name_test(criterion))}." if criterion else "")
    head = ["Step", "Action", "Factor", Cell(f"{style.p_letter} value", header=True, notes=keys)]
    return make_table(
        results.id,
        title or get_title(results, "Stepwise selection"),
        make_head(head),
        rows,
        align="lllr",
        notes=notes,
        known=get_abbreviations(results),
        slot=get_slot(results, slot),
    )
