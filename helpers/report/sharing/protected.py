"""A protected set of results as part of a share file, and back."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from helpers.disclosure.gate import Gate
from helpers.disclosure.printed_life_table import print_life_tables
from helpers.report.sharing.content import SetPart
from helpers.results import Result, ResultSet

#: What a set may say of itself; nothing else leaves the centre.
_META = (
    "title",
    "population",
    "endpoint_label",
    "time_label",
    "event_noun",
    "event_label",
    "groups",
    "estimators",
    "factor_label",
    "known_at",
    "is_immortal",
    "group_sizes",
    "n",
    "disclosure_note",
)
_FRAMES = frozenset({"rows", "terms", "factors"})
_LABELS = frozenset(
    {
        "factor",
        "factor_label",
        "is_reference",
        "kind",
        "level",
        "level_label",
        "result_id",
        "unit",
        "variable",
        "variable_label",
    }
)
_DIGITS = 6


def protect_set(results: ResultSet, gate: Gate) -> SetPart:
    """Return what of a set may leave the centre.

    Parameters
    ----------
    results : ResultSet
        With true counts.
    gate : Gate
        Of the centre's cohort.
    """
    shown = gate.protect(results)
    if not shown.is_computable:
        return SetPart(reason=shown.reason, meta={"title": str(shown.meta.get("title", ""))})
    tables = print_life_tables(results, shown, gate.rule)
    return SetPart(
        meta={name: _to_plain(shown.meta[name]) for name in _META if shown.meta.get(name)},
        results=[_round(result.to_record()) for result in shown],
        rows={
            name: [
                {key: _to_plain(value) for key, value in line.items() if key in _LABELS}
                for line in frame.to_dict("records")
            ]
            for name, frame in shown.frames.items()
            if name in _FRAMES
        },
        life_tables=[asdict(table) for table in tables],
    )


def join_parts(parts: Sequence[SetPart]) -> SetPart:
    """Return one part of several of the same analysis; reasons only where none has results."""
    made = [part for part in parts if not part.reason]
    if len(parts) == 1 or not made:
        return parts[0]
    rows: dict[str, list[dict[str, Any]]] = {}
    for part in made:
        for name, lines in part.rows.items():
            rows.setdefault(name, []).extend(lines)
    return SetPart(
        meta=made[0].meta, results=[record for part in made for record in part.results], rows=rows
    )


def read_set(set_id: str, part: SetPart) -> ResultSet:
    """Return the set of results of a part of a share file, without its life tables."""
    import pandas as pd

    if part.reason:
        return ResultSet.omitted(set_id, part.reason, meta=part.meta)
    return ResultSet.collect(
        set_id,
        [Result.from_record(record) for record in part.results],
        frames={name: pd.DataFrame(rows) for name, rows in part.rows.items()},
        meta=part.meta,
    )


def _round(record: Mapping[str, Any]) -> dict[str, Any]:
    return {key: _to_plain(value) for key, value in record.items()}


def _to_plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _to_plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_to_plain(item) for item in value]
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float):
        return None if math.isnan(value) else float(f"{value:.{_DIGITS}g}")
    return value
