"""Love plot: how alike two groups are before and after weighting."""

from __future__ import annotations

import math

import pandas as pd
from matplotlib.axes import Axes

from helpers.figures.theme import (
    DOUBLE_MM,
    FAINT,
    SMALL_PT,
    Look,
    make_figure,
    measure_text,
    pick_looks,
    use_theme,
    wrap_text,
)
from helpers.formatting import NumberStyle, format_trimmed, get_style
from helpers.formatting.lookup import get_frame
from helpers.results import ResultSet

#: Standardised difference above which groups are said to differ.
THRESHOLD = 0.1
_LINE_MM = 4.6
_LABEL_MM = 62.0
_BELOW_MM, _ABOVE_MM, _RIGHT_MM = 12.0, 7.0, 6.0
_STATES = (("smd_before", "Before weighting"), ("smd_after", "After weighting"))


def plot_balance(
    results: ResultSet, *, style: NumberStyle | str = "paper", ax: Axes | None = None
) -> Axes:
    """Draw the standardised mean difference of each variable before and after weighting.

    Parameters
    ----------
    results : ResultSet
        With a frame ``balance``: variable, label, smd_before, smd_after, one row for each
        variable or level. The sign is not drawn; not-a-number is left out.
    style : NumberStyle or str
        Of the numbers.
    ax : matplotlib.axes.Axes, optional
        To draw in. A new figure 178 mm wide if not given.

    Returns
    -------
    matplotlib.axes.Axes
        The variable that differs most before weighting stands on top. Neither shown nor saved.
    """
    style, balance = get_style(style), _order(get_frame(results, "balance"))
    labels = [wrap_text(str(label), _LABEL_MM) for label in balance["label"]]
    with use_theme():
        ax = ax if ax is not None else _open_axes(labels)
        ax.axvline(THRESHOLD, color=FAINT, linewidth=0.8, linestyle=(0, (4, 2)), zorder=0)
        for (column, name), look, is_filled in zip(
            _STATES, pick_looks(2), (False, True), strict=True
        ):
            _draw_points(ax, balance[column].abs(), look, name, is_filled=is_filled)
        _style_axes(ax, balance, labels, style)
        ax.set_label("balance")
        ax.legend(
            loc="lower right",
            bbox_to_anchor=(1.0, 1.0),
            ncols=2,
            frameon=False,
            borderaxespad=0.2,
            handletextpad=0.2,
        )
    return ax


def _order(balance: pd.DataFrame) -> pd.DataFrame:
    """Return the rows with the smallest difference first, which is the axis's lower end."""
    if balance.empty:
        return pd.DataFrame(columns=["variable", "label", "smd_before", "smd_after"], dtype=float)
    size = balance["smd_before"].abs()
    return balance.assign(_size=size).sort_values("_size", kind="stable", na_position="first")


def _open_axes(labels: list[str]) -> Axes:
    left = max((measure_text(label) for label in labels), default=20.0) + 6
    tall = max(sum(_LINE_MM * (label.count("\n") + 1) for label in labels), 3 * _LINE_MM)
    height = tall + _BELOW_MM + _ABOVE_MM
    box = (
        left / DOUBLE_MM,
        _BELOW_MM / height,
        (DOUBLE_MM - left - _RIGHT_MM) / DOUBLE_MM,
        tall / height,
    )
    return make_figure(DOUBLE_MM, height).add_axes(box)


def _draw_points(ax: Axes, sizes: pd.Series, look: Look, name: str, *, is_filled: bool) -> None:
    ax.plot(
        sizes.to_numpy(dtype=float),
        range(len(sizes)),
        linestyle="none",
        marker=look.marker,
        markersize=4.5,
        markeredgecolor=look.colour,
        markerfacecolor=look.colour if is_filled else "white",
        markeredgewidth=0.9,
        label=name,
        zorder=4 if is_filled else 3,
    )


def _style_axes(ax: Axes, balance: pd.DataFrame, labels: list[str], style: NumberStyle) -> None:
    largest = balance[["smd_before", "smd_after"]].abs().max().max()
    largest = 0.0 if pd.isna(largest) else float(largest)
    step = 0.1 if largest <= 0.8 else 0.2 if largest <= 1.6 else 0.5
    n_steps = max(math.ceil(largest / step + 0.2), 2)
    ticks = [round(index * step, 2) for index in range(n_steps + 1)]
    ax.set_xlim(0, ticks[-1])
    ax.set_xticks(ticks, [format_trimmed(tick, decimals=2, style=style) for tick in ticks])
    ax.set_ylim(-0.6, max(len(labels), 1) - 0.4)
    ax.set_yticks(range(len(labels)), labels, fontsize=SMALL_PT)
    ax.grid(axis="y", color=FAINT, linewidth=0.3, linestyle=(0, (1, 2)))
    ax.set_axisbelow(True)
    ax.set_xlabel("Absolute standardised mean difference")
    ax.tick_params(axis="x", bottom=True)
    ax.tick_params(axis="y", left=False)
