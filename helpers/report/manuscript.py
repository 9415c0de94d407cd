"""Put the manuscript together: front matter, sections, supplement, appendices."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from helpers.document import Block, FigureBlock, ResultsBlock, Slot, TableBlock, TextBlock
from helpers.report.blocks import Code, Item, Prose, SectionContent
from helpers.report.citations import make_entry, make_references
from helpers.report.markdown import Fragment, MarkdownConverter
from helpers.report.nodes import HeadingNode, Node, PageBreak, ReferenceNode, ReopenNode
from helpers.report.numbering import Numbering, number_blocks
from helpers.report.pages import Page, PageBuilder, level_headings, list_fragments, list_shown
from helpers.report.reopening import Reopening
from helpers.report.wording import POINTER

_PART_LEVEL = 2
_SECTION_LEVEL = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part of the manuscript that no notebook makes.

    Attributes
    ----------
    title : str
        Its heading.
    items : tuple of items
        Prose and blocks in order.
    """

    title: str
    items: tuple[Prose | TextBlock | TableBlock | FigureBlock, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontMatter:
    """What stands around the sections.

    Attributes
    ----------
    title, running_head : str
        Of the manuscript.
    authors, affiliations, keywords : tuple of str
        Of the title block.
    abstract : tuple of (str, TextBlock)
        Heading and sentences of each part of the structured abstract.
    before, after : tuple of Part
        Between abstract and results (introduction, methods), and between results and
        references (discussion, conclusion).
    references : tuple of str
        Markdown, one each, numbered in order.
    """

    title: str
    running_head: str = ""
    authors: tuple[str, ...] = ()
    affiliations: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    abstract: tuple[tuple[str, TextBlock], ...] = ()
    before: tuple[Part, ...] = ()
    after: tuple[Part, ...] = ()
    references: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Manuscript:
    """All that is in the manuscript, in reading order.

    Attributes
    ----------
    front : FrontMatter
        Title block, abstract and the parts around the results.
    sections : tuple of SectionContent
        The results.
    appendices : tuple of Part
        At the end.
    reopenings : mapping of str to Reopening
        How each section is opened again, by its name.
    """

    front: FrontMatter
    sections: tuple[SectionContent, ...]
    appendices: tuple[Part, ...] = ()
    reopenings: Mapping[str, Reopening] = field(default_factory=dict)

    @property
    def items(self) -> tuple[Item, ...]:
        """Return every item once, in the order that numbers follow."""
        parts = (*self.front.before, *self.sections, *self.front.after, *self.appendices)
        return tuple(item for part in parts for item in part.items)

    @property
    def blocks(self) -> tuple[Block, ...]:
        """Return every block, in the order that numbers follow."""
        return tuple(item for item in self.items if not isinstance(item, Prose | Code))

    @property
    def synthetic(self) -> bool:
        """Return whether any section was made from simulated patients."""
        found = (block for block in self.blocks if isinstance(block, ResultsBlock))
        return any(block.context.get("synthetic") for block in found)

    def number(self) -> Numbering:
        """Return the number of each table and figure."""
        return number_blocks(self.blocks)

    def list_fragments(self) -> Iterator[Fragment]:
        """Yield all Markdown of the manuscript, for one run of the converter."""
        yield from list_fragments(self.items)
        yield from list_fragments(block for _, block in self.front.abstract)
        yield Fragment(POINTER)
        yield from map(make_entry, self.front.references)


def assemble_manuscript(
    manuscript: Manuscript,
    *,
    numbering: Numbering,
    markdown: MarkdownConverter,
    links: Sequence[tuple[str, str]] = (),
) -> Page:
    """Return the manuscript's page.

    Parameters
    ----------
    manuscript : Manuscript
        What it holds.
    numbering : Numbering
        From :meth:`Manuscript.number`.
    markdown : MarkdownConverter
        Of the build.
    links : sequence of (str, str)
        Address and words of each link below the title.

    Returns
    -------
    Page
        Blocks of the main slot stand where their notebook shows them; those of the
        supplement follow the references under their section's title; appendices end it.
    """
    front = manuscript.front
    shown = list_shown(manuscript.items)
    builder = PageBuilder(markdown, numbering, shown, n_references=len(front.references))
    return Page(
        title=front.title,
        running_head=front.running_head or front.title,
        kind="manuscript",
        nodes=level_headings(_iterate_nodes(manuscript, builder)),
        synthetic=manuscript.synthetic,
        authors=front.authors,
        affiliations=front.affiliations,
        keywords=front.keywords,
        abstract=tuple(
            builder.sentence(block, heading=heading) for heading, block in front.abstract
        ),
        links=tuple(links),
    )


def _iterate_nodes(manuscript: Manuscript, builder: PageBuilder) -> Iterator[Node]:
    front = manuscript.front
    yield from _iterate_parts(front.before, builder, _PART_LEVEL)
    yield builder.heading(_PART_LEVEL, "Results")
    for section in manuscript.sections:
        nodes = builder.items(
            _keep_main(section.items),
            shift=_SECTION_LEVEL - 1,
            notebook=f"sections/{section.name}.ipynb",
        )
        yield from _put_reopening(nodes, manuscript.reopenings.get(section.name))
    yield from _iterate_parts(front.after, builder, _PART_LEVEL)
    if front.references:
        yield builder.heading(_PART_LEVEL, "References")
        yield ReferenceNode(make_references(front.references, builder.markdown, builder.cited))
    yield from _iterate_supplement(manuscript, builder)
    yield from _iterate_appendices(manuscript, builder)


def _put_reopening(nodes: Iterable[Node], reopening: Reopening | None) -> Iterator[Node]:
    """Yield a section's nodes; how it is opened again stands below its title."""
    for node in nodes:
        yield node
        if reopening is not None and isinstance(node, HeadingNode):
            yield ReopenNode(reopening)
            reopening = None


def _iterate_parts(parts: Iterable[Part], builder: PageBuilder, level: int) -> Iterator[Node]:
    for part in parts:
        yield builder.heading(level, part.title)
        yield from builder.items(part.items, shift=level)


def _iterate_supplement(manuscript: Manuscript, builder: PageBuilder) -> Iterator[Node]:
    groups = [
        (section.title, _list_slot(section.items, "supplement")) for section in manuscript.sections
    ]
    groups = [(title, blocks) for title, blocks in groups if blocks]
    if not groups:
        return
    yield PageBreak()
    yield builder.heading(_PART_LEVEL, "Supplementary material")
    for title, blocks in groups:
        yield builder.heading(_SECTION_LEVEL, title)
        yield from builder.items(blocks)


def _iterate_appendices(manuscript: Manuscript, builder: PageBuilder) -> Iterator[Node]:
    shown = [
        block for section in manuscript.sections for block in _list_slot(section.items, "appendix")
    ]
    if not (shown or manuscript.appendices):
        return
    yield PageBreak()
    yield builder.heading(_PART_LEVEL, "Appendices")
    yield from builder.items(shown)
    yield from _iterate_parts(manuscript.appendices, builder, _SECTION_LEVEL)


def _keep_main(items: Sequence[Item]) -> Iterator[Item]:
    """Yield items without what stands further back; what no sentence tells is pointed at."""
    told = {ref for item in items if isinstance(item, TextBlock) for ref in item.refs}
    pending: list[str] = []
    for item in items:
        if _get_slot(item) in {"supplement", "appendix"}:
            pending += [item.id] if item.id not in told else []
            continue
        if pending and isinstance(item, Prose | TextBlock):
            yield _point_at(pending)
        yield item
    if pending:
        yield _point_at(pending)


def _point_at(pending: list[str]) -> TextBlock:
    refs = tuple(pending)
    pending.clear()
    return TextBlock(f"see.{refs[0]}", POINTER, refs)


def _list_slot(items: Iterable[Item], slot: Slot) -> list[Item]:
    return [item for item in items if _get_slot(item) == slot]


def _get_slot(item: Item) -> Slot | None:
    if isinstance(item, TableBlock):
        return item.slot
    return item.text.slot if isinstance(item, FigureBlock) else None
