"""Figures in a Word file: pictures of 300 dpi with words for who cannot see them."""

from __future__ import annotations

import io
from collections.abc import Iterable

import typst
from docx.image.exceptions import (
    InvalidImageStreamError,
    UnexpectedEndOfFileError,
    UnrecognizedImageError,
)
from docx.oxml.ns import qn
from docx.oxml.shape import CT_Inline
from docx.shared import Mm, Pt

from helpers.document import FigureBlock
from helpers.report.docx_context import WordContext
from helpers.report.docx_xml import Element, make_element, make_run
from helpers.report.svg import SvgError, clean_svg
from helpers.report.text import clean_text, quote_typst

DPI = 300
_TWIPS_PER_PT = 20
#: Room for a caption below the tallest picture.
_HIGHEST = 0.8
_FOREIGN_WIDTH_MM = 150.0
_BROKEN = (
    InvalidImageStreamError,
    UnexpectedEndOfFileError,
    UnrecognizedImageError,
    ValueError,
    KeyError,
    ZeroDivisionError,
)


def make_picture(context: WordContext, block: FigureBlock, label: str) -> Element:
    """Return the paragraph with a figure's drawing, as wide as it is meant to be printed."""
    words = block.text
    said = " ".join(text for text in (words.alt or words.title, words.description) if text)
    png = block.png or _draw(block.svg, block.width_mm)
    return make_drawing(context, png, width_mm=block.width_mm, name=label, words=said)


def make_foreign_picture(context: WordContext, png: bytes, svg: str, words: str) -> Element:
    """Return the paragraph with what a cell of somebody's notebook shows."""
    png = png or _draw(svg, _FOREIGN_WIDTH_MM)
    said = words or "Picture without a description"
    return make_drawing(context, png, width_mm=None, name="Picture", words=said)


def make_drawing(
    context: WordContext, png: bytes, *, width_mm: float | None, name: str, words: str
) -> Element:
    """Return a paragraph with a picture; its words alone where it cannot be read.

    Parameters
    ----------
    context : WordContext
        Of the document.
    png : bytes
        The picture.
    width_mm : float, optional
        Printed width; that of its own resolution without one. No picture is wider than the
        paper allows, or so high that its caption has no room.
    name, words : str
        Title and description for who cannot see it.
    """
    try:
        relation, image = context.document.part.get_or_add_image(io.BytesIO(png))
        ratio = image.px_height / image.px_width
        wanted = Mm(width_mm) if width_mm else image.width
    except _BROKEN:
        return context.words("Figure", f"[{words}]")
    width = min(wanted, Pt(context.frame.room_pt), _HIGHEST * Pt(_get_height(context)) / ratio)
    number = context.next_id()
    inline = CT_Inline.new_pic_inline(
        number, relation, f"picture{number}.png", round(width), round(width * ratio)
    )
    _describe(inline, name, words)
    run = make_run("")
    run.append(make_element("w:drawing", children=[inline]))
    return context.paragraph("Figure", [run], _go_out(context, width))


def _get_height(context: WordContext) -> float:
    return context.frame.text_height_pt


def _describe(inline: Element, name: str, words: str) -> None:
    properties = inline.find(qn("wp:docPr"))
    properties.set("name", clean_text(name))
    properties.set("title", clean_text(name))
    properties.set("descr", clean_text(words))


def _go_out(context: WordContext, width: float) -> Iterable[Element]:
    """Let a picture that is wider than the text go out into both margins."""
    over = round((width / Pt(1) - context.frame.text_width_pt) * _TWIPS_PER_PT / 2)
    if over <= 0:
        return []
    return [make_element("w:ind", {"w:left": str(-over), "w:right": str(-over)})]


def _draw(svg: str, width_mm: float) -> bytes:
    """Return a vector drawing as a picture, or nothing where it cannot be drawn."""
    try:
        source = quote_typst(clean_svg(svg))
        page = (
            "#set page(width: auto, height: auto, margin: 0pt)\n"
            f'#image(bytes({source}), format: "svg", width: {width_mm:g}mm)\n'
        )
        return typst.compile(page.encode("utf-8"), format="png", ppi=DPI, ignore_system_fonts=True)
    except (SvgError, typst.TypstError):
        return b""
