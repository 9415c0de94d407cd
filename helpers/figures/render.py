"""Drawn figures to bytes: the same figure gives the same bytes."""

from __future__ import annotations

import io
from collections.abc import Collection
from dataclasses import replace

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from numpy.typing import NDArray
from PIL import Image

from helpers.document import FigureBlock, FigureText
from helpers.figures.compact import compact_svg
from helpers.figures.png import encode_png
from helpers.figures.reading import locate_curves
from helpers.figures.risk_numbers import MASKED
from helpers.figures.theme import use_theme
from helpers.figures.thinning import recall_error
from helpers.figures.twofold import draw_twofold

PNG_DPI = 300
TIFF_DPI = 600
SYNTHETIC_MARK = "SYNTHETIC DATA"
_MM_PER_INCH = 25.4


def render_figure(
    drawn: Axes | Figure,
    text: FigureText,
    data: pd.DataFrame | None = None,
    *,
    synthetic: bool = False,
    forms: Collection[str] = (),
) -> FigureBlock:
    """Render a figure as SVG and as PNG of 300 dpi, and in further forms where asked.

    Parameters
    ----------
    drawn : matplotlib.axes.Axes or matplotlib.figure.Figure
        What a ``plot_`` function returned.
    text : FigureText
        Its words. The caption is told how far thinned curves are off at most, and what masked
        counts are.
    data : pandas.DataFrame, optional
        The numbers behind it.
    synthetic : bool
        Whether all files say in their metadata that the data are synthetic.
    forms : collection of str
        ``pdf``: vectors with embedded fonts; ``tiff``: 600 dpi, LZW. ``svg`` and ``png`` are
        made without being asked for.

    Returns
    -------
    FigureBlock
        Without dates and versions, so that a second run gives the same bytes.
    """
    figure = drawn if isinstance(drawn, Figure) else drawn.get_figure(root=True)
    text = _tell_drawing(text, figure)
    more: dict[str, bytes] = {}
    with use_theme():
        metadata = _describe(text, synthetic=synthetic)
        svg, pixels = draw_twofold(figure, dpi=PNG_DPI, metadata=metadata)
        svg, png = compact_svg(svg), _render_png(pixels, text, synthetic=synthetic)
        if "pdf" in forms:
            more["pdf"] = _render_pdf(figure, text, synthetic=synthetic)
        if "tiff" in forms:
            more["tiff"] = _render_tiff(figure, text, synthetic=synthetic)
    table = "" if data is None else data.to_csv(index=False, lineterminator="\n")
    width_mm = round(figure.get_figwidth() * _MM_PER_INCH, 1)
    return FigureBlock(text, svg, png, table, width_mm, curves=locate_curves(figure), forms=more)


def render_svg(
    drawn: Axes | Figure, text: FigureText, *, synthetic: bool = False
) -> tuple[FigureText, str]:
    """Return the words and the SVG that :func:`render_figure` gives, without the other forms.

    Parameters
    ----------
    drawn, text, synthetic
        As of :func:`render_figure`.
    """
    figure = drawn if isinstance(drawn, Figure) else drawn.get_figure(root=True)
    text = _tell_drawing(text, figure)
    with use_theme():
        return text, _render_svg(figure, text, synthetic=synthetic)


def _tell_drawing(text: FigureText, figure: Figure) -> FigureText:
    """Say in the caption what the drawing leaves out: steps of long curves, masked counts."""
    notes = []
    error = recall_error(figure)
    if error:
        points = f"{np.ceil(error * 100 * 100) / 100:.2f}"
        notes.append(
            "Steps too small to print are left out; curves are exact to "
            f"{points} percentage points."
        )
    if any(words.get_text() == MASKED for ax in figure.axes for words in ax.texts):
        notes.append(f"{MASKED}: count redacted.")
    return replace(text, caption=" ".join([text.caption, *notes]).strip()) if notes else text


def _render_svg(figure: Figure, text: FigureText, *, synthetic: bool) -> str:
    buffer = io.StringIO()
    metadata = _describe(text, synthetic=synthetic)
    FigureCanvasSVG(figure).print_svg(buffer, metadata=metadata)
    return compact_svg(buffer.getvalue())


def _describe(text: FigureText, *, synthetic: bool) -> dict[str, str | list[str] | None]:
    """Return the metadata of an SVG."""
    described = f"{SYNTHETIC_MARK}. {text.alt}" if synthetic else text.alt
    metadata: dict[str, str | list[str] | None] = {
        "Date": None,
        "Creator": None,
        "Format": None,
        "Type": None,
        "Title": text.title,
        "Description": described,
    }
    if synthetic:
        metadata["Keywords"] = [SYNTHETIC_MARK]
    return metadata


def _render_png(pixels: NDArray[np.uint8], text: FigureText, *, synthetic: bool) -> bytes:
    words = {"Title": _to_latin(text.title)}
    if synthetic:
        words["Description"] = SYNTHETIC_MARK
    return encode_png(pixels, dpi=PNG_DPI, words=words)


def _render_tiff(figure: Figure, text: FigureText, *, synthetic: bool) -> bytes:
    title = _to_latin(text.title).encode("ascii", "replace").decode("ascii")
    options = {
        "compression": "tiff_lzw",
        "dpi": (TIFF_DPI, TIFF_DPI),
        "description": f"{SYNTHETIC_MARK}. {title}" if synthetic else title,
    }
    buffer = io.BytesIO()
    _, pixels = draw_twofold(figure, dpi=TIFF_DPI, metadata={})
    Image.fromarray(pixels).save(buffer, "tiff", **options)
    return buffer.getvalue()


def _render_pdf(figure: Figure, text: FigureText, *, synthetic: bool) -> bytes:
    from matplotlib.backends.backend_pdf import FigureCanvasPdf

    metadata = {
        "Title": text.title,
        "Subject": SYNTHETIC_MARK if synthetic else None,
        "Creator": None,
        "Producer": None,
        "CreationDate": None,
    }
    buffer = io.BytesIO()
    with mpl.rc_context({"pdf.fonttype": 42}):
        FigureCanvasPdf(figure).print_pdf(buffer, metadata=metadata)
    return buffer.getvalue()


def _to_latin(text: str) -> str:
    """Return text that PNG's plain text chunks can hold."""
    return (
        text.replace("\u2212", "-").replace("–", "-").encode("latin-1", "replace").decode("latin-1")
    )
