"""Parameters of the analysis: cuts, estimators, models, tables."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

IntervalMethod = Literal["spss", "log-log", "log", "plain", "arcsin"]
Months = Annotated[float, Field(gt=0, le=600)]
FactorList = list[str]


class AnalysisParams(BaseModel):
    """Every analytic choice."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    age_cut_years: float = Field(
        75, ge=18, le=110, description="Age from which a patient counts as older, years"
    )
    len_duration_cut_months: float = Field(
        6, gt=0, le=120, description="Lenalidomide exposure that counts as long, months"
    )
    len_dose_cut_mg: float = Field(
        10, gt=0, le=50, description="Initial daily dose that counts as full, mg"
    )
    survival_horizons_months: list[Months] = Field(
        [12, 24, 60],
        min_length=1,
        max_length=10,
        description="Times at which survival probabilities are given, months",
    )
    aml_horizon_months: float = Field(
        24, gt=0, le=600, description="Time at which the incidence of AML is given, months"
    )
    conf_level: float = Field(
        0.95, ge=0.5, le=0.999, description="Confidence level of all intervals, fraction"
    )
    alpha: float = Field(
        0.05, gt=0, lt=0.5, description="Two-sided level at which a result is called significant"
    )
    median_interval: IntervalMethod = Field(
        "spss", description="How the interval of a median survival is made"
    )
    curve_interval: Literal["log-log", "log", "plain", "arcsin"] = Field(
        "log-log", description="How the interval of a survival probability is made"
    )
    ties: Literal["efron", "breslow"] = Field("efron", description="Ties in Cox models")
    stepwise: Literal["none", "forward", "backward", "both"] = Field(
        "forward", description="Selection of the multivariable model's factors"
    )
    entry_p: float = Field(
        0.15, gt=0, le=1, description="p below which a factor enters the multivariable model"
    )
    stay_p: float = Field(
        0.15, gt=0, le=1, description="p below which a factor stays in the multivariable model"
    )
    stepwise_criterion: Literal["wald", "lr", "score"] = Field(
        "score", description="Test that decides on entry and removal"
    )
    aml_estimator: Literal["aalen-johansen", "one-minus-kaplan-meier"] = Field(
        "one-minus-kaplan-meier",
        description="AML estimator quoted first; both are shown",
    )
    univariate_factors: FactorList = Field(
        [
            "age_75",
            "sex",
            "region",
            "source",
            "therapy_related",
            "blasts_excess",
            "adverse_karyotype",
            "second_aberration",
            "rbc_td",
            "ipss",
            "len_dose_10",
            "len_6m",
            "esa_before",
            "hma_before",
            "len_response",
            "progression",
        ],
        description="Factors of the univariate screen, in order",
    )
    model_factors: FactorList = Field(
        ["age_75", "adverse_karyotype", "raeb", "failure_type", "len_response"],
        description="Factors of the multivariable survival model as printed",
    )
    aml_factors: FactorList = Field(
        [
            "adverse_karyotype",
            "raeb",
            "hma_before",
            "age_75",
            "esa_before",
            "len_response",
            "len_6m",
        ],
        description="Factors of the AML model",
    )
    treatment_factors: FactorList = Field(
        ["age_75", "adverse_karyotype", "raeb", "progression"],
        description="Factors that the model of HMA against best supportive care adjusts for",
    )
    landmarks_months: list[Months] = Field(
        [3, 6, 12],
        min_length=1,
        max_length=10,
        description="Landmarks at which groups that are joined later are compared, months",
    )
    weight_truncation: float = Field(
        0.01, ge=0, le=0.2, description="Share of the weights set to a limit on either side"
    )
    bootstrap_replicates: int = Field(
        300, ge=0, le=10000, description="Resamples of every bootstrap; 0 for none"
    )
    imputations: int = Field(
        20, ge=2, le=200, description="Completed data sets of the multiple imputation"
    )
    subgroup_factors: list[str] = Field(
        [], description="Further factors whose survival is shown, each with its figure"
    )
    comparisons: list[dict[str, Any]] = Field(
        [],
        max_length=20,
        description="Further comparisons of survival, each with groups (`by`) and, if wanted, "
        "`endpoint`, `where`, `landmark_months` and `adjust`",
    )
    table1_variables: list[str] = Field(
        [
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
        ],
        min_length=1,
        description="Variables of Table 1, in order",
    )
    treatment_table_variables: list[str] = Field(
        [
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
        ],
        min_length=1,
        description="Variables that are compared between first treatments, in order",
    )
    seed: int = Field(
        20170517, ge=0, le=2**32 - 1, description="Seed of everything that draws at random"
    )
