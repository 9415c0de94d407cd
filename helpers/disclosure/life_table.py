"""Curves from protected counts: a life table whose steps are steps of printed counts.

Cumulative events and losses are counted at the ends of equal intervals and printed by the
rule. Patients are then put together anew from these counts alone, spread evenly between the
times at which a printed count changes, and the curve, its band and its probabilities are
estimated from them. Whatever is read off the curve is therefore known from
the printed counts already. The table ends where only a small number remains at risk.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from helpers.disclosure.rule import Rule
from helpers.stats.outcome import (
    CompetingOutcome,
    SurvivalOutcome,
    check_competing_outcome,
    check_survival_outcome,
)

_INTERVALS_PER_TICK = 12


@dataclass(frozen=True, slots=True)
class Exits:
    """When the patients of a group left the risk set.

    Attributes
    ----------
    time_months : array of float, shape (m,)
        Distinct times, rising.
    events, competing, censored : array of int, shape (m,)
        How many left for each reason.
    """

    time_months: NDArray[np.float64]
    events: NDArray[np.int64]
    competing: NDArray[np.int64]
    censored: NDArray[np.int64]


def read_exits(curve: pd.DataFrame) -> Exits:
    """Return the exits of one group from its tidy curve; who is not counted had another event."""
    rows = curve.iloc[1:]
    at_risk = rows["n_at_risk"].to_numpy(dtype=np.int64)
    events = rows["n_events"].to_numpy(dtype=np.int64)
    censored = rows["n_censored"].to_numpy(dtype=np.int64)
    left = at_risk - np.append(at_risk[1:], 0)
    return Exits(
        rows["time_months"].to_numpy(dtype=np.float64), events, left - events - censored, censored
    )


def find_step(at_risk: pd.DataFrame) -> float:
    """Return the length of a life table's intervals in months: a twelfth of a tick's distance."""
    ticks = np.unique(at_risk["time_months"].to_numpy(dtype=np.float64))
    distance = float(np.diff(ticks).min()) if len(ticks) > 1 else float(_INTERVALS_PER_TICK)
    return distance / _INTERVALS_PER_TICK


def rebuild_codes(
    exits: Exits, rule: Rule, *, step_months: float
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return times and event codes of patients put together from protected counts.

    Parameters
    ----------
    exits : Exits
        Of one group.
    rule : Rule
        How counts are printed.
    step_months : float
        Length of the intervals.

    Returns
    -------
    times : array of float, shape (n,)
        In months, at the middle of intervals; n is the printed size of the group.
    codes : array of int, shape (n,)
        0 censored, 1 event, 2 competing event.
    """
    counted = count_exits(exits, rule, step_months=step_months)
    last = find_last(counted, rule, rule.bounds(counted.size)[1])
    kept = {code: counts[: last + 1] for code, counts in counted.by_code.items()}
    return spread_counts(replace(counted, by_code=kept), rule)


@dataclass(frozen=True, slots=True)
class CumulativeCounts:
    """How many had left a group at the ends of equal intervals.

    Attributes
    ----------
    step_months : float
        Length of the intervals, the first from 0.
    size : int
        Of the group.
    by_code : mapping of int to array of int, shape (k + 1,)
        Cumulative counts by code (0 censored, 1 event, 2 competing event), first of them 0.
    """

    step_months: float
    size: int
    by_code: Mapping[int, NDArray[np.int64]]


def count_exits(exits: Exits, rule: Rule, *, step_months: float) -> CumulativeCounts:
    """Return the true cumulative counts of the intervals that a life table may have."""
    total = int(exits.events.sum() + exits.competing.sum() + exits.censored.sum())
    ends = _find_ends(exits, rule, total, step_months)
    until = np.append(0, np.searchsorted(exits.time_months, ends, side="right"))
    by_code = {
        code: np.append(0, np.cumsum(counts))[until]
        for code, counts in ((1, exits.events), (2, exits.competing), (0, exits.censored))
    }
    return CumulativeCounts(step_months, total, by_code)


def find_last(counted: CumulativeCounts, rule: Rule, largest: int) -> int:
    """Return the last interval up to which no small count can be placed more closely.

    Parameters
    ----------
    counted : CumulativeCounts
        The true ones.
    rule : Rule
        How counts are printed.
    largest : int
        Size that a reader can think the group has at most.

    Notes
    -----
    A reader knows that more than a small number remains at risk. With the largest size of the
    group and the least that the other counts can be, that may leave a small count too little
    room.
    """
    count = len(counted.by_code[1]) - 1
    remaining = largest - (rule.largest_small + 1)
    for at in range(1, count + 1):
        here = [int(counts[at]) for counts in counted.by_code.values()]
        lowest = [rule.bounds(number)[0] for number in here]
        for number, own in zip(here, lowest, strict=True):
            room = remaining - (sum(lowest) - own)
            if rule.is_small(number) and room < rule.largest_small:
                return at - 1
    return count


def spread_counts(
    counted: CumulativeCounts, rule: Rule
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return times and codes of patients who have these counts as printed.

    Nothing but the prints of the counts is used; see :func:`rebuild_codes`.
    """
    step, room = counted.step_months, rule.stand_in(counted.size)
    gained = {code: np.diff(spread_steps(counts, rule)) for code, counts in counted.by_code.items()}
    count = len(counted.by_code[1]) - 1
    ends = step * np.arange(1, count + 1)
    times, codes = [], []
    for at, end in enumerate(ends):
        for code, steps in gained.items():
            number = min(int(steps[at]), room)
            times += [end - step / 2] * number
            codes += [code] * number
            room -= number
    last = float(ends[-1]) if count else step
    return np.array(times + [last] * room), np.array(codes + [0] * room, dtype=np.int64)


def rebuild_survival(exits: Exits, rule: Rule, *, step_months: float) -> SurvivalOutcome:
    """Return the protected outcome of one group, competing events as losses."""
    times, codes = rebuild_codes(exits, rule, step_months=step_months)
    return check_survival_outcome(times, codes == 1)


def rebuild_competing(exits: Exits, rule: Rule, *, step_months: float) -> CompetingOutcome:
    """Return the protected outcome of one group with its competing events."""
    return check_competing_outcome(*rebuild_codes(exits, rule, step_months=step_months))


def spread_steps(cumulative: NDArray[np.int64], rule: Rule) -> NDArray[np.int64]:
    """Return whole counts on straight lines between the changes of a printed count."""
    shown = np.array([rule.stand_in(int(count)) for count in cumulative])
    changes = np.flatnonzero(np.diff(shown)) + 1
    lowest = [rule.bounds(int(cumulative[at]))[0] for at in changes]
    last = len(shown) - 1
    places, heights = [0, *changes], [0, *lowest]
    if places[-1] < last:
        places, heights = [*places, last], [*heights, int(shown[-1])]
    straight = np.interp(np.arange(last + 1), places, heights)
    return np.floor(straight + 0.5).astype(np.int64)


def _find_ends(exits: Exits, rule: Rule, total: int, step_months: float) -> NDArray[np.float64]:
    """Return the ends of the intervals that begin with more than a small number at risk."""
    if not len(exits.time_months):
        return np.array([])
    count = int(np.floor(exits.time_months[-1] / step_months)) + 1
    ends = step_months * np.arange(1, count + 1)
    leaving = np.cumsum(exits.events + exits.competing + exits.censored)
    gone = np.append(0, leaving)[np.searchsorted(exits.time_months, ends, side="right")]
    remaining = total - gone
    return ends[remaining > rule.largest_small]
