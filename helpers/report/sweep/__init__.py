"""A hazard ratio under every combination of analytic choices."""

from helpers.report.sweep.plan import SweepPlan, plan_sweep
from helpers.report.sweep.run import SweepEvent, SweepSettings, SweepSummary, run_sweep

__all__ = [
    "SweepEvent",
    "SweepPlan",
    "SweepSettings",
    "SweepSummary",
    "plan_sweep",
    "run_sweep",
]
