"""Write a page as one HTML file that needs nothing else."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.resources import files
from string import Template

from helpers.document import FigureBlock
from helpers.report.html_tables import write_data_table, write_table
from helpers.report.pages import (
    SYNTHETIC_BANNER,
    SYNTHETIC_NOTE,
    CodeNode,
    FigureNode,
    HeadingNode,
    Node,
    OutputNode,
    Page,
    PageBreak,
    ProseNode,
    SentenceNode,
    TableNode,
)
from helpers.report.svg import SvgError, inline_svg
from helpers.report.text import escape_html, join_words
from helpers.report.wording import end_with_refs, list_abbreviations

_CONTENTS_LEVELS = (2, 3)
_HALF_WIDTH_MM = 100.0


def write_html(page: Page) -> str:
    """Return the page as HTML: no script, no address that is loaded, all text escaped.

    Parameters
    ----------
    page : Page
        What to write.

    Returns
    -------
    str
        A whole document. Its content-security policy allows its own style sheet, by hash,
        and pictures inside the file; nothing else.
    """
    style = _read_template("style.css")
    if page.synthetic:
        style += _read_template("synthetic.css")
    return Template(_read_template("page.html")).substitute(
        policy=escape_html(_make_policy(style)),
        title=escape_html(_make_title(page)),
        style=style,
        kind=page.kind,
        banner=_write_banner(page),
        contents=_write_contents(page.headings),
        head=_write_head(page),
        body="\n".join(_write_nodes(page.nodes)),
    )


@cache
def _read_template(name: str) -> str:
    return (files("helpers.report") / "templates" / name).read_text(encoding="utf-8")


def _make_policy(style: str) -> str:
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode("ascii")
    rules = ("default-src 'none'", f"style-src 'sha256-{digest}'", "img-src data:")
    return "; ".join((*rules, "base-uri 'none'", "form-action 'none'"))


def _make_title(page: Page) -> str:
    return f"{SYNTHETIC_BANNER}: {page.title}" if page.synthetic else page.title


def _write_banner(page: Page) -> str:
    if not page.synthetic:
        return ""
    return (
        f'<p class="banner" role="note"><strong>{SYNTHETIC_BANNER}</strong> '
        f"<span>{SYNTHETIC_NOTE}</span></p>\n"
    )


def _write_contents(headings: Iterable[HeadingNode]) -> str:
    """Return the list of contents: headings of level 2 and, below each, of level 3."""
    entries: list[tuple[str, list[str]]] = []
    for heading in headings:
        link = f'<a href="#{escape_html(heading.anchor)}">{escape_html(heading.plain)}</a>'
        if heading.level == _CONTENTS_LEVELS[0]:
            entries.append((link, []))
        elif heading.level == _CONTENTS_LEVELS[1] and entries:
            entries[-1][1].append(link)
    if not entries:
        return ""
    lines = "".join(f"<li>{link}{_write_list(below)}</li>\n" for link, below in entries)
    return (
        '<nav class="contents" aria-label="Contents"><details open><summary>Contents</summary>'
        f"<ul>\n{lines}</ul></details></nav>\n"
    )


def _write_list(links: list[str]) -> str:
    return f"<ul>{''.join(f'<li>{link}</li>' for link in links)}</ul>" if links else ""


def _write_head(page: Page) -> str:
    parts = [f'<header class="title">\n<h1>{escape_html(page.title)}</h1>']
    if page.authors:
        parts.append(f'<p class="authors">{escape_html(join_words(list(page.authors)))}</p>')
    parts += [f'<p class="affiliations">{escape_html(line)}</p>' for line in page.affiliations]
    if page.links:
        links = [
            f'<a href="{escape_html(target)}">{escape_html(words)}</a>'
            for target, words in page.links
        ]
        parts.append(f'<p class="links">{" · ".join(links)}</p>')
    parts.append("</header>")
    if page.abstract:
        parts.append(_write_abstract(page))
    return "\n".join(parts)


def _write_abstract(page: Page) -> str:
    lines = [_write_sentence(node) for node in page.abstract]
    if page.keywords:
        words = escape_html("; ".join(page.keywords))
        lines.append(f'<p class="keywords"><strong>Keywords.</strong> {words}</p>')
    return (
        '<section class="abstract" aria-labelledby="abstract-title">\n'
        f'<h2 id="abstract-title">Abstract</h2>\n{chr(10).join(lines)}\n</section>'
    )


def _write_nodes(nodes: Iterable[Node]) -> Iterator[str]:
    for node in nodes:
        match node:
            case HeadingNode():
                yield f'<h{node.level} id="{escape_html(node.anchor)}">{node.html}</h{node.level}>'
            case ProseNode():
                yield node.html
            case SentenceNode():
                yield _write_sentence(node)
            case TableNode():
                yield write_table(node)
            case FigureNode():
                yield _write_figure(node)
            case CodeNode():
                yield _write_code(node)
            case OutputNode():
                yield _write_output(node)
            case PageBreak():
                yield '<div class="sheet"></div>'


def _write_sentence(node: SentenceNode) -> str:
    links = [
        f'<a href="#{escape_html(anchor)}">{_bind(label)}</a>' if anchor else _bind(label)
        for anchor, label in node.refs
    ]
    text = end_with_refs(node.html, join_words(links))
    if node.heading:
        text = f"<strong>{escape_html(node.heading)}.</strong> {text}"
    return text if "<p>" in text else f"<p>{text}</p>"


def _bind(label: str) -> str:
    """Return a label whose number stays on the line of its word."""
    return escape_html("\u00a0".join(label.rsplit(" ", 1)))


def _write_figure(node: FigureNode) -> str:
    block, anchor = node.block, escape_html(node.anchor)
    words = block.text
    described = f"{anchor}-description" if words.description else ""
    size = "half" if block.width_mm < _HALF_WIDTH_MM else "full"
    title = f"<strong>{escape_html(f'{node.label}. {words.title}')}</strong>"
    below = (words.caption, list_abbreviations(words.abbreviations))
    caption = " ".join((title, *(escape_html(text) for text in below if text)))
    return (
        f'<figure class="figure {size}" id="{anchor}">\n'
        f'<div class="plate">{_draw(block, node.anchor, described)}</div>\n'
        f"<figcaption>{caption}</figcaption>\n{_write_details(node, described)}</figure>"
    )


def _draw(block: FigureBlock, anchor: str, described: str) -> str:
    try:
        return inline_svg(
            block.svg, prefix=f"{anchor}-", label=block.text.alt, described_by=described
        )
    except SvgError:
        return _embed_png(block.png, block.text.alt, described)


def _embed_png(png: bytes, alt: str, described: str = "") -> str:
    data = base64.b64encode(png).decode("ascii")
    by = f' aria-describedby="{described}"' if described else ""
    return f'<img src="data:image/png;base64,{data}" alt="{escape_html(alt)}"{by}>'


def _write_details(node: FigureNode, described: str) -> str:
    table = write_data_table(node.block.data_csv, f"Data of {node.label}")
    words = node.block.text.description
    text = f'<p id="{described}">{escape_html(words)}</p>' if words else ""
    if not (table or text):
        return ""
    label = escape_html(node.label)
    return f"<details><summary>Description and data of {label}</summary>{text}{table}</details>\n"


def _write_code(node: CodeNode) -> str:
    blocks = "".join(f"<pre><code>{escape_html(source)}</code></pre>" for source in node.sources)
    return f'<details class="code"><summary>Code</summary>{blocks}</details>'


def _write_output(node: OutputNode) -> str:
    output = node.output
    if output.svg or output.png:
        alt = output.text or "Picture without a description"
        try:
            prefix = hashlib.sha256(output.svg.encode("utf-8", "replace")).hexdigest()[:8]
            drawing = inline_svg(output.svg, prefix=f"o{prefix}-", label=alt)
        except SvgError:
            drawing = _embed_png(output.png, alt)
        return f'<figure class="figure"><div class="plate">{drawing}</div></figure>'
    return f'<pre class="wrapped">{escape_html(output.text)}</pre>'
