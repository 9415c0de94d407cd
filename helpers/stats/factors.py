"""Covariates of a model: factors with a reference level, and numbers."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

from helpers.errors import StatisticsError


@dataclass(frozen=True, slots=True)
class Factor:
    """A covariate of a model: a factor with levels, or a number.

    Attributes
    ----------
    name : str
        The column of the table.
    levels : tuple of hashable
        All values that the column may have, in order of presentation. Empty for a number,
        which enters as it is: its hazard ratio is for one unit.
    reference : hashable, optional
        The level with hazard ratio 1; the first one by default.
    label : str
        As a table prints it; the name by default.
    level_labels : tuple of str
        In the order of `levels`; the levels as text by default.
    """

    name: str
    levels: tuple[Hashable, ...] = ()
    reference: Hashable = None
    label: str = ""
    level_labels: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Fill in the defaults and refuse a reference that is no level."""
        levels = tuple(self.levels)
        object.__setattr__(self, "levels", levels)
        object.__setattr__(self, "label", self.label or self.name)
        labels = tuple(self.level_labels) or tuple(str(level) for level in levels)
        object.__setattr__(self, "level_labels", labels)
        if len(labels) != len(levels):
            raise StatisticsError(
                f"level_labels of {self.name!r} must be one text for each of {len(levels)} "
                f"levels, but was {labels!r}"
            )
        if len(set(levels)) != len(levels) or len(levels) == 1:
            raise StatisticsError(
                f"levels of {self.name!r} must be two or more different values, but was "
                f"{levels!r}; leave levels out for a number"
            )
        if levels and self.reference is None:
            object.__setattr__(self, "reference", levels[0])
        if levels and self.reference not in levels:
            raise StatisticsError(
                f"reference of {self.name!r} must be one of {list(levels)}, but was "
                f"{self.reference!r}"
            )

    @property
    def is_numeric(self) -> bool:
        """Return whether it enters as a number."""
        return not self.levels

    @property
    def contrasts(self) -> tuple[Hashable, ...]:
        """Return the levels that have a coefficient."""
        return tuple(level for level in self.levels if level != self.reference)


@dataclass(frozen=True, slots=True)
class Term:
    """A coefficient of a model.

    Attributes
    ----------
    name : str
        ``factor=level``, or the factor's name for a number.
    factor : str
        Name of the factor.
    level : hashable or None
        The level that is compared with the reference; None for a number.
    """

    name: str
    factor: str
    level: Hashable = None
