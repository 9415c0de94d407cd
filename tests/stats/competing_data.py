"""The competing-risks data sets, put together as tests/reference/competing.R does."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from reference_files import read_data

from helpers.stats.outcome import CompetingOutcome, check_competing_outcome

NAMES = ("mgus2", "pbc", "transplant", "colon", "ties")
CAUSES = {"one": 1, "two": 2}
CASES = [(name, cause) for name in NAMES for cause in CAUSES]


@dataclass(frozen=True, slots=True, kw_only=True)
class CompetingData:
    """An outcome with groups, strata and covariates."""

    outcome: CompetingOutcome
    group: pd.Series
    strata: pd.Series
    covariates: pd.DataFrame


def read_competing(name: str) -> CompetingData:
    """Return a data set of NAMES."""
    time, code, group, strata, covariates = {
        "mgus2": _mgus2,
        "pbc": _pbc,
        "transplant": _transplant,
        "colon": _colon,
        "ties": _ties,
    }[name]()
    return CompetingData(
        outcome=check_competing_outcome(time, code),
        group=group,
        strata=strata,
        covariates=pd.DataFrame(covariates).astype(float),
    )


def _mgus2():
    used = ["ptime", "pstat", "death", "age", "sex", "hgb", "mspike"]
    data = read_data("mgus2")[used].dropna().reset_index(drop=True)
    code = np.where(data.pstat == 1, 1, 2 * data.death)
    male = data.sex == "M"
    covariates = {"age": data.age, "male": male, "hgb": data.hgb, "mspike": data.mspike}
    return data.ptime, code, data.sex, data.hgb < 13, covariates


def _pbc():
    data = read_data("pbc")
    covariates = {
        "age": data.age,
        "female": data.sex == "f",
        "edema": data.edema,
        "logbili": np.log(data.bili),
    }
    return data.time, data.status, data.edema, data.sex, covariates


def _transplant():
    data = read_data("transplant")
    covariates = {
        "age": data.age,
        "female": data.sex == "f",
        "group_b": data.abo == "B",
        "year_from_1990": data.year - 1990,
    }
    return data.futime + 1, data.code, data.abo, data.sex, covariates


def _colon():
    data = read_data("colon_recurrence")
    dead = read_data("colon_death").set_index("id").status.loc[data.id].to_numpy()
    code = np.where(data.status == 1, 1, 2 * dead)
    covariates = {"age": data.age, "sex": data.sex, "node4": data.node4}
    return data.time, code, data.rx, data.extent, covariates


def _ties():
    data = read_data("competing_ties")
    covariates = {
        "arm_b": data.arm == "b",
        "arm_c": data.arm == "c",
        "site_y": data.site == "y",
        "marker": data.marker,
    }
    return data.time, data.code, data.arm, data.site, covariates
