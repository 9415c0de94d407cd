"""What changed from one report to another, for a terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import TYPE_CHECKING

from helpers.cli.text_table import format_table
from helpers.report.text import clean_text

if TYPE_CHECKING:
    from helpers.document import TableBlock
    from helpers.report.changes.attribution import Attribution
    from helpers.report.changes.comparison import Comparison

WIDTH = 100
MOST_DETAILS = 12


def format_comparison(
    comparison: Comparison, attribution: Attribution | None = None, *, most_rows: int | None = None
) -> str:
    """Return a comparison as text.

    Parameters
    ----------
    comparison : Comparison
        Of two reports.
    attribution : Attribution, optional
        What each cause does alone.
    most_rows : int, optional
        How many rows a table of numbers has at most; all without it.
    """
    return "\n\n".join(_iterate_parts(comparison, attribution, most_rows))


def _iterate_parts(
    comparison: Comparison, attribution: Attribution | None, most_rows: int | None
) -> Iterator[str]:
    from helpers.report.changes.attribution_table import make_attribution_table
    from helpers.report.changes.tables import (
        make_changes_table,
        make_lone_table,
        make_overview_table,
        make_verdicts_table,
        make_words_table,
    )
    from helpers.report.changes.words import describe_comparison

    before, after = comparison.before, comparison.after
    yield clean_text(f"A: {before.name}\nB: {after.name}")
    yield _wrap(describe_comparison(comparison))
    if comparison.notes:
        yield _wrap(comparison.notes)
    if comparison.causes:
        yield "\n".join(_tell_causes(comparison))
    if attribution is not None:
        yield _wrap(attribution.notes)
        if attribution.rows:
            yield _write(make_attribution_table(attribution, comparison.style), None)
    if comparison.changes:
        yield _write(make_overview_table(comparison), None)
        yield _write(make_changes_table(comparison, comparison.changes), most_rows)
    if comparison.verdicts:
        yield _write(make_verdicts_table(comparison), most_rows)
    if comparison.only_before or comparison.only_after:
        yield _write(make_lone_table(comparison), most_rows)
    if comparison.rewordings:
        yield _write(make_words_table(comparison), most_rows)


def _tell_causes(comparison: Comparison) -> Iterator[str]:
    """Yield each cause with what it reaches, and below it what exactly differs."""
    from helpers.report.changes.tables import name_reach
    from helpers.report.changes.words import count_by_cause, shorten

    counts = count_by_cause(comparison)
    yield "Why"
    for cause in comparison.causes:
        told = f"{shorten(cause.title)} (reaches {name_reach(cause, comparison)})"
        if counts.get(cause.key):
            told += f": {_count(counts[cause.key])} by it alone"
        yield _indent(told, "  - ")
        for detail in cause.details[:MOST_DETAILS]:
            yield _indent(shorten(detail, 400), "      ")
        if len(cause.details) > MOST_DETAILS:
            yield f"      and {len(cause.details) - MOST_DETAILS:,} more"
    for key in counts.keys() - {cause.key for cause in comparison.causes}:
        yield _indent(f"{key}: {_count(counts[key])}", "  - ")


def _count(number: int) -> str:
    return f"{number:,} changed {'number' if number == 1 else 'numbers'}"


def _indent(text: str, start: str) -> str:
    return textwrap.fill(
        clean_text(text),
        WIDTH,
        initial_indent=start,
        subsequent_indent=" " * len(start),
        break_long_words=False,
    )


def _wrap(texts: tuple[str, ...]) -> str:
    return "\n".join(textwrap.fill(clean_text(text), WIDTH) for text in texts)


def _write(table: TableBlock, most_rows: int | None) -> str:
    """Return a table under its title; columns that are empty are left out."""
    shown = table.rows[:most_rows]
    head = [cell.text for cell in table.header[0]]
    rows = [[clean_text(cell.text) for cell in row] for row in shown]
    kept = [place for place in range(len(head)) if any(row[place] for row in rows)]
    text = format_table(
        [head[place] for place in kept], [[row[place] for place in kept] for row in rows]
    )
    lines = [table.title, "", text]
    if len(shown) < len(table.rows):
        more = len(table.rows) - len(shown)
        lines.append(f"... and {more:,} more; --all, --html and --json give all")
    lines += [note for note in table.notes.values() if note]
    return "\n".join(lines)
