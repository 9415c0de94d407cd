"""Counts as results."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import pandas as pd

from helpers.results import Result, ResultSet
from helpers.stats.proportions import estimate_proportion

if TYPE_CHECKING:
    from helpers.cohort import Cohort


def count_result(
    result_id: str,
    count: int,
    total: int,
    *,
    label: str,
    population: str = "",
    conf_level: float = 0.95,
) -> Result:
    """Return a count with its denominator and the exact interval of its proportion."""
    interval = estimate_proportion(count, total, conf_level=conf_level) if total else None
    return Result(
        id=result_id,
        kind="count",
        label=label,
        estimate=count,
        n=total,
        quantities={
            "proportion_lower": interval.ci_lower,
            "proportion_upper": interval.ci_upper,
        }
        if interval
        else {},
        conf_level=conf_level if interval else None,
        unit="patients",
        population=population,
        method="count; exact interval of the proportion",
    )


def collect_counts(
    cohort: Cohort,
    set_id: str,
    results: Sequence[Result],
    title: str,
    population: str,
    *,
    extra: Mapping[str, str] | None = None,
) -> ResultSet:
    """Return counts as a set with the rows of its table."""
    shown = [result for result in results if result.kind != "test"]
    rows = pd.DataFrame(
        [{"result_id": result.id, "label": result.label} for result in shown],
        columns=["result_id", "label"],
    )
    return ResultSet.collect(
        set_id,
        results,
        frames={"rows": rows},
        meta={
            "title": title,
            "population": population,
            "groups": {},
            "synthetic": cohort.synthetic,
            **(extra or {}),
        },
    )
