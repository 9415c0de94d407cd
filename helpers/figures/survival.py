"""Kaplan-Meier figures."""

from __future__ import annotations

from functools import partial

import pandas as pd
from matplotlib.axes import Axes

from helpers.figures.axis import draw_guide, fit_ticks, open_axes, print_note, style_axes
from helpers.figures.curves import draw_curve, draw_markers, select_curve
from helpers.figures.labels import CurveLabel, draw_labels, wrap_label
from helpers.figures.risk_numbers import print_counts, tabulate_risk
from helpers.figures.risk_table import RiskRow, draw_risk_table
from helpers.figures.theme import DOUBLE_MM, INK, SINGLE_MM, Look, pick_looks, use_theme
from helpers.formatting import (
    NumberStyle,
    capitalise,
    format_count,
    format_level,
    format_median,
    format_p,
    format_trimmed,
    get_style,
    name_test,
    pluralise,
)
from helpers.formatting.lookup import (
    find_comparison,
    find_conf_level,
    get_endpoint,
    get_event_noun,
    get_frame,
    get_group_names,
)
from helpers.results import ResultSet

_RISK_COLUMNS = (("At risk", "n_at_risk"), ("Censored", "n_censored"), ("Events", "n_events"))


def plot_survival(
    results: ResultSet,
    *,
    style: NumberStyle | str = "paper",
    ax: Axes | None = None,
    tick_step_months: float = 12.0,
    min_at_risk: int = 10,
    risk_table: str = "compact",
    max_months: float | None = None,
    width_mm: float | None = None,
) -> Axes:
    """Draw Kaplan-Meier curves with numbers at risk, medians and the test between groups.

    Parameters
    ----------
    results : ResultSet
        A survival set: frames ``curve`` and ``at_risk``.
    style : NumberStyle or str
        Of the numbers.
    ax : matplotlib.axes.Axes, optional
        To draw in; it needs room below and at its right. A new figure if not given.
    tick_step_months : float
        Distance of ticks; doubled until they fit.
    min_at_risk : int
        A curve with fewer at risk is drawn pale and without its interval.
    risk_table : {"compact", "extended", "none"}
        Under the axis: at risk; at risk, censored and events; nothing.
    max_months : float, optional
        End of the axis.
    width_mm : float, optional
        Of a new figure: 86 with one group, else 178.

    Returns
    -------
    matplotlib.axes.Axes
        Neither shown nor saved.
    """
    style, groups = get_style(style), get_group_names(results)
    curve = get_frame(results, "curve")
    looks = dict(zip(groups, pick_looks(len(groups)), strict=True))
    curves = {key: select_curve(curve, key, start=1.0) for key in groups}
    curves = {key: lines for key, lines in curves.items() if len(lines)}
    is_single = len(groups) == 1
    width_mm = width_mm or (SINGLE_MM if is_single else DOUBLE_MM)
    longest = max_months or max(
        (lines["time_months"].max() for lines in curves.values()), default=tick_step_months
    )
    with use_theme():
        labels = _make_labels(results, curves, looks, min_at_risk, style)
        ticks, rows = fit_ticks(
            longest,
            tick_step_months,
            make_rows=partial(make_risk_rows, results, looks, risk_table=risk_table, style=style),
            labels=labels,
            width_mm=width_mm,
        )
        if ax is None:
            tall = 50.0 if is_single else 64.0
            ax = open_axes(rows, labels, width_mm=width_mm, plot_height_mm=tall)
        style_axes(
            ax,
            ticks,
            top=1.0,
            value_label=get_endpoint(results),
            time_label=str(results.meta.get("time_label") or "Months"),
            mark=lambda tick: format_trimmed(tick, style=style),
        )
        draw_guide(ax, 0.5)
        for key, lines in curves.items():
            band = 0.14 if len(groups) < 4 else 0.09
            kind = {"min_at_risk": min_at_risk, "label": groups[key], "key": key, "band": band}
            draw_curve(ax, lines, looks[key], n_curves=len(curves), **kind)
            if not is_single:
                draw_markers(ax, lines, looks[key], ticks, min_at_risk=min_at_risk)
        draw_published(ax, get_frame(results, "published"), looks)
        draw_risk_table(ax, ticks, rows) if rows else None
        draw_labels(ax, labels)
        note = _summarise(results, groups, style) if is_single else make_test_note(results, style)
        if note:
            print_note(ax, note, corner=_choose_corner(curves, ticks[-1]))
    return ax


def draw_published(ax: Axes, points: pd.DataFrame, looks: dict[str, Look]) -> None:
    """Draw published medians and probabilities as open stars, medians with their interval."""
    for point in points.itertuples():
        if point.group not in looks:
            continue
        colour = looks[point.group].colour
        if pd.notna(point.lower_months) and pd.notna(point.upper_months):
            limits = [point.lower_months, point.upper_months]
            ax.plot(limits, [point.probability] * 2, color=colour, linewidth=0.6, zorder=4)
        ax.plot(
            [point.time_months],
            [point.probability],
            marker="*",
            markersize=8,
            markerfacecolor="white",
            markeredgecolor=colour,
            linestyle="none",
            zorder=5,
        )


def make_risk_rows(
    results: ResultSet,
    looks: dict[str, Look],
    ticks: list[float],
    *,
    risk_table: str,
    style: NumberStyle,
) -> list[RiskRow]:
    """Return the rows of the table under the axis."""
    if risk_table == "none":
        return []
    groups, is_extended = get_group_names(results), risk_table == "extended"
    at_risk, curve = get_frame(results, "at_risk"), get_frame(results, "curve")
    rows: list[RiskRow] = []
    for key, label in groups.items():
        counts = tabulate_risk(at_risk, curve, key, ticks)
        is_named = len(groups) > 1
        name = wrap_label(label) if is_named else ""
        colour = looks[key].colour if is_named else INK
        if not is_extended:
            rows.append(RiskRow(name, print_counts(counts["n_at_risk"], style=style), colour))
            continue
        if is_named:
            rows.append(RiskRow(name, (), colour))
        for title, column in _RISK_COLUMNS:
            rows.append(RiskRow(title, print_counts(counts[column], style=style), INK))
    return rows


def _make_labels(
    results: ResultSet,
    curves: dict[str, pd.DataFrame],
    looks: dict[str, Look],
    min_at_risk: int,
    style: NumberStyle,
) -> list[CurveLabel]:
    groups, labels = get_group_names(results), []
    if len(groups) == 1:
        return []
    for key, lines in curves.items():
        median = results.find(f"{key}.median")
        detail = "" if median is None else f"Median {format_median(median, style=style)}"
        if median is not None and median.estimate is not None:
            detail += " months"
        labels.append(
            CurveLabel(
                wrap_label(groups[key], bold=True),
                detail,
                float(lines["estimate"].iloc[-1]),
                looks[key],
                is_pale=bool(lines["n_at_risk"].iloc[0] < min_at_risk),
            )
        )
    return labels


def make_test_note(results: ResultSet, style: NumberStyle) -> str:
    """Return the test between groups with its name and p-value, or nothing."""
    test = find_comparison(results)
    if test is None:
        return ""
    return (
        f"{capitalise(name_test(test.method))}\n{format_p(test.p_value, letter=True, style=style)}"
    )


def _summarise(results: ResultSet, groups: dict[str, str], style: NumberStyle) -> str:
    key = next(iter(groups))
    median = results.find(f"{key}.median")
    if median is None:
        return ""
    level = format_level(find_conf_level(results), style=style)
    value, _, interval = format_median(median, style=style).partition(" ")
    unit = " months" if median.estimate is not None else ""
    lines = [f"Median {value}{unit}"]
    lines += [f"{level} CI {interval.strip('[]()')}"] if interval else []
    if median.n is not None and median.events is not None:
        noun = get_event_noun(results)
        count = format_count(median.events, style=style)
        size = format_count(median.n, style=style)
        lines.append(f"{count} {pluralise(median.events, noun)}, {size} patients")
    return "\n".join(lines)


def _choose_corner(curves: dict[str, pd.DataFrame], end: float) -> str:
    late = [
        lines.loc[lines["time_months"] <= end * 0.55, "estimate"].min() for lines in curves.values()
    ]
    return "upper right" if max(late, default=0.0) < 0.8 else "lower left"
