"""The list of references in Word: numbered paragraphs that citations lead to and that lead back."""

from __future__ import annotations

from collections.abc import Iterator

from helpers.report.citations import Reference
from helpers.report.docx_context import WordContext
from helpers.report.docx_prose import ProseWriter
from helpers.report.docx_xml import (
    Element,
    make_bookmark,
    make_element,
    make_inner_link,
    make_value,
    name_bookmark,
)
from helpers.report.nodes import ReferenceNode


def write_references(
    context: WordContext, node: ReferenceNode, prose: ProseWriter
) -> Iterator[Element]:
    """Yield a paragraph for each entry; its first words lead back to its first citation."""
    number = context.lists.ordered()
    for entry in node.entries:
        content = _write_entry(entry, prose)
        marked = make_bookmark(context.next_id(), name_bookmark(entry.anchor), content)
        place = [make_value("w:ilvl", 0), make_value("w:numId", number)]
        numbered = make_element("w:numPr", children=place)
        yield context.paragraph("Bibliography", marked, [numbered])


def _write_entry(entry: Reference, prose: ProseWriter) -> list[Element]:
    content = prose.write_inline(entry.html)
    if not (entry.is_cited and content):
        return content
    tip = f"Back to where reference {entry.number} is cited"
    return [make_inner_link(entry.origin, content[:1], tip=tip), *content[1:]]
