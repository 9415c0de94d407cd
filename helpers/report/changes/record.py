"""A comparison as plain values, for JSON."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from helpers.report.changes.attribution import Attribution
from helpers.report.changes.causes import Cause
from helpers.report.changes.comparison import Comparison
from helpers.report.changes.numbers import NumberChange
from helpers.report.changes.reading import ReadReport
from helpers.report.changes.rows import RowCounts
from helpers.report.changes.words import describe_comparison, name_result

FORMAT = 1


def make_record(comparison: Comparison, attribution: Attribution | None = None) -> dict[str, Any]:
    """Return all of a comparison, ready for JSON; ``helpers/cli/diff_schema.json`` describes it."""
    changes = comparison.changes
    return {
        "format": FORMAT,
        "a": _describe_report(comparison.before),
        "b": _describe_report(comparison.after),
        "same": comparison.is_same,
        "tolerance": comparison.tolerance,
        "summary": list(describe_comparison(comparison)),
        "notes": list(comparison.notes),
        "counts": {
            "compared": comparison.n_compared,
            "changed": len(changes),
            "large": comparison.n_large,
            "not_visible": sum(not change.is_visible for change in changes),
            "crossed_alpha": sum(change.crosses_alpha for change in changes),
            "only_a": len(comparison.only_before),
            "only_b": len(comparison.only_after),
            "reworded": len(comparison.rewordings),
        },
        "causes": [_describe_cause(cause) for cause in comparison.causes],
        "rows": _describe_rows(comparison.rows),
        "changes": [_describe_change(comparison, change) for change in changes],
        "rewordings": [
            {"id": change.id, "fields": [_describe_words(one) for one in change.fields]}
            for change in comparison.rewordings
        ],
        "only_a": list(comparison.only_before),
        "only_b": list(comparison.only_after),
        "verdicts": [
            {
                "entry": one.entry,
                "place": one.place,
                "printed": one.printed,
                "a": first.verdict if first else None,
                "b": second.verdict if second else None,
            }
            for first, second in comparison.verdicts
            if (one := first or second) is not None
        ],
        "attribution": _describe_attribution(attribution),
    }


def _describe_report(report: ReadReport) -> dict[str, Any]:
    manifest = report.manifest
    return {
        "name": report.name,
        "version": str(manifest.get("version") or ""),
        "commit": str(manifest.get("commit") or ""),
        "synthetic": bool(manifest.get("synthetic")),
        "disclosure": report.disclosure,
        "results": len(report.results),
    }


def _describe_cause(cause: Cause) -> dict[str, Any]:
    return {
        "key": cause.key,
        "kind": cause.kind,
        "name": cause.name,
        "a": cause.before,
        "b": cause.after,
        "details": list(cause.details),
        "sections": None if cause.sections is None else sorted(cause.sections),
    }


def _describe_rows(rows: RowCounts | None) -> dict[str, Any] | None:
    return None if rows is None else asdict(rows)


def _describe_change(comparison: Comparison, change: NumberChange) -> dict[str, Any]:
    return {
        "id": change.id,
        "name": name_result(comparison, change.before),
        "kind": change.before.kind,
        "section": comparison.sections.get(change.id, ""),
        "a": change.printed_before,
        "b": change.printed_after,
        "interval_units": change.interval_units,
        "visible": change.is_visible,
        "crossed_alpha": change.crosses_alpha,
        "cause": comparison.find_cause(change.id),
        "proven": change.id in comparison.settled,
        "fields": [
            {
                "name": one.name,
                "a": one.before,
                "b": one.after,
                "absolute": one.absolute,
                "relative": one.relative,
                "interval_units": one.interval_units,
            }
            for one in change.fields
        ],
    }


def _describe_words(one: Any) -> dict[str, Any]:
    return {"name": one.name, "a": one.before, "b": one.after}


def _describe_attribution(attribution: Attribution | None) -> dict[str, Any] | None:
    if attribution is None:
        return None
    return {
        "base": attribution.base,
        "rows": [
            {
                "name": row.name,
                "changed": row.n_changed,
                "large": row.n_large,
                "reason": row.reason,
            }
            for row in attribution.rows
        ],
        "notes": list(attribution.notes),
    }
