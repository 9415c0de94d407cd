"""A build with the standard front matter has marked checklists in every format."""

import json

import pytest
from page_reader import PageReader
from sample_report import make_sections, write_project
from word_reader import WordReader

from helpers.report.build import STANDARD_FRONT, build_report

GUIDELINES = ("STROBE", "RECORD", "REMARK", "TARGET")


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    folder = tmp_path_factory.mktemp("project")
    write_project(folder, dict(list(make_sections().items())[1:2]))
    return folder


def build(project, output, formats):
    summary = build_report(
        {"seed": 7, "title": "A title"},
        name="paper",
        output_dir=output,
        notebooks_dir=project / "notebooks",
        base_dir=project,
        formats=formats,
        front=STANDARD_FRONT,
    )
    return summary.folder


@pytest.fixture(scope="module")
def report(project):
    return build(project, project / "reports", ["html", "pdf", "docx", "xlsx"])


def test_the_page_has_the_appendix_and_a_link_to_the_document(report):
    page = PageReader((report / "manuscript.html").read_text())
    ids = [value for _, name, value in page.attributes if name == "id"]
    links = [value for tag, name, value in page.attributes if (tag, name) == ("a", "href")]
    assert [f"at-table-checklist_{name.lower()}" in ids for name in GUIDELINES] == [True] * 4
    assert "checklists.docx" in links
    inner = {link.removeprefix("#") for link in links if link.startswith("#")}
    assert inner <= {*ids}


def test_the_document_gives_pages_of_the_pdf(report):
    document = WordReader((report / "checklists.docx").read_bytes())
    assert [text for style, text in document.styles if style == "Heading 1"] == [*GUIDELINES]
    assert [len(table[0]) for table in document.tables] == [4] * 4
    assert "Abstract (page 1)" in document.words
    assert "Page numbers are those of manuscript.pdf." in document.words
    assert "A title" in document.words


def test_manifest_tables_and_workbook_name_them(report):
    manifest = json.loads((report / "manifest.json").read_text())
    assert "checklists.docx" in manifest["files"]
    assert {f"tables/checklist_{name.lower()}.csv" for name in GUIDELINES} <= set(manifest["files"])
    assert manifest["labels"]["table.checklist_target"].startswith("Appendix Table")
    steps = {step["step"]: step["seconds"] for step in manifest["steps"]}
    assert steps["checklists"] < 2


def test_without_word_there_is_no_document_and_no_link(project, tmp_path):
    folder = build(project, tmp_path, ["html"])
    assert not list(folder.glob("*.docx"))
    text = (folder / "manuscript.html").read_text()
    assert "checklists.docx" not in text
    assert "table-checklist_strobe" in text


def test_the_document_has_the_same_bytes_again(project, report, tmp_path):
    again = build(project, tmp_path, ["pdf", "docx"])
    assert (again / "checklists.docx").read_bytes() == (report / "checklists.docx").read_bytes()
