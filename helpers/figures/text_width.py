"""The width of printed text, glyph by glyph."""

from __future__ import annotations

from functools import cache
from typing import Any

from matplotlib.font_manager import FontProperties, findfont, get_font
from matplotlib.path import Path
from matplotlib.textpath import TextPath, text_to_path

FONT = "DejaVu Sans"

_outlines: dict[str, Any] = {}
_inks: dict[str, tuple[float, float] | None] = {}


@cache
def measure_width(line: str, *, bold: bool = False) -> float:
    """Return the width of a line's ink, in units of the size that it is set in.

    Parameters
    ----------
    line : str
        Without line breaks; what stands between dollar signs is a formula.
    bold : bool
        Whether it is set in bold.
    """
    if "$" in line:
        path = TextPath((0, 0), line, size=1, prop=_describe_font(bold=bold))
        return float(path.get_extents().width)
    font = get_font(_find_font(bold=bold))
    font.set_size(text_to_path.FONT_SCALE, text_to_path.DPI)
    glyphs, _, _ = text_to_path.get_glyphs_with_font(font, line, _outlines)
    inks = [(place, ink) for name, place, _, _ in glyphs if (ink := _measure_ink(name))]
    if not inks:
        return 0.0
    begin = min(place + ink[0] for place, ink in inks)
    end = max(place + ink[1] for place, ink in inks)
    return (end - begin) / text_to_path.FONT_SCALE


def _measure_ink(name: str) -> tuple[float, float] | None:
    """Return where a glyph begins and ends, or None for one without ink."""
    if name not in _inks:
        vertices, codes = _outlines[name]
        extents = Path(vertices, codes).get_extents() if len(vertices) else None
        _inks[name] = None if extents is None else (extents.x0, extents.x1)
    return _inks[name]


@cache
def _find_font(*, bold: bool) -> str:
    return findfont(_describe_font(bold=bold))


def _describe_font(*, bold: bool) -> FontProperties:
    return FontProperties(family=FONT, weight="bold" if bold else "normal")
