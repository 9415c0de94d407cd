"""nbconvert's exporters."""

import subprocess
import sys

import nbformat
import pytest
from page_reader import PageReader
from sample_report import make_sections

from helpers.report.exporters import LenfailHTMLExporter, LenfailPDFExporter


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


@pytest.mark.parametrize("exporter", [LenfailHTMLExporter, LenfailPDFExporter])
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
        assert data.startswith(b"%PDF")


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
