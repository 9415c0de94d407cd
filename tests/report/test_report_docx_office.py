"""The Word manuscript as LibreOffice shows it."""

import re
from dataclasses import replace

import pytest
from office import needs_office, render
from report_pages import make_hostile_page, make_page, make_sample_page
from sample_report import HOSTILE, make_long_table, make_notebook
from test_report_docx_reference import make_reference
from word_reader import find_cells, squeeze

from helpers.document import Cell, TableBlock
from helpers.report.docx import write_docx
from helpers.report.nodes import FigureNode, TableNode
from helpers.report.print_options import PrintOptions
from helpers.report.text import clean_text

pytestmark = [pytest.mark.office, needs_office]


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    return render(write_docx(make_sample_page()), tmp_path_factory.mktemp("office"))


def check_all_is_there(page, pages):
    text = squeeze("".join(pages))
    for node in page.nodes:
        if isinstance(node, TableNode):
            head, body = (
                [cell.text for row in rows for cell in row]
                for rows in (node.block.header, node.block.rows)
            )
            assert find_cells(text, f"{node.label}. {node.block.title}", head, body) == []
        elif isinstance(node, FigureNode):
            words = node.block.text
            assert squeeze(f"{node.label}. {words.title} {words.caption}") in text


def test_every_table_and_caption_is_shown(pages):
    check_all_is_there(make_sample_page(), pages)


def test_fields_show_what_they_count(pages):
    text = " ".join(" ".join(pages).split())
    assert "were alive at five years (Figure 1 and Table 1)." in text
    assert "Error" not in text
    for number, page in enumerate(pages, 1):
        assert f"Page {number} of {len(pages)}" in page
        assert "SYNTHETIC DATA \u00b7 Lenalidomide failure" in page


def test_head_of_a_long_table_is_repeated(tmp_path):
    page = make_page(make_notebook("# T", ("x", [make_long_table("table.l", 150)])))
    pages = render(write_docx(page), tmp_path)
    assert len(pages) >= 3
    assert all("All patients (n = 392)" in " ".join(text.split()) for text in pages)


def test_wide_table_is_whole_on_its_side(tmp_path):
    columns = 12
    head = tuple(Cell(f"Group {n}") for n in range(columns))
    row = tuple(Cell(f"{n}.25 (3.7 to 48.7)") for n in range(columns))
    wide = TableBlock("table.w", "Wide.", (head,), (row,) * 3, "l" + "r" * (columns - 1))
    page = make_page(make_notebook("# T\n\nBefore.", ("x", [wide]), "## After\n\nAfter."))
    pages = render(write_docx(page), tmp_path)
    assert len(pages) == 3
    check_all_is_there(page, pages)


def test_lines_are_numbered(tmp_path):
    options = PrintOptions(word_line_numbers=True, word_double_spacing=True)
    page = replace(make_sample_page(), print_options=options)
    pages = render(write_docx(page), tmp_path)
    lines = {line.strip() for line in "\n".join(pages).splitlines()}
    assert {str(number) for number in range(30, 60)} <= {re.split(r"\s", n)[0] for n in lines}


def test_journals_file_is_filled(tmp_path):
    reference = make_reference(tmp_path / "journal.docx")
    page = replace(make_sample_page(), print_options=PrintOptions(reference_docx=reference))
    pages = render(write_docx(page), tmp_path)
    check_all_is_there(page, pages)
    assert "Old" not in "".join(pages)


def test_hostile_text_is_shown_as_text(tmp_path):
    pages = render(write_docx(make_hostile_page()), tmp_path)
    text = squeeze("".join(pages))
    for name in ("script", "typst", "math", "template", "formula"):
        assert text.count(squeeze(clean_text(HOSTILE[name]))) >= 4, name
    assert text.count("x" * 1000) >= 1
