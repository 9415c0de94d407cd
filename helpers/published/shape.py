"""The shape of a ledger around its entries, checked before anything is made of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any


def find_shape_faults(data: Mapping[str, Any]) -> list[str]:
    """Return a sentence for each part of a ledger that does not have its shape.

    Parameters
    ----------
    data : mapping
        As read from YAML; its ``entries`` are not looked at.
    """
    faults = [
        f"{key} must be a mapping, but was {data[key]!r}; write 'name: value' below it"
        for key in ("paper", "intervals", "denominators")
        if not isinstance(data.get(key) or {}, Mapping)
    ]
    faults += _find_wrong_items(data, "sums", _SUM)
    faults += _find_wrong_items(data, "contradictions", _CONTRADICTION)
    return faults


def _find_wrong_items(
    data: Mapping[str, Any], key: str, shape: Mapping[str, tuple[str, Callable[[Any], bool]]]
) -> Iterator[str]:
    items = data.get(key) or []
    if not isinstance(items, list):
        yield f"{key} must be a list, but was {items!r}; begin each item with '- '"
        return
    for position, item in enumerate(items, start=1):
        name = f"item {position} of {key}"
        if not isinstance(item, Mapping) or item.keys() != shape.keys():
            yield f"{name} has wrong or missing keys: {item!r}; give {', '.join(shape)}"
            continue
        for field, (domain, holds) in shape.items():
            if not holds(item[field]):
                yield f"{field} of {name} must be {domain}, but was {item[field]!r}"


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value)


def _is_id_or_number(value: Any) -> bool:
    return _is_text(value) or (isinstance(value, int | float) and not isinstance(value, bool))


def _is_list_of_ids(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(map(_is_text, value))


_SUM = {
    "total": ("an entry's id or a number", _is_id_or_number),
    "parts": ("a list of entries' ids", _is_list_of_ids),
}
_CONTRADICTION = {
    "key": ("text", _is_text),
    "statement": ("text", _is_text),
    "arithmetic": ("text", _is_text),
    "entries": ("a list of entries' ids", _is_list_of_ids),
}
