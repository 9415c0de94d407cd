"""Which results of two reports differ, and by how much."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from helpers.report.changes.printing import print_all, print_result
from helpers.results import Result

FIELDS = (
    "estimate",
    "ci_lower",
    "ci_upper",
    "p_value",
    "n",
    "events",
    "missing",
    "statistic",
    "df",
    "std_error",
    "conf_level",
)
WORDS = ("label", "population", "unit", "method", "reason", "kind")
#: Estimates whose interval is symmetric on the logarithmic scale.
_RATIOS = frozenset({"hazard_ratio"})
_IN_INTERVAL = ("estimate", "ci_lower", "ci_upper")
#: Below it a number is what the arithmetic of floats leaves of zero.
_NOISE = 1e-12


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldChange:
    """One field of a result that differs.

    Attributes
    ----------
    name : str
        E.g. ``estimate``, or ``quantities.q1``.
    before, after : float, str or None
        In A and in B.
    absolute : float or None
        B less A; None where one has no number.
    relative : float or None
        Of the absolute value in A; None where that is 0.
    interval_units : float or None
        Distance in widths of the confidence interval, 0 or more; None where there is none.
    """

    name: str
    before: float | str | None
    after: float | str | None
    absolute: float | None = None
    relative: float | None = None
    interval_units: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberChange:
    """A result that differs.

    Attributes
    ----------
    before, after : Result
        In A and in B.
    fields : tuple of FieldChange
        What differs, the most telling first.
    printed_before, printed_after : str
        Both in the number style of A.
    is_visible : bool
        Whether a reader can see it in print.
    crosses_alpha : bool
        Whether the p-value went over the level of significance.
    """

    before: Result
    after: Result
    fields: tuple[FieldChange, ...]
    printed_before: str
    printed_after: str
    is_visible: bool
    crosses_alpha: bool

    @property
    def id(self) -> str:
        """Return the result's id."""
        return self.before.id

    @property
    def main(self) -> FieldChange:
        """Return the most telling field."""
        return self.fields[0]

    @property
    def is_in_words(self) -> bool:
        """Return whether all numbers are the same and only words differ."""
        return all(change.name in WORDS for change in self.fields)

    @property
    def has_appeared(self) -> bool:
        """Return whether only one of both reports has a number: not reached, redacted."""
        return self.before.status != self.after.status or (
            self.main.name in FIELDS and None in (self.main.before, self.main.after)
        )

    @property
    def interval_units(self) -> float | None:
        """Return how far it moved, in widths of the interval."""
        known = [one.interval_units for one in self.fields if one.interval_units is not None]
        moved = next((one for one in self.fields if one.name == "estimate"), None)
        if moved is not None:
            return moved.interval_units
        return max(known, default=None)

    @property
    def rank(self) -> tuple[float, float, float, str]:
        """Return what orders changes by how much they matter, the first being the lowest."""
        units, relative = self.interval_units, self.main.relative
        group = 3 if self.is_in_words else 0 if self.has_appeared else 1 if units else 2
        return (group, -(units or 0.0), -abs(relative or 0.0), self.id)


def compare_results(
    before: Mapping[str, Result],
    after: Mapping[str, Result],
    *,
    tolerance: float = 0.0,
    style: str = "paper",
    alpha: float = 0.05,
) -> tuple[NumberChange, ...]:
    """Return the results that both reports have and that differ, what matters most first.

    Parameters
    ----------
    before, after : mapping of str to Result
        By id.
    tolerance : float
        Numbers that differ by at most this share of the larger one are equal; 0 is exact.
        Above 0, numbers that both are below 1e-12 are equal too.
    style : str
        Number style of what is printed.
    alpha : float
        Level of significance, 0 to 1.

    Notes
    -----
    A distance is measured in widths of A's interval, or of B's where A has none that ends on
    both sides; of a hazard ratio on the logarithmic scale, on which its interval is symmetric.
    """
    changes = (
        _compare(before[key], after[key], tolerance, style, alpha) for key in before if key in after
    )
    return tuple(sorted(filter(None, changes), key=lambda change: change.rank))


def _compare(
    before: Result, after: Result, tolerance: float, style: str, alpha: float
) -> NumberChange | None:
    changed = tuple(_iterate_changes(before, after, tolerance))
    if not changed:
        return None
    return NumberChange(
        before=before,
        after=after,
        fields=changed,
        printed_before=print_result(before, style=style),
        printed_after=print_result(after, style=style),
        is_visible=print_all(before, style=style) != print_all(after, style=style),
        crosses_alpha=_crosses(before.p_value, after.p_value, alpha),
    )


def _crosses(before: float | None, after: float | None, alpha: float) -> bool:
    return before is not None and after is not None and (before < alpha) != (after < alpha)


def _iterate_changes(before: Result, after: Result, tolerance: float) -> Iterator[FieldChange]:
    width = _find_width(before) or _find_width(after)
    for name in FIELDS:
        first, second = getattr(before, name), getattr(after, name)
        if not is_equal(first, second, tolerance):
            units = _measure(name, before, after, width)
            yield _make_change(name, first, second, units)
    for name in dict.fromkeys([*before.quantities, *after.quantities]):
        first, second = before.quantities.get(name), after.quantities.get(name)
        if not is_equal(first, second, tolerance):
            yield _make_change(f"quantities.{name}", first, second, None)
    for name in ("status", *WORDS):
        first, second = getattr(before, name), getattr(after, name)
        if first != second:
            yield FieldChange(name=name, before=first, after=second)


def _make_change(
    name: str, before: float | None, after: float | None, units: float | None
) -> FieldChange:
    absolute = None if before is None or after is None else after - before
    relative = absolute / abs(before) if absolute is not None and before else None
    if relative is not None and not math.isfinite(relative):  # of next to nothing
        relative = None
    return FieldChange(
        name=name,
        before=before,
        after=after,
        absolute=absolute,
        relative=relative,
        interval_units=units,
    )


def is_equal(before: float | None, after: float | None, tolerance: float = 0.0) -> bool:
    """Return whether two numbers count as equal; None equals nothing but None.

    Examples
    --------
    >>> is_equal(100.0, 100.5, 0.01), is_equal(100.0, 102.0, 0.01), is_equal(None, 0.0, 1.0)
    (True, False, False)
    """
    if before is None or after is None:
        return before is after
    if before == after:
        return True
    largest = max(abs(before), abs(after))
    return tolerance > 0 and (abs(after - before) <= tolerance * largest or largest < _NOISE)


def _find_width(result: Result) -> float | None:
    """Return the width of an interval on its own scale; None where it is open or a point."""
    lower, upper = _to_scale(result, result.ci_lower), _to_scale(result, result.ci_upper)
    if lower is None or upper is None or upper <= lower:
        return None
    return upper - lower


def _measure(name: str, before: Result, after: Result, width: float | None) -> float | None:
    if name not in _IN_INTERVAL or width is None:
        return None
    first, second = _to_scale(before, getattr(before, name)), _to_scale(after, getattr(after, name))
    if first is None or second is None:
        return None
    units = abs(second - first) / width
    return units if math.isfinite(units) else None


def _to_scale(result: Result, value: float | None) -> float | None:
    if value is None or result.kind not in _RATIOS:
        return value
    return math.log(value) if value > 0 else None
