"""The PDF pages."""

import re
import shutil
import subprocess

import pytest
import typst
from report_pages import make_hostile_page, make_page, make_sample_page
from sample_report import HOSTILE, make_long_table, make_notebook, make_results

from helpers.document import Cell, TableBlock
from helpers.errors import BuildError
from helpers.report import pdf as module
from helpers.report.nodes import ProseNode
from helpers.report.pages import Page
from helpers.report.pdf import find_unprintable, replace_unprintable, write_pdf
from helpers.report.typst_source import write_typst
from helpers.report.typst_tables import plan_rooms

needs_poppler = pytest.mark.skipif(
    shutil.which("pdftotext") is None, reason="pdftotext is not installed"
)


def read_words(pdf: bytes, tmp_path, *options: str) -> list[str]:
    """Return the text of each page."""
    path = tmp_path / "page.pdf"
    path.write_bytes(pdf)
    done = subprocess.run(["pdftotext", *options, path, "-"], capture_output=True, check=True)
    return done.stdout.decode().split("\f")[:-1]


@pytest.fixture(scope="module")
def pdf():
    return write_pdf(make_sample_page())


def test_rows_that_belong_together_are_given_room():
    def row(text, indent=0):
        return (Cell(text, header=True, indent=indent), Cell("1"))

    groups = [row("Age"), row("Young", 1), row("Old", 1), row("Alone"), row("Kind"), row("A", 1)]
    head = ((Cell("Factor"), Cell("n")),)
    table = TableBlock("table.x", "X", head, tuple(groups), "lr", notes={"a": "word " * 60})
    rooms = plan_rooms(table, 420.0)
    assert list(rooms) == [0, 4]
    assert 45 <= rooms[0] <= 60
    assert rooms[4] - rooms[0] > 20
    plain = TableBlock("table.y", "Y", head, tuple(row(f"v{n}") for n in range(9)), "lr")
    assert list(plan_rooms(plain, 420.0)) == [8]


def test_pdf_says_that_it_is_accessible_and_archivable(pdf):
    assert re.search(rb"<pdfuaid:part>1</pdfuaid:part>", pdf)
    assert re.search(rb"<pdfaid:part>2</pdfaid:part>", pdf)
    assert re.search(rb"<pdfaid:conformance>A</pdfaid:conformance>", pdf)
    assert b"/StructTreeRoot" in pdf or b"/ObjStm" in pdf
    assert b"Outcome after lenalidomide failure" in pdf


def test_pdf_is_the_same_every_time(pdf):
    assert write_pdf(make_sample_page()) == pdf


def test_date_is_the_one_the_environment_gives(monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    assert b"2023-11-14" in write_pdf(make_page(make_notebook("# T\n\nText.")))


def test_compiling_warns_of_nothing():
    source = replace_unprintable(write_typst(make_sample_page()))
    _, warnings = typst.compile_with_warnings(
        source.encode(), format="pdf", ignore_system_fonts=True, pdf_standards=["ua-1", "a-2a"]
    )
    assert [warning.message for warning in warnings] == []


@needs_poppler
def test_every_page_has_head_number_and_banner(pdf, tmp_path):
    pages = read_words(pdf, tmp_path)
    assert len(pages) >= 8
    for number, text in enumerate(pages, 1):
        assert "Lenalidomide failure" in text
        assert "SYNTHETIC DATA" in text
        assert f"Page {number} of {len(pages)}" in text


@needs_poppler
def test_text_tables_and_references_are_all_there(pdf, tmp_path):
    words = " ".join(" ".join(read_words(pdf, tmp_path)).split())
    assert "Ann Author and Ben Bauer" in words
    assert "Background. Little is known." in words
    assert "Results. The median was 23 months (Figure 2)." in words
    assert "were alive at five years (Figure 1 and Table 1)." in words
    assert "Table 3. Factors of overall survival." in words
    assert "Supplementary Figure 4. Survival in a subgroup." in words
    assert "1.64 (1.24 to 2.18)" in words
    assert "Wald test." in words
    assert "estimate_overall_survival" not in words


@needs_poppler
def test_head_of_a_long_table_is_repeated(tmp_path):
    nb = make_notebook("# T", ("x", [make_long_table("table.l", 150)]))
    pages = read_words(write_pdf(make_page(nb)), tmp_path)
    assert len(pages) >= 3
    assert all("All patients (n = 392)" in text for text in pages)


@needs_poppler
def test_real_patients_bring_no_banner(tmp_path):
    real = read_words(write_pdf(make_page(make_notebook("# T\n\nText."))), tmp_path)
    assert "SYNTHETIC" not in real[0]
    results = make_notebook("# T", ("x", [make_results("a")]))
    assert "SYNTHETIC DATA" in read_words(write_pdf(make_page(results)), tmp_path)[0]


@needs_poppler
def test_hostile_text_is_printed_as_text(tmp_path):
    words = "".join(read_words(write_pdf(make_hostile_page()), tmp_path, "-raw"))
    squeezed = re.sub(r"[\s\u200b\u2010-]+", "", words)
    for name in ("typst", "math", "template", "formula", "script"):
        expected = re.sub(r"[\s-]+", "", HOSTILE[name])
        assert squeezed.count(expected) >= 6, name
    assert squeezed.count("x" * 1000) >= 1


def test_letters_without_a_glyph_are_found():
    assert find_unprintable(frozenset("\u03b1\u2264\u4e2d\U0001f600")) == {"\u4e2d", "\U0001f600"}
    assert replace_unprintable("a \u4e2d \u2264") == "a \ufffd \u2264"


def test_a_page_that_cannot_be_set_is_named(monkeypatch):
    page = Page(title="Broken", nodes=(ProseNode("", "#nosuchthing()"),))
    with pytest.raises(BuildError, match=r"the PDF of 'Broken' could not be set: unknown variable"):
        write_pdf(page)
    assert module.STANDARDS == ("ua-1", "a-2a")
