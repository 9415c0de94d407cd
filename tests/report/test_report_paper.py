"""The paper's report, built whole: HTML, PDF and Word print the same numbers in the same places."""

import json
import re
import shutil
import subprocess
from bisect import bisect_left
from pathlib import Path

import pytest
from lxml import html as lxml_html
from word_reader import WordReader, find_cells, normalise, squeeze

from helpers.cli import main

PROJECT = Path(__file__).parents[2]
NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
NUMBERED = re.compile(r"(?:Supplementary |Appendix )?Table \d+\. ")
ON_EVERY_PAGE = re.compile(
    r"SYNTHETIC DATA$|^Every patient in this report is simulated|^Page \d+ of \d+$"
)
MOST_BYTES = 3_000_000
#: Of a paragraph that a table or figure parts, on either side.
FEWEST_LETTERS = 8
EPOCH = "1700000000"
SUFFIXES = {".html", ".pdf", ".docx", ".xlsx", ".json", ".csv", ".svg", ".png", ".ipynb"}


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    return build(tmp_path_factory.mktemp("reports"), {"SOURCE_DATE_EPOCH": EPOCH})


def build(folder, environment):
    words = ["build", str(PROJECT / "params/paper.yml"), "--output", str(folder), "--quiet"]
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment.items():
            patch.setenv(name, value)
        assert main([*words, "--force"]) == 0
    return folder / "paper"


@pytest.fixture(scope="module")
def html(report):
    return lxml_html.document_fromstring((report / "manuscript.html").read_bytes())


@pytest.fixture(scope="module")
def word(report):
    return WordReader((report / "manuscript.docx").read_bytes())


@pytest.fixture(scope="module")
def pdf(report):
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext is not installed")
    words = ["pdftotext", "-raw", report / "manuscript.pdf", "-"]
    pages = subprocess.run(words, capture_output=True, check=True).stdout.decode().split("\f")
    lines = [line for page in pages for line in page.splitlines()]
    n_pages = sum(1 for line in lines if re.search(r"Page \d+ of \d+$", line))
    assert n_pages == len(pages) - 1
    text = "\n".join(line for line in lines if not ON_EVERY_PAGE.search(line))
    return squeeze(text.replace("\N{SOFT HYPHEN}", ""))


def read_tables(html):
    """Return caption, head and body of each numbered table, as the page shows them."""
    for table in html.iter("table"):
        caption = table.find("caption")
        if caption is None or not NUMBERED.match(normalise(caption.text_content())):
            continue
        rows = [[normalise(cell.text_content()) for cell in row] for row in table.iter("tr")]
        n_head = sum(1 for _ in table.find("thead").iter("tr"))
        yield normalise(caption.text_content()), rows[:n_head], rows[n_head:]


def test_word_and_html_have_the_same_tables(html, word):
    in_html = [head + body for _, head, body in read_tables(html)]
    assert len(in_html) > 30
    assert in_html == word.tables


def test_the_pdf_has_every_cell_of_every_table(html, pdf):
    missing, n_numbers = {}, 0
    for caption, head, body in read_tables(html):
        cells = [cell for row in body for cell in row]
        n_numbers += sum(len(NUMBER.findall(cell)) for cell in cells)
        lost = find_cells(pdf, caption, [cell for row in head for cell in row], cells)
        if lost:
            missing[caption] = lost[:3]
    assert n_numbers > 2_000
    assert not missing


def test_sentences_have_the_same_numbers(html, word, pdf):
    in_word = squeeze(word.words)
    paragraphs = html.xpath("//main//p[not(ancestor::details) and not(ancestor::header)]")
    told = [squeeze(p.text_content()) for p in paragraphs if NUMBER.search(p.text_content())]
    assert sum(len(NUMBER.findall(text)) for text in told) > 500
    assert [text for text in told if text not in in_word] == []
    assert [text for text in told if not is_printed(text, pdf)] == []


def is_printed(text, pdf):
    """Return whether a PDF has a paragraph, whole or around a block that stands in between."""
    if text in pdf:
        return True
    first = bisect_left(range(len(text)), True, key=lambda end: text[: end + 1] not in pdf)
    return min(first, len(text) - first) >= FEWEST_LETTERS and text[first:] in pdf


def test_the_page_keeps_its_bar(report):
    assert (report / "manuscript.html").stat().st_size <= MOST_BYTES


def test_a_second_build_elsewhere_has_the_same_bytes_in_every_format(report, tmp_path):
    elsewhere = {"SOURCE_DATE_EPOCH": EPOCH, "TZ": "Pacific/Auckland", "PYTHONHASHSEED": "7"}
    again = build(tmp_path, elsewhere)
    names = {path.relative_to(report) for path in report.rglob("*") if path.is_file()}
    assert {path.relative_to(again) for path in again.rglob("*") if path.is_file()} == names
    assert {name.suffix for name in names} >= SUFFIXES
    compared = names - {Path("manifest.json")}
    differing = [
        name for name in compared if (again / name).read_bytes() != (report / name).read_bytes()
    ]
    assert not differing
    first, second = (
        json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        for folder in (report, again)
    )
    assert first["files"] == second["files"]
    assert b"2023-11-14" in (report / "manuscript.pdf").read_bytes()
