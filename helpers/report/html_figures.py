"""Write figures as HTML: drawing, caption, description, data, and the numbers to point at."""

from __future__ import annotations

import base64
import hashlib

from helpers.document import FigureBlock
from helpers.report.blocks import Output
from helpers.report.curve_data import dump_for_page, make_curve_data
from helpers.report.html_tables import write_data_table
from helpers.report.nodes import FigureNode
from helpers.report.shared_shapes import SharedShapes
from helpers.report.svg import SvgError, inline_svg
from helpers.report.text import escape_html
from helpers.report.wording import list_abbreviations

_HALF_WIDTH_MM = 100.0


def write_figure(node: FigureNode, shapes: SharedShapes) -> str:
    """Return a figure with its caption below, then its description and data, both folded.

    Parameters
    ----------
    node : FigureNode
        What to write.
    shapes : SharedShapes
        Of the page; takes the drawing's letters and marks.
    """
    block, anchor = node.block, escape_html(node.anchor)
    words = block.text
    described = f"{anchor}-description" if words.description else ""
    size = "half" if block.width_mm < _HALF_WIDTH_MM else "full"
    title = f"<strong>{escape_html(f'{node.label}. {words.title}')}</strong>"
    below = (words.caption, list_abbreviations(words.abbreviations))
    caption = " ".join((title, *(escape_html(text) for text in below if text)))
    return (
        f'<figure class="figure {size}" id="{anchor}" data-label="{escape_html(node.label)}">\n'
        f"{_write_plate(block, node.anchor, described, shapes)}\n"
        f"<figcaption>{caption}</figcaption>\n{_write_tools(node, described)}"
        f"{_write_curves(block)}</figure>"
    )


def write_picture(output: Output) -> str:
    """Return a picture from a foreign notebook."""
    alt = output.text or "Picture without a description"
    try:
        prefix = hashlib.sha256(output.svg.encode("utf-8", "replace")).hexdigest()[:8]
        drawing, kind = inline_svg(output.svg, prefix=f"o{prefix}-", label=alt), "plate"
    except SvgError:
        drawing, kind = _embed_picture(output.png, alt), "plate picture"
    return (
        f'<figure class="figure"><div class="{kind}">'
        f'<div class="drawing">{drawing}</div></div></figure>'
    )


def _write_plate(block: FigureBlock, anchor: str, described: str, shapes: SharedShapes) -> str:
    try:
        drawing = inline_svg(
            block.svg,
            prefix=_shorten(anchor),
            label=block.text.alt,
            described_by=described,
            shapes=shapes,
        )
        kind = "plate"
    except SvgError:
        drawing, kind = _embed_picture(block.png, block.text.alt, described), "plate picture"
    return f'<div class="{kind}"><div class="drawing">{drawing}</div></div>'


def _shorten(anchor: str) -> str:
    """Return what makes a drawing's ids its own; thousands of letters repeat it."""
    return f"g{hashlib.sha256(anchor.encode('utf-8', 'replace')).hexdigest()[:5]}-"


def _embed_picture(data: bytes, alt: str, described: str = "") -> str:
    text = base64.b64encode(data).decode("ascii")
    by = f' aria-describedby="{described}"' if described else ""
    return f'<img src="data:image/png;base64,{text}" alt="{escape_html(alt)}"{by}>'


def _write_tools(node: FigureNode, described: str) -> str:
    label = escape_html(node.label)
    hidden = f'<span class="unseen"> of {label}</span>'
    parts = []
    if described:
        text = escape_html(node.block.text.description)
        parts.append(
            f"<details><summary>Description{hidden}</summary>"
            f'<p id="{described}">{text}</p></details>'
        )
    table = write_data_table(
        node.block.data_csv,
        f"Data of {node.label}",
        groups=_name_groups(node.block),
        decimal_mark=str(node.block.curves.get("decimal_mark") or "."),
    )
    if table:
        parts.append(f"<details><summary>Data{hidden}</summary>{table}</details>")
    return f'<div class="tools">{"".join(parts)}</div>\n' if parts else ""


def _name_groups(block: FigureBlock) -> dict[str, str]:
    """Return the printed names of the groups in the figure's data."""
    curves = block.curves.get("curves", ())
    return {str(one["group"]): str(one["label"]) for one in curves if not one["estimator"]}


def _write_curves(block: FigureBlock) -> str:
    data = make_curve_data(block)
    if not data:
        return ""
    return f'<script type="application/json" class="curves">{dump_for_page(data)}</script>\n'
