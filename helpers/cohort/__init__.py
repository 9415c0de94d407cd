"""From a file of patients to one analysis table."""

from helpers.cohort.cohort import Cohort, build_cohort, read_cohort
from helpers.cohort.dictionary import Dictionary, Factor, Variable, read_dictionary
from helpers.cohort.eligibility import FlowStep

__all__ = [
    "Cohort",
    "Dictionary",
    "Factor",
    "FlowStep",
    "Variable",
    "build_cohort",
    "read_cohort",
    "read_dictionary",
]
