"""The rows of the table of agreements: how far our numbers are from the reference's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

BAR = 1e-6
NEAR_ZERO = 1e-3
#: Under which rows stand that need no patients, and data that were drawn or altered here.
NO_DATA = "no data"
DRAWN = {"competing_ties", "colon_missing", "tables written for the test", NO_DATA}
PUBLIC_NAMES = {"colon_death": "colon", "colon_recurrence": "colon", "ties": "competing_ties"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """One estimator's numbers of one kind, over all data sets.

    Attributes
    ----------
    estimator, against, quantity : str
        What was estimated, the R function that gave the other numbers, and which number.
    data_sets : tuple of str
    n_numbers : int
        How many pairs of numbers were compared.
    largest_difference, bar : float
        Relative to the reference's number, and what is allowed.
    """

    estimator: str
    against: str
    quantity: str
    data_sets: tuple[str, ...]
    n_numbers: int
    largest_difference: float
    bar: float


@dataclass(slots=True)
class _Line:
    data_sets: list[str] = field(default_factory=list)
    n_numbers: int = 0
    largest_difference: float = 0.0
    bar: float = BAR


class Ledger:
    """Collects pairs of numbers, one line for each estimator and kind of number."""

    def __init__(self) -> None:
        self._lines: dict[tuple[str, str, str], _Line] = {}

    def add(
        self,
        key: tuple[str, str, str],
        data: str,
        ours: Any,
        theirs: Any,
        *,
        together: bool = False,
        bar: float = BAR,
    ) -> None:
        """Add numbers of a data set under (estimator, against, quantity).

        With `together` the numbers are one array, in which those near zero are what is left of
        larger ones: there the difference is relative to a thousandth of the array's largest.
        """
        differences = relative_differences(ours, theirs, together=together)
        line = self._lines.setdefault(key, _Line(bar=bar))
        name = PUBLIC_NAMES.get(data, data)
        if name not in line.data_sets:
            line.data_sets.append(name)
        line.n_numbers += differences.size
        line.largest_difference = max(line.largest_difference, float(differences.max(initial=0.0)))

    def rows(self) -> tuple[Agreement, ...]:
        """Return the lines, in the order in which they were begun."""
        return tuple(
            Agreement(
                estimator=estimator,
                against=against,
                quantity=quantity,
                data_sets=tuple(line.data_sets),
                n_numbers=line.n_numbers,
                largest_difference=line.largest_difference,
                bar=line.bar,
            )
            for (estimator, against, quantity), line in self._lines.items()
        )


def as_array(values: Any) -> np.ndarray:
    """Return numbers in one row, None as nan."""
    return np.atleast_1d(np.array(values, dtype=float)).ravel()


def relative_differences(ours: Any, theirs: Any, *, together: bool = False) -> np.ndarray:
    """Return the difference of each pair over the size of the second.

    Both missing is no difference, one missing an infinite one. A reference of exactly zero is
    compared absolutely.
    """
    a, b = as_array(ours), as_array(theirs)
    if a.shape != b.shape:
        raise ValueError(f"{a.size} numbers of ours meet {b.size} of the reference")
    scale = np.abs(b)
    if together:
        scale = np.maximum(scale, NEAR_ZERO * np.nanmax(scale, initial=0.0))
    scale = np.where(scale > 0, scale, 1.0)
    missing = np.isnan(a) | np.isnan(b)
    alike = np.isnan(a) & np.isnan(b)
    distance = np.abs(np.where(missing, 0.0, a) - np.where(missing, 0.0, b))
    return np.where(alike, 0.0, np.where(missing, np.inf, distance / scale))


def list_public_data(rows: Sequence[Agreement]) -> tuple[str, ...]:
    """Return the names of the public data sets of some rows, sorted."""
    names = {name for row in rows for name in row.data_sets}
    return tuple(sorted(names - DRAWN))
