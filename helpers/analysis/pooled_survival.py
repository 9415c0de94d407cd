"""Curves of several centres together, from their life tables of protected counts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from helpers.analysis.incidence import censor_competing, summarise_incidence
from helpers.analysis.survival import summarise_group
from helpers.analysis.survival_results import tabulate_at_risk
from helpers.results import Result, ResultSet
from helpers.stats.outcome import (
    SurvivalOutcome,
    check_competing_outcome,
    check_survival_outcome,
)
from helpers.stats.survival import estimate_kaplan_meier

#: Times in months and codes (0 censored, 1 event, 2 competing event) of a group's patients.
Exits = tuple[NDArray[np.float64], NDArray[np.int64]]
#: A count as it is printed.
Publish = Callable[[int], int | None]
_REASON = "no centre shows a life table of it"


def join_exits(parts: Sequence[Exits]) -> Exits:
    """Return the times and codes of several centres together."""
    return (
        np.concatenate([times for times, _ in parts]),
        np.concatenate([codes for _, codes in parts]),
    )


def pool_survival(
    groups: Mapping[str, Exits],
    *,
    set_id: str,
    labels: Mapping[str, str],
    meta: Mapping[str, Any],
    horizons_months: Sequence[float],
    conf_level: float = 0.95,
    median_interval: str = "log-log",
    curve_interval: str = "log-log",
    axis_step_months: float = 12,
    publish: Publish = int,
) -> ResultSet:
    """Estimate survival by group from life tables.

    Parameters
    ----------
    groups : mapping of str to (array, array)
        Times and codes of each group, of all centres together.
    set_id : str
        Beginning of the results' ids.
    labels : mapping of str to str
        Of the groups, in order of presentation.
    meta : mapping
        Title, endpoint and time axis, as the centres' own sets have them.
    horizons_months, conf_level, median_interval, curve_interval, axis_step_months
        As in :func:`helpers.analysis.survival.estimate_survival`.
    publish : callable
        Returns a count as it is printed, or None where it is not.

    Returns
    -------
    ResultSet
        As of :func:`helpers.analysis.survival.estimate_survival`, without a test between the
        groups: patients of different centres are compared within centres only. Curves have no
        marks of censoring; numbers at risk end with the life tables.
    """
    kept = {key: groups[key] for key in labels if key in groups and len(groups[key][0])}
    if not kept:
        return ResultSet.omitted(set_id, _REASON, meta={"title": meta.get("title", set_id)})
    outcomes = {key: _censor(exits) for key, exits in kept.items()}
    fits = {
        key: estimate_kaplan_meier(outcome, conf_level=conf_level, interval=curve_interval)
        for key, outcome in outcomes.items()
    }
    total = sum(fit.n_subjects for fit in fits.values())
    results = [
        result
        for key, fit in fits.items()
        for result in summarise_group(
            fit,
            f"{set_id}.{key}",
            label=labels[key],
            total=total,
            population=labels[key],
            horizons_months=horizons_months,
            median_interval=median_interval,
        )
    ]
    curve = pd.concat([fit.to_frame(key) for key, fit in fits.items()], ignore_index=True)
    return ResultSet.collect(
        set_id,
        map(_explain_end, results),
        frames=_protect(curve, tabulate_at_risk(outcomes, axis_step_months), publish),
        meta={**meta, "groups": {key: labels[key] for key in kept}},
    )


def pool_incidence(
    groups: Mapping[str, Exits],
    *,
    set_id: str,
    labels: Mapping[str, str],
    meta: Mapping[str, Any],
    horizons_months: Sequence[float],
    conf_level: float = 0.95,
    axis_step_months: float = 12,
    publish: Publish = int,
) -> ResultSet:
    """Estimate an incidence with a competing event from life tables.

    Parameters and result are those of :func:`pool_survival`; the estimates are those of
    :func:`helpers.analysis.incidence.estimate_incidence`.
    """
    kept = {key: groups[key] for key in labels if key in groups and len(groups[key][0])}
    if not kept:
        return ResultSet.omitted(set_id, _REASON, meta={"title": meta.get("title", set_id)})
    outcomes = {key: check_competing_outcome(*exits) for key, exits in kept.items()}
    results, curve = summarise_incidence(
        outcomes,
        set_id=set_id,
        labels=labels,
        population=str(meta.get("population", "")),
        horizons_months=horizons_months,
        conf_level=conf_level,
    )
    counts = {key: censor_competing(outcome) for key, outcome in outcomes.items()}
    return ResultSet.collect(
        set_id,
        map(_explain_end, results),
        frames=_protect(curve, tabulate_at_risk(counts, axis_step_months), publish),
        meta={**meta, "groups": {key: labels[key] for key in kept}},
    )


def _protect(
    curve: pd.DataFrame, at_risk: pd.DataFrame, publish: Publish
) -> dict[str, pd.DataFrame]:
    """Return the frames with printed counts only."""
    shown = [publish(int(count)) for count in at_risk["n_at_risk"]]
    ended = at_risk["n_at_risk"].to_numpy() == 0
    numbers = [
        np.nan if n is None or end else float(n) for n, end in zip(shown, ended, strict=True)
    ]
    left = [publish(int(count)) for count in curve["n_at_risk"]]
    beyond = [
        {"group": group, "time_months": float(ticks.max() + np.diff(np.sort(ticks)[-2:])[0])}
        for group, ticks in at_risk.groupby("group", sort=False)["time_months"]
        if len(ticks) > 1
    ]
    at_risk = at_risk.assign(n_at_risk=numbers, n_events=np.nan, n_censored=np.nan)
    return {
        "curve": curve.assign(
            n_at_risk=[np.nan if n is None else float(n) for n in left],
            n_events=np.nan,
            n_censored=0,
        ),
        "at_risk": pd.concat([at_risk, pd.DataFrame(beyond)], ignore_index=True),
    }


def _explain_end(result: Result) -> Result:
    """Return a result that says why it lacks a number: the tables end, not the follow-up."""
    if result.kind == "median" and result.status == "not_reached":
        reason = "the life tables end before the curve falls to one half"
        return replace(result, status="not_computable", reason=reason)
    if result.status != "not_computable" or "time_months" not in result.quantities:
        return result
    months = result.quantities["time_months"]
    return replace(result, reason=f"the life tables end before {months:g} months")


def _censor(exits: Exits) -> SurvivalOutcome:
    times, codes = exits
    return check_survival_outcome(times, codes == 1)
