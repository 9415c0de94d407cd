"""The files of a report folder and where they stand in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from helpers.report.blocks import SectionContent
from helpers.report.html import write_html
from helpers.report.linked import FoldedTable
from helpers.report.manuscript import Manuscript, assemble_manuscript
from helpers.report.markdown import MarkdownConverter
from helpers.report.numbering import Numbering
from helpers.report.pages import Page
from helpers.report.print_options import PrintOptions
from helpers.report.section_page import make_section_page

FORMATS = ("html", "pdf", "docx", "xlsx")
#: A PDF of each section; written only where it is asked for.
SECTION_PDF = "section_pdf"
ALL_FORMATS = (*FORMATS, SECTION_PDF)
#: In the order in which files are begun: what takes longest ends last if it is begun last.
LONGEST_FIRST = ("pdf", "docx", "xlsx", SECTION_PDF, "html")
FORMAT_NAMES = {"html": "HTML", "pdf": "PDF", "docx": "Word", "xlsx": "Tables (Excel)"}
#: Formats of the manuscript alone, and the files that they go into.
_MANUSCRIPT_FILES = {"docx": "manuscript", "xlsx": "supplement"}
#: The document for submission beside the manuscript, and the only format that it has.
CHECKLISTS, CHECKLISTS_FORMAT = "checklists", "docx"


def iterate_pages(
    manuscript: Manuscript,
    *,
    numbering: Numbering,
    markdown: MarkdownConverter,
    formats: Sequence[str],
    print_options: PrintOptions | None = None,
) -> Iterator[tuple[str, Page]]:
    """Yield each page with its path in the report, without suffix.

    Parameters
    ----------
    manuscript : Manuscript
        Of the report.
    numbering : Numbering
        Of the manuscript.
    markdown : MarkdownConverter
        Prepared with all prose.
    formats : sequence of str
        Which files a page may link to.
    print_options : PrintOptions, optional
        The look of all pages on paper.
    """
    options = print_options or PrintOptions()
    head = manuscript.front.running_head or manuscript.front.title
    page = assemble_manuscript(
        manuscript,
        numbering=numbering,
        markdown=markdown,
        links=_link_manuscript(manuscript, formats),
    )
    yield "manuscript", replace(page, print_options=options)
    for section in manuscript.sections:
        page = make_section_page(
            section,
            numbering=numbering,
            markdown=markdown,
            running_head=head,
            links=_link_section(section, formats),
            notebook=f"{section.name}.ipynb",
        )
        yield f"sections/{section.name}", replace(page, print_options=options)


def write_page(folder: Path, path: str, page: Page, formats: Sequence[str]) -> None:
    """Write a page in each format; only the manuscript has a Word file and a workbook."""
    for name in formats:
        if not is_written(page, name):
            continue
        data = _get_writer(name)(page)
        stem = _MANUSCRIPT_FILES.get(name, path) if page.kind == "manuscript" else path
        target = folder / f"{stem}.{_get_suffix(name)}"
        target.parent.mkdir(exist_ok=True)
        target.write_bytes(data)


def is_written(page: Page, name: str) -> bool:
    """Return whether a page is written in a format.

    Sections are pages of HTML, and PDF where that is asked for; checklists are a Word file alone.
    """
    if page.kind == "checklists":
        return name == CHECKLISTS_FORMAT
    if page.kind == "manuscript":
        return name != SECTION_PDF
    return name in {"html", SECTION_PDF}


def _get_suffix(name: str) -> str:
    return "pdf" if name == SECTION_PDF else name


def _get_writer(name: str) -> Callable[[Page], bytes]:
    if name == "html":
        return lambda page: write_html(page).encode("utf-8")
    if name == "docx":
        from helpers.report.docx import write_docx

        return write_docx
    if name == "xlsx":
        from helpers.report.xlsx import write_xlsx

        return write_xlsx
    from helpers.report.pdf import write_pdf

    return write_pdf


def _link_manuscript(manuscript: Manuscript, formats: Sequence[str]) -> list[tuple[str, str]]:
    links = [
        (f"{_MANUSCRIPT_FILES.get(name, 'manuscript')}.{name}", FORMAT_NAMES[name])
        for name in formats
        if name not in {"html", SECTION_PDF}
    ]
    if CHECKLISTS_FORMAT in formats and _has_checklists(manuscript):
        links.append((f"{CHECKLISTS}.{CHECKLISTS_FORMAT}", "Checklists (Word)"))
    links += [
        (f"sections/{section.name}.ipynb", f"Notebook {section.name}")
        for section in manuscript.sections
    ]
    return [*links, ("results.json", "All results")]


def _has_checklists(manuscript: Manuscript) -> bool:
    items = (item for part in manuscript.appendices for item in part.items)
    return any(isinstance(item, FoldedTable) for item in items)


def _link_section(section: SectionContent, formats: Sequence[str]) -> list[tuple[str, str]]:
    links = [("../manuscript.html", "Manuscript")] if "html" in formats else []
    links.append((f"{section.name}.ipynb", "Executed notebook"))
    if SECTION_PDF in formats:
        links.append((f"{section.name}.pdf", FORMAT_NAMES["pdf"]))
    return links
