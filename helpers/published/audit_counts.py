"""Rules of the audit for counts, percentages and sums."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal
from math import ceil, floor

from helpers.formatting import round_half_up
from helpers.published.conventions import find_complements, find_denominators, find_shortenings
from helpers.published.entries import Entry, Ledger, Sum
from helpers.published.findings import Finding, ids_of, quote, quote_all
from helpers.published.precision import Span, format_exact

_DOMAINS = {"percent": (0, 100), "probability": (0, 100), "p_value": (0, 1)}


def find_out_of_domain(ledger: Ledger) -> Iterator[Finding]:
    """Yield counts above their denominator, and shares and p-values out of their domain."""
    for entry in ledger.list_exact():
        lowest, highest = _DOMAINS.get(entry.kind, (0, None))
        if entry.kind == "count" and entry.denominator is not None:
            highest = entry.denominator
        if highest is not None and not lowest <= entry.number <= highest:
            yield Finding(
                "domain",
                "contradiction",
                (entry.id,),
                f"{quote(entry)} lies outside {lowest} to {highest}.",
                f"{entry.number} is not between {lowest} and {highest}.",
            )


def find_wrong_percentages(ledger: Ledger) -> Iterator[Finding]:
    """Yield percentages that are not those of their printed counts."""
    groups: dict[tuple[Decimal, ...], list[Entry]] = defaultdict(list)
    for entry in ledger.list_exact("percent"):
        if entry.count and entry.denominator and entry.number >= 0:
            count, whole = ledger.total_of(entry.count), Decimal(entry.denominator)
            if not entry.is_met_by([100 * count / whole]):
                groups[count, whole, entry.number].append(entry)
    for (count, whole, _), entries in groups.items():
        yield _describe_percentage(ledger, entries, count, whole)


def _describe_percentage(
    ledger: Ledger, entries: Sequence[Entry], count: Decimal, whole: Decimal
) -> Finding:
    entry = entries[0]
    percent = 100 * count / whole
    (span,) = entry.spans
    rounded = round_half_up(percent, entry.decimals or 0)
    hints = [
        *find_shortenings(entry, [percent]),
        *find_denominators(ledger, entry, count, whole),
    ] or list(find_complements(ledger, entry))
    told = "; ".join(hint.describe() for hint in hints) or "no known convention gives it"
    return Finding(
        "percentage of a count",
        "contradiction",
        tuple(dict.fromkeys([*ids_of(entries), *(term.entry_id for term in entry.count)])),
        f"{quote_all(entries)} is not {count} of {whole}.",
        f"{count}/{whole} = {format_exact(percent, 4)}%, which rounds to {rounded}%; "
        f"the printed share needs a denominator {_bound_denominator(count, span)}; {told}.",
    )


def _bound_denominator(count: Decimal, span: Span) -> str:
    least = format_exact(100 * count / span.upper, 4)
    if span.lower <= 0:
        return f"above {least}"
    return f"from {least} to {format_exact(100 * count / span.lower, 4)}"


def find_impossible_percentages(ledger: Ledger) -> Iterator[Finding]:
    """Yield percentages that no whole number of their denominator gives."""
    for entry in ledger.list_exact("percent"):
        if entry.count or not entry.denominator:
            continue
        (span,) = entry.spans
        share = [entry.denominator * side / 100 for side in (span.lower, span.upper)]
        if ceil(share[0]) >= share[1]:
            near = [floor(share[0]), ceil(share[0])]
            values = " and ".join(
                f"{k}/{entry.denominator} = {format_exact(100 * k / entry.denominator, 4)}%"
                for k in near
            )
            yield Finding(
                "percentage without a count",
                "contradiction",
                (entry.id,),
                f"{quote(entry)} is no whole number of {entry.denominator}.",
                f"The nearest are {values}.",
            )


def find_wrong_sums(ledger: Ledger) -> Iterator[Finding]:
    """Yield sums whose parts do not make up the whole."""
    for item in ledger.sums:
        parts = [ledger[part] for part in item.parts]
        total = sum((part.number for part in parts), Decimal(0))
        whole, slack = _read_whole(ledger, item)
        slack += sum((_half_width(part) for part in parts), Decimal(0))
        if abs(total - whole) > slack:
            added = " + ".join(str(part.number) for part in parts)
            margin = f", more than {slack} off by rounding" if slack else ""
            linked = [item.total] if isinstance(item.total, str) else []
            yield Finding(
                "sum of parts",
                "contradiction",
                (*item.parts, *linked),
                f"The parts of {whole} ({parts[0].place}) do not add up.",
                f"{added} = {total}, not {whole}{margin}.",
            )


def _read_whole(ledger: Ledger, item: Sum) -> tuple[Decimal, Decimal]:
    if isinstance(item.total, Decimal):
        return item.total, Decimal(0)
    entry = ledger[item.total]
    return entry.number, _half_width(entry)


def _half_width(entry: Entry) -> Decimal:
    if entry.kind == "count":
        return Decimal(0)
    (span,) = entry.spans
    return (span.upper - span.lower) / 2
