"""From a file of patients to one analysis table."""

from helpers.cohort.cohort import Cohort, build_cohort, read_cohort
from helpers.cohort.dictionary import Dictionary, Factor, Variable, read_dictionary
from helpers.cohort.eligibility import FlowStep
from helpers.cohort.factor_names import check_factor_names

__all__ = [
    "Cohort",
    "Dictionary",
    "Factor",
    "FlowStep",
    "Variable",
    "build_cohort",
    "check_factor_names",
    "read_cohort",
    "read_dictionary",
]
