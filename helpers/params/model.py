"""The parameters of a report: every analytic choice, named, typed and checked."""

from __future__ import annotations

import os
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

IntervalMethod = Literal["spss", "log-log", "log", "plain", "arcsin"]
Months = Annotated[float, Field(gt=0, le=600)]
FactorList = Annotated[list[str], Field(min_length=1)]

BASE_DIR_VARIABLE = "LENFAIL_BASE_DIR"


class Params(BaseModel):
    """Parameters of one report; unknown names, wrong types and values out of domain are errors.

    The defaults are the published analysis. Each field's description says what it does and
    in which unit it is; README prints them as a table.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    title: str = Field(
        "Outcome after lenalidomide failure in lower-risk MDS with deletion 5q",
        min_length=1,
        max_length=300,
        description="Title of the manuscript",
    )
    data: str = Field(
        "synthetic",
        min_length=1,
        description="`synthetic` for the built-in cohort, or the path of a CSV file "
        "(relative to the parameter file)",
    )
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
    number_style: Literal["paper", "nejm", "lancet", "jama", "annals"] = Field(
        "paper", description="How p-values, percentages and intervals are printed"
    )
    axis_step_months: float = Field(
        12, gt=0, le=120, description="Distance of the ticks on a survival figure's axis, months"
    )
    min_at_risk: int = Field(
        10, ge=1, le=1000, description="Number at risk below which a curve is drawn grey"
    )
    risk_table: Literal["compact", "extended"] = Field(
        "compact", description="Under a curve: at risk only, or at risk, censored and events"
    )
    seed: int = Field(
        20170517, ge=0, le=2**32 - 1, description="Seed of everything that draws at random"
    )
    formats: list[Literal["html", "pdf"]] = Field(
        ["html", "pdf"], min_length=1, description="Formats of the manuscript and the sections"
    )

    @property
    def cohort_options(self) -> dict[str, Any]:
        """Return the options of :func:`helpers.cohort.read_cohort`."""
        return {
            "base_dir": os.environ.get(BASE_DIR_VARIABLE) or None,
            "age_cut_years": self.age_cut_years,
            "len_duration_cut_months": self.len_duration_cut_months,
            "len_dose_cut_mg": self.len_dose_cut_mg,
        }

    @property
    def factor_lists(self) -> dict[str, list[str]]:
        """Return the lists of factors by parameter."""
        return {
            "univariate_factors": self.univariate_factors,
            "model_factors": self.model_factors,
            "aml_factors": self.aml_factors,
            "treatment_factors": self.treatment_factors,
        }

    @property
    def survival_options(self) -> dict[str, Any]:
        """Return the options of :func:`helpers.analysis.survival.estimate_survival`."""
        return {
            "horizons_months": self.survival_horizons_months,
            "conf_level": self.conf_level,
            "median_interval": self.median_interval,
            "curve_interval": self.curve_interval,
            "axis_step_months": self.axis_step_months,
        }

    @property
    def incidence_options(self) -> dict[str, Any]:
        """Return the options of :func:`helpers.analysis.incidence.estimate_incidence`."""
        return {
            "horizons_months": [self.aml_horizon_months],
            "conf_level": self.conf_level,
            "axis_step_months": self.axis_step_months,
        }

    @property
    def model_options(self) -> dict[str, Any]:
        """Return the options of :func:`helpers.analysis.models.fit_survival_model`."""
        return {
            "ties": self.ties,
            "conf_level": self.conf_level,
            "median_interval": self.median_interval,
        }

    @property
    def incidence_model_options(self) -> dict[str, Any]:
        """Return the options of :func:`helpers.analysis.models.fit_incidence_model`."""
        return {"ties": self.ties, "conf_level": self.conf_level}

    @property
    def selection_options(self) -> dict[str, Any]:
        """Return the options of :func:`helpers.analysis.screen.select_model`."""
        return {
            "direction": self.stepwise,
            "entry_p": self.entry_p,
            "stay_p": self.stay_p,
            "criterion": self.stepwise_criterion,
            "ties": self.ties,
        }

    @property
    def quoted_estimator(self) -> str:
        """Return the key of the AML estimator that the text quotes first."""
        names = {
            "aalen-johansen": "cumulative_incidence",
            "one-minus-kaplan-meier": "one_minus_km",
        }
        return names[self.aml_estimator]

    @property
    def plot_options(self) -> dict[str, Any]:
        """Return the options of the survival figures."""
        return {
            "tick_step_months": self.axis_step_months,
            "min_at_risk": self.min_at_risk,
            "risk_table": self.risk_table,
        }

    @field_validator("formats", "survival_horizons_months", "univariate_factors", "model_factors")
    @classmethod
    def _refuse_repeats(cls, values: list[Any]) -> list[Any]:
        if len(set(values)) != len(values):
            raise ValueError("must not name anything twice")
        return values

    @field_validator(
        "age_cut_years",
        "len_duration_cut_months",
        "len_dose_cut_mg",
        "aml_horizon_months",
        "axis_step_months",
        mode="before",
    )
    @classmethod
    def _accept_whole_numbers(cls, value: Any) -> Any:
        is_whole = isinstance(value, int) and not isinstance(value, bool)
        return float(value) if is_whole else value
