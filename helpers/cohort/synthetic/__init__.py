"""The built-in synthetic cohort: how it is drawn, calibrated, checked and written."""

from helpers.cohort.synthetic.plausibility import check_plausibility
from helpers.cohort.synthetic.raw_frame import write_cohort
from helpers.cohort.synthetic.search import SearchProgress, check_checkpoint, read_schedule
from helpers.cohort.synthetic.synthesis import scatter_missing, simulate_cohort, synthesise

__all__ = [
    "SearchProgress",
    "check_checkpoint",
    "check_plausibility",
    "read_schedule",
    "scatter_missing",
    "simulate_cohort",
    "synthesise",
    "write_cohort",
]
