"""A section of the report as a page of its own."""

from __future__ import annotations

from collections.abc import Sequence

from helpers.report.blocks import SectionContent
from helpers.report.markdown import MarkdownConverter
from helpers.report.numbering import Numbering
from helpers.report.pages import Page, PageBuilder, level_headings, list_shown


def make_section_page(
    content: SectionContent,
    *,
    numbering: Numbering,
    markdown: MarkdownConverter,
    running_head: str = "",
    links: Sequence[tuple[str, str]] = (),
    notebook: str = "",
) -> Page:
    """Return the page of one section, every block where its notebook shows it.

    Parameters
    ----------
    content : SectionContent
        Of the executed notebook.
    numbering : Numbering
        Of the whole manuscript, so that a table has one number everywhere.
    markdown : MarkdownConverter
        Of the build.
    running_head : str
        Printed on each sheet; the section's title without one.
    links : sequence of (str, str)
        Address and words of each link below the title.
    notebook : str
        Address of the executed notebook, to which the folded code links.

    Returns
    -------
    Page
    """
    builder = PageBuilder(markdown, numbering, list_shown(content.items))
    results = content.results
    return Page(
        title=content.title,
        running_head=running_head or content.title,
        nodes=level_headings(builder.items(content.items, drop_title=True, notebook=notebook)),
        synthetic=bool(results and results.context.get("synthetic")),
        links=tuple(links),
    )
