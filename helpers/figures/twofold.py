"""One drawing of a figure as vectors and as pixels: artists are asked once for what they draw."""

from __future__ import annotations

import copy
import io
from collections.abc import Mapping
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.backend_bases import GraphicsContextBase, RendererBase
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.backends.backend_svg import RendererSVG
from matplotlib.figure import Figure
from matplotlib.transforms import Affine2D, TransformedBbox, TransformedPath
from numpy.typing import NDArray

_POINTS_PER_INCH = 72


def draw_twofold(
    figure: Figure, *, dpi: float, metadata: Mapping[str, Any]
) -> tuple[str, NDArray[np.uint8]]:
    """Draw a figure once, as SVG and as pixels.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        Opaque: its background is painted.
    dpi : float
        Pixels per inch.
    metadata : mapping
        Of the SVG, as matplotlib takes it.

    Returns
    -------
    svg : str
        As matplotlib writes it.
    pixels : numpy.ndarray of uint8, shape (height, width, 3)
        Red, green and blue.

    Notes
    -----
    Lines, marks and areas are those of matplotlib's own two drawings. Texts stand where the SVG
    has them: both forms have one layout and one outline, without the hints for coarse screens.
    """
    former = figure.dpi
    figure.set_dpi(_POINTS_PER_INCH)
    try:
        buffer = io.StringIO()
        renderer = TwofoldRenderer(*figure.bbox.size, buffer, dpi=dpi, metadata=metadata)
        with mpl.rc_context({"text.hinting": "none"}):
            figure.draw(renderer)
        renderer.svg.finalize()
        pixels = np.asarray(renderer.agg.buffer_rgba())[:, :, :3]
    finally:
        figure.set_dpi(former)
    return buffer.getvalue(), pixels


class TwofoldRenderer(RendererBase):
    """Hands each thing to draw to a renderer of vectors and to one of pixels.

    Parameters
    ----------
    width_pt, height_pt : float
        Of the drawing.
    buffer : io.StringIO
        Takes the SVG.
    dpi : float
        Of the pixels.
    metadata : mapping
        Of the SVG.
    """

    def __init__(
        self,
        width_pt: float,
        height_pt: float,
        buffer: io.StringIO,
        *,
        dpi: float,
        metadata: Mapping[str, Any],
    ) -> None:
        super().__init__()
        self._factor = dpi / _POINTS_PER_INCH
        self._scale = Affine2D().scale(self._factor)
        self.svg = RendererSVG(width_pt, height_pt, buffer, image_dpi=dpi, metadata=metadata)
        self.agg = RendererAgg(width_pt * self._factor, height_pt * self._factor, dpi)

    def draw_path(self, gc: Any, path: Any, transform: Any, *face: Any) -> None:
        """Draw a path; its face's colour may follow."""
        self.svg.draw_path(gc, path, transform, *face)
        self.agg.draw_path(self._enlarge(gc), path, transform + self._scale, *face)

    def draw_markers(self, gc: Any, *parts: Any) -> None:
        """Draw a marker at each point of a path: marker, its transform, path, its transform."""
        marker, marker_transform, path, transform, *face = parts
        self.svg.draw_markers(gc, *parts)
        scaled = (marker, marker_transform + self._scale, path, transform + self._scale)
        self.agg.draw_markers(self._enlarge(gc), *scaled, *face)

    def draw_path_collection(self, gc: Any, transform: Any, *parts: Any, **options: Any) -> None:
        """Draw paths: paths, their transforms, offsets, the offsets' transform, and their looks."""
        paths, transforms, offsets, offset_transform, *looks = parts
        self.svg.draw_path_collection(gc, transform, *parts, **options)
        scaled = (paths, transforms, offsets, offset_transform + self._scale)
        gc = self._enlarge(gc)
        self.agg.draw_path_collection(gc, transform + self._scale, *scaled, *looks, **options)

    def draw_image(self, gc: Any, x: float, y: float, im: Any, transform: Any = None) -> None:
        """Draw a picture that was made for the pixels."""
        self.svg.draw_image(gc, x, y, im, transform)
        self.agg.draw_image(self._enlarge(gc), round(x * self._factor), round(y * self._factor), im)

    def draw_text(self, gc: Any, x: float, y: float, *text: Any, **options: Any) -> None:
        """Draw a text: its words, font and angle."""
        self.svg.draw_text(gc, x, y, *text, **options)
        place = (x * self._factor, y * self._factor)
        self.agg.draw_text(self._enlarge(gc), *place, *text, **options)

    def _enlarge(self, gc: GraphicsContextBase) -> GraphicsContextBase:
        """Return how to draw, cut out at the pixels' places."""
        clip, (path, transform) = gc.get_clip_rectangle(), gc.get_clip_path()
        if clip is None and path is None:
            return gc
        enlarged = copy.copy(gc)
        if clip is not None:
            enlarged.set_clip_rectangle(TransformedBbox(clip, self._scale))
        if path is not None:
            enlarged.set_clip_path(TransformedPath(path, transform + self._scale))
        return enlarged

    def open_group(self, s: str, gid: str | None = None) -> None:
        """Begin a group of the vectors."""
        self.svg.open_group(s, gid)

    def close_group(self, s: str) -> None:
        """End a group of the vectors."""
        self.svg.close_group(s)

    def get_canvas_width_height(self) -> tuple[float, float]:
        """Return the size in points."""
        return self.svg.get_canvas_width_height()

    def get_text_width_height_descent(
        self, s: str, prop: Any, ismath: Any
    ) -> tuple[float, float, float]:
        """Return the size of a text in points."""
        return self.svg.get_text_width_height_descent(s, prop, ismath)

    def get_image_magnification(self) -> float:
        """Return the pixels of a picture for each point."""
        return self._factor
