"""Reporting checklists: items, what each needs of a report, and what became of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

NeedKind = Literal["text", "heading", "table", "figure", "result", "parameter", "row"]
PlaceKind = Literal["front", "heading", "table", "figure"]
#: What becomes of an item; ``authors`` can be met by people alone.
Mark = Literal["met", "partly", "not", "authors", "inapplicable"]
MARKS: Mapping[Mark, str] = {
    "met": "Met",
    "partly": "Partly",
    "not": "Not met",
    "authors": "For the authors",
    "inapplicable": "Not applicable",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """One thing that an item asks of a report.

    Attributes
    ----------
    kind : NeedKind
        What is looked for.
    names : tuple of str
        Where or which: headings (``Methods > Patients``), ids of tables and figures, ids of
        results, names of parameters, the head of a table's row. ``*`` stands for anything; one
        that is found is enough.
    says, lacks : re.Pattern or None
        What a text or a row must hold, or must not.
    words : int
        How many words a text must have.
    of : tuple of str
        Ids of the tables in which a row is looked for.
    column : int
        Of the row, which must not be empty; the row's head is 0.
    at : tuple of str
        Headings, tables and figures that show a result or a parameter.
    gap : str
        What to say where it is not found.
    by_authors : bool
        Whether only people can supply it.
    """

    kind: NeedKind
    names: tuple[str, ...]
    says: re.Pattern[str] | None = None
    lacks: re.Pattern[str] | None = None
    words: int = 0
    of: tuple[str, ...] = ()
    column: int = 0
    at: tuple[str, ...] = ()
    gap: str = ""
    by_authors: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ChecklistItem:
    """One item of a guideline.

    Attributes
    ----------
    number, section : str
        As the guideline has them.
    asks : str
        What it recommends, in our words.
    needs : tuple of Need
        All of them make it met.
    applies : Need or None
        Without it the item does not apply.
    otherwise : str
        Why it does not apply.
    """

    number: str
    section: str
    asks: str
    needs: tuple[Need, ...]
    applies: Need | None = None
    otherwise: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checklist:
    """A reporting guideline.

    Attributes
    ----------
    key, name, title : str
        Such as ``strobe``, ``STROBE``, and what it is for.
    citation : str
        Key in the literature.
    items : tuple of ChecklistItem
        In the guideline's order.
    """

    key: str
    name: str
    title: str
    citation: str
    items: tuple[ChecklistItem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Somewhere in a report that a reader can be sent to.

    Attributes
    ----------
    kind : PlaceKind
        ``front`` are title, abstract and keywords.
    path : tuple of str
        Titles of the headings above it and its own.
    id : str
        Of a table or figure.
    label : str
        As a reader knows it: ``Table 2``, ``Methods, Patients``.
    anchor : str
        Where a link leads, empty where none can.
    text : str
        Plain words directly below a heading.
    rows : tuple of tuple of str
        Of a table's body.
    """

    kind: PlaceKind
    path: tuple[str, ...] = ()
    id: str = ""
    label: str
    anchor: str = ""
    text: str = ""
    rows: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a report has.

    Attributes
    ----------
    places : tuple of Place
        In reading order.
    results : frozenset of str
        Ids of what could be computed.
    omitted : mapping of str to str
        Why an analysis could not be made, by its id.
    parameters : mapping of str to object
        Values by name, flat.
    """

    places: tuple[Place, ...] = ()
    results: frozenset[str] = frozenset()
    omitted: Mapping[str, str] = field(default_factory=dict)
    parameters: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkedItem:
    """An item and what became of it.

    Attributes
    ----------
    item : ChecklistItem
        The item.
    mark : Mark
        What became of it.
    places : tuple of Place
        Where it is met, each once.
    gaps : tuple of str
        What is missing, or why it does not apply, a sentence each.
    tasks : tuple of str
        What is missing that only the authors can supply.
    """

    item: ChecklistItem
    mark: Mark
    places: tuple[Place, ...] = ()
    gaps: tuple[str, ...] = ()
    tasks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkedChecklist:
    """A guideline and what became of its items, in its order."""

    checklist: Checklist
    items: tuple[MarkedItem, ...]

    def count(self, mark: Mark) -> int:
        """Return how many items have a mark."""
        return sum(item.mark == mark for item in self.items)
