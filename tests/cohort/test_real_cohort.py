"""A real cohort of another disease, through a mapping and declared categories.

The file (920 patients of the AMLSG) is no part of the project: its path is
in the environment variable LENFAIL_REAL_COHORT. Without it these tests are not defined.
"""

import os
from pathlib import Path

import pandas as pd
import pytest

from helpers.cohort import read_cohort

REAL = Path(os.environ.get("LENFAIL_REAL_COHORT") or "absent.csv")
MAPPING = """
columns:
  patient_id: id
  centre: study
  age_years: age
  haemoglobin_g_dl: hb
  platelets_g_l: plt
  os_months: os_days
  transplant_months: days_failure_to_allo
  diagnosis_to_failure_months: days_to_failure
units: {os_months: days, transplant_months: days, diagnosis_to_failure_months: days}
event: {column: os_status, dead: [1], alive: [0]}
recode:
  sex: {M: male, F: female}
  failure_type:
    refractory after induction 1: refractory_1
    refractory after induction 2: refractory_2
    relapse: relapse
"""
LEVELS = {
    "refractory_1": "Refractory after induction 1",
    "refractory_2": "Refractory after induction 2",
    "relapse": "Relapse",
}
DECLARATIONS = {
    "variables": {
        "failure_type": {"label": "Type of failure", "type": "category", "levels": LEVELS}
    },
    "eligibility": [],
}

if REAL.is_file():

    @pytest.fixture(scope="module")
    def cohort(tmp_path_factory):
        path = tmp_path_factory.mktemp("real") / "mapping.yml"
        path.write_text(MAPPING, encoding="utf-8")
        return read_cohort(REAL, mapping=str(path), declarations=DECLARATIONS)

    def test_the_real_cohort_has_its_patients_and_deaths(cohort):
        assert (len(cohort), int(cohort.table["os_event"].sum())) == (920, 682)

    def test_times_are_those_that_the_file_gives_in_months(cohort):
        theirs = pd.read_csv(REAL)
        difference = cohort.table["os_months"] - theirs["os_months"]
        assert difference.abs().max() < 1e-6
        assert cohort.table["transplant_months"].notna().sum() == theirs["allo_after_failure"].sum()

    def test_groups_are_those_that_the_file_gives(cohort):
        theirs = pd.read_csv(REAL)
        ours = cohort.table["failure_type"].map(LEVELS).str.lower()
        assert (ours == theirs["failure_type"]).all()
        sex = cohort.table["sex"].map({"male": "M", "female": "F"})
        assert (sex == theirs["sex"]).all()

    def test_what_was_understood_names_coding_and_units(cohort):
        said = [one.sentence for one in cohort.understood]
        assert "Death is coded in os_status: 1 means dead (682 rows), 0 means alive (238)." in said
        assert "os_months was given in days and divided by 30.4375 to give months." in said
        assert any(text.startswith("In 5 patients last contact") for text in cohort.warnings)

    def test_no_identifier_of_theirs_is_in_the_table(cohort):
        theirs = set(pd.read_csv(REAL)["id"])
        assert not theirs & set(cohort.table["patient_id"])
        assert cohort.table["patient_id"].is_unique
