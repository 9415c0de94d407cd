"""What a page is made of, before a format is chosen."""

from __future__ import annotations

from dataclasses import dataclass

from helpers.document import FigureBlock, TableBlock
from helpers.report.blocks import Output
from helpers.report.citations import Reference
from helpers.report.reopening import Reopening


@dataclass(frozen=True, slots=True)
class HeadingNode:
    """A heading; `html` and `typst` are its title in each format."""

    level: int
    plain: str
    html: str
    typst: str
    anchor: str


@dataclass(frozen=True, slots=True)
class ProseNode:
    """Paragraphs, lists and formulas."""

    html: str
    typst: str


@dataclass(frozen=True, slots=True)
class SentenceNode:
    """Sentences made from results and what they refer to: (anchor or "", label) pairs."""

    html: str
    typst: str
    refs: tuple[tuple[str, str], ...] = ()
    heading: str = ""


@dataclass(frozen=True, slots=True)
class TableNode:
    """A numbered table."""

    block: TableBlock
    label: str
    anchor: str


@dataclass(frozen=True, slots=True)
class FigureNode:
    """A numbered figure."""

    block: FigureBlock
    label: str
    anchor: str


@dataclass(frozen=True, slots=True)
class CodeNode:
    """Code that made what stands before it, and the address of the notebook that it is from."""

    sources: tuple[str, ...]
    notebook: str = ""


@dataclass(frozen=True, slots=True)
class ReopenNode:
    """How the section below whose heading it stands is opened again."""

    reopening: Reopening


@dataclass(frozen=True, slots=True)
class OutputNode:
    """An output of a foreign notebook."""

    output: Output


@dataclass(frozen=True, slots=True)
class ReferenceNode:
    """The list of references."""

    entries: tuple[Reference, ...]


@dataclass(frozen=True, slots=True)
class PageBreak:
    """Where a new sheet begins in print."""


Node = (
    HeadingNode
    | ProseNode
    | SentenceNode
    | TableNode
    | FigureNode
    | CodeNode
    | ReopenNode
    | OutputNode
    | ReferenceNode
    | PageBreak
)
