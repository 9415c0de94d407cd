"""Counts and the sums that tie them: what can be worked out, and what must go with it.

A reader knows of each printed count the interval of counts that are printed alike, and of a
hidden one nothing: what was hidden for its own sake, what for another's, and zeros beside them
are printed alike. Sums and orders between the counts narrow these intervals. A small count is
protected when they leave it the whole interval of small counts; where they do not, the
smallest further count that takes part is hidden (secondary suppression), until they do.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from helpers.disclosure.rule import Rule

Key = Hashable
Bounds = tuple[float, float]


@dataclass(slots=True)
class CountSystem:
    """Counts by key, with the relations that a reader knows to hold between them.

    Attributes
    ----------
    rule : Rule
        How counts are printed.
    counts : dict
        True count by key.
    fixed : set
        Keys of totals that are printed in any case. Many sums end in each, in this set and
        in others, and together they tell more than its rounded print; a reader is taken to
        know it exactly.
    hidden : set
        Keys of counts that are not printed.
    given : set
        Keys of counts that another section prints, so that hiding them here is no use.
    sums : list of (key, keys)
        A total and its parts.
    orders : list of (key, key)
        The first is at most the second.
    """

    rule: Rule
    counts: dict[Key, int] = field(default_factory=dict)
    fixed: set[Key] = field(default_factory=set)
    hidden: set[Key] = field(default_factory=set)
    given: set[Key] = field(default_factory=set)
    sums: list[tuple[Key, tuple[Key, ...]]] = field(default_factory=list)
    orders: list[tuple[Key, Key]] = field(default_factory=list)

    def add(self, key: Key, count: int, *, fixed: bool = False, hidden: bool = False) -> Key:
        """Add a count; a small one is hidden where the rule prints none."""
        self.counts[key] = int(count)
        if fixed:
            self.fixed.add(key)
        if hidden or (self.rule.is_small(count) and not self.rule.prints_small):
            self.hidden.add(key)
        return key

    def tie(self, total: Key, parts: Iterable[Key]) -> None:
        """Say that a count is the sum of others."""
        self.sums.append((total, tuple(parts)))

    def order(self, lower: Key, upper: Key) -> None:
        """Say that a count is at most another."""
        self.orders.append((lower, upper))

    def find_bounds(self) -> dict[Key, Bounds]:
        """Return the interval in which a reader can place each count."""
        known = {key: self._know(key) for key in self.counts}
        return propagate(known, self.sums, self.orders)

    def find_exposed(self) -> list[Key]:
        """Return the small counts of which a reader learns more than that they are small."""
        bounds = self.find_bounds()
        return [
            key
            for key, count in self.counts.items()
            if self.rule.is_small(count)
            and (bounds[key][0] > 1 or bounds[key][1] < self.rule.largest_small)
        ]

    def suppress(self, beyond: Collection[Key] = ()) -> set[Key]:
        """Hide further counts until no small one is exposed; return all that are hidden.

        Small counts that cannot be protected, because whatever is left is fixed, remain
        exposed; ask :meth:`find_exposed`. Nothing is hidden for the sake of those `beyond`
        protection.
        """
        helpless: set[Key] = set(beyond)
        while True:
            exposed = [key for key in self.find_exposed() if key not in helpless]
            if not exposed:
                self._hide_zeros()
                return self.hidden
            found = self._find_partner(exposed[0])
            if found is None:
                helpless.add(exposed[0])
            else:
                self.hidden.add(found)

    def _know(self, key: Key) -> Bounds:
        count = self.counts[key]
        if key in self.hidden:
            return 0, math.inf
        return (count, count) if key in self.fixed else self.rule.bounds(count)

    def _find_partner(self, start: Key) -> Key | None:
        """Return the smallest printed count of the nearest relations that have one.

        Relations further away are reached through hidden counts only.
        """
        groups = [{total, *parts} for total, parts in self.sums]
        groups += [set(pair) for pair in self.orders]
        reached, edge = {start}, {start}
        while edge:
            near = {key for group in groups if edge & group for key in group} - reached
            kept = self.hidden | self.fixed | self.given
            free = [key for key in near if key not in kept and self.counts[key] > 0]
            if free:
                return min(free, key=lambda key: (self.counts[key], str(key)))
            reached |= near
            edge = near & self.hidden
        return start if start not in self.hidden | self.fixed | self.given else None

    def _hide_zeros(self) -> None:
        """Hide zeros beside hidden parts, so that a hidden count may be a zero."""
        for _, parts in self.sums:
            if any(key in self.hidden for key in parts):
                self.hidden |= {key for key in parts if self.counts[key] == 0} - self.fixed


def propagate(
    bounds: Mapping[Key, Bounds],
    sums: Sequence[tuple[Key, Sequence[Key]]],
    orders: Sequence[tuple[Key, Key]] = (),
) -> dict[Key, Bounds]:
    """Narrow intervals by sums and orders until nothing changes.

    Parameters
    ----------
    bounds : mapping
        Lowest and highest value by key.
    sums : sequence of (key, keys)
        A total and its parts.
    orders : sequence of (key, key)
        The first is at most the second.

    Returns
    -------
    dict
        The narrowed intervals.

    Examples
    --------
    >>> propagate({"all": (20, 20), "a": (13, 17), "b": (1, 7)}, [("all", ("a", "b"))])
    {'all': (20, 20), 'a': (13, 17), 'b': (3, 7)}
    """
    known = dict(bounds)
    changed = True
    while changed:
        changed = False
        for total, parts in sums:
            for key, interval in _narrow_sum(known, total, parts):
                changed |= _meet(known, key, interval)
        for lower, upper in orders:
            changed |= _meet(known, lower, (-math.inf, known[upper][1]))
            changed |= _meet(known, upper, (known[lower][0], math.inf))
    return known


def _narrow_sum(known: Mapping[Key, Bounds], total: Key, parts: Sequence[Key]) -> list:
    low = sum(known[key][0] for key in parts)
    unbounded = [key for key in parts if math.isinf(known[key][1])]
    high = sum(known[key][1] for key in parts if key not in unbounded)
    found: list[tuple[Key, Bounds]] = [(total, (low, math.inf if unbounded else high))]
    for key in parts:
        others_low = low - known[key][0]
        is_open = any(other != key for other in unbounded)
        others_high = high - (0 if key in unbounded else known[key][1])
        lowest = -math.inf if is_open else known[total][0] - others_high
        found.append((key, (lowest, known[total][1] - others_low)))
    return found


def _meet(known: dict[Key, Bounds], key: Key, interval: Bounds) -> bool:
    met = max(known[key][0], interval[0]), min(known[key][1], interval[1])
    changed = met != known[key]
    known[key] = met
    return changed
