"""The paper's printed numbers beside the reproduced ones, each with a verdict."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal

import pandas as pd

from helpers.published.entries import Entry, Ledger
from helpers.published.fields import print_as, read_values
from helpers.published.precision import format_exact, to_decimal, unit_of
from helpers.results import Result

Verdict = Literal[
    "equal",
    "within_rounding_edge",
    "within_interval",
    "differs",
    "contradiction",
    "definition_assumed",
    "not_computable",
]

#: Each verdict in words, in the order of a tally.
VERDICT_LABELS: Mapping[Verdict, str] = {
    "equal": "equal at the printed precision",
    "within_rounding_edge": "within a rounding edge",
    "within_interval": "within the printed interval",
    "definition_assumed": "different under an assumed definition",
    "contradiction": "contradictions of the paper",
    "differs": "different",
    "not_computable": "not computable",
}

#: How far from a rounding edge, in units of the last printed place, counts as on it.
EDGE_FRACTION = Decimal("0.1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """One printed number and what became of it.

    Attributes
    ----------
    entry_id, place, population, printed, unit : str
        Of the ledger's entry.
    result_id, field : str
        What it was compared with.
    computed : tuple of float
        Reproduced, in full.
    reproduced : str
        As the paper would print them; empty where not computable.
    verdict : Verdict
        One of `VERDICT_LABELS`.
    reason : str
        Why it is not simply equal: the contradiction's arithmetic, the assumed definition,
        what was missing.
    conventions : tuple of str
        Conventions under which the printed value comes out.
    """

    entry_id: str
    place: str
    population: str
    printed: str
    unit: str
    result_id: str
    field: str
    computed: tuple[float, ...] = ()
    reproduced: str = ""
    verdict: Verdict = "not_computable"
    reason: str = ""
    conventions: tuple[str, ...] = ()

    @property
    def in_full(self) -> str:
        """Return the reproduced values unrounded, six significant digits."""
        return " to ".join(format_exact(value) for value in self.computed)


@dataclass(frozen=True, slots=True)
class ComparisonTable:
    """All comparisons of one ledger with one set of results.

    Attributes
    ----------
    rows : tuple of Comparison
        In the paper's order.
    """

    rows: tuple[Comparison, ...]

    def __iter__(self) -> Iterator[Comparison]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, entry_id: str) -> Comparison:
        for row in self.rows:
            if row.entry_id == entry_id:
                return row
        raise KeyError(f"no comparison of {entry_id!r}")

    @property
    def tally(self) -> dict[Verdict, int]:
        """Return the number of entries by verdict, zeros included."""
        counts = Counter(row.verdict for row in self.rows)
        return {verdict: counts[verdict] for verdict in VERDICT_LABELS}

    @property
    def not_equal(self) -> tuple[Comparison, ...]:
        """Return the rows that need a reason."""
        return tuple(row for row in self.rows if row.verdict != "equal")

    def describe(self) -> str:
        """Return the tally in one sentence."""
        parts = [
            f"{count} {VERDICT_LABELS[verdict]}" for verdict, count in self.tally.items() if count
        ]
        listed = ", ".join(parts) or "none"
        return f"Of {len(self.rows)} printed numbers that a cohort can show: {listed}."

    def to_frame(self) -> pd.DataFrame:
        """Return one row for each printed number, for comparison.csv."""
        columns = {
            "entry": [row.entry_id for row in self.rows],
            "place": [row.place for row in self.rows],
            "population": [row.population for row in self.rows],
            "unit": [row.unit for row in self.rows],
            "printed": [row.printed for row in self.rows],
            "reproduced": [row.reproduced for row in self.rows],
            "reproduced_in_full": [row.in_full for row in self.rows],
            "verdict": [row.verdict for row in self.rows],
            "reason": [row.reason for row in self.rows],
            "conventions": ["; ".join(row.conventions) for row in self.rows],
            "result": [row.result_id for row in self.rows],
            "field": [row.field for row in self.rows],
        }
        return pd.DataFrame(columns)


def compare_with_published(
    ledger: Ledger,
    results: Mapping[str, Result],
    *,
    omitted: Mapping[str, str] | None = None,
) -> ComparisonTable:
    """Compare every checkable entry of a ledger with the result that it names.

    Parameters
    ----------
    ledger : Ledger
        The paper's printed numbers.
    results : mapping of str to Result
        All results of a report, by id.
    omitted : mapping of str to str, optional
        Why an analysis could not be made, by the beginning of its results' ids.

    Returns
    -------
    ComparisonTable
        One row for each entry whose scope is ``cohort``, in the ledger's order.

    Notes
    -----
    A number is equal when it rounds to the printed digits, halves up, on its decimal text.
    It is within a rounding edge when it misses them by at most a tenth of the last printed
    place, and within the interval when the paper's own interval for it contains it. A
    contradiction excuses an entry that names it only where another number of the
    contradiction is equal: the cohort shows one side and so cannot show the other.
    """
    rows = [_read_entry(entry, results, omitted or {}) for entry in ledger.checkable]
    equal = {row.entry_id for row in rows if row.verdict == "equal"}
    return ComparisonTable(
        tuple(_judge(ledger, row, equal) if row.verdict == "differs" else row for row in rows)
    )


def _read_entry(
    entry: Entry, results: Mapping[str, Result], omitted: Mapping[str, str]
) -> Comparison:
    """Return an entry's row with a verdict that is equal, differs or not computable."""
    row = Comparison(
        entry_id=entry.id,
        place=entry.place,
        population=entry.population,
        printed=entry.printed,
        unit=entry.unit,
        result_id=entry.result,
        field=entry.field,
    )
    result = results.get(entry.result)
    if result is None:
        return replace(row, reason=_explain_missing(entry.result, omitted))
    if result.status in ("not_computable", "masked"):
        return replace(row, reason=result.reason or f"the result is {result.status}")
    values = read_values(result, entry.field)
    if values is None:
        if result.status == "not_reached" or entry.field == "ci":
            return replace(row, reproduced="not reached", verdict="differs")
        return replace(row, reason=f"the result has no {entry.field}")
    exact = [to_decimal(value) for value in values]
    return replace(
        row,
        computed=values,
        reproduced=print_as(entry, exact),
        verdict="equal" if entry.is_met_by(exact) else "differs",
        reason=f"assumed: {entry.assumed}" if entry.assumed else "",
    )


def _judge(ledger: Ledger, row: Comparison, equal: Set[str]) -> Comparison:
    """Return the row of a number that is not equal with the verdict that explains it."""
    entry = ledger[row.entry_id]
    known = ledger.contradictions.get(entry.contradiction)
    if known is not None and equal & set(known.entries):
        reason = f"{known.statement} {known.arithmetic}"
        return replace(row, verdict="contradiction", reason=reason)
    values = [to_decimal(value) for value in row.computed]
    if values and entry.is_exact and _is_on_edge(entry, values):
        return replace(row, verdict="within_rounding_edge")
    interval = ledger.attached_to(entry.id, "ci")
    if values and interval is not None and _lies_between(interval, values[0]):
        reason = _join(f"the paper's interval is {interval.printed}", row.reason)
        return replace(row, verdict="within_interval", reason=reason)
    return replace(row, verdict="definition_assumed") if entry.assumed else row


def _join(*clauses: str) -> str:
    return "; ".join(clause for clause in clauses if clause)


def _explain_missing(result_id: str, omitted: Mapping[str, str]) -> str:
    for beginning, reason in omitted.items():
        if result_id == beginning or result_id.startswith(f"{beginning}."):
            return reason
    return f"the report has no result {result_id!r}"


def _is_on_edge(entry: Entry, values: Sequence[Decimal]) -> bool:
    allowance = EDGE_FRACTION * unit_of(entry.decimals or 0)
    return all(
        span.distance(value) <= allowance for span, value in zip(entry.spans, values, strict=True)
    )


def _lies_between(interval: Entry, value: Decimal) -> bool:
    lower, upper = (item.number for item in interval.numbers)
    return lower <= value <= upper
