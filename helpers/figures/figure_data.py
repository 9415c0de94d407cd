"""The numbers behind a drawn figure."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from helpers.figures.risk_numbers import tabulate_risk
from helpers.formatting.lookup import get_frame, get_groups
from helpers.results import ResultSet

#: Column that says where in the figure a row is drawn.
PLACE = "drawn_as"
_NUMBERS = ("n", "events", "estimate", "ci_lower", "ci_upper")


def collect_figure_data(drawn: Axes | Any, *results: ResultSet) -> pd.DataFrame | None:
    """Return the numbers behind a figure: a frame, and the table under its axis.

    The frame is the one that the axes' label names, else the first.

    Parameters
    ----------
    drawn : matplotlib.axes.Axes
        What a ``plot_`` function returned.
    *results : ResultSet
        What it was drawn of.

    Returns
    -------
    pandas.DataFrame or None
        The first frame of the first set that has one. Of curves with numbers at risk, a row for
        each number's tick and group follows, and the last column, ``drawn_as``, tells ``curve``
        from ``number at risk``. Rows that name a result by its id have that result's numbers.
    """
    source = next((kept for kept in results if kept.frames), None)
    if source is None:
        return None
    drawn_of = drawn.get_label() if isinstance(drawn, Axes) else ""
    frame = source.frames.get(drawn_of, next(iter(source.frames.values())))
    if not isinstance(drawn, Axes) or not any(text.get_gid() == "at_risk" for text in drawn.texts):
        return _add_numbers(frame, source)
    ticks = [float(tick) for tick in drawn.get_xticks()]
    curve, at_risk = get_frame(source, "curve"), get_frame(source, "at_risk")
    below = [tabulate_risk(at_risk, curve, key, ticks) for key in get_groups(source)]
    curves = curve.assign(**{PLACE: "curve"})
    rows = pd.concat(below, ignore_index=True).assign(**{PLACE: "number at risk"})
    counts = ["n_at_risk", "n_censored", "n_events"]
    curves[counts], rows[counts] = curves[counts].astype("Float64"), rows[counts].astype("Float64")
    joined = pd.concat([curves, rows], ignore_index=True)[list(curves.columns)]
    joined[counts] = joined[counts].astype("Int64")
    return joined


def _add_numbers(frame: pd.DataFrame, source: ResultSet) -> pd.DataFrame:
    """Return the rows of a forest plot with the numbers that it draws."""
    if "result_id" not in frame:
        return frame
    found = [source.find(str(key)) for key in frame["result_id"]]
    numbers = {
        name: [None if one is None else getattr(one, name) for one in found] for name in _NUMBERS
    }
    return frame.assign(
        **{
            name: pd.array(values, dtype="Int64" if name in ("n", "events") else "Float64")
            for name, values in numbers.items()
            if any(value is not None for value in values)
        }
    )
