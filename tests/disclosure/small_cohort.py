"""Small cohorts with many small cells, drawn from the built-in one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

import helpers

_SOURCE = Path(helpers.__file__).parent / "cohort" / "data" / "synthetic.csv"
_ERASABLE = ("sex", "ipss", "haemoglobin_g_dl", "platelets_g_l", "source", "len_schedule")


def draw_cohort(folder: Path, *, n: int, seed: int) -> Path:
    """Write a cohort of n rows, some of whose values are erased, and return its path."""
    rng = np.random.default_rng(seed)
    frame = pd.read_csv(_SOURCE, dtype=str, keep_default_na=False)
    frame = frame.iloc[rng.choice(len(frame), size=n, replace=False)].reset_index(drop=True)
    for column in set(_ERASABLE) & set(frame.columns):
        lost = rng.choice(n, size=int(rng.integers(1, 7)), replace=False)
        frame.loc[lost, column] = ""
    path = folder / f"cohort_{n}_{seed}.csv"
    frame.to_csv(path, index=False)
    return path
