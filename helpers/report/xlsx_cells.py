"""Cells of a workbook that are what was printed, and never a formula."""

from __future__ import annotations

import re
from dataclasses import dataclass

from openpyxl.cell import Cell as SheetCell
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Alignment, Font
from openpyxl.worksheet.hyperlink import Hyperlink

from helpers.document import Cell
from helpers.report.text import clean_text

FONT = Font(name="Arial", size=10)
BOLD_FONT = Font(name="Arial", size=10, bold=True)
WRAPPED = Alignment(wrap_text=True, vertical="top")
_LONGEST_TEXT = 32_000
_NUMBER = re.compile(r"(?P<sign>[-\u2212])?(?P<whole>0|[1-9]\d{0,11})?(?P<rest>\.\d{1,10})?")
_GROUPED = re.compile(r"[1-9]\d{0,2}(,\d{3}){1,3}")


@dataclass(frozen=True, slots=True)
class PrintedNumber:
    """A number as printed, and the format in which a spreadsheet shows it so."""

    value: float | int
    number_format: str


def read_number(text: str) -> PrintedNumber | None:
    """Return the number that a text is, or None where it is not one number alone.

    Parameters
    ----------
    text : str
        As printed. An identifier with zeros before it is none, nor is a decimal comma,
        which a spreadsheet sets by the reader's own language.

    Examples
    --------
    >>> read_number("0.050")
    PrintedNumber(value=0.05, number_format='0.000')
    >>> read_number("1,250").value, read_number("007"), read_number("<0.001")
    (1250, None, None)
    """
    if _GROUPED.fullmatch(text):
        return PrintedNumber(int(text.replace(",", "")), "#,##0")
    match = _NUMBER.fullmatch(text)
    if match is None or not (match["whole"] or match["rest"]):
        return None
    whole, rest = match["whole"] or "", match["rest"] or ""
    plain = f"{'-' if match['sign'] else ''}{whole or '0'}{rest}"
    if not rest:
        return PrintedNumber(int(plain), "0")
    return PrintedNumber(float(plain), f"{'0' if whole else ''}.{'0' * (len(rest) - 1)}")


def write_text(
    target: SheetCell, text: str, *, font: Font = FONT, alignment: Alignment | None = None
) -> None:
    """Write text as text: what begins with ``=`` or ``@`` is not computed."""
    target.font = font
    if alignment is not None:
        target.alignment = alignment
    cleaned = _limit(text)
    if not cleaned:
        return
    target.value = cleaned
    target.data_type = "s"
    target.quotePrefix = cleaned[:1] in {"=", "+", "-", "@", "'"}


def write_cell(target: SheetCell, cell: Cell, *, font: Font, alignment: Alignment) -> None:
    """Write a table's cell: a number as one, all else as text, note letters raised."""
    number = None if cell.notes else read_number(cell.text.strip())
    if number is not None:
        target.value = number.value
        target.number_format = number.number_format
        target.font, target.alignment = font, alignment
        return
    write_text(target, cell.text, font=font, alignment=alignment)
    if cell.notes:
        target.value = _join(cell.text, ",".join(cell.notes), font)


def write_note(target: SheetCell, key: str, text: str, *, font: Font) -> None:
    """Write a note below a table behind its raised letter, if it has one."""
    write_text(target, text, font=font, alignment=WRAPPED)
    if key:
        target.value = _join("", key, font, after=f" {text}")


def lead_to(cell: SheetCell, sheet_name: str) -> None:
    """Make a cell a link to the first cell of another sheet."""
    cell.hyperlink = Hyperlink(ref=cell.coordinate, location=f"'{sheet_name}'!A1")


def _join(words: str, raised: str, font: Font, after: str = "") -> CellRichText:
    plain = InlineFont(rFont=font.name, sz=font.size, b=font.bold)
    above = InlineFont(rFont=font.name, sz=font.size, b=font.bold, vertAlign="superscript")
    pieces = ((plain, words), (above, raised), (plain, after))
    return CellRichText([TextBlock(form, _limit(text)) for form, text in pieces if text])


def _limit(text: str) -> str:
    cleaned = clean_text(text)
    return cleaned if len(cleaned) <= _LONGEST_TEXT else f"{cleaned[:_LONGEST_TEXT]}\u2026"
