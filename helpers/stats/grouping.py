"""Groups of patients: levels in their order, counts, and the faults a group column can have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from helpers.errors import StatisticsError
from helpers.stats.numeric import check_same_length, format_value

MAX_LEVELS_OF_NUMBERS = 20


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Grouping:
    """A checked group column.

    Attributes
    ----------
    codes : numpy.ndarray of int, shape (n,)
        Position of each patient's level in `levels`; -1 where the group is missing.
    levels : tuple
        Levels that have patients: in the declared order of a categorical column, else sorted.
    counts : tuple of int
        Patients of each level.
    n_missing : int
        Patients without a group.
    empty_levels : tuple
        Declared levels without patients.
    name : str
        Of the column.
    """

    codes: NDArray[np.intp]
    levels: tuple[Any, ...]
    counts: tuple[int, ...]
    n_missing: int
    empty_levels: tuple[Any, ...]
    name: str = "group"

    @property
    def known(self) -> NDArray[np.bool_]:
        """Return which patients have a group."""
        return self.codes >= 0

    @property
    def warnings(self) -> tuple[str, ...]:
        """Return sentences on levels without patients."""
        if not self.empty_levels:
            return ()
        names = ", ".join(format_value(level) for level in self.empty_levels)
        return (f"{self.name} has no patient at {names}: left out",)


def check_group(
    group: ArrayLike, n_subjects: int, *, name: str = "group", min_levels: int = 2
) -> Grouping:
    """Return a checked group column.

    Parameters
    ----------
    group : array_like, shape (n_subjects,)
        Text, numbers, truth values or a pandas categorical; missing values are counted.
    n_subjects : int
        Number of patients of the outcome.
    name : str, optional
        Of the column, for messages.
    min_levels : int, optional
        Fewest levels with patients.

    Returns
    -------
    Grouping

    Raises
    ------
    StatisticsError
        If the length differs, fewer than `min_levels` levels have patients, or the column holds
        more than 20 different numbers and so looks like a measurement.

    Examples
    --------
    >>> grouping = check_group(["b", "a", "b", None], 4)
    >>> grouping.levels, grouping.counts, grouping.n_missing
    (('a', 'b'), (1, 2), 1)
    """
    values = group if isinstance(group, pd.Series | pd.Categorical) else np.asarray(group)
    check_same_length(values, name, n_subjects, "the outcome")
    codes, declared = _codes_and_levels(values)
    counts = np.bincount(codes[codes >= 0], minlength=len(declared))
    present = np.flatnonzero(counts)
    levels = tuple(declared[i] for i in present)
    _refuse_measurement(levels, name)
    if len(levels) < min_levels:
        held = ", ".join(format_value(level) for level in levels) or "nothing"
        raise StatisticsError(
            f"{name} must be a column of at least {min_levels} levels with patients, but was "
            f"{held} for all {int(counts.sum())} patients; there is nothing to compare"
        )
    renumbered = np.full(len(declared) + 1, -1)
    renumbered[present] = np.arange(len(present))
    return Grouping(
        codes=renumbered[codes],
        levels=levels,
        counts=tuple(int(count) for count in counts[present]),
        n_missing=int(np.count_nonzero(codes < 0)),
        empty_levels=tuple(level for i, level in enumerate(declared) if counts[i] == 0),
        name=name,
    )


def _codes_and_levels(values: Any) -> tuple[NDArray[np.intp], list[Any]]:
    if isinstance(values, pd.Categorical) or isinstance(values.dtype, pd.CategoricalDtype):
        categorical = values if isinstance(values, pd.Categorical) else values.cat
        codes = np.asarray(categorical.codes, dtype=np.intp)
        return codes, [_plain(level) for level in categorical.categories]
    codes, uniques = pd.factorize(values, use_na_sentinel=True)
    levels = [_plain(level) for level in uniques]
    try:
        order = sorted(range(len(levels)), key=levels.__getitem__)
    except TypeError:
        order = sorted(range(len(levels)), key=lambda i: str(levels[i]))
    rank = np.full(len(levels) + 1, -1)
    rank[order] = np.arange(len(levels))
    return rank[codes], [levels[i] for i in order]


def _plain(level: Any) -> Any:
    return level.item() if isinstance(level, np.generic) else level


def _refuse_measurement(levels: tuple[Any, ...], name: str) -> None:
    are_numbers = all(isinstance(level, int | float) for level in levels)
    if are_numbers and len(levels) > MAX_LEVELS_OF_NUMBERS:
        raise StatisticsError(
            f"{name} must be a column of groups, but was {len(levels)} different numbers from "
            f"{min(levels):g} to {max(levels):g}; cut the measurement into groups first"
        )
