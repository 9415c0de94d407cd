"""Reading of the public data sets and of the numbers that R gave for them."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

FOLDER = Path(__file__).parents[1] / "reference"


@cache
def _read_csv(name: str) -> pd.DataFrame:
    return pd.read_csv(FOLDER / "data" / f"{name}.csv")


def read_data(name: str) -> pd.DataFrame:
    """Return a fresh copy of a public data set, e.g. ``read_data("lung")``."""
    return _read_csv(name).copy()


@cache
def read_reference(topic: str) -> dict[str, Any]:
    """Return the numbers of ``tests/reference/<topic>.json``."""
    return json.loads((FOLDER / f"{topic}.json").read_text(encoding="utf-8"))
