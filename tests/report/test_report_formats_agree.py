"""HTML, PDF and Word say the same: the same cells in the same places, the same numbers."""

import re
import shutil
import subprocess

import pytest
from lxml import html as lxml_html
from report_pages import make_sample_page
from word_reader import WordReader, find_cells, normalise, squeeze

from helpers.report.docx import write_docx
from helpers.report.html import write_html
from helpers.report.nodes import SentenceNode, TableNode
from helpers.report.pdf import write_pdf
from helpers.report.text import join_words
from helpers.report.wording import end_with_refs

NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


@pytest.fixture(scope="module")
def blocks():
    return [node.block for node in make_sample_page().nodes if isinstance(node, TableNode)]


@pytest.fixture(scope="module")
def word():
    return WordReader(write_docx(make_sample_page()))


@pytest.fixture(scope="module")
def html():
    return lxml_html.document_fromstring(write_html(make_sample_page()))


@pytest.fixture(scope="module")
def pdf(tmp_path_factory):
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext is not installed")
    path = tmp_path_factory.mktemp("pdf") / "page.pdf"
    path.write_bytes(write_pdf(make_sample_page()))
    done = subprocess.run(["pdftotext", "-raw", path, "-"], capture_output=True, check=True)
    return squeeze(done.stdout.decode())


def list_rows(block):
    """Return the texts of a table's cells with their notes, as all formats should print them."""
    return [
        [normalise(cell.text + ",".join(cell.notes)) for cell in row]
        for row in (*block.header, *block.rows)
    ]


def read_html_tables(html):
    """Return the texts of the numbered tables' cells; a figure's data are no table of the text."""
    return [
        [[normalise(cell.text_content()) for cell in row] for row in table.iter("tr")]
        for table in html.iter("table")
        if table.find("caption") is not None
        and re.match(r"(Supplementary |Appendix )?Table \d", table.find("caption").text_content())
    ]


def test_word_has_every_cell(word, blocks):
    assert word.tables == [list_rows(block) for block in blocks]


def test_html_has_every_cell(html, blocks):
    assert read_html_tables(html) == [list_rows(block) for block in blocks]


def test_html_and_word_have_the_same_tables(html, word):
    assert read_html_tables(html) == word.tables


def test_pdf_has_every_cell_in_its_place(pdf, word):
    nodes = [node for node in make_sample_page().nodes if isinstance(node, TableNode)]
    n_numbers = 0
    for node, table in zip(nodes, word.tables, strict=True):
        n_head = len(node.block.header)
        head, body = (
            [cell for row in rows for cell in row] for rows in (table[:n_head], table[n_head:])
        )
        assert find_cells(pdf, f"{node.label}. {node.block.title}", head, body) == []
        n_numbers += sum(len(NUMBER.findall(cell)) for cell in body)
    assert n_numbers > 200


def list_sentences():
    """Return each sentence with what it refers to, without markup."""
    page = make_sample_page()
    for node in (*page.abstract, *(n for n in page.nodes if isinstance(n, SentenceNode))):
        refs = join_words([label for _, label in node.refs])
        text = lxml_html.fragment_fromstring(node.html, create_parent="p").text_content()
        yield end_with_refs(text, refs)


def test_sentences_have_the_same_numbers(html, pdf, word):
    in_html = squeeze(html.text_content())
    in_word = squeeze(word.words)
    sentences = [squeeze(text) for text in list_sentences()]
    assert sum(len(NUMBER.findall(text)) for text in sentences) > 40
    for text in sentences:
        assert text in in_html
        assert text in in_word
        assert text in pdf


def test_a_number_that_differs_would_be_found(word, pdf):
    assert squeeze("1.64 (1.24 to 2.18)") in pdf
    assert squeeze("1.65 (1.24 to 2.18)") not in pdf
    assert "1.65 (1.24 to 2.18)" not in word.words
