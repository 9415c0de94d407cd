"""What the audit says: findings, their order and their forms."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

import pandas as pd

from helpers.published.entries import Entry, Ledger
from helpers.published.precision import Span, format_exact

Severity = Literal["contradiction", "remark"]


@dataclass(frozen=True, slots=True)
class Finding:
    """Printed numbers that do not fit together.

    Attributes
    ----------
    rule : str
        The rule that they break, in two or three words.
    severity : Severity
        ``contradiction`` where no data could show them, ``remark`` where only an unusual
        method could.
    entries : tuple of str
        The entries involved.
    statement : str
        What does not fit.
    arithmetic : str
        The calculation that shows it.
    """

    rule: str
    severity: Severity
    entries: tuple[str, ...]
    statement: str
    arithmetic: str

    def to_record(self) -> dict[str, Any]:
        """Return the finding as JSON-ready data."""
        return {**asdict(self), "entries": list(self.entries)}


def findings_to_frame(findings: Sequence[Finding]) -> pd.DataFrame:
    """Return one row for each finding."""
    rows = [{**item.to_record(), "entries": ", ".join(item.entries)} for item in findings]
    return pd.DataFrame(rows, columns=["severity", "rule", "statement", "arithmetic", "entries"])


def describe_findings(findings: Sequence[Finding]) -> str:
    """Return how many findings of each severity there are, in one sentence."""
    hard = sum(item.severity == "contradiction" for item in findings)
    soft = len(findings) - hard
    return (
        f"{hard} contradiction{'' if hard == 1 else 's'} and "
        f"{soft} remark{'' if soft == 1 else 's'} among the printed numbers."
    )


def find_known_keys(ledger: Ledger, finding: Finding) -> tuple[str, ...]:
    """Return the keys of the ledger's contradictions that cover all entries of a finding."""
    return tuple(
        known.key
        for known in ledger.contradictions.values()
        if set(finding.entries) <= set(known.entries)
    )


def quote(entry: Entry) -> str:
    """Return an entry's printed text with its place.

    Examples
    --------
    >>> quote(Entry(id="n", place="Table 1", kind="count", scope="cohort", printed="n=9",
    ...             numbers=()))
    'n=9 (Table 1)'
    """
    return f"{entry.printed} ({entry.place})"


def quote_all(entries: Iterable[Entry]) -> str:
    """Return the printed texts of entries with their places, each once."""
    return ", ".join(dict.fromkeys(quote(entry) for entry in entries))


def ids_of(entries: Iterable[Entry]) -> tuple[str, ...]:
    """Return the ids of entries."""
    return tuple(entry.id for entry in entries)


def show_spans(spans: Iterable[Span]) -> str:
    """Return spans in words.

    Examples
    --------
    >>> from decimal import Decimal
    >>> show_spans([Span(Decimal("22.5"), Decimal("23.5"))])
    '22.5 to 23.5'
    """
    return ", ".join(f"{format_exact(span.lower)} to {format_exact(span.upper)}" for span in spans)
