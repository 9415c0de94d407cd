"""Complete patients with what no survival target depends on: counts, agents, responses, days."""

from __future__ import annotations

import numpy as np

from helpers.cohort.synthetic import margins
from helpers.cohort.synthetic.covariates import UNKNOWN, Patients
from helpers.cohort.synthetic.margins import level_code, scale_count, scale_levels
from helpers.cohort.synthetic.streams import Stream

AGENTS = ("azacitidine", "decitabine", *(name for name, _ in margins.OTHER_AGENTS))
RESPONSES = ("cr", "pr", "hi", "none")

_HAEMOGLOBIN = (
    (0, 3.8),
    (0.05, 6.9),
    (0.25, 8.3),
    (0.48, 9.2),
    (0.52, 9.2),
    (0.75, 10.1),
    (0.97, 12),
    (1, 13.6),
)
_PLATELETS = (
    (0, 17),
    (0.05, 70),
    (0.25, 145),
    (0.49, 223),
    (0.51, 223),
    (0.75, 335),
    (0.95, 560),
    (1, 974),
)
_LOW_BLASTS = ((0, 0.0), (0.1, 1.0), (0.3, 2.0), (0.55, 3.0), (0.85, 4.0), (1, 4.99))
_HIGH_BLASTS = ((0, 5.0), (0.3, 6.0), (0.6, 7.0), (0.8, 8.0), (1, 9.99))
_COMORBIDITY = ((0, 0), (0.35, 1), (0.6, 2), (0.8, 3), (0.92, 4), (1, 7.99))


def add_details(patients: Patients, stream: Stream) -> None:
    """Add the remaining columns to patients whose outcomes are settled.

    Parameters
    ----------
    patients : dict of str to ndarray
        Coded columns with outcomes and courses; changed in place.
    stream : Stream
        Random numbers.
    """
    n = len(patients["age"])
    _add_class(patients, n, stream)
    _add_counts(patients, n, stream)
    _add_agents(patients, n, stream)
    _add_responses(patients, n, stream)
    _add_treatment_days(patients, n, stream)


def _add_class(patients: Patients, n: int, stream: Stream) -> None:
    raeb = patients["raeb"] == 1
    isolated = patients["karyo"] == level_code("del5q_group", "isolated")
    codes = {name: level_code("who_class", name) for name, _ in margins.LEVELS["who_class"]}
    counts = scale_levels("who_class", n)
    who = np.full(n, UNKNOWN, dtype=np.int64)
    who[raeb] = codes["raeb1"]
    who[stream.choose(isolated & ~raeb, counts[codes["del5q"]])] = codes["del5q"]
    for name in ("rcmd", "rars", "other"):
        weights = np.where(patients["karyo"] == 2, 2.0 if name == "rcmd" else 1.0, 1.0)
        who[stream.choose(who == UNKNOWN, counts[codes[name]], weights)] = codes[name]
    who[who == UNKNOWN] = codes["ra"]
    patients["who"] = who


def _add_counts(patients: Patients, n: int, stream: Stream) -> None:
    for name, group in (("blasts", patients["raeb"] == 1), ("blasts_len", patients["excess"] == 1)):
        values = np.zeros(n, dtype=np.int64)
        values[group] = stream.quantiles(int(group.sum()), _HIGH_BLASTS).astype(np.int64)
        values[~group] = stream.quantiles(int((~group).sum()), _LOW_BLASTS).astype(np.int64)
        patients[name] = values
    haemoglobin = np.floor(stream.quantiles(n, _HAEMOGLOBIN) * 10 + 0.5).astype(np.int64)
    platelets = np.floor(stream.quantiles(n, _PLATELETS) + 0.5).astype(np.int64)
    for values, low, high in ((haemoglobin, 38, 136), (platelets, 17, 974)):
        values[np.argmin(values)], values[np.argmax(values)] = low, high
    patients["hb_tenths"], patients["platelets"] = haemoglobin, platelets
    score = np.full(n, UNKNOWN, dtype=np.int64)
    known = stream.choose(np.ones(n, dtype=bool), scale_count(margins.COMORBIDITY_KNOWN, n))
    score[known] = stream.quantiles(int(known.sum()), _COMORBIDITY).astype(np.int64)
    patients["comorbidity"] = score


def _add_agents(patients: Patients, n: int, stream: Stream) -> None:
    agent = np.full(n, UNKNOWN, dtype=np.int64)
    hma = patients["tx"] == level_code("first_treatment", "hma")
    agent[hma] = 1
    agent[stream.choose(hma, scale_count(margins.AZACITIDINE, n))] = 0
    other = np.flatnonzero(patients["tx"] == level_code("first_treatment", "other"))
    total = sum(count for _, count in margins.OTHER_AGENTS)
    bounds = np.cumsum([count for _, count in margins.OTHER_AGENTS]) / total
    place = (np.arange(len(other)) + 0.5) / max(len(other), 1)
    agent[other[stream.order(len(other))]] = 2 + np.searchsorted(bounds, place)
    patients["agent"] = agent


def _add_responses(patients: Patients, n: int, stream: Stream) -> None:
    response = np.full(n, UNKNOWN, dtype=np.int64)
    cr, pr, hi, none = range(4)
    hma = patients["tx"] == level_code("first_treatment", "hma")
    chemo = patients["tx"] == level_code("first_treatment", "chemo")
    esa = patients["tx"] == level_code("first_treatment", "esa")
    lasting = patients["t"] >= 120
    mutated = hma & (patients["tp53"] == 1)
    evaluable = mutated | stream.choose(
        hma & ~mutated, scale_count(margins.HMA_EVALUABLE, n) - int(mutated.sum())
    )
    first = stream.choose(mutated & lasting, scale_count(margins.TP53_HMA_RESPONDERS, n))
    more = scale_count(margins.HMA_RESPONDERS, n) - int(first.sum())
    good = first | stream.choose(evaluable & lasting & ~mutated, more)
    response[evaluable] = none
    response[good] = hi
    deep = stream.choose(good, scale_count(margins.HMA_CR_PR, n))
    response[deep] = pr
    response[stream.choose(deep, int(deep.sum()) * 7 // 11)] = cr
    evaluable = stream.choose(chemo, scale_count(margins.CHEMO_EVALUABLE, n))
    response[evaluable] = none
    response[stream.choose(evaluable & (patients["t"] >= 90), scale_count(margins.CHEMO_CR, n))] = (
        cr
    )
    _add_esa_responses(patients, response, esa, stream)
    patients["response"] = response


def _add_esa_responses(
    patients: Patients, response: np.ndarray, esa: np.ndarray, stream: Stream
) -> None:
    n = len(response)
    hi, none = RESPONSES.index("hi"), RESPONSES.index("none")
    evaluable = stream.choose(esa, scale_count(margins.ESA_EVALUABLE, n))
    response[evaluable] = none
    again = patients["esa_before"] == 1
    responders = scale_count(margins.ESA_RESPONDERS, n)
    lasting = evaluable & (patients["t"] >= 120)
    response[stream.choose(lasting & again, responders // 2)] = hi
    response[stream.choose(lasting & ~again, responders - responders // 2)] = hi


def _add_treatment_days(patients: Patients, n: int, stream: Stream) -> None:
    """Days from failure to the first treatment and to transplantation; UNKNOWN for none."""
    t = patients["t"]
    wait = stream.integers(5, 75, n)
    silent = [level_code("first_treatment", "bsc"), level_code("first_treatment", "")]
    treated = ~np.isin(patients["tx"], silent)
    start = np.minimum(wait, np.maximum(t // 3, 0))
    patients["tx_day"] = np.where(treated, start, UNKNOWN)
    room = np.minimum(np.maximum(t - start - 30, 3), 540)
    later = start + np.minimum(60 + (stream.uniform(n) * room * 0.7).astype(np.int64), room)
    later = np.minimum(later, np.maximum(t - 1, 0))
    first = patients["tx"] == level_code("first_treatment", "allo")
    allo_day = np.where(patients["later"] == 1, later, UNKNOWN)
    patients["allo_day"] = np.where(first, start, allo_day)
