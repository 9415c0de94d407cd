"""How long the notebook of choices takes to follow a choice, without the browser.

Run it alone on a quiet machine: ``.venv/bin/python tests/bench/bench_explore.py``.
"""

from __future__ import annotations

import itertools
import statistics
import time
from pathlib import Path

from helpers.analysis.chosen_patients import Comparison
from helpers.cohort import read_cohort
from helpers.explore.choices import Choice
from helpers.explore.panel import Panel
from helpers.params import read_params_file

PAPER = Path(__file__).parents[2] / "params" / "paper.yml"
GROUPS = ("age_75", "failure_type", "hma_vs_bsc")
WARM_UP = 3
BAR_SECONDS = 0.2


def measure() -> list[tuple[Choice, float]]:
    """Return the seconds of each choice: estimates, table, figure and the widgets' values."""
    params = read_params_file(PAPER)
    cohort = read_cohort(params.data, **params.cohort_options)
    panel = Panel(params, cohort, folder=Path.cwd())
    controls = panel.controls
    taken = []
    for by, endpoint, cut in itertools.product(GROUPS, ("os", "os_len"), range(65, 80, 2)):
        controls.by.value, controls.endpoint.value = by, endpoint
        begun = time.perf_counter()
        controls.cuts["age_cut_years"].value = cut
        taken.append((controls.read(), time.perf_counter() - begun))
    return taken[WARM_UP:]


def describe(comparison: Comparison) -> str:
    return f"{comparison.by} ({comparison.endpoint})"


def main() -> None:
    taken = measure()
    print(f"Choices of 392 patients, milliseconds; the bar is {1000 * BAR_SECONDS:.0f}")
    print(summarise("all", [one for _, one in taken]))
    for name in dict.fromkeys(describe(choice.comparison) for choice, _ in taken):
        own = [one for choice, one in taken if describe(choice.comparison) == name]
        print(summarise(name, own))


def summarise(name: str, seconds: list[float]) -> str:
    median, largest = 1000 * statistics.median(seconds), 1000 * max(seconds)
    return f"  {name:24} n {len(seconds):3}, median {median:4.0f}, largest {largest:4.0f}"


if __name__ == "__main__":
    main()
