"""Numbers in square brackets lead to the list of references, and its entries lead back."""

import io
import re
import zipfile
from functools import cache

import pypdf
import pytest
from lxml import etree
from lxml import html as lxml_html
from report_pages import MARKDOWN, make_page
from sample_report import make_notebook

from helpers.document import TextBlock
from helpers.report.docx import write_docx
from helpers.report.html import write_html
from helpers.report.manuscript import FrontMatter, Manuscript, Part, assemble_manuscript
from helpers.report.pdf import write_pdf

ENTRIES = (
    "Kaplan EL, Meier P. Nonparametric estimation. [doi:10.1/x](<https://doi.org/10.1/x>)",
    "Cox DR. Regression models.",
    "Never cited.",
)
TEXT = (
    r"Curves \[[1](#reference-1), [2](#reference-2)\], models \[[2](#reference-2)\], "
    r"none \[[9](#reference-9)\]."
)
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


@cache
def make_cited_page():
    part = Part(title="Introduction", items=(TextBlock("introduction.1", TEXT),))
    front = FrontMatter(title="Cited", before=(part,), references=ENTRIES)
    manuscript = Manuscript(front=front, sections=())
    MARKDOWN.prepare(manuscript.list_fragments())
    return assemble_manuscript(manuscript, numbering=manuscript.number(), markdown=MARKDOWN)


def test_html_links_lead_there_and_back():
    tree = lxml_html.fromstring(write_html(make_cited_page()))
    links = tree.xpath("//p[starts-with(., 'Curves')]//a")
    assert [(link.get("href"), link.get("id"), link.text) for link in links] == [
        ("#reference-1", "cited-1", "1"),
        ("#reference-2", "cited-2", "2"),
        ("#reference-2", None, "2"),
    ]
    entries = tree.xpath("//ol[@class='references']/li")
    assert [entry.get("id") for entry in entries] == ["reference-1", "reference-2", "reference-3"]
    back = [entry.xpath("a[@class='back']/@href") for entry in entries]
    assert back == [["#cited-1"], ["#cited-2"], []]
    assert "none [9]." in tree.xpath("string(//p[starts-with(., 'Curves')])")


def test_pdf_links_lead_there_and_back():
    reader = pypdf.PdfReader(io.BytesIO(write_pdf(make_cited_page())))
    inner = [
        note.get_object()
        for page in reader.pages
        for note in page.get("/Annots", ())
        if "/URI" not in note.get_object().get("/A", {})
    ]
    assert len(inner) == 5
    text = "".join(page.extract_text() for page in reader.pages)
    assert re.search(r"1\.\s+Kaplan EL", text)
    assert "none [9]." in text


def test_word_links_lead_there_and_back():
    with zipfile.ZipFile(io.BytesIO(write_docx(make_cited_page()))) as archive:
        body = etree.fromstring(archive.read("word/document.xml"))
    marks = {mark.get(f"{W}name") for mark in body.iter(f"{W}bookmarkStart")}
    anchors = [link.get(f"{W}anchor") for link in body.iter(f"{W}hyperlink")]
    inner = [anchor for anchor in anchors if anchor]
    assert inner == ["reference_1", "reference_2", "reference_2", "cited_1", "cited_2"]
    assert set(inner) <= marks
    assert len(anchors) == len(inner) + 1


@pytest.mark.parametrize("write", [write_html, write_pdf, write_docx])
def test_page_without_references_has_no_dead_link(write):
    nb = make_notebook("# Title", ("show()", [TextBlock("x", TEXT)]), f"Prose cites {TEXT}")
    data = write(make_page(nb))
    if isinstance(data, str):
        assert "reference-" not in data
    assert len(data) > 1000
