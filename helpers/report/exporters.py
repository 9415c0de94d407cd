"""nbconvert's way to the pages: ``jupyter nbconvert --to lenfail_html executed.ipynb``."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from nbconvert.exporters import Exporter
from nbformat import NotebookNode
from traitlets import Bool, Unicode

from helpers.report.blocks import read_section
from helpers.report.html import write_html
from helpers.report.markdown import MarkdownConverter
from helpers.report.numbering import number_blocks
from helpers.report.pages import Page
from helpers.report.pdf import write_pdf
from helpers.report.print_options import read_print_options
from helpers.report.section_page import make_section_page


class _PageExporter(Exporter):
    """Reads the blocks of an executed notebook; tables and figures are numbered from 1."""

    running_head = Unicode("", help="Printed on each sheet; the title without one.").tag(
        config=True
    )

    def make_page(
        self, nb: NotebookNode, resources: Any = None, **options: Any
    ) -> tuple[Page, dict[str, Any]]:
        """Return the notebook's page and nbconvert's resources."""
        nb, resources = super().from_notebook_node(nb, resources, **options)
        name = resources.get("metadata", {}).get("name") or "notebook"
        content = read_section(nb, name=name)
        page = make_section_page(
            content,
            numbering=number_blocks(content.blocks),
            markdown=MarkdownConverter(),
            running_head=self.running_head,
        )
        return page, resources


class LenfailHTMLExporter(_PageExporter):
    """One HTML file that needs nothing else, code folded."""

    export_from_notebook = "Report (HTML)"
    output_mimetype = "text/html"

    def _file_extension_default(self) -> str:
        return ".html"

    def from_notebook_node(
        self, nb: NotebookNode, resources: Any = None, **options: Any
    ) -> tuple[str, dict[str, Any]]:
        """Return the notebook as HTML."""
        page, resources = self.make_page(nb, resources, **options)
        return write_html(page), resources


class LenfailDOCXExporter(_PageExporter):
    """A Word file with native tables and fields."""

    export_from_notebook = "Report (Word)"
    output_mimetype = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

    reference_docx = Unicode("", help="A Word file whose styles and paper are taken.").tag(
        config=True
    )
    line_numbers = Bool(False, help="Whether Word numbers the lines.").tag(config=True)
    double_spacing = Bool(False, help="Whether Word doubles the line spacing.").tag(config=True)

    def _file_extension_default(self) -> str:
        return ".docx"

    def from_notebook_node(
        self, nb: NotebookNode, resources: Any = None, **options: Any
    ) -> tuple[bytes, dict[str, Any]]:
        """Return the notebook as a Word file."""
        from helpers.report.docx import write_docx

        page, resources = self.make_page(nb, resources, **options)
        look = read_print_options(
            {
                "reference_docx": self.reference_docx,
                "word_line_numbers": self.line_numbers,
                "word_double_spacing": self.double_spacing,
            }
        )
        resources["output_extension"] = ".docx"
        return write_docx(replace(page, print_options=look)), resources


class LenfailPDFExporter(_PageExporter):
    """Accessible PDF, without LaTeX and without a browser."""

    export_from_notebook = "Report (PDF)"
    output_mimetype = "application/pdf"

    def _file_extension_default(self) -> str:
        return ".pdf"

    def from_notebook_node(
        self, nb: NotebookNode, resources: Any = None, **options: Any
    ) -> tuple[bytes, dict[str, Any]]:
        """Return the notebook as PDF."""
        page, resources = self.make_page(nb, resources, **options)
        resources["output_extension"] = ".pdf"
        return write_pdf(page), resources
