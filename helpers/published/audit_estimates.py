"""Rules of the audit for estimates, their intervals and their p-values."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal

from helpers.published.entries import Entry, Ledger
from helpers.published.findings import Finding, ids_of, quote, quote_all, show_spans
from helpers.published.precision import Span, format_exact
from helpers.published.wald import WaldRange, find_wald_range


def find_repeats(ledger: Ledger) -> Iterator[Finding]:
    """Yield quantities that are printed more than once with different values."""
    for entries in _group_quantities(ledger):
        if all(_agree(one, other) for one in entries for other in entries):
            continue
        spans = [
            f"{entry.printed} stands for {show_spans(entry.spans)}"
            for entry in {entry.printed: entry for entry in entries}.values()
        ]
        yield Finding(
            "one quantity, two values",
            "contradiction",
            ids_of(entries),
            f"One quantity is printed differently: {quote_all(entries)}.",
            f"{'; '.join(spans)}; no value rounds to both.",
        )


def _group_quantities(ledger: Ledger) -> Iterator[list[Entry]]:
    """Yield the sets of exact entries that print one quantity."""
    entries = list(ledger.list_exact())
    leader = {entry.id: entry.id for entry in entries}

    def find(entry_id: str) -> str:
        while leader[entry_id] != entry_id:
            entry_id = leader[entry_id]
        return entry_id

    first: dict[tuple[str, str, str], str] = {}
    for entry in entries:
        key = (entry.result, entry.field, entry.assumed)
        linked = [entry.same_as] if entry.same_as in leader else []
        if entry.result:
            linked.append(first.setdefault(key, entry.id))
        for other in linked:
            leader[find(entry.id)] = find(other)
    groups: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        groups[find(entry.id)].append(entry)
    yield from (group for group in groups.values() if len(group) > 1)


def find_outside_interval(ledger: Ledger) -> Iterator[Finding]:
    """Yield intervals and ranges in the wrong order, or without their own estimate."""
    for interval in ledger.list_exact("ci", "range"):
        lower, upper = interval.spans
        if lower.lower > upper.upper:
            yield Finding(
                "limits in order",
                "contradiction",
                (interval.id,),
                f"The limits of {quote(interval)} are the wrong way round.",
                f"{interval.numbers[0].number} > {interval.numbers[1].number}.",
            )
        estimate = ledger.entries.get(interval.of)
        if estimate is None or not estimate.is_exact:
            continue
        (span,) = estimate.spans
        if span.upper <= lower.lower or span.lower >= upper.upper:
            yield Finding(
                "estimate in interval",
                "contradiction",
                (estimate.id, interval.id),
                f"{quote(estimate)} lies outside {interval.printed}.",
                f"{estimate.number} stands for {show_spans([span])}.",
            )


def find_wrong_ratios(ledger: Ledger) -> Iterator[Finding]:
    """Yield hazard ratios off the middle of their interval, or with an impossible p-value."""
    if ledger.intervals.get("hazard_ratio") != "log-symmetric":
        return
    found: dict[tuple[object, ...], tuple[list[Entry], WaldRange | None]] = {}
    for ratio in ledger.list_exact("hazard_ratio"):
        interval = ledger.attached_to(ratio.id, "ci")
        if interval is None or not _has_log_limits(ratio, interval):
            continue
        allowed = find_wald_range(*ratio.spans, *interval.spans, ledger.conf_level)
        p_value = ledger.attached_to(ratio.id, "p_value")
        if allowed is None or (p_value is not None and not _allows(allowed, p_value)):
            entries = [ratio, interval, *([p_value] if allowed and p_value else [])]
            key = (ratio.result, *(entry.numbers for entry in entries))
            known, _ = found.setdefault(key, ([], allowed))
            known.extend(entries)
    for entries, allowed in found.values():
        yield _describe_ratio(entries, allowed)


def _describe_ratio(entries: Sequence[Entry], allowed: WaldRange | None) -> Finding:
    ratio, interval = entries[:2]
    if allowed is None:
        lower, upper = interval.spans
        middle = [
            format_exact((low * high).sqrt(), 4)
            for low, high in ((lower.lower, upper.lower), (lower.upper, upper.upper))
        ]
        return Finding(
            "ratio against interval",
            "contradiction",
            ids_of(entries),
            f"{quote(ratio)} is not the middle of {interval.printed} on the log scale.",
            f"The limits' geometric mean lies from {middle[0]} to {middle[1]}.",
        )
    return Finding(
        "ratio and interval against p",
        "contradiction",
        ids_of(entries),
        f"p {entries[2].printed} does not belong to {quote(ratio)} with {interval.printed}.",
        f"The limits give a standard error of {allowed.std_error:.3f} of the log and "
        f"z = {allowed.z:.2f}; the roundings allow p from {format_exact(allowed.p_lower, 4)} "
        f"to {format_exact(allowed.p_upper, 4)}.",
    )


def find_asymmetric(ledger: Ledger) -> Iterator[Finding]:
    """Yield estimates off the middle of an interval that the ledger calls symmetric."""
    for interval in ledger.list_exact("ci"):
        estimate = ledger.entries.get(interval.of)
        if estimate is None or ledger.intervals.get(estimate.kind) != "symmetric":
            continue
        lower, upper = interval.spans
        middle = Span((lower.lower + upper.lower) / 2, (lower.upper + upper.upper) / 2)
        if estimate.is_exact and not estimate.spans[0].meets(middle):
            yield Finding(
                "symmetry of an interval",
                "remark",
                (estimate.id, interval.id),
                f"{quote(estimate)} is not the middle of {interval.printed}.",
                f"The limits' middle lies from {middle.lower} to {middle.upper}, "
                f"{estimate.printed} stands for {show_spans(estimate.spans)}.",
            )


def _has_log_limits(ratio: Entry, interval: Entry) -> bool:
    if not interval.is_exact:
        return False
    lower, upper = interval.spans
    return min(ratio.spans[0].lower, lower.lower) > 0 and lower.upper < upper.lower


def _allows(allowed: WaldRange, p_value: Entry) -> bool:
    item = p_value.numbers[0]
    least, most = (Decimal(format(side, ".12g")) for side in (allowed.p_lower, allowed.p_upper))
    if item.operator != "=":
        return item.holds(least) or item.holds(most)
    (span,) = p_value.spans
    return span.lower <= most and least < span.upper


def _agree(one: Entry, other: Entry) -> bool:
    if len(one.numbers) != len(other.numbers):
        return True
    return all(a.meets(b) for a, b in zip(one.spans, other.spans, strict=True))
