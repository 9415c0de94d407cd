"""Draw survival and the course of lenalidomide from a proportional-hazards model."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from helpers.cohort.synthetic import margins
from helpers.cohort.synthetic.covariates import Patients
from helpers.cohort.synthetic.margins import DAYS_PER_MONTH, level_code, scale_count
from helpers.cohort.synthetic.streams import Stream

MIN_SURVIVOR_DAYS, MAX_DAYS = 154, 2652
"""Survivors are followed from 5 to 87 months; nobody's time is longer."""

_BASELINE = ((0, 0.031), (30, 0.017), (60, 0.022))
"""Monthly hazards of a patient at reference, each from its month on."""

_TREATMENT_RATIO = {"bsc": 1.0, "chemo": 1.7, "hma": 0.45, "esa": 0.4, "allo": 0.5, "other": 0.7}
_UNKNOWN_TREATMENT_RATIO = 1.35
_FAILURE_RATIO = {"no_response": 1.0, "loss_hi": 0.66, "intolerance": 1.05, "progression": 2.1}


def draw_outcomes(patients: Patients, stream: Stream, *, treatment_effect: bool = True) -> None:
    """Add time from failure (``t``, days) and death (``dead``) to the patients.

    Parameters
    ----------
    patients : dict of str to ndarray
        Coded covariates; changed in place.
    stream : Stream
        Random numbers.
    treatment_effect : bool, optional
        False draws survival independent of the first treatment.

    Notes
    -----
    Piecewise exponential deaths; uniform censoring whose end is searched for so that as
    near as possible to 222 of 392 die.
    """
    n = len(patients["age"])
    ratio = _hazard_ratio(patients, treatment_effect=treatment_effect)
    death = _invert_hazard(stream.exponential(n) / ratio)
    fraction = stream.uniform(n)
    wanted = scale_count(margins.DEATHS, n)
    low, high = 2 * MIN_SURVIVOR_DAYS, 20 * MAX_DAYS
    while high - low > 1:
        middle = (low + high) // 2
        observed = death <= _censoring_days(fraction, middle)
        low, high = (low, middle) if observed.sum() > wanted else (middle, high)
    censoring = _censoring_days(fraction, low)
    dead = death <= censoring
    late = death.copy()
    late[dead] = MAX_DAYS * 100
    dead[np.argsort(late, kind="stable")[: wanted - int(dead.sum())]] = True
    days = np.where(dead, death, censoring)
    patients["t"] = np.clip(days, 1, MAX_DAYS).astype(np.int64)
    patients["dead"] = dead.astype(np.int64)


def set_deaths(patients: Patients, wanted: Mapping[str, int], stream: Stream) -> None:
    """Move deaths between groups so that they are as many as a group's printed errors ask for.

    Parameters
    ----------
    patients : dict of str to ndarray
        Coded columns with outcomes; ``t`` and ``dead`` are changed in place.
    wanted : mapping of str to int
        Deaths among ``progression``, ``complex`` and ``old``; all deaths stay as many.
    stream : Stream
        Random numbers.
    """
    groups = {
        "progression": patients["fail"] == level_code("failure_type", "progression"),
        "complex": patients["karyo"] == level_code("del5q_group", "complex"),
        "old": patients["age"] >= 75,
    }
    outside = ~np.any([groups[name] for name in wanted], axis=0)
    for name, count in wanted.items():
        others = np.any([groups[other] for other in wanted if other != name], axis=0)
        inside = groups[name] & ~others
        surplus = int(patients["dead"][groups[name]].sum()) - count
        source, target = (inside, outside) if surplus > 0 else (outside, inside)
        reprieved = stream.choose(source & (patients["dead"] == 1), abs(surplus))
        died = stream.choose(target & (patients["dead"] == 0), int(reprieved.sum()))
        patients["dead"][reprieved], patients["dead"][died] = 0, 1
        patients["t"][reprieved] = np.maximum(patients["t"][reprieved], MIN_SURVIVOR_DAYS)


def draw_courses(patients: Patients, stream: Stream) -> None:
    """Add the days on lenalidomide and from diagnosis to its start.

    Parameters
    ----------
    patients : dict of str to ndarray
        Coded covariates; changed in place.
    stream : Stream
        Random numbers.
    """
    n = len(patients["age"])
    patients["len_days"] = np.zeros(n, dtype=np.int64)
    for level, points in margins.LEN_MONTHS_POINTS.items():
        group = patients["fail"] == level_code("failure_type", level)
        patients["len_days"][group] = draw_lengths(int(group.sum()), points, stream)
    patients["len6"] = (patients["len_days"] >= 6 * DAYS_PER_MONTH).astype(np.int64)
    before = stream.quantiles(n, margins.DIAGNOSIS_MONTHS_POINTS) * DAYS_PER_MONTH
    patients["dx_days"] = np.round(before).astype(np.int64)


def draw_lengths(size: int, points: tuple[tuple[float, float], ...], stream: Stream) -> np.ndarray:
    """Draw days on lenalidomide from a table of (fraction, months), its ends included."""
    months = stream.quantiles(size, points)
    months[np.argmin(months)], months[np.argmax(months)] = points[0][1], points[-1][1]
    return np.floor(months * DAYS_PER_MONTH + 0.5).astype(np.int64)


def draw_leukaemia(patients: Patients, stream: Stream) -> None:
    """Add the day of leukaemia after failure (``aml``), 0 for none.

    Parameters
    ----------
    patients : dict of str to ndarray
        Coded covariates with outcomes; changed in place.
    stream : Stream
        Random numbers.

    Notes
    -----
    Patients with progression at failure have none. The day lies at least 14 days before
    death or last contact.
    """
    n = len(patients["age"])
    able = (patients["fail"] != level_code("failure_type", "progression")) & (patients["t"] > 45)
    weights = np.where(patients["karyo"] == 2, 2.5, 1.0)
    weights = weights * np.where(patients["raeb"] == 1, 1.9, 1.0)
    weights = weights * np.where(patients["hma_before"] == 1, 3.5, 1.0)
    weights = weights * np.where(patients["dead"] == 1, 3.0, 1.0)
    sick = stream.choose(able, scale_count(margins.AML_AFTER, n), weights)
    share = 0.15 + 0.75 * stream.uniform(n)
    day = np.minimum((patients["t"] * share).astype(np.int64) + 10, patients["t"] - 14)
    patients["aml"] = np.where(sick, day, 0)


def _hazard_ratio(patients: Patients, *, treatment_effect: bool) -> np.ndarray:
    ratio = np.where(patients["age"] >= 75, 1.64, 1.0)
    ratio = ratio * np.where(patients["karyo"] == 2, 1.65, 1.0)
    ratio = ratio * np.where(patients["raeb"] == 1, 1.3, 1.0)
    ratio = ratio * np.where(patients["excess"] == 1, 1.15, 1.0)
    ratio = ratio * np.where(patients["therapy_related"] == 1, 1.3, 1.0)
    failure = [_FAILURE_RATIO[name] for name, _ in margins.LEVELS["failure_type"]]
    ratio = ratio * np.array(failure)[patients["fail"]]
    if not treatment_effect:
        return ratio
    treatment = [
        _TREATMENT_RATIO.get(name, _UNKNOWN_TREATMENT_RATIO)
        for name, _ in margins.LEVELS["first_treatment"]
    ]
    return ratio * np.array(treatment)[patients["tx"]]


def _invert_hazard(cumulative: np.ndarray) -> np.ndarray:
    """Days at which the baseline's cumulative hazard reaches the given values."""
    months = np.zeros_like(cumulative)
    reached = 0.0
    for place, (start, hazard) in enumerate(_BASELINE):
        last = place + 1 == len(_BASELINE)
        width = np.inf if last else _BASELINE[place + 1][0] - start
        inside = cumulative >= reached
        months = np.where(inside, start + (cumulative - reached) / hazard, months)
        reached = reached + hazard * width if not last else reached
    return np.floor(np.minimum(months * DAYS_PER_MONTH, 1e7)).astype(np.int64) + 1


def _censoring_days(fraction: np.ndarray, end: int) -> np.ndarray:
    """Days to censoring: uniform between the shortest follow-up and `end`, cut at the longest."""
    days = MIN_SURVIVOR_DAYS + np.floor(fraction * (end - MIN_SURVIVOR_DAYS))
    return np.minimum(days, MAX_DAYS).astype(np.int64)
