"""Place patients in centres and calendar time, from durations in whole days."""

from __future__ import annotations

import numpy as np

from helpers.cohort.synthetic.covariates import UNKNOWN, Patients
from helpers.cohort.synthetic.streams import Stream

FIRST_START = np.datetime64("2004-01-05")
LAST_FAILURE = np.datetime64("2015-12-18")
DATA_CUT = np.datetime64("2016-12-30")

CENTRES = (
    ("US-01", "US-02", "US-03", "US-04", "US-05", "US-06", "US-07"),
    ("EU-01", "EU-02", "EU-03", "EU-04", "EU-05", "EU-06", "EU-07", "EU-08"),
)
_SIZES = ((58, 46, 37, 29, 21, 15, 10), (44, 34, 28, 22, 17, 13, 10, 8))
_TRIAL_LEAN = ((1.6, 0.5, 1.2, 0.3, 1.0, 2.0, 0.6), (2.2, 1.4, 0.4, 0.8, 1.8, 0.3, 1.0, 0.6))
_YOUNG_LEAN = ((1.5, 1.0, 0.6, 1.3, 0.8, 1.0, 1.4), (0.8, 1.5, 1.0, 0.7, 1.3, 1.0, 0.6, 1.2))


def add_centres(patients: Patients, stream: Stream) -> None:
    """Add the centre as an index into the centres of the patient's region.

    Parameters
    ----------
    patients : dict of str to ndarray
        Coded columns; changed in place.
    stream : Stream
        Random numbers.

    Notes
    -----
    Centres differ in size, in their share of trial patients and in their patients' age.
    """
    n = len(patients["age"])
    centre = np.zeros(n, dtype=np.int64)
    place = stream.uniform(n)
    for region, sizes in enumerate(_SIZES):
        group = np.flatnonzero(patients["region"] == region)
        trial = (patients["source"][group] == 0)[:, None]
        young = (patients["age"][group] <= 68)[:, None]
        weights = np.array(sizes, dtype=float)[None, :]
        weights = weights * np.where(trial, np.array(_TRIAL_LEAN[region])[None, :], 1.0)
        weights = weights * np.where(young, np.array(_YOUNG_LEAN[region])[None, :], 1.0)
        bounds = np.cumsum(weights, axis=1)
        target = place[group] * bounds[:, -1]
        centre[group] = np.minimum((bounds <= target[:, None]).sum(axis=1), len(sizes) - 1)
    patients["centre"] = centre


def add_dates(patients: Patients, stream: Stream) -> None:
    """Add the start of lenalidomide as days since 1970 (``start_day``).

    Parameters
    ----------
    patients : dict of str to ndarray
        Coded columns with ``len_days`` and ``t``; changed in place.
    stream : Stream
        Random numbers.

    Notes
    -----
    Lenalidomide starts and fails in 2004 to 2015. Survivors' last contact lies nearer to
    the end of data collection than a uniform draw would place it.
    """
    first = FIRST_START.astype("datetime64[D]").astype(np.int64)
    last_failure = LAST_FAILURE.astype("datetime64[D]").astype(np.int64)
    cut = DATA_CUT.astype("datetime64[D]").astype(np.int64)
    latest = np.minimum(last_failure, cut - patients["t"]) - patients["len_days"]
    window = np.maximum(latest - first, 0)
    place = stream.uniform(len(window))
    survivors = 1.0 - place * place * 0.55
    share = np.where(patients["dead"] == 1, place, survivors)
    patients["start_day"] = first + np.floor(window * share).astype(np.int64)


def day_number(patients: Patients, name: str) -> np.ndarray:
    """Return a date of the patients as days since 1970; UNKNOWN stays UNKNOWN.

    Parameters
    ----------
    patients : dict of str to ndarray
        Coded columns with ``start_day``.
    name : str
        ``diagnosis``, ``len_start``, ``failure``, ``first_treatment``, ``aml``,
        ``transplant`` or ``last_contact``.

    Returns
    -------
    ndarray of int, shape (n,)
        Days since 1970-01-01.
    """
    start = patients["start_day"]
    failure = start + patients["len_days"]
    if name == "diagnosis":
        return start - patients["dx_days"]
    if name in ("len_start", "failure", "last_contact"):
        known = {"len_start": start, "failure": failure, "last_contact": failure + patients["t"]}
        return known[name]
    after = {
        "first_treatment": patients["tx_day"],
        "aml": np.where(patients["aml"] > 0, patients["aml"], UNKNOWN),
        "transplant": patients["allo_day"],
    }[name]
    return np.where(after == UNKNOWN, UNKNOWN, failure + after)
