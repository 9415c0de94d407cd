"""What every writer of a Word file's parts shares: styles, numbers, links, paper."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from docx.document import Document
from docx.opc.constants import CONTENT_TYPE as CT
from docx.opc.constants import RELATIONSHIP_TYPE as RT
from docx.opc.packuri import PackURI
from docx.oxml.ns import qn
from docx.oxml.parser import OxmlElement
from docx.parts.numbering import NumberingPart

from helpers.report.docx_sections import PageFrame
from helpers.report.docx_widths import OWN_AIR
from helpers.report.docx_xml import (
    Element,
    make_bookmark,
    make_element,
    make_run,
    make_value,
)

_LIST_STEP_TWIPS = 360
_LEVELS = 9
_BULLETS = ("\u2022", "\u2013", "\u00b7")
_COUNTERS = ("decimal", "lowerLetter", "lowerRoman")
_HYPERLINK = RT.HYPERLINK


@dataclass(slots=True)
class WordContext:
    """The document being written.

    Attributes
    ----------
    document : docx.document.Document
        Holds the parts.
    style_ids : mapping of str to str
        Ids by name in lower case.
    frame : PageFrame
        Paper and margins.
    bookmarks : mapping of str to str
        Of tables and figures, by anchor.
    parts : mapping of str to str
        Bookmarks of the headings that something leads to, by anchor.
    formulas : mapping of str to Element
        Native formulas by their TeX.
    air : float
        By how much the type may be wider than ours.
    lists : ListNumbers
        Definitions of lists.
    """

    document: Document
    style_ids: Mapping[str, str]
    frame: PageFrame
    bookmarks: Mapping[str, str]
    formulas: Mapping[str, Element]
    air: float = OWN_AIR
    parts: Mapping[str, str] = field(default_factory=dict)
    lists: ListNumbers = field(init=False)
    _ids: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def __post_init__(self) -> None:
        """Find or make the part that defines lists."""
        self.lists = ListNumbers(self.document)

    def style(self, name: str) -> str:
        """Return a style's id."""
        return self.style_ids[name.lower()]

    def next_id(self) -> int:
        """Return a number that nothing else in the document has."""
        return next(self._ids)

    def link(self, address: str) -> str:
        """Return the relationship of an outside address."""
        return self.document.part.relate_to(address, _HYPERLINK, is_external=True)

    def paragraph(
        self, style: str, content: Iterable[Element], properties: Iterable[Element] = ()
    ) -> Element:
        """Return a paragraph; properties come in the schema's order, after its style."""
        first = make_value("w:pStyle", self.style(style))
        settings = make_element("w:pPr", children=[first, *properties])
        return make_element("w:p", children=[settings, *content])

    def mark(self, anchor: str, content: Iterable[Element]) -> list[Element]:
        """Return a heading's content, between the ends of a bookmark if something leads to it."""
        name = self.parts.get(anchor)
        return make_bookmark(self.next_id(), name, content) if name else list(content)

    def words(self, style: str, text: str, properties: Iterable[Element] = ()) -> Element:
        """Return a paragraph of plain words."""
        return self.paragraph(style, [make_run(text)], properties)


class ListNumbers:
    """Numbered and bulleted lists; each numbered one counts from its own start.

    Parameters
    ----------
    document : docx.document.Document
        Its numbering is kept and added to.
    """

    def __init__(self, document: Document) -> None:
        self._root = _get_numbering(document)
        self._kinds: dict[bool, int] = {}
        self._bullets: int | None = None

    def bullets(self) -> int:
        """Return the number of the bulleted list."""
        if self._bullets is None:
            self._bullets = self._add_list(ordered=False)
        return self._bullets

    def ordered(self, start: int = 1) -> int:
        """Return the number of a new list that counts from `start`."""
        return self._add_list(ordered=True, start=start)

    def _add_list(self, *, ordered: bool, start: int = 1) -> int:
        if ordered not in self._kinds:
            self._kinds[ordered] = self._add_kind(ordered)
        number = self._next(qn("w:num"), qn("w:numId"))
        children = [make_value("w:abstractNumId", self._kinds[ordered])]
        if ordered:
            begin = make_value("w:startOverride", start)
            children.append(make_element("w:lvlOverride", {"w:ilvl": "0"}, [begin]))
        self._root.append(make_element("w:num", {"w:numId": str(number)}, children))
        return number

    def _add_kind(self, ordered: bool) -> int:
        number = self._next(qn("w:abstractNum"), qn("w:abstractNumId"))
        levels = [_make_level(level, ordered=ordered) for level in range(_LEVELS)]
        kind = make_element(
            "w:abstractNum",
            {"w:abstractNumId": str(number)},
            [make_value("w:multiLevelType", "multilevel"), *levels],
        )
        first = self._root.find(qn("w:num"))
        if first is None:
            self._root.append(kind)
        else:
            first.addprevious(kind)
        return number

    def _next(self, tag: str, name: str) -> int:
        used = (int(child.get(name, "0")) for child in self._root.iterchildren(tag))
        return max(used, default=0) + 1


def _get_numbering(document: Document) -> Element:
    part = document.part
    for rel in part.rels.values():
        if rel.reltype == RT.NUMBERING:
            return rel.target_part.element
    root = OxmlElement("w:numbering")
    made = NumberingPart(PackURI("/word/numbering.xml"), CT.WML_NUMBERING, root, part.package)
    part.relate_to(made, RT.NUMBERING)
    return root


def _make_level(level: int, *, ordered: bool) -> Element:
    step = _LIST_STEP_TWIPS
    place = {"w:left": str(step * (level + 1)), "w:hanging": str(step)}
    kind = _COUNTERS[level % len(_COUNTERS)] if ordered else "bullet"
    text = f"%{level + 1}." if ordered else _BULLETS[level % len(_BULLETS)]
    return make_element(
        "w:lvl",
        {"w:ilvl": str(level)},
        [
            make_value("w:start", 1),
            make_value("w:numFmt", kind),
            make_value("w:lvlText", text),
            make_value("w:lvlJc", "left"),
            make_element("w:pPr", children=[make_element("w:ind", place)]),
        ],
    )
