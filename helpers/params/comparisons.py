"""The form of the parameter `comparisons`: which keys an entry has, and which values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

ENDPOINTS = ("os", "os_len", "os_dx")
LONGEST_LANDMARK = 600
_KEYS = ("by", "endpoint", "where", "landmark_months", "adjust")


def find_comparison_faults(entry: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is wrong with the form of an entry; names are checked with the data.

    Examples
    --------
    >>> list(find_comparison_faults({"by": "sex", "landmark": 6}))
    ["has no key 'landmark'; it may have by, endpoint, where, landmark_months, adjust"]
    """
    for key in entry:
        if key not in _KEYS:
            yield f"has no key {key!r:.60}; it may have {', '.join(_KEYS)}"
    if not isinstance(entry.get("by", ""), str):
        yield f"by must be the name of a factor, but was {entry['by']!r:.60}"
    if entry.get("endpoint", "os") not in ENDPOINTS:
        yield f"endpoint must be one of {', '.join(ENDPOINTS)}, but was {entry['endpoint']!r:.60}"
    if not _is_landmark(entry.get("landmark_months", 0)):
        yield (
            f"landmark_months must be at least 0 and at most {LONGEST_LANDMARK}, but was "
            f"{entry['landmark_months']!r:.60}"
        )
    if not _is_list_of_text(entry.get("adjust", [])):
        yield f"adjust must be a list of factors, but was {entry['adjust']!r:.60}"
    where = entry.get("where", {})
    if not isinstance(where, Mapping) or not all(
        isinstance(name, str) and levels and _is_list_of_text(levels)
        for name, levels in where.items()
    ):
        yield (
            f"where must have factors with lists of levels, but was {where!r:.60}; write "
            '{len_6m: ["yes"]}'
        )


def list_comparison_names(entries: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return every factor that entries name, once.

    Examples
    --------
    >>> list_comparison_names([{"by": "sex", "where": {"ipss": ["low"]}, "adjust": ["raeb"]}])
    ['sex', 'ipss', 'raeb']
    """
    named: list[str] = []
    for entry in entries:
        named += [entry["by"]] if entry.get("by") else []
        named += [*entry.get("where", {}), *entry.get("adjust", [])]
    return list(dict.fromkeys(named))


def _is_landmark(value: object) -> bool:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return is_number and 0 <= value <= LONGEST_LANDMARK


def _is_list_of_text(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)
