"""The numbers of the table under the axis."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from helpers.formatting import NumberStyle, format_count

#: A count that disclosure control keeps back, as narrow as a number.
MASKED = "[r]"
COLUMNS = ("n_at_risk", "n_censored", "n_events")


def tabulate_risk(
    at_risk: pd.DataFrame, curve: pd.DataFrame, group: str, times: Sequence[float]
) -> pd.DataFrame:
    """Return the numbers under the axis; what the frame lacks is read off the curve.

    Parameters
    ----------
    at_risk, curve : pandas.DataFrame
        Tidy frames of the set.
    group : str
        Key of the group.
    times : sequence of float
        Months; at risk is just before each, events and censored are up to it.

    Returns
    -------
    pandas.DataFrame, shape (n_times, 5)
        group, time_months, n_at_risk, n_censored, n_events; not-a-number where masked.
    """
    table = _read_curve(_select(curve, group), times)
    given = _select(at_risk, group)
    if len(given):
        given = given.drop_duplicates("time_months").set_index("time_months")
        for column in COLUMNS:
            found = given[column].reindex(list(times))
            is_given = np.isin(table.index, given.index)
            table[column] = np.where(is_given, found.to_numpy(), table[column].to_numpy())
    table.insert(0, "group", group)
    return table.reset_index()


def _select(frame: pd.DataFrame, group: str) -> pd.DataFrame:
    if frame.empty:
        return frame
    is_here = frame["group"].astype(str) == group
    if "estimator" in frame:
        is_here &= frame["estimator"] == frame["estimator"].iloc[0]
    lines = frame.loc[is_here, ["time_months", *COLUMNS]]
    return lines.apply(pd.to_numeric, errors="coerce").sort_values("time_months", kind="stable")


def _read_curve(lines: pd.DataFrame, times: Sequence[float]) -> pd.DataFrame:
    """Read numbers off a curve: of nobody, if there is none."""
    table = pd.DataFrame(0.0, index=pd.Index(times, name="time_months"), columns=list(COLUMNS))
    if lines.empty:
        return table
    places = np.searchsorted(lines["time_months"].to_numpy(), list(times), side="left")
    at_risk = np.append(lines["n_at_risk"].to_numpy(dtype=float), 0.0)
    table["n_at_risk"] = at_risk[places]
    for column in COLUMNS[1:]:
        total = np.concatenate([[0.0], np.cumsum(lines[column].to_numpy(dtype=float))])
        table[column] = total[places]
    return table


def print_counts(counts: Sequence[float], *, style: NumberStyle | str) -> tuple[str, ...]:
    """Return counts as printed; one that is masked is said to be.

    Examples
    --------
    >>> print_counts([1000.0, float("nan")], style="paper")
    ('1,000', '[r]')
    """
    return tuple(MASKED if pd.isna(count) else format_count(count, style=style) for count in counts)
