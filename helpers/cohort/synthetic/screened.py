"""Screened patients who fail an eligibility rule; the paper prints no such counts."""

from __future__ import annotations

import numpy as np
import pandas as pd

from helpers.cohort.synthetic.raw_frame import ELIGIBILITY, make_raw_frame
from helpers.cohort.synthetic.streams import Stream

SCREENED_OUT = {
    "mds_who2008": 9,
    "del5q_confirmed": 14,
    "len_single_agent": 11,
    "len_failure_documented": 17,
    "higher_risk_disease": 13,
    "len_maintenance": 5,
    "consent": 8,
}
"""Illustrative numbers of screened patients by the first rule that each fails."""


def add_screened(frame: pd.DataFrame, screened: dict, stream: Stream) -> pd.DataFrame:
    """Mix patients who fail an eligibility rule among the eligible.

    Parameters
    ----------
    frame : DataFrame
        Raw columns of the eligible.
    screened : dict of str to ndarray
        Coded patients, as many as ``SCREENED_OUT`` counts in all.
    stream : Stream
        Random numbers.

    Returns
    -------
    DataFrame
        All in random order, numbered anew. A few break a second rule as well.
    """
    extra = make_raw_frame(screened)
    wanted = dict(ELIGIBILITY)
    rules = np.repeat(np.arange(len(SCREENED_OUT)), list(SCREENED_OUT.values()))
    second = stream.uniform(len(rules)) < 0.08
    for place, name in enumerate(SCREENED_OUT):
        fails = (rules == place) | (second & ((rules + 3) % len(SCREENED_OUT) == place))
        extra.loc[fails, name] = 1 - wanted[name]
    order = stream.order(len(frame) + len(extra))
    mixed = pd.concat([frame, extra], ignore_index=True).iloc[order].reset_index(drop=True)
    mixed["patient_id"] = [f"P{number:04d}" for number in range(1, len(mixed) + 1)]
    return mixed
