"""The marked checklists as an appendix of the manuscript and as a document for submission."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from helpers.checklists.model import MARKS, MarkedChecklist, MarkedItem, Place
from helpers.document import Cell, Row, TextBlock
from helpers.report.linked import FoldedTable, LinkedCell
from helpers.report.manuscript import Part
from helpers.report.nodes import HeadingNode, Node, ProseNode, TableNode
from helpers.report.pages import Page
from helpers.report.text import escape_html, join_words

TITLE = "Reporting checklists"
_HEAD = ("Item", "Recommendation", "Where", "Status and what is missing")
_NOTHING = "\u2013"
_INTRODUCTION = (
    "The tables mark this manuscript by the items of four reporting guidelines. The "
    "recommendations are worded anew; the guidelines themselves are binding. Marks are computed "
    "from what the manuscript holds: a mark says that something is there, not that it is enough. "
    "What is for the authors no program can supply; the parameter terms takes it as introduction, "
    "setting, interpretation and declarations."
)
_TASKS = f"{MARKS['authors']}:"
_PAGES = "Page numbers are those of manuscript.pdf."


def make_checklist_appendix(marked: Sequence[MarkedChecklist]) -> Part:
    """Return the appendix: one table for each guideline, whose places are links.

    Parameters
    ----------
    marked : sequence of MarkedChecklist
        In the order of printing.
    """
    tables = tuple(_make_table(one) for one in marked)
    text = TextBlock("checklists", _INTRODUCTION, tuple(table.id for table in tables))
    return Part(title=TITLE, items=(text, *tables))


def make_checklist_page(
    marked: Sequence[MarkedChecklist], manuscript: Page, sheets: Mapping[str, int] | None = None
) -> Page:
    """Return the document that goes to a journal with the manuscript.

    Parameters
    ----------
    marked : sequence of MarkedChecklist
        In the order of printing.
    manuscript : Page
        Whose title, authors and look it takes.
    sheets : mapping of str to int, optional
        Number of the sheet on which a heading stands, by anchor; without it no pages are
        given.
    """
    intro = f"{_INTRODUCTION} {_PAGES}" if sheets else _INTRODUCTION
    nodes: list[Node] = [ProseNode(f"<p>{escape_html(intro)}</p>", "")]
    for number, one in enumerate(marked, 1):
        name = one.checklist.name
        nodes.append(HeadingNode(2, name, escape_html(name), "", one.checklist.key))
        table = _make_table(one, sheets or {})
        nodes.append(TableNode(table, f"Table {number}", table.id))
    options = replace(manuscript.print_options, word_line_numbers=False, word_double_spacing=False)
    return replace(
        manuscript,
        title=f"{TITLE}: {manuscript.title}",
        kind="checklists",
        nodes=tuple(nodes),
        affiliations=(),
        keywords=(),
        abstract=(),
        links=(),
        print_options=options,
    )


def describe_marks(marked: MarkedChecklist) -> str:
    """Return how many items have each mark, in words.

    Parameters
    ----------
    marked : MarkedChecklist
        One guideline.
    """
    counts = [(marked.count(mark), words.lower()) for mark, words in MARKS.items()]
    n = len(marked.items)
    told = join_words([f"{count} {words}" for count, words in counts if count])
    return f"{n} {'item' if n == 1 else 'items'}: {told}"


def _make_table(marked: MarkedChecklist, sheets: Mapping[str, int] | None = None) -> FoldedTable:
    """Return a guideline as a table; its places are links where no sheets are given."""
    checklist = marked.checklist
    return FoldedTable(
        id=f"table.checklist_{checklist.key}",
        title=f"{checklist.name}. {checklist.title}. {describe_marks(marked)}.",
        header=(tuple(map(Cell, _HEAD)),),
        rows=tuple(_iterate_rows(marked, sheets)),
        align="llll",
        slot="appendix",
        summary=f"{checklist.name}, {describe_marks(marked)}",
    )


def _iterate_rows(marked: MarkedChecklist, sheets: Mapping[str, int] | None) -> Iterator[Row]:
    """Yield a row for each item, and one before those of a new section."""
    section = ""
    for one in marked.items:
        if one.item.section != section:
            section = one.item.section
            yield (Cell(section, header=True, colspan=len(_HEAD)),)
        where = (
            LinkedCell.make([(place.anchor, place.label) for place in one.places])
            if sheets is None
            else Cell("; ".join(_name_place(place, sheets) for place in one.places))
        )
        yield (
            Cell(one.item.number, header=True, indent=1),
            Cell(one.item.asks),
            where if where.text else Cell(_NOTHING),
            Cell(_tell_status(one)),
        )


def _name_place(place: Place, sheets: Mapping[str, int]) -> str:
    sheet = sheets.get(place.anchor)
    return f"{place.label} (page {sheet})" if sheet else place.label


def _tell_status(one: MarkedItem) -> str:
    """Return the mark, what is missing, and apart from it what only the authors can supply."""
    tasks = one.tasks if one.mark == "authors" or not one.tasks else (_TASKS, *one.tasks)
    return " ".join([f"{MARKS[one.mark]}.", *one.gaps, *tasks])
