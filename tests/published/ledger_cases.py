"""Small ledgers for the tests, and the paper's own."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from helpers.published.entries import Ledger
from helpers.published.ledger import check_ledger, read_ledger

PAPER = Path(__file__).parents[2] / "params" / "published_values.yml"


@cache
def read_paper() -> Ledger:
    return read_ledger(PAPER)


def make_record(entry_id: str, printed: str, value: Any, /, **keys: Any) -> dict[str, Any]:
    defaults = {
        "id": entry_id,
        "place": "Table 9",
        "kind": "count",
        "printed": printed,
        "value": value,
        "decimals": 0,
        "population": "all",
        "scope": "cohort",
        "result": f"r.{entry_id}",
        "field": "estimate",
    }
    return {key: item for key, item in {**defaults, **keys}.items() if item is not None}


def make_ledger(*records: dict[str, Any], **top: Any) -> Ledger:
    return check_ledger({"format": 1, "entries": list(records), **top})


def make_ratio(
    ratio: float, interval: list[float], p: object, *, decimals: int = 2
) -> list[dict[str, Any]]:
    """Return a hazard ratio with interval and p-value as three records."""
    lower, upper = interval
    return [
        make_record("hr", f"{ratio}", ratio, kind="hazard_ratio", decimals=decimals, result="m.x"),
        make_record(
            "ci", f"[{lower}-{upper}]", interval, kind="ci", field="ci", decimals=decimals,
            of="hr", result="m.x",
        ),
        make_record(
            "p", f"p={p}", p, kind="p_value", field="p_value",
            decimals=len(str(p).partition(".")[2]), of="hr", result="m.x",
        ),
    ]  # fmt: skip
