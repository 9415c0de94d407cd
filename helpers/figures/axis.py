"""The frame around step curves: axes, ticks, table of numbers at risk, labels beside curves."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter
from matplotlib.transforms import ScaledTranslation, Transform, blended_transform_factory

from helpers.figures.theme import (
    FAINT,
    LINE_MM,
    SMALL_PT,
    TEXT_PT,
    Look,
    make_figure,
    measure_text,
    to_inches,
    wrap_text,
)

_LABEL_GAP_MM = 4.5
_BELOW_AXIS_MM = 10.5
_SAMPLE_MM = 7.0
_MAX_LABEL_MM = 40.0


@dataclass(frozen=True, slots=True)
class RiskRow:
    """One row of the table under the axis.

    Attributes
    ----------
    label : str
        Of the row; lines broken.
    numbers : tuple of str
        One for each tick; none for a heading.
    colour : str
        Of the label.
    """

    label: str
    numbers: tuple[str, ...]
    colour: str

    @property
    def n_lines(self) -> int:
        """Return the height of the row in lines."""
        return self.label.count("\n") + 1


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


def choose_ticks(longest: float, step: float, *, at_most: int) -> list[float]:
    """Return ticks from 0 past the longest time; the step grows until they are few enough."""
    while math.ceil(longest / step) + 1 > at_most:
        step *= 2
    return [index * step for index in range(max(math.ceil(longest / step), 1) + 1)]


def open_axes(
    rows: Sequence[RiskRow],
    labels: Sequence[CurveLabel],
    *,
    width_mm: float,
    plot_height_mm: float,
) -> Axes:
    """Return axes in a new figure with room for the table below and the labels beside.

    Parameters
    ----------
    rows : sequence of RiskRow
        Of the table under the axis.
    labels : sequence of CurveLabel
        Beside the curves.
    width_mm, plot_height_mm : float
        Of the figure, and of the axes.

    Returns
    -------
    matplotlib.axes.Axes
    """
    widest = max((measure_text(row.label) for row in rows), default=0.0)
    left = max(14.0, widest + _LABEL_GAP_MM + 2.0)
    beside = [measure_text(label.name, SMALL_PT, bold=True) for label in labels]
    beside += [measure_text(label.detail, SMALL_PT) for label in labels]
    right = max(beside, default=0.0) + (_SAMPLE_MM + 4.5 if labels else 4.0)
    below = _BELOW_AXIS_MM + (sum(row.n_lines for row in rows) + 1.3) * LINE_MM if rows else 11.0
    plot_height_mm = max(plot_height_mm, sum(label.height_mm for label in labels))
    height = plot_height_mm + below + 4.0
    figure = make_figure(width_mm, height)
    box = (
        left / width_mm,
        below / height,
        (width_mm - left - right) / width_mm,
        plot_height_mm / height,
    )
    return figure.add_axes(box)


def style_axes(
    ax: Axes,
    ticks: list[float],
    *,
    top: float,
    time_label: str,
    value_label: str,
    mark: Callable[[float], str],
) -> None:
    """Set limits, ticks and labels of step curves; the y axis reads in per cent."""
    step = 0.2 if top > 0.5 else 0.1
    n_steps = round(top / step)
    ax.set_xlim(0, ticks[-1])
    ax.set_ylim(0, top * 1.02)
    ax.set_xticks(ticks, [mark(tick) for tick in ticks])
    ax.set_yticks([round(index * step, 10) for index in range(n_steps + 1)])
    ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value * 100:.0f}"))
    ax.set_xlabel(time_label)
    ax.set_ylabel(f"{value_label} (%)")
    ax.tick_params(axis="x", bottom=True)
    ax.tick_params(axis="y", left=True)


def shift_from(
    ax: Axes, *, x_of: Transform, y_of: Transform, x_mm: float = 0.0, y_mm: float = 0.0
) -> Transform:
    """Return a transform that adds millimetres to places given in two others."""
    figure = ax.get_figure(root=True)
    assert isinstance(figure, Figure)
    shift = ScaledTranslation(to_inches(x_mm), to_inches(y_mm), figure.dpi_scale_trans)
    return blended_transform_factory(x_of, y_of) + shift


def draw_risk_table(
    ax: Axes, ticks: list[float], rows: Sequence[RiskRow], *, heading: str = "Number at risk"
) -> None:
    """Print the table under the axis, each number centred under its tick."""
    down = -_BELOW_AXIS_MM
    place = shift_from(ax, x_of=ax.transAxes, y_of=ax.transAxes, x_mm=-2.4, y_mm=down)
    ax.text(
        0,
        0,
        heading,
        transform=place,
        va="center",
        fontsize=SMALL_PT,
        fontweight="bold",
        clip_on=False,
    )
    down -= LINE_MM * 1.1
    for row in rows:
        _print_row_label(ax, row.label, down, colour=row.colour)
        middle = down - (row.n_lines - 1) * LINE_MM / 2
        place = shift_from(ax, x_of=ax.transData, y_of=ax.transAxes, y_mm=middle)
        for tick, number in zip(ticks, row.numbers, strict=False):
            ax.text(
                tick,
                0,
                number,
                transform=place,
                ha="center",
                va="center",
                fontsize=SMALL_PT,
                clip_on=False,
                gid="at_risk",
            )
        down -= row.n_lines * LINE_MM


def _print_row_label(ax: Axes, text: str, down_mm: float, *, colour: str) -> None:
    n_lines = text.count("\n") + 1
    place = shift_from(
        ax,
        x_of=ax.transAxes,
        y_of=ax.transAxes,
        x_mm=-_LABEL_GAP_MM,
        y_mm=down_mm - (n_lines - 1) * LINE_MM / 2,
    )
    ax.text(
        0,
        0,
        text,
        transform=place,
        ha="right",
        va="center",
        fontsize=SMALL_PT,
        color=colour,
        linespacing=1.25,
        clip_on=False,
    )


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
    n_name = label.name.count("\n") + 1
    upper = middle_mm + (label.height_mm - 1.2) / 2
    name_y = upper - n_name * LINE_MM / 2
    sample = shift_from(ax, x_of=ax.transAxes, y_of=ax.transAxes, y_mm=upper - LINE_MM / 2)
    width = to_inches(_SAMPLE_MM - 1.5) / (
        ax.get_position().width * ax.get_figure(root=True).get_figwidth()
    )
    start = 1 + width * 0.35
    colour = label.look.pale if label.is_pale else label.look.colour
    ax.plot(
        [start, start + width],
        [0, 0],
        transform=sample,
        color=colour,
        linestyle=label.look.dash,
        clip_on=False,
        label="_sample",
    )
    ax.plot(
        [start + width / 2],
        [0],
        transform=sample,
        color=colour,
        marker=label.look.marker,
        markersize=3.6,
        markerfacecolor="white",
        markeredgewidth=0.9,
        clip_on=False,
        label="_sample",
    )
    x_mm = _SAMPLE_MM + 2.0
    place = shift_from(ax, x_of=ax.transAxes, y_of=ax.transAxes, x_mm=x_mm, y_mm=name_y)
    ax.text(
        1,
        0,
        label.name,
        transform=place,
        ha="left",
        va="center",
        fontsize=SMALL_PT,
        color=label.look.colour,
        fontweight="bold",
        linespacing=1.25,
        clip_on=False,
    )
    if label.detail:
        n_detail = label.detail.count("\n") + 1
        down = upper - n_name * LINE_MM - n_detail * LINE_MM / 2
        place = shift_from(ax, x_of=ax.transAxes, y_of=ax.transAxes, x_mm=x_mm, y_mm=down)
        ax.text(
            1,
            0,
            label.detail,
            transform=place,
            ha="left",
            va="center",
            fontsize=SMALL_PT,
            linespacing=1.25,
            clip_on=False,
        )


def wrap_label(text: str, *, bold: bool = False) -> str:
    """Return a group's label in lines that leave room for the curves."""
    return wrap_text(text, _MAX_LABEL_MM, SMALL_PT, bold=bold)


def print_note(ax: Axes, text: str, *, corner: str = "upper right") -> None:
    """Print a short text in a corner of the axes."""
    x, y, ha, va = (
        (0.985, 0.985, "right", "top")
        if corner == "upper right"
        else (0.015, 0.03, "left", "bottom")
    )
    ax.text(
        x,
        y,
        text,
        transform=ax.transAxes,
        ha=ha,
        va=va,
        fontsize=TEXT_PT - 0.5,
        linespacing=1.3,
        zorder=8,
        bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.8, "pad": 1.5},
    )


def draw_guide(ax: Axes, level: float) -> None:
    """Draw a faint horizontal line."""
    ax.axhline(level, color=FAINT, linewidth=0.5, linestyle=(0, (1, 2)), zorder=0)
