"""The counts of a set of results, and the sums that a reader knows to hold between them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from helpers.disclosure.margins import KNOWN, MISSING, Margin
from helpers.disclosure.system import CountSystem, Key
from helpers.results import Result, ResultSet

_ENDING = re.compile(r"\.(?:n|median|hr|prob_[0-9p.]+m)$")
_CONTRAST = re.compile(r"[^.]+_vs_[^.]+$|\.(?:detectable_hr|rmst_difference|ph)$")


@dataclass(slots=True)
class SetCounts:
    """What is hidden of a set.

    Attributes
    ----------
    system : CountSystem
        Counts and sums of the set.
    estimates, sizes : dict
        Key of a count result's count, and of its denominator, by result id.
    groups : dict
        Keys of size and events by group id; see :func:`name_group`.
    families : dict
        Group ids by what they belong to, reference levels among them.
    """

    system: CountSystem
    estimates: dict[str, Key] = field(default_factory=dict)
    sizes: dict[str, Key] = field(default_factory=dict)
    groups: dict[str, tuple[Key, Key | None]] = field(default_factory=dict)
    families: dict[str, list[str]] = field(default_factory=dict)

    def is_hidden(self, key: Key | None) -> bool:
        """Return whether a count is hidden."""
        return key in self.system.hidden

    def is_closed(self, group: str) -> bool:
        """Return whether nothing may be said of a group: a count of it is hidden or small."""
        return any(
            self.is_hidden(key) or self.system.rule.is_small(self.system.counts[key])
            for key in self.groups.get(group, ())
            if key is not None
        )


def name_group(result: Result, set_id: str) -> str:
    """Return the id of the group that a result is about.

    Examples
    --------
    >>> name_group(Result(id="os.sex.female.median", kind="median"), "os.sex")
    'os.sex.female'
    >>> name_group(Result(id="aml.one_minus_km.low.prob_24m", kind="incidence"), "aml")
    'aml.low'
    """
    group = _ENDING.sub("", result.id)
    if result.kind == "incidence":
        return f"{set_id}.{group.rpartition('.')[2]}"
    return group


def is_contrast(result: Result) -> bool:
    """Return whether a result compares two named groups."""
    return bool(_CONTRAST.search(_ENDING.sub("", result.id)))


def locate(result_id: str, results: ResultSet, levels: Mapping[str, Iterable[str]]) -> list[Margin]:
    """Return the columns and levels that a result's id names."""
    options = (results.meta.get("definition") or {}).get("options") or {}
    renamed = {new: old for old, new in (options.get("rename") or {}).items()}
    parts = result_id.removeprefix(f"{results.id}.").split(".")
    found = []
    for at, part in enumerate(parts):
        column = renamed.get(part, part)
        following = parts[at + 1] if at + 1 < len(parts) else KNOWN
        if following == MISSING or following in levels.get(column, ()):
            found.append((column, following))
        elif following == KNOWN:
            found.append((column, KNOWN))
    for name in ("by", "variable"):
        column = options.get(name)
        found += [(column, part) for part in parts if part in levels.get(column, ())]
    if options.get("known_id") and parts[-1] == options["known_id"]:
        found.append((options["variable"], KNOWN))
    return found
