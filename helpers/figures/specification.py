"""Specification curve: one hazard ratio under every combination of choices."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from helpers.figures.theme import (
    DOUBLE_MM,
    FAINT,
    INK,
    SMALL_PT,
    make_figure,
    measure_text,
    mix_with_white,
    pick_looks,
    use_theme,
)
from helpers.formatting import NumberStyle, capitalise, format_ratio, format_trimmed, get_style
from helpers.formatting.lookup import get_frame, name_choice
from helpers.results import ResultSet

#: More specifications than this are drawn as every k-th of them.
MOST_DRAWN = 600
_CURVE_MM, _ROW_MM, _GAP_MM, _BELOW_MM, _ABOVE_MM, _RIGHT_MM = 48.0, 3.6, 3.0, 8.0, 4.0, 4.0
_TICKS = (0.1, 0.2, 0.3, 0.5, 0.7, 1.0, 1.5, 2.0, 3.0, 5.0, 7.0, 10.0)


def plot_specifications(
    results: ResultSet, *, style: NumberStyle | str = "paper", ax: Axes | None = None
) -> Axes:
    """Draw hazard ratios in ascending order over the choices that gave them.

    Parameters
    ----------
    results : ResultSet
        From :func:`helpers.analysis.multiverse.summarise_specifications`.
    style : NumberStyle or str
        Of the numbers.
    ax : matplotlib.axes.Axes, optional
        To draw the curve in; the choices are drawn only in a new figure.

    Returns
    -------
    matplotlib.axes.Axes
        Of the curve. Filled points are significant; a line marks the published value. Neither
        shown nor saved.
    """
    style, table = get_style(style), _thin(get_frame(results, "specifications"))
    choices = {str(k): list(v) for k, v in results.meta.get("choices", {}).items() if len(v) > 1}
    names = _name_all(results, choices)
    with use_theme():
        if ax is None:
            figure, left = _open(choices, names)
            ax = _add_axes(figure, left, _count_rows(choices), is_curve=True)
            below = _add_axes(figure, left, _count_rows(choices), is_curve=False)
            if below is not None:
                _draw_choices(below, table, choices, names)
        _draw_curve(ax, table, results, style)
        ax.set_label("specifications")
    return ax


def _thin(table: pd.DataFrame) -> pd.DataFrame:
    """Return at most a number of rows that can be told apart, the ends among them."""
    if len(table) <= MOST_DRAWN:
        return table
    kept = np.unique(np.linspace(0, len(table) - 1, MOST_DRAWN).round().astype(int))
    return table.iloc[kept].reset_index(drop=True)


def _count_rows(choices: dict[str, list[str]]) -> int:
    return sum(len(values) for values in choices.values()) + len(choices)


def _name_all(results: ResultSet, choices: dict[str, list[str]]) -> dict[str, str]:
    """Return choices and their values in words, the choices with a capital."""
    names = {value: name_choice(results, value) for values in choices.values() for value in values}
    return names | {one: capitalise(name_choice(results, one)) for one in choices}


def _open(choices: dict[str, list[str]], names: dict[str, str]) -> tuple[Figure, float]:
    left = max((measure_text(name, bold=True) for name in names.values()), default=16.0) + 12
    height = _ABOVE_MM + _CURVE_MM + _GAP_MM + _ROW_MM * _count_rows(choices) + _BELOW_MM
    return make_figure(DOUBLE_MM, height), max(left, 16.0)


def _add_axes(figure: Figure, left: float, n_rows: int, *, is_curve: bool) -> Axes | None:
    height = _ABOVE_MM + _CURVE_MM + _GAP_MM + _ROW_MM * n_rows + _BELOW_MM
    tall = _CURVE_MM if is_curve else _ROW_MM * n_rows
    if not tall:
        return None
    bottom = height - _ABOVE_MM - _CURVE_MM if is_curve else _BELOW_MM
    box = (left / DOUBLE_MM, bottom / height, (DOUBLE_MM - left - _RIGHT_MM) / DOUBLE_MM)
    return figure.add_axes((*box, tall / height))


def _draw_curve(ax: Axes, table: pd.DataFrame, results: ResultSet, style: NumberStyle) -> None:
    look = pick_looks(1)[0]
    place = np.arange(len(table))
    clear = (table["p_value"] < float(results.meta.get("alpha", 0.05))).to_numpy(dtype=bool)
    ax.vlines(
        place,
        table["ci_lower"],
        table["ci_upper"],
        color=mix_with_white(look.colour, 0.65),
        linewidth=0.5,
        zorder=1,
    )
    for chosen, face in ((clear, look.colour), (~clear, "white")):
        ax.plot(
            place[chosen],
            table["estimate"].to_numpy()[chosen],
            linestyle="none",
            marker="o",
            markersize=2.2,
            markeredgewidth=0.5,
            markeredgecolor=look.colour,
            markerfacecolor=face,
            zorder=3,
        )
    ax.axhline(1.0, color=INK, linewidth=0.6, zorder=0)
    published = results.meta.get("published")
    if published:
        ax.axhline(published, color=FAINT, linewidth=0.9, linestyle=(0, (4, 2)), zorder=2)
        text = f"published {format_ratio(published, style=style)}"
        ax.annotate(
            text,
            (0, published),
            xytext=(2, 2),
            textcoords="offset points",
            fontsize=SMALL_PT,
            color=INK,
        )
    _style_curve(ax, table, style)


def _style_curve(ax: Axes, table: pd.DataFrame, style: NumberStyle) -> None:
    lowest, highest = float(table["ci_lower"].min()), float(table["ci_upper"].max())
    lowest, highest = max(min(lowest, 0.9) / 1.1, 0.05), min(max(highest, 1.1) * 1.1, 20.0)
    ax.set_yscale("log")
    ax.set_ylim(lowest, highest)
    ticks = [tick for tick in _TICKS if lowest <= tick <= highest]
    ax.set_yticks(ticks, [format_trimmed(tick, decimals=1, style=style) for tick in ticks])
    ax.set_yticks([], minor=True)
    ax.set_xlim(-1, len(table))
    ax.set_xticks([])
    ax.set_ylabel("Hazard ratio")
    ax.spines["bottom"].set_visible(False)


def _draw_choices(
    ax: Axes, table: pd.DataFrame, choices: dict[str, list[str]], names: dict[str, str]
) -> None:
    look = pick_looks(1)[0]
    place = np.arange(len(table))
    rows: list[str] = []
    heads = []
    for choice, values in choices.items():
        heads.append(len(rows))
        rows.append(names[choice])
        shown = table[choice].map(_word)
        for value in values:
            hit = (shown == value).to_numpy()
            ax.plot(
                place[hit],
                np.full(int(hit.sum()), len(rows)),
                linestyle="none",
                marker="|",
                markersize=5.0,
                markeredgewidth=0.5,
                color=look.colour,
            )
            rows.append(names[value])
    ax.set_ylim(len(rows) - 0.5, -0.5)
    ax.set_yticks(range(len(rows)), rows, fontsize=SMALL_PT)
    for at, label in enumerate(ax.get_yticklabels()):
        label.set_fontweight("bold" if at in heads else "normal")
    ax.set_xlim(-1, len(table))
    ax.set_xticks([])
    ax.set_xlabel("Specifications in order of the hazard ratio")
    ax.tick_params(axis="y", left=False)
    for side in ("left", "bottom"):
        ax.spines[side].set_visible(False)


def _word(value: object) -> str:
    if value is None or (isinstance(value, float) and np.isnan(value)):
        return "none"
    return f"{value:g}" if isinstance(value, int | float) else str(value)
