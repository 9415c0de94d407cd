"""Elements of WordprocessingML: runs, fields, bookmarks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from docx.oxml.ns import qn
from docx.oxml.parser import OxmlElement
from docx.oxml.xmlchemy import BaseOxmlElement

from helpers.report.text import clean_text

Element = BaseOxmlElement

_BREAKS = re.compile(r"([\t\n])")
_BREAK_TAGS = {"\t": "w:tab", "\n": "w:br"}
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"


@dataclass(frozen=True, slots=True)
class RunFormat:
    """How letters look beyond their paragraph's style; `style_id` is a character style."""

    bold: bool = False
    italic: bool = False
    struck: bool = False
    position: str = ""
    style_id: str = ""


PLAIN = RunFormat()
BOLD = RunFormat(bold=True)
RAISED = RunFormat(position="superscript")


def make_element(
    tag: str, attributes: Mapping[str, str] | None = None, children: Iterable[Element] = ()
) -> Element:
    """Return an element; tag and attributes carry their usual prefixes.

    Examples
    --------
    >>> make_element("w:tblHeader", {"w:val": "true"}).tag.endswith("}tblHeader")
    True
    """
    element = OxmlElement(tag)
    for name, value in (attributes or {}).items():
        element.set(qn(name), value)
    element.extend(children)
    return element


def make_value(tag: str, value: str | int) -> Element:
    """Return an element whose one attribute is ``w:val``."""
    return make_element(tag, {"w:val": str(value)})


def make_run(text: str, form: RunFormat = PLAIN) -> Element:
    """Return a run of cleaned text; line breaks and tabulators become their elements."""
    run = make_element("w:r")
    properties = list(_list_properties(form))
    if properties:
        run.append(make_element("w:rPr", children=properties))
    for piece in _BREAKS.split(clean_text(text)):
        if piece in _BREAK_TAGS:
            run.append(make_element(_BREAK_TAGS[piece]))
        elif piece:
            words = make_element("w:t")
            words.text = piece
            words.set(_SPACE, "preserve")
            run.append(words)
    return run


def _list_properties(form: RunFormat) -> Iterator[Element]:
    if form.style_id:
        yield make_value("w:rStyle", form.style_id)
    if form.bold:
        yield make_element("w:b")
    if form.italic:
        yield make_element("w:i")
    if form.struck:
        yield make_element("w:strike")
    if form.position:
        yield make_value("w:vertAlign", form.position)


def make_field(instruction: str, shown: str, form: RunFormat = PLAIN) -> list[Element]:
    r"""Return the runs of a field that already shows its result.

    Parameters
    ----------
    instruction : str
        Such as ``REF Table_1 \h``.
    shown : str
        Its result, right without an update.
    form : RunFormat
        Of the result.
    """
    code = make_element("w:instrText")
    code.text = f" {instruction} "
    code.set(_SPACE, "preserve")
    return [
        _make_part(form, _make_mark("begin")),
        _make_part(form, code),
        _make_part(form, _make_mark("separate")),
        make_run(shown, form),
        _make_part(form, _make_mark("end")),
    ]


def _make_part(form: RunFormat, part: Element) -> Element:
    run = make_run("", form)
    run.append(part)
    return run


def _make_mark(kind: str) -> Element:
    return make_element("w:fldChar", {"w:fldCharType": kind})


def make_bookmark(number: int, name: str, content: Iterable[Element]) -> list[Element]:
    """Return content between the two ends of a bookmark."""
    start = make_element("w:bookmarkStart", {"w:id": str(number), "w:name": name})
    end = make_element("w:bookmarkEnd", {"w:id": str(number)})
    return [start, *content, end]


def make_inner_link(anchor: str, content: Iterable[Element], *, tip: str = "") -> Element:
    """Return content that leads to the bookmark of an anchor."""
    attributes = {"w:anchor": name_bookmark(anchor), "w:history": "1"}
    if tip:
        attributes["w:tooltip"] = tip
    return make_element("w:hyperlink", attributes, content)


def name_bookmark(label: str) -> str:
    """Return the bookmark's name for a label: letters, digits, underscores, at most 40.

    Examples
    --------
    >>> name_bookmark("Supplementary Table 10")
    'Supplementary_Table_10'
    """
    return re.sub(r"[^A-Za-z0-9_]+", "_", label)[:40]
