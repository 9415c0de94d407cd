"""What a manuscript has, as the checklists ask for it."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from helpers.checklists.marking import mark_checklist
from helpers.checklists.model import Facts, MarkedChecklist, Place
from helpers.checklists.reading import read_checklists
from helpers.report.artefacts import CollectedResults
from helpers.report.grid import place_cells
from helpers.report.html_head import ABSTRACT_ANCHOR
from helpers.report.nodes import (
    FigureNode,
    HeadingNode,
    Node,
    ProseNode,
    ReferenceNode,
    SentenceNode,
    TableNode,
)
from helpers.report.own_disease import list_relevant
from helpers.report.pages import Page

_NOT_COMPUTABLE = "not_computable"
_TAG = re.compile(r"<[^>]+>")
_SPACE = re.compile(r"\s+")


def mark_manuscript(
    page: Page, collected: CollectedResults, parameters: Mapping[str, Any]
) -> tuple[MarkedChecklist, ...]:
    """Return every checklist, marked by what a manuscript has.

    Parameters
    ----------
    page : Page
        The manuscript as it is going to be read, without the checklists.
    collected : CollectedResults
        Its results and what was left out.
    parameters : mapping
        Values by name, flat.
    """
    facts = gather_facts(page, collected, parameters)
    return tuple(mark_checklist(checklist, facts) for checklist in read_checklists())


def gather_facts(page: Page, collected: CollectedResults, parameters: Mapping[str, Any]) -> Facts:
    """Return what a manuscript has: places, results, omissions, parameters.

    Parameters
    ----------
    page : Page
        Its nodes give headings with their text, tables and figures.
    collected : CollectedResults
        A result that could not be computed does not count; one that disclosure control hides
        does.
    parameters : mapping
        Values by name, flat.
    """
    relevant = list_relevant(collected.omitted, parameters)
    return Facts(
        places=(*_list_front(page), *list_places(page.nodes)),
        results=frozenset(
            key
            for key, record in collected.records.items()
            if record.get("status") != _NOT_COMPUTABLE
        ),
        omitted={item["id"]: item["reason"] for item in relevant},
        parameters=parameters,
    )


def list_places(nodes: Iterable[Node]) -> tuple[Place, ...]:
    """Return headings with the words below them, tables and figures, in reading order."""
    places: list[Place] = []
    above: list[HeadingNode] = []
    words: dict[int, list[str]] = {}
    here = -1
    for node in nodes:
        match node:
            case HeadingNode():
                above = [one for one in above if one.level < node.level] + [node]
                here = len(places)
                places.append(_make_heading_place(above))
            case TableNode():
                rows = _read_rows(node)
                places.append(_make_block_place("table", node, rows))
            case FigureNode():
                places.append(_make_block_place("figure", node))
            case ProseNode() | SentenceNode() | ReferenceNode():
                words.setdefault(here, []).extend(_list_words(node))
    return tuple(
        replace(place, text=" ".join(words[number])) if number in words else place
        for number, place in enumerate(places)
    )


def _list_front(page: Page) -> Iterator[Place]:
    yield Place(kind="front", path=("Title",), label="Title", text=page.title)
    if page.keywords:
        words = "; ".join(page.keywords)
        yield Place(kind="front", path=("Keywords",), label="Keywords", text=words)
    for node in page.abstract:
        yield Place(
            kind="front",
            path=("Abstract", node.heading),
            label="Abstract",
            anchor=ABSTRACT_ANCHOR,
            text=read_words(node.html),
        )


def _make_heading_place(above: list[HeadingNode]) -> Place:
    path = tuple(node.plain for node in above)
    label = path[0] if len(path) == 1 else f"{path[0]}, {path[-1]}"
    return Place(kind="heading", path=path, label=label, anchor=above[-1].anchor)


def _make_block_place(
    kind: Any, node: TableNode | FigureNode, rows: tuple[tuple[str, ...], ...] = ()
) -> Place:
    return Place(kind=kind, id=node.block.id, label=node.label, anchor=node.anchor, rows=rows)


def _read_rows(node: TableNode) -> tuple[tuple[str, ...], ...]:
    rows: list[list[str]] = [[] for _ in node.block.rows]
    for placed in place_cells(node.block.rows):
        rows[placed.row].append(placed.cell.text)
    return tuple(tuple(row) for row in rows if row)


def _list_words(node: ProseNode | SentenceNode | ReferenceNode) -> Iterator[str]:
    if not isinstance(node, ReferenceNode):
        yield read_words(node.html)


def read_words(fragment: str) -> str:
    """Return the words of a piece of HTML.

    Examples
    --------
    >>> read_words("<p>HR &lt; 1, <em>see</em> [<a href='#r'>1</a>]</p>")
    'HR < 1, see [1]'
    """
    return _SPACE.sub(" ", html.unescape(_TAG.sub("", fragment))).strip()
