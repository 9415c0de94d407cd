"""Nothing is hard-coded: other patients give other results."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from helpers.analysis.models import fit_survival_model
from helpers.analysis.survival import estimate_survival
from helpers.cohort import read_cohort, synthetic

FROZEN = Path(synthetic.__file__).parents[1] / "data" / "synthetic.csv"
MODEL = ("age_75", "adverse_karyotype", "raeb", "failure_type", "len_response")


def collect(path):
    cohort = read_cohort(path)
    found = {}
    for results in (
        estimate_survival(cohort, set_id="os"),
        estimate_survival(cohort, set_id="os.failure", by="failure_type"),
        fit_survival_model(cohort, set_id="cox.full", factors=MODEL),
    ):
        found |= {result.id: result.estimate for result in results if result.estimate is not None}
    return found


@pytest.fixture(scope="module")
def as_frozen():
    return collect(FROZEN)


def test_patients_who_die_sooner_lower_the_median(as_frozen, tmp_path):
    frame = pd.read_csv(FROZEN, dtype=str)
    contact = pd.to_datetime(frame["last_contact_date"])
    failure = pd.to_datetime(frame["failure_date"])
    treated = frame["first_treatment_date"].notna() | frame["aml_date"].notna()
    shortened = (frame["dead"] == "1") & ~treated & ((contact - failure).dt.days > 500)
    contact[shortened] = failure[shortened] + pd.Timedelta(days=100)
    frame["last_contact_date"] = contact.dt.strftime("%Y-%m-%d")
    frame.to_csv(tmp_path / "sooner.csv", index=False)
    changed = collect(tmp_path / "sooner.csv")
    assert shortened.sum() > 20
    assert changed["os.overall.median"] < as_frozen["os.overall.median"] - 1


def test_shuffled_types_of_failure_change_every_number_about_them(as_frozen, tmp_path):
    frame = pd.read_csv(FROZEN, dtype=str)
    rng = np.random.default_rng(4)
    columns = ["failure_type", "len_response"]
    frame[columns] = frame[columns].iloc[rng.permutation(len(frame))].to_numpy()
    frame.to_csv(tmp_path / "shuffled.csv", index=False)
    changed = collect(tmp_path / "shuffled.csv")
    about = [name for name in as_frozen if name.startswith("os.failure.")]
    about = [name for name in about if name.endswith((".median", ".logrank"))]
    about += [name for name in as_frozen if name.startswith("cox.full.failure_type.")]
    about = [name for name in about if not name.endswith(".failure_type.no_response")]
    assert len(about) >= 6
    assert not [name for name in about if changed.get(name) == as_frozen[name]]
