"""Write sentences as HTML."""

from __future__ import annotations

from helpers.report.nodes import SentenceNode
from helpers.report.text import escape_html, join_words
from helpers.report.wording import end_with_refs


def write_sentence(node: SentenceNode) -> str:
    """Return sentences as a paragraph, with links to the tables and figures that they tell."""
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
