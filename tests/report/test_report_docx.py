"""The Word manuscript, as its XML has it."""

import re
from dataclasses import replace

import pytest
from docx.oxml.ns import qn
from docx.shared import Mm, Twips
from lxml import etree
from report_pages import make_hostile_page, make_page, make_sample_page
from sample_report import (
    HOSTILE,
    make_figure,
    make_long_table,
    make_model_table,
    make_notebook,
    make_results,
)
from word_reader import WordReader, normalise, read_text

from helpers.document import Cell, TableBlock, TextBlock
from helpers.report.docx import write_docx
from helpers.report.nodes import FigureNode, HeadingNode, ProseNode, TableNode
from helpers.report.pages import Page
from helpers.report.print_options import PrintOptions
from helpers.report.text import clean_text

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


@pytest.fixture(scope="module")
def data():
    return write_docx(make_sample_page())


@pytest.fixture(scope="module")
def word(data):
    return WordReader(data)


def list_blocks(page, kind):
    return [node for node in page.nodes if isinstance(node, kind)]


def write_prose(markdown):
    return WordReader(write_docx(make_page(make_notebook(f"# T\n\n{markdown}"))))


def test_same_bytes_every_time(data):
    assert write_docx(make_sample_page()) == data


def test_every_table_is_native_with_a_head_that_repeats(word):
    tables = list(word.body.iter(qn("w:tbl")))
    blocks = [node.block for node in list_blocks(make_sample_page(), TableNode)]
    assert len(tables) == len(blocks) == 5
    for table, block in zip(tables, blocks, strict=True):
        rows = list(table.iterchildren(qn("w:tr")))
        heads = [row.find(f".//{W}tblHeader") is not None for row in rows]
        assert heads == [True] * len(block.header) + [False] * len(block.rows)
        assert all(row.find(f".//{W}cantSplit") is not None for row in rows)
        assert table.find(f".//{W}tblCaption").get(qn("w:val")).endswith(block.title)


def test_tables_have_three_rules_and_neither_shading_nor_upright_rules(word):
    for table in word.body.iter(qn("w:tbl")):
        assert not list(table.iter(qn("w:shd")))
        for name in ("left", "right", "start", "end", "insideV", "insideH"):
            assert not list(table.iter(qn(f"w:{name}")))
        borders = table.find(f"{W}tblPr/{W}tblBorders")
        assert [rule.tag for rule in borders] == [qn("w:top"), qn("w:bottom")]
        last_head = [row for row in table if row.find(f"{W}trPr/{W}tblHeader") is not None][-1]
        for cell in last_head.iterchildren(qn("w:tc")):
            assert cell.find(f"{W}tcPr/{W}tcBorders/{W}bottom") is not None


def test_spans_are_merged_cells(word):
    table = list(word.body.iter(qn("w:tbl")))[1]
    first, second = list(table.iterchildren(qn("w:tr")))[:2]
    spans = [cell.find(f"{W}tcPr/{W}gridSpan") for cell in first.iterchildren(qn("w:tc"))]
    assert [None if span is None else span.get(qn("w:val")) for span in spans] == [
        None,
        None,
        "2",
        "2",
    ]
    merges = [
        [cell.find(f"{W}tcPr/{W}vMerge") for cell in row.iterchildren(qn("w:tc"))]
        for row in (first, second)
    ]
    assert [m.get(qn("w:val")) for m in merges[0][:2]] == ["restart", "restart"]
    assert [m.get(qn("w:val")) for m in merges[1][:2]] == [None, None]
    assert merges[1][2:] == [None] * 4


def test_widths_of_cells_add_up_and_differ(word):
    for table in word.body.iter(qn("w:tbl")):
        grid = [int(column.get(qn("w:w"))) for column in table.find(f"{W}tblGrid")]
        assert len(set(grid)) > 1
        for row in table.iterchildren(qn("w:tr")):
            cells = [int(c.find(f"{W}tcPr/{W}tcW").get(qn("w:w"))) for c in row.iter(qn("w:tc"))]
            assert sum(cells) == sum(grid)


def test_notes_stand_below_with_their_letters_raised(word):
    texts = [normalise(text) for text in word.paragraphs]
    below = texts.index("a Wald test.")
    assert texts[below : below + 3] == [
        "a Wald test.",
        "b Reference level.",
        "CI, confidence interval; HR, hazard ratio; WHO, World Health Organization.",
    ]
    raised = {
        read_text(run)
        for run in word.body.iter(qn("w:r"))
        if (mark := run.find(f"{W}rPr/{W}vertAlign")) is not None
        and mark.get(qn("w:val")) == "superscript"
    }
    assert {"a", "b"} <= raised


def test_captions_count_with_fields_in_bookmarks(word):
    labels = [node.label for node in list_blocks(make_sample_page(), TableNode | FigureNode)]
    numbers = [field for field in word.fields if field.code.startswith("SEQ")]
    assert [field.bookmarks for field in numbers] == [
        (label.replace(" ", "_"),) for label in labels
    ]
    counts = {}
    for field in numbers:
        series = field.code.split()[1]
        counts[series] = counts.get(series, 0) + 1
        assert int(field.shown) == counts[series], "a field shows what an update would give"
    captions = [text for style, text in word.styles if style == "Caption"]
    assert len(captions) == len(labels)
    assert "Table 2. Factors of overall survival." in captions


def test_references_are_fields_that_show_their_bookmark(word):
    assert len(word.bookmarks) == len(set(word.bookmarks))
    assert all(re.fullmatch(r"[A-Za-z]\w{0,39}", name) for name in word.bookmarks)
    refs = [field for field in word.fields if field.code.startswith("REF")]
    assert len(refs) >= 12
    for field in refs:
        name = field.code.split()[1]
        assert name in word.bookmarks
        assert normalise(field.shown) == name.replace("_", " ")
    assert "were alive at five years (Figure 1 and Table 1)." in word.words
    assert "updateFields" not in word.parts["word/settings.xml"].decode()


def test_styles_are_the_real_ones(word):
    page = make_sample_page()
    styles = word.styles
    assert styles[0] == ("Title", "Outcome after lenalidomide failure")
    assert ("Author", "Ann Author and Ben Bauer") in styles
    assert ("Abstract Title", "Abstract") in styles
    assert ("Abstract", "Background. Little is known.") in styles
    assert ("Keywords", "Keywords. survival") in styles
    headings = [(name, text) for name, text in styles if name.startswith("Heading")]
    assert headings == [
        (f"Heading {node.level - 1}", normalise(node.plain))
        for node in list_blocks(page, HeadingNode)
    ]
    assert {name for name, _ in headings} == {"Heading 1", "Heading 2", "Heading 3"}
    assert [text for name, text in styles if name == "Bibliography"] == [
        "Kaplan EL, Meier P. https://doi.org/10.2307/2281868"
    ]


def test_authors_have_raised_numbers_of_affiliations():
    page = Page(
        title="T",
        kind="manuscript",
        authors=("Ada Example [1,2]", "Ben [2]", "Cy"),
        affiliations=("One", "Two"),
    )
    word = WordReader(write_docx(page))
    author = next(p for p in word.document.paragraphs if p.style.name == "Author")
    assert author.text == "Ada Example1,2, Ben2 and Cy"
    assert [run.text for run in author.runs if run.font.superscript] == ["1,2", "2"]
    assert [text for name, text in word.styles if name == "Affiliation"] == ["1 One", "2 Two"]
    assert word.document.core_properties.author == "Ada Example; Ben; Cy"


def test_figures_have_their_width_and_words(word):
    nodes = list_blocks(make_sample_page(), FigureNode)
    assert len(word.pictures) == len(nodes)
    for picture, node in zip(word.pictures, nodes, strict=True):
        properties = picture.find(qn("wp:docPr"))
        assert properties.get("title") == node.label
        assert properties.get("descr").startswith(node.block.text.alt)
        assert "At 24 months 52% survive" in properties.get("descr")
        width = int(picture.find(qn("wp:extent")).get("cx"))
        assert width == pytest.approx(Mm(node.block.width_mm), abs=2)
    ids = [picture.find(qn("wp:docPr")).get("id") for picture in word.pictures]
    assert len(set(ids)) == len(ids)


def test_figure_without_a_picture_is_drawn_from_its_lines():
    figure = replace(make_figure("figure.x", "X."), png=b"")
    word = WordReader(write_docx(make_page(make_notebook("# T", ("x", [figure])))))
    png = next(data for name, data in word.parts.items() if name.endswith(".png"))
    width_px = int.from_bytes(png[16:20], "big")
    assert width_px == pytest.approx(178 / 25.4 * 300, abs=2)


def test_nothing_leads_out_but_links(word):
    assert {kind for kind, _ in word.external} == {"hyperlink"}
    assert {target for _, target in word.external} == {"https://doi.org/10.2307/2281868"}


def test_head_foot_and_language(word):
    section = word.document.sections[0]
    assert section.header.paragraphs[0].text == "SYNTHETIC DATA \u00b7 Lenalidomide failure"
    assert section.footer.paragraphs[0].text == "Page 1 of 1"
    codes = [node.text.strip() for node in section.footer._element.iter(qn("w:instrText"))]
    assert codes == ["PAGE", "NUMPAGES"]
    assert b'w:lang w:val="en-GB"' in word.parts["word/styles.xml"]


def test_properties_tell_the_work_and_nothing_of_the_machine(word, monkeypatch):
    properties = word.document.core_properties
    assert properties.title == "Outcome after lenalidomide failure"
    assert properties.author == "Ann Author; Ben Bauer"
    assert (properties.language, properties.keywords) == ("en-GB", "survival")
    assert (properties.last_modified_by, properties.comments) == ("", "")
    assert properties.created.year == properties.modified.year == 1970
    assert not {"docProps/app.xml", "docProps/thumbnail.jpeg"} & set(word.parts)
    assert {member.date_time for member in word.archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    dated = WordReader(write_docx(Page(title="T"))).document.core_properties
    assert (dated.created.year, dated.created.month) == (2023, 11)


def test_real_patients_bring_no_banner():
    real = WordReader(write_docx(make_page(make_notebook("# T\n\nText."))))
    assert "SYNTHETIC" not in real.words + real.document.sections[0].header.paragraphs[0].text
    made = WordReader(write_docx(make_page(make_notebook("# T", ("x", [make_results("a")])))))
    assert "SYNTHETIC DATA" in made.words


def test_hostile_text_is_text():
    page = make_hostile_page()
    word = WordReader(write_docx(page))
    assert write_docx(page) == write_docx(make_hostile_page())
    squeezed = re.sub(r"[\s\u00a0]+", "", "".join(word.paragraphs))
    for name, text in HOSTILE.items():
        expected = re.sub(r"[\s\u00a0]+", "", clean_text(text))
        assert squeezed.count(expected) >= 6, name
    for name, data in word.parts.items():
        if name.endswith((".xml", ".rels")):
            etree.fromstring(data)
    codes = {field.code.split()[0] for field in word.fields}
    assert codes == {"SEQ", "REF"}
    assert {kind for kind, _ in word.external} <= {"hyperlink"}


def test_lines_are_numbered_and_doubled_on_request(word):
    assert not list(word.body.iter(qn("w:lnNumType")))
    options = PrintOptions(word_line_numbers=True, word_double_spacing=True)
    other = WordReader(write_docx(replace(make_sample_page(), print_options=options)))
    for section in other.body.iter(qn("w:sectPr")):
        numbers = section.find(qn("w:lnNumType"))
        assert (numbers.get(qn("w:countBy")), numbers.get(qn("w:restart"))) == ("1", "continuous")
    for name in ("Body Text", "Abstract", "Bibliography", "Caption"):
        assert other.document.styles[name].paragraph_format.line_spacing == 2.0
        assert word.document.styles[name].paragraph_format.line_spacing != 2.0
    assert other.document.styles["Table Text"].paragraph_format.line_spacing == 1.0
    assert other.words == word.words


@pytest.mark.parametrize(("size", "width"), [("a4", 11906), ("letter", 12240)])
def test_paper(size, width):
    page = Page(title="T", print_options=PrintOptions(page_size=size))
    assert WordReader(write_docx(page)).document.sections[0].page_width == Twips(width)


def test_wide_table_lies_on_its_side_under_its_heading():
    columns = 14
    head = tuple(Cell(f"Group {n} (n = 12)") for n in range(columns))
    row = (Cell("Haemoglobin", header=True), *[Cell("12.2 (3.7 to 48.7)")] * (columns - 1))
    wide = TableBlock("table.w", "Wide.", (head,), (row,), "l" + "r" * (columns - 1))
    nb = make_notebook("# T\n\nBefore.", "## Wide one", ("x", [wide]), "## After\n\nAfter.")
    word = WordReader(write_docx(make_page(nb)))
    sections = word.document.sections
    assert [s.page_width < s.page_height for s in sections] == [True, False, True]
    ends = [p for p in word.body.iterchildren(qn("w:p")) if p.find(f"{W}pPr/{W}sectPr") is not None]
    assert normalise(read_text(ends[0])) == "Before."
    assert not [s for s in list(sections)[1:] if not s.header.is_linked_to_previous]
    assert "Page 1 of 1" in sections[2].footer.paragraphs[0].text


def test_short_tables_stay_together_and_long_ones_may_go_on():
    def count_kept(block):
        word = WordReader(write_docx(make_page(make_notebook("# T", ("x", [block])))))
        rows = list(next(word.body.iter(qn("w:tbl"))).iterchildren(qn("w:tr")))
        return sum(row.find(f".//{W}keepNext") is not None for row in rows), len(rows)

    assert count_kept(make_model_table("table.m", "M.")) == (14, 14)
    kept, total = count_kept(make_long_table("table.l", 100))
    assert total == 101
    assert kept == 22  # head, each of 20 group names with its first level, last row with notes


def test_prose_becomes_paragraphs_lists_and_marks():
    word = write_prose(
        "A **bold** and *leaning* `code` word.\n\n1. one\n2. two\n\n   - below\n\n> said\n\n"
        "~~~\na = 1\nb\n~~~\n\n[site](https://example.org/x) [bad](javascript:alert)\n\n"
        "| a | b |\n|---|--:|\n| 1 | 2 |\n\nNoted.[^1]\n\n[^1]: The note."
    )
    styles = word.styles
    assert ("Body Text", "A bold and leaning code word.") in styles
    assert [text for name, text in styles if name == "List Number"] == ["one", "two"]
    assert ("List Bullet", "below") in styles
    assert ("Quote", "said") in styles
    assert ("Source Code", "a = 1 b") in styles
    assert ("footnote text", "The note.") in styles
    assert word.tables == [[["a", "b"], ["1", "2"]]]
    assert word.external == [("hyperlink", "https://example.org/x")]
    runs = {run.text: run for p in word.document.paragraphs for run in p.runs}
    assert runs["bold"].bold
    assert runs["leaning"].italic
    assert runs["code"].style.name == "Verbatim Char"
    depths = [node.get(qn("w:val")) for node in word.body.iter(qn("w:ilvl"))]
    assert depths == ["0", "0", "1", "0"]


def test_each_numbered_list_counts_from_its_own_start():
    word = write_prose("1. a\n2. b\n\nText.\n\n5. c\n")
    numbers = [node.get(qn("w:val")) for node in word.body.iter(qn("w:numId"))]
    assert numbers[0] == numbers[1] != numbers[2]
    root = etree.fromstring(word.parts["word/numbering.xml"])
    starts = {
        num.get(f"{W}numId"): num.find(f"{W}lvlOverride/{W}startOverride").get(f"{W}val")
        for num in root.iter(f"{W}num")
        if num.find(f"{W}lvlOverride") is not None
    }
    assert [starts[numbers[0]], starts[numbers[2]]] == ["1", "5"]


def test_formulas_are_words_own():
    word = write_prose("Inline $x^2 + \\alpha$ and\n\n$$\\frac{a}{b}$$\n\nbad $\\nosuch{$.")
    formulas = ["".join(f.itertext()) for f in word.body.iter(qn("m:oMath"))]
    assert [re.sub(r"\s", "", text) for text in formulas] == ["x2+\u03b1", "ab"]
    assert len(list(word.body.iter(qn("m:sSup")))) == len(list(word.body.iter(qn("m:f")))) == 1
    assert len(list(word.body.iter(qn("m:oMathPara")))) == 1
    assert "\\nosuch{" in word.words


def test_sentences_of_several_paragraphs_keep_them():
    nb = make_notebook("# T", ("x", [TextBlock("t", "One.\n\nTwo.")]))
    styles = WordReader(write_docx(make_page(nb))).styles
    assert ("Body Text", "One.") in styles
    assert ("Body Text", "Two.") in styles


def test_unknown_elements_of_prose_keep_their_words():
    page = Page(title="T", nodes=(ProseNode("<div><dl><dt>a</dt><dd>b</dd></dl></div>c", ""),))
    assert WordReader(write_docx(page)).words == "T a b c"
