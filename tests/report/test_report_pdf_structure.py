"""The PDF as assistive technology and archives read it, on any paper, in one column and in two."""

import dataclasses
import io
import itertools
import shutil
import subprocess
from collections import Counter

import pytest
import typst
from pypdf import PdfReader
from report_pages import make_page, make_sample_page
from sample_report import make_figure, make_long_table, make_notebook

from helpers.document import Cell, TableBlock
from helpers.report.grid import place_cells
from helpers.report.nodes import FigureNode, TableNode
from helpers.report.pdf import find_unprintable, replace_unprintable, write_pdf
from helpers.report.pdf_row_heads import tag_row_heads
from helpers.report.print_options import PrintOptions
from helpers.report.table_widths import FULL_WIDTH_PT, estimate_height, plan_widths
from helpers.report.typst_sheet import Sheet
from helpers.report.typst_source import write_typst

LAYOUTS = [("a4", 1), ("a4", 2), ("letter", 1), ("letter", 2)]
SIZES_PT = {"a4": (595.28, 841.89), "letter": (612.0, 792.0)}
needs_poppler = pytest.mark.skipif(
    shutil.which("pdftotext") is None, reason="pdftotext is not installed"
)


def lay_out(page, size, columns):
    options = PrintOptions(page_size=size, page_columns=columns)
    return dataclasses.replace(page, print_options=options)


def walk(element):
    """Yield every structure element below one, in reading order."""
    element = element.get_object() if hasattr(element, "get_object") else element
    if isinstance(element, list):
        for kid in element:
            yield from walk(kid)
    elif isinstance(element, dict):
        if "/S" in element:
            yield element
        if "/K" in element:
            yield from walk(element["/K"])


def get_attribute(element, name):
    for part in element.get("/A", []):
        if name in part.get_object():
            return part.get_object()[name]
    return None


@pytest.fixture(scope="module")
def sample():
    page = make_sample_page()
    return dataclasses.replace(
        page,
        authors=("Ann Author [1,2]", "Ben Bauer [2]", "Cy Dee"),
        affiliations=("University Hospital", "Institute of Biometry"),
    )


@pytest.fixture(scope="module", params=LAYOUTS, ids=lambda layout: "-".join(map(str, layout)))
def printed(request, sample):
    size, columns = request.param
    pdf = write_pdf(lay_out(sample, size, columns))
    return size, columns, pdf, PdfReader(io.BytesIO(pdf))


def test_paper_is_the_one_asked_for(printed):
    size, _, _, reader = printed
    for page in reader.pages:
        assert sorted(map(float, page.mediabox[2:])) == pytest.approx(SIZES_PT[size], abs=0.1)


def test_document_says_what_it_is(printed):
    _, _, _, reader = printed
    root = reader.trailer["/Root"]
    assert root["/Lang"] in {"en", "en-GB"}
    assert root["/MarkInfo"]["/Marked"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert root["/OutputIntents"][0]["/S"] == "/GTS_PDFA1"
    assert reader.metadata.title == "Outcome after lenalidomide failure"
    assert reader.metadata.author == "Ann Author, Ben Bauer, Cy Dee"
    xmp = root["/Metadata"].get_data().decode()
    for wanted in ("<pdfuaid:part>1<", "<pdfaid:part>2<", "<pdfaid:conformance>A<"):
        assert wanted in xmp


def test_outline_and_links_lead_somewhere(printed):
    _, _, _, reader = printed

    def flatten(outline):
        for entry in outline:
            if isinstance(entry, list):
                yield from flatten(entry)
            else:
                yield entry.title

    titles = list(flatten(reader.outline))
    assert titles[0] == "Abstract"
    assert {"Methods", "Results", "Discussion", "References"} <= set(titles)
    links = [
        note.get_object()
        for page in reader.pages
        for note in page.get("/Annots", [])
        if note.get_object()["/Subtype"] == "/Link"
    ]
    inside = [link for link in links if "/Dest" in link or "/D" in link.get("/A", {})]
    outside = [link["/A"]["/URI"] for link in links if "/URI" in link.get("/A", {})]
    assert len(inside) >= 3
    assert "https://doi.org/10.2307/2281868" in outside
    assert all("/Contents" in link for link in links)


def test_fonts_are_embedded(printed):
    _, _, _, reader = printed
    seen = 0
    for page in reader.pages:
        for font in page["/Resources"].get("/Font", {}).values():
            inner = font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"]
            assert {"/FontFile2", "/FontFile3"} & set(inner)
            seen += 1
    assert seen


def test_headings_descend_without_a_gap_and_figures_are_described(printed, sample):
    _, _, _, reader = printed
    tags = [element["/S"] for element in walk(reader.trailer["/Root"]["/StructTreeRoot"])]
    levels = [int(tag[2]) for tag in tags if tag[:2] == "/H" and tag[2:].isdigit()]
    assert levels[0] == 1
    assert all(now <= before + 1 for before, now in itertools.pairwise(levels))
    assert len(levels) == len(sample.headings) + 1
    figures = [
        element
        for element in walk(reader.trailer["/Root"]["/StructTreeRoot"])
        if element["/S"] == "/Figure"
    ]
    alts = [element["/Alt"] for element in figures]
    nodes = [node for node in sample.nodes if isinstance(node, FigureNode)]
    assert sorted(node.block.text.alt for node in nodes) == sorted(alts)


def test_every_head_cell_has_a_scope_and_each_row_head_is_one(printed, sample):
    _, _, _, reader = printed
    tree = reader.trailer["/Root"]["/StructTreeRoot"]
    elements = list(walk(tree))
    heads = [element for element in elements if element["/S"] == "/TH"]
    scopes = Counter(get_attribute(head, "/Scope") for head in heads)
    blocks = [node.block for node in sample.nodes if isinstance(node, TableNode)]
    assert sum(element["/S"] == "/Table" for element in elements) == len(blocks)
    assert scopes["/Column"] == sum(len(row) for block in blocks for row in block.header)
    in_rows = [placed.cell.header for block in blocks for placed in place_cells(block.rows)]
    assert scopes["/Row"] == sum(in_rows) > 0
    assert set(scopes) == {"/Column", "/Row"}
    names = tree["/IDTree"]["/Names"]
    assert list(names[::2]) == sorted(names[::2])
    known = dict(zip(names[::2], names[1::2], strict=True))
    assert all(known[head["/ID"]].get_object() == head for head in heads)
    for cell in elements:
        if cell["/S"] == "/TD":
            assert set(get_attribute(cell, "/Headers") or []) <= set(known)


def test_cells_name_the_head_of_their_row(printed):
    _, _, _, reader = printed
    rows = [e for e in walk(reader.trailer["/Root"]["/StructTreeRoot"]) if e["/S"] == "/TR"]
    checked = 0
    for row in rows:
        cells = [kid.get_object() for kid in row["/K"]]
        if cells[0]["/S"] == "/TH" and get_attribute(cells[0], "/Scope") == "/Row":
            for cell in cells[1:]:
                if cell["/S"] == "/TD":
                    assert cells[0]["/ID"] in get_attribute(cell, "/Headers")
                    checked += 1
    assert checked > 5


def test_all_layouts_compile_without_a_warning(sample):
    for size, columns in LAYOUTS:
        source = replace_unprintable(write_typst(lay_out(sample, size, columns)))
        _, warnings = typst.compile_with_warnings(
            source.encode(), format="pdf", ignore_system_fonts=True,
            pdf_standards=["ua-1", "a-2a"],
        )  # fmt: skip
        assert [warning.message for warning in warnings] == []


@needs_poppler
def test_nothing_is_printed_beyond_the_margins(printed, tmp_path):
    """No word stands outside the sheet's margins, in any column, in head or foot."""
    size, columns, pdf, _ = printed
    path = tmp_path / "page.pdf"
    path.write_bytes(pdf)
    done = subprocess.run(["pdftotext", "-bbox", path, "-"], capture_output=True, check=True)
    words = [line for line in done.stdout.decode().splitlines() if "<word" in line]
    assert len(words) > 300
    side = Sheet(PrintOptions(page_size=size, page_columns=columns)).side_mm / 25.4 * 72
    width = SIZES_PT[size][0]
    for line in words:
        edges = {
            name: float(line.split(f'{name}="')[1].split('"')[0])
            for name in ("xMin", "xMax", "yMax")
        }
        assert edges["xMin"] >= side - 1, line
        assert edges["xMax"] <= max(width, SIZES_PT[size][1]) - side + 4, line
        assert edges["yMax"] <= max(SIZES_PT[size]) - 20, line


@needs_poppler
def test_two_columns_stand_side_by_side(sample, tmp_path):
    text = {}
    for columns in (1, 2):
        path = tmp_path / f"{columns}.pdf"
        path.write_bytes(write_pdf(lay_out(sample, "a4", columns)))
        done = subprocess.run(["pdftotext", "-bbox", path, "-"], capture_output=True, check=True)
        starts = [
            float(line.split('xMin="')[1].split('"')[0])
            for line in done.stdout.decode().splitlines()
            if "<word" in line
        ]
        text[columns] = Counter(round(start) for start in starts)
    second = round((16 + 86 + 6) / 25.4 * 72)
    assert sum(text[2][second + shift] for shift in (-1, 0, 1)) > 5
    assert text[2].most_common(1)[0][0] in range(44, 48)


@needs_poppler
def test_authors_point_at_numbered_affiliations(printed, tmp_path):
    _, _, pdf, _ = printed
    path = tmp_path / "page.pdf"
    path.write_bytes(pdf)
    done = subprocess.run(["pdftotext", "-l", "1", path, "-"], capture_output=True, check=True)
    words = " ".join(done.stdout.decode().split())
    assert "Ann Author1,2, Ben Bauer2 and Cy Dee" in words.replace(" 1,2", "1,2").replace(
        " 2 and", "2 and"
    )
    assert "Institute of Biometry" in words
    assert "[1,2]" not in words


@needs_poppler
@pytest.mark.parametrize("columns", [1, 2])
def test_a_table_of_many_columns_is_printed_whole(columns, tmp_path):
    row = (Cell("Patients", header=True), *(Cell(f"{n}x1234567 (12.3)") for n in range(17)))
    head = (Cell("What"), *(Cell(f"Group {n}") for n in range(17)))
    wide = TableBlock("table.w", "Wide.", (head,), (row,) * 30, "l" + "r" * 17)
    page = make_page(make_notebook("# T\n\nText.", ("x", [wide]), "After."))
    pdf = write_pdf(lay_out(page, "a4", columns))
    reader = PdfReader(io.BytesIO(pdf))
    turned = [p for p in reader.pages if p.mediabox.width > p.mediabox.height]
    assert turned
    text = "".join(p.extract_text() for p in turned)
    assert text.replace("\n", "").replace("\u200b", "").count("16x1234567") == 30
    assert "After." in reader.pages[-1].extract_text()


@needs_poppler
@pytest.mark.parametrize("columns", [1, 2])
def test_a_long_wide_table_repeats_its_head_on_each_page(columns, tmp_path):
    long = make_long_table("table.l", 150)
    page = make_page(make_notebook("# T\n\nText.", ("x", [long]), "After."))
    reader = PdfReader(io.BytesIO(write_pdf(lay_out(page, "letter", columns))))
    held = [
        p.extract_text()
        for p in reader.pages
        if "Level" in p.extract_text() or "%" in p.extract_text()
    ]
    assert len(held) >= 2
    head = long.header[-1][-1].text.split("(")[0].strip()
    assert all(head in text.replace("\n", " ").replace("\u00a0", " ") for text in held)


def test_a_figure_and_its_caption_share_a_page():
    figures = [make_figure(f"figure.f{n}", f"Figure number {n}.") for n in range(6)]
    page = make_page(make_notebook("# T\n\nText.", ("x", figures)))
    reader = PdfReader(io.BytesIO(write_pdf(lay_out(page, "a4", 1))))
    counted = 0
    for element in walk(reader.trailer["/Root"]["/StructTreeRoot"]):
        if element["/S"] == "/Figure":
            around = [kid.raw_get("/Pg") for kid in walk(element["/P"]) if "/Pg" in kid]
            assert len({page.idnum for page in around}) == 1
            counted += 1
    assert counted == 6


def test_small_tables_keep_to_their_column_and_wide_ones_span():
    def make(n_columns, n_rows=4):
        cells = tuple(Cell("12.2 (3.7 to 48.7)") for _ in range(n_columns))
        return TableBlock("t", "T.", (cells,), (cells,) * n_rows, "r" * n_columns)

    sheet = Sheet(PrintOptions(page_columns=2))
    options = {"column_pt": sheet.column_pt, "is_newspaper": True, "turned_pt": sheet.turned_pt}
    assert not plan_widths(make(2), **options).wide
    assert plan_widths(make(5), **options).wide
    turned = plan_widths(make(12), **options)
    assert turned.turned
    assert FULL_WIDTH_PT < sum(turned.widths_pt) <= sheet.turned_pt + 1
    assert turned.scale * 8.6 >= 7
    assert sheet.place(is_wide=True, may_float=True) == "span"
    assert sheet.place(is_wide=True, may_float=False) == "page"
    assert Sheet(PrintOptions(), is_floating=False).place(is_wide=True, may_float=True) == "inline"


def test_height_grows_with_rows_and_with_broken_lines():
    def make(text, n_rows):
        row = (Cell("A"), Cell(text))
        return TableBlock("t", "T.", (row,), (row,) * n_rows, "ll", {"a": "Note."})

    short, long = make("one", 5), make("one", 50)
    heights = [estimate_height(block, plan_widths(block)) for block in (short, long)]
    assert heights[1] > 5 * heights[0]
    broken = make("because " * 40, 5)
    assert estimate_height(broken, plan_widths(broken)) > 1.5 * heights[0]


def test_row_heads_of_a_table_that_reads_otherwise_are_left(sample):
    pdf = write_pdf(make_page(make_notebook("# T", ("x", [make_long_table("table.l", 3)]))))
    other = TableBlock("t", "T.", (), ((Cell("a", header=True),),), "l")
    assert tag_row_heads(pdf, [other]) == pdf
    assert tag_row_heads(pdf, []) == pdf
    assert tag_row_heads(b"%PDF-1.7 nothing here", [other]) == b"%PDF-1.7 nothing here"


def test_greek_cyrillic_mathematics_and_arrows_are_printed():
    letters = "αβγδεΩμΣжщюЯ≤≥≠≈±×÷∞∂√∑∫←→↑↓↔⇒†‡§¶•–—…‰½⅓⅛₀₁₂³⁴"
    assert find_unprintable(frozenset(letters)) == frozenset()


@needs_poppler
def test_a_document_says_how_many_letters_it_could_not_print(tmp_path):
    for text, note in (
        ("Plain.", None),
        ("One \u4e2d.", "1 character of this document"),
        ("Two \u4e2d\U0001f600.", "2 characters of this document"),
    ):
        path = tmp_path / "page.pdf"
        path.write_bytes(write_pdf(make_page(make_notebook(f"# T\n\n{text}"))))
        done = subprocess.run(["pdftotext", path, "-"], capture_output=True, check=True)
        words = " ".join(done.stdout.decode().split())
        assert ("of this document" in words) == (note is not None)
        assert note is None or note in words
