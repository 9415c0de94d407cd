"""Draw patients' characteristics with the printed margins and coherent combinations."""

from __future__ import annotations

import numpy as np

from helpers.cohort.synthetic import margins
from helpers.cohort.synthetic.margins import level_code, scale_count, scale_levels
from helpers.cohort.synthetic.streams import Stream

Patients = dict[str, np.ndarray]
"""Coded columns of one length: integers, levels by their place in ``margins.LEVELS``."""

UNKNOWN = -1


def draw_covariates(n_patients: int, stream: Stream) -> Patients:
    """Draw everything that is known at lenalidomide failure, and the first treatment.

    Parameters
    ----------
    n_patients : int
        Cohort size; with 392 every margin is exactly the paper's.
    stream : Stream
        Random numbers.

    Returns
    -------
    dict of str to ndarray of int, shape (n_patients,)
        Coded columns.
    """
    patients: Patients = {}
    _draw_failure(patients, n_patients, stream)
    _draw_karyotype(patients, n_patients, stream)
    _draw_blasts(patients, n_patients, stream)
    _draw_background(patients, n_patients, stream)
    _draw_treatment(patients, n_patients, stream)
    _draw_tp53(patients, n_patients, stream)
    _draw_transplant(patients, n_patients, stream)
    _draw_cytogenetic_response(patients, n_patients, stream)
    return patients


def _draw_failure(patients: Patients, n: int, stream: Stream) -> None:
    patients["fail"] = stream.deal(scale_levels("failure_type", n))
    patients["resp"] = np.zeros(n, dtype=np.int64)
    for level, count in margins.RESPONDERS.items():
        group = patients["fail"] == level_code("failure_type", level)
        wanted = int(group.sum()) if level == "loss_hi" else scale_count(count, n)
        patients["resp"][stream.choose(group, wanted)] = 1


def _draw_karyotype(patients: Patients, n: int, stream: Stream) -> None:
    _, plus1, complex_, fish_only = scale_levels("del5q_group", n)
    responder = patients["resp"] == 1
    among_responders = scale_count(margins.COMPLEX_RESPONDERS, n)
    karyotype = np.zeros(n, dtype=np.int64)
    leaning = np.array([1.0, 8.0, 1.0, 2.0])[patients["fail"]]
    karyotype[stream.choose(responder, among_responders, leaning)] = 2
    karyotype[stream.choose(~responder, complex_ - among_responders, leaning)] = 2
    karyotype[stream.choose(karyotype == 0, plus1)] = 1
    karyotype[stream.choose(karyotype == 0, fish_only)] = 3
    patients["karyo"] = karyotype


def _draw_blasts(patients: Patients, n: int, stream: Stream) -> None:
    karyotype = patients["karyo"]
    progressed = patients["fail"] == level_code("failure_type", "progression")
    raeb_count = scale_levels("who_class", n)[level_code("who_class", "raeb1")]
    raeb = stream.choose(karyotype != 2, raeb_count, np.where(progressed, 2.0, 1.0))
    excess = stream.choose(raeb, scale_count(margins.EXCESS_IN_RAEB, n))
    excess |= stream.choose(~raeb, scale_count(margins.EXCESS_OUTSIDE, n))
    low_count = scale_levels("ipss", n)[level_code("ipss", "low")]
    low = stream.choose(~raeb & ((karyotype == 0) | (karyotype == 3)), low_count)
    patients["raeb"] = raeb.astype(np.int64)
    patients["excess"] = excess.astype(np.int64)
    patients["ipss"] = 1 - low.astype(np.int64)


def _draw_background(patients: Patients, n: int, stream: Stream) -> None:
    ages = np.floor(stream.quantiles(n, margins.AGE_POINTS)).astype(np.int64)
    ages[np.argmin(ages)] = margins.AGE_MIN
    ages[np.argmax(ages)] = margins.AGE_MAX
    patients["age"] = ages
    for variable in ("region", "source", "sex"):
        patients[variable] = stream.deal(scale_levels(variable, n))
    for name, count in margins.FLAGS.items():
        patients[name] = stream.choose(np.ones(n, dtype=bool), scale_count(count, n)).astype(int)
    patients["schedule"] = stream.deal(scale_levels("len_schedule", n))


def _draw_treatment(patients: Patients, n: int, stream: Stream) -> None:
    progressed = patients["fail"] == level_code("failure_type", "progression")
    treatment = np.full(n, level_code("first_treatment", ""), dtype=np.int64)
    totals = dict(
        zip(
            (name for name, _ in margins.LEVELS["first_treatment"]),
            scale_levels("first_treatment", n),
            strict=True,
        )
    )
    unknown = level_code("first_treatment", "")
    for level in ("allo", "esa", "chemo", "hma", "other", "bsc"):
        code = level_code("first_treatment", level)
        inside = scale_count(margins.TREATMENT_IN_PROGRESSION[level], n)
        able = treatment == unknown
        if level == "allo":
            able &= patients["age"] <= margins.AGE_ALLO_MAX
        treatment[stream.choose(able & progressed, inside)] = code
        outside = totals[level] - inside
        if level == "esa":
            again = scale_count(margins.ESA_AGAIN, n)
            prior = patients["esa_before"] == 1
            treatment[stream.choose(able & ~progressed & prior, again)] = code
            treatment[stream.choose(able & ~progressed & ~prior, outside - again)] = code
        else:
            treatment[stream.choose(able & ~progressed, outside)] = code
    patients["tx"] = treatment


def _draw_tp53(patients: Patients, n: int, stream: Stream) -> None:
    tp53 = np.full(n, UNKNOWN, dtype=np.int64)
    young = patients["age"] <= margins.AGE_ALLO_MAX
    hma = patients["tx"] == level_code("first_treatment", "hma")
    allo = patients["tx"] == level_code("first_treatment", "allo")
    bridged = stream.choose(hma & young, scale_count(margins.TP53_BRIDGED, n))
    only_hma = stream.choose(
        hma & ~bridged, scale_count(margins.TP53_HMA - margins.TP53_BRIDGED, n)
    )
    tp53[bridged | only_hma] = 1
    tp53[stream.choose(allo, scale_count(margins.TP53_ALLO_FIRST, n))] = 1
    tp53[stream.choose(tp53 == UNKNOWN, scale_count(margins.TP53["wildtype"], n))] = 0
    patients["tp53"] = tp53
    patients["later"] = bridged.astype(np.int64)


def _draw_transplant(patients: Patients, n: int, stream: Stream) -> None:
    salvage = [level_code("first_treatment", name) for name in ("chemo", "hma", "esa", "other")]
    able = (
        np.isin(patients["tx"], salvage)
        & (patients["age"] <= margins.AGE_ALLO_MAX)
        & (patients["tp53"] != 1)
    )
    more = scale_count(margins.ALLO_LATER, n) - int(patients["later"].sum())
    patients["later"][stream.choose(able, more)] = 1


def _draw_cytogenetic_response(patients: Patients, n: int, stream: Stream) -> None:
    cyto = np.full(n, UNKNOWN, dtype=np.int64)
    responder = patients["resp"] == 1
    cyto[stream.choose(responder, scale_count(margins.CYTO_YES, n))] = 1
    without = scale_count(margins.CYTO_NO_IN_RESPONDERS, n)
    cyto[stream.choose(responder & (cyto == UNKNOWN), without)] = 0
    others = scale_count(margins.CYTO_NO, n) - without
    cyto[stream.choose(~responder, others)] = 0
    patients["cyto"] = cyto
