"""Paper, margins, heads and feet of a Word file."""

from __future__ import annotations

from dataclasses import dataclass

from docx.document import Document
from docx.oxml.ns import qn

from helpers.report.docx_xml import (
    BOLD,
    Element,
    make_element,
    make_field,
    make_run,
    make_value,
)
from helpers.report.pages import SYNTHETIC_BANNER, Page
from helpers.report.print_options import PaperSize

_TWIPS_PER_PT = 20
_SIZES_TWIPS = {"a4": (11906, 16838), "letter": (12240, 15840)}
_MARGIN_TWIPS = 1417
_HEAD_TWIPS = 709
#: How far a wide table or figure may go out into each margin, and what stays white.
_OVERHANG_PT = 27.0
_WHITE_PT = 28.0


@dataclass(frozen=True, slots=True)
class PageFrame:
    """Paper and margins, in twips (a twentieth of a point)."""

    width: int
    height: int
    left: int
    right: int
    top: int
    bottom: int
    head: int = _HEAD_TWIPS
    foot: int = _HEAD_TWIPS

    @property
    def text_width_pt(self) -> float:
        """Return the width of running text, pt."""
        return (self.width - self.left - self.right) / _TWIPS_PER_PT

    @property
    def text_height_pt(self) -> float:
        """Return the height of the text on a page, pt."""
        return (self.height - self.top - self.bottom) / _TWIPS_PER_PT

    @property
    def room_pt(self) -> float:
        """Return the width that a table or figure may take with some of the margins, pt."""
        narrow = min(self.left, self.right) / _TWIPS_PER_PT
        return self.text_width_pt + 2 * max(0.0, min(_OVERHANG_PT, narrow - _WHITE_PT))

    def turn(self) -> PageFrame:
        """Return the paper on its side, with the margins turned along."""
        return PageFrame(
            width=self.height,
            height=self.width,
            left=self.top,
            right=self.bottom,
            top=self.right,
            bottom=self.left,
            head=min(self.head, self.right // 2),
            foot=min(self.foot, self.left // 2),
        )


def read_frame(document: Document) -> PageFrame:
    """Return the paper and margins of a document's last section."""
    section = document.element.body.get_or_add_sectPr()
    size, margins = section.find(qn("w:pgSz")), section.find(qn("w:pgMar"))

    def read(element: Element | None, name: str, default: int) -> int:
        value = None if element is None else element.get(qn(f"w:{name}"))
        return abs(round(float(value))) if value else default

    width, height = _SIZES_TWIPS["a4"]
    return PageFrame(
        width=read(size, "w", width),
        height=read(size, "h", height),
        left=read(margins, "left", _MARGIN_TWIPS),
        right=read(margins, "right", _MARGIN_TWIPS),
        top=read(margins, "top", _MARGIN_TWIPS),
        bottom=read(margins, "bottom", _MARGIN_TWIPS),
        head=read(margins, "header", _HEAD_TWIPS),
        foot=read(margins, "footer", _HEAD_TWIPS),
    )


def make_frame(size: PaperSize) -> PageFrame:
    """Return the paper of a manuscript, with 25 mm around its text."""
    width, height = _SIZES_TWIPS[size]
    return PageFrame(width, height, *(_MARGIN_TWIPS,) * 4)


def write_head_and_foot(document: Document, page: Page, style_ids: dict[str, str]) -> None:
    """Write the running head, and the number of each page and of all, into the first section."""
    section = document.sections[0]
    head, foot = section.header, section.footer
    head.is_linked_to_previous = foot.is_linked_to_previous = False
    content = [make_run(page.running_head or page.title)]
    if page.synthetic:
        content = [make_run(SYNTHETIC_BANNER, BOLD), make_run(" \u00b7 "), *content]
    _fill(head._element, content, style_ids["header"])
    numbers = [
        make_run("Page "),
        *make_field("PAGE", "1"),
        make_run(" of "),
        *make_field("NUMPAGES", "1"),
    ]
    _fill(foot._element, numbers, style_ids["footer"])


def _fill(element: Element, content: list[Element], style_id: str) -> None:
    for child in list(element):
        element.remove(child)
    style = make_element("w:pPr", children=[make_value("w:pStyle", style_id)])
    element.append(make_element("w:p", children=[style, *content]))


def set_section(section: Element, frame: PageFrame, *, sideways: bool, line_numbers: bool) -> None:
    """Give a section its paper and margins; its head and foot stay, or are the last one's."""
    for child in list(section):
        if child.tag not in {qn("w:headerReference"), qn("w:footerReference")}:
            section.remove(child)
    shown = frame.turn() if sideways else frame
    size = {"w:w": str(shown.width), "w:h": str(shown.height)}
    if sideways:
        size["w:orient"] = "landscape"
    margins = {
        "w:top": shown.top,
        "w:right": shown.right,
        "w:bottom": shown.bottom,
        "w:left": shown.left,
        "w:header": shown.head,
        "w:footer": shown.foot,
        "w:gutter": 0,
    }
    section.append(make_value("w:type", "nextPage"))
    section.append(make_element("w:pgSz", size))
    section.append(make_element("w:pgMar", {name: str(value) for name, value in margins.items()}))
    if line_numbers:
        numbers = {"w:countBy": "1", "w:distance": "284", "w:restart": "continuous"}
        section.append(make_element("w:lnNumType", numbers))
    section.append(make_element("w:cols", {"w:space": "720"}))
