"""The cases of tests/reference/survival.R, built from the same files in the same way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from reference_files import read_data

from helpers.stats.outcome import SurvivalOutcome, check_survival_outcome

DAYS_PER_MONTH = 30.4375


@dataclass(frozen=True)
class Case:
    """One data set with its columns."""

    data: str
    time: str | Callable
    event: Callable
    group: str
    entry: str | None = None
    strata: str | None = None
    weights: Callable | None = None

    @property
    def frame(self) -> pd.DataFrame:
        return read_data(self.data)

    @property
    def outcome(self) -> SurvivalOutcome:
        frame = self.frame
        return check_survival_outcome(
            frame[self.time] if isinstance(self.time, str) else self.time(frame),
            self.event(frame),
            entry=None if self.entry is None else frame[self.entry],
            weights=None if self.weights is None else self.weights(frame),
        )


def column(name: str) -> Callable:
    return lambda frame: frame[name]


def equals_two(frame: pd.DataFrame) -> pd.Series:
    return frame["status"] == 2


CASES = {
    "lung": Case("lung", "time", equals_two, "sex", strata="inst"),
    "veteran": Case("veteran", "time", column("status"), "celltype", strata="prior"),
    "colon_death": Case("colon_death", "time", column("status"), "rx", strata="extent"),
    "colon_recurrence": Case("colon_recurrence", "time", column("status"), "rx", strata="differ"),
    "pbc": Case("pbc", "time", equals_two, "edema", strata="stage"),
    "pbc_months": Case(
        "pbc", lambda frame: frame["time"] / DAYS_PER_MONTH, equals_two, "trt", strata="sex"
    ),
    "ovarian": Case("ovarian", "futime", column("fustat"), "rx", strata="resid_ds"),
    "mgus2": Case("mgus2", "futime", column("death"), "sex"),
    "kidney": Case("kidney", "time", column("status"), "disease", strata="sex"),
    "aml": Case("aml", "time", column("status"), "x"),
    "bladder2": Case("bladder2", "stop", column("event"), "rx", entry="start"),
    "cgd": Case("cgd", "tstop", column("status"), "treat", entry="tstart"),
    "heart": Case("heart", "stop", column("event"), "transplant", entry="start"),
    "pbc_age": Case(
        "pbc", lambda frame: frame["age"] + frame["time"] / 365.25, equals_two, "sex", entry="age"
    ),
    "lung_counts": Case(
        "lung", "time", equals_two, "sex", weights=lambda frame: 1 + frame["age"] % 4
    ),
    "veteran_weights": Case(
        "veteran",
        "time",
        column("status"),
        "celltype",
        weights=lambda frame: 0.5 + frame["karno"] / 100,
    ),
    "heart_weights": Case(
        "heart",
        "stop",
        column("event"),
        "transplant",
        entry="start",
        weights=lambda frame: 1.3 + 0.1 * frame["year"],
    ),
    "veteran_zero_weights": Case(
        "veteran",
        "time",
        column("status"),
        "celltype",
        weights=lambda frame: np.where(frame["trt"] == 1, 0.0, 0.7),
    ),
}
UNWEIGHTED = [name for name in CASES if "weights" not in name and "counts" not in name]
