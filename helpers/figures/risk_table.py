"""The table of numbers at risk under the axis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes

from helpers.figures.placing import shift_from
from helpers.figures.theme import LINE_MM, SMALL_PT, measure_text

_LEAST_GAP_MM = 4.5
_APART_MM = 1.6
BELOW_AXIS_MM = 10.5


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


def measure_gap(rows: Sequence[RiskRow]) -> float:
    """Return in mm how far left of the axis the labels end, clear of the first numbers."""
    first = (measure_text(row.numbers[0]) for row in rows if row.numbers)
    return max(_LEAST_GAP_MM, max(first, default=0.0) / 2 + _APART_MM)


def measure_numbers(rows: Sequence[RiskRow]) -> float:
    """Return the distance of ticks in mm that the widest number needs."""
    return (
        max((measure_text(text) for row in rows for text in row.numbers), default=0.0) + _APART_MM
    )


def draw_risk_table(
    ax: Axes, ticks: list[float], rows: Sequence[RiskRow], *, heading: str = "Number at risk"
) -> None:
    """Print the table under the axis, each number centred under its tick."""
    down = -BELOW_AXIS_MM
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
    gap = measure_gap(rows)
    for row in rows:
        _print_row_label(ax, row.label, (-gap, down), colour=row.colour)
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


def _print_row_label(ax: Axes, text: str, place_mm: tuple[float, float], *, colour: str) -> None:
    left_mm, down_mm = place_mm
    n_lines = text.count("\n") + 1
    place = shift_from(
        ax,
        x_of=ax.transAxes,
        y_of=ax.transAxes,
        x_mm=left_mm,
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
