"""Step curves with bands, censored patients and the stretch that is not to be relied on."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes

from helpers.figures.theme import Look

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
    """
    if curve.empty:
        return curve
    lines = curve.loc[curve["group"].astype(str) == group, list(_COLUMNS)].copy()
    if lines.empty:
        return lines
    lines = lines.sort_values("time_months", kind="stable").reset_index(drop=True)
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
) -> None:
    """Draw one curve: in colour while enough patients are at risk, pale beyond.

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
    """
    firm, pale = split_curve(lines, min_at_risk)
    gid = f"curve.{key}" if key else None
    if len(pale):
        ax.step(
            pale["time_months"],
            pale["estimate"],
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
            firm["time_months"],
            firm["estimate"],
            where="post",
            color=look.colour,
            linestyle=look.dash,
            label=label,
            gid=gid,
            zorder=4,
        )
    if len(firm) and band:
        known = firm.dropna(subset=["ci_lower", "ci_upper"])
        ax.fill_between(
            known["time_months"],
            known["ci_lower"],
            known["ci_upper"],
            step="post",
            color=look.colour,
            alpha=band,
            linewidth=0,
            zorder=1,
        )
    if censored:
        _draw_censored(ax, lines, look, min_at_risk)


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


def _draw_censored(ax: Axes, lines: pd.DataFrame, look: Look, min_at_risk: int) -> None:
    marks = lines[lines["n_censored"] > 0]
    is_firm = marks["n_at_risk"] >= min_at_risk
    for part, colour in ((marks[is_firm], look.colour), (marks[~is_firm], look.pale)):
        if len(part):
            ax.plot(
                part["time_months"],
                part["estimate"],
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
    steps = lines.set_index("time_months")
    points = []
    for time in times:
        before = steps.loc[steps.index <= time]
        if time > 0 and len(before) and time <= steps.index[-1]:
            last = before.iloc[-1]
            if last["n_at_risk"] >= min_at_risk:
                points.append((time, last["estimate"]))
    if points:
        ax.plot(
            *zip(*points, strict=True),
            linestyle="none",
            marker=look.marker,
            markersize=3.6,
            markerfacecolor="white",
            markeredgecolor=look.colour,
            markeredgewidth=0.9,
            label="_marker",
            zorder=6,
        )


def read_at_risk(
    at_risk: pd.DataFrame, curve: pd.DataFrame, group: str, time: float, column: str
) -> int | None:
    """Return a number of the table under the axis; what the frame lacks is read off the curve.

    Parameters
    ----------
    at_risk, curve : pandas.DataFrame
        Tidy frames of the set.
    group : str
        Key of the group.
    time : float
        Months; at risk is just before it, events and censored are up to it.
    column : {"n_at_risk", "n_censored", "n_events"}
        Which number.

    Returns
    -------
    int or None
    """
    if len(at_risk):
        is_here = (at_risk["group"].astype(str) == group) & (at_risk["time_months"] == time)
        found = at_risk.loc[is_here, column]
        if len(found):
            return None if pd.isna(found.iloc[0]) else int(found.iloc[0])
    if curve.empty:
        return 0
    lines = curve[curve["group"].astype(str) == group].sort_values("time_months")
    if lines.empty:
        return 0
    if column == "n_at_risk":
        later = lines[lines["time_months"] >= time]
        return int(later.iloc[0][column]) if len(later) else 0
    return int(lines.loc[lines["time_months"] < time, column].sum())
