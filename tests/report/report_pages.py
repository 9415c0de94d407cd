"""Pages of the sample report."""

from __future__ import annotations

from functools import cache

import nbformat
from sample_report import CONTEXT, HOSTILE, make_notebook, make_sections

from helpers.document import Cell, FigureBlock, FigureText, ResultsBlock, TableBlock, TextBlock
from helpers.report.blocks import Prose, read_section
from helpers.report.manuscript import FrontMatter, Manuscript, Part, assemble_manuscript
from helpers.report.markdown import MarkdownConverter
from helpers.report.numbering import number_blocks
from helpers.report.pages import Page
from helpers.report.reopening import Reopening
from helpers.report.section_page import make_section_page

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 4"><path d="M 0 0 L 9 4"/></svg>'
MARKDOWN = MarkdownConverter()


def make_page(nb: nbformat.NotebookNode, name: str = "01_x") -> Page:
    content = read_section(nb, name=name)
    numbering = number_blocks(content.blocks)
    return make_section_page(content, numbering=numbering, markdown=MARKDOWN)


@cache
def make_sample_manuscript() -> Manuscript:
    sections = tuple(read_section(nb, name=name) for name, nb in make_sections().items())
    reopenings = {section.name: make_reopening(section.name) for section in sections}
    return Manuscript(front=make_front(), sections=sections, reopenings=reopenings)


def make_reopening(name: str) -> Reopening:
    command = f"lenfail lab reports/sample --notebook {name}"
    return Reopening(command, f"{name}.ipynb", (("age_cut_years", "70"), ("data", str(HOSTILE))))


def make_front(_: object = None) -> FrontMatter:
    return FrontMatter(
        title="Outcome after lenalidomide failure",
        running_head="Lenalidomide failure",
        authors=("Ann Author", "Ben Bauer"),
        affiliations=("University Hospital",),
        keywords=("survival",),
        abstract=(
            ("Background", TextBlock("abstract.background", "Little is known.")),
            ("Results", TextBlock("abstract.results", "The median was 23 months.", ("figure.f2",))),
        ),
        before=(
            Part(title="Methods", items=(Prose("## Patients\n\nAll.\n\n## Statistics\n\n$x$"),)),
        ),
        after=(Part(title="Discussion", items=(Prose("It is short."),)),),
        references=("Kaplan EL, Meier P. <https://doi.org/10.2307/2281868>",),
    )


@cache
def make_sample_page() -> Page:
    manuscript = make_sample_manuscript()
    MARKDOWN.prepare(manuscript.list_fragments())
    return assemble_manuscript(manuscript, numbering=manuscript.number(), markdown=MARKDOWN)


def make_hostile_page() -> Page:
    """Return a page with hostile text in every place that data can reach."""
    blocks = []
    for name, text in HOSTILE.items():
        table = TableBlock(
            f"table.{name}",
            text,
            ((Cell(text), Cell("n")),),
            (
                (Cell(text, header=True), Cell(text)),
                (Cell(text, indent=1, notes=(text[:5],)), Cell("1")),
            ),
            "lr",
            {text[:5]: text},
            {text[:9]: text},
        )
        words = FigureText(f"figure.{name}", text, text, text, text, {text[:9]: text})
        figure = FigureBlock(
            words, SVG, b"", f'a,b\n"{text.replace(chr(34), "")}",0.12345678\n', 86
        )
        blocks += [TextBlock(name, escape_markdown(text), (table.id, figure.id)), table, figure]
    nb = make_notebook(
        f"# Hostile {HOSTILE['script']}",
        *((f"show({name!r}) # {text}", []) for name, text in HOSTILE.items()),
        *(f"Prose {text}" for text in HOSTILE.values()),
        ("show()", [*blocks, ResultsBlock("x", (), (), CONTEXT)]),
    )
    return make_page(nb)


def escape_markdown(text: str) -> str:
    """Return text as a writer of sentences has to escape it."""
    return "".join(f"\\{c}" if c in "\\`*_{}[]()<>#+-.!|~$&" else c for c in text)
