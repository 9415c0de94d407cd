"""Step curves with bands, censored patients and the stretch that is not to be relied on."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from helpers.figures.theme import Look
from helpers.figures.thinning import (
    MARKS_OF_MANY,
    MAX_MARKS,
    MAX_STEPS,
    remember_error,
    select_marks,
    thin_steps,
)

_COLUMNS = ("time_months", "n_at_risk", "n_censored", "estimate", "ci_lower", "ci_upper")


def select_curve(curve: pd.DataFrame, group: str, *, start: float) -> pd.DataFrame:
    """Return one group's curve from time 0 on, its limits filled where they are not known.

    Parameters
    ----------
    curve : pandas.DataFrame
        Tidy curves.
    group : str
        Key of the group.
    start : float
        Estimate at time 0: 1 for survival, 0 for incidence.

    Returns
    -------
    pandas.DataFrame
        Numbers; a masked count is not-a-number.
    """
    if curve.empty:
        return curve
    lines = curve.loc[curve["group"].astype(str) == group, list(_COLUMNS)].copy()
    if lines.empty:
        return lines
    lines = lines.apply(pd.to_numeric, errors="coerce").dropna(subset=["time_months", "estimate"])
    lines = lines.sort_values("time_months", kind="stable").reset_index(drop=True)
    if lines.empty:
        return lines
    if lines.loc[0, "time_months"] > 0:
        first = {
            "time_months": 0.0,
            "n_at_risk": lines.loc[0, "n_at_risk"],
            "n_censored": 0,
            "estimate": start,
            "ci_lower": start,
            "ci_upper": start,
        }
        lines = pd.concat([pd.DataFrame([first]), lines], ignore_index=True)
    return lines


def draw_curve(
    ax: Axes,
    lines: pd.DataFrame,
    look: Look,
    *,
    min_at_risk: int,
    label: str,
    key: str = "",
    band: float = 0.14,
    censored: bool = True,
    n_curves: int = 1,
) -> None:
    """Draw one curve: in colour while enough patients are at risk, pale beyond.

    A curve of more steps than print shows is thinned; how far it is off then is kept in mind by
    :func:`helpers.figures.thinning.recall_error`.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        To draw in.
    lines : pandas.DataFrame
        One curve, as :func:`select_curve` returns it.
    look : Look
        Colour, dash.
    min_at_risk : int
        Below it the curve is pale and has no band.
    label : str
        Of the curve, for readers of the figure object.
    key : str
        Group, and estimator where there are several, joined by a dot: names the curve's lines
        for :func:`helpers.figures.reading.locate_curves`.
    band : float
        Opacity of the interval, 0 to 1; 0 leaves it out.
    censored : bool
        Whether the censored patients are drawn.
    n_curves : int
        In the figure, which share the steps that one drawing may have.
    """
    firm, pale = split_curve(lines, min_at_risk)
    gid = f"curve.{key}" if key else None
    budget = max(MAX_STEPS // max(n_curves, 1), 50)
    if censored:
        _draw_censored(ax, lines, look, min_at_risk, max_marks=MAX_MARKS // max(n_curves, 1))
    if len(firm) and band:
        _draw_band(ax, firm, look, band, max_steps=budget // 2)
    firm, pale = (_thin(ax, part, ("estimate",), budget) for part in (firm, pale))
    if len(pale):
        ax.step(
            pale["time_months"].to_numpy(),
            pale["estimate"].to_numpy(),
            where="post",
            color=look.pale,
            linestyle=look.dash,
            linewidth=0.9,
            label=f"_{label}, few at risk",
            gid=gid,
            zorder=2,
        )
    if len(firm):
        ax.step(
            firm["time_months"].to_numpy(),
            firm["estimate"].to_numpy(),
            where="post",
            color=look.colour,
            linestyle=look.dash,
            label=label,
            gid=gid,
            zorder=4,
        )


def _draw_band(ax: Axes, firm: pd.DataFrame, look: Look, band: float, *, max_steps: int) -> None:
    known = firm.dropna(subset=["ci_lower", "ci_upper"])
    known = _thin(ax, known, ("ci_lower", "ci_upper"), max_steps)
    ax.fill_between(
        known["time_months"].to_numpy(),
        known["ci_lower"].to_numpy(),
        known["ci_upper"].to_numpy(),
        step="post",
        color=look.colour,
        alpha=band,
        linewidth=0,
        zorder=1,
    )


def _thin(ax: Axes, lines: pd.DataFrame, columns: tuple[str, ...], max_steps: int) -> pd.DataFrame:
    thinned, error = thin_steps(lines, columns, max_steps=max_steps)
    if error:
        remember_error(ax.get_figure(root=True), error)
    return thinned


def split_curve(lines: pd.DataFrame, min_at_risk: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Split a curve where the number at risk falls below a limit.

    Parameters
    ----------
    lines : pandas.DataFrame
        One curve.
    min_at_risk : int
        Limit.

    Returns
    -------
    (pandas.DataFrame, pandas.DataFrame)
        The stretch before, drawn on to the time of the fall, and the stretch after.
    """
    n_firm = int((lines["n_at_risk"] >= min_at_risk).cumprod().sum())
    firm, pale = lines.iloc[:n_firm], lines.iloc[max(n_firm - 1, 0) :]
    if n_firm == len(lines):
        return firm, lines.iloc[:0]
    if n_firm:
        level = {name: firm.iloc[-1][name] for name in ("estimate", "ci_lower", "ci_upper")}
        bridge = lines.iloc[[n_firm]].assign(**level)
        firm = pd.concat([firm, bridge], ignore_index=True)
    return firm, pale


def _draw_censored(
    ax: Axes, lines: pd.DataFrame, look: Look, min_at_risk: int, *, max_marks: int
) -> None:
    marks = lines[lines["n_censored"] > 0]
    if len(marks) > max_marks:
        max_marks = min(max_marks, MARKS_OF_MANY)
    marks = marks.iloc[select_marks(marks["time_months"], max_marks=max_marks)]
    is_firm = marks["n_at_risk"] >= min_at_risk
    for part, colour in ((marks[is_firm], look.colour), (marks[~is_firm], look.pale)):
        if len(part):
            ax.plot(
                part["time_months"].to_numpy(),
                part["estimate"].to_numpy(),
                linestyle="none",
                marker="+",
                markersize=4,
                markeredgewidth=0.6,
                color=colour,
                label="_censored",
                zorder=5,
            )


def draw_markers(
    ax: Axes, lines: pd.DataFrame, look: Look, times: list[float], *, min_at_risk: int
) -> None:
    """Mark a curve at times within the stretch in colour, to tell it from others in grey."""
    begins = lines["time_months"].to_numpy()
    marked = np.array([time for time in times if 0 < time <= begins[-1]])
    places = np.searchsorted(begins, marked, side="right") - 1
    is_firm = lines["n_at_risk"].to_numpy()[places] >= min_at_risk
    if is_firm.any():
        ax.plot(
            marked[is_firm],
            lines["estimate"].to_numpy()[places[is_firm]],
            linestyle="none",
            marker=look.marker,
            markersize=3.6,
            markerfacecolor="white",
            markeredgecolor=look.colour,
            markeredgewidth=0.9,
            label="_marker",
            zorder=6,
        )
