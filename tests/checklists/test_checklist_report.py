"""The appendix and the document for submission."""

import io
import re
from dataclasses import replace

import docx
import pypdf
import pytest
from docx.oxml.ns import qn
from whole_report import make_bare_report, make_full_report

from helpers.checklists.marking import mark_checklist
from helpers.checklists.reading import read_checklists
from helpers.document import TableBlock
from helpers.report.artefacts import CollectedResults
from helpers.report.blocks import Prose
from helpers.report.checklist_job import ChecklistWriter
from helpers.report.checklist_marks import gather_facts, mark_manuscript
from helpers.report.checklists import (
    describe_marks,
    make_checklist_appendix,
    make_checklist_page,
)
from helpers.report.docx import write_docx
from helpers.report.front import make_front_matter
from helpers.report.html import write_html
from helpers.report.linked import LinkedCell
from helpers.report.manuscript import Part
from helpers.report.nodes import FigureNode
from helpers.report.pdf import write_pdf
from helpers.report.pdf_outline import find_sheets
from helpers.report.workshop import PageJob

HEAD = ["Item", "Recommendation", "Where", "Status and what is missing"]


@pytest.fixture(scope="module")
def full():
    return make_full_report()


@pytest.fixture(scope="module")
def bare():
    return make_bare_report()


def mark(report):
    return mark_manuscript(report.page, report.collected, report.parameters)


def index(marked):
    return {(one.checklist.name, item.item.number): item for one in marked for item in one.items}


def append(report, marked):
    part = make_checklist_appendix(marked)
    appendices = (*report.manuscript.appendices, part)
    return report.set_page(replace(report.manuscript, appendices=appendices))


@pytest.fixture(scope="module")
def marked(full):
    return mark(full)


@pytest.fixture(scope="module")
def page(full, marked):
    return append(full, marked)


@pytest.fixture(scope="module")
def small_page(page):
    """Return the same page without its drawings, which take most of the time."""
    nodes = tuple(node for node in page.nodes if not isinstance(node, FigureNode))
    targets = {node.anchor for node in page.nodes if isinstance(node, FigureNode)}
    return replace(page, nodes=tuple(unlink(node, targets) for node in nodes))


@pytest.fixture(scope="module")
def pdf(small_page):
    return write_pdf(small_page)


def unlink(node, targets):
    """Return a node whose links to drawings that are left out are plain words."""
    if hasattr(node, "refs"):
        refs = tuple(("" if anchor in targets else anchor, word) for anchor, word in node.refs)
        return replace(node, refs=refs)
    if not isinstance(getattr(node, "block", None), TableBlock):
        return node
    rows = tuple(tuple(unlink_cell(cell, targets) for cell in row) for row in node.block.rows)
    return replace(node, block=replace(node.block, rows=rows))


def unlink_cell(cell, targets):
    if not isinstance(cell, LinkedCell):
        return cell
    return replace(
        cell,
        links=tuple(("" if anchor in targets else anchor, word) for anchor, word in cell.links),
    )


def test_every_link_has_a_target(page):
    text = write_html(page)
    known = set(re.findall(r' id="([^"]+)"', text))
    tables = re.findall(r'<div class="table" id="at-table-checklist_.*?</details>', text, re.S)
    links = [target for table in tables for target in re.findall(r'href="#([^"]+)"', table)]
    assert len(tables) == 4
    assert len(links) > 100
    assert set(links) <= known


def test_the_appendix_is_light_and_folded(full, page):
    text = write_html(page)
    assert len(text) - len(write_html(full.page)) < 60_000
    assert text.count('<details class="fold"><summary><strong>Appendix Table') == 4
    assert "open" not in re.findall(r"<details[^>]*fold[^>]*>", text)[0]


def test_hidden_numbers_change_no_mark(full, marked):
    masked = {
        key: {**record, "estimate": None, "status": "masked"}
        for key, record in full.collected.records.items()
    }
    hidden = CollectedResults(
        records=masked, omitted=full.collected.omitted, context=full.collected.context
    )
    assert mark_manuscript(full.page, hidden, full.parameters) == marked


def test_what_could_not_be_computed_does_not_count(full):
    records = {
        key: {**record, "status": "not_computable"} if key.startswith("subgroups.") else record
        for key, record in full.collected.records.items()
    }
    changed = CollectedResults(
        records=records, omitted=full.collected.omitted, context=full.collected.context
    )
    found = index(mark_manuscript(full.page, changed, full.parameters))
    assert found["STROBE", "7"].mark == "partly"
    assert found["STROBE", "7"].gaps == ("No effect modifier is named.",)


def test_a_section_less_is_seen(full, marked):
    before = index(marked)
    shorter = replace(full.manuscript, sections=full.manuscript.sections[:3])
    kept = {
        key: record
        for key, record in full.collected.records.items()
        if not key.startswith(("tx.", "os.tx.", "weighted.", "switch.", "immortal.", "supp1."))
    }
    collected = CollectedResults(
        records=kept, omitted=full.collected.omitted, context=full.collected.context
    )
    after = index(mark_manuscript(full.set_page(shorter), collected, full.parameters))
    assert before["TARGET", "6a"].mark == "met"
    assert after["TARGET", "6a"].mark == "not"
    assert before["TARGET", "9"].mark == "met"
    assert after["TARGET", "9"].mark == "not"
    assert before["STROBE", "14a"].mark == "met"
    assert after["STROBE", "14a"].mark == "partly"


def test_a_section_of_the_authors_is_read(full, marked):
    text = "The study was funded by a foundation. The authors have no conflicts of interest."
    part = Part(title="Declarations", items=(Prose(text),))
    front = replace(full.manuscript.front, after=(*full.manuscript.front.after, part))
    told = full.set_page(replace(full.manuscript, front=front))
    found = index(mark_manuscript(told, full.collected, full.parameters))
    assert index(marked)["STROBE", "22"].mark == "authors"
    assert found["STROBE", "22"].mark == found["TARGET", "20"].mark == "met"
    assert found["TARGET", "21"].places[0].anchor == "declarations"
    assert found["TARGET", "17"].mark == "authors"


def test_few_columns_leave_items_unmet_with_the_reason(bare):
    found = index(mark(bare))
    lacking = found["TARGET", "6a"]
    assert lacking.mark == "not"
    assert re.search(r"No target trial is specified\. Left out: .*\.", lacking.gaps[0])
    assert [place.id for place in lacking.places] == ["table.omitted"]
    assert found["STROBE", "16a"].mark == "not"
    assert found["STROBE", "15"].mark == "met"
    assert found["STROBE", "13c"].mark in {"met", "not"}
    assert found["STROBE", "16b"].mark == "inapplicable"
    assert found["REMARK", "3"].mark in {"not", "partly"}
    text = write_html(append(bare, mark(bare)))
    assert 'href="#at-table-omitted"' in text


def test_links_lead_within_the_pdf(small_page, pdf):
    reader = pypdf.PdfReader(io.BytesIO(pdf))
    sheets = find_sheets(pdf, small_page)
    titles = {heading.anchor: heading.plain for heading in small_page.headings}
    listed = list(list_outline(reader, reader.outline))
    assert [title for title, _ in listed][1:] == [titles[key] for key in list(sheets)[1:]]
    assert [sheet for _, sheet in listed] == list(sheets.values())
    assert sheets["reporting-checklists"] > sheets["methods"]
    last = reader.pages[sheets["reporting-checklists"]]
    assert sum("/Dest" in note.get_object() for note in last["/Annots"]) > 20


def list_outline(reader, entries):
    for entry in entries:
        if isinstance(entry, list):
            yield from list_outline(reader, entry)
        else:
            yield entry.title, reader.get_destination_page_number(entry) + 1


def test_a_pdf_that_does_not_read_as_the_page_gives_no_sheets(small_page, pdf):
    assert find_sheets(pdf, replace(small_page, abstract=())) == {}
    assert find_sheets(b"%PDF-1.7", small_page) == {}


def test_links_lead_within_the_word_file(page):
    document = docx.Document(io.BytesIO(write_docx(page)))
    body = document.element.body
    names = {mark.get(qn("w:name")) for mark in body.iter(qn("w:bookmarkStart"))}
    table = document.tables[-1]._tbl
    links = [link.get(qn("w:anchor")) for link in table.iter(qn("w:hyperlink"))]
    assert len(links) > 30
    assert set(links) <= names


def test_the_document_for_submission_has_four_tables(full, marked):
    sheets = {"introduction": 2, "abstract-title": 1}
    page = make_checklist_page(marked, full.page, sheets)
    document = docx.Document(io.BytesIO(write_docx(page)))
    assert len(document.tables) == 4
    for table, one in zip(document.tables, marked, strict=True):
        rows = [[cell.text for cell in row.cells] for row in table.rows]
        assert rows[0] == HEAD
        items = [row for row in rows[1:] if len(set(row)) > 1]
        assert [row[0] for row in items] == [item.item.number for item in one.items]
        assert all(row[3].startswith(("Met.", "Partly.", "For", "Not")) for row in items)
    strobe = {row.cells[0].text: row.cells[2].text for row in document.tables[0].rows}
    assert strobe["2"] == "Introduction (page 2)"
    assert strobe["1b"] == "Abstract (page 1)"
    words = " ".join(paragraph.text for paragraph in document.paragraphs)
    assert "Reporting checklists: Outcome after" in words
    assert "Page numbers are those of manuscript.pdf." in words
    assert not list(document.element.body.iter(qn("w:hyperlink")))


def test_without_a_pdf_there_are_no_page_numbers(full, marked):
    page = make_checklist_page(marked, full.page)
    document = docx.Document(io.BytesIO(write_docx(page)))
    assert document.tables[0].rows[3].cells[2].text == "Abstract"
    assert "Page numbers" not in " ".join(one.text for one in document.paragraphs)


def test_counts_are_told_in_words(marked):
    assert describe_marks(marked[1]) == (
        "13 items: 3 met, 3 partly, 4 for the authors and 3 not applicable"
    )


@pytest.mark.parametrize(
    ("formats", "expected"),
    [
        (("docx", "pdf", "html"), "docx pdf html checklists"),
        (("docx", "html"), "docx html checklists"),
        (("pdf", "html"), "pdf html"),
    ],
)
def test_the_document_follows_the_pdf(formats, expected, small_page, marked, tmp_path):
    manuscript = replace(small_page, kind="manuscript")
    jobs = [PageJob(folder=tmp_path, path="manuscript", page=manuscript, format=f) for f in formats]
    begun = []

    def begin(more):
        begun.extend(more)
        return iter([(job, 0.0) for job in more])

    def write():
        for job in jobs:
            (tmp_path / f"manuscript.{job.format}").write_bytes(b"%PDF-1.7")
            yield job, 0.0

    writer = ChecklistWriter(marked, jobs)
    told = [job for job, _ in writer.follow(write(), begin)]
    names = [job.path if job.path == "checklists" else job.format for job in told]
    assert " ".join(names) == expected
    assert writer.is_wanted == (len(begun) == 1)
    assert list(ChecklistWriter((), jobs).follow(write(), begin)) == [(job, 0.0) for job in jobs]


def test_marks_are_those_of_the_facts(full, marked):
    facts = gather_facts(full.page, full.collected, full.parameters)
    assert marked == tuple(mark_checklist(one, facts) for one in read_checklists())


def test_the_authors_paragraphs_meet_their_items(full):
    terms = {
        "setting": "Patients were recruited at twelve hospitals and followed up by visits.",
        "interpretation": "Other studies agree [1]; the results may not generalise.",
        "declarations": "The study was funded by a charity. There are no competing interests.",
    }
    given = {**full.parameters, "terms": terms, "authors": ["Ada Example"]}
    front = make_front_matter(given)(full.collected)
    page = full.set_page(replace(full.manuscript, front=front))
    found = index(mark_manuscript(page, full.collected, given))
    where = {
        key: [place.label for place in found[key].places]
        for key in (("STROBE", "5"), ("STROBE", "21"), ("STROBE", "22"), ("TARGET", "21"))
    }
    assert {found[key].mark for key in where} == {"met"}
    assert where["STROBE", "5"][-1] == "Methods, Setting"
    assert where["STROBE", "21"] == ["Discussion, Limits", "Discussion, Interpretation"]
    assert where["STROBE", "22"] == ["Declarations"]
    assert where["TARGET", "21"] == ["Title", "Declarations"]
