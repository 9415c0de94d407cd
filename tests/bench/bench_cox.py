"""Cox fits from 392 to a million patients, as ratios to lifelines in the same run.

Run from the top of the project: ``python tests/bench/bench_cox.py``.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
import pandas as pd
from lifelines import CoxPHFitter

from helpers.stats.cox import fit_cox
from helpers.stats.design import Factor, build_design
from helpers.stats.outcome import check_survival_outcome

NAMES = tuple("abcdefgh")
FACTORS = [Factor(name, (0, 1)) for name in NAMES]


def make_frame(n: int) -> pd.DataFrame:
    """Return n patients with 8 binary covariates, times to 0.1 month and about 60 % events."""
    rng = np.random.default_rng(20170101)
    X = (rng.random((n, len(NAMES))) < np.linspace(0.15, 0.6, len(NAMES))).astype(np.int64)
    hazard = np.exp(X @ np.linspace(-0.4, 0.5, len(NAMES)))
    death = 40.0 * (rng.exponential(size=n) / hazard) ** (1 / 1.2)
    censoring = rng.uniform(0.0, 120.0, n)
    frame = pd.DataFrame(X, columns=list(NAMES))
    frame["time_months"] = np.maximum(np.round(np.minimum(death, censoring), 1), 0.1)
    frame["event"] = (death <= censoring).astype(np.int64)
    return frame


def fit_ours(frame: pd.DataFrame) -> np.ndarray:
    """Return coefficients, from the table to the whole result."""
    outcome = check_survival_outcome(frame["time_months"], frame["event"])
    return fit_cox(outcome, build_design(frame, FACTORS)).coefficients


def fit_lifelines(frame: pd.DataFrame) -> np.ndarray:
    """Return lifelines' coefficients."""
    model = CoxPHFitter().fit(frame, "time_months", "event")
    return model.params_.loc[list(NAMES)].to_numpy()


def measure(fit: Callable[[pd.DataFrame], np.ndarray], frame: pd.DataFrame, repeats: int) -> float:
    """Return the fastest of some runs, in seconds."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        fit(frame)
        times.append(time.perf_counter() - start)
    return min(times)


def main() -> None:
    """Print one row for each size, then the growth from 1e5 to 1e6."""
    ours = {}
    print("n          ours, s   lifelines, s   ratio   largest difference")
    for n in (392, 10_000, 100_000, 1_000_000):
        frame = make_frame(n)
        repeats = 20 if n < 1000 else 2
        ours[n] = measure(fit_ours, frame, repeats)
        theirs = measure(fit_lifelines, frame, 1 if n > 100_000 else 2)
        difference = np.abs(fit_ours(frame) - fit_lifelines(frame)).max()
        print(f"{n:>9}  {ours[n]:8.4f}  {theirs:12.3f}  {theirs / ours[n]:6.1f}   {difference:.1e}")
    print(f"growth from 1e5 to 1e6: {ours[1_000_000] / ours[100_000]:.1f} times")


if __name__ == "__main__":
    main()
