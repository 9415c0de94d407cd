"""Prose as Word paragraphs, from the HTML that pandoc made of it."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from docx.oxml.ns import qn
from lxml import html

from helpers.report.docx_context import WordContext
from helpers.report.docx_html_tables import read_table
from helpers.report.docx_tables import make_table
from helpers.report.docx_xml import (
    PLAIN,
    Element,
    RunFormat,
    make_bookmark,
    make_element,
    make_field,
    make_inner_link,
    make_run,
    make_value,
    name_bookmark,
)
from helpers.report.nodes import SentenceNode
from helpers.report.text import escape_html, join_words
from helpers.report.wording import end_with_refs

_SPACES = re.compile(r"[ \t\r\n]+")
_OUTSIDE = ("http://", "https://", "mailto:")
_TEX = "application/x-tex"
_FORMATS = {
    "strong": {"bold": True},
    "b": {"bold": True},
    "em": {"italic": True},
    "i": {"italic": True},
    "del": {"struck": True},
    "s": {"struck": True},
    "sup": {"position": "superscript"},
    "sub": {"position": "subscript"},
}
_INLINE = frozenset({*_FORMATS, "a", "br", "code", "img", "math", "span"})
_DEEPEST_LIST = 8


def find_formulas(fragments: Iterable[str]) -> list[str]:
    """Return the TeX of every formula in pieces of HTML."""
    return [
        _get_tex(node)
        for fragment in fragments
        if "<math" in fragment
        for node in _parse(fragment).iter("math")
    ]


def _parse(fragment: str) -> html.HtmlElement:
    return html.fragment_fromstring(fragment, create_parent="div")


def _get_tex(node: html.HtmlElement) -> str:
    for note in node.iter("annotation"):
        if note.get("encoding") == _TEX:
            return note.text_content()
    return node.text_content()


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a paragraph stands: its style, its list and its depth in it."""

    style: str
    list_number: int = 0
    depth: int = 0

    def list_properties(self) -> list[Element]:
        """Return the properties of a list's entry, or none."""
        if not self.list_number:
            return []
        level = make_value("w:ilvl", min(self.depth, _DEEPEST_LIST))
        number = make_value("w:numId", self.list_number)
        return [make_element("w:numPr", children=[level, number])]


class ProseWriter:
    """Writes paragraphs, lists, quotations, code and plain tables.

    Parameters
    ----------
    context : WordContext
        Of the document.
    """

    def __init__(self, context: WordContext) -> None:
        self._context = context

    def write(self, fragment: str, *, style: str = "Body Text") -> Iterator[Element]:
        """Yield the paragraphs and tables of a piece of HTML.

        Parameters
        ----------
        fragment : str
            What pandoc wrote.
        style : str
            Of ordinary paragraphs.
        """
        yield from self._write_blocks(_parse(fragment), _Place(style), "")

    def write_tables(self, fragment: str) -> Iterator[Element]:
        """Yield the tables of somebody's HTML and nothing else of it."""
        for node in _parse(fragment).iter("table"):
            yield make_table(self._context, read_table(node))
            yield self._context.words("Table Note", "")

    def write_inline(self, fragment: str, form: RunFormat = PLAIN) -> list[Element]:
        """Return the runs of HTML without paragraphs."""
        return list(self._write_inline(_parse(fragment), form))

    def write_sentence(self, node: SentenceNode) -> list[Element]:
        """Return the runs of sentences that end with what they refer to."""
        return self.write_inline(_end_sentence(node))

    def write_paragraph(self, node: SentenceNode) -> Iterator[Element]:
        """Yield the paragraph of sentences made from results, or several where they are."""
        text = _end_sentence(node)
        if "<p>" in text:
            yield from self.write(text)
        else:
            yield self._context.paragraph("Body Text", self.write_inline(text))

    def _write_blocks(
        self, parent: html.HtmlElement, place: _Place, list_style: str
    ) -> Iterator[Element]:
        """Yield what stands in an element; words beside its blocks make paragraphs."""
        line: list[Element] = self._write_text(parent.text, PLAIN)
        first = True
        for node in parent:
            if node.tag in _INLINE:
                line += self._write_node(node, PLAIN)
            else:
                yield from self._close_line(line, place, first)
                first, line = first and not line, []
                yield from self._write_block(node, place, list_style, first)
                first = False
            line += self._write_text(node.tail, PLAIN)
        yield from self._close_line(line, place, first)

    def _close_line(self, line: list[Element], place: _Place, first: bool) -> Iterator[Element]:
        if any(_has_content(run) for run in line):
            yield self._paragraph(line, place, first)

    def _paragraph(self, content: list[Element], place: _Place, first: bool) -> Element:
        properties = place.list_properties() if first else _indent_below(place)
        return self._context.paragraph(place.style, content, properties)

    def _write_block(
        self, node: html.HtmlElement, place: _Place, list_style: str, first: bool
    ) -> Iterator[Element]:
        match node.tag:
            case "p":
                yield self._paragraph(list(self._write_inline(node, PLAIN)), place, first)
            case "ul" | "ol":
                yield from self._write_list(node, place, list_style)
            case "pre":
                yield self._context.words("Source Code", node.text_content().rstrip("\n"))
            case "blockquote":
                yield from self._write_blocks(node, replace(place, style="Quote"), list_style)
            case "table":
                yield make_table(self._context, read_table(node))
                yield self._context.words("Table Note", "")
            case "section":
                yield from self._write_blocks(node, _Place("Footnote Text"), "Footnote Text")
            case "hr":
                pass
            case _:
                yield from self._write_blocks(node, place, list_style)

    def _write_list(
        self, node: html.HtmlElement, place: _Place, list_style: str
    ) -> Iterator[Element]:
        lists = self._context.lists
        ordered = node.tag == "ol"
        depth = place.depth + 1 if place.list_number else 0
        start = node.get("start", "1")
        number = lists.ordered(int(start) if start.isdigit() else 1) if ordered else lists.bullets()
        style = (list_style or "List Number") if ordered else "List Bullet"
        for entry in node.iterchildren("li"):
            yield from self._write_blocks(entry, _Place(style, number, depth), "")

    def _write_inline(self, node: html.HtmlElement, form: RunFormat) -> Iterator[Element]:
        yield from self._write_text(node.text, form)
        for child in node:
            yield from self._write_node(child, form)
            yield from self._write_text(child.tail, form)

    def _write_text(self, text: str | None, form: RunFormat) -> list[Element]:
        words = _SPACES.sub(" ", text or "")
        return [make_run(words, form)] if words.strip() or (words and text != "\n") else []

    def _write_node(self, node: html.HtmlElement, form: RunFormat) -> list[Element]:
        match node.tag:
            case "br":
                return [make_run("\n", form)]
            case "math":
                return self._write_formula(node, form)
            case "code":
                style = self._context.style("Verbatim Char")
                return [make_run(node.text_content(), replace(form, style_id=style))]
            case "a":
                return self._write_link(node, form)
        changed = replace(form, **_FORMATS.get(node.tag, {}))
        return list(self._write_inline(node, changed))

    def _write_link(self, node: html.HtmlElement, form: RunFormat) -> list[Element]:
        target = node.get("href", "")
        if target.startswith("#") and target[1:] in self._context.bookmarks:
            name = self._context.bookmarks[target[1:]]
            return make_field(f"REF {name} \\h", _bind(node.text_content()), form)
        if target.startswith("#reference-"):
            return self._write_citation(node, target, form)
        if "footnote-back" in node.get("class", ""):
            return []
        if not target.startswith(_OUTSIDE):
            return list(self._write_inline(node, form))
        style = self._context.style("Hyperlink")
        runs = self._write_inline(node, replace(form, style_id=style))
        relation = self._context.link(target)
        return [make_element("w:hyperlink", {"r:id": relation, "w:history": "1"}, runs)]

    def _write_citation(
        self, node: html.HtmlElement, target: str, form: RunFormat
    ) -> list[Element]:
        link = make_inner_link(target.removeprefix("#"), self._write_inline(node, form))
        origin = node.get("id")
        if origin is None:
            return [link]
        return make_bookmark(self._context.next_id(), name_bookmark(origin), [link])

    def _write_formula(self, node: html.HtmlElement, form: RunFormat) -> list[Element]:
        tex = _get_tex(node)
        formula = self._context.formulas.get(tex)
        if formula is None:
            style = self._context.style("Verbatim Char")
            return [make_run(tex, replace(form, style_id=style))]
        made = copy.deepcopy(formula)
        if node.get("display") != "block":
            return [made]
        return [make_element("m:oMathPara", children=[made])]


def _end_sentence(node: SentenceNode) -> str:
    links = [
        f'<a href="#{escape_html(anchor)}">{escape_html(label)}</a>'
        if anchor
        else escape_html(label)
        for anchor, label in node.refs
    ]
    return end_with_refs(node.html, join_words(links))


def _bind(label: str) -> str:
    """Return a label whose number stays on the line of its word, as in its caption."""
    return "\u00a0".join(label.rsplit(" ", 1))


def _has_content(run: Element) -> bool:
    texts = "".join(text.text or "" for text in run.iter(qn("w:t")))
    return bool(texts.strip()) or run.tag != qn("w:r")


def _indent_below(place: _Place) -> list[Element]:
    """Return the properties of an entry's second paragraph: under the first, without a mark."""
    if not place.list_number:
        return []
    return [make_element("w:ind", {"w:left": str(360 * (place.depth + 1))})]
