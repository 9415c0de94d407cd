"""Write a page as one HTML file that needs nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from string import Template
from typing import Any

from helpers.report.citations import Reference
from helpers.report.html_assets import make_policy, make_script, make_style, read_template
from helpers.report.html_figures import write_figure, write_picture
from helpers.report.html_head import write_banner, write_bar, write_contents, write_title_block
from helpers.report.html_tables import write_table
from helpers.report.html_text import write_sentence
from helpers.report.nodes import (
    CodeNode,
    FigureNode,
    HeadingNode,
    Node,
    OutputNode,
    PageBreak,
    ProseNode,
    ReferenceNode,
    ReopenNode,
    SentenceNode,
    TableNode,
)
from helpers.report.pages import SYNTHETIC_BANNER, Page
from helpers.report.sanitise import sanitise_html
from helpers.report.shared_shapes import SharedShapes
from helpers.report.text import escape_html

#: HTML knows formulas by their name; the page stays free of outside addresses.
_MATH_NAMESPACE = ' xmlns="http://www.w3.org/1998/Math/MathML"'


def write_html(page: Page) -> str:
    """Return the page as HTML: no address that is loaded, all text escaped.

    Parameters
    ----------
    page : Page
        What to write.

    Returns
    -------
    str
        A whole document, complete without its script. Its content-security policy allows its
        own style sheet and script, by hash, and pictures and typefaces inside the file;
        nothing else.
    """
    style, script = make_style(synthetic=page.synthetic), make_script()
    shapes = SharedShapes()
    body = "\n".join(_write_nodes(page.nodes, shapes)).replace(_MATH_NAMESPACE, "")
    return Template(read_template("page.html")).substitute(
        policy=escape_html(make_policy(style, script)),
        title=escape_html(_make_title(page)),
        style=style,
        script=script,
        decimal=escape_html(_find_decimal_mark(page)),
        kind=page.kind,
        banner=write_banner(page),
        bar=write_bar(page),
        contents=write_contents(page),
        head=write_title_block(page),
        body=shapes.write() + body,
    )


def _make_title(page: Page) -> str:
    return f"{SYNTHETIC_BANNER}: {page.title}" if page.synthetic else page.title


def _find_decimal_mark(page: Page) -> str:
    """Return the decimal mark of the figures, which a page uses where numbers are read off."""
    figures = (node.block for node in page.nodes if isinstance(node, FigureNode))
    marks = (figure.curves.get("decimal_mark") for figure in figures)
    return str(next(filter(None, marks), "."))


def _write_nodes(nodes: Iterable[Node], shapes: SharedShapes) -> Iterator[str]:
    for node in nodes:
        match node:
            case HeadingNode():
                yield f'<h{node.level} id="{escape_html(node.anchor)}">{node.html}</h{node.level}>'
            case ProseNode():
                yield node.html
            case FigureNode():
                yield write_figure(node, shapes)
            case PageBreak():
                yield '<div class="sheet"></div>'
            case _:
                yield _WRITERS[type(node)](node)


def _write_references(node: ReferenceNode) -> str:
    entries = "".join(
        f'<li id="{entry.anchor}">{entry.html}{_write_way_back(entry)}</li>'
        for entry in node.entries
    )
    return f'<ol class="references">{entries}</ol>'


def _write_way_back(entry: Reference) -> str:
    if not entry.is_cited:
        return ""
    words = f"Back to where reference {entry.number} is cited"
    return f' <a class="back" href="#{entry.origin}" aria-label="{words}">\u2191</a>'


def _write_code(node: CodeNode) -> str:
    blocks = "".join(f"<pre><code>{escape_html(source)}</code></pre>" for source in node.sources)
    link = ""
    if node.notebook:
        target = escape_html(node.notebook)
        link = (
            f'<p>Executed in the notebook <a href="{target}">{target.rpartition("/")[2]}</a>.</p>'
        )
    return f'<details class="code"><summary>Code</summary>{link}{blocks}</details>'


def _write_reopening(node: ReopenNode) -> str:
    again = node.reopening
    listed = "".join(
        f"<li><code>{escape_html(f'{name}: {value}')}</code></li>"
        for name, value in again.parameters
    )
    changed = (
        f"<p>Parameters of this section that are not the default:</p><ul>{listed}</ul>"
        if listed
        else "<p>All parameters of this section are the default.</p>"
    )
    return (
        '<details class="code"><summary>Reopen this section</summary>'
        f"<pre><code>{escape_html(again.command)}</code></pre>"
        f"<p>in the project's folder opens {escape_html(again.notebook)} with this report's "
        f"parameters; &quot;Run all&quot; gives its numbers.</p>{changed}</details>"
    )


def _write_output(node: OutputNode) -> str:
    output = node.output
    if output.svg or output.png:
        return write_picture(output)
    if output.html:
        return f'<div class="output" tabindex="0">{sanitise_html(output.html)}</div>'
    kind = "error" if output.is_error else "wrapped"
    return f'<pre class="{kind}">{escape_html(output.text)}</pre>'


_WRITERS: dict[type, Callable[[Any], str]] = {
    SentenceNode: write_sentence,
    TableNode: write_table,
    CodeNode: _write_code,
    ReopenNode: _write_reopening,
    OutputNode: _write_output,
    ReferenceNode: _write_references,
}
