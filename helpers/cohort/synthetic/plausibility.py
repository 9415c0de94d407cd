"""What a plausible cohort may not contain: rules for each patient and for the whole."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd

from helpers.cohort.synthetic.margins import AGE_ALLO_MAX, DAYS_PER_MONTH, N_PAPER, RESPONDERS
from helpers.cohort.synthetic.raw_frame import DATES, ELIGIBILITY

MAX_SHARED_TIME = 4
MIN_SURVIVOR_MONTHS = 5
MAX_HAZARD_RATIO = 2.5
BAND_MONTHS = 3
MIN_AT_RISK = 15
MIN_CENTRES = 12
REGIONS = {"us": 216, "europe": 176}

Rule = tuple[str, Callable[[pd.DataFrame], pd.Series]]

_AFTER_FAILURE = ("first_treatment_date", "aml_date", "transplant_date")


def _days(frame: pd.DataFrame) -> pd.Series:
    return (frame["last_contact_date"] - frame["failure_date"]).dt.days


def _outside_follow_up(frame: pd.DataFrame) -> pd.Series:
    outside = pd.Series(False, index=frame.index)
    for name in _AFTER_FAILURE:
        outside |= frame[name] < frame["failure_date"]
        outside |= frame[name] > frame["last_contact_date"]
    return outside


def _out_of_order(frame: pd.DataFrame) -> pd.Series:
    return (
        (frame["diagnosis_date"] > frame["len_start_date"])
        | (frame["len_start_date"] >= frame["failure_date"])
        | (frame["failure_date"] >= frame["last_contact_date"])
    )


def _outside_years(frame: pd.DataFrame) -> pd.Series:
    years = frame["len_start_date"].dt.year, frame["failure_date"].dt.year
    return (years[0] < 2004) | (years[1] > 2015)


def _low_ipss_with_risk(frame: pd.DataFrame) -> pd.Series:
    risk = (frame["who_class"] == "raeb1") | frame["del5q_group"].isin(["plus1", "complex"])
    return (frame["ipss"] == "low") & risk


def _transplant_order(frame: pd.DataFrame) -> pd.Series:
    first = frame["first_treatment"] == "allo"
    without = frame["transplant_date"].isna()
    early = frame["transplant_date"] < frame["first_treatment_date"]
    untreated = frame["first_treatment"].isna() | (frame["first_treatment"] == "bsc")
    return (first & without) | (early & ~without) | (~without & untreated)


def _agent_elsewhere(frame: pd.DataFrame) -> pd.Series:
    hma = frame["first_treatment"] == "hma"
    other = frame["first_treatment"] == "other"
    return (frame["hma_agent"].notna() != hma) | (frame["other_agent"].notna() != other)


def _response_elsewhere(frame: pd.DataFrame) -> pd.Series:
    judged = frame["first_treatment"].isin(["chemo", "hma", "esa"])
    return frame["treatment_response"].notna() & ~judged


def _raeb_without_blasts(frame: pd.DataFrame) -> pd.Series:
    between = frame["blasts_pct"].between(5, 9)
    return frame["blasts_pct"].notna() & (between != (frame["who_class"] == "raeb1"))


RULES: tuple[Rule, ...] = (
    ("dates are in order: diagnosis, lenalidomide, failure, last contact", _out_of_order),
    ("lenalidomide starts and fails in 2004 to 2015", _outside_years),
    ("treatment, leukaemia and transplantation lie between failure and last contact",
     _outside_follow_up),
    ("loss of improvement follows a response",
     lambda f: (f["failure_type"] == "loss_hi") & (f["len_response"] == 0)),
    ("lack of response excludes a response",
     lambda f: (f["failure_type"] == "no_response") & (f["len_response"] == 1)),
    ("RAEB-1 has 5 to 9 % blasts, and nothing else has", _raeb_without_blasts),
    ("excess of blasts before lenalidomide stays below 10 %", lambda f: f["blasts_len_pct"] > 9),
    ("5q- syndrome has isolated del(5q)",
     lambda f: (f["who_class"] == "del5q") & (f["del5q_group"] != "isolated")),
    ("IPSS low has neither RAEB-1 nor further aberrations", _low_ipss_with_risk),
    ("RAEB-1 and complex karyotype exclude each other",
     lambda f: (f["who_class"] == "raeb1") & (f["del5q_group"] == "complex")),
    ("cytogenetic response goes with a response",
     lambda f: (f["cyto_response"] == 1) & (f["len_response"] == 0)),
    ("transplantation up to 70 years",
     lambda f: f["transplant_date"].notna() & (f["age_years"] > AGE_ALLO_MAX)),
    ("transplantation is the first treatment or follows it", _transplant_order),
    ("no leukaemia after failure by progression",
     lambda f: f["aml_date"].notna() & (f["failure_type"] == "progression")),
    ("no erythropoietin for progression",
     lambda f: (f["first_treatment"] == "esa") & (f["failure_type"] == "progression")),
    ("survivors are followed for 5 months",
     lambda f: (f["dead"] == 0) & (_days(f) < MIN_SURVIVOR_MONTHS * DAYS_PER_MONTH)),
    ("agents belong to their treatment", _agent_elsewhere),
    ("responses belong to a treatment that is judged", _response_elsewhere),
)  # fmt: skip
"""What must hold, and which patients break it."""


def check_plausibility(frame: pd.DataFrame) -> tuple[str, ...]:
    """Check a cohort's eligible patients against the rules of plausibility.

    Parameters
    ----------
    frame : DataFrame
        Raw columns, dates as dates or as ISO text.

    Returns
    -------
    tuple of str
        One sentence for each rule that is broken, with the number of patients; empty for a
        plausible cohort. Cohorts of the paper's size are also checked as a whole: shared
        times, jumps of the hazard, centres, responders among the intolerant.

    Examples
    --------
    >>> from helpers.cohort.synthetic import simulate_cohort
    >>> check_plausibility(simulate_cohort(2000, seed=3))
    ()
    """
    eligible = _select_eligible(frame)
    broken = [f"{count} patients: {rule}" for rule, count in _count_broken(eligible) if count]
    if len(eligible) == N_PAPER:
        broken += _check_whole(eligible)
    return tuple(broken)


def measure_hazard_jumps(days: np.ndarray, dead: np.ndarray) -> np.ndarray:
    """Ratios of the hazards in neighbouring bands of three months, the larger over the smaller.

    Parameters
    ----------
    days : ndarray of int, shape (n,)
        From failure to death or last contact.
    dead : ndarray of int, shape (n,)
        1 for death.

    Returns
    -------
    ndarray of float
        One ratio for each pair of bands of which the later begins with 15 or more at risk;
        infinite next to a band without deaths.

    Examples
    --------
    >>> measure_hazard_jumps(np.arange(1, 365), np.ones(364, dtype=int)).round(1).tolist()
    [1.4, 1.7, 3.0]
    """
    width = BAND_MONTHS * DAYS_PER_MONTH
    edges = np.arange(0, days.max() + width, width)
    at_risk = np.array([(days >= edge).sum() for edge in edges[:-1]])
    deaths, _ = np.histogram(days[dead == 1], bins=edges)
    exposure = np.array([np.clip(days - edge, 0, width).sum() for edge in edges[:-1]])
    hazard = deaths / exposure
    pairs = at_risk[1:] >= MIN_AT_RISK
    low, high = np.minimum(hazard[1:], hazard[:-1]), np.maximum(hazard[1:], hazard[:-1])
    with np.errstate(divide="ignore", invalid="ignore"):
        return (high / low)[pairs]


def _select_eligible(frame: pd.DataFrame) -> pd.DataFrame:
    kept = pd.Series(True, index=frame.index)
    for name, wanted in ELIGIBILITY:
        kept &= frame[name] == wanted
    eligible = frame[kept].copy()
    for name in DATES:
        eligible[f"{name}_date"] = pd.to_datetime(eligible[f"{name}_date"])
    return eligible


def _count_broken(frame: pd.DataFrame) -> Iterator[tuple[str, int]]:
    for rule, find in RULES:
        yield rule, int(find(frame).fillna(False).astype(bool).sum())


def _check_whole(frame: pd.DataFrame) -> Iterator[str]:
    days, dead = _days(frame).to_numpy(), frame["dead"].to_numpy().astype(int)
    shared = np.bincount(days).max()
    if shared > MAX_SHARED_TIME:
        yield f"{shared} patients share a time, more than {MAX_SHARED_TIME}"
    jump = measure_hazard_jumps(days, dead).max()
    if not jump < MAX_HAZARD_RATIO:
        yield f"the hazard changes {jump:.1f} times from one quarter to the next"
    if frame["centre"].nunique() < MIN_CENTRES:
        yield f"only {frame['centre'].nunique()} centres"
    if frame["region"].value_counts().to_dict() != REGIONS:
        yield "regions differ from the printed numbers"
    intolerant = frame[frame["failure_type"] == "intolerance"]
    if intolerant["len_response"].sum() != RESPONDERS["intolerance"]:
        yield "the responders among the intolerant are not 35"
