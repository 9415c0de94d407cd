"""The published characteristics, to stand beside those of a user's own cohort."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd

from helpers.published.entries import Entry, Ledger
from helpers.published.ledger import read_ledger
from helpers.published.overlay import LEDGER

_NAMES = ("name", "estimate", "n", "minimum", "maximum")


def tabulate_published_characteristics(
    set_id: str, *, is_same: Callable[[str], bool], ledger: Path = LEDGER
) -> pd.DataFrame:
    """Return the published counts and medians of a table of characteristics.

    Parameters
    ----------
    set_id : str
        Beginning of the results' ids, ``table1``.
    is_same : callable
        Whether a variable of this name is defined as in the publication.
    ledger : pathlib.Path
        File of the published numbers; without it the frame is empty.

    Returns
    -------
    pandas.DataFrame
        A row for each count (``<variable>.<level>``: estimate, n) and each median
        (``<variable>``: estimate, minimum, maximum).
    """
    rows: dict[str, dict[str, float | str | None]] = {}
    if ledger.is_file():
        known = read_ledger(ledger)
        for entry in known.entries.values():
            name = entry.result.removeprefix(f"{set_id}.")
            if name != entry.result and is_same(name.split(".")[0]):
                rows.setdefault(name, {"name": name}).update(_read_entry(known, entry))
    complete = [row for row in rows.values() if row.get("estimate") is not None]
    return pd.DataFrame(complete, columns=list(_NAMES))


def _read_entry(ledger: Ledger, entry: Entry) -> dict[str, float | None]:
    match entry.kind:
        case "count" if entry.denominator:
            return {"estimate": float(entry.number), "n": float(entry.denominator)}
        case "percent" if entry.denominator and entry.count:
            return {"estimate": float(ledger.total_of(entry.count)), "n": float(entry.denominator)}
        case "median":
            return {"estimate": float(entry.number)}
        case "range":
            low, high = (float(item.number) for item in entry.numbers)
            return {"minimum": low, "maximum": high}
    return {}
