"""Time the Kaplan-Meier curve and the log-rank test against lifelines, in one run.

Run from the top of the project: python tests/bench/bench_univariate.py
It prints a table of times and ratios and ends with status 1 where a bar is missed. Times are the
least of several repetitions; ours include the input guard. The bars (not slower than lifelines,
at most 12 times longer for 10 times as many patients) are set for times to 0.1 month; continuous
times are shown beside.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

import numpy as np
from lifelines import KaplanMeierFitter
from lifelines.statistics import logrank_test

from helpers.stats.comparison import compare_survival
from helpers.stats.outcome import check_survival_outcome
from helpers.stats.quantiles import estimate_quantile
from helpers.stats.survival import estimate_kaplan_meier

SIZES = (1_000, 100_000, 1_000_000)
REPEATS = 7
MAX_GROWTH = 12.0


def simulate(n: int, *, tied: bool) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return Weibull-like times in months, events (about 60 per cent) and two groups."""
    rng = np.random.default_rng(20_170_919)
    group = rng.random(n) < 0.5
    death = 30.0 * rng.weibull(1.1, n) * np.where(group, 1.2, 1.0)
    contact = rng.uniform(0.0, 90.0, n)
    observed = np.minimum(death, contact)
    return (np.ceil(observed * 10) / 10 if tied else observed), death <= contact, group


def least_seconds(call: Callable[[], object]) -> float:
    """Return the least time of several calls."""
    times = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return min(times)


def time_all(n: int, *, tied: bool) -> dict[str, tuple[float, float]]:
    """Return seconds of each estimator: ours and lifelines'."""
    months, event, group = simulate(n, tied=tied)

    def our_curve() -> object:
        return estimate_quantile(estimate_kaplan_meier(check_survival_outcome(months, event)))

    def their_curve() -> object:
        return KaplanMeierFitter().fit(months, event).median_survival_time_

    def our_test() -> object:
        return compare_survival(check_survival_outcome(months, event), group)

    def their_test() -> object:
        return logrank_test(months[group], months[~group], event[group], event[~group])

    return {
        "Kaplan-Meier": (least_seconds(our_curve), least_seconds(their_curve)),
        "log-rank": (least_seconds(our_test), least_seconds(their_test)),
    }


def main() -> int:
    """Print the table and return how many bars were missed."""
    missed = 0
    print(f"{'estimator':<14}{'times':<12}{'n':>10}{'ours s':>10}{'lifelines s':>13}{'ratio':>8}")
    for tied in (True, False):
        label = "0.1 month" if tied else "continuous"
        ours: dict[tuple[str, int], float] = {}
        for n in SIZES:
            for name, (mine, theirs) in time_all(n, tied=tied).items():
                ours[name, n] = mine
                slower = mine > theirs and tied
                missed += slower
                print(
                    f"{name:<14}{label:<12}{n:>10,}{mine:>10.4f}{theirs:>13.4f}"
                    f"{theirs / mine:>8.1f}{'  SLOWER' if slower else ''}"
                )
        for name in ("Kaplan-Meier", "log-rank"):
            growth = ours[name, SIZES[-1]] / ours[name, SIZES[-2]]
            missed += tied and growth > MAX_GROWTH
            print(f"{name:<14}{label:<12}growth from 1e5 to 1e6: {growth:.1f} times")
    return missed


if __name__ == "__main__":
    sys.exit(min(main(), 1))
