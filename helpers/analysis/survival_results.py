"""Survival estimates as results."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from helpers.analysis.subset import Endpoint
from helpers.results import Result
from helpers.stats.outcome import SurvivalOutcome, check_survival_outcome
from helpers.stats.quantiles import Quantile
from helpers.stats.survival import count_at_risk

INTERVAL_NAMES = {
    "spss": "interval as SPSS prints it",
    "log-log": "log-log interval",
    "log": "log interval",
    "plain": "plain interval",
    "arcsin": "arcsine interval",
}


def read_outcome(frame: pd.DataFrame, endpoint: Endpoint) -> SurvivalOutcome:
    """Return the checked outcome of the rows of a table."""
    return check_survival_outcome(
        frame[endpoint.time],
        frame[endpoint.event],
        time_name=endpoint.time,
        event_name=endpoint.event,
    )


def record_median(quantile: Quantile, result_id: str, *, label: str, population: str) -> Result:
    """Return a median survival time as a result; one never reached says so."""
    return Result(
        id=result_id,
        kind="median",
        label=label,
        estimate=quantile.estimate,
        std_error=quantile.std_error,
        ci_lower=quantile.ci_lower,
        ci_upper=quantile.ci_upper,
        conf_level=quantile.conf_level,
        n=quantile.n_subjects,
        events=quantile.n_events,
        unit="months",
        method=f"Kaplan-Meier, {INTERVAL_NAMES[quantile.interval]}",
        population=population,
        status="estimated" if quantile.estimate is not None else "not_reached",
    )


def tabulate_at_risk(
    outcomes: Mapping[str, SurvivalOutcome], axis_step_months: float
) -> pd.DataFrame:
    """Return the numbers at risk of each group just before each tick of the time axis."""
    last = max(float(outcome.time_months.max()) for outcome in outcomes.values())
    ticks = np.arange(0.0, last + 1e-9, axis_step_months)
    frames = []
    for key, outcome in outcomes.items():
        counts = count_at_risk(outcome, ticks)
        counts.insert(0, "group", key)
        frames.append(counts)
    return pd.concat(frames, ignore_index=True)
