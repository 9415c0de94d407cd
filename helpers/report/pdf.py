"""Compile a page to PDF: tagged, archivable, the same bytes on every run."""

from __future__ import annotations

import os
import re
from functools import cache

import typst

from helpers.errors import BuildError
from helpers.report.nodes import TableNode
from helpers.report.pages import Page
from helpers.report.pdf_row_heads import tag_row_heads
from helpers.report.typst_source import write_typst

STANDARDS = ("ua-1", "a-2a")
_REPLACEMENT = "\ufffd"
_UNPRINTABLE = re.compile(r"could not be displayed")


def write_pdf(page: Page) -> bytes:
    """Return the page as PDF/UA-1 and PDF/A-2a.

    Parameters
    ----------
    page : Page
        What to print.

    Returns
    -------
    bytes
        Made with the fonts inside the typesetter alone. Its date is the environment's
        ``SOURCE_DATE_EPOCH``, or 1970. A character that no font has is printed as U+FFFD, and
        the end of the document says how many there are.

    Raises
    ------
    BuildError
        If the typesetter refuses the page.
    """
    source = write_typst(page)
    n_lost = count_unprintable(source)
    source = replace_unprintable(source)
    if n_lost:
        source += f"#unprinted({n_lost})\n"
    tables = [node.block for node in page.nodes if isinstance(node, TableNode)]
    try:
        return tag_row_heads(_compile(source), tables)
    except typst.TypstError as error:
        raise BuildError(
            f"the PDF of {page.title!r} could not be set: {error.message}; leave pdf out of "
            "`formats` and report this"
        ) from error


def replace_unprintable(text: str) -> str:
    """Return text with U+FFFD for each character that the fonts lack."""
    missing = find_unprintable(_list_unusual(text))
    return text.translate({ord(character): _REPLACEMENT for character in missing})


def count_unprintable(text: str) -> int:
    """Return how many characters of a text the fonts lack."""
    missing = find_unprintable(_list_unusual(text))
    return sum(text.count(character) for character in missing)


def _list_unusual(text: str) -> frozenset[str]:
    return frozenset(character for character in set(text) if ord(character) > 0x17F)


@cache
def find_unprintable(characters: frozenset[str]) -> frozenset[str]:
    """Return the characters that no font inside the typesetter has.

    The typesetter does not list what its fonts hold, but refuses an accessible PDF with a
    character that they lack: all are tried at once, and halves where that fails.
    """
    missing: set[str] = set()
    waiting = [sorted(characters)]
    while waiting:
        group = waiting.pop()
        if not group or _can_print(group):
            continue
        if len(group) == 1:
            missing.update(group)
        else:
            middle = len(group) // 2
            waiting += [group[:middle], group[middle:]]
    return frozenset(missing)


def _can_print(characters: list[str]) -> bool:
    codes = ", ".join(str(ord(character)) for character in characters)
    source = (
        '#set document(title: "probe")\n'
        '#set text(font: ("Libertinus Serif", "New Computer Modern Math"))\n'
        f'#(({codes},).map(code => str.from-unicode(code)).join(" "))\n'
    )
    try:
        _compile(source)
    except typst.TypstError as error:
        if _UNPRINTABLE.search(error.message):
            return False
        raise
    return True


def _compile(source: str) -> bytes:
    return typst.compile(
        source.encode("utf-8"),
        format="pdf",
        font_paths=_load_fonts(),
        ignore_system_fonts=True,
        pdf_standards=list(STANDARDS),
        timestamp=int(os.environ.get("SOURCE_DATE_EPOCH") or 0),
    )


@cache
def _load_fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True)
