"""Write the tables of a page as a workbook, one sheet each, behind a sheet of contents."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence

from openpyxl import Workbook
from openpyxl.packaging.core import DocumentProperties
from openpyxl.styles import Font
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.xml.functions import tostring

from helpers.report.nodes import TableNode
from helpers.report.pages import SYNTHETIC_BANNER, SYNTHETIC_NOTE, Page
from helpers.report.text import clean_text
from helpers.report.wording import split_author
from helpers.report.xlsx_cells import WRAPPED, lead_to, write_text
from helpers.report.xlsx_sheet import fill_sheet
from helpers.report.zip_files import get_source_date, settle_zip

CONTENTS = "Contents"
_LONGEST_NAME = 31
_FORBIDDEN = re.compile(r"[\[\]:*?/\\'\x00-\x1f]+")
_CORE = "docProps/core.xml"
_EXPLANATION = (
    "One sheet for each table, as printed in the manuscript. A cell that is one number is a "
    "number with the printed decimals; estimates with intervals and shares are text."
)
_LINK = Font(name="Arial", size=10, color="1F4E79", underline="single")


def write_xlsx(page: Page) -> bytes:
    """Return the tables of a page as a workbook, the same bytes on every run.

    Parameters
    ----------
    page : Page
        Whose tables are wanted.

    Returns
    -------
    bytes
        No cell is a formula, whatever it begins with. Numbers have the printed precision
        alone. Its date is the environment's ``SOURCE_DATE_EPOCH``, or 1970.
    """
    tables = [node for node in page.nodes if isinstance(node, TableNode)]
    names = name_sheets([node.label for node in tables])
    book = Workbook()
    contents = book.active
    contents.title = CONTENTS
    for node, name in zip(tables, names, strict=True):
        fill_sheet(book.create_sheet(name), node, back_to=CONTENTS)
    _fill_contents(contents, page, list(zip(tables, names, strict=True)))
    book.properties = _make_properties(page)
    buffer = io.BytesIO()
    book.save(buffer)
    return settle_zip(buffer.getvalue(), {_CORE: tostring(_make_properties(page).to_tree())})


def name_sheets(labels: Iterable[str]) -> list[str]:
    """Return a sheet's name for each label: at most 31 letters, all different, none forbidden.

    Examples
    --------
    >>> name_sheets(["Table 1", "table 1", "[x]/y", ""])
    ['Table 1', 'table 1 (2)', 'x y', 'Table']
    """
    names: list[str] = []
    taken = {CONTENTS.lower(), "history"}
    for label in labels:
        plain = " ".join(_FORBIDDEN.sub(" ", clean_text(label)).split()) or "Table"
        name, count = plain[:_LONGEST_NAME].rstrip(), 1
        while name.lower() in taken:
            count += 1
            ending = f" ({count})"
            name = plain[: _LONGEST_NAME - len(ending)].rstrip() + ending
        taken.add(name.lower())
        names.append(name)
    return names


def _fill_contents(sheet: Worksheet, page: Page, tables: Sequence[tuple[TableNode, str]]) -> None:
    write_text(sheet.cell(1, 1), page.title, font=Font(name="Arial", size=14, bold=True))
    row = 2
    if page.synthetic:
        notice = f"{SYNTHETIC_BANNER}. {SYNTHETIC_NOTE}"
        write_text(sheet.cell(row, 1), notice, font=Font(name="Arial", size=10, bold=True))
        row += 1
    write_text(sheet.cell(row, 1), _EXPLANATION)
    row += 2
    for column, text in enumerate(("Sheet", "Table", "Rows"), 1):
        write_text(sheet.cell(row, column), text, font=Font(name="Arial", size=10, bold=True))
    for number, (node, name) in enumerate(tables, row + 1):
        link = sheet.cell(number, 1)
        write_text(link, name, font=_LINK)
        lead_to(link, name)
        write_text(sheet.cell(number, 2), node.block.title, alignment=WRAPPED)
        sheet.cell(number, 3).value = len(node.block.rows)
        sheet.cell(number, 3).font = Font(name="Arial", size=10)
    for column, width in zip("ABC", (26, 90, 8), strict=True):
        sheet.column_dimensions[column].width = width
    sheet.sheet_view.showGridLines = False
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True


def _make_properties(page: Page) -> DocumentProperties:
    date = get_source_date().replace(tzinfo=None)
    return DocumentProperties(
        title=clean_text(page.title),
        creator=clean_text("; ".join(split_author(author)[0] for author in page.authors)),
        keywords=clean_text("; ".join(page.keywords)) or None,
        language="en-GB",
        created=date,
        modified=date,
    )
