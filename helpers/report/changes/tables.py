"""The tables of a comparison, for a page and for a terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from helpers.document import Cell, Row, TableBlock
from helpers.formatting import NO_VALUE, format_count
from helpers.report.changes.causes import Cause, list_sections
from helpers.report.changes.comparison import LARGE, SEVERAL, Comparison
from helpers.report.changes.numbers import NumberChange
from helpers.report.changes.reading import Verdict
from helpers.report.changes.words import (
    KINDS,
    name_field,
    name_result,
    name_section,
    shorten,
    show_change,
    show_sides,
    show_units,
)

WIDTHS_NOTE = (
    "Widths: distance in widths of the confidence interval in A; of a hazard ratio on the "
    "logarithmic scale. Numbers without an interval have none and come last."
)
_VERDICTS = {"not_computable": "not computable", "within_interval": "within the interval"}


def make_causes_table(comparison: Comparison) -> TableBlock:
    """Return what the reports were made of differently, with the numbers of each cause alone."""
    counts = Counter(comparison.find_cause(change.id) for change in comparison.changes)
    style = comparison.style
    rows = [
        (
            Cell(cause.key, header=True),
            Cell(shorten(cause.before) or NO_VALUE),
            Cell(shorten(cause.after) or NO_VALUE),
            Cell("\n".join(shorten(text, 300) for text in cause.details) or NO_VALUE),
            Cell(name_reach(cause, comparison)),
            _count_cell(counts[cause.key], style),
        )
        for cause in comparison.causes
    ]
    for key in counts.keys() - {cause.key for cause in comparison.causes}:
        words = "several of these" if key == SEVERAL else key
        blank = [Cell(NO_VALUE)] * 4
        rows.append((Cell(words, header=True), *blank, _count_cell(counts[key], style)))
    return _make_table(
        "causes",
        "What the reports were made of differently, and the changed numbers that it alone reaches",
        ("Cause", "A", "B", "Details", "Sections reached", "Numbers by it alone"),
        rows,
        "lllllr",
    )


def name_reach(cause: Cause, comparison: Comparison) -> str:
    """Return the sections whose numbers a cause can reach."""
    everything = {*list_sections(comparison.before), *list_sections(comparison.after)}
    if cause.sections is None or (cause.sections and cause.sections == everything):
        return "every section"
    return ", ".join(sorted(cause.sections)) or "no section"


def make_overview_table(comparison: Comparison) -> TableBlock:
    """Return how many numbers changed, by section and kind."""
    rows: list[Row] = []
    style = comparison.style
    shared = comparison.before.results.keys() & comparison.after.results.keys()
    compared = Counter(
        (comparison.sections.get(key, ""), comparison.before.results[key].kind) for key in shared
    )
    for section, changes in comparison.group_by_section().items():
        for kind, words in KINDS.items():
            found = [change for change in changes if change.before.kind == kind]
            if not found:
                continue
            numbers = (
                compared[section, kind],
                len(found),
                sum((change.interval_units or 0) > LARGE for change in found),
                sum(not change.is_visible for change in found),
            )
            cells = (_count_cell(number, style) for number in numbers)
            rows.append((Cell(section or NO_VALUE, header=True), Cell(words), *cells))
    return _make_table(
        "overview",
        "Changed numbers by section and kind",
        ("Section", "Kind", "Compared", "Changed", "Large", "Not visible"),
        rows,
        "llrrrr",
        notes={
            "": "Large: by more than half an interval's width. Not visible: printed alike in both."
        },
    )


def make_changes_table(
    comparison: Comparison,
    changes: Sequence[NumberChange],
    *,
    name: str = "changes",
    title: str = "Numbers that changed, what matters most first",
) -> TableBlock:
    """Return changed numbers with their size and cause, in the order given."""
    style = comparison.style
    rows: list[Row] = []
    for change in changes:
        before, after = show_sides(change, style)
        marks = [
            words
            for words, is_so in (
                ("p crossed", change.crosses_alpha),
                ("not visible in print", not change.is_visible),
            )
            if is_so
        ]
        rows.append(
            (
                Cell(name_result(comparison, change.before), header=True),
                Cell(KINDS[change.before.kind]),
                Cell(before, value=_to_value(change.main.before)),
                Cell(after, value=_to_value(change.main.after)),
                Cell(show_change(change, style), value=_to_value(change.main.absolute)),
                Cell(show_units(change, style), value=change.interval_units),
                Cell(comparison.find_cause(change.id)),
                Cell(", ".join(marks)),
            )
        )
    head = ("Number", "Kind", "A", "B", "Change", "Widths", "Cause", "Remark")
    if not any(row[-1].text for row in rows):
        head, rows = head[:-1], [row[:-1] for row in rows]
    return _make_table(name, title, head, rows, "llrrrrll"[: len(head)], notes={"": WIDTHS_NOTE})


def make_verdicts_table(comparison: Comparison) -> TableBlock:
    """Return the paper's numbers that are judged differently."""
    rows = [
        (
            Cell(one.place, header=True),
            Cell(one.entry),
            Cell(one.printed),
            *(
                cell
                for side in (first, second)
                for cell in (
                    Cell(side.reproduced if side else NO_VALUE),
                    Cell(name_verdict(side)),
                )
            ),
        )
        for first, second in comparison.verdicts
        if (one := first or second) is not None
    ]
    return _make_table(
        "verdicts",
        "The paper's printed numbers that are judged differently",
        ("Place", "Number", "Paper", "A", "Verdict in A", "B", "Verdict in B"),
        rows,
        "lllllll",
    )


def name_verdict(verdict: Verdict | None) -> str:
    """Return a verdict in words."""
    if verdict is None:
        return "not judged"
    return _VERDICTS.get(verdict.verdict, verdict.verdict.replace("_", " "))


def make_lone_table(comparison: Comparison) -> TableBlock:
    """Return the numbers that only one of both reports has."""
    from helpers.report.changes.printing import print_result

    rows = []
    sides = (("A", comparison.before, comparison.only_before),)
    for letter, report, keys in (*sides, ("B", comparison.after, comparison.only_after)):
        for key in keys:
            result = report.results[key]
            rows.append(
                (
                    Cell(name_result(comparison, result), header=True),
                    Cell(KINDS[result.kind]),
                    Cell(letter),
                    Cell(print_result(result, style=comparison.style)),
                    Cell(comparison.find_cause(key)),
                )
            )
    head = ("Number", "Kind", "Only in", "Value", "Cause")
    return _make_table("lone", "Numbers that only one report has", head, rows, "lllrl")


def make_words_table(comparison: Comparison) -> TableBlock:
    """Return the results of which words alone differ."""
    rows = [
        (
            Cell(name_result(comparison, change.before), header=True),
            Cell(name_field(one.name)),
            Cell(shorten(str(one.before)) or NO_VALUE),
            Cell(shorten(str(one.after)) or NO_VALUE),
        )
        for change in comparison.rewordings
        for one in change.fields
    ]
    title = "Results that changed in words only"
    return _make_table("words", title, ("Result", "Words", "A", "B"), rows, "llll")


def make_sections_tables(comparison: Comparison) -> list[tuple[str, TableBlock]]:
    """Return for each section its title and the table of its changed numbers."""
    return [
        (
            name_section(comparison, section),
            make_changes_table(comparison, changes, name=f"changes_{section or 'unknown'}"),
        )
        for section, changes in comparison.group_by_section().items()
    ]


def _make_table(
    name: str,
    title: str,
    head: Sequence[str],
    rows: Iterable[Row],
    align: str,
    *,
    notes: dict[str, str] | None = None,
) -> TableBlock:
    return TableBlock(
        id=f"table.{name}",
        title=title,
        header=(tuple(Cell(text, header=True) for text in head),),
        rows=tuple(tuple(row) for row in rows),
        align=align,
        notes=notes or {},
    )


def _count_cell(count: int, style: str) -> Cell:
    return Cell(format_count(count, style=style), value=float(count))


def _to_value(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None
