"""Speed of the bootstrap against loops over lifelines and over R, in one run.

Run from the top of the project: python tests/bench/bench_resampling.py
Prints JSON: seconds for each fit and the ratios. n = 392, 8 binary covariates, times to 0.1
month. R is measured where Rscript and its package survival are there.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from helpers.stats.design import design_from_columns
from helpers.stats.outcome import check_survival_outcome
from helpers.stats.resampling import bootstrap_cox, bootstrap_medians

N_SUBJECTS, N_COVARIATES = 392, 8
N_REPLICATES = 1000
N_LOOPS = {"lifelines_cox": 20, "lifelines_median": 100, "r_cox": 1000, "r_median": 500}
ROUNDS = 5


def main() -> None:
    """Measure and print."""
    frame = simulate(np.random.default_rng(20261122))
    names = [name for name in frame if name not in {"time", "event"}]
    outcome = check_survival_outcome(frame["time"], frame["event"])
    design = design_from_columns(frame[names].to_numpy(), names)
    first = measure(lambda: bootstrap_cox(outcome, design, n_replicates=2), rounds=1)
    ours: dict[str, float] = {}
    for n_workers in (1, 2):
        options = {"n_replicates": N_REPLICATES, "seed": 1, "n_workers": n_workers}
        suffix = "" if n_workers == 1 else f"_{n_workers}_workers"
        cox = measure(lambda o=options: bootstrap_cox(outcome, design, **o))
        median = measure(lambda o=options: bootstrap_medians(outcome, **o))
        ours[f"cox_s{suffix}"] = cox / N_REPLICATES
        ours[f"median_s{suffix}"] = median / N_REPLICATES
    others = {"lifelines": measure_lifelines(frame), "r": measure_r(frame)}
    ratios = {
        f"{statistic}_{name}_over_ours": round(
            seconds[f"{statistic}_s"] / ours[f"{statistic}_s"], 1
        )
        for name, seconds in others.items()
        if seconds
        for statistic in ("cox", "median")
    }
    report = {
        "n_subjects": N_SUBJECTS,
        "n_replicates": N_REPLICATES,
        "censored": round(1 - float(frame["event"].mean()), 3),
        "first_call_s": round(first, 3),
        "ours": ours,
        **others,
        "ratios": ratios,
        "bars_met": meets_bars(ratios),
    }
    sys.stdout.write(json.dumps(report, indent=1) + "\n")


def meets_bars(ratios: dict[str, float]) -> bool:
    """Return whether lifelines takes 50 times longer for Cox, and nobody is faster."""
    return ratios["cox_lifelines_over_ours"] >= 50 and all(ratio >= 1 for ratio in ratios.values())


def simulate(rng: np.random.Generator) -> pd.DataFrame:
    """Return Weibull times with binary covariates and about 40 % censored."""
    X = (rng.random((N_SUBJECTS, N_COVARIATES)) < rng.uniform(0.15, 0.5, N_COVARIATES)) * 1.0
    hazard = np.exp(X @ rng.normal(0, 0.4, N_COVARIATES))
    time_months = 30 * (rng.exponential(size=N_SUBJECTS) / hazard) ** (1 / 1.2)
    limit = rng.uniform(0, 80, N_SUBJECTS)
    frame = pd.DataFrame(X, columns=[f"x{i}" for i in range(N_COVARIATES)])
    frame.insert(0, "time", np.maximum(np.round(np.minimum(time_months, limit), 1), 0.1))
    frame.insert(1, "event", (time_months <= limit).astype(int))
    return frame


def measure(call: Callable[[], object], *, rounds: int = ROUNDS) -> float:
    """Return the median wall time of a call."""
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return float(np.median(times))


def measure_lifelines(frame: pd.DataFrame) -> dict[str, float]:
    """Return seconds for each fit of a loop over lifelines."""
    from lifelines import CoxPHFitter, KaplanMeierFitter

    rng = np.random.default_rng(1)

    def loop(count: int, fit: Callable[[pd.DataFrame], object]) -> float:
        samples = [frame.iloc[rng.integers(len(frame), size=len(frame))] for _ in range(count)]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            fit(samples[0])
            start = time.perf_counter()
            for sample in samples:
                fit(sample)
            return (time.perf_counter() - start) / count

    def fit_median(sample: pd.DataFrame) -> float:
        return KaplanMeierFitter().fit(sample["time"], sample["event"]).median_survival_time_

    def fit_model(sample: pd.DataFrame) -> object:
        return CoxPHFitter().fit(sample, duration_col="time", event_col="event")

    return {
        "cox_s": loop(N_LOOPS["lifelines_cox"], fit_model),
        "median_s": loop(N_LOOPS["lifelines_median"], fit_median),
    }


def measure_r(frame: pd.DataFrame) -> dict[str, float] | None:
    """Return seconds for each fit of loops in R, or None without R."""
    rscript = shutil.which("Rscript")
    if rscript is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data.csv"
        frame.to_csv(data, index=False)
        script = Path(__file__).with_name("cox_loop.R")
        counts = [str(N_LOOPS["r_cox"]), str(N_LOOPS["r_median"])]
        run = subprocess.run(
            [rscript, str(script), str(data), *counts], capture_output=True, text=True, check=False
        )
    return json.loads(run.stdout) if run.returncode == 0 else None


if __name__ == "__main__":
    main()
