"""A fitted model as results: levels, tests, medians, checks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from helpers.analysis.model_data import ModelData
from helpers.analysis.subset import Where, describe_where, get_factor
from helpers.analysis.survival_results import record_median
from helpers.errors import StatisticsError
from helpers.results import Result, ResultSet
from helpers.stats.cox_result import CoxFit
from helpers.stats.diagnostics import test_proportional_hazards
from helpers.stats.factors import Factor
from helpers.stats.outcome import SurvivalOutcome
from helpers.stats.quantiles import estimate_quantile
from helpers.stats.survival import estimate_kaplan_meier
from helpers.stats.treatment.sensitivity import find_detectable_by_error

if TYPE_CHECKING:
    from helpers.cohort import Cohort

#: Key of a number's hazard ratio in results' ids.
SLOPE = "slope"
#: Of a log hazard ratio; beyond it the groups are all but separated.
_LARGEST_ERROR = 10.0


def list_levels(factor: Factor) -> list[tuple[str, str]]:
    """Return keys and labels of a factor's levels; a number has one key for its slope."""
    if factor.is_numeric:
        return [(SLOPE, factor.label)]
    return list(zip(map(str, factor.levels), factor.level_labels, strict=True))


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
        if factor.is_numeric:
            shared = {"n": fit.n_subjects, "events": fit.n_events, "method": method}
            shared |= {"id": f"{prefix}.{SLOPE}", "kind": "hazard_ratio", "label": factor.label}
            yield record_hazard_ratio(fit, positions[factor.name, None], shared)
            continue
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
            yield record_hazard_ratio(fit, positions[factor.name, level], shared)
    for name, test in fit.factor_tests.items():
        yield Result(
            id=f"{set_id}.{names[name]}.test",
            kind="test",
            statistic=test.statistic,
            df=test.df,
            p_value=test.p_value,
            method=f"{test.method} test of the factor",
        )


def record_hazard_ratio(fit: CoxFit, position: int, shared: dict[str, Any]) -> Result:
    """Return the hazard ratio of a term; one without a finite estimate says so.

    Where its test finds nothing at the level of the interval, ``detectable_hr`` among the
    `quantities` is the smallest ratio that it would have found with a power of 80 %.
    """
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
    alpha = 1 - fit.conf_level
    if values["p_value"] < alpha or not 0 < values["std_error"] < _LARGEST_ERROR:
        return Result(conf_level=fit.conf_level, **values, **shared)
    detectable = find_detectable_by_error(values["std_error"], alpha=alpha)
    extra = {**shared.get("quantities", {}), "detectable_hr": detectable}
    return Result(conf_level=fit.conf_level, **values, **{**shared, "quantities": extra})


def make_term_row(
    factor: str, factor_label: str, level: str, label: str, result_id: str
) -> dict[str, Any]:
    """Return a line of the frame ``terms`` for a level that is no reference."""
    return {
        "factor": factor,
        "factor_label": factor_label,
        "level": level,
        "level_label": label,
        "result_id": result_id,
        "is_reference": False,
    }


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
    fit: CoxFit, factors: Sequence[Factor], set_id: str, *, names: Mapping[str, str]
) -> Iterator[Result]:
    """Yield the test of proportional hazards of each factor and of all together."""
    try:
        check = test_proportional_hazards(fit)
    except StatisticsError:
        return
    labels = {factor.name: factor.label for factor in factors}
    tests = {names[name]: (labels[name], test) for name, test in check.factor_tests.items()}
    tests["global"] = ("All factors together", check.global_test)
    for key, (label, test) in tests.items():
        yield Result(
            id=f"{set_id}.ph.{key}",
            kind="test",
            label=label,
            statistic=test.statistic,
            df=test.df,
            p_value=test.p_value,
            method="score test of proportional hazards, Kaplan-Meier scale of time",
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
    event_noun: str,
) -> ResultSet:
    """Return a model's results with the rows of its table."""
    terms = [
        {
            "factor": names[factor.name],
            "factor_label": factor.label,
            "level": level,
            "level_label": label,
            "result_id": f"{set_id}.{names[factor.name]}.{level}",
            "is_reference": level == factor.reference,
        }
        for factor in data.factors
        for level, label in list_levels(factor)
    ]
    return ResultSet.collect(
        set_id,
        results,
        frames={"terms": pd.DataFrame(terms)},
        meta={
            "title": title or f"Model of {endpoint_label.lower()}",
            "population": describe_where(cohort, where),
            "endpoint_label": endpoint_label,
            "event_noun": event_noun,
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
