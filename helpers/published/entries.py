"""The ledger as data: entries, sums and known contradictions of one paper."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from helpers.published.precision import PrintedNumber, Span, rounding_span

#: What of a result an entry is compared with, and how many numbers that is.
FIELDS: Mapping[str, int] = MappingProxyType(
    {
        "estimate": 1,
        "percent": 1,
        "p_value": 1,
        "n": 1,
        "events": 1,
        "missing": 1,
        "minimum": 1,
        "maximum": 1,
        "ci": 2,
        "range": 2,
        "count_of_n": 2,
        "effect": 2,
    }
)

#: What an entry is.
KINDS = (
    "count",
    "percent",
    "median",
    "mean",
    "range",
    "ci",
    "probability",
    "hazard_ratio",
    "p_value",
    "direction",
    "threshold",
    "horizon",
    "schedule",
    "version",
)

#: Kinds that a cohort of one's own can be set beside.
ESTIMATES = ("median", "mean", "percent", "probability", "hazard_ratio")

#: Whether a cohort can show it, the method states it, or other literature does.
SCOPES = ("cohort", "method", "background")


@dataclass(frozen=True, slots=True)
class Term:
    """One entry in a sum or difference of entries."""

    sign: int
    entry_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One printed number, or two printed as one (an interval, a range).

    Attributes
    ----------
    id : str
        Dotted name, unique in the ledger.
    place : str
        Where the paper prints it.
    kind, scope : str
        One of `KINDS`, one of `SCOPES`.
    printed : str
        The text as printed.
    numbers : tuple of PrintedNumber
        What the text says.
    decimals : int or None
        Printed places after the point; None for words and bounds.
    unit, population, method, note : str
        In words.
    denominator : int or None
        Of whom the number counts, or is a share.
    line : int or None
        In the paper's text file.
    result, field : str
        Id of the result that it is compared with, and what of it (`FIELDS`).
    count : tuple of Term
        The printed counts behind a percentage.
    of : str
        The estimate that an interval, range or p-value belongs to.
    same_as : str
        Another entry that prints the same quantity.
    tolerance : Decimal or None
        Half of the span that words cover, in place of half a unit of the last place.
    assumed : str
        The definition that the paper does not print and that is assumed.
    contradiction : str
        Key of the contradiction that excuses it.
    alternates : mapping of str to str
        Other results that the paper may have meant, by what differs.
    """

    id: str
    place: str
    kind: str
    scope: str
    printed: str
    numbers: tuple[PrintedNumber, ...]
    decimals: int | None = None
    unit: str = ""
    population: str = ""
    method: str = ""
    note: str = ""
    denominator: int | None = None
    line: int | None = None
    result: str = ""
    field: str = ""
    count: tuple[Term, ...] = ()
    of: str = ""
    same_as: str = ""
    tolerance: Decimal | None = None
    assumed: str = ""
    contradiction: str = ""
    alternates: Mapping[str, str] = dataclass_field(default_factory=dict)

    @property
    def number(self) -> Decimal:
        """Return the first printed number."""
        return self.numbers[0].number

    @property
    def is_exact(self) -> bool:
        """Return whether numbers are printed, not bounds."""
        return self.decimals is not None and all(item.operator == "=" for item in self.numbers)

    def is_met_by(self, values: Sequence[Decimal]) -> bool:
        """Return whether values are what is printed, at the printed precision."""
        spans = self.spans if self.decimals is not None else (None,) * len(self.numbers)
        return all(
            item.holds(value) if item.operator != "=" or span is None else value in span
            for item, span, value in zip(self.numbers, spans, values, strict=True)
        )

    @property
    def spans(self) -> tuple[Span, ...]:
        """Return the values that round to each printed number; for exact entries only."""
        if self.decimals is None:
            raise ValueError(f"decimals of entry {self.id!r} must be given to know its spans")
        return tuple(
            rounding_span(item.number, self.decimals, half_width=self.tolerance)
            for item in self.numbers
        )


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Printed numbers that no cohort can show together.

    Attributes
    ----------
    key : str
        E.g. ``A1``.
    statement, arithmetic : str
        What is wrong, and the calculation that shows it.
    entries : tuple of str
        All entries involved.
    """

    key: str
    statement: str
    arithmetic: str
    entries: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sum:
    """Entries that make up a whole.

    Attributes
    ----------
    total : str or Decimal
        Entry of the whole, or the number itself (100 for percentages).
    parts : tuple of str
        Entries of the parts.
    """

    total: str | Decimal
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """All printed numbers of one paper.

    Attributes
    ----------
    paper : mapping
        Title, journal, year, doi.
    entries : mapping of str to Entry
        By id, in the paper's order.
    intervals : mapping
        ``conf_level``, and by kind of estimate how its interval lies: ``symmetric``,
        ``log-symmetric`` or ``any``.
    sums : tuple of Sum
        What must add up.
    denominators : mapping of str to tuple of Term
        Denominators that a percentage may have been taken of, by name.
    contradictions : mapping of str to Contradiction
        By key.
    """

    paper: Mapping[str, Any]
    entries: Mapping[str, Entry]
    intervals: Mapping[str, Any] = dataclass_field(default_factory=dict)
    sums: tuple[Sum, ...] = ()
    denominators: Mapping[str, tuple[Term, ...]] = dataclass_field(default_factory=dict)
    contradictions: Mapping[str, Contradiction] = dataclass_field(default_factory=dict)

    def __getitem__(self, entry_id: str) -> Entry:
        return self.entries[entry_id]

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.entries.values())

    def __len__(self) -> int:
        return len(self.entries)

    @property
    def conf_level(self) -> float:
        """Return the confidence level of the printed intervals, 0 to 1."""
        return float(self.intervals.get("conf_level", 0.95))

    @property
    def checkable(self) -> tuple[Entry, ...]:
        """Return the entries that a cohort can show."""
        return tuple(entry for entry in self if entry.scope == "cohort")

    def list_exact(self, *kinds: str) -> Iterator[Entry]:
        """Yield the checkable entries that print numbers, of some kinds or of all."""
        for entry in self.checkable:
            if entry.is_exact and (not kinds or entry.kind in kinds):
                yield entry

    def list_estimates(self) -> list[Entry]:
        """Return one entry for each printed estimate and share, with an interval if possible.

        Several entries that name one result under one definition print one quantity.
        """
        chosen: dict[tuple[str, str, str], Entry] = {}
        for entry in self.list_exact(*ESTIMATES):
            if entry.field not in ("estimate", "percent"):
                continue
            key = (entry.result, entry.field, entry.assumed)
            present = chosen.setdefault(key, entry)
            if self.attached_to(entry.id, "ci") and not self.attached_to(present.id, "ci"):
                chosen[key] = entry
        kept = {entry.id for entry in chosen.values()}
        return [entry for entry in self if entry.id in kept]

    def limits_of(self, entry: Entry) -> tuple[float | None, float | None]:
        """Return the printed interval of an estimate, None twice where there is none."""
        interval = self.attached_to(entry.id, "ci")
        if interval is None:
            return None, None
        lower, upper = (float(item.number) for item in interval.numbers)
        return lower, upper

    def total_of(self, terms: tuple[Term, ...]) -> Decimal:
        """Return the sum of the printed numbers that the terms name."""
        return sum((term.sign * self[term.entry_id].number for term in terms), Decimal(0))

    def attached_to(self, entry_id: str, kind: str) -> Entry | None:
        """Return the entry of a kind (``ci``, ``p_value``, ``range``) that belongs to another."""
        return next((item for item in self if item.of == entry_id and item.kind == kind), None)
