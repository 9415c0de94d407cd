"""The page about all reports of a batch."""

from __future__ import annotations

from helpers.document import Cell, TableBlock
from helpers.formatting import NO_VALUE, format_count, format_median
from helpers.report.batch.summary import BatchRow, BatchSummary, describe_published
from helpers.report.html import write_html
from helpers.report.html_tables import write_table
from helpers.report.nodes import HeadingNode, Node, ProseNode, TableNode
from helpers.report.pages import Page
from helpers.report.text import escape_html, make_slug
from helpers.results import Result

_HEAD = ("Report", "State", "Patients", "Deaths", "Median OS", "Published numbers", "Seconds")
_KNOWN = {"OS": "overall survival", "NR": "not reached"}


def write_batch_page(summary: BatchSummary) -> str:
    """Return the page as HTML, made as a report's pages are.

    A row for each report, with a link to it where it is there; below, each failure and each
    warning in its words.
    """
    rows = summary.rows
    nodes: list[Node] = [_head("Overview"), ProseNode(f"<p>{escape_html(_count(summary))}</p>", "")]
    nodes.append(ProseNode(_link_names(write_table(_make_table(rows)), rows), ""))
    nodes += _list_words(
        "Reports that failed", [(row, (row.failure,)) for row in rows if row.failure]
    )
    nodes += _list_words("Warnings", [(row, row.warnings) for row in rows if row.warnings])
    return write_html(
        Page(
            title="All reports",
            nodes=tuple(nodes),
            synthetic=any(row.synthetic for row in rows),
            links=(("batch.csv", "Table as CSV"), ("batch.json", "Table as JSON")),
        )
    )


def _count(summary: BatchSummary) -> str:
    n, failed = len(summary.rows), summary.n_failed
    noun = "report" if n == 1 else "reports"
    told = f"{format_count(n)} {noun}"
    return f"{told}, {format_count(failed)} of them failed." if failed else f"{told}, all built."


def _make_table(rows: tuple[BatchRow, ...]) -> TableNode:
    block = TableBlock(
        id="table.batch",
        title="Reports, their patients and median survival with its interval, months",
        header=(tuple(Cell(text, header=True) for text in _HEAD),),
        rows=tuple(_make_row(row) for row in rows),
        align="llrrrlr",
        abbreviations=_KNOWN,
    )
    return TableNode(block, "Table 1", "table-batch")


def _make_row(row: BatchRow) -> tuple[Cell, ...]:
    median = Result.from_record(row.median) if row.median else None
    return (
        Cell(row.name, header=True),
        Cell(row.status),
        _write_number(row.n, row),
        _write_number(row.events, row),
        Cell(
            format_median(median, style=row.style) if median else NO_VALUE,
            value=median.estimate if median else None,
        ),
        Cell(describe_published(row)),
        Cell(f"{row.seconds:.1f}", value=row.seconds),
    )


def _write_number(value: int | None, row: BatchRow) -> Cell:
    if value is None:
        return Cell(NO_VALUE)
    return Cell(format_count(int(value), style=row.style), value=float(value))


def _link_names(html: str, rows: tuple[BatchRow, ...]) -> str:
    """Return the table with each name, which is letters and digits, as a link to its report."""
    for row in rows:
        if row.link:
            link = f'<a href="{escape_html(row.link)}">{escape_html(row.name)}</a>'
            html = html.replace(f">{escape_html(row.name)}</th>", f">{link}</th>", 1)
    return html


def _list_words(title: str, told: list[tuple[BatchRow, tuple[str, ...]]]) -> list[Node]:
    if not told:
        return []
    lines = "".join(
        f"<li><strong>{escape_html(row.name)}</strong>: {escape_html(' '.join(words))}</li>"
        for row, words in told
    )
    return [_head(title), ProseNode(f"<ul>{lines}</ul>", "")]


def _head(title: str) -> HeadingNode:
    return HeadingNode(2, title, escape_html(title), "", make_slug(title))
