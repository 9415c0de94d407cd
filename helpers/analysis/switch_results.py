"""What a group that is joined after time zero is credited with, and its curves' medians."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from helpers.analysis.survival_results import record_median
from helpers.results import Result
from helpers.stats.curve import KaplanMeier
from helpers.stats.outcome import SurvivalOutcome
from helpers.stats.quantiles import estimate_quantile


def record_medians(
    curves: Mapping[str, KaplanMeier],
    set_id: str,
    labels: Mapping[str, str],
    *,
    interval: str,
    population: str,
) -> Iterator[Result]:
    """Yield the median of each curve of Simon and Makuch."""
    for key, curve in curves.items():
        yield record_median(
            estimate_quantile(curve, 0.5, interval=interval),
            f"{set_id}.{key}.median",
            label=labels[key],
            population=population,
        )


def record_immortal(
    outcome: SurvivalOutcome, joined_at: NDArray[np.float64], result_id: str
) -> Result:
    """Return the time before joining that the naive comparison counts as time in the group."""
    joined = ~np.isnan(joined_at)
    follow_up = outcome.time_months[joined]
    waited = np.minimum(joined_at[joined], follow_up)
    return Result(
        id=result_id,
        kind="statistic",
        label="Months before joining, credited to the group",
        estimate=float(waited.sum()),
        n=int(joined.sum()),
        unit="months",
        quantities={"share": float(waited.sum() / follow_up.sum()) if follow_up.sum() else 0.0},
        method="sum of the times to joining over the group's whole follow-up",
    )
