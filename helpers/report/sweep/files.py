"""What a sweep leaves: a page, a table, the figure, and its results."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from helpers.analysis.multiverse import summarise_specifications
from helpers.document import Cell, FigureBlock, TableBlock, TextBlock
from helpers.figures import render_figure
from helpers.figures.specification import plot_specifications
from helpers.formatting import format_count
from helpers.narrative.multiverse import caption_multiverse, describe_multiverse
from helpers.report.artefacts import (
    CollectedResults,
    write_comparison,
    write_figures,
    write_results,
    write_tables,
)
from helpers.report.blocks import Item, Prose
from helpers.report.html import write_html
from helpers.report.markdown import MarkdownConverter
from helpers.report.numbering import number_blocks
from helpers.report.pages import Page, PageBuilder, list_fragments, list_shown
from helpers.report.sweep.plan import SweepPlan
from helpers.results import ResultSet
from helpers.tables.robustness import make_influence_table

SET_ID = "sweep"
_METHOD = (
    "The hazard ratio was estimated by a Cox model under every combination of the choices in the "
    "second table. A change of one choice is measured over all pairs of combinations that differ "
    "in nothing else, and told as the median factor by which the hazard ratio changes."
)


def write_sweep(
    stage: Path, plan: SweepPlan, rows: Sequence[Mapping[str, Any]], *, n_lost: int = 0
) -> tuple[str, ...]:
    """Write the files of a sweep.

    Parameters
    ----------
    stage : Path
        Empty folder.
    plan : SweepPlan
        That was run.
    rows : sequence of mapping
        Of all specifications that could be run.
    n_lost : int
        Specifications that could not be.

    Returns
    -------
    tuple of str
        What the sweep says of the hazard ratio.

    Raises
    ------
    NotComputableError
        If no row has an estimate.
    """
    style, cohort = plan.params.style, plan.multiverse.cohort
    results = summarise_specifications(
        plan.multiverse,
        rows,
        set_id=SET_ID,
        published=plan.published,
        title=plan.title,
        alpha=plan.params.alpha,
    )
    table = _sort(pd.DataFrame(list(rows)))
    figure = _draw(results, plan)
    tables = [make_influence_table(results, style=style), make_choices_table(plan)]
    text = describe_multiverse(results, style=style, refs=(figure.id, tables[0].id))
    items: list[Item] = [Prose(f"## Result\n\n{_count_lost(n_lost, style)}"), text, figure]
    items += [tables[0], Prose(f"## Method\n\n{_METHOD}"), tables[1]]
    collected = CollectedResults(
        records={result.id: result.to_record() for result in results},
        omitted=(),
        context={
            "cohort": cohort.name,
            "n": len(cohort),
            "data_sha256": cohort.sha256,
            "synthetic": cohort.synthetic,
            "warnings": list(cohort.remarks),
            "published": plan.published,
            "n_lost": n_lost,
        },
    )
    write_results(stage / "results.json", collected)
    write_comparison(stage / "specifications.csv", table)
    write_tables(stage / "tables", tables)
    forms = [*plan.params.figure_formats]
    write_figures(stage / "figures", [figure], forms=forms)
    page = _write_page(items, plan)
    (stage / "sweep.html").write_text(page, encoding="utf-8", errors="replace")
    return (text.markdown.replace("\\", ""),)


def make_choices_table(plan: SweepPlan) -> TableBlock:
    """Return the table of what was varied, and what each model and subset is."""
    head = ("Choice", "Base", "Other values")
    rows = []
    for choice, values in plan.data.choices.items():
        base, *others = (_describe(plan, choice, value) for value in values)
        label = choice.replace("_", " ").capitalize()
        rows.append((Cell(label, header=True), Cell(base), Cell("\n".join(others))))
    return TableBlock(
        id=f"table.{SET_ID}_choices",
        title="Choices and their values",
        header=(tuple(Cell(text, header=True) for text in head),),
        rows=tuple(rows),
        align="lll",
    )


def _describe(plan: SweepPlan, choice: str, value: Any) -> str:
    """Return a value of a choice in words."""
    dictionary = plan.multiverse.cohort.dictionary
    if value is None:
        return "none"
    if choice == "model" and value in plan.data.models:
        factors = [name for name in plan.data.models[value] if name != plan.data.factor]
        labels = ", ".join(dictionary.label(name) for name in factors)
        return f"{_words(value)}: {labels}" if labels else _words(value)
    if choice == "subset" and value in plan.data.subsets:
        kept = [
            f"{dictionary.label(name)} {' or '.join(_label_levels(plan, name, levels))}"
            for name, levels in plan.data.subsets[value].items()
        ]
        return f"{_words(value)}: {', '.join(kept)}"
    return f"{value:g}" if isinstance(value, float) else _words(value)


def _label_levels(plan: SweepPlan, name: str, levels: Sequence[str]) -> list[str]:
    known = plan.multiverse.cohort.dictionary.factors[name].levels
    return [known.get(level, level) for level in levels]


def _words(value: object) -> str:
    return str(value).replace("_", " ")


def _count_lost(n_lost: int, style: str) -> str:
    if not n_lost:
        return ""
    return f"**{format_count(n_lost, style=style)} specifications could not be run.**"


def _sort(table: pd.DataFrame) -> pd.DataFrame:
    """Return all specifications in order of the estimate, those without one last."""
    if "reason" not in table:
        table = table.assign(reason=None)
    return table.sort_values("estimate", kind="stable", na_position="last")


def _draw(results: ResultSet, plan: SweepPlan) -> FigureBlock:
    style = plan.params.style
    return render_figure(
        plot_specifications(results, style=style),
        caption_multiverse(results, style=style),
        results.frames["specifications"],
        synthetic=plan.multiverse.cohort.synthetic,
        forms=plan.params.figure_formats,
    )


def _write_page(items: Sequence[Item], plan: SweepPlan) -> str:
    shown = [item for item in items if isinstance(item, TextBlock | TableBlock | FigureBlock)]
    markdown = MarkdownConverter()
    try:
        markdown.prepare(list_fragments(items))
        builder = PageBuilder(markdown, number_blocks(shown), list_shown(items))
        nodes = tuple(builder.items(items))
    finally:
        markdown.close()
    page = Page(
        title=plan.title or "Sweep of analytic choices",
        nodes=nodes,
        synthetic=plan.multiverse.cohort.synthetic,
        links=(("specifications.csv", "All specifications"), ("results.json", "All results")),
    )
    return write_html(replace(page, running_head=page.title))
