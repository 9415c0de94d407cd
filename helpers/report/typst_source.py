"""Write a page as Typst source, which becomes the PDF."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from importlib.resources import files

from helpers.report.linked import list_targets
from helpers.report.nodes import (
    CodeNode,
    FigureNode,
    HeadingNode,
    OutputNode,
    PageBreak,
    ProseNode,
    ReferenceNode,
    SentenceNode,
    TableNode,
)
from helpers.report.pages import SYNTHETIC_BANNER, SYNTHETIC_NOTE, Page
from helpers.report.svg import SvgError, clean_svg, wrap_png
from helpers.report.text import break_long_words, join_words, quote_typst
from helpers.report.typst_sheet import COLUMN_MM, Sheet
from helpers.report.typst_tables import write_table
from helpers.report.wording import end_with_refs, list_abbreviations, split_author

_TEXT_WIDTH_MM = 148.0
#: The supplement begins overleaf and has one column; what follows goes on where there is room.
_FIRST_BREAK = "#pagebreak(weak: true)\n#set page(columns: 1)"
_LATER_BREAK = "#need(90mm)"


def write_typst(page: Page) -> str:
    """Return the page as Typst source: settings, template, text. Code is left out.

    Parameters
    ----------
    page : Page
        What to write.

    Returns
    -------
    str
        Source without any file beside it: drawings are inside. Words from data are string
        literals; prose is what pandoc escaped.
    """
    parts = [_write_settings(page), _read_template()]
    abstract = _write_abstract(page) if page.abstract else "none"
    parts.append(f"#opening({abstract})")
    parts += _write_nodes(page)
    return "\n\n".join(parts) + "\n"


@cache
def _read_template() -> str:
    path = files("helpers.report") / "templates" / "page.typ"
    return path.read_text(encoding="utf-8")


def _write_settings(page: Page) -> str:
    authors = [split_author(author) for author in page.authors]
    sheet = Sheet(page.print_options)
    is_numbered = len(page.affiliations) > 1 or any(marks for _, marks in authors)
    fields = {
        "paper": quote_typst(sheet.paper),
        "columns": str(page.print_options.page_columns),
        "side": f"{sheet.side_mm:g}mm",
        "title": quote_typst(page.title),
        "authors": _write_array(name for name, _ in authors),
        "marks": _write_array(marks for _, marks in authors),
        "affiliations": _write_array(page.affiliations),
        "numbered": "true" if is_numbered else "false",
        "keywords": _write_array(page.keywords),
        "running-head": quote_typst(page.running_head or page.title),
        "synthetic": "true" if page.synthetic else "false",
        "banner": quote_typst(SYNTHETIC_BANNER),
        "banner-note": quote_typst(SYNTHETIC_NOTE),
    }
    lines = "".join(f"  {name}: {value},\n" for name, value in fields.items())
    return f"#let settings = (\n{lines})"


def _write_array(texts: Iterable[str]) -> str:
    return "(" + "".join(f"{quote_typst(text)}, " for text in texts) + ")"


def _write_abstract(page: Page) -> str:
    parts = "".join(
        f"  ({quote_typst(node.heading)}, [{_write_sentence(node)}]),\n" for node in page.abstract
    )
    return f"abstract(keywords: {quote_typst('; '.join(page.keywords))},\n{parts})"


def _write_nodes(page: Page) -> Iterator[str]:
    sheet, targets = Sheet(page.print_options), list_targets(page.nodes)
    for node in page.nodes:
        match node:
            case HeadingNode():
                label = f" <{node.anchor}>" if node.anchor in targets else ""
                yield f"#heading(level: {max(node.level - 1, 1)})[{node.typst}]{label}"
            case ProseNode():
                yield node.typst
            case SentenceNode():
                yield _write_sentence(node)
            case TableNode() | FigureNode():
                write = write_table if isinstance(node, TableNode) else _write_figure
                yield f"{write(node, sheet)} <{node.anchor}>"
            case OutputNode():
                yield _write_output(node)
            case ReferenceNode():
                yield _write_references(node)
            case PageBreak():
                yield _FIRST_BREAK if sheet.is_floating else _LATER_BREAK
                sheet = Sheet(page.print_options, is_floating=False)
            case CodeNode():
                pass


def _write_sentence(node: SentenceNode) -> str:
    links = [
        f"#link(<{anchor}>)[#{quote_typst(label)}]" if anchor else f"#{quote_typst(label)}"
        for anchor, label in node.refs
    ]
    return end_with_refs(node.typst, join_words(links))


def _write_references(node: ReferenceNode) -> str:
    cited = "".join(f"{entry.number}, " for entry in node.entries if entry.is_cited)
    entries = "".join(
        f"  [#metadata(none)<{entry.anchor}>{entry.typst}],\n" for entry in node.entries
    )
    return f"#references(cited: ({cited}),\n{entries})"


def _write_figure(node: FigureNode, sheet: Sheet) -> str:
    block, words = node.block, node.block.text
    column_mm = COLUMN_MM if sheet.is_newspaper else _TEXT_WIDTH_MM
    is_wide = block.width_mm > column_mm + 0.5
    try:
        source = clean_svg(block.svg)
    except SvgError:
        source = wrap_png(block.png)
    below = " ".join(
        part for part in (words.caption, list_abbreviations(words.abbreviations)) if part
    )
    fields = {
        "stand": quote_typst(sheet.place(is_wide=is_wide, may_float=True)),
        "wide": "true" if is_wide else "false",
        "source": quote_typst(source),
        "width": f"{block.width_mm:g}",
        "alt": quote_typst(words.alt or words.title),
        "label": quote_typst(node.label),
        "name": _write_words(words.title),
        "words": _write_words(below),
    }
    return f"#drawing({', '.join(f'{name}: {value}' for name, value in fields.items())})"


def _write_output(node: OutputNode) -> str:
    output = node.output
    if output.svg or output.png:
        try:
            source = clean_svg(output.svg)
        except SvgError:
            source = wrap_png(output.png)
        alt = quote_typst(output.text or "Picture without a description")
        return f'#image(bytes({quote_typst(source)}), format: "svg", width: 100%, alt: {alt})'
    return f"#raw({_write_words(output.text)}, block: true)"


def _write_words(text: str) -> str:
    return quote_typst(break_long_words(text))
