"""nbconvert's exporters."""

import base64
import io
import subprocess
import sys

import nbformat
import pytest
from page_reader import PageReader
from PIL import Image
from sample_report import draw, make_sections
from word_reader import WordReader

from helpers.errors import ParameterError
from helpers.report.exporters import LenfailDOCXExporter, LenfailHTMLExporter, LenfailPDFExporter

FRAME = (
    "<div><style>th {color: red}</style><script>alert(1)</script><table><thead><tr><th></th>"
    '<th colspan="2">both</th></tr></thead><tbody><tr><th>0</th><td>1.5</td><td>x</td></tr>'
    "</tbody></table></div>"
)


@pytest.fixture(scope="module")
def notebook():
    return make_sections()["02_outcomes"]


def test_html_exporter_sets_our_notebook(notebook):
    html, resources = LenfailHTMLExporter().from_notebook_node(notebook)
    assert resources["output_extension"] == ".html"
    page = PageReader(html)
    assert "Figure 1. Overall survival by type of failure." in page.words
    assert page.loaded == []


def test_pdf_exporter_gives_bytes(notebook):
    exporter = LenfailPDFExporter(running_head="Head")
    pdf, resources = exporter.from_notebook_node(notebook)
    assert resources["output_extension"] == ".pdf"
    assert pdf.startswith(b"%PDF-1.7")


def test_docx_exporter_sets_our_notebook(notebook):
    exporter = LenfailDOCXExporter(running_head="Head", line_numbers=True, double_spacing=True)
    data, resources = exporter.from_notebook_node(notebook)
    assert resources["output_extension"] == ".docx"
    word = WordReader(data)
    assert "Figure 1. Overall survival by type of failure." in word.words
    assert len(word.tables) == 1
    assert word.document.sections[0].header.paragraphs[0].text.endswith("Head")
    assert word.document.styles["Body Text"].paragraph_format.line_spacing == 2.0


def test_docx_exporter_refuses_a_bad_reference(notebook):
    with pytest.raises(ParameterError, match="reference_docx must be a Word file"):
        LenfailDOCXExporter(reference_docx="none.docx").from_notebook_node(notebook)


def test_docx_of_a_foreign_notebook_has_its_text_and_pictures():
    svg = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 4"><path d="M 0 0 L 9 4"/></svg>'
    outputs = [
        nbformat.v4.new_output("stream", text="printed <b>\n#panic()"),
        nbformat.v4.new_output("execute_result", {"text/plain": "42"}),
        nbformat.v4.new_output("display_data", {"image/svg+xml": svg, "text/plain": "<Figure>"}),
        nbformat.v4.new_output("display_data", {"image/png": "bm90IGEgcG5n", "text/plain": "bad"}),
        nbformat.v4.new_output("display_data", {"text/html": FRAME, "text/plain": "as text"}),
    ]
    cells = [
        nbformat.v4.new_markdown_cell("# Mine\n\n| a | b |\n|---|---|\n| 1 | 2 |"),
        nbformat.v4.new_code_cell("secret_code()", outputs=outputs),
    ]
    data, _ = LenfailDOCXExporter().from_notebook_node(nbformat.v4.new_notebook(cells=cells))
    word = WordReader(data)
    assert word.styles[0] == ("Title", "Mine")
    assert ("Source Code", "printed <b> #panic()") in word.styles
    assert ("Source Code", "42") in word.styles
    assert ("Figure", "[bad]") in word.styles
    assert word.tables == [
        [["a", "b"], ["1", "2"]],
        [["", "both"], ["0", "1.5", "x"]],
    ]
    assert "as text" not in word.words
    assert "alert" not in word.words
    assert len(word.pictures) == 1
    assert "secret_code" not in word.words


@pytest.mark.parametrize("exporter", [LenfailHTMLExporter, LenfailPDFExporter, LenfailDOCXExporter])
def test_foreign_notebook_is_set_too(exporter):
    outputs = [nbformat.v4.new_output("stream", text="printed <b>\n#panic()")]
    cells = [
        nbformat.v4.new_markdown_cell("## No title\n\n$x^2$"),
        nbformat.v4.new_code_cell("print()", outputs=outputs),
    ]
    data, _ = exporter().from_notebook_node(nbformat.v4.new_notebook(cells=cells))
    if isinstance(data, str):
        assert '<pre class="wrapped">printed &lt;b&gt;\n#panic()</pre>' in data
    else:
        assert data.startswith((b"%PDF", b"PK"))


def test_nbconvert_finds_the_word_exporter(notebook, tmp_path):
    nbformat.write(notebook, tmp_path / "nb.ipynb")
    command = [sys.executable, "-m", "nbconvert", "--to", "lenfail_docx", tmp_path / "nb.ipynb"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "Figure 1. Overall survival" in WordReader((tmp_path / "nb.docx").read_bytes()).words


def test_nbconvert_finds_the_exporters(notebook, tmp_path):
    nbformat.write(notebook, tmp_path / "nb.ipynb")
    command = [
        sys.executable,
        "-m",
        "nbconvert",
        "--to",
        "lenfail_html",
        str(tmp_path / "nb.ipynb"),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "Figure 1. Overall survival" in PageReader((tmp_path / "nb.html").read_text()).words


def test_outputs_of_a_foreign_notebook_are_shown_and_made_harmless(tmp_path):
    frame = "<style>x{}</style><table onclick='x()'><tr><th>os</th></tr><tr><td>1</td></tr></table>"
    pixel = draw(1, 178, 80.0)[1]
    outputs = [
        nbformat.v4.new_output("display_data", {"text/html": frame, "text/plain": "os\n1"}),
        nbformat.v4.new_output(
            "display_data", {"image/png": base64.b64encode(pixel).decode(), "text/plain": "Plot"}
        ),
        nbformat.v4.new_output("display_data", {"text/markdown": "A **bold** word."}),
        nbformat.v4.new_output("error", ename="ValueError", evalue="<bad>", traceback=["x"]),
    ]
    cells = [nbformat.v4.new_code_cell("1 / 0", outputs=outputs)]
    html, _ = LenfailHTMLExporter().from_notebook_node(nbformat.v4.new_notebook(cells=cells))
    page = PageReader(html)
    assert "<table><tr><th>os</th></tr><tr><td>1</td></tr></table>" in html
    assert (
        f'<img src="data:image/png;base64,{base64.b64encode(pixel).decode()}" alt="Plot">' in html
    )
    assert "A <strong>bold</strong> word." in html
    assert '<pre class="error">ValueError: &lt;bad&gt;</pre>' in html
    assert page.outside == page.unbalanced == []


@pytest.mark.parametrize("exporter", [LenfailHTMLExporter, LenfailPDFExporter])
def test_photograph_is_shown_and_a_broken_one_is_told(exporter):
    photograph = io.BytesIO()
    Image.new("RGB", (8, 4), "red").save(photograph, "JPEG")
    outputs = [
        nbformat.v4.new_output(
            "display_data", {"image/jpeg": base64.b64encode(data).decode(), "text/plain": "Photo"}
        )
        for data in (photograph.getvalue(), b"no picture")
    ]
    cells = [nbformat.v4.new_code_cell("show()", outputs=outputs)]
    shown, _ = exporter().from_notebook_node(nbformat.v4.new_notebook(cells=cells))
    if isinstance(shown, str):
        assert shown.count('<img src="data:image/png;base64,') == 1
        assert '<pre class="wrapped">Photo</pre>' in shown
    else:
        assert shown.startswith(b"%PDF")
