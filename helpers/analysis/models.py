"""Regression models of survival and of AML: hazard ratios level by level."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from helpers.analysis.incidence import censor_competing, read_competing
from helpers.analysis.subset import (
    ENDPOINTS,
    Where,
    describe_where,
    explain_omission,
    get_factor,
    select_patients,
)
from helpers.analysis.survival import read_outcome, record_median
from helpers.errors import NotComputableError, StatisticsError
from helpers.results import Result, ResultSet
from helpers.stats.cox import CoxFit, fit_cox
from helpers.stats.design import Design, build_design
from helpers.stats.diagnostics import test_proportional_hazards
from helpers.stats.factors import Factor
from helpers.stats.fine_gray import fit_fine_gray
from helpers.stats.outcome import SurvivalOutcome
from helpers.stats.quantiles import estimate_quantile
from helpers.stats.survival import estimate_kaplan_meier

if TYPE_CHECKING:
    from helpers.cohort import Cohort


@dataclass(frozen=True, slots=True)
class ModelData:
    """The patients of a model who have all its covariates.

    Attributes
    ----------
    frame : pandas.DataFrame
        Their rows.
    factors : tuple of Factor
        Only with levels that occur.
    missing : int
        Patients left out because a covariate is not known.
    left_out : tuple of str
        Why a factor of the list is not in the model, a sentence each.
    """

    frame: pd.DataFrame
    factors: tuple[Factor, ...]
    missing: int
    left_out: tuple[str, ...]


def prepare_model(
    cohort: Cohort, factors: Sequence[str], *, where: Where | None, needs: Sequence[str]
) -> ModelData:
    """Return the complete cases of a model and the factors that can enter it.

    A factor that is not in the data, or of which only one level occurs, cannot enter; it
    is left out with the reason.

    Raises
    ------
    NotComputableError
        If no factor can enter, or no patient is left.
    """
    frame = select_patients(cohort, where=where, needs=needs)
    frame = frame.loc[frame[list(needs)].notna().all(axis=1)]
    left_out = []
    present = []
    for name in factors:
        if name not in frame or frame[name].notna().sum() == 0:
            left_out.append(f"{cohort.dictionary.label(name)} is not known.")
        else:
            present.append(name)
    complete = frame.dropna(subset=present)
    usable = []
    for name in present:
        declared = get_factor(cohort, name)
        levels = tuple(level for level in declared.levels if (complete[name] == level).any())
        if len(levels) < 2:
            left_out.append(f"{declared.label} has one level only.")
            continue
        reference = declared.reference if declared.reference in levels else levels[0]
        labels = tuple(declared.levels[level] for level in levels)
        usable.append(Factor(name, levels, reference, declared.label, labels))
    if not usable:
        raise NotComputableError("no factor of the model is known in these data")
    return ModelData(complete, tuple(usable), len(frame) - len(complete), tuple(left_out))


@explain_omission
def fit_survival_model(
    cohort: Cohort,
    *,
    set_id: str,
    factors: Sequence[str],
    endpoint: str = "os",
    where: Where | None = None,
    title: str = "",
    ties: str = "efron",
    conf_level: float = 0.95,
    median_interval: str = "spss",
    rename: Mapping[str, str] | None = None,
) -> ResultSet:
    """Fit a Cox model of a survival endpoint.

    Parameters
    ----------
    cohort : Cohort
        Whose analysis table is used.
    set_id : str
        Beginning of the results' ids.
    factors : sequence of str
        Of the model, in order.
    endpoint : str
        Key of :data:`helpers.analysis.subset.ENDPOINTS`.
    where : mapping, optional
        Subset; see :func:`helpers.analysis.subset.select_patients`.
    title : str
        Of the table.
    ties : str
        ``efron`` or ``breslow``.
    conf_level : float
        Of the intervals.
    median_interval : str
        Of the median survival that stands beside each level.
    rename : mapping of str to str, optional
        Other names of factors in the results' ids.

    Returns
    -------
    ResultSet
        ``<id>.<factor>.<level>`` and ``.median``, ``<id>.<factor>.test``, ``<id>.model``,
        ``<id>.ph.<factor>``, ``<id>.ph.global``. Frame ``terms``.
    """
    measured = ENDPOINTS[endpoint]
    data = prepare_model(cohort, factors, where=where, needs=[measured.time, measured.event])
    outcome = read_outcome(data.frame, measured)
    design = build_design(data.frame, data.factors)
    fit = fit_cox(outcome, design, ties=ties, conf_level=conf_level)
    names = {factor.name: (rename or {}).get(factor.name, factor.name) for factor in data.factors}
    method = f"Cox model, {ties.capitalize()} ties, Wald interval and p"
    results = list(record_terms(fit, data.factors, set_id, names=names, method=method))
    results += record_level_medians(
        data, outcome, set_id, names=names, interval=median_interval, conf_level=conf_level
    )
    results.append(record_model(fit, set_id, method=method))
    results += record_proportionality(fit, outcome, design, data.factors, set_id, names=names)
    return collect_model(
        cohort,
        set_id,
        results,
        data,
        names=names,
        where=where,
        fit=fit,
        title=title,
        endpoint_label=measured.label,
    )


@explain_omission
def fit_incidence_model(
    cohort: Cohort,
    *,
    set_id: str,
    factors: Sequence[str],
    model: str = "cause_specific",
    endpoint: str = "aml",
    where: Where | None = None,
    title: str = "",
    ties: str = "efron",
    conf_level: float = 0.95,
) -> ResultSet:
    """Fit a model of an incidence with a competing event.

    Parameters
    ----------
    cohort, set_id, factors, where, title, ties, conf_level
        As in :func:`fit_survival_model`.
    model : str
        ``cause_specific`` (Cox, competing events censor) or ``fine_gray``
        (subdistribution hazard).
    endpoint : str
        Key of :data:`helpers.analysis.subset.ENDPOINTS` with a 0/1/2 event.

    Returns
    -------
    ResultSet
        As of :func:`fit_survival_model`, without medians; without a check of
        proportionality for ``fine_gray``.
    """
    measured = ENDPOINTS[endpoint]
    data = prepare_model(cohort, factors, where=where, needs=[measured.time, measured.event])
    competing = read_competing(data.frame, endpoint)
    design = build_design(data.frame, data.factors)
    names = {factor.name: factor.name for factor in data.factors}
    if model == "cause_specific":
        outcome = censor_competing(competing)
        fit = fit_cox(outcome, design, ties=ties, conf_level=conf_level)
        method = f"cause-specific Cox model, {ties.capitalize()} ties"
    else:
        fit = fit_fine_gray(competing, design, conf_level=conf_level)
        method = "Fine-Gray model of the subdistribution hazard, robust variance"
    results = list(record_terms(fit, data.factors, set_id, names=names, method=method))
    results.append(record_model(fit, set_id, method=method))
    if model == "cause_specific":
        results += record_proportionality(fit, outcome, design, data.factors, set_id, names=names)
    return collect_model(
        cohort,
        set_id,
        results,
        data,
        names=names,
        where=where,
        fit=fit,
        title=title,
        endpoint_label=measured.label,
    )


def record_terms(
    fit: CoxFit,
    factors: Sequence[Factor],
    set_id: str,
    *,
    names: Mapping[str, str],
    method: str,
) -> Iterator[Result]:
    """Yield the hazard ratio of each level, references among them, and each factor's test."""
    positions = {(term.factor, term.level): i for i, term in enumerate(fit.terms)}
    counts = {(count.factor, count.level): count for count in fit.level_counts}
    for factor in factors:
        prefix = f"{set_id}.{names[factor.name]}"
        for level, label in zip(factor.levels, factor.level_labels, strict=True):
            count = counts[factor.name, level]
            shared = {
                "id": f"{prefix}.{level}",
                "kind": "hazard_ratio",
                "label": label,
                "n": count.n,
                "events": count.n_events,
                "method": method,
            }
            if level == factor.reference:
                yield Result(estimate=1.0, status="reference", **shared)
                continue
            yield _record_hazard_ratio(fit, positions[factor.name, level], shared)
    for name, test in fit.factor_tests.items():
        yield Result(
            id=f"{set_id}.{names[name]}.test",
            kind="test",
            statistic=test.statistic,
            df=test.df,
            p_value=test.p_value,
            method="Wald test of the factor",
        )


def _record_hazard_ratio(fit: CoxFit, position: int, shared: dict[str, Any]) -> Result:
    values = {
        "estimate": float(fit.hazard_ratios[position]),
        "std_error": float(fit.std_errors[position]),
        "ci_lower": float(fit.ci_lower[position]),
        "ci_upper": float(fit.ci_upper[position]),
        "p_value": float(fit.p_values[position]),
    }
    if not all(np.isfinite(value) for value in values.values()):
        return Result(
            status="not_computable",
            reason="the hazard ratio cannot be estimated: the groups are separated by the event",
            **shared,
        )
    return Result(conf_level=fit.conf_level, **values, **shared)


def record_level_medians(
    data: ModelData,
    outcome: SurvivalOutcome,
    set_id: str,
    *,
    names: Mapping[str, str],
    interval: str,
    conf_level: float,
) -> Iterator[Result]:
    """Yield the median survival of each level of each factor."""
    for factor in data.factors:
        column = data.frame[factor.name].to_numpy()
        for level, label in zip(factor.levels, factor.level_labels, strict=True):
            fit = estimate_kaplan_meier(outcome.select(column == level), conf_level=conf_level)
            yield record_median(
                estimate_quantile(fit, 0.5, interval=interval),
                f"{set_id}.{names[factor.name]}.{level}.median",
                label=label,
                population=f"{factor.label}: {label}",
            )


def record_model(fit: CoxFit, set_id: str, *, method: str) -> Result:
    """Return the model as a whole: likelihood ratio test, discrimination, size."""
    quantities = {"n_terms": float(len(fit.terms))}
    if fit.concordance.estimate is not None:
        quantities["concordance"] = float(fit.concordance.estimate)
    quantities["log_likelihood"] = float(fit.log_likelihood)
    quantities["aic"] = float(fit.aic)
    test = fit.lr_test
    return Result(
        id=f"{set_id}.model",
        kind="test",
        statistic=test.statistic,
        df=test.df,
        p_value=test.p_value,
        n=fit.n_subjects,
        events=fit.n_events,
        quantities=quantities,
        method=method,
    )


def record_proportionality(
    fit: CoxFit,
    outcome: SurvivalOutcome,
    design: Design,
    factors: Sequence[Factor],
    set_id: str,
    *,
    names: Mapping[str, str],
) -> Iterator[Result]:
    """Yield the test of proportional hazards of each factor and of all together."""
    try:
        check = test_proportional_hazards(fit, outcome, design)
    except StatisticsError:
        return
    labels = {factor.name: factor.label for factor in factors}
    for test in check.factor_tests:
        yield Result(
            id=f"{set_id}.ph.{names[test.factor]}",
            kind="test",
            label=labels[test.factor],
            statistic=test.statistic,
            df=test.df,
            p_value=test.p_value,
            method=check.method,
        )
    yield Result(
        id=f"{set_id}.ph.global",
        kind="test",
        label="All factors together",
        statistic=check.global_test.statistic,
        df=check.global_test.df,
        p_value=check.global_test.p_value,
        method=check.method,
    )


def collect_model(
    cohort: Cohort,
    set_id: str,
    results: Sequence[Result],
    data: ModelData,
    *,
    names: Mapping[str, str],
    where: Where | None,
    fit: CoxFit,
    title: str,
    endpoint_label: str,
) -> ResultSet:
    """Return a model's results with the rows of its table."""
    terms = [
        {
            "factor": names[factor.name],
            "factor_label": factor.label,
            "level": str(level),
            "level_label": label,
            "result_id": f"{set_id}.{names[factor.name]}.{level}",
            "is_reference": level == factor.reference,
        }
        for factor in data.factors
        for level, label in zip(factor.levels, factor.level_labels, strict=True)
    ]
    return ResultSet.collect(
        set_id,
        results,
        frames={"terms": pd.DataFrame(terms)},
        meta={
            "title": title or f"Model of {endpoint_label.lower()}",
            "population": describe_where(cohort, where),
            "endpoint_label": endpoint_label,
            "groups": {},
            "missing": data.missing,
            "left_out": list(data.left_out),
            "warnings": list(fit.warnings),
            "after_time_zero": [
                get_factor(cohort, factor.name).label
                for factor in data.factors
                if get_factor(cohort, factor.name).known_at == "after_failure"
            ],
            "synthetic": cohort.synthetic,
        },
    )
