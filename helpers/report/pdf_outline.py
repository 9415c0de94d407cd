"""On which sheet of a PDF each entry of its outline begins."""

from __future__ import annotations

import re
from collections.abc import Sequence

from helpers.report.html_head import ABSTRACT_ANCHOR
from helpers.report.pages import Page

_OUTLINES = re.compile(rb"/Outlines (\d+) 0 R")
_PAGES = re.compile(rb"/Type/Pages/Count \d+/Kids\[([\d R]*)\]")
_FIRST = re.compile(rb"/First (\d+) 0 R")
_NEXT = re.compile(rb"/Next (\d+) 0 R")
_TARGET = re.compile(rb"/Dest (\d+) 0 R")
_PLACE = re.compile(rb"\[\s*(\d+) 0 R\s*/XYZ")
_NUMBER = re.compile(rb"(\d+) 0 R")


def find_sheets(pdf: bytes, page: Page) -> dict[str, int]:
    """Return the number of the sheet, from 1, on which each heading of a page stands.

    Parameters
    ----------
    pdf : bytes
        Of the page, as the typesetter wrote it: objects in plain sight.
    page : Page
        Whose headings are the entries of the outline.

    Returns
    -------
    dict of str to int
        By anchor; empty if the outline does not read as the headings do.
    """
    anchors = [ABSTRACT_ANCHOR] if page.abstract else []
    anchors += [heading.anchor for heading in page.headings]
    sheets = list_outline(pdf)
    return dict(zip(anchors, sheets, strict=True)) if len(anchors) == len(sheets) else {}


def list_outline(pdf: bytes) -> Sequence[int]:
    """Return the sheet of each entry of the outline, in reading order; empty if it has none."""
    root, pages = _OUTLINES.search(pdf), _PAGES.search(pdf)
    if root is None or pages is None:
        return []
    sheets = {int(kid): n for n, kid in enumerate(_NUMBER.findall(pages[1]), 1)}
    found: list[int] = []
    waiting = [_follow(_FIRST, _read(pdf, int(root[1])))]
    while waiting:
        number = waiting.pop()
        if number is None:
            continue
        entry = _read(pdf, number)
        place = _PLACE.search(_read(pdf, _follow(_TARGET, entry) or 0))
        found.append(sheets.get(int(place[1]), 0) if place else 0)
        waiting += [_follow(_NEXT, entry), _follow(_FIRST, entry)]
    return found if all(found) else []


def _read(pdf: bytes, number: int) -> bytes:
    """Return an object's bytes, nothing if there is none."""
    start = pdf.find(b"\n%d 0 obj" % number)
    return pdf[start : pdf.find(b"endobj", start)] if start >= 0 else b""


def _follow(pattern: re.Pattern[bytes], entry: bytes) -> int | None:
    match = pattern.search(entry)
    return int(match[1]) if match else None
