"""Patients and models with which R compared treatments (reference/treatment.R, imputation.R)."""

from __future__ import annotations

import numpy as np
import pandas as pd
from reference_files import read_data, read_reference

from helpers.stats.design import Design, Factor, build_design
from helpers.stats.outcome import SurvivalOutcome, check_survival_outcome

#: Of the propensity score, two of them numbers.
COVARIATES = [
    Factor("age"),
    Factor("sex"),
    Factor("obstruct"),
    Factor("differ", (1, 2, 3)),
    Factor("nodes"),
]
STANDARDISED = [
    Factor("treated", (0, 1)),
    Factor("age"),
    Factor("differ", (1, 2, 3)),
    Factor("nodes"),
]
INTERACTIONS = {"differ": Factor("differ", (1, 2, 3)), "sex": Factor("sex", (0, 1))}
IMPUTED_LEVELS = {"rx": 3, "differ": 3, "node4": 2}
IMPUTED = [
    Factor("rx", (0, 1, 2)),
    Factor("age"),
    Factor("differ", (0, 1, 2)),
    Factor("node4", (0, 1)),
]


def read_hearts() -> tuple[SurvivalOutcome, np.ndarray]:
    """Return the Stanford patients' survival and the days of their transplantation."""
    patients = pd.DataFrame(read_reference("treatment")["switching"]["patients"])
    outcome = check_survival_outcome(patients["time"], patients["event"])
    return outcome, patients["switch"].astype(float).to_numpy()


def read_colon() -> pd.DataFrame:
    """Return the complete patients of the colon trial, with who had fluorouracil."""
    frame = read_data("colon_death").dropna(subset=["nodes", "differ"]).reset_index(drop=True)
    frame["differ"] = frame["differ"].astype(int)
    return frame.assign(treated=(frame["rx"] == "Lev+5FU").astype(int))


def read_colon_missing() -> tuple[pd.DataFrame, SurvivalOutcome]:
    """Return the covariates with values taken away, coded as the imputation takes them."""
    data = read_data("colon_missing")
    frame = pd.DataFrame(
        {
            "rx": data["rx"].map({"Obs": 0, "Lev": 1, "Lev+5FU": 2}),
            "age": data["age"],
            "differ": data["differ"] - 1,
            "node4": data["node4"],
        }
    )
    return frame, check_survival_outcome(data["time"], data["status"])


def read_institutions() -> tuple[pd.DataFrame, SurvivalOutcome, Design]:
    """Return the lung patients of known institution and performance, and their model's data."""
    frame = read_data("lung").dropna(subset=["inst", "ph_ecog"]).reset_index(drop=True)
    outcome = check_survival_outcome(frame["time"], frame["status"] == 2)
    return frame, outcome, build_design(frame, [Factor("age"), Factor("sex"), Factor("ph_ecog")])


def flag(values: object, name: str = "group") -> Design:
    """Return a design of one column of 0 and 1."""
    return build_design(pd.DataFrame({name: np.asarray(values, int)}), [Factor(name)])
