"""Small cohorts for tests, and the arithmetic that a textbook would do on them by hand."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from helpers.cohort import Cohort, build_cohort
from helpers.cohort.sources import convert_to_text

Z = 1.959963984540054

FEMALE, MALE = "female", "male"

#: Eight patients, two of them alive; no two times are equal.
EIGHT = {
    "os_months": [2, 4, 6, 8, 1, 3, 5, 7],
    "dead": [1, 0, 1, 1, 1, 1, 1, 0],
    "sex": [FEMALE] * 4 + [MALE] * 4,
}


def make_cohort(*, cuts: dict[str, float] | None = None, **columns: Sequence[Any]) -> Cohort:
    """Return the cohort of a file with these columns; None is an empty cell."""
    length = len(next(iter(columns.values())))
    cells = {
        name: [None if value is None else str(value) for value in values]
        for name, values in columns.items()
    }
    cells.setdefault("patient_id", [f"P-{number}" for number in range(length)])
    return build_cohort(convert_to_text(pd.DataFrame(cells), name="small"), **(cuts or {}))


def append(columns: dict[str, list[Any]], **values: Any) -> dict[str, list[Any]]:
    """Return the columns with one patient more, of whom only these values are known."""
    return {name: [*cells, values.get(name)] for name, cells in columns.items()}


def log_rank_by_hand(
    times: Sequence[float], events: Sequence[int], groups: Sequence[str]
) -> tuple[float, int]:
    """Return the log-rank statistic and its degrees of freedom, one death after the other."""
    names = sorted(set(groups))
    excess = np.zeros(len(names))
    variance = np.zeros((len(names), len(names)))
    for time in sorted({t for t, e in zip(times, events, strict=True) if e}):
        at_risk = np.array(
            [sum(t >= time for t, g in zip(times, groups, strict=True) if g == n) for n in names],
            dtype=float,
        )
        dying = [
            g for t, e, g in zip(times, events, groups, strict=True) if e and math.isclose(t, time)
        ]
        deaths, total = len(dying), at_risk.sum()
        share = at_risk / total
        excess += np.array([dying.count(n) for n in names]) - deaths * share
        if total > 1:
            factor = deaths * (total - deaths) / (total - 1)
            variance += factor * (np.diag(share) - np.outer(share, share))
    kept = excess[1:]
    return float(kept @ np.linalg.solve(variance[1:, 1:], kept)), len(names) - 1


def chi_square_tail(statistic: float, df: int) -> float:
    """Return the upper tail of the chi-square distribution with one or two degrees of freedom."""
    return math.erfc(math.sqrt(statistic / 2)) if df == 1 else math.exp(-statistic / 2)


def fit_ratio_by_hand(
    times: Sequence[float], events: Sequence[int], exposed: Sequence[bool]
) -> tuple[float, float, float]:
    """Return hazard ratio, its log's standard error and twice the gain of the log-likelihood.

    Cox's partial likelihood of one 0/1 covariate without tied deaths.
    """
    sets = []
    for time, event, own in zip(times, events, exposed, strict=True):
        if event:
            others = [x for t, x in zip(times, exposed, strict=True) if t >= time]
            sets.append((own, sum(others), len(others) - sum(others)))

    def score(ratio: float) -> float:
        return sum(own - ones * ratio / (ones * ratio + zeros) for own, ones, zeros in sets)

    def log_likelihood(ratio: float) -> float:
        return sum(
            (math.log(ratio) if own else 0) - math.log(ones * ratio + zeros)
            for own, ones, zeros in sets
        )

    ratio = find_root(score)
    shares = [ones * ratio / (ones * ratio + zeros) for _, ones, zeros in sets]
    error = 1 / math.sqrt(sum(share * (1 - share) for share in shares))
    return ratio, error, 2 * (log_likelihood(ratio) - log_likelihood(1))


def find_root(falling: Callable[[float], float]) -> float:
    """Return where a falling function of a positive number is zero."""
    low, high = 1e-6, 1e6
    for _ in range(200):
        middle = math.sqrt(low * high)
        low, high = (middle, high) if falling(middle) > 0 else (low, middle)
    return low
