"""Forest plots of hazard ratios."""

from __future__ import annotations

import math
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.transforms import blended_transform_factory

from helpers.figures.placing import shift_from
from helpers.figures.theme import (
    DOUBLE_MM,
    FAINT,
    INK,
    SMALL_PT,
    make_figure,
    measure_text,
    pick_looks,
    use_theme,
)
from helpers.formatting import (
    NumberStyle,
    format_count,
    format_hazard_ratio,
    format_level,
    format_p,
    format_trimmed,
    get_style,
)
from helpers.formatting.lookup import (
    clean_level,
    find_conf_level,
    get_events_label,
    get_frame,
    split_rows,
)
from helpers.results import Result, ResultSet

_ROW_MM = 4.6
_PATIENTS = (0, -14.5)
_EVENTS = (0, -3.0)
_RATIO = (1, 3.0)
_P_VALUE = (1, 50.0)
_TICKS = (0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0)
_WIDEST = (0.1, 10.0)


@dataclass(frozen=True, slots=True)
class _ForestRow:
    label: str
    indent: int
    result: Result | None
    is_reference: bool = False
    test: Result | None = None


def plot_forest(
    results: ResultSet,
    *,
    style: NumberStyle | str = "paper",
    ax: Axes | None = None,
    limits: tuple[float, float] | None = None,
    width_mm: float = DOUBLE_MM,
) -> Axes:
    """Draw the hazard ratios of a model with their intervals, counts and p-values.

    Parameters
    ----------
    results : ResultSet
        A model set: frame ``terms``, a hazard ratio for each level.
    style : NumberStyle or str
        Of the numbers.
    ax : matplotlib.axes.Axes, optional
        To draw in; it needs room on both sides. A new figure if not given.
    limits : (float, float), optional
        Ends of the axis; intervals that go on beyond them end in an arrow.
    width_mm : float
        Of a new figure.

    Returns
    -------
    matplotlib.axes.Axes
        Neither shown nor saved.
    """
    style, rows = get_style(style), _list_rows(results)
    limits = limits or _choose_limits(rows)
    with use_theme():
        left = max(map(_measure_label, rows), default=48.0)
        if ax is None:
            ax = _open_axes(len(rows), left, width_mm)
        _style_axes(ax, len(rows), limits, results, style)
        most = max((row.result.events or 0 for row in rows if row.result), default=0)
        for place, row in enumerate(rows):
            _print_row(ax, place, row, left, style)
            if row.result is not None:
                _draw_row(ax, place, row, limits, most)
        _print_head(ax, left, results, style)
    return ax


def _list_rows(results: ResultSet) -> list[_ForestRow]:
    rows: list[_ForestRow] = []
    terms = get_frame(results, "terms")
    for factor, block in split_rows(terms, "factor"):
        lines = block.to_dict("records")
        if len(lines) > 1:
            test = results.find(f"{factor}.interaction")
            rows.append(_ForestRow(str(lines[0]["factor_label"]), 0, None, test=test))
        for line in lines:
            key = f"{factor}.{clean_level(line['level'])}"
            named = clean_level(line.get("result_id")) or key
            result = results.find(named) or results.find(key)
            label = str(line["level_label"]) if len(lines) > 1 else str(line["factor_label"])
            rows.append(_ForestRow(label, int(len(lines) > 1), result, bool(line["is_reference"])))
    return rows


def _measure_label(row: _ForestRow) -> float:
    """Return the room of a label, millimetres; a heading may stand where counts do in rows."""
    counts = 28.0 if row.result is not None or row.test is not None else 6.0
    return measure_text(row.label) + 3 * row.indent + counts


def _choose_limits(rows: list[_ForestRow]) -> tuple[float, float]:
    ends = [
        value
        for row in rows
        if row.result is not None and row.result.estimate is not None and not row.is_reference
        for value in (row.result.ci_lower, row.result.ci_upper, row.result.estimate)
        if value is not None and value > 0
    ]
    lowest = max(min(ends, default=0.5) / 1.1, _WIDEST[0])
    highest = min(max(ends, default=2.0) * 1.1, _WIDEST[1])
    return min(lowest, 0.45), max(highest, 2.2)


def _open_axes(n_rows: int, left: float, width_mm: float) -> Axes:
    plot_height = n_rows * _ROW_MM
    height = plot_height + 21.0
    figure = make_figure(width_mm, height)
    right = 52.0
    return figure.add_axes(
        (left / width_mm, 13.5 / height, (width_mm - left - right) / width_mm, plot_height / height)
    )


def _style_axes(
    ax: Axes, n_rows: int, limits: tuple[float, float], results: ResultSet, style: NumberStyle
) -> None:
    ticks = [tick for tick in _TICKS if limits[0] <= tick <= limits[1]]
    ax.set_xscale("log")
    ax.set_xlim(*limits)
    ax.set_ylim(n_rows - 0.5, -0.5)
    ax.set_xticks(ticks, [format_trimmed(tick, decimals=2, style=style) for tick in ticks])
    ax.minorticks_off()
    ax.set_yticks([])
    ax.spines["left"].set_visible(False)
    ax.tick_params(axis="x", bottom=True)
    ax.plot([1.0, 1.0], [n_rows - 0.5, -0.4], color=FAINT, linewidth=0.6, zorder=0, label="_one")
    name = "Subdistribution hazard ratio" if "fine_gray" in results.id else "Hazard ratio"
    level = format_level(find_conf_level(results), style=style)
    ax.set_xlabel(f"{name} ({level} CI), logarithmic axis", labelpad=15)
    for text, ha, x_mm in (("← lower hazard", "right", -1.5), ("higher hazard →", "left", 1.5)):
        place = shift_from(ax, x_of=ax.transData, y_of=ax.transAxes, x_mm=x_mm, y_mm=-6.8)
        ax.text(1.0, 0, text, transform=place, ha=ha, va="center", fontsize=SMALL_PT, clip_on=False)


def _draw_row(
    ax: Axes, place: int, row: _ForestRow, limits: tuple[float, float], most: int
) -> None:
    result, colour = row.result, pick_looks(1)[0].colour
    if row.is_reference:
        ax.plot(
            [1.0],
            [place],
            marker="o",
            markersize=4,
            markerfacecolor="white",
            markeredgecolor=colour,
            markeredgewidth=0.9,
            linestyle="none",
            label="_reference",
            zorder=4,
        )
        return
    if result is None or result.estimate is None or result.estimate <= 0:
        return
    _draw_interval(ax, place, result, limits, colour=colour)
    if limits[0] <= result.estimate <= limits[1]:
        share = (result.events or 0) / most if most else 0.5
        ax.plot(
            [result.estimate],
            [place],
            marker="s",
            markersize=math.sqrt(7.0 + 38.0 * share),
            color=colour,
            linestyle="none",
            label="_box",
            zorder=5,
        )


def _draw_interval(
    ax: Axes, place: int, result: Result, limits: tuple[float, float], *, colour: str
) -> None:
    """Draw an interval; what goes on beyond the axis ends in an arrow."""
    lower = result.ci_lower if result.ci_lower else 0.0
    upper = result.ci_upper if result.ci_upper is not None else math.inf
    ax.plot(
        [max(lower, limits[0]), min(upper, limits[1])],
        [place, place],
        color=colour,
        linewidth=1.0,
        solid_capstyle="butt",
        label=result.id,
        zorder=3,
    )
    ends = ((lower < limits[0], limits[0], "<"), (upper > limits[1], limits[1], ">"))
    for is_cut, end, marker in ends:
        if is_cut:
            ax.plot(
                [end],
                [place],
                marker=marker,
                markersize=4.5,
                color=colour,
                linestyle="none",
                clip_on=False,
                label="_clipped",
                zorder=4,
            )


def _print_row(ax: Axes, place: int, row: _ForestRow, left: float, style: NumberStyle) -> None:
    label_edge = (0, -left + 2.0 + 3.0 * row.indent)
    _print(ax, place, row.label, label_edge, "left", bold=row.result is None)
    if row.test is not None:
        _print(ax, place, format_p(row.test.p_value, style=style), _P_VALUE, "right")
    if row.result is None:
        return
    _print(ax, place, format_count(row.result.n, style=style), _PATIENTS, "right")
    _print(ax, place, format_count(row.result.events, style=style), _EVENTS, "right")
    ratio = "1 (reference)" if row.is_reference else format_hazard_ratio(row.result, style=style)
    _print(ax, place, ratio, _RATIO, "left")
    if not row.is_reference and row.result.p_value is not None:
        _print(ax, place, format_p(row.result.p_value, style=style), _P_VALUE, "right")


def _print_head(ax: Axes, left: float, results: ResultSet, style: NumberStyle) -> None:
    name = "sHR" if "fine_gray" in results.id else "HR"
    level = format_level(find_conf_level(results), style=style)
    for text, edge, ha in (
        (str(results.meta.get("row_label") or "Factor"), (0, -left + 2.0), "left"),
        ("Patients", _PATIENTS, "right"),
        (get_events_label(results), _EVENTS, "right"),
        (f"{name} ({level} CI)", _RATIO, "left"),
        (_name_p(results, style), _P_VALUE, "right"),
    ):
        _print(ax, -1.15, text, edge, ha, bold=True)
    figure = ax.get_figure(root=True)
    width = ax.get_position().width * figure.get_figwidth() * 25.4
    ends = ((-left + 2.0) / width, 1 + _P_VALUE[1] / width)
    rule = blended_transform_factory(ax.transAxes, ax.transData)
    ax.plot(
        ends, [-0.6, -0.6], transform=rule, color=INK, linewidth=0.6, clip_on=False, label="_rule"
    )


def _name_p(results: ResultSet, style: NumberStyle) -> str:
    is_interaction = any(result.id.endswith(".interaction") for result in results)
    return f"{style.p_letter} of interaction" if is_interaction else f"{style.p_letter} value"


def _print(
    ax: Axes, place: float, text: str, edge: tuple[int, float], ha: str, *, bold: bool = False
) -> None:
    """Print a text at a row, so many millimetres from the axes' left (0) or right (1) edge."""
    side, x_mm = edge
    spot = shift_from(ax, x_of=ax.transAxes, y_of=ax.transData, x_mm=x_mm)
    ax.text(
        side,
        place,
        text,
        transform=spot,
        ha=ha,
        va="center",
        fontsize=SMALL_PT,
        fontweight="bold" if bold else "normal",
        color=INK,
        clip_on=False,
    )
