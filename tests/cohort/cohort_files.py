"""Small files of patients for tests: one complete patient, and changes to it."""

import csv
from pathlib import Path

PATIENT = {
    "patient_id": "A-1",
    "centre": "EU-01",
    "region": "europe",
    "source": "trial",
    "mds_who2008": "1",
    "del5q_confirmed": "1",
    "len_single_agent": "1",
    "len_failure_documented": "1",
    "higher_risk_disease": "0",
    "len_maintenance": "0",
    "consent": "1",
    "diagnosis_date": "2008-01-01",
    "len_start_date": "2009-01-01",
    "failure_date": "2010-01-01",
    "first_treatment_date": "2010-01-15",
    "aml_date": "2010-07-01",
    "transplant_date": "2010-10-01",
    "last_contact_date": "2011-01-01",
    "dead": "1",
    "age_years": "75",
    "sex": "female",
    "haemoglobin_g_dl": "9.2",
    "platelets_g_l": "223",
    "who_class": "raeb1",
    "therapy_related": "0",
    "blasts_pct": "6",
    "blasts_len_pct": "5",
    "del5q_group": "isolated",
    "ipss": "int1",
    "rbc_td": "1",
    "esa_before": "1",
    "hma_before": "0",
    "tp53": "wildtype",
    "comorbidity_score": "2",
    "len_dose_mg": "10",
    "len_schedule": "10mg_21_28",
    "len_esa_combination": "0",
    "len_response": "1",
    "cyto_response": "1",
    "failure_type": "loss_hi",
    "first_treatment": "hma",
    "hma_agent": "azacitidine",
    "other_agent": "",
    "treatment_response": "pr",
}
REQUIRED = ("patient_id", "failure_date", "last_contact_date", "dead")
ELIGIBILITY = (
    "mds_who2008",
    "del5q_confirmed",
    "higher_risk_disease",
    "len_single_agent",
    "len_maintenance",
    "len_failure_documented",
    "consent",
)


def make_patient(patient_id: str = "A-1", **changes: str) -> dict[str, str]:
    """Return the complete patient with other values in some columns."""
    return {**PATIENT, "patient_id": patient_id, **changes}


def take(patient: dict[str, str], *columns: str) -> dict[str, str]:
    """Return some columns of a patient."""
    return {column: patient[column] for column in columns}


def write_patients(path: Path, *patients: dict[str, str], delimiter: str = ",") -> Path:
    """Write patients of equal columns as a file and return its path."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(patients[0]), delimiter=delimiter)
        writer.writeheader()
        writer.writerows(patients)
    return path
