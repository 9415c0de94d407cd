"""A page with curves and tables small enough to check by hand."""

from __future__ import annotations

from functools import cache

import pandas as pd
from report_pages import make_page
from sample_report import make_notebook, make_results

from helpers.document import Cell, FigureBlock, FigureText, TableBlock
from helpers.figures.curves import draw_curve
from helpers.figures.render import render_figure
from helpers.figures.theme import make_figure, pick_looks
from helpers.report.pages import Page

#: Six patients. First group: deaths at 2 and 6, censored at 4 and 10; second: deaths at 3 and 8.
CURVES = pd.DataFrame(
    [
        ("first", 0.0, 4, 0, 0, 1.0, None, None),
        ("first", 2.0, 4, 1, 0, 0.75, 0.128, 0.961),
        ("first", 4.0, 3, 0, 1, 0.75, 0.128, 0.961),
        ("first", 6.0, 2, 1, 0, 0.375, 0.011, 0.808),
        ("first", 10.0, 1, 0, 1, 0.375, 0.011, 0.808),
        ("second", 0.0, 2, 0, 0, 1.0, None, None),
        ("second", 3.0, 2, 1, 0, 0.5, 0.006, 0.91),
        ("second", 8.0, 1, 1, 0, 0.0, None, None),
    ],
    columns=[
        *("group", "time_months", "n_at_risk", "n_events", "n_censored"),
        *("estimate", "ci_lower", "ci_upper"),
    ],
)
NAMES = {"first": "First <group>", "second": "Second"}


@cache
def make_curves() -> FigureBlock:
    figure = make_figure(120, 80)
    ax = figure.add_axes((0.2, 0.25, 0.6, 0.7))
    ax.set(xlim=(0, 12), ylim=(0, 1), xlabel="Months since failure", ylabel="Survival (%)")
    for (key, name), look in zip(NAMES.items(), pick_looks(2), strict=True):
        lines = CURVES[CURVES["group"] == key]
        draw_curve(ax, lines, look, min_at_risk=2, label=name, key=key)
    text = FigureText(
        "figure.curves", "Survival of six.", "Kaplan-Meier.", "Two falling curves.", "They fall."
    )
    return render_figure(ax, text, CURVES)


def make_flat_table() -> TableBlock:
    rows = [
        ("Cyclophosphamide", "12", 12.0, "<0.001", 0.0004),
        ("=1+1", "9", 9.0, "0.03", 0.03),
        ("Best care", "104", 104.0, "", None),
        ("Azacitidine", "30", 30.0, "0.2", 0.2),
    ]
    return TableBlock(
        "table.flat",
        "Treatments.",
        ((Cell("Treatment"), Cell("Patients"), Cell("p value", notes=("a",))),),
        tuple((Cell(name), Cell(n, count), Cell(p, value)) for name, n, count, p, value in rows),
        "lrr",
        {"a": "Wald test."},
    )


def make_grouped_table() -> TableBlock:
    rows = (
        (Cell("Sex", header=True), Cell("")),
        (Cell("Female", indent=1), Cell("258 (66%)", 258, notes=("a",))),
        (Cell("Male", indent=1), Cell("134 (34%)", 134)),
        (Cell("Age, years"), Cell("70 (37–95)", 70)),
    )
    header = ((Cell("Characteristic"), Cell("All (n = 392)")),)
    return TableBlock("table.grouped", "Who they were.", header, rows, "lr", {"a": "Of 392."})


@cache
def make_curve_page() -> Page:
    return make_page(
        make_notebook(
            "# What is read by pointing?\n\nText.",
            ("show()", [make_flat_table(), make_results("a"), make_grouped_table()]),
            "## Curves\n\n" + "A paragraph.\n\n" * 30,
            ("show()", [make_curves()]),
            "## End\n\n" + "A paragraph.\n\n" * 30,
        )
    )
