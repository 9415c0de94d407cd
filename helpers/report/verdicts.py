"""The published numbers against a report's results: compared once, told in several places."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from helpers.report.artefacts import CollectedResults
from helpers.results import Result

if TYPE_CHECKING:
    from helpers.published import ComparisonTable, Ledger

_last: list[tuple[Path, CollectedResults, tuple[Ledger, ComparisonTable]]] = []


def judge_once(path: Path, collected: CollectedResults) -> tuple[Ledger, ComparisonTable]:
    """Return a ledger and the verdict on each of its numbers.

    Parameters
    ----------
    path : Path
        Of the ledger.
    collected : CollectedResults
        Of all sections; the last one that was asked for is not judged again.
    """
    from helpers.published import compare_with_published, read_ledger

    for known, results, found in _last:
        if known == path and results is collected:
            return found
    ledger = read_ledger(path)
    table = compare_with_published(
        ledger,
        {key: Result.from_record(value) for key, value in collected.records.items()},
        omitted={item["id"]: item["reason"] for item in collected.omitted},
    )
    _last[:] = [(path, collected, (ledger, table))]
    return ledger, table
