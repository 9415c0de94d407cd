"""Write a page as a Word file: text, tables and references that an editor can work on."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from docx.document import Document
from docx.oxml.ns import qn

from helpers.document import FigureBlock, TableBlock
from helpers.report.docx_base import open_base
from helpers.report.docx_captions import write_caption, write_notes
from helpers.report.docx_context import WordContext
from helpers.report.docx_figures import make_foreign_picture, make_picture
from helpers.report.docx_math import convert_formulas
from helpers.report.docx_prose import ProseWriter, find_formulas
from helpers.report.docx_references import write_references
from helpers.report.docx_sections import (
    make_frame,
    read_frame,
    set_section,
    write_head_and_foot,
)
from helpers.report.docx_tables import make_table, plan_table
from helpers.report.docx_title import write_abstract, write_title_block
from helpers.report.docx_widths import OWN_AIR, UNKNOWN_AIR
from helpers.report.docx_xml import Element, make_element, name_bookmark
from helpers.report.linked import list_targets
from helpers.report.nodes import (
    FigureNode,
    HeadingNode,
    Node,
    OutputNode,
    PageBreak,
    ProseNode,
    ReferenceNode,
    SentenceNode,
    TableNode,
)
from helpers.report.pages import Page
from helpers.report.text import clean_text
from helpers.report.wording import split_author
from helpers.report.zip_files import get_source_date, settle_zip

_LOWEST_HEADING = 6
_LONGEST_PROPERTY = 255


@dataclass(frozen=True, slots=True)
class _Piece:
    """What a node becomes."""

    kind: Literal["heading", "upright", "sideways"]
    elements: tuple[Element, ...]


def write_docx(page: Page) -> bytes:
    """Return the page as a Word file, the same bytes on every run. Code is left out.

    Parameters
    ----------
    page : Page
        What to write; its print options say how it looks.

    Returns
    -------
    bytes
        Tables are Word's own; numbers of tables, figures and pages and what refers to them
        are fields that already show their results. Nothing is loaded from elsewhere. Its
        date is the environment's ``SOURCE_DATE_EPOCH``, or 1970.

    Raises
    ------
    ParameterError
        If the reference cannot be read as a Word file.
    BuildError
        If pandoc cannot make a formula.
    """
    options = page.print_options
    reference = options.reference_docx
    base = open_base(reference, double_spacing=options.word_double_spacing)
    document = base.document
    frame = read_frame(document) if reference else make_frame(options.page_size)
    write_head_and_foot(document, page, base.style_ids)
    context = WordContext(
        document=document,
        style_ids=base.style_ids,
        frame=frame,
        bookmarks={
            node.anchor: name_bookmark(node.label)
            for node in page.nodes
            if isinstance(node, TableNode | FigureNode)
        },
        parts={
            anchor: f"part_{number}"
            for number, anchor in enumerate(sorted(list_targets(page.nodes)), 1)
        },
        air=UNKNOWN_AIR if reference else OWN_AIR,
        formulas=convert_formulas(find_formulas(_list_html(page))),
    )
    _Body(context, line_numbers=options.word_line_numbers).fill(_list_pieces(context, page))
    _set_properties(document, page)
    buffer = io.BytesIO()
    document.save(buffer)
    return settle_zip(buffer.getvalue())


def _list_html(page: Page) -> Iterator[str]:
    for node in (*page.nodes, *page.abstract):
        if isinstance(node, HeadingNode | ProseNode | SentenceNode):
            yield node.html


def _list_pieces(context: WordContext, page: Page) -> Iterator[_Piece]:
    prose = ProseWriter(context)
    yield _Piece("upright", tuple(write_title_block(context, page)))
    yield _Piece("upright", tuple(write_abstract(context, page, prose)))
    writer = _NodeWriter(context, prose)
    for node in page.nodes:
        piece = writer.write(node)
        if piece.elements:
            yield piece


class _NodeWriter:
    """Writes node after node; knows whether a new sheet is due."""

    def __init__(self, context: WordContext, prose: ProseWriter) -> None:
        self._context, self._prose = context, prose
        self._breaks = False

    def write(self, node: Node) -> _Piece:
        """Return what a node becomes; code and page breaks become nothing."""
        if isinstance(node, HeadingNode):
            return _Piece("heading", (self._write_heading(node),))
        if isinstance(node, TableNode):
            return self._write_table(node.block, node.label)
        if isinstance(node, PageBreak):
            self._breaks = True
        return _Piece("upright", tuple(self._write_upright(node)))

    def _write_upright(self, node: Node) -> Iterator[Element]:
        match node:
            case ProseNode():
                yield from self._prose.write(node.html)
            case ReferenceNode():
                yield from write_references(self._context, node, self._prose)
            case SentenceNode():
                yield from self._prose.write_paragraph(node)
            case FigureNode():
                yield from self._write_figure(node.block, node.label)
            case OutputNode():
                yield from self._write_output(node)

    def _write_heading(self, node: HeadingNode) -> Element:
        level = min(max(node.level - 1, 1), _LOWEST_HEADING)
        settings = []
        if self._breaks:
            settings.append(make_element("w:pageBreakBefore"))
            settings.append(make_element("w:spacing", {"w:before": "0"}))
        self._breaks = False
        runs = self._context.mark(node.anchor, self._prose.write_inline(node.html))
        return self._context.paragraph(f"Heading {level}", runs, settings)

    def _write_table(self, block: TableBlock, label: str) -> _Piece:
        plan = plan_table(self._context, block)
        over = plan.overhang_pt
        caption = write_caption(self._context, label, block.title, is_above=True, overhang_pt=over)
        table = make_table(self._context, block, plan, label)
        notes = write_notes(self._context, block, over)
        kind = "sideways" if plan.sideways else "upright"
        return _Piece(kind, (caption, table, *notes))

    def _write_figure(self, block: FigureBlock, label: str) -> Iterator[Element]:
        words = block.text
        yield make_picture(self._context, block, label)
        yield write_caption(self._context, label, words.title, words.caption, words.abbreviations)

    def _write_output(self, node: OutputNode) -> Iterator[Element]:
        output = node.output
        tables = list(self._prose.write_tables(output.html)) if output.html else []
        if output.svg or output.png:
            yield make_foreign_picture(self._context, output.png, output.svg, output.text)
        elif tables:
            yield from tables
        else:
            yield self._context.words("Source Code", output.text.rstrip("\n"))


class _Body:
    """Puts pieces one below the other, those that lie on their side on sheets of their own."""

    def __init__(self, context: WordContext, *, line_numbers: bool) -> None:
        self._context, self._line_numbers = context, line_numbers
        self._body = context.document.element.body
        self._end = self._body.get_or_add_sectPr()
        self._is_first = True

    def fill(self, pieces: Iterator[_Piece]) -> None:
        sideways = False
        for is_sideways, elements in _turn_headings(list(pieces)):
            if is_sideways != sideways:
                self._close_section(sideways=sideways)
                sideways = is_sideways
            for element in elements:
                self._end.addprevious(element)
        self._set(self._end, sideways=sideways)

    def _close_section(self, *, sideways: bool) -> None:
        section = make_element("w:sectPr")
        if self._is_first:
            for child in list(self._end):
                if child.tag in {qn("w:headerReference"), qn("w:footerReference")}:
                    section.append(child)
        self._is_first = False
        self._set(section, sideways=sideways)
        last = self._end.getprevious()
        if last is None or last.tag != qn("w:p"):
            last = self._context.words("Table Note", "")
            self._end.addprevious(last)
        last.get_or_add_pPr().append(section)

    def _set(self, section: Element, *, sideways: bool) -> None:
        set_section(
            section, self._context.frame, sideways=sideways, line_numbers=self._line_numbers
        )


def _turn_headings(pieces: list[_Piece]) -> Iterator[tuple[bool, tuple[Element, ...]]]:
    """Yield elements with whether they lie on their side; headings lie as what follows them."""
    for number, piece in enumerate(pieces):
        following = (later.kind for later in pieces[number:] if later.kind != "heading")
        yield next(following, "upright") == "sideways", piece.elements


def _set_properties(document: Document, page: Page) -> None:
    properties = document.core_properties
    authors = "; ".join(split_author(author)[0] for author in page.authors)
    properties.title = clean_text(page.title)[:_LONGEST_PROPERTY]
    properties.author = clean_text(authors)[:_LONGEST_PROPERTY]
    properties.keywords = clean_text("; ".join(page.keywords))[:_LONGEST_PROPERTY]
    properties.language = "en-GB"
    properties.last_modified_by = ""
    properties.comments = ""
    properties.revision = 1
    properties.created = properties.modified = get_source_date().replace(tzinfo=None)
