"""What differs between the definitions of two share files, by name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

_LONGEST = 60
_KINDS = {"parameters": "", "groups": "group ", "endpoints": "endpoint ", "reference": "model "}


def describe_difference(given: Mapping[str, Any], wanted: Mapping[str, Any]) -> list[str]:
    """Return what is defined otherwise, one text each.

    Examples
    --------
    >>> describe_difference({"parameters": {"ties": "efron"}}, {"parameters": {"ties": "breslow"}})
    ["ties is 'efron' instead of 'breslow'"]
    """
    return list(_walk(given, wanted))


def _walk(given: Mapping[str, Any], wanted: Mapping[str, Any]) -> Iterator[str]:
    for part in sorted({*given, *wanted}):
        ours, theirs = given.get(part), wanted.get(part)
        if ours == theirs:
            continue
        if not isinstance(ours, Mapping) or not isinstance(theirs, Mapping):
            yield f"{part} is missing in one of them"
            continue
        for name in sorted({*ours, *theirs}):
            if ours.get(name) != theirs.get(name):
                yield f"{_KINDS.get(part, '')}{name} {_tell(ours.get(name), theirs.get(name))}"


def _tell(given: Any, wanted: Any) -> str:
    if isinstance(given, Mapping) and isinstance(wanted, Mapping):
        named = sorted(key for key in {*given, *wanted} if given.get(key) != wanted.get(key))
        return f"differs in its {', '.join(named)}"
    if isinstance(given, list) and isinstance(wanted, list) and _are_words(given, wanted):
        more = [item for item in given if item not in wanted]
        less = [item for item in wanted if item not in given]
        parts = [f"has {', '.join(more)} more"] if more else []
        parts += [f"lacks {', '.join(less)}"] if less else []
        return " and ".join(parts) or "is in another order"
    return f"is {_shorten(given)} instead of {_shorten(wanted)}"


def _are_words(*lists: list[Any]) -> bool:
    return all(isinstance(item, str) for items in lists for item in items)


def _shorten(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."
