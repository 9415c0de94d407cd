"""Places in millimetres from what is drawn."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.transforms import ScaledTranslation, Transform, blended_transform_factory

from helpers.figures.theme import to_inches


def shift_from(
    ax: Axes, *, x_of: Transform, y_of: Transform, x_mm: float = 0.0, y_mm: float = 0.0
) -> Transform:
    """Return a transform that adds millimetres to places given in two others."""
    scale = ax.get_figure(root=True).dpi_scale_trans
    shift = ScaledTranslation(to_inches(x_mm), to_inches(y_mm), scale)
    return blended_transform_factory(x_of, y_of) + shift
