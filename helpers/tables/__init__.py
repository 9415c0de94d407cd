"""Tables made from results."""

from helpers.tables.adjustment import make_balance_table, make_target_trial_table
from helpers.tables.appendix import (
    make_comparison_table,
    make_omitted_table,
    make_parameters_table,
    make_verdict_table,
)
from helpers.tables.characteristics import make_characteristics_table
from helpers.tables.checks import make_ph_table, make_selection_table
from helpers.tables.competing import make_competing_table
from helpers.tables.counts import (
    make_count_table,
    make_response_table,
    make_treatment_table,
)
from helpers.tables.missingness import make_missing_pattern_table, make_missingness_table
from helpers.tables.model import make_model_table
from helpers.tables.robustness import (
    make_centre_table,
    make_imputation_table,
    make_influence_table,
    make_stability_table,
    make_subgroup_table,
)
from helpers.tables.screen import make_screen_table
from helpers.tables.survival import make_incidence_table, make_survival_table
from helpers.tables.treatment import (
    make_immortal_table,
    make_switch_table,
    make_weighting_table,
)

__all__ = [
    "make_balance_table",
    "make_centre_table",
    "make_characteristics_table",
    "make_comparison_table",
    "make_competing_table",
    "make_count_table",
    "make_immortal_table",
    "make_imputation_table",
    "make_incidence_table",
    "make_influence_table",
    "make_missing_pattern_table",
    "make_missingness_table",
    "make_model_table",
    "make_omitted_table",
    "make_parameters_table",
    "make_ph_table",
    "make_response_table",
    "make_screen_table",
    "make_selection_table",
    "make_stability_table",
    "make_subgroup_table",
    "make_survival_table",
    "make_switch_table",
    "make_target_trial_table",
    "make_treatment_table",
    "make_verdict_table",
    "make_weighting_table",
]
