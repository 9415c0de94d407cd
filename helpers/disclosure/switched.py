"""Protected comparisons with a group that patients join: counts in it, and the two curves."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from helpers.disclosure.curves import protect_at_risk
from helpers.disclosure.life_table import Exits, find_step, spread_steps
from helpers.disclosure.masking import mask, round_digits
from helpers.disclosure.populations import Behind
from helpers.disclosure.rule import Rule
from helpers.results import Result, ResultSet
from helpers.stats.outcome import SurvivalOutcome, check_survival_outcome
from helpers.stats.survival import estimate_kaplan_meier

_DIGITS = 2
_JOINED_LATER = "after"


def finish_switching(results: ResultSet, shown: ResultSet, behind: Behind) -> ResultSet:
    """Return the set with who is in the group, coarse months, and curves of protected counts."""
    made = {result.id: _protect(result, shown, behind) for result in results}
    closing = _Closing(behind)
    curve, at_risk = results.frames["curve"], results.frames["at_risk"]
    step = find_step(at_risk)
    frames = [
        _rebuild_curve(results, group, behind.rule, step)
        for group in dict.fromkeys(curve["group"])
        if not closing.is_closed(f"{results.id}.{group}")
    ]
    frames = [frame for frame in frames if len(frame)]
    empty = curve.iloc[:0]
    meta = {name: value for name, value in shown.meta.items() if name != "n_without_time"}
    for name in ("unknown", "undated"):
        is_known = name in behind.populations
        meta[f"n_{name}"] = (behind.publish(name) or 0) if is_known else 0
    return replace(
        shown,
        results=made,
        frames={
            **shown.frames,
            "curve": pd.concat(frames, ignore_index=True) if frames else empty,
            "at_risk": protect_at_risk(
                at_risk, closing, behind.rule, set_id=results.id, rising={_JOINED_LATER}
            ),
        },
        meta=meta,
    )


@dataclass(frozen=True, slots=True)
class _Closing:
    """Tells which of the two curves is of a group of which a count is hidden."""

    behind: Behind

    def is_closed(self, group: str) -> bool:
        """Return whether nothing may be said of a group."""
        return self.behind.is_closed(f"{group}.median")


def _protect(result: Result, shown: ResultSet, behind: Behind) -> Result:
    made, rule = shown.results[result.id], behind.rule
    if made.status in {"masked", "not_computable"}:
        return made
    name = result.id.removeprefix(f"{shown.id}.").removesuffix(".hr")
    if result.kind == "hazard_ratio":
        n_exposed = behind.publish(f"{name}/exposed")
        quantities = {} if n_exposed is None else {"n_exposed": float(n_exposed)}
        return replace(made, quantities={**made.quantities, **quantities})
    if name == "immortal":
        share = round_digits(result.quantities["share"], _DIGITS)
        return replace(
            made,
            estimate=round_digits(result.estimate, _DIGITS),
            quantities={} if share is None else {"share": share},
        )
    if result.kind == "median" and (result.n or 0) < 2 * (rule.largest_small + 1):
        return mask(result, rule)
    return made


def _rebuild_curve(results: ResultSet, group: str, rule: Rule, step: float) -> pd.DataFrame:
    """Return the curve of one group from printed counts of who entered and left it.

    It begins where more than a small number is at risk, and ends where they no longer are.
    """
    curve, entries = results.frames["curve"], results.frames["entries"]
    rows = curve[curve["group"] == group]
    entered = entries[entries["group"] == group]
    outcome = rebuild_switched(
        _read_late_exits(rows),
        entered["time_months"].to_numpy(dtype=float),
        entered["n_entered"].to_numpy(dtype=np.int64),
        rule,
        step_months=step,
    )
    if outcome is None:
        return rows.iloc[:0]
    options = (results.meta.get("definition") or {}).get("options") or {}
    frame = estimate_kaplan_meier(
        outcome,
        conf_level=options.get("conf_level", 0.95),
        interval=options.get("curve_interval", "log-log"),
    ).to_frame(group)
    start = float(outcome.entry_months.min())
    frame.loc[0, "time_months"] = start
    return frame.assign(
        n_at_risk=[rule.stand_in(int(count)) for count in frame["n_at_risk"]],
        n_events=np.nan,
        n_censored=0,
    )


def _read_late_exits(rows: pd.DataFrame) -> Exits:
    """Return who left a group that others join: what the curve counts."""
    left = rows[rows["n_events"] + rows["n_censored"] > 0]
    events = left["n_events"].to_numpy(dtype=np.int64)
    return Exits(
        left["time_months"].to_numpy(dtype=np.float64),
        events,
        np.zeros_like(events),
        left["n_censored"].to_numpy(dtype=np.int64),
    )


def rebuild_switched(
    exits: Exits,
    entry_months: NDArray[np.float64],
    n_entered: NDArray[np.int64],
    rule: Rule,
    *,
    step_months: float,
) -> SurvivalOutcome | None:
    """Return patients put together from protected counts of who entered and left a group.

    Parameters
    ----------
    exits : Exits
        Of the group.
    entry_months : array of float, shape (k,)
        Distinct times of entry, rising.
    n_entered : array of int, shape (k,)
        How many entered at each.
    rule : Rule
        How counts are printed.
    step_months : float
        Length of the intervals.

    Returns
    -------
    SurvivalOutcome or None
        With entry times, from the first end of an interval on at which more than a small
        number is at risk, to the last one before they are no more; None where they never are.

    Notes
    -----
    Cumulative numbers of those who entered, had the event and were lost since the start are
    printed by the rule and spread as in :mod:`helpers.disclosure.life_table`.
    """
    last = float(exits.time_months[-1])
    ends = step_months * np.arange(0, int(np.floor(last / step_months)) + 2)
    cumulative = {
        name: np.append(0, np.cumsum(counts))[np.searchsorted(times, ends, side="right")]
        for name, times, counts in (
            ("entered", entry_months, n_entered),
            (1, exits.time_months, exits.events),
            (0, exits.time_months, exits.censored),
        )
    }
    remaining = cumulative["entered"] - cumulative[1] - cumulative[0]
    large = remaining > rule.largest_small
    if not large.any():
        return None
    first = int(np.argmax(large))
    stop = first + (int(np.argmin(large[first:])) if not large[first:].all() else len(ends) - first)
    kept = slice(first, stop)
    gained = {
        name: np.diff(spread_steps(counts[kept] - counts[first], rule))
        for name, counts in cumulative.items()
    }
    return _collect(gained, ends[kept], rule.stand_in(int(remaining[first])), step_months)


def _collect(
    gained: dict[int | str, NDArray[np.int64]],
    ends: NDArray[np.float64],
    n_first: int,
    step_months: float,
) -> SurvivalOutcome | None:
    """Return patients who enter and leave by these numbers; who entered first leaves first."""
    waiting = [float(ends[0])] * n_first
    found: list[tuple[float, float, int]] = []
    for at, begin in enumerate(ends[:-1]):
        waiting += [float(begin)] * int(gained["entered"][at])
        for code in (1, 0):
            leaving = min(int(gained[code][at]), len(waiting))
            found += [(entry, begin + step_months / 2, code) for entry in waiting[:leaving]]
            waiting = waiting[leaving:]
    found += [(entry, float(ends[-1]), 0) for entry in waiting if entry < ends[-1]]
    if not found:
        return None
    entry, time, event = map(np.array, zip(*found, strict=True))
    return check_survival_outcome(time, event == 1, entry=entry)
