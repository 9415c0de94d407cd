"""The counts behind an analysis that compares groups, and what of them is hidden."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from helpers.analysis.populations import EVERYONE, Population
from helpers.disclosure.margins import Margin
from helpers.disclosure.rule import Rule
from helpers.disclosure.system import CountSystem, Key


@dataclass(frozen=True, slots=True)
class Behind:
    """Populations with what is hidden of them.

    Attributes
    ----------
    system : CountSystem
        After secondary suppression.
    populations : dict of str to Population
        By key.
    known_elsewhere : frozenset
        Keys of small counts that other sections tell, whatever is hidden here.
    """

    system: CountSystem
    populations: dict[str, Population]
    known_elsewhere: frozenset[Key] = frozenset()

    @property
    def rule(self) -> Rule:
        """Return how counts are printed."""
        return self.system.rule

    def publish(self, key: str) -> int | None:
        """Return the printed number of patients of a population; None where it is hidden."""
        return self._publish("n", key, self.populations[key].n)

    def publish_events(self, key: str) -> int | None:
        """Return the printed number of events of a population; None where it is hidden."""
        one = self.populations[key]
        if one.is_whole and ("n", key) in self.system.hidden:
            return None
        return None if one.events is None else self._publish("events", key, one.events)

    def find_counted(self, result_id: str) -> Population | None:
        """Return the population whose numbers a result prints."""
        return next((p for p in self.populations.values() if result_id in p.counted_by), None)

    def knows(self, result_id: str) -> bool:
        """Return whether it is known on which counts a result rests."""
        return any(
            result_id in one.counted_by or result_id in one.behind
            for one in self.populations.values()
        )

    def is_closed(self, result_id: str) -> bool:
        """Return whether an estimate rests on a count that is small or hidden."""
        return any(
            self.is_protected(one)
            for one in self.populations.values()
            if result_id in one.counted_by or result_id in one.behind
        )

    def is_protected(self, one: Population) -> bool:
        """Return whether a count of a population is small, or hidden for another's sake.

        An interval's width tells how many events there are, but not of how many patients. The
        size of a whole analysis, hidden where a small number of the cohort is not in it, does
        therefore not close it, nor the size of a group of which no events are printed.
        """
        if self.rule.is_small(one.n) or self.rule.is_small(one.events or 0):
            return True
        if one.events is None:
            return one.printed == "here" and ("n", one.key) in self.system.hidden
        if one.events_printed != "here":
            return False
        kinds = ["events"] if one.is_whole or one.printed != "here" else ["n", "events"]
        return any((kind, one.key) in self.system.hidden for kind in kinds)

    def has_exposed(self) -> bool:
        """Return whether a small count remains exposed whatever is hidden here."""
        return bool(set(self.system.find_exposed()) - self.known_elsewhere)

    def _publish(self, kind: str, key: str, count: int) -> int | None:
        return None if (kind, key) in self.system.hidden else self.rule.publish(count)


def read_behind(
    populations: Iterable[Population],
    rule: Rule,
    *,
    n_patients: int,
    hidden_margins: frozenset[Margin],
) -> Behind:
    """Return the counts of populations after secondary suppression.

    Parameters
    ----------
    populations : iterable of Population
        With true counts.
    rule : Rule
        How counts are printed.
    n_patients : int
        Of the cohort, always printed.
    hidden_margins : frozenset
        What is hidden everywhere.

    Returns
    -------
    Behind

    Notes
    -----
    The whole of an analysis, which other sections print as well, and a total of which only
    another section prints the parts count as known exactly, as long as they are not small.
    What remains of a total beside its parts is a count of its own: where it is small it must
    not be worked out.
    """
    by_key = {one.key: one for one in populations}
    system = CountSystem(rule)
    system.add(("n", EVERYONE), n_patients, fixed=True)
    for one in by_key.values():
        _add(system, ("n", one.key), one.n, one.printed)
        if _is_shared(one, rule, n_patients):
            system.fixed |= {("n", one.key), ("events", one.key)}
        if one.margin in hidden_margins and one.printed == "here":
            system.hidden.add(("n", one.key))
        if one.events is not None:
            _add(system, ("events", one.key), one.events, one.events_printed)
            rest = system.add(("censored", one.key), one.n - one.events, hidden=True)
            system.tie(("n", one.key), [("events", one.key), rest])
    for total, split in dict.fromkeys(pair for one in by_key.values() for pair in one.parts_of):
        parts = [one for one in by_key.values() if (total, split) in one.parts_of]
        _tie(system, "n", total, split, parts)
        if total in by_key and by_key[total].events is not None:
            counted = [one for one in parts if one.events is not None]
            if len(counted) == len(parts):
                _tie(system, "events", total, split, parts)
    _suppress_elsewhere(system)
    known = _find_known_elsewhere(system)
    system.suppress(known)
    if set(system.find_exposed()) - known:
        system.fixed = {key for key in system.fixed if key in system.given or key[1] == EVERYONE}
        system.suppress(known)
    return Behind(system, by_key, frozenset(known))


def _suppress_elsewhere(system: CountSystem) -> None:
    """Hide what the sections hide that print a count: by its own sums alone.

    Their totals are then known exactly, and their parts as they are printed.
    """
    other = CountSystem(system.rule)
    for total, parts in system.sums:
        inside = [key for key in parts if key in system.given]
        if total in system.given and inside:
            for key in parts:
                other.add(key, system.counts[key], hidden=key in system.hidden)
            other.tie(other.add(total, system.counts[total]), parts)
    parts_of_any = {key for _, parts in other.sums for key in parts}
    whole = {total for total, _ in other.sums} - parts_of_any
    other.fixed = {key for key in whole if not system.rule.is_small(system.counts[key])}
    other.suppress()
    system.hidden |= other.hidden & parts_of_any & system.given
    system.fixed |= other.fixed


def _find_known_elsewhere(system: CountSystem) -> set[Key]:
    """Return the small counts that other sections tell, whatever is hidden here."""
    without = CountSystem(
        system.rule,
        counts=system.counts,
        fixed=system.fixed & system.given,
        hidden=system.hidden | (set(system.counts) - system.given),
        sums=system.sums,
    )
    return set(without.find_exposed())


def _is_shared(one: Population, rule: Rule, n_patients: int) -> bool:
    """Return whether a total is printed in other sections as well."""
    return one.printed == "here" and one.is_whole and not rule.is_small(n_patients - one.n)


def _add(system: CountSystem, key: Key, count: int, printed: str) -> None:
    system.add(key, count, hidden=printed == "nowhere" and count > 0)
    if printed == "elsewhere":
        system.given.add(key)


def _tie(
    system: CountSystem, kind: str, total: str, split: str, parts: Iterable[Population]
) -> None:
    keys: list[Key] = [(kind, one.key) for one in parts]
    left = system.counts[kind, total] - sum(system.counts[key] for key in keys)
    if left:
        keys.append(system.add(("rest", kind, total, split), left, hidden=True))
    system.tie((kind, total), keys)
