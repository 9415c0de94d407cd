"""A comparison as a page that looks like the reports."""

from __future__ import annotations

from helpers.document import TableBlock
from helpers.report.changes.attribution import Attribution
from helpers.report.changes.attribution_table import make_attribution_table
from helpers.report.changes.comparison import Comparison
from helpers.report.changes.tables import (
    make_causes_table,
    make_lone_table,
    make_overview_table,
    make_sections_tables,
    make_verdicts_table,
    make_words_table,
)
from helpers.report.changes.words import describe_comparison
from helpers.report.html import write_html
from helpers.report.nodes import HeadingNode, Node, ProseNode, TableNode
from helpers.report.pages import Page
from helpers.report.text import escape_html, make_slug


def write_comparison_page(comparison: Comparison, attribution: Attribution | None = None) -> str:
    """Return the page as HTML, made as a report's pages are.

    Parameters
    ----------
    comparison : Comparison
        What to show.
    attribution : Attribution, optional
        What each cause alone does.
    """
    nodes = _Nodes()
    nodes.head(2, "In short")
    headline, *others = describe_comparison(comparison)
    nodes.paragraphs([headline])
    nodes.points(others)
    nodes.paragraphs(comparison.notes)
    nodes.head(2, "Why")
    if comparison.causes:
        nodes.table(make_causes_table(comparison))
    else:
        nodes.paragraphs(["Nothing that is recorded of both reports differs."])
    if attribution is not None:
        nodes.head(2, "One cause at a time")
        nodes.paragraphs(attribution.notes)
        if attribution.rows:
            nodes.table(make_attribution_table(attribution, comparison.style))
    if comparison.changes:
        nodes.head(2, "Numbers that changed")
        nodes.table(make_overview_table(comparison))
        for title, table in make_sections_tables(comparison):
            nodes.head(3, title)
            nodes.table(table)
    if comparison.verdicts:
        nodes.head(2, "The paper's numbers")
        nodes.table(make_verdicts_table(comparison))
    if comparison.only_before or comparison.only_after:
        nodes.head(2, "Numbers of one report")
        nodes.table(make_lone_table(comparison))
    if comparison.rewordings:
        nodes.head(2, "Words that changed")
        nodes.table(make_words_table(comparison))
    before, after = comparison.before, comparison.after
    return write_html(
        Page(
            title=f"What changed from {before.name} (A) to {after.name} (B)",
            nodes=tuple(nodes.made),
            synthetic=any(report.manifest.get("synthetic") for report in (before, after)),
        )
    )


class _Nodes:
    """The nodes of a page, each anchor once."""

    def __init__(self) -> None:
        self.made: list[Node] = []
        self._anchors: set[str] = set()
        self._n_tables = 0

    def head(self, level: int, title: str) -> None:
        anchor, count = make_slug(title), 1
        while anchor in self._anchors:
            count += 1
            anchor = f"{make_slug(title)}-{count}"
        self._anchors.add(anchor)
        self.made.append(HeadingNode(level, title, escape_html(title), "", anchor))

    def paragraphs(self, texts: tuple[str, ...] | list[str]) -> None:
        for text in texts:
            self.made.append(ProseNode(f"<p>{escape_html(text)}</p>", ""))

    def points(self, texts: list[str]) -> None:
        if texts:
            items = "".join(f"<li>{escape_html(text)}</li>" for text in texts)
            self.made.append(ProseNode(f"<ul>{items}</ul>", ""))

    def table(self, block: TableBlock) -> None:
        self._n_tables += 1
        self.made.append(TableNode(block, f"Table {self._n_tables}", f"table-{self._n_tables}"))
