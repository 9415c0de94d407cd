"""`lenfail audit`: what cannot be right in a set of printed numbers."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from helpers.published import Finding, Ledger


def add_parser(commands: Any) -> None:
    """Add the command to the program's."""
    parser = commands.add_parser(
        "audit", help="hold a paper's printed numbers against each other, without any data"
    )
    parser.add_argument(
        "ledger",
        nargs="?",
        type=Path,
        help="ledger of printed numbers; params/published_values.yml by default",
    )
    parser.add_argument("--json", action="store_true", help="print the findings as JSON")
    parser.set_defaults(run=run_audit)


def run_audit(options: argparse.Namespace) -> int:
    """Print what the audit of a ledger finds; findings are no failure."""
    from helpers.published import audit_published, read_ledger

    ledger = read_ledger(options.ledger or _find_ledger())
    findings = audit_published(ledger)
    print(_to_json(ledger, findings) if options.json else _to_table(ledger, findings))
    return 0


def _find_ledger() -> Path:
    from helpers.report.inputs import find_project

    return find_project() / "params" / "published_values.yml"


def _to_table(ledger: Ledger, findings: Sequence[Finding]) -> str:
    from helpers.cli.text_table import format_table
    from helpers.published import describe_findings

    summary = describe_findings(findings)
    if not findings:
        return summary
    rows = [
        (item.severity, "; ".join(_list_places(ledger, item)), item.statement, item.arithmetic)
        for item in findings
    ]
    table = format_table(("Severity", "Where", "What", "Arithmetic"), rows)
    return f"{table}\n\n{summary}"


def _to_json(ledger: Ledger, findings: Sequence[Finding]) -> str:
    import json
    from collections import Counter

    from helpers.published import describe_findings

    counts = Counter(item.severity for item in findings)
    document = {
        "format": 1,
        "paper": {str(key): str(value) for key, value in ledger.paper.items()},
        "summary": describe_findings(findings),
        "contradictions": counts["contradiction"],
        "remarks": counts["remark"],
        "findings": [
            {**item.to_record(), "places": _list_places(ledger, item)} for item in findings
        ],
    }
    return json.dumps(document, indent=1)


def _list_places(ledger: Ledger, finding: Finding) -> list[str]:
    return list(dict.fromkeys(ledger[entry_id].place for entry_id in finding.entries))
