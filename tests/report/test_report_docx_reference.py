"""A journal's own file as the start of the Word manuscript."""

import io
import re
import zipfile
from dataclasses import replace

import docx
import pytest
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml.ns import qn
from docx.oxml.parser import OxmlElement
from docx.shared import Mm, Pt
from report_pages import make_front, make_sample_page
from sample_report import make_sections, write_project
from word_reader import WordReader

from helpers.errors import ParameterError
from helpers.report.build import build_report
from helpers.report.docx import write_docx
from helpers.report.docx_base import check_reference
from helpers.report.print_options import PrintOptions, read_print_options

SECRETS = ("Reviewer Name", "/home/ann", "Old text", "Old head", "Old remark", "ACME")
ATTACHED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate"
DOCUMENT = "wordprocessingml.document.main+xml"
TEMPLATE = "wordprocessingml.template.main+xml"


def make_reference(path):
    """Write a journal's file: other type, narrow paper, and much that must not be taken over."""
    document = docx.Document()
    document.styles["Normal"].font.name = "Garamond"
    document.styles["Normal"].font.size = Pt(13)
    document.styles["Heading 1"].font.name = "Futura"
    journal = document.styles.add_style("Table Text", WD_STYLE_TYPE.PARAGRAPH)
    journal.font.size = Pt(7)
    other = document.styles.add_style("Caption2", WD_STYLE_TYPE.PARAGRAPH)
    other.element.find(qn("w:name")).set(qn("w:val"), "Caption")
    document.styles.element.insert(1, other.element)
    taken = document.styles.add_style("My Abstract", WD_STYLE_TYPE.PARAGRAPH)
    taken.element.set(qn("w:styleId"), "Abstract")
    section = document.sections[0]
    section.page_width, section.page_height = Mm(170), Mm(240)
    section.left_margin = section.right_margin = Mm(15)
    document.add_heading("Old text", 1)
    document.add_paragraph("Old text", style="List Number")
    document.add_comment(document.paragraphs[0].runs, "Old remark", author="Reviewer Name")
    section.header.paragraphs[0].text = "Old head"
    document.core_properties.author = "Reviewer Name"
    document.core_properties.category = "ACME"
    settings = document.settings
    link = document.part._settings_part.relate_to("file:///home/ann/t.dotm", ATTACHED, True)
    attached = OxmlElement("w:attachedTemplate")
    attached.set(qn("r:id"), link)
    settings.element.insert(0, attached)
    document.save(path)
    return path


@pytest.fixture(scope="module")
def reference(tmp_path_factory):
    return make_reference(tmp_path_factory.mktemp("journal") / "journal.docx")


def write(reference, **options):
    look = PrintOptions(reference_docx=reference, **options)
    return write_docx(replace(make_sample_page(), print_options=look))


@pytest.fixture(scope="module")
def word(reference):
    return WordReader(write(reference))


def test_styles_paper_and_margins_are_the_journals(word):
    styles = word.document.styles
    assert (styles["Normal"].font.name, styles["Normal"].font.size) == ("Garamond", Pt(13))
    assert styles["Heading 1"].font.name == "Futura"
    assert styles["Table Text"].font.size == Pt(7)
    section = word.document.sections[0]
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (170, 240)
    assert round(section.left_margin.mm) == 15


def test_styles_that_it_lacks_are_added_in_its_type(word):
    styles = word.document.styles
    assert styles["Affiliation"].font.name is None
    assert styles["Affiliation"].base_style.name == "Normal"
    assert styles["Abstract"].style_id == "ReportAbstract"
    assert styles["My Abstract"].style_id == "Abstract"
    assert len({s.style_id for s in styles}) == len(list(styles))
    assert {s.name for s in styles} >= {"Three-Line Table", "Source Code", "Table Note", "Caption"}
    used = {node.get(qn("w:val")) for node in word.body.iter(qn("w:pStyle"), qn("w:tblStyle"))}
    assert used <= {style.style_id for style in styles}


def test_of_two_names_that_differ_in_case_words_own_is_used(word):
    used = {node.get(qn("w:val")) for node in word.body.iter(qn("w:pStyle"))}
    assert "Caption" in used
    assert "Caption2" not in used


def test_nothing_else_of_it_is_taken_over(word):
    parts = {name: data.decode("utf-8", "replace") for name, data in word.parts.items()}
    for name, text in parts.items():
        for secret in SECRETS:
            assert secret not in text, (name, secret)
    assert {kind for kind, _ in word.external} == {"hyperlink"}
    assert not [name for name in parts if "comment" in name or "customXml" in name]
    assert word.document.core_properties.author == "Ann Author; Ben Bauer"


def test_its_lists_are_kept_and_ours_added(word, reference):
    before = WordReader(reference.read_bytes()).parts["word/numbering.xml"]
    after = word.parts["word/numbering.xml"]
    assert after.count(b"<w:num ") == before.count(b"<w:num ") + 2  # all bullets, the references
    ids = re.findall(rb'<w:num [^>]*w:numId="(\d+)"', after)
    assert len(set(ids)) == len(ids)
    used = {node.get(qn("w:val")).encode() for node in word.body.iter(qn("w:numId"))}
    assert used <= set(ids)


def test_nothing_is_wider_than_its_paper(word):
    room = Mm(170) - 2 * Mm(5)
    assert all(int(p.find(qn("wp:extent")).get("cx")) <= room for p in word.pictures)
    assert max(int(p.find(qn("wp:extent")).get("cx")) for p in word.pictures) >= Mm(140)


def test_double_spacing_reaches_its_text_and_not_its_tables(reference):
    styles = WordReader(write(reference, word_double_spacing=True)).document.styles
    assert styles["Body Text"].paragraph_format.line_spacing == 2.0
    assert styles["Table Text"].paragraph_format.line_spacing is None
    assert styles["Normal"].paragraph_format.line_spacing is None


def test_same_bytes_every_time(reference, word):
    assert WordReader(write(reference)).parts == word.parts


def test_templates_are_taken_too(reference, tmp_path):
    path = tmp_path / "journal.dotx"
    with zipfile.ZipFile(reference) as given, zipfile.ZipFile(path, "w") as made:
        for name in given.namelist():
            made.writestr(name, given.read(name).replace(DOCUMENT.encode(), TEMPLATE.encode()))
    types = WordReader(write(path)).parts["[Content_Types].xml"].decode()
    assert DOCUMENT in types
    assert TEMPLATE not in types


def make_text(path):
    path.write_text("plain")


def make_zip(path):
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("x", "y")


def make_workbook(path):
    from openpyxl import Workbook

    Workbook().save(path)


def make_broken(path):
    data = io.BytesIO()
    docx.Document().save(data)
    with zipfile.ZipFile(data) as given, zipfile.ZipFile(path, "w") as made:
        for name in given.namelist():
            made.writestr(name, b"<w:" if name == "word/document.xml" else given.read(name))


@pytest.mark.parametrize("make", [make_text, make_zip, make_workbook, make_broken])
def test_other_files_are_refused_in_a_sentence(make, tmp_path):
    path = tmp_path / "j.docx"
    make(path)
    with pytest.raises(
        ParameterError,
        match=r"^reference_docx must be a Word file \(.docx or .dotx\), but 'j.docx' is not one; ",
    ):
        check_reference(path)


def test_missing_files_are_refused_in_a_sentence(tmp_path):
    for path in (tmp_path / "none.docx", tmp_path):
        with pytest.raises(ParameterError, match=r"cannot be read \(.*\); check the path"):
            check_reference(path)


def test_path_is_relative_to_the_parameter_file(reference):
    options = read_print_options({"reference_docx": reference.name}, reference.parent)
    assert options.reference_docx == reference
    assert read_print_options({"reference_docx": ""}).reference_docx is None


def test_bad_path_stops_a_build_before_anything_runs(tmp_path):
    kept = dict(list(make_sections().items())[:1])
    notebooks = write_project(tmp_path / "p", kept)
    with pytest.raises(ParameterError, match="reference_docx must be"):
        build_report(
            {"reference_docx": "none.docx"},
            name="x",
            output_dir=tmp_path / "out",
            notebooks_dir=notebooks,
            base_dir=tmp_path,
            front=make_front,
        )
    assert not (tmp_path / "out").exists()
