"""What stands around the text of an HTML page: bar, contents, title block, abstract."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import PurePosixPath

from helpers.report.html_text import write_sentence
from helpers.report.nodes import HeadingNode
from helpers.report.pages import SYNTHETIC_BANNER, SYNTHETIC_NOTE, Page
from helpers.report.text import escape_html, join_words
from helpers.report.wording import split_author

ABSTRACT_ANCHOR = "abstract-title"
_CONTENTS_LEVELS = (2, 3)
#: Of the documents that a reader may want instead of this page.
_DOCUMENTS = frozenset({".pdf", ".docx", ".xlsx", ".html"})


def write_banner(page: Page) -> str:
    """Return the notice that stays in sight while the patients are synthetic."""
    if not page.synthetic:
        return ""
    return (
        f'<p class="banner" role="note"><strong>{SYNTHETIC_BANNER}</strong> '
        f"<span>{SYNTHETIC_NOTE}</span></p>\n"
    )


def write_bar(page: Page) -> str:
    """Return the bar's words: running head, and the way to the contents on a narrow page."""
    head = escape_html(page.running_head or page.title)
    to_contents = '<a class="to-contents" href="#contents">Contents</a>'
    return f'<p><a href="#text">{head}</a></p>{to_contents if page.headings else ""}'


def write_contents(page: Page) -> str:
    """Return the list of contents: headings of level 2 and, below each, of level 3."""
    entries: list[tuple[str, list[str]]] = []
    if page.abstract:
        entries.append((f'<a href="#{ABSTRACT_ANCHOR}">Abstract</a>', []))
    for heading in page.headings:
        if heading.level == _CONTENTS_LEVELS[0]:
            entries.append((_link_heading(heading), []))
        elif heading.level == _CONTENTS_LEVELS[1] and entries:
            entries[-1][1].append(_link_heading(heading))
    if not page.headings:
        return ""
    lines = "".join(f"<li>{link}{_write_list(below)}</li>\n" for link, below in entries)
    return (
        '<nav class="contents" id="contents" aria-label="Contents"><details open>'
        f"<summary>Contents</summary><ul>\n{lines}</ul></details></nav>\n"
    )


def write_title_block(page: Page) -> str:
    """Return title, authors, affiliations, links to the other files, and the abstract."""
    parts = [f'<header class="title">\n<h1>{escape_html(page.title)}</h1>']
    if page.authors:
        authors = join_words([_write_author(author) for author in page.authors])
        parts.append(f'<p class="authors">{authors}</p>')
    if page.affiliations:
        parts.append(_write_affiliations(page))
    parts.append(_write_links(page.links))
    parts.append("</header>")
    if page.abstract:
        parts.append(_write_abstract(page))
    return "\n".join(part for part in parts if part)


def _link_heading(heading: HeadingNode) -> str:
    return f'<a href="#{escape_html(heading.anchor)}">{escape_html(heading.plain)}</a>'


def _write_list(links: Sequence[str]) -> str:
    return f"<ul>{''.join(f'<li>{link}</li>' for link in links)}</ul>" if links else ""


def _write_author(author: str) -> str:
    name, marks = split_author(author)
    raised = f"<sup>{escape_html(marks)}</sup>" if marks else ""
    return f"{escape_html(name)}{raised}"


def _write_affiliations(page: Page) -> str:
    """Return the affiliations, numbered where the authors or their count ask for it."""
    pointed_at = any(split_author(author)[1] for author in page.authors)
    numbered = pointed_at or len(page.affiliations) > 1
    lines = "".join(
        f"<li>{f'<sup>{number}</sup>' if numbered else ''}{escape_html(text)}</li>"
        for number, text in enumerate(page.affiliations, 1)
    )
    return f'<ul class="affiliations">{lines}</ul>'


def _write_links(links: Iterable[tuple[str, str]]) -> str:
    """Return the other forms of the document first, what it was made from below."""
    documents, sources = [], []
    for target, words in links:
        link = f'<a href="{escape_html(target)}">{escape_html(words)}</a>'
        is_document = PurePosixPath(target).suffix in _DOCUMENTS
        (documents if is_document else sources).append(link)
    lines = []
    if documents:
        items = "".join(f"<li>{link}</li>" for link in documents)
        lines.append(f'<ul class="formats" aria-label="Other formats">{items}</ul>')
    if sources:
        lines.append(f'<p class="links">{" · ".join(sources)}</p>')
    return "\n".join(lines)


def _write_abstract(page: Page) -> str:
    lines = [write_sentence(node) for node in page.abstract]
    if page.keywords:
        words = escape_html("; ".join(page.keywords))
        lines.append(f'<p class="keywords"><strong>Keywords.</strong> {words}</p>')
    return (
        f'<section class="abstract" aria-labelledby="{ABSTRACT_ANCHOR}">\n'
        f'<h2 id="{ABSTRACT_ANCHOR}">Abstract</h2>\n{chr(10).join(lines)}\n</section>'
    )
