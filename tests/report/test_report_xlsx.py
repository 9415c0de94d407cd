"""The workbook of all tables."""

import io
import zipfile

import openpyxl
import pytest
from openpyxl.cell.rich_text import CellRichText
from report_pages import make_hostile_page, make_page, make_sample_page
from sample_report import HOSTILE, make_notebook

from helpers.document import Cell, TableBlock
from helpers.report.nodes import TableNode
from helpers.report.pages import Page
from helpers.report.text import clean_text
from helpers.report.xlsx import name_sheets, write_xlsx
from helpers.report.xlsx_cells import read_number


def read_book(data):
    return openpyxl.load_workbook(io.BytesIO(data), rich_text=True)


def make_book(*rows, header=(), notes=None):
    table = TableBlock("table.x", "X.", header, rows, "lr", notes or {})
    return read_book(write_xlsx(Page(title="T", nodes=(TableNode(table, "Table 1", "at-x"),))))


@pytest.fixture(scope="module")
def data():
    return write_xlsx(make_sample_page())


@pytest.fixture(scope="module")
def book(data):
    return read_book(data)


def test_one_sheet_for_each_table_behind_the_contents(book):
    assert book.sheetnames == [
        "Contents",
        "Table 1",
        "Table 2",
        "Table 3",
        "Table 4",
        "Supplementary Table 1",
    ]
    contents = book["Contents"]
    words = [cell.value for row in contents.iter_rows() for cell in row if cell.value]
    assert words[:2] == [
        "Outcome after lenalidomide failure",
        "SYNTHETIC DATA. Every patient in this report is simulated; no result describes a real "
        "person.",
    ]
    links = {cell.value: cell.hyperlink.location for cell in contents["A"] if cell.hyperlink}
    assert links == {name: f"'{name}'!A1" for name in book.sheetnames[1:]}
    for name in book.sheetnames[1:]:
        assert book[name]["A2"].hyperlink.location == "'Contents'!A1"


def test_head_is_merged_and_frozen(book):
    sheet = book["Table 1"]
    assert sheet["A1"].value == "Table 1. Factors of overall survival."
    assert {str(merged) for merged in sheet.merged_cells.ranges} >= {
        "A3:A4",
        "B3:B4",
        "C3:D3",
        "E3:F3",
    }
    assert sheet.freeze_panes == "B5"
    assert sheet.print_title_rows == "$3:$4"
    widths = [sheet.column_dimensions[letter].width for letter in "ABCDEF"]
    assert len(set(widths)) > 2


def test_cells_are_as_printed(book):
    sheet = book["Table 1"]
    rows = [[cell.value for cell in row] for row in sheet["A5:F7"]]
    assert rows[0] == ["Age at failure", None, None, None, None, None]
    assert [str(value) for value in rows[1][:3]] == ["Reference", "286 (150)", "1b"]
    assert rows[2] == [
        "Adverse",
        "106 (72)",
        "1.64 (1.24 to 2.18)",
        "<0.001",
        "1.51 (1.12 to 2.03)",
        0.007,
    ]
    assert sheet["F7"].number_format == "0.000"
    assert sheet["A5"].font.bold
    assert not sheet["A6"].font.bold
    assert sheet["A6"].alignment.indent == 1


def test_notes_stand_below_with_raised_letters(book):
    sheet = book["Table 1"]
    below = [cell.value for cell in sheet["A"][4:] if cell.value is not None][-3:]
    assert [str(value) for value in below] == [
        "a Wald test.",
        "b Reference level.",
        "CI, confidence interval; HR, hazard ratio; WHO, World Health Organization.",
    ]
    assert isinstance(below[0], CellRichText)
    assert below[0][0].font.vertAlign == "superscript"


@pytest.mark.parametrize(
    ("text", "value", "form"),
    [
        ("392", 392, "0"),
        ("0", 0, "0"),
        ("23.0", 23.0, "0.0"),
        ("-0.35", -0.35, "0.00"),
        ("\u22121.2", -1.2, "0.0"),
        (".007", 0.007, ".000"),
        ("12,345", 12345, "#,##0"),
    ],
)
def test_numbers_are_numbers_of_the_printed_precision(text, value, form):
    number = read_number(text)
    assert (number.value, number.number_format) == (value, form)


NOT_NUMBERS = (
    *("", "-", ".", "007", "1.", "<0.001", "12 (3%)", "1,23", "0,05", "1e5", "=1", "+1", "1 2"),
    *("1,2345", "12.3%", "\u0661", "9" * 14),
)


@pytest.mark.parametrize("text", NOT_NUMBERS)
def test_all_else_is_text(text):
    assert read_number(text) is None


def test_unrounded_numbers_stay_out():
    sheet = make_book((Cell("A"), Cell("0.4", value=0.3867412)))["Table 1"]
    assert [cell.value for row in sheet.iter_rows() for cell in row].count(0.4) == 1
    assert 0.3867412 not in [cell.value for row in sheet.iter_rows() for cell in row]


def test_no_cell_is_a_formula():
    hostile = ("=1+1", "+1+1", "-1+1", "@SUM(A1)", "=cmd|'/c calc'!A0", "\t=1", "'=1")
    rows = tuple((Cell(text), Cell(text, notes=("a",))) for text in hostile)
    book = make_book(*rows, header=((Cell("=H"), Cell("n")),), notes={"a": "=N"})
    sheet = book["Table 1"]
    for row in sheet.iter_rows():
        for cell in row:
            assert cell.data_type != "f", cell.coordinate
    for number, text in enumerate(hostile, 4):
        cell = sheet.cell(number, 1)
        assert cell.value == text
        assert bool(cell.quotePrefix) == (text[0] in "=+-@'")


def test_hostile_text_stays_text():
    data = write_xlsx(make_hostile_page())
    book = read_book(data)
    assert len(book.sheetnames) == len(HOSTILE) + 1
    for sheet, text in zip(book.worksheets[1:], HOSTILE.values(), strict=True):
        values = [str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value]
        expected = clean_text(text)
        assert sum(expected in value for value in values) >= 5
        assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    assert b"<f>" not in b"".join(zipfile.ZipFile(io.BytesIO(data)).read(n) for n in sheets(data))


def sheets(data):
    return [
        n for n in zipfile.ZipFile(io.BytesIO(data)).namelist() if n.startswith("xl/worksheets")
    ]


def test_too_long_text_ends_with_an_ellipsis():
    sheet = make_book((Cell("x" * 40_000), Cell("1")))["Table 1"]
    assert sheet["A4" if sheet["A3"].value is None else "A3"].value == "x" * 32_000 + "\u2026"


def test_sheet_names_are_ones_that_a_spreadsheet_allows():
    labels = ["A" * 40, "a" * 40, "x:y?*[z]/\\'", "History", "Contents", "", "\x00"]
    names = name_sheets(labels)
    assert all(1 <= len(name) <= 31 for name in names)
    assert len({name.lower() for name in names}) == len(names)
    assert not any(set(name) & set("[]:*?/\\'") for name in names)
    assert {"history", "contents"}.isdisjoint(name.lower() for name in names)


def test_same_bytes_and_no_trace_of_the_machine(data, monkeypatch):
    assert write_xlsx(make_sample_page()) == data
    book = read_book(data)
    assert book.properties.creator == "Ann Author; Ben Bauer"
    assert book.properties.title == "Outcome after lenalidomide failure"
    assert book.properties.modified.year == book.properties.created.year == 1970
    assert book.properties.lastModifiedBy is None
    times = {member.date_time for member in zipfile.ZipFile(io.BytesIO(data)).infolist()}
    assert times == {(1980, 1, 1, 0, 0, 0)}


def test_page_without_tables_has_its_contents_alone():
    page = make_page(make_notebook("# T\n\nText."))
    assert read_book(write_xlsx(page)).sheetnames == ["Contents"]
