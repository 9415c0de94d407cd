"""Flow diagram of eligibility."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import FancyBboxPatch

from helpers.figures.theme import (
    DOUBLE_MM,
    INK,
    LINE_MM,
    SMALL_PT,
    make_figure,
    use_theme,
    wrap_text,
)
from helpers.formatting import NumberStyle, format_count, get_style, lower_first
from helpers.formatting.estimates import MASKED
from helpers.formatting.lookup import list_steps
from helpers.results import ResultSet

_MAIN_MM = 66.0
_SIDE_MM = 84.0
_PAD_MM = 2.2
_GAP_MM = 4.0
_MAIN_X = 38.0
_SIDE_X = 90.0


def plot_flow(
    results: ResultSet,
    *,
    style: NumberStyle | str = "paper",
    ax: Axes | None = None,
) -> Axes:
    """Draw who was screened, left out at each step, and included.

    Parameters
    ----------
    results : ResultSet
        A flow set: frame ``steps``, results ``screened`` and ``included``.
    style : NumberStyle or str
        Of the numbers.
    ax : matplotlib.axes.Axes, optional
        To draw in; its axes become millimetres. A new figure 178 mm wide if not given.

    Returns
    -------
    matplotlib.axes.Axes
        Neither shown nor saved.
    """
    style = get_style(style)
    main, side = _word_boxes(results, style)
    notes = _list_notes(results)
    heights, sides = [_measure(text) for text in main], [_measure(text) for text in side]
    gaps = [max(_GAP_MM * 1.6, height + 2.0) for height in sides]
    total = sum(heights) + sum(gaps) + 4.0 + len(notes) * (LINE_MM + 1)
    with use_theme():
        if ax is None:
            ax = make_figure(DOUBLE_MM, total).add_axes((0, 0, 1, 1))
        ax.set_xlim(0, DOUBLE_MM)
        ax.set_ylim(0, total)
        ax.set_axis_off()
        top = total - 2.0
        for index, (text, height) in enumerate(zip(main, heights, strict=True)):
            is_end = index in {0, len(main) - 1}
            _draw_box(ax, (_MAIN_X, top - height / 2), (_MAIN_MM, height), text, bold=is_end)
            top -= height
            if index < len(gaps):
                middle = top - gaps[index] / 2
                _draw_arrow(ax, (_MAIN_X, top), (_MAIN_X, top - gaps[index]))
                _draw_arrow(ax, (_MAIN_X, middle), (_SIDE_X, middle))
                place = (_SIDE_X + _SIDE_MM / 2, middle)
                _draw_box(ax, place, (_SIDE_MM, sides[index]), side[index])
                top -= gaps[index]
        for index, note in enumerate(reversed(notes)):
            ax.text(
                _MAIN_X - _MAIN_MM / 2,
                2.0 + index * (LINE_MM + 1),
                note,
                fontsize=SMALL_PT,
                fontstyle="italic",
                va="bottom",
            )
    return ax


def _word_boxes(results: ResultSet, style: NumberStyle) -> tuple[list[str], list[str]]:
    """Return the texts of the boxes down the middle and of those at the side."""
    steps = list_steps(results)
    main = [_count(results, "screened", "Patients screened", style)]
    side = []
    for index, step in enumerate(steps):
        reason = f"Excluded: {lower_first(str(step['reason']))}"
        side.append(wrap_text(f"{reason} {_size(step['n_excluded'], style)}", _SIDE_MM - 5))
        if index < len(steps) - 1:
            label = f"{step['label']} {_size(step['n_remaining'], style)}"
            main.append(wrap_text(label, _MAIN_MM - 5))
    if steps:
        main.append(_count(results, "included", "Patients included", style))
    return main, side


def _size(number: float | None, style: NumberStyle) -> str:
    if number is None or pd.isna(number):
        return f"(n {MASKED})"
    return f"(n\u00a0=\u00a0{format_count(number, style=style)})"


def _count(results: ResultSet, name: str, label: str, style: NumberStyle) -> str:
    result = results.find(name)
    number = None if result is None else result.estimate
    return f"{label} {_size(number, style)}"


def _list_notes(results: ResultSet) -> list[str]:
    if not results.meta.get("illustrative"):
        return []
    return ["Counts of screened and excluded patients are illustrative."]


def _measure(text: str) -> float:
    return (text.count("\n") + 1) * LINE_MM + 2 * _PAD_MM


def _draw_box(
    ax: Axes,
    middle: tuple[float, float],
    size: tuple[float, float],
    text: str,
    *,
    bold: bool = False,
) -> None:
    (x, y), (width, height) = middle, size
    ax.add_patch(
        FancyBboxPatch(
            (x - width / 2, y - height / 2),
            width,
            height,
            boxstyle="round,pad=0,rounding_size=1",
            facecolor="white",
            edgecolor=INK,
            linewidth=1.0 if bold else 0.6,
        )
    )
    ax.text(
        x,
        y,
        text,
        ha="center",
        va="center",
        fontsize=SMALL_PT,
        linespacing=1.3,
        fontweight="bold" if bold else "normal",
    )


def _draw_arrow(ax: Axes, start: tuple[float, float], end: tuple[float, float]) -> None:
    ax.annotate(
        "",
        xy=end,
        xytext=start,
        arrowprops={
            "arrowstyle": "-|>",
            "color": INK,
            "linewidth": 0.7,
            "shrinkA": 0,
            "shrinkB": 0,
            "mutation_scale": 6,
        },
    )
