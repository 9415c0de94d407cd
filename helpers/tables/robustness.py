"""Tables on what an estimate depends on: choices, subgroups, centres, missing values."""

from __future__ import annotations

from helpers.document import Cell, TableBlock
from helpers.formatting import (
    NumberStyle,
    capitalise,
    format_count,
    format_interval,
    format_level,
    format_p,
    format_percent,
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
    name_choice,
    split_rows,
)
from helpers.results import ResultSet
from helpers.tables.layout import View, make_head, make_row, make_table


def make_influence_table(
    results: ResultSet, *, style: NumberStyle | str = "paper", slot: str | None = None
) -> TableBlock:
    """Make the table of the choices that move a hazard ratio.

    Parameters
    ----------
    results : ResultSet
        From :func:`helpers.analysis.multiverse.summarise_specifications`.
    style : NumberStyle or str
        Of the numbers.
    slot : str, optional
        Where it stands.

    Returns
    -------
    TableBlock
        The strongest first.
    """
    style = get_style(style)
    rows = [
        make_row(
            capitalise(name_choice(results, line["choice"])),
            f"{name_choice(results, line['value'])} instead of "
            f"{name_choice(results, line['base'])}",
            Cell(format_ratio(line["ratio"], style=style), value=line["ratio"]),
            format_interval(
                format_ratio(line["lowest"], style=style),
                format_ratio(line["highest"], style=style),
                style=style,
            ),
            Cell(format_count(line["n_pairs"], style=style), value=line["n_pairs"]),
        )
        for line in get_frame(results, "influence").to_dict("records")
    ]
    head = ["Choice", "Change", "Factor of the HR", "Range", "Pairs"]
    return make_table(
        f"{results.id}.influence",
        f"{get_title(results, 'Specifications')}: choices that move the result",
        make_head(head),
        rows,
        align="llrrr",
        known=get_abbreviations(results),
        slot=get_slot(results, slot),
    )


def make_subgroup_table(
    results: ResultSet, *, style: NumberStyle | str = "paper", slot: str | None = None
) -> TableBlock:
    """Make the table of an effect in subgroups with the tests of interaction.

    Parameters
    ----------
    results : ResultSet
        From :func:`helpers.analysis.subgroups.compare_subgroups`.
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
    for factor, block in split_rows(get_frame(results, "terms"), "factor"):
        lines = block.to_dict("records")
        grouped = len(lines) > 1
        if grouped:
            test = results.find(f"{factor}.interaction")
            p_value = None if test is None else test.p_value
            notes = view.notes.cite("Likelihood-ratio test of the interaction.")
            p_cell = Cell(format_p(p_value, style=view.style), value=p_value, notes=notes)
            rows.append(make_row(lines[0]["factor_label"], *[Cell("")] * 3, p_cell))
        for line in lines:
            found = results.find(line["result_id"])
            rows.append(
                make_row(
                    str(line["level_label"]),
                    view.make_count("n", found),
                    view.make_count("events", found),
                    view.make_ratio(found, is_reference=False),
                    "",
                    indent=int(grouped),
                )
            )
    level = format_level(find_conf_level(results), style=view.style)
    contrast, title = str(results.meta.get("contrast", "")), get_title(results, "Subgroups")
    head = ["Subgroup", "Patients", get_events_label(results), f"HR ({level} CI)"]
    head.append(f"{view.style.p_letter} value of interaction")
    return make_table(
        results.id,
        title if not contrast or contrast in title else f"{title}: {contrast}",
        make_head(head),
        rows,
        align="lrrrr",
        notes=view.notes,
        known=get_abbreviations(results),
        slot=get_slot(results, slot),
    )


def make_centre_table(
    results: ResultSet, *, style: NumberStyle | str = "paper", slot: str | None = None
) -> TableBlock:
    """Make the table of a model with its centres ignored, stratified, clustered and left out.

    Parameters
    ----------
    results : ResultSet
        From :func:`helpers.analysis.centres.compare_centres`.
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
    for factor, block in split_rows(get_frame(results, "terms"), "factor"):
        lines = block.to_dict("records")
        cells = [
            view.make_ratio(results.find(line["result_id"]), is_reference=False) for line in lines
        ]
        span = results.find(f"{factor}.left_out")
        text = ""
        if span is not None and span.quantities:
            ends = (span.quantities["lowest"], span.quantities["highest"])
            text = format_interval(
                *(format_ratio(end, style=view.style) for end in ends), words=True
            )
        rows.append(make_row(str(lines[0]["factor_label"]), *cells, text))
    level = format_level(find_conf_level(results), style=view.style)
    ways = [f"{one}, HR ({level} CI)" for one in ("Ignored", "Stratified", "Clustered")]
    return make_table(
        results.id,
        get_title(results, "Centres"),
        make_head(["Factor", *ways, "One centre left out, HR"]),
        rows,
        align="lrrrr",
        notes=view.notes,
        known=get_abbreviations(results),
        slot=get_slot(results, slot),
    )


def make_imputation_table(
    results: ResultSet, *, style: NumberStyle | str = "paper", slot: str | None = None
) -> TableBlock:
    """Make the table of complete cases beside multiple imputation.

    Parameters
    ----------
    results : ResultSet
        From :func:`helpers.analysis.imputed.fit_imputed_model`.
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
    for factor, block in split_rows(get_frame(results, "terms"), "factor"):
        complete, imputed = (results.find(f"{factor}.{way}") for way in ("complete", "imputed"))
        lost = None if imputed is None else imputed.quantities.get("missing_information")
        rows.append(
            make_row(
                str(block.iloc[0]["factor_label"]),
                view.make_count("n", complete),
                view.make_ratio(complete, is_reference=False),
                view.make_count("n", imputed),
                view.make_ratio(imputed, is_reference=False),
                Cell(
                    format_percent(lost, style=view.style) if lost is not None else "", value=lost
                ),
            )
        )
    level = format_level(find_conf_level(results), style=view.style)
    head = ["Factor", "Complete cases", f"HR ({level} CI)", "Imputed", f"HR ({level} CI)"]
    note = view.notes.cite(
        f"Chained equations, {results.meta.get('n_imputations')} imputations, seed "
        f"{results.meta.get('seed')}, Rubin's rules; share of the information lost with the "
        "missing values."
    )
    last = Cell("Lost", header=True, notes=note)
    return make_table(
        results.id,
        get_title(results, "Missing values"),
        make_head([*head, last]),
        rows,
        align="lrrrrr",
        notes=view.notes,
        known=get_abbreviations(results),
        slot=get_slot(results, slot),
    )


def make_stability_table(
    results: ResultSet, *, style: NumberStyle | str = "paper", slot: str | None = None
) -> TableBlock:
    """Make the table of how often each factor is selected.

    Parameters
    ----------
    results : ResultSet
        From :func:`helpers.analysis.stability.validate_model`.
    style : NumberStyle or str
        Of the numbers.
    slot : str, optional
        Where it stands.

    Returns
    -------
    TableBlock
        The factor that is selected most often first.
    """
    view = View(results, get_style(style))
    rows = [
        make_row(
            str(line["label"]),
            "Yes" if line["is_selected"] else "No",
            Cell(format_percent(line["frequency"], style=view.style), value=line["frequency"]),
        )
        for line in get_frame(results, "rows").to_dict("records")
    ]
    note = view.notes.cite(
        f"{results.meta.get('n_replicates')} bootstrap samples, seed {results.meta.get('seed')}; "
        "screening and selection are repeated in each."
    )
    head = ["Factor", "Selected", Cell("Selected in samples", header=True, notes=note)]
    return make_table(
        results.id,
        get_title(results, "Stability of the selection"),
        make_head(head),
        rows,
        align="llr",
        notes=view.notes,
        known=get_abbreviations(results),
        slot=get_slot(results, slot),
    )
