"""Drawn figures to bytes: the same figure gives the same bytes."""

from __future__ import annotations

import io

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from helpers.document import FigureBlock, FigureText
from helpers.figures.reading import locate_curves
from helpers.figures.theme import use_theme

PNG_DPI = 300
SYNTHETIC_MARK = "SYNTHETIC DATA"


def render_figure(
    drawn: Axes | Figure,
    text: FigureText,
    data: pd.DataFrame | None = None,
    *,
    synthetic: bool = False,
) -> FigureBlock:
    """Render a figure as SVG and as PNG of 300 dpi.

    Parameters
    ----------
    drawn : matplotlib.axes.Axes or matplotlib.figure.Figure
        What a ``plot_`` function returned.
    text : FigureText
        Its words.
    data : pandas.DataFrame, optional
        The numbers behind it.
    synthetic : bool
        Whether both files say in their metadata that the data are synthetic.

    Returns
    -------
    FigureBlock
        Without dates and versions, so that a second run gives the same bytes.
    """
    figure = drawn if isinstance(drawn, Figure) else drawn.get_figure(root=True)
    with use_theme():
        svg = _render_svg(figure, text, synthetic=synthetic)
        png = _render_png(figure, text, synthetic=synthetic)
    table = "" if data is None else data.to_csv(index=False, lineterminator="\n")
    width_mm = round(figure.get_figwidth() * 25.4, 1)
    return FigureBlock(text, svg, png, table, width_mm, locate_curves(figure))


def _render_svg(figure: Figure, text: FigureText, *, synthetic: bool) -> str:
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
    buffer = io.StringIO()
    FigureCanvasSVG(figure).print_svg(buffer, metadata=metadata)
    return buffer.getvalue()


def _render_png(figure: Figure, text: FigureText, *, synthetic: bool) -> bytes:
    metadata = {"Software": None, "Title": _to_latin(text.title)}
    if synthetic:
        metadata["Description"] = SYNTHETIC_MARK
    buffer = io.BytesIO()
    former = figure.dpi
    figure.set_dpi(PNG_DPI)
    try:
        FigureCanvasAgg(figure).print_png(buffer, metadata=metadata)
    finally:
        figure.set_dpi(former)
    return buffer.getvalue()


def _to_latin(text: str) -> str:
    """Return text that PNG's plain text chunks can hold."""
    return (
        text.replace("\u2212", "-").replace("–", "-").encode("latin-1", "replace").decode("latin-1")
    )
