"""Figure of the check of proportional hazards."""

from __future__ import annotations

import math

import pandas as pd
from matplotlib.axes import Axes

from helpers.figures.theme import (
    DOUBLE_MM,
    FAINT,
    SMALL_PT,
    TEXT_PT,
    make_figure,
    pick_looks,
    use_theme,
    wrap_text,
)
from helpers.formatting import NumberStyle, format_p, get_style
from helpers.formatting.lookup import get_frame, split_rows
from helpers.results import ResultSet

_PANEL_MM = 46.0


def plot_ph(
    results: ResultSet, *, style: NumberStyle | str = "paper", ax: Axes | None = None
) -> Axes:
    """Draw scaled Schoenfeld residuals against time, a panel for each term.

    Parameters
    ----------
    results : ResultSet
        A model set with a frame ``residuals``: factor, label, time_months, residual (scaled,
        the coefficient added) and, if it is to be drawn, smooth; results ``ph.{factor}``.
    style : NumberStyle or str
        Of the numbers.
    ax : matplotlib.axes.Axes, optional
        To draw the first term in, and no other. A new figure if not given.

    Returns
    -------
    matplotlib.axes.Axes
        That of the first term; its figure holds all. Neither shown nor saved.
    """
    style, residuals = get_style(style), get_frame(results, "residuals")
    panels = split_rows(residuals, "label")
    with use_theme():
        axes = [ax] if ax is not None else _open_axes(len(panels))
        for place, (spot, (label, block)) in enumerate(zip(axes, panels, strict=False)):
            _draw_panel(spot, label, block, results, style)
            if place % 3 == 0:
                spot.set_ylabel("Log hazard ratio")
            spot.set_xlabel(str(results.meta.get("time_label") or "Months"), fontsize=SMALL_PT)
        axes[0].set_label("residuals")
    return axes[0]


def _open_axes(n_panels: int) -> list[Axes]:
    n_rows = max(math.ceil(n_panels / 3), 1)
    height = n_rows * _PANEL_MM
    figure = make_figure(DOUBLE_MM, height)
    axes = []
    for place in range(max(n_panels, 1)):
        row, column = divmod(place, 3)
        box = (
            (13 + column * 56) / DOUBLE_MM,
            (height - (row + 1) * _PANEL_MM + 11) / height,
            44 / DOUBLE_MM,
            (_PANEL_MM - 20) / height,
        )
        axes.append(figure.add_axes(box))
    return axes


def _draw_panel(
    ax: Axes, label: str, block: pd.DataFrame, results: ResultSet, style: NumberStyle
) -> None:
    look = pick_looks(1)[0]
    ax.plot(
        block["time_months"],
        block["residual"],
        linestyle="none",
        marker="o",
        markersize=2,
        markeredgewidth=0,
        color=look.pale,
        label="_residual",
    )
    if "smooth" in block:
        ax.plot(block["time_months"], block["smooth"], color=look.colour, label="smooth")
    drawn = "residual" if block["residual"].notna().any() else "smooth"
    ax.axhline(block[drawn].mean(), color=FAINT, linewidth=0.8, linestyle=(0, (4, 2)))
    test = results.find(f"ph.{block['factor'].iloc[0]}")
    title = wrap_text(label, 44, TEXT_PT)
    if test is not None and test.p_value is not None:
        title += f"\n{format_p(test.p_value, letter=True, style=style)}"
    ax.set_title(title, fontsize=SMALL_PT, loc="left")
    ax.tick_params(axis="both", bottom=True, left=True)
