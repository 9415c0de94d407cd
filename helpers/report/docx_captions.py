"""Captions with numbers that a word processor can count anew, and notes below tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from helpers.document import TableBlock
from helpers.report.docx_context import WordContext
from helpers.report.docx_xml import (
    BOLD,
    PLAIN,
    RAISED,
    Element,
    make_bookmark,
    make_element,
    make_field,
    make_run,
    name_bookmark,
)
from helpers.report.wording import bind_numbers, list_abbreviations

_TWIPS_PER_PT = 20
_SPACE_BELOW_TWIPS = "280"
#: A longer caption may be parted from what it names.
_LONGEST_KEPT = 1500


def write_caption(
    context: WordContext,
    label: str,
    title: str,
    words: str = "",
    abbreviations: Mapping[str, str] | None = None,
    *,
    is_above: bool = False,
    overhang_pt: float = 0.0,
) -> Element:
    """Return a caption: its label between the ends of a bookmark, its number a field.

    Parameters
    ----------
    context : WordContext
        Of the document.
    label : str
        Such as ``Supplementary Table 3``.
    title, words : str
        First sentence, in bold below a figure, and what follows it.
    abbreviations : mapping of str to str, optional
        Printed at its end.
    is_above : bool
        Whether it stands above what it names, and so must stay with it.
    overhang_pt : float
        How far it goes out into each margin, as what it names does.
    """
    series, _, number = label.rpartition(" ")
    counter = make_field(f"SEQ {name_bookmark(series)} \\* ARABIC", number, BOLD)
    named = make_bookmark(
        context.next_id(), name_bookmark(label), [make_run(f"{series}\u00a0", BOLD), *counter]
    )
    below = " ".join(text for text in (words, list_abbreviations(abbreviations or {})) if text)
    heading = make_run(bind_numbers(title), PLAIN if is_above else BOLD)
    content = [*named, make_run(". ", BOLD), heading]
    if below:
        content.append(make_run(f" {bind_numbers(below)}"))
    space = make_element("w:spacing", {"w:after": _SPACE_BELOW_TWIPS})
    is_long = len(title) + len(below) > _LONGEST_KEPT
    settings = [make_element("w:keepNext") if is_above and not is_long else space]
    settings += _go_out(overhang_pt)
    return context.paragraph("caption", content, settings)


def write_notes(
    context: WordContext, block: TableBlock, overhang_pt: float = 0.0
) -> Iterator[Element]:
    """Yield the notes below a table, each behind its raised letter, and its abbreviations."""
    lines = [[make_run(key, RAISED), make_run(f" {text}")] for key, text in block.notes.items()]
    if block.abbreviations:
        lines.append([make_run(list_abbreviations(block.abbreviations))])
    for number, line in enumerate(lines or [[]], 1):
        is_last = number == max(len(lines), 1)
        space = make_element("w:spacing", {"w:after": _SPACE_BELOW_TWIPS})
        settings = [space] if is_last else [make_element("w:keepNext")]
        settings += _go_out(overhang_pt)
        yield context.paragraph("Table Note", line, settings)


def _go_out(overhang_pt: float) -> list[Element]:
    if not overhang_pt:
        return []
    out = str(-round(overhang_pt * _TWIPS_PER_PT))
    return [make_element("w:ind", {"w:left": out, "w:right": out})]
