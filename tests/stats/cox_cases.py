"""The cases of tests/reference/cox.json as outcomes, designs and fits."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from reference_files import read_data, read_reference

from helpers.stats.cox import CoxFit, fit_cox
from helpers.stats.design import Design, Factor, build_design
from helpers.stats.outcome import SurvivalOutcome, check_survival_outcome

CASES = tuple(read_reference("cox")["cases"])


def read_case(name: str) -> dict[str, Any]:
    """Return R's numbers of a case."""
    return read_reference("cox")["cases"][name]


@cache
def prepare_case(name: str) -> tuple[SurvivalOutcome, Design, dict[str, Any]]:
    """Return outcome, design and the options of `fit_cox`."""
    spec = read_case(name)["spec"]
    frame = read_data(spec["data"])
    if spec["data"] == "mgus2":
        frame["exit_age"] = frame["age"] + frame["futime"] / 12
    others = [spec[key] for key in ("time", "event", "entry", "strata", "cluster") if spec[key]]
    frame = frame.dropna(subset=[*others, *spec["factors"]])
    outcome = check_survival_outcome(
        frame[spec["time"]].to_numpy(),
        (frame[spec["event"]] == spec["event_value"]).to_numpy(),
        entry=frame[spec["entry"]].to_numpy() if spec["entry"] else None,
        weights=np.resize(spec["weights"], len(frame)) if spec["weights"] else None,
    )
    factors = [Factor(name, tuple(levels)) for name, levels in spec["factors"].items()]
    options = {
        "ties": spec["ties"],
        "robust": spec["robust"],
        "strata": frame[spec["strata"]].to_numpy() if spec["strata"] else None,
        "cluster": frame[spec["cluster"]].to_numpy() if spec["cluster"] else None,
    }
    return outcome, build_design(frame, factors), options


@cache
def fit_case(name: str) -> CoxFit:
    """Return our fit of a case."""
    outcome, design, options = prepare_case(name)
    return fit_cox(outcome, design, **options)


def thin(values: np.ndarray, limit: int = 25) -> np.ndarray:
    """Return the rows that the reference file keeps of a long array."""
    rows = np.linspace(1, len(values), min(limit, len(values)))
    return values[np.unique(np.round(rows).astype(int)) - 1]


def as_array(values: Any) -> np.ndarray:
    """Return numbers of a JSON file, null as nan."""
    return np.array(values, dtype=float)
