"""Tables that lead elsewhere in their document, and tables that a page folds away."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self

from helpers.document import Cell, TableBlock
from helpers.report.nodes import Node, TableNode

BETWEEN = "; "


@dataclass(frozen=True, slots=True)
class LinkedCell(Cell):
    """A cell whose words lead to other places of the document.

    Attributes
    ----------
    links : tuple of (str, str)
        Anchor, empty where none can be reached, and words; `text` is all words with
        semicolons between them.
    """

    links: tuple[tuple[str, str], ...] = ()

    @classmethod
    def make(cls, links: Sequence[tuple[str, str]]) -> Self:
        """Return the cell of these links."""
        return cls(BETWEEN.join(words for _, words in links), links=tuple(links))


@dataclass(frozen=True, slots=True)
class FoldedTable(TableBlock):
    """A table that an HTML page shows on demand; paper shows it whole.

    Attributes
    ----------
    summary : str
        What the page says in its stead.
    """

    summary: str = ""


def list_targets(nodes: Iterable[Node]) -> frozenset[str]:
    """Return the anchors that cells of tables lead to."""
    return frozenset(
        anchor
        for node in nodes
        if isinstance(node, TableNode) and isinstance(node.block, FoldedTable)
        for row in node.block.rows
        for cell in row
        if isinstance(cell, LinkedCell)
        for anchor, _ in cell.links
        if anchor
    )
