"""Residuals of a model over time, and restricted means where its hazards are not proportional."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from helpers.analysis.model_data import ModelData, prepare_model
from helpers.analysis.model_results import record_proportionality
from helpers.analysis.populations import (
    Population,
    describe_whole,
    list_levels,
    tabulate_populations,
)
from helpers.analysis.subset import Where, describe_where, explain_omission, find_endpoint
from helpers.analysis.survival_results import read_outcome
from helpers.analysis.two_groups import record_restricted_means
from helpers.results import Result, ResultSet
from helpers.stats.cox import fit_cox
from helpers.stats.cox_result import CoxFit
from helpers.stats.design import build_design
from helpers.stats.diagnostics import test_proportional_hazards
from helpers.stats.outcome import SurvivalOutcome
from helpers.stats.smoothing import smooth_by_spline
from helpers.stats.survival import estimate_kaplan_meier

if TYPE_CHECKING:
    from helpers.cohort import Cohort

#: More points than this cannot be told apart in a panel.
MOST_POINTS = 1500


@explain_omission
def check_hazards(
    cohort: Cohort,
    *,
    set_id: str,
    factors: Sequence[str],
    endpoint: str = "os",
    where: Where | None = None,
    title: str = "",
    ties: str = "efron",
    conf_level: float = 0.95,
    alpha: float = 0.05,
) -> ResultSet:
    """Look at a Cox model's residuals over time.

    Parameters
    ----------
    cohort, set_id, factors, endpoint, where, title, ties, conf_level
        As in :func:`helpers.analysis.models.fit_survival_model`.
    alpha : float
        Level below which a factor's hazards are taken not to be proportional.

    Returns
    -------
    ResultSet
        ``<id>.ph.<factor>``, ``<id>.ph.global``; for each level of a factor whose hazards are
        not proportional ``<id>.<factor>.<level>.rmst_difference`` against its reference,
        unadjusted. Frame ``residuals``: factor, label, time_months, residual, smooth.
    """
    measured = find_endpoint(cohort.terms, endpoint)
    data = prepare_model(cohort, factors, where=where, needs=[measured.time, measured.event])
    outcome = read_outcome(data.frame, measured)
    fit = fit_cox(outcome, build_design(data.frame, data.factors), ties=ties, conf_level=conf_level)
    names = {factor.name: factor.name for factor in data.factors}
    tests = list(record_proportionality(fit, data.factors, set_id, names=names))
    failing = {
        test.id.removeprefix(f"{set_id}.ph.")
        for test in tests
        if test.p_value is not None and test.p_value < alpha
    }
    means = list(_compare_means(data, outcome, failing, set_id, conf_level))
    return ResultSet.collect(
        set_id,
        [*tests, *means],
        frames={
            "residuals": _tabulate_residuals(fit, data),
            "populations": tabulate_populations(_list_populations(data, outcome, set_id)),
        },
        meta={
            "title": title or f"Model of {measured.label.lower()}",
            "population": describe_where(cohort, where),
            "endpoint_label": measured.label,
            "time_label": measured.time_label,
            "event_noun": measured.event_noun,
            "alpha": alpha,
            "synthetic": cohort.synthetic,
        },
    )


def _list_populations(
    data: ModelData, outcome: SurvivalOutcome, set_id: str
) -> Iterator[Population]:
    """Yield all patients and the levels, behind restricted means and residuals' lines."""
    behind = {
        (factor.name, str(level)): (
            f"{set_id}.{factor.name}.{level}.rmst_difference",
            f"{set_id}.residuals.{factor.label}: {label}",
        )
        for factor in data.factors
        for level, label in zip(factor.levels, factor.level_labels, strict=True)
        if level != factor.reference
    }
    tests = [f"{set_id}.ph.{name}" for name in ("global", *(one.name for one in data.factors))]
    yield describe_whole(outcome, tests)
    yield from list_levels(data.frame, outcome, data.factors, "whole", behind)


def _compare_means(
    data: ModelData, outcome: SurvivalOutcome, names: set[str], set_id: str, conf_level: float
) -> Iterator[Result]:
    """Yield the restricted means of the levels of some factors against the reference."""
    for factor in data.factors:
        if factor.name not in names or factor.is_numeric:
            continue
        column = data.frame[factor.name].to_numpy()
        labels = dict(zip(factor.levels, factor.level_labels, strict=True))
        curves = {
            level: estimate_kaplan_meier(outcome.select(column == level), conf_level=conf_level)
            for level in factor.levels
        }
        for level in factor.levels:
            if level == factor.reference:
                continue
            found = record_restricted_means(
                curves[level],
                curves[factor.reference],
                f"{set_id}.{factor.name}.{level}.rmst_difference",
                label=f"{labels[level]} against {labels[factor.reference]}",
                population=factor.label,
            )
            if found is not None:
                yield found


def _tabulate_residuals(fit: CoxFit, data: ModelData) -> pd.DataFrame:
    """Return the scaled residuals of each term with a smooth line through them."""
    check = test_proportional_hazards(fit)
    residuals = check.residuals
    labels = {factor.name: factor.label for factor in data.factors}
    levels = {
        (factor.name, level): label
        for factor in data.factors
        for level, label in zip(factor.levels, factor.level_labels, strict=True)
    }
    n = len(residuals.time_months)
    kept = np.unique(np.linspace(0, n - 1, min(n, MOST_POINTS)).round().astype(int))
    frames = []
    for column, term in enumerate(fit.terms):
        smooth = smooth_by_spline(check.transformed_time, residuals.scaled[:, column])
        level = levels.get((term.factor, term.level))
        name = f"{labels[term.factor]}: {level}" if level else labels[term.factor]
        frames.append(
            pd.DataFrame(
                {
                    "factor": term.factor,
                    "label": name,
                    "time_months": residuals.time_months[kept],
                    "residual": residuals.scaled[kept, column],
                    "smooth": smooth[kept],
                }
            )
        )
    return pd.concat(frames, ignore_index=True)
