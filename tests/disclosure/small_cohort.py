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


def draw_odd_cohort(folder: Path) -> Path:
    """Write a cohort of 150 rows with tiny centres, lost dates and values, and a rare treatment."""
    rng = np.random.default_rng(11)
    frame = pd.read_csv(_SOURCE, dtype=str, keep_default_na=False)
    frame = frame.iloc[rng.choice(len(frame), size=150, replace=False)].reset_index(drop=True)
    sizes = [90, 40, 9, 5, 3, 2, 1]
    frame["centre"] = [f"c{at}" for at, size in enumerate(sizes) for _ in range(size)]
    for column, share in (("sex", 0.3), ("age_years", 0.02), ("therapy_related", 0.05)):
        frame.loc[rng.random(len(frame)) < share, column] = ""
    treated = frame.index[frame["first_treatment_date"] != ""]
    frame.loc[treated[::4], "first_treatment_date"] = ""
    frame.loc[frame.index[frame["hma_before"] == "yes"][1:], "hma_before"] = "no"
    path = folder / "cohort_odd.csv"
    frame.to_csv(path, index=False)
    return path
