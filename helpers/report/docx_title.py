"""The title block of a Word manuscript: title, authors, affiliations, abstract, keywords."""

from __future__ import annotations

from collections.abc import Iterator

from helpers.report.docx_context import WordContext
from helpers.report.docx_prose import ProseWriter
from helpers.report.docx_xml import BOLD, RAISED, Element, make_run
from helpers.report.html_head import ABSTRACT_ANCHOR
from helpers.report.nodes import SentenceNode
from helpers.report.pages import SYNTHETIC_BANNER, SYNTHETIC_NOTE, Page
from helpers.report.wording import split_author


def write_title_block(context: WordContext, page: Page) -> Iterator[Element]:
    """Yield title, authors with raised numbers, affiliations and the notice of synthetic data."""
    yield context.words("Title", page.title)
    if page.authors:
        yield context.paragraph("Author", list(_list_authors(page.authors)))
    numbered = len(page.affiliations) > 1 or any(split_author(name)[1] for name in page.authors)
    for number, text in enumerate(page.affiliations, 1):
        raised = [make_run(str(number), RAISED), make_run(" ")] if numbered else []
        yield context.paragraph("Affiliation", [*raised, make_run(text)])
    if page.synthetic:
        runs = [make_run(SYNTHETIC_BANNER, BOLD), make_run(f". {SYNTHETIC_NOTE}")]
        yield context.paragraph("Notice", runs)


def write_abstract(context: WordContext, page: Page, prose: ProseWriter) -> Iterator[Element]:
    """Yield the structured abstract and the keywords."""
    if page.abstract:
        head = context.mark(ABSTRACT_ANCHOR, [make_run("Abstract")])
        yield context.paragraph("Abstract Title", head)
    for node in page.abstract:
        yield write_abstract_part(context, node, prose)
    if page.keywords:
        runs = [make_run("Keywords. ", BOLD), make_run("; ".join(page.keywords))]
        yield context.paragraph("Keywords", runs)


def write_abstract_part(context: WordContext, node: SentenceNode, prose: ProseWriter) -> Element:
    """Return a part of the abstract under its heading in the line."""
    head = [make_run(f"{node.heading}. ", BOLD)] if node.heading else []
    return context.paragraph("Abstract", [*head, *prose.write_sentence(node)])


def _list_authors(authors: tuple[str, ...]) -> Iterator[Element]:
    for number, author in enumerate(authors):
        if number:
            yield make_run(" and " if number == len(authors) - 1 else ", ")
        name, marks = split_author(author)
        yield make_run(name)
        if marks:
            yield make_run(marks, RAISED)
