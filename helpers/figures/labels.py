"""Names of curves beside the axes, at the height where the curves end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes

from helpers.figures.placing import shift_from
from helpers.figures.theme import LINE_MM, SMALL_PT, Look, to_inches, wrap_text

SAMPLE_MM = 7.0
_MAX_LABEL_MM = 40.0


@dataclass(frozen=True, slots=True)
class CurveLabel:
    """What stands right of the axes for one curve.

    Attributes
    ----------
    name, detail : str
        Lines broken; the detail is printed smaller.
    level : float
        Estimate at the curve's end.
    look : Look
        Of the curve.
    is_pale : bool
        Whether the whole curve is drawn pale.
    """

    name: str
    detail: str
    level: float
    look: Look
    is_pale: bool = False

    @property
    def height_mm(self) -> float:
        """Return the printed height."""
        lines = self.name.count("\n") + 1 + (self.detail.count("\n") + 1 if self.detail else 0)
        return lines * LINE_MM + 1.2


def spread_levels(
    levels: Sequence[float], heights: Sequence[float], *, lowest: float, highest: float
) -> list[float]:
    """Move levels apart so that blocks of given heights do not overlap, each as near as can be.

    Parameters
    ----------
    levels : sequence of float
        Wanted middles, highest first.
    heights : sequence of float
        Of the blocks, in the same unit.
    lowest, highest : float
        Between which the blocks stay, if they fit.

    Returns
    -------
    list of float
        Middles, in the same order.
    """
    placed: list[float] = []
    ceiling = highest
    for level, height in zip(levels, heights, strict=True):
        placed.append(min(level, ceiling - height / 2))
        ceiling = placed[-1] - height / 2
    floor = lowest
    for index in reversed(range(len(placed))):
        placed[index] = max(placed[index], floor + heights[index] / 2)
        floor = placed[index] + heights[index] / 2
    return placed


def draw_labels(ax: Axes, labels: Sequence[CurveLabel]) -> None:
    """Print the curves' names right of the axes at the height where they end, set apart."""
    figure = ax.get_figure(root=True)
    height_mm = ax.get_position().height * figure.get_figheight() * 25.4
    ordered = sorted(labels, key=lambda label: -label.level)
    top = ax.get_ylim()[1]
    middles = spread_levels(
        [label.level / top * height_mm for label in ordered],
        [label.height_mm for label in ordered],
        lowest=0.0,
        highest=height_mm,
    )
    for label, middle in zip(ordered, middles, strict=True):
        _draw_label(ax, label, middle)


def _draw_label(ax: Axes, label: CurveLabel, middle_mm: float) -> None:
    upper = middle_mm + (label.height_mm - 1.2) / 2
    _draw_sample(ax, label, upper - LINE_MM / 2)
    n_name = label.name.count("\n") + 1
    _print(ax, label.name, upper - n_name * LINE_MM / 2, colour=label.look.colour)
    if label.detail:
        n_detail = label.detail.count("\n") + 1
        _print(ax, label.detail, upper - n_name * LINE_MM - n_detail * LINE_MM / 2)


def _draw_sample(ax: Axes, label: CurveLabel, y_mm: float) -> None:
    """Draw a stretch of the curve with its marker."""
    figure = ax.get_figure(root=True)
    width = to_inches(SAMPLE_MM - 1.5) / (ax.get_position().width * figure.get_figwidth())
    start = 1 + width * 0.35
    colour = label.look.pale if label.is_pale else label.look.colour
    place = shift_from(ax, x_of=ax.transAxes, y_of=ax.transAxes, y_mm=y_mm)
    kind = {"transform": place, "color": colour, "clip_on": False, "label": "_sample"}
    ax.plot([start, start + width], [0, 0], linestyle=label.look.dash, **kind)
    ax.plot(
        [start + width / 2],
        [0],
        marker=label.look.marker,
        markersize=3.6,
        markerfacecolor="white",
        markeredgewidth=0.9,
        **kind,
    )


def _print(ax: Axes, text: str, y_mm: float, *, colour: str | None = None) -> None:
    place = shift_from(ax, x_of=ax.transAxes, y_of=ax.transAxes, x_mm=SAMPLE_MM + 2.0, y_mm=y_mm)
    kind = {"color": colour, "fontweight": "bold"} if colour else {}
    ax.text(
        1,
        0,
        text,
        transform=place,
        ha="left",
        va="center",
        fontsize=SMALL_PT,
        linespacing=1.25,
        clip_on=False,
        **kind,
    )


def wrap_label(text: str, *, bold: bool = False) -> str:
    """Return a group's label in lines that leave room for the curves."""
    return wrap_text(text, _MAX_LABEL_MM, SMALL_PT, bold=bold)
