"""The frame around step curves: axes, limits, ticks, notes."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter

from helpers.figures.labels import SAMPLE_MM, CurveLabel
from helpers.figures.risk_table import BELOW_AXIS_MM, RiskRow, measure_gap, measure_numbers
from helpers.figures.theme import (
    FAINT,
    LINE_MM,
    SINGLE_MM,
    SMALL_PT,
    TEXT_PT,
    make_figure,
    measure_text,
)

_LEAST_APART_MM = 6.0


def choose_ticks(longest: float, step: float, *, at_most: int) -> list[float]:
    """Return ticks from 0 past the longest time; the step grows until they are few enough."""
    while math.ceil(longest / step) + 1 > at_most:
        step *= 2
    return [index * step for index in range(max(math.ceil(longest / step), 1) + 1)]


def fit_ticks(
    longest: float,
    step: float,
    *,
    make_rows: Callable[[list[float]], list[RiskRow]],
    labels: Sequence[CurveLabel],
    width_mm: float,
) -> tuple[list[float], list[RiskRow]]:
    """Return ticks, and the rows under them, so far apart that no two numbers touch.

    Parameters
    ----------
    longest, step : float
        End of the axis, and distance of ticks to begin with; doubled until all fits.
    make_rows : callable
        Returns the table's rows for given ticks.
    labels : sequence of CurveLabel
        Beside the curves.
    width_mm : float
        Of the figure.

    Returns
    -------
    (list of float, list of RiskRow)
    """
    at_most = 13 if width_mm > SINGLE_MM else 9
    while True:
        ticks = choose_ticks(longest, step, at_most=at_most)
        rows = make_rows(ticks)
        left, right = _measure_sides(rows, labels)
        apart = (width_mm - left - right) / (len(ticks) - 1)
        if len(ticks) <= 3 or apart >= max(measure_numbers(rows), _LEAST_APART_MM):
            return ticks, rows
        step = 2 * (ticks[1] - ticks[0])


def _measure_sides(rows: Sequence[RiskRow], labels: Sequence[CurveLabel]) -> tuple[float, float]:
    """Return the room in mm that is needed left and right of the axes."""
    widest = max((measure_text(row.label) for row in rows), default=0.0)
    left = max(14.0, widest + measure_gap(rows) + 2.0)
    beside = [measure_text(label.name, SMALL_PT, bold=True) for label in labels]
    beside += [measure_text(label.detail, SMALL_PT) for label in labels]
    return left, max(beside, default=0.0) + (SAMPLE_MM + 4.5 if labels else 4.0)


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
    left, right = _measure_sides(rows, labels)
    below = BELOW_AXIS_MM + (sum(row.n_lines for row in rows) + 1.3) * LINE_MM if rows else 11.0
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
