"""The Kaplan-Meier curve, probabilities read from it, and the numbers at risk.

The product-limit estimate is computed here, on one sorting of the times, and not by lifelines:
importing lifelines costs more than a second, and this core is faster and takes late entry,
weights and near ties as R's survfit does. The tests compare it with both.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from helpers.errors import ParameterError
from helpers.stats.curve import KaplanMeier, SurvivalProbability
from helpers.stats.grouping import check_group
from helpers.stats.intervals import check_interval, compute_limits
from helpers.stats.life_table import LifeTable, count_life_table
from helpers.stats.numeric import check_conf_level
from helpers.stats.outcome import SurvivalOutcome
from helpers.stats.quantiles import Quantile, estimate_quantile
from helpers.stats.robust_variance import compute_robust_error


def estimate_kaplan_meier(
    outcome: SurvivalOutcome, *, conf_level: float = 0.95, interval: str = "log-log"
) -> KaplanMeier:
    """Estimate a survival curve by the product-limit method.

    Parameters
    ----------
    outcome : SurvivalOutcome
        Late entry and case weights are used where it has them.
    conf_level : float, optional
        Of the pointwise limits.
    interval : {"log-log", "log", "plain", "arcsin"}, optional
        Scale of the pointwise limits.

    Returns
    -------
    KaplanMeier

    Raises
    ------
    ParameterError
        If `conf_level` or `interval` is out of its domain.

    Notes
    -----
    Greenwood's variance. Weights that are whole numbers count as so many patients; other weights
    get the infinitesimal jackknife, each patient a cluster of his own, as survfit does by
    default. Ties: events come before censorings of the same time.

    References
    ----------
    Kaplan and Meier (1958), J Am Stat Assoc 53:457-481. Greenwood (1926).

    Examples
    --------
    >>> from helpers.stats.outcome import check_survival_outcome
    >>> curve = estimate_kaplan_meier(check_survival_outcome([1, 2, 2, 4], [1, 1, 0, 1]))
    >>> curve.survival.round(4)
    array([0.75, 0.5 , 0.  ])
    """
    check_conf_level(conf_level)
    check_interval(interval)
    table = count_life_table(outcome)
    survival, std_error = _product_limit(table, outcome)
    lower, upper = compute_limits(survival, std_error, conf_level=conf_level, interval=interval)
    return KaplanMeier(
        time_months=table.time_months,
        n_at_risk=table.n_at_risk,
        n_events=table.n_events,
        n_censored=table.n_censored,
        survival=survival,
        std_error=std_error,
        ci_lower=lower,
        ci_upper=upper,
        n_subjects=outcome.n_subjects,
        n_events_total=outcome.n_events,
        n_at_start=_count_at_start(outcome),
        conf_level=conf_level,
        interval=interval,
        entries=_sort_entries(outcome),
        warnings=(*outcome.warnings, *_find_early_end(table)),
    )


def estimate_kaplan_meier_by_group(
    outcome: SurvivalOutcome,
    group: ArrayLike,
    *,
    conf_level: float = 0.95,
    interval: str = "log-log",
) -> dict[Any, KaplanMeier]:
    """Estimate one survival curve for each level of a group.

    Parameters
    ----------
    outcome : SurvivalOutcome
        Of n patients.
    group : array_like, shape (n,)
        Levels; patients without one are in no curve, levels without patients have none.
    conf_level, interval
        As in :func:`estimate_kaplan_meier`.

    Returns
    -------
    dict of level to KaplanMeier
        In the order of the levels.

    Raises
    ------
    StatisticsError
        If no patient has a group.
    ParameterError
        As :func:`estimate_kaplan_meier`.
    """
    grouping = check_group(group, outcome.n_subjects, min_levels=1)
    return {
        level: estimate_kaplan_meier(
            outcome.select(grouping.codes == code), conf_level=conf_level, interval=interval
        )
        for code, level in enumerate(grouping.levels)
    }


def _product_limit(
    table: LifeTable, outcome: SurvivalOutcome
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return survival and its standard error at each distinct time."""
    at_risk = table.n_at_risk.astype(np.float64)
    remaining = np.where(table.empties, 0.0, at_risk - table.n_events)
    survival = np.cumprod(np.where(table.empties, 0.0, 1.0 - table.n_events / at_risk))
    with np.errstate(divide="ignore"):
        increments = np.where(table.n_events > 0, table.n_events / (at_risk * remaining), 0.0)
    greenwood = np.cumsum(increments)
    robust = outcome.weights is not None and bool((outcome.weights % 1 != 0).any())
    log_error = (
        compute_robust_error(outcome, table, greenwood, remaining) if robust else greenwood**0.5
    )
    std_error = np.full_like(survival, 0.0 if robust else np.nan)
    np.multiply(survival, log_error, out=std_error, where=survival > 0.0)
    return survival, std_error


def _count_at_start(outcome: SurvivalOutcome) -> int | float:
    counted = np.ones(outcome.n_subjects, dtype=bool)
    if outcome.entry_months is not None:
        counted = outcome.entry_months <= 0.0
    if outcome.weights is not None:
        return float(outcome.weights[counted].sum())
    return int(np.count_nonzero(counted))


def _sort_entries(
    outcome: SurvivalOutcome,
) -> tuple[NDArray[np.float64], NDArray[np.float64]] | None:
    if outcome.entry_months is None:
        return None
    order = np.argsort(outcome.entry_months)
    sizes = np.ones(len(order)) if outcome.weights is None else outcome.weights[order]
    return outcome.entry_months[order], sizes


def _find_early_end(table: LifeTable) -> tuple[str, ...]:
    emptied = np.flatnonzero(table.empties)
    if emptied.size == 0 or emptied[0] == len(table.time_months) - 1:
        return ()
    time = table.time_months[emptied[0]]
    return (
        f"all {table.n_at_risk[emptied[0]]:g} at risk at {time:g} had the event while others "
        "entered later: the curve stays at 0; start it at a later time",
    )


def estimate_survival_at(curve: KaplanMeier, time_months: float) -> SurvivalProbability:
    """Return the survival probability at a time.

    Parameters
    ----------
    curve : KaplanMeier
        The estimated curve.
    time_months : float
        Zero or later.

    Returns
    -------
    SurvivalProbability
        Its estimate is None after the last observation, unless the curve is at 0 there.

    Raises
    ------
    ParameterError
        If `time_months` is negative or not finite.
    """
    if not 0.0 <= time_months < np.inf:
        raise ParameterError(
            f"time_months must be zero or later, but was {time_months!r}; "
            "give a time on the axis of the curve"
        )
    position = int(np.searchsorted(curve.time_months, time_months, side="right")) - 1
    values = (1.0, 0.0, 1.0, 1.0)
    if position >= 0:
        values = tuple(
            float(column[position])
            for column in (curve.survival, curve.std_error, curve.ci_lower, curve.ci_upper)
        )
    if time_months > curve.time_months[-1] and values[0] > 0.0:
        values = (np.nan,) * 4
    estimate, error, lower, upper = (None if np.isnan(value) else value for value in values)
    return SurvivalProbability(
        time_months=float(time_months),
        estimate=estimate,
        std_error=error,
        ci_lower=lower,
        ci_upper=upper,
        n_at_risk=curve.count_at_risk(time_months),
        conf_level=curve.conf_level,
        interval=curve.interval,
        n_subjects=curve.n_subjects,
        n_events=curve.n_events_total,
    )


def count_at_risk(outcome: SurvivalOutcome, times: Sequence[float]) -> pd.DataFrame:
    """Count patients at risk just before each time, and events and censorings so far.

    Parameters
    ----------
    outcome : SurvivalOutcome
        Weights are not used: patients are counted.
    times : sequence of float
        Times of the axis, zero or later.

    Returns
    -------
    pandas.DataFrame
        Columns time_months, n_at_risk (just before), n_events and n_censored (up to and
        including the time).

    Notes
    -----
    The number at risk is that of R's ``summary(survfit, times=)`` and of SAS. lifelines' default
    prints the number after the tick.
    """
    ticks = np.asarray(times, dtype=np.float64)
    exits = np.sort(outcome.time_months)
    deaths = np.sort(outcome.time_months[outcome.event])
    gone = np.searchsorted(exits, ticks, side="left")
    arrived = np.full(ticks.shape, outcome.n_subjects)
    if outcome.entry_months is not None:
        entries = np.sort(outcome.entry_months)
        arrived = np.where(
            ticks > 0.0,
            np.searchsorted(entries, ticks, side="left"),
            np.searchsorted(entries, ticks, side="right"),
        )
    n_events = np.searchsorted(deaths, ticks, side="right")
    return pd.DataFrame(
        {
            "time_months": ticks,
            "n_at_risk": arrived - gone,
            "n_events": n_events,
            "n_censored": np.searchsorted(exits, ticks, side="right") - n_events,
        }
    )


def estimate_follow_up(outcome: SurvivalOutcome, *, conf_level: float = 0.95) -> Quantile:
    """Estimate the median follow-up by the reverse Kaplan-Meier method.

    Parameters
    ----------
    outcome : SurvivalOutcome
        Events and censorings are exchanged.
    conf_level : float, optional
        Of the interval, on the log-log scale.

    Returns
    -------
    Quantile
        Its `n_events` are the patients still without the event.

    References
    ----------
    Schemper and Smith (1996), Control Clin Trials 17:343-346.
    """
    reverse = SurvivalOutcome(
        time_months=outcome.time_months,
        event=~outcome.event,
        entry_months=outcome.entry_months,
        weights=outcome.weights,
        time_name=outcome.time_name,
        event_name=outcome.event_name,
    )
    return estimate_quantile(estimate_kaplan_meier(reverse, conf_level=conf_level), 0.5)
