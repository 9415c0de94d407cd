"""Protected curves, numbers at risk, and what is read off them."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from typing import Any, Protocol

import numpy as np
import pandas as pd

from helpers.analysis.incidence import invert_curve
from helpers.disclosure.families import SetCounts
from helpers.disclosure.life_table import (
    Exits,
    find_step,
    read_exits,
    rebuild_competing,
    rebuild_survival,
)
from helpers.disclosure.masking import mask
from helpers.disclosure.rule import Rule
from helpers.disclosure.system import CountSystem
from helpers.results import Result, ResultSet
from helpers.stats.competing import estimate_cumulative_incidence, incidence_at
from helpers.stats.survival import KaplanMeier, estimate_kaplan_meier, estimate_survival_at

METHOD = "life table of protected counts"


class Closing(Protocol):
    """What knows of which groups nothing may be said."""

    def is_closed(self, group: str) -> bool:
        """Return whether nothing may be said of a group."""


def protect_curves(
    results: ResultSet, counts: SetCounts, rule: Rule, printed: Mapping[str, Result]
) -> tuple[dict[str, Result], dict[str, pd.DataFrame]]:
    """Return the results read off the curves of a set, and its frames ``curve`` and ``at_risk``.

    Parameters
    ----------
    results : ResultSet
        With frames ``curve`` and ``at_risk``.
    counts : SetCounts
        What is hidden of it.
    rule : Rule
        How counts are printed.
    printed : mapping of str to Result
        The set's results as protected so far.

    Returns
    -------
    tuple
        Results by id, frames by name. A group of which a count is hidden has no curve.
    """
    curve, at_risk = results.frames["curve"], results.frames["at_risk"]
    options = (results.meta.get("definition") or {}).get("options") or {}
    step = find_step(at_risk)
    found, frames = dict(printed), []
    for group in dict.fromkeys(curve["group"]):
        if counts.is_closed(f"{results.id}.{group}"):
            continue
        rows = curve[curve["group"] == group]
        if "estimator" in rows:
            direct = rows[rows["estimator"] == "cumulative_incidence"]
            made = _Incidence(group, read_exits(direct), rule, step, options)
        else:
            made = _Survival(group, read_exits(rows), rule, step, options)
        frames.append(made.frame)
        found |= {new.id: new for new in made.read_off(results, printed, rule)}
    empty = curve.iloc[:0]
    shown = pd.concat(frames, ignore_index=True) if frames else empty
    return found, {
        "curve": shown.assign(
            n_at_risk=[rule.stand_in(int(count)) for count in shown["n_at_risk"]],
            n_events=np.nan,
            n_censored=0,
        ),
        "at_risk": protect_at_risk(at_risk, counts, rule, set_id=results.id),
    }


class _Survival:
    """The protected curve of a group."""

    def __init__(
        self, group: str, exits: Exits, rule: Rule, step: float, options: Mapping[str, Any]
    ) -> None:
        self.group = group
        self.options = options
        self.fit: KaplanMeier = estimate_kaplan_meier(
            rebuild_survival(exits, rule, step_months=step),
            conf_level=options.get("conf_level", 0.95),
            interval=options.get("curve_interval", "log-log"),
        )
        self.frame = self.fit.to_frame(group)

    def read_off(
        self, results: ResultSet, printed: Mapping[str, Result], rule: Rule
    ) -> Iterator[Result]:
        """Yield the probabilities of the group."""
        for result in results:
            if not result.id.startswith(f"{results.id}.{self.group}."):
                continue
            shown = printed[result.id]
            if result.kind == "probability" and result.status == "estimated":
                time = result.quantities["time_months"]
                yield self._read_probability(shown, result, time, rule)

    def _read_probability(self, shown: Result, result: Result, time: float, rule: Rule) -> Result:
        if time > self.fit.time_months[-1]:
            return mask(result, rule, n=shown.n)
        read = estimate_survival_at(self.fit, time)
        return replace(_take(shown, result, read), quantities={"time_months": time})


class _Incidence:
    """The protected incidences of a group, by both estimators."""

    def __init__(
        self, group: str, exits: Exits, rule: Rule, step: float, options: Mapping[str, Any]
    ) -> None:
        self.group = group
        conf_level = options.get("conf_level", 0.95)
        outcome = rebuild_competing(exits, rule, step_months=step)
        self.survival = estimate_kaplan_meier(
            rebuild_survival(exits, rule, step_months=step), conf_level=conf_level
        )
        naive = invert_curve(self.survival.to_frame(group))
        self.direct = None
        if (outcome.event_code == 1).any():
            self.direct = estimate_cumulative_incidence(outcome, conf_level=conf_level)
        direct = naive if self.direct is None else self.direct.to_frame(group)
        self.frame = pd.concat(
            [
                direct.assign(estimator="cumulative_incidence"),
                naive.assign(estimator="one_minus_km"),
            ]
        )

    def read_off(
        self, results: ResultSet, printed: Mapping[str, Result], rule: Rule
    ) -> Iterator[Result]:
        """Yield the incidences of the group."""
        for result in results:
            if result.kind != "incidence" or f".{self.group}." not in result.id:
                continue
            time, shown = result.quantities.get("time_months"), printed[result.id]
            if result.status != "estimated" or time is None:
                continue
            if time > self.survival.time_months[-1]:
                yield mask(result, rule, n=shown.n)
                continue
            is_naive = self.direct is None or ".one_minus_km." in result.id
            read = estimate_survival_at(self.survival, time)
            if not is_naive:
                read = incidence_at(self.direct, time)
            taken = _take(shown, result, read)
            if is_naive:
                taken = _turn_over(taken)
            yield replace(taken, quantities={"time_months": time})


def _take(shown: Result, result: Result, read: Any) -> Result:
    return replace(
        shown,
        estimate=read.estimate,
        std_error=read.std_error,
        ci_lower=read.ci_lower,
        ci_upper=read.ci_upper,
        quantities={},
        method=f"{result.method}; {METHOD}",
    )


def _turn_over(result: Result) -> Result:
    limits = [None if v is None else 1 - v for v in (result.ci_upper, result.ci_lower)]
    estimate = None if result.estimate is None else 1 - result.estimate
    return replace(result, estimate=estimate, ci_lower=limits[0], ci_upper=limits[1])


def protect_at_risk(
    at_risk: pd.DataFrame,
    counts: Closing,
    rule: Rule,
    *,
    set_id: str,
    rising: Collection[str] = (),
) -> pd.DataFrame:
    """Return the printed numbers at risk, nothing where one is not printed.

    Parameters
    ----------
    at_risk : pandas.DataFrame
        Columns group, time_months, n_at_risk, n_events, n_censored.
    counts : Closing
        What is hidden of the set; nothing of a closed group is printed.
    rule : Rule
        How counts are printed.
    set_id : str
        Of the set.
    rising : collection of str
        Groups that patients join later, whose numbers need not fall.

    Returns
    -------
    pandas.DataFrame
        The columns of `at_risk`, events and losses unknown. The sum over groups is taken to
        be printed elsewhere, and numbers at risk to fall.
    """
    system = CountSystem(rule)
    keys = list(zip(at_risk["group"], at_risk["time_months"], strict=True))
    groups = list(dict.fromkeys(at_risk["group"]))
    closed = {group for group in groups if counts.is_closed(f"{set_id}.{group}")}
    for key, count in zip(keys, at_risk["n_at_risk"], strict=True):
        system.add(key, int(count), hidden=key[0] in closed)
    for group in groups:
        times = [time for name, time in keys if name == group]
        for earlier, later in itertools.pairwise(() if group in rising else times):
            system.order((group, later), (group, earlier))
    for time in dict.fromkeys(at_risk["time_months"]):
        parts = [(group, time) for group in groups if (group, time) in system.counts]
        if len(parts) > 1:
            total = sum(system.counts[key] for key in parts)
            system.tie(system.add(("", time), total, fixed=True), parts)
    hidden = system.suppress()
    shown = [
        np.nan if key in hidden else float(rule.publish(system.counts[key]) or 0) for key in keys
    ]
    return at_risk.assign(n_at_risk=shown, n_events=np.nan, n_censored=np.nan)
