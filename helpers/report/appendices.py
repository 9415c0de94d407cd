"""Appendices that every manuscript has: comparison, omissions, parameters, provenance."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from helpers.document import Cell, Row, TableBlock, TextBlock
from helpers.report.blocks import Prose
from helpers.report.manuscript import Part

if TYPE_CHECKING:
    from helpers.published.comparison import ComparisonTable
    from helpers.published.own_cohort import Difference

_NOTHING = "\u2013"


def make_comparison_appendix(comparison: ComparisonTable) -> Part:
    """Return the published numbers beside the reproduced ones, and why some are not met.

    Parameters
    ----------
    comparison : ComparisonTable
        One row for each printed number.
    """
    records = comparison.to_appendix_frame().to_dict("records")
    rows = tuple(_iterate_by_place(records, ("printed", "reproduced", "verdict")))
    tables = [
        TableBlock(
            "table.comparison",
            "Published against reproduced numbers.",
            (tuple(map(Cell, ("What", "Printed", "Reproduced", "Verdict"))),),
            rows,
            "lrrl",
            slot="appendix",
        )
    ]
    reasons = tuple(
        tuple(Cell(record[column]) for column in ("what", "printed", "verdict", "reason"))
        for record, row in zip(records, comparison, strict=True)
        if row.verdict != "equal" and record["reason"]
    )
    if reasons:
        head = (tuple(map(Cell, ("What", "Printed", "Verdict", "Reason"))),)
        title = "Published numbers that were not met, and why."
        tables.append(
            TableBlock("table.comparison_reasons", title, head, reasons, "lrll", slot="appendix")
        )
    refs = tuple(table.id for table in tables)
    text = TextBlock("comparison", _escape_markdown(comparison.describe()), refs)
    return Part(title="Published against reproduced", items=(text, *tables))


def make_own_cohort_appendix(
    differences: Sequence[Difference], *, conf_level: float = 0.95, style: str = "paper"
) -> Part:
    """Return the numbers of a user's own cohort beside the published ones.

    Parameters
    ----------
    differences : sequence of Difference
        One for each printed estimate.
    conf_level : float
        Of the intervals, 0 to 1.
    style : str
        Number style.
    """
    from helpers.published.own_words import describe_differences, differences_to_appendix_frame

    records = differences_to_appendix_frame(differences, style=style).to_dict("records")
    columns = ("published", "own", "difference")
    notes = {
        "a": f"Own minus published, of shares in percentage points; of hazard ratios own over "
        f"published. In brackets {100 * conf_level:g}% confidence intervals: printed ones, for "
        "printed shares Wilson's, and for differences where both numbers have one."
    }
    names = ("What", "Published", "This cohort", "Difference or ratio")
    head = tuple(Cell(name, notes=("a",) if name == names[-1] else ()) for name in names)
    rows = tuple(_iterate_by_place(records, columns))
    title = "This cohort beside the published one."
    tables = [TableBlock("table.comparison", title, (head,), rows, "lrrr", notes, slot="appendix")]
    lacking = tuple(
        (Cell(record["what"]), Cell(record["published"]), Cell(record["reason"]))
        for record in records
        if record["reason"]
    )
    if lacking:
        head = tuple(map(Cell, ("What", "Published", "Why")))
        title = "Published numbers without a counterpart in this cohort."
        tables.append(
            TableBlock("table.comparison_reasons", title, (head,), lacking, "lrl", slot="appendix")
        )
    sentence = describe_differences(differences, conf_level=conf_level)
    refs = tuple(table.id for table in tables)
    text = TextBlock("comparison", _escape_markdown(sentence), refs)
    return Part(title="This cohort beside the published one", items=(text, *tables))


def make_omitted_appendix(
    omitted: Iterable[Mapping[str, str]], *, n_others: int = 0
) -> Part | None:
    """Return the analyses that could not be made, or None where all could.

    Parameters
    ----------
    omitted : iterable of mapping
        With title, reason and the columns that would make it possible.
    n_others : int
        How many further ones belong to the publication's own disease and treatments.
    """
    reasons: dict[tuple[str, str], list[str]] = {}
    for item in omitted:
        reason = item["reason"].strip()
        reason = reason[:1].upper() + reason[1:].rstrip(".") + "."
        titles = reasons.setdefault((reason, item.get("columns") or ""), [])
        titles.append(item.get("title") or item["id"])
    items: list[Any] = []
    if n_others:
        noun, verb = ("analysis", "has") if n_others == 1 else ("analyses", "have")
        items.append(
            Prose(
                f"{n_others} {noun} of the publication's own disease and treatments {verb} no "
                "counterpart in these data."
            )
        )
    if not reasons:
        return Part(title="What could not be computed", items=tuple(items)) if items else None
    rows = tuple(
        (Cell("; ".join(dict.fromkeys(titles))), Cell(reason), Cell(columns or _NOTHING))
        for (reason, columns), titles in reasons.items()
    )
    head = ("Analysis", "Why", "Columns that would make it possible")
    table = _make_table("omitted", "Analyses left out.", head, rows)
    return Part(title="What could not be computed", items=(table, *items))


def make_provenance_appendix(
    parameters: Mapping[str, Any],
    provenance: Mapping[str, str],
    *,
    descriptions: Mapping[str, str] | None = None,
    warnings: Iterable[str] = (),
) -> Part:
    """Return parameters and origin of the report.

    Parameters
    ----------
    parameters : mapping
        Scrubbed values by name.
    provenance : mapping of str to str
        What the report was made of and with, in order.
    descriptions : mapping of str to str, optional
        Meaning of each parameter.
    warnings : iterable of str
        About the data, printed as a list.
    """
    known = descriptions or {}
    values = tuple(
        (Cell(name), Cell(_show_value(value)), Cell(known.get(name, "").replace("`", "")))
        for name, value in parameters.items()
    )
    origin = tuple((Cell(name), Cell(text)) for name, text in provenance.items())
    items: list[Any] = [
        _make_table("parameters", "Parameters.", ("Name", "Value", "Meaning"), values),
        _make_table("provenance", "Provenance.", ("What", "Which"), origin),
    ]
    listed = "\n".join(f"- {_escape_markdown(text)}" for text in warnings)
    if listed:
        items.append(Prose(f"Remarks on the data:\n\n{listed}"))
    return Part(title="Parameters and provenance", items=tuple(items))


def _make_table(name: str, title: str, head: tuple[str, ...], rows: tuple[Row, ...]) -> TableBlock:
    header = (tuple(Cell(text) for text in head),)
    return TableBlock(f"table.{name}", title, header, rows, "l" * len(head), slot="appendix")


def _iterate_by_place(
    records: Iterable[Mapping[str, str]], columns: Sequence[str]
) -> Iterator[Row]:
    """Yield a row for each entry, and one before those of a new place in the paper."""
    place = None
    for record in records:
        if record["place"] != place:
            place = record["place"]
            yield (Cell(place, header=True, colspan=1 + len(columns)),)
        cells = (Cell(record[column] or _NOTHING) for column in columns)
        yield (Cell(record["what"], indent=1), *cells)


def _show_value(value: Any) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(str(item) for item in value)
    if value in ({}, None):
        return ""
    return value if isinstance(value, str) else json.dumps(value, default=str)


def _escape_markdown(text: str) -> str:
    """Return text whose every mark is a letter to Markdown."""
    marks = frozenset("\\`*_{}[]()<>#+-.!|~$&\"'^=:")
    return "".join(f"\\{letter}" if letter in marks else letter for letter in text)
