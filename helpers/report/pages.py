"""A page before a format is chosen: nodes in reading order, every label and anchor settled."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from helpers.document import FigureBlock, TableBlock, TextBlock
from helpers.report.blocks import Code, Item, Output, Prose
from helpers.report.citations import link_citations
from helpers.report.markdown import Fragment, MarkdownConverter, Part
from helpers.report.nodes import (
    CodeNode,
    FigureNode,
    HeadingNode,
    Node,
    OutputNode,
    ProseNode,
    SentenceNode,
    TableNode,
)
from helpers.report.numbering import Numbering
from helpers.report.print_options import PrintOptions
from helpers.report.text import escape_html, make_slug, quote_typst
from helpers.report.wording import bind_numbers

_LOWEST_LEVEL = 6
SYNTHETIC_BANNER = "SYNTHETIC DATA"
SYNTHETIC_NOTE = "Every patient in this report is simulated; no result describes a real person."


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A whole document: a section or the manuscript.

    Attributes
    ----------
    title, running_head : str
        Plain text.
    kind : {"section", "manuscript", "checklists"}
        A manuscript has a title block; checklists go with it.
    nodes : tuple of nodes
        In reading order, without the title.
    synthetic : bool
        Whether each page must say that the patients are simulated.
    authors, affiliations, keywords : tuple of str
        Of the title block.
    abstract : tuple of SentenceNode
        Structured: each with its heading.
    links : tuple of (str, str)
        Address, relative to the page, and words of each link below the title.
    print_options : PrintOptions
        Its look on paper.
    """

    title: str
    running_head: str = ""
    kind: Literal["section", "manuscript", "checklists"] = "section"
    nodes: tuple[Node, ...] = ()
    synthetic: bool = False
    authors: tuple[str, ...] = ()
    affiliations: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    abstract: tuple[SentenceNode, ...] = ()
    links: tuple[tuple[str, str], ...] = ()
    print_options: PrintOptions = field(default_factory=PrintOptions)

    @property
    def headings(self) -> tuple[HeadingNode, ...]:
        """Return the headings, for the list of contents."""
        return tuple(node for node in self.nodes if isinstance(node, HeadingNode))


@dataclass(slots=True)
class PageBuilder:
    """Turns items into nodes; one for each page, because anchors are unique on a page.

    Attributes
    ----------
    markdown : MarkdownConverter
        Shared by all pages of a build.
    numbering : Numbering
        Of the whole manuscript.
    shown : frozenset of str
        Ids of the tables and figures on this page: only to them can a sentence link.
    n_references : int
        Entries of the page's list of references.
    cited : set of int
        Those that a text has cited so far.
    """

    markdown: MarkdownConverter
    numbering: Numbering
    shown: frozenset[str] = frozenset()
    n_references: int = 0
    cited: set[int] = field(default_factory=set)
    _anchors: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Keep the anchors of tables and figures from being taken by a heading."""
        self._anchors.update(anchor_of(block_id) for block_id in self.shown)

    def heading(self, level: int, text: str) -> HeadingNode:
        """Return a heading of plain words."""
        return HeadingNode(
            level, text, escape_html(text), f"#{quote_typst(text)}", self._claim(make_slug(text))
        )

    def sentence(self, block: TextBlock, *, heading: str = "") -> SentenceNode:
        """Return sentences with the labels of what they refer to."""
        html, typst = self._link(*_strip_paragraph(self.markdown.convert(make_fragment(block))))
        refs = tuple(
            (anchor_of(ref) if ref in self.shown else "", label)
            for ref, label in self.numbering.cite(block.refs)
        )
        return SentenceNode(html, typst, refs, heading)

    def prose(self, markdown: str, *, shift: int = 0, drop_title: bool = False) -> Iterator[Node]:
        """Yield headings and paragraphs of an author's Markdown.

        Parameters
        ----------
        markdown : str
            May hold formulas.
        shift : int
            Added to each heading's level, which ends between 1 and 6.
        drop_title : bool
            Leave out headings of level 1: the page has its title already.
        """
        for part in self.markdown.convert(Fragment(markdown, math=True)):
            if not part.is_heading:
                yield ProseNode(*self._link(part.html, part.typst))
            elif not (drop_title and part.level == 1):
                level = min(max(part.level + shift, 1), 6)
                anchor = self._claim(make_slug(part.plain))
                yield HeadingNode(level, part.plain, *self._link(part.html, part.typst), anchor)

    def block(self, block: TableBlock | FigureBlock) -> TableNode | FigureNode:
        """Return a table or figure under its number."""
        label = self.numbering.labels[block.id]
        anchor = anchor_of(block.id)
        if isinstance(block, TableBlock):
            return TableNode(block, label, anchor)
        return FigureNode(block, label, anchor)

    def items(
        self,
        items: Iterable[Item],
        *,
        shift: int = 0,
        drop_title: bool = False,
        notebook: str = "",
    ) -> Iterator[Node]:
        """Yield the nodes of a section's items; results have none."""
        for item in items:
            match item:
                case Prose():
                    yield from self.prose(item.markdown, shift=shift, drop_title=drop_title)
                case Code():
                    yield CodeNode(item.sources, notebook)
                case Output():
                    yield OutputNode(item)
                case TextBlock():
                    yield self.sentence(item)
                case TableBlock() | FigureBlock():
                    yield self.block(item)

    def _link(self, html: str, typst: str) -> tuple[str, str]:
        return link_citations(html, typst, n_references=self.n_references, cited=self.cited)

    def _claim(self, anchor: str) -> str:
        unique, count = anchor, 1
        while unique in self._anchors:
            count += 1
            unique = f"{anchor}-{count}"
        self._anchors.add(unique)
        return unique


def anchor_of(block_id: str) -> str:
    """Return the anchor of a table or figure.

    Examples
    --------
    >>> anchor_of("figure.os_failure")
    'at-figure-os_failure'
    """
    return f"at-{make_slug(block_id)}"


def level_headings(nodes: Iterable[Node]) -> tuple[Node, ...]:
    """Return nodes whose headings begin at level 2 and never skip a level downwards.

    A heading's level becomes its depth: one more than that of the nearest heading before it
    that stood higher.
    """
    levelled: list[Node] = []
    above: list[int] = []
    for node in nodes:
        if not isinstance(node, HeadingNode):
            levelled.append(node)
            continue
        above = [level for level in above if level < node.level]
        above.append(node.level)
        levelled.append(replace(node, level=min(len(above) + 1, _LOWEST_LEVEL)))
    return tuple(levelled)


def make_fragment(block: TextBlock) -> Fragment:
    """Return the Markdown of sentences, in which a dollar sign is a dollar sign."""
    return Fragment(bind_numbers(block.markdown))


def list_fragments(items: Iterable[Item]) -> Iterator[Fragment]:
    """Yield every piece of Markdown in the items, for one run of the converter."""
    for item in items:
        if isinstance(item, Prose):
            yield Fragment(item.markdown, math=True)
        elif isinstance(item, TextBlock):
            yield make_fragment(item)


def list_shown(items: Iterable[Item]) -> frozenset[str]:
    """Return the ids of the tables and figures among the items."""
    return frozenset(item.id for item in items if isinstance(item, TableBlock | FigureBlock))


def _strip_paragraph(parts: Sequence[Part]) -> tuple[str, str]:
    """Return the inline content of a single paragraph; anything else as it is."""
    html = "\n".join(part.html for part in parts)
    typst = "\n\n".join(part.typst for part in parts)
    inner = html.removeprefix("<p>").removesuffix("</p>")
    return (inner if "<p>" not in inner else html), typst
