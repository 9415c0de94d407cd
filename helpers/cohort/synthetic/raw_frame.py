"""From coded patients to the raw columns of a cohort file, and to its bytes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from helpers.cohort.synthetic import margins
from helpers.cohort.synthetic.calendar_dates import CENTRES, day_number
from helpers.cohort.synthetic.covariates import UNKNOWN, Patients
from helpers.cohort.synthetic.details import AGENTS, RESPONSES

ELIGIBILITY = (
    ("mds_who2008", 1),
    ("del5q_confirmed", 1),
    ("len_single_agent", 1),
    ("len_failure_documented", 1),
    ("higher_risk_disease", 0),
    ("len_maintenance", 0),
    ("consent", 1),
)
"""Eligibility flags with the value that an eligible patient has."""

DATES = (
    "diagnosis",
    "len_start",
    "failure",
    "first_treatment",
    "aml",
    "transplant",
    "last_contact",
)
_DOSES = np.array([10.0, 5.0, 2.5])
_HMA_AGENTS = AGENTS[:2]


def make_raw_frame(patients: Patients) -> pd.DataFrame:
    """Decode patients into the columns of a cohort file.

    Parameters
    ----------
    patients : dict of str to ndarray
        Complete coded columns, shape (n,).

    Returns
    -------
    DataFrame, shape (n, 45)
        Dates as datetime64, levels as text, flags and counts as (nullable) integers. All
        patients are eligible.
    """
    n = len(patients["age"])
    columns: dict[str, object] = {"patient_id": _number_patients(n)}
    columns |= {"synthetic": np.ones(n, dtype=np.int8)}
    columns |= {"centre": _decode_centres(patients)}
    columns |= {name: _decode(name, patients[name]) for name in ("region", "source")}
    columns |= {name: np.full(n, value, dtype=np.int8) for name, value in ELIGIBILITY}
    columns |= {f"{name}_date": _decode_dates(day_number(patients, name)) for name in DATES}
    columns |= {"dead": patients["dead"].astype(np.int8)}
    columns |= _characteristics(patients)
    columns |= _lenalidomide(patients)
    columns |= _treatment(patients)
    return pd.DataFrame(columns)


def write_cohort(frame: pd.DataFrame, path: Path | str) -> None:
    """Write a cohort file: UTF-8, commas, ISO dates, empty for missing, line feeds.

    Parameters
    ----------
    frame : DataFrame
        Raw columns.
    path : Path or str
        File to write; its bytes depend on nothing but the frame.
    """
    frame.to_csv(Path(path), index=False, date_format="%Y-%m-%d", lineterminator="\n")


def _characteristics(patients: Patients) -> dict[str, object]:
    return {
        "age_years": patients["age"].astype(np.int16),
        "sex": _decode("sex", patients["sex"]),
        "haemoglobin_g_dl": patients["hb_tenths"] / 10,
        "platelets_g_l": patients["platelets"].astype(np.int16),
        "who_class": _decode("who_class", patients["who"]),
        "therapy_related": patients["therapy_related"].astype(np.int8),
        "blasts_pct": patients["blasts"].astype(np.int8),
        "blasts_len_pct": patients["blasts_len"].astype(np.int8),
        "del5q_group": _decode("del5q_group", patients["karyo"]),
        "ipss": _decode("ipss", patients["ipss"]),
        "rbc_td": patients["rbc_td"].astype(np.int8),
        "esa_before": patients["esa_before"].astype(np.int8),
        "hma_before": patients["hma_before"].astype(np.int8),
        "tp53": _decode_names(("wildtype", "mutated"), patients["tp53"]),
        "comorbidity_score": _decode_optional(patients["comorbidity"]),
    }


def _lenalidomide(patients: Patients) -> dict[str, object]:
    return {
        "len_dose_mg": _DOSES[patients["schedule"]],
        "len_schedule": _decode("len_schedule", patients["schedule"]),
        "len_esa_combination": patients["len_esa_combination"].astype(np.int8),
        "len_response": patients["resp"].astype(np.int8),
        "cyto_response": _decode_optional(patients["cyto"]),
        "failure_type": _decode("failure_type", patients["fail"]),
    }


def _treatment(patients: Patients) -> dict[str, object]:
    agent = patients["agent"]
    hma = np.where(agent < len(_HMA_AGENTS), agent, UNKNOWN)
    other = np.where(agent >= len(_HMA_AGENTS), agent - len(_HMA_AGENTS), UNKNOWN)
    named = tuple(name for name, _ in margins.LEVELS["first_treatment"] if name)
    treatment = np.where(patients["tx"] == len(named), UNKNOWN, patients["tx"])
    return {
        "first_treatment": _decode_names(named, treatment),
        "hma_agent": _decode_names(_HMA_AGENTS, hma),
        "other_agent": _decode_names(AGENTS[len(_HMA_AGENTS) :], other),
        "treatment_response": _decode_names(RESPONSES, patients["response"]),
    }


def _number_patients(n: int) -> pd.Series:
    width = max(4, len(str(n)))
    return pd.Series(np.arange(1, n + 1)).map(lambda number: f"P{number:0{width}d}")


def _decode(variable: str, codes: np.ndarray) -> pd.Categorical:
    return _decode_names(tuple(name for name, _ in margins.LEVELS[variable]), codes)


def _decode_names(names: tuple[str, ...], codes: np.ndarray) -> pd.Categorical:
    return pd.Categorical.from_codes(codes, categories=list(names))


def _decode_centres(patients: Patients) -> pd.Categorical:
    names = [name for region in CENTRES for name in region]
    codes = patients["centre"] + np.where(patients["region"] == 1, len(CENTRES[0]), 0)
    return pd.Categorical.from_codes(codes, categories=names)


def _decode_optional(values: np.ndarray) -> pd.Series:
    return pd.Series(values).astype("Int16").mask(pd.Series(values) == UNKNOWN)


def _decode_dates(days: np.ndarray) -> pd.Series:
    dates = pd.Series(days.astype("datetime64[D]").astype("datetime64[ns]"))
    return dates.mask(pd.Series(days) == UNKNOWN)
