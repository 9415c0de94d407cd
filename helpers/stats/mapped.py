"""Loops whose rounds may be computed elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

#: Calls a function with each of many arguments and gives the results in their order, as ``map``
#: does; :func:`helpers.report.executors.make_map` makes one that uses other processes.
MapChunks = Callable[[Callable[[Any], Any], Iterable[Any]], Iterable[Any]]

#: Parts of a loop that is not computed here; more than there are workers, to share alike.
PARTS = 8

Item = TypeVar("Item")


def cut_into_parts(items: Sequence[Item], n_parts: int = PARTS) -> list[Sequence[Item]]:
    """Return consecutive parts, as alike in length as can be, none of them empty.

    Examples
    --------
    >>> cut_into_parts([1, 2, 3, 4, 5], 2)
    [[1, 2, 3], [4, 5]]
    >>> cut_into_parts([1], 8)
    [[1]]
    """
    length, longer = divmod(len(items), n_parts)
    sizes = [length + (number < longer) for number in range(n_parts)]
    ends = [sum(sizes[: number + 1]) for number in range(n_parts)]
    return [items[end - size : end] for end, size in zip(ends, sizes, strict=True) if size]
