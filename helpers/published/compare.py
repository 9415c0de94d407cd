"""The paper's printed numbers beside the reproduced ones, each with a verdict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import replace
from decimal import Decimal

from helpers.published.comparison import Comparison, ComparisonTable
from helpers.published.entries import Entry, Ledger
from helpers.published.fields import name_quantity, print_as, read_values
from helpers.published.precision import to_decimal, unit_of
from helpers.results import Result

#: How far from a rounding edge, in units of the last printed place, counts as on it.
EDGE_FRACTION = Decimal("0.1")


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
        kind=entry.kind,
        population=entry.population,
        printed=entry.printed,
        unit=entry.unit,
        result_id=entry.result,
        field=entry.field,
    )
    result = results.get(entry.result)
    if result is None:
        return replace(row, reason=_explain_missing(entry.result, omitted))
    row = replace(row, quantity=name_quantity(result))
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
