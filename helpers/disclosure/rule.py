"""The rules by which a count is printed, and what a reader learns from the print."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from helpers.errors import ParameterError


@dataclass(frozen=True, slots=True)
class Rule:
    """How counts are printed.

    Attributes
    ----------
    name : str
        Value of the parameter ``disclosure``.
    largest_small : int
        Counts from 1 to this one are small: nothing more may be learnt of them.
    base : int
        Distance of the printed counts.
    prints_small : bool
        Whether a small count is printed as a number that stands for all of them.
    """

    name: str
    largest_small: int
    base: int
    prints_small: bool

    def is_small(self, count: int) -> bool:
        """Return whether a count is one that must not be learnt."""
        return 1 <= count <= self.largest_small

    def stand_in(self, count: int) -> int:
        """Return the number that stands for a count, small ones included.

        Examples
        --------
        >>> redact, midpoint = get_rule("redact-7-round-5"), get_rule("midpoint-6")
        >>> [redact.stand_in(count) for count in (0, 1, 7, 8, 12, 13)]
        [0, 5, 5, 10, 10, 15]
        >>> [midpoint.stand_in(count) for count in (0, 1, 6, 7, 12, 13)]
        [0, 3, 3, 9, 9, 15]
        """
        if count < 0:
            raise ValueError(f"count must be 0 or more, but was {count!r}")
        if self.prints_small:
            return -(-count // self.base) * self.base - (self.base // 2) * (count != 0)
        return (
            self.base if self.is_small(count) else (count + self.base // 2) // self.base * self.base
        )

    def publish(self, count: int | None) -> int | None:
        """Return a count as it is printed; None where it is redacted."""
        if count is None or (self.is_small(count) and not self.prints_small):
            return None
        return self.stand_in(count)

    def bounds(self, count: int) -> tuple[int, int]:
        """Return the lowest and highest count that are printed as this one is."""
        if count == 0:
            return 0, 0
        if self.is_small(count):
            return 1, self.largest_small
        shown = self.stand_in(count)
        if self.prints_small:
            return shown - self.base // 2 + 1, shown + self.base // 2
        return max(shown - self.base // 2, self.largest_small + 1), shown + self.base // 2

    @property
    def reason(self) -> str:
        """Return what a table's footnote says of a count that is not shown."""
        return (
            f"Counts from 1 to {self.largest_small} are not shown, nor are numbers from which "
            "one could be worked out."
        )

    @property
    def note(self) -> str:
        """Return the sentence that tells a reader of the report what was done."""
        small = (
            f"counts from 1 to {self.largest_small} are printed as {self.stand_in(1)}"
            if self.prints_small
            else f"counts from 1 to {self.largest_small} are redacted"
        )
        others = (
            f"others as the midpoint of their group of {self.base}"
            if self.prints_small
            else f"others are rounded to the nearest {self.base}"
        )
        return (
            f"Disclosure control ({self.name}): {small}, {others}. Numbers from which a small "
            "count could be worked out are redacted as well, minima and maxima are left out, and "
            "curves are drawn from the protected counts. Counts need not add up."
        )


RULES: Mapping[str, Rule] = MappingProxyType(
    {
        rule.name: rule
        for rule in (
            Rule("redact-7-round-5", largest_small=7, base=5, prints_small=False),
            Rule("midpoint-6", largest_small=6, base=6, prints_small=True),
        )
    }
)


def get_rule(name: str) -> Rule | None:
    """Return a rule by its name; None for ``off``.

    Raises
    ------
    ParameterError
        If there is no such rule.
    """
    if name == "off":
        return None
    if name not in RULES:
        raise ParameterError(f"disclosure must be one of off, {', '.join(RULES)}, but was {name!r}")
    return RULES[name]


def make_rule(threshold: int) -> Rule:
    """Return the rule that redacts counts up to a threshold and rounds the others.

    Parameters
    ----------
    threshold : int
        Largest small count, 5 to 50.

    Returns
    -------
    Rule
        Its base is the smallest odd number from 5 on that rounds no other count to a small one.

    Raises
    ------
    ParameterError
        If the threshold is out of its domain.

    Examples
    --------
    >>> make_rule(7) == get_rule("redact-7-round-5"), make_rule(10).name
    (True, 'redact-10-round-7')
    """
    if isinstance(threshold, bool) or not isinstance(threshold, int) or not 5 <= threshold <= 50:
        raise ParameterError(
            f"threshold must be a whole number from 5 to 50, but was {threshold!r}; counts up to "
            "it are not told"
        )
    base = next(
        base
        for base in range(5, 2 * threshold + 3, 2)
        if (threshold + 1 + base // 2) // base * base > threshold
    )
    return Rule(f"redact-{threshold}-round-{base}", threshold, base, prints_small=False)
