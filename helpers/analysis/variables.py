"""Which variables stand in which table."""

from __future__ import annotations

TABLE_1_VARIABLES = (
    "age_years",
    "sex",
    "region",
    "source",
    "len_start_year",
    "who_class",
    "therapy_related",
    "haemoglobin_g_dl",
    "platelets_g_l",
    "blasts_pct",
    "del5q_group",
    "tp53",
    "ipss",
    "rbc_td",
    "esa_before",
    "hma_before",
    "len_dose_10",
    "len_schedule",
    "len_esa_combination",
    "len_response",
    "len_duration_months",
)

TREATMENT_TABLE_VARIABLES = (
    "age_years",
    "sex",
    "region",
    "source",
    "who_class",
    "therapy_related",
    "blasts_pct",
    "del5q_group",
    "ipss",
    "rbc_td",
    "esa_before",
    "len_response",
    "len_duration_months",
    "failure_type",
    "comorbidity_score",
)

AVAILABILITY_VARIABLES = (
    *TABLE_1_VARIABLES,
    "blasts_len_pct",
    "comorbidity_score",
    "cyto_response",
    "failure_type",
    "first_treatment",
    "treatment_response",
)

RESPONDERS = {"responders": ("Responders", {"len_response": ("yes",)})}
