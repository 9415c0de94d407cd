"""Word file and workbook as files of a report."""

import hashlib
import json

import pytest
from page_reader import PageReader
from report_pages import make_front
from sample_report import make_sections, write_project
from word_reader import WordReader

from helpers.report.build import build_report
from helpers.report.inputs import check_formats


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    folder = tmp_path_factory.mktemp("project")
    write_project(folder, dict(list(make_sections().items())[1:2]))
    return folder


def build(project, output, formats, **parameters):
    summary = build_report(
        {"seed": 7, **parameters},
        name="paper",
        output_dir=output,
        notebooks_dir=project / "notebooks",
        base_dir=project,
        formats=formats,
        front=make_front,
    )
    return summary.folder


@pytest.fixture(scope="module")
def report(project):
    return build(project, project / "reports", ["html", "docx", "xlsx"])


def test_manuscript_has_a_word_file_and_a_workbook_and_sections_have_none(report):
    found = sorted(path.relative_to(report).as_posix() for path in report.rglob("*.*x"))
    assert found == ["manuscript.docx", "supplement.xlsx"]
    manifest = json.loads((report / "manifest.json").read_text())
    for name in found:
        assert manifest["files"][name] == hashlib.sha256((report / name).read_bytes()).hexdigest()
    assert {"python-docx", "openpyxl"} <= set(manifest["packages"])


def test_pages_link_to_them(report):
    manuscript = PageReader((report / "manuscript.html").read_text())
    links = {v for tag, name, v in manuscript.attributes if (tag, name) == ("a", "href")}
    assert {"manuscript.docx", "supplement.xlsx"} <= links
    section = (report / "sections" / "02_outcomes.html").read_text()
    assert ".docx" not in section
    assert ".xlsx" not in section


def test_parameters_give_the_look(project, report, tmp_path):
    folder = build(project, tmp_path, ["docx", "xlsx"], page_size="letter", word_line_numbers=True)
    assert not list(folder.rglob("*.html"))
    sections = WordReader((folder / "manuscript.docx").read_bytes()).document.sections
    assert round(sections[0].page_width.inches, 2) == 8.5
    plain = WordReader((report / "manuscript.docx").read_bytes()).document.sections
    assert round(plain[0].page_width.mm) == 210


def test_second_build_has_the_same_bytes(project, report, tmp_path):
    again = build(project, tmp_path, ["html", "docx", "xlsx"])
    for name in ("manuscript.docx", "supplement.xlsx"):
        assert (again / name).read_bytes() == (report / name).read_bytes()


def test_every_format_is_known():
    assert check_formats(["docx", "xlsx", "docx"]) == ("docx", "xlsx")
