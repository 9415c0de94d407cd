"""Derivatives of a centre's likelihood as one list of numbers, and back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations_with_replacement, permutations

import numpy as np
from numpy.typing import NDArray

from helpers.analysis.contributions import Contribution
from helpers.stats.one_shot_cox import Expansion


@dataclass(frozen=True, slots=True)
class ModelShape:
    """What a packed expansion holds.

    Attributes
    ----------
    terms : tuple of str
        As of :class:`~helpers.analysis.contributions.Contribution`.
    reference : tuple of float
        Logarithms of hazard ratios.
    """

    terms: tuple[str, ...]
    reference: tuple[float, ...]

    @property
    def length(self) -> int:
        """Return how many numbers there are."""
        return sum(len(list(_list_places(len(self.terms), order))) for order in (1, 2, 3, 4))


def read_shape(contribution: Contribution) -> ModelShape:
    """Return the shape of a contribution."""
    reference = tuple(float(value) for value in contribution.expansion.reference)
    return ModelShape(contribution.terms, reference)


def pack_expansion(expansion: Expansion) -> list[float]:
    """Return score, information and the derivatives of the information, each number once."""
    p, found = len(expansion.score), []
    for order, name in enumerate(("score", "information", "third", "fourth"), 1):
        tensor = getattr(expansion, name)
        found += [
            float(np.mean([tensor[one] for one in permutations(place)]))
            for place in _list_places(p, order)
        ]
    return found


def unpack_expansion(values: Sequence[float], reference: Sequence[float]) -> Expansion:
    """Return the expansion of the numbers of :func:`pack_expansion`."""
    p, numbers = len(reference), iter(values)
    tensors = [_fill(numbers, p, order) for order in (1, 2, 3, 4)]
    return Expansion(np.asarray(reference, dtype=np.float64), *tensors)


def _fill(numbers: Iterator[float], p: int, order: int) -> NDArray[np.float64]:
    tensor = np.zeros((p,) * order)
    for place in _list_places(p, order):
        value = next(numbers)
        for one in permutations(place):
            tensor[one] = value
    return tensor


def _list_places(p: int, order: int) -> Iterable[tuple[int, ...]]:
    return combinations_with_replacement(range(p), order)
