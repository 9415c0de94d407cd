"""Figures of cumulative incidence."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import partial

import pandas as pd
from matplotlib.axes import Axes

from helpers.figures.axis import fit_ticks, open_axes, print_note, style_axes
from helpers.figures.curves import draw_curve, draw_markers, select_curve
from helpers.figures.labels import CurveLabel, draw_labels, wrap_label
from helpers.figures.risk_table import draw_risk_table
from helpers.figures.survival import make_risk_rows, make_test_note
from helpers.figures.theme import DOUBLE_MM, Look, pick_looks, use_theme
from helpers.formatting import NumberStyle, format_probability, format_trimmed, get_style
from helpers.formatting.lookup import find_horizons, get_endpoint, get_frame, get_group_names
from helpers.results import ResultSet

_NAMES = {"cumulative_incidence": "Aalen-Johansen", "one_minus_km": "1 − Kaplan-Meier"}
_DOTTED = (0, (1.0, 1.3))


def plot_incidence(
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
    """Draw cumulative incidences: Aalen-Johansen, and 1 - Kaplan-Meier beside it, both named.

    Parameters
    ----------
    results : ResultSet
        An incidence set: frame ``curve`` with column ``estimator``, frame ``at_risk``.
    style : NumberStyle or str
        Of the numbers.
    ax : matplotlib.axes.Axes, optional
        To draw in; it needs room below and at its right. A new figure if not given.
    tick_step_months : float
        Distance of ticks; doubled until they fit.
    min_at_risk : int
        A curve with fewer at risk is drawn pale and without its interval.
    risk_table : {"compact", "extended", "none"}
        Under the axis.
    max_months : float, optional
        End of the axis.
    width_mm : float, optional
        Of a new figure; 178 if not given.

    Returns
    -------
    matplotlib.axes.Axes
        Neither shown nor saved.
    """
    style, groups = get_style(style), get_group_names(results)
    looks = dict(zip(groups, pick_looks(len(groups)), strict=True))
    curves = _select_curves(results, groups)
    longest = max_months or max(
        (lines["time_months"].max() for lines in curves.values()), default=tick_step_months
    )
    width_mm = width_mm or DOUBLE_MM
    with use_theme():
        labels = _make_labels(results, groups, curves, looks, style)
        ticks, rows = fit_ticks(
            longest,
            tick_step_months,
            make_rows=partial(make_risk_rows, results, looks, risk_table=risk_table, style=style),
            labels=labels,
            width_mm=width_mm,
        )
        if ax is None:
            ax = open_axes(rows, labels, width_mm=width_mm, plot_height_mm=58.0)
        style_axes(
            ax,
            ticks,
            top=_choose_top(curves),
            value_label=_name_axis(results),
            time_label=str(results.meta.get("time_label") or "Months"),
            mark=lambda tick: format_trimmed(tick, style=style),
        )
        for (estimator, key), lines in curves.items():
            is_main = estimator == "cumulative_incidence"
            look = looks[key] if is_main else _dot(looks[key])
            draw_curve(
                ax,
                lines,
                look,
                min_at_risk=min_at_risk,
                band=0.14 if is_main else 0.0,
                censored=False,
                label=f"{groups[key]}, {_NAMES[estimator]}",
                key=f"{key}.{estimator}",
                n_curves=len(curves),
            )
            if is_main and len(groups) > 1:
                draw_markers(ax, lines, look, ticks, min_at_risk=min_at_risk)
        draw_risk_table(ax, ticks, rows) if rows else None
        draw_labels(ax, labels)
        note = make_test_note(results, style)
        if note:
            print_note(ax, note, corner="upper right")
    return ax


def _dot(look: Look) -> Look:
    return Look(look.colour, _DOTTED, "none")


def _select_curves(
    results: ResultSet, groups: dict[str, str]
) -> dict[tuple[str, str], pd.DataFrame]:
    curve = get_frame(results, "curve")
    found = {}
    for estimator in _NAMES:
        part = curve[curve["estimator"] == estimator] if len(curve) else curve
        for key in groups:
            lines = select_curve(part, key, start=0.0) if len(part) else part
            if len(lines):
                found[estimator, key] = lines
    return found


def _choose_top(curves: dict[tuple[str, str], pd.DataFrame]) -> float:
    highest = 0.0
    for (estimator, _), lines in curves.items():
        drawn = ["estimate", "ci_upper"] if estimator == "cumulative_incidence" else ["estimate"]
        highest = max(highest, float(lines[drawn].max().max()))
    if not curves:
        return 1.0
    if highest > 0.5:
        return min(1.0, math.ceil(highest * 5 - 1e-9) / 5)
    return max(0.2, math.ceil(highest * 10 - 1e-9) / 10)


def _name_axis(results: ResultSet) -> str:
    endpoint = get_endpoint(results)
    is_named = any(word in endpoint.lower() for word in ("incidence", "risk", "probability"))
    return endpoint if is_named else f"Cumulative incidence of {endpoint}"


def _make_labels(
    results: ResultSet,
    groups: dict[str, str],
    curves: dict[tuple[str, str], pd.DataFrame],
    looks: dict[str, Look],
    style: NumberStyle,
) -> list[CurveLabel]:
    horizons = find_horizons(results)
    labels = []
    for (estimator, key), lines in curves.items():
        name = _NAMES[estimator]
        if len(groups) > 1:
            name = f"{groups[key]}, {name}"
        details = []
        for ending, time in horizons.items():
            result = results.find(f"{estimator}.{key}.{ending}")
            if result is not None and result.estimate is not None:
                when = format_trimmed(time, style=style)
                details.append(f"{when} months: {format_probability(result, style=style)}")
        look = looks[key] if len(groups) > 1 else replace(looks[key], marker="none")
        look = look if estimator == "cumulative_incidence" else _dot(look)
        level = float(lines["estimate"].iloc[-1])
        labels.append(CurveLabel(wrap_label(name, bold=True), "\n".join(details), level, look))
    return labels
