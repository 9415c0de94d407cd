"""The parameters of a report: every choice, named, typed and checked."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from pydantic import field_validator

from helpers.params.analysis import AnalysisParams
from helpers.params.comparisons import find_comparison_faults, list_comparison_names
from helpers.params.data import DataParams
from helpers.params.manuscript import FormatParams, TitleParams

BASE_DIR_VARIABLE = "LENFAIL_BASE_DIR"


def name_style(parameters: Mapping[str, Any]) -> str:
    """Return the key of the number style that parameters ask for.

    Examples
    --------
    >>> name_style({"number_style": "nejm", "decimal_mark": "comma"})
    'nejm-comma'
    """
    preset = str(parameters.get("number_style", "paper"))
    return f"{preset}-comma" if parameters.get("decimal_mark") == "comma" else preset


class Params(FormatParams, AnalysisParams, DataParams, TitleParams):
    """Parameters of one report; unknown names, wrong types and values out of domain are errors.

    The defaults are the published analysis. Each field's description says what it does and
    in which unit it is; README prints them as a table.
    """

    @property
    def style(self) -> str:
        """Return the key of the number style, see :func:`helpers.formatting.get_style`."""
        return name_style({"number_style": self.number_style, "decimal_mark": self.decimal_mark})

    @property
    def cohort_options(self) -> dict[str, Any]:
        """Return the options of :func:`helpers.cohort.read_cohort`."""
        return {
            "base_dir": os.environ.get(BASE_DIR_VARIABLE) or None,
            "age_cut_years": self.age_cut_years,
            "len_duration_cut_months": self.len_duration_cut_months,
            "len_dose_cut_mg": self.len_dose_cut_mg,
            "source_options": self.source_options,
            "mapping": self.mapping,
            "declarations": {
                "variables": self.variables,
                "factors": self.factors,
                "eligibility": self.eligibility,
                "terms": self.terms,
            },
        }

    @property
    def source_options(self) -> dict[str, str]:
        """Return the options of :func:`helpers.cohort.sources.read_source` that are given."""
        options = {
            "sheet": self.data_sheet,
            "query": self.data_query,
            "encoding": self.data_encoding,
            "delimiter": self.data_delimiter,
            "decimal": self.data_decimal,
            "dictionary": self.data_dictionary,
        }
        return {name: value for name, value in options.items() if value}

    @property
    def cuts(self) -> dict[str, float]:
        """Return the cuts by name."""
        return {
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
            "subgroup_factors": self.subgroup_factors,
            "comparisons": list_comparison_names(self.comparisons),
            "table1_variables": self.table1_variables,
            "treatment_table_variables": self.treatment_table_variables,
        }

    @property
    def subset_levels(self) -> list[tuple[str, str]]:
        """Return each factor and level that the comparisons' subsets name."""
        wheres = (entry.get("where", {}) for entry in self.comparisons)
        return [(name, one) for where in wheres for name, levels in where.items() for one in levels]

    @property
    def survival_options(self) -> dict[str, Any]:
        """Return the options of :func:`helpers.analysis.survival.estimate_survival`."""
        return {
            "horizons_months": self.survival_horizons_months,
            "conf_level": self.conf_level,
            "median_interval": self.median_interval,
            "curve_interval": self.curve_interval,
            "axis_step_months": self.axis_step_months,
            "alpha": self.alpha,
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
    def switch_options(self) -> dict[str, Any]:
        """Return the options of :func:`helpers.analysis.switching.estimate_switch_effect`."""
        return {
            "adjust": self.treatment_factors,
            "landmarks_months": self.landmarks_months,
            "ties": self.ties,
            "conf_level": self.conf_level,
            "curve_interval": self.curve_interval,
            "axis_step_months": self.axis_step_months,
        }

    @property
    def weighting_options(self) -> dict[str, Any]:
        """Return the options of :func:`helpers.analysis.weighting.estimate_weighted_effect`."""
        return {
            "covariates": self.treatment_factors,
            "horizons_months": self.survival_horizons_months,
            "weight_truncation": self.weight_truncation,
            "n_replicates": self.bootstrap_replicates,
            "seed": self.seed,
            "ties": self.ties,
            "conf_level": self.conf_level,
            "alpha": self.alpha,
            "axis_step_months": self.axis_step_months,
        }

    @property
    def imputation_options(self) -> dict[str, Any]:
        """Return the options of :func:`helpers.analysis.imputed.fit_imputed_model`."""
        return {
            "n_imputations": self.imputations,
            "seed": self.seed,
            "ties": self.ties,
            "conf_level": self.conf_level,
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
    def section_options(self) -> dict[str, Any]:
        """Return the options of :func:`helpers.display.open_section`."""
        return {
            "style": self.style,
            "disclosure": self.disclosure,
            "figure_formats": self.figure_formats,
        }

    @property
    def plot_options(self) -> dict[str, Any]:
        """Return the options of the survival figures."""
        return {
            "tick_step_months": self.axis_step_months,
            "min_at_risk": self.min_at_risk,
            "risk_table": self.risk_table,
        }

    @field_validator(
        "formats",
        "figure_formats",
        "survival_horizons_months",
        "landmarks_months",
        "univariate_factors",
        "model_factors",
        "subgroup_factors",
        "table1_variables",
        "treatment_table_variables",
    )
    @classmethod
    def _refuse_repeats(cls, values: list[Any]) -> list[Any]:
        if len(set(values)) != len(values):
            raise ValueError("must not name anything twice")
        return values

    @field_validator("comparisons")
    @classmethod
    def _refuse_unknown_forms(cls, entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
        faults = [
            f"entry {number} {fault}"
            for number, entry in enumerate(entries, 1)
            for fault in find_comparison_faults(entry)
        ]
        if faults:
            raise ValueError("; ".join(faults))
        return entries

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
