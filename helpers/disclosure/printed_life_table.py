"""A life table as it may leave the centre: printed cumulative counts, where they change."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from helpers.disclosure.life_table import (
    CumulativeCounts,
    count_exits,
    find_last,
    find_step,
    read_exits,
    spread_counts,
)
from helpers.disclosure.rule import Rule
from helpers.results import ResultSet

_CODES = {"events": 1, "competing": 2, "censored": 0}
_DIRECT = "cumulative_incidence"


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedLifeTable:
    """Printed cumulative counts of one group.

    Attributes
    ----------
    group : str
        Its key.
    step_months : float
        Length of the intervals.
    n_intervals : int
        How many there are; the last one ends while more than a small number is at risk.
    size : int
        Of the group, as printed.
    events, competing, censored : tuple of (int, int or None)
        Interval at whose end a printed cumulative count changes, and what it changes to; None
        stands for every small count.
    """

    group: str
    step_months: float
    n_intervals: int
    size: int
    events: tuple[tuple[int, int | None], ...]
    competing: tuple[tuple[int, int | None], ...]
    censored: tuple[tuple[int, int | None], ...]


def print_life_tables(
    results: ResultSet, shown: ResultSet, rule: Rule
) -> tuple[PrintedLifeTable, ...]:
    """Return the life tables of the groups whose curves may be shown.

    Parameters
    ----------
    results, shown : ResultSet
        A set with curves before and after the gate.
    rule : Rule
        How counts are printed.
    """
    if not (shown.is_computable and {"curve", "at_risk"} <= set(shown.frames)):
        return ()
    curve, step = results.frames["curve"], find_step(results.frames["at_risk"])
    kept = set(shown.frames["curve"]["group"])
    if "estimator" in curve:
        curve = curve[curve["estimator"] == _DIRECT]
    counted = {
        str(group): count_exits(read_exits(rows), rule, step_months=step)
        for group, rows in curve.groupby("group", sort=False)
    }
    sizes = {group: one.size for group, one in counted.items()}
    return tuple(
        _print_one(group, one, rule, _find_largest(group, sizes, kept, rule))
        for group, one in counted.items()
        if group in kept
    )


def _find_largest(group: str, sizes: Mapping[str, int], kept: Container[str], rule: Rule) -> int:
    """Return the largest size that a reader can think a group has, who knows the total."""
    others = [
        rule.bounds(size)[0] if one in kept else 0 for one, size in sizes.items() if one != group
    ]
    return min(rule.bounds(sizes[group])[1], sum(sizes.values()) - sum(others))


def _print_one(group: str, counted: CumulativeCounts, rule: Rule, largest: int) -> PrintedLifeTable:
    last = find_last(counted, rule, largest)
    changes = {
        name: _list_changes(counted.by_code[code][: last + 1], rule)
        for name, code in _CODES.items()
    }
    return PrintedLifeTable(
        group=group,
        step_months=counted.step_months,
        n_intervals=last,
        size=rule.stand_in(counted.size),
        **changes,
    )


def _list_changes(cumulative: NDArray[np.int64], rule: Rule) -> tuple[tuple[int, int | None], ...]:
    shown = [None if rule.is_small(int(n)) else rule.stand_in(int(n)) for n in cumulative]
    return tuple((at, now) for at, now in enumerate(shown) if at and now != shown[at - 1])


def rebuild_printed(
    table: PrintedLifeTable, rule: Rule
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return times in months and codes of patients who have the printed counts.

    The same ones that the centre's own report draws its curve of.
    """
    by_code = {
        code: _fill(getattr(table, name), table.n_intervals, rule) for name, code in _CODES.items()
    }
    return spread_counts(CumulativeCounts(table.step_months, table.size, by_code), rule)


def _fill(
    changes: Sequence[tuple[int, int | None]], n_intervals: int, rule: Rule
) -> NDArray[np.int64]:
    """Return for each printed count the lowest one that is printed so."""
    filled = np.zeros(n_intervals + 1, dtype=np.int64)
    for at, shown in changes:
        filled[at:] = 1 if shown is None else rule.bounds(shown)[0]
    return filled


def read_life_table(record: Mapping[str, object]) -> PrintedLifeTable:
    """Return the life table of a record of its fields."""
    fields = {name: tuple(map(tuple, record[name])) for name in _CODES}
    return PrintedLifeTable(**{**record, **fields})
