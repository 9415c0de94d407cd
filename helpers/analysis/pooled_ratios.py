"""Hazard ratios of several centres, combined in two ways: random effects, and stratified."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from statistics import NormalDist
from typing import Any

import pandas as pd

from helpers.errors import StatisticsError
from helpers.results import Result, ResultSet
from helpers.stats.cox_tests import normal_quantile
from helpers.stats.meta_analysis import MetaAnalysis, combine_estimates

RANDOM, STRATIFIED, PREDICTION = "random", "stratified", "prediction"
ROW_LABELS = {
    RANDOM: "Random effects",
    STRATIFIED: "Stratified by centre",
    PREDICTION: "A further centre (prediction)",
}
TOO_FEW = "fewer than two centres show their own hazard ratio"


@dataclass(frozen=True, slots=True, kw_only=True)
class Contrast:
    """A level against its reference, or a step of a number.

    Attributes
    ----------
    factor, level : str
        Keys; together the end of the results' ids.
    factor_label, label : str
        Of the factor, and of the comparison.
    """

    factor: str
    level: str
    factor_label: str
    label: str

    @property
    def key(self) -> str:
        """Return the contrast's part of an id."""
        return f"{self.factor}.{self.level}"


@dataclass(frozen=True, slots=True, kw_only=True)
class StratifiedRatio:
    """A hazard ratio of the model stratified by centre.

    Attributes
    ----------
    log_ratio, std_error : float
    n_centres : int
        How many do.
    reason : str
        Why it is not shown; the numbers are not to be read then.
    """

    log_ratio: float = 0.0
    std_error: float = 0.0
    n_centres: int = 0
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PooledRatios:
    """All that is combined of one model.

    Attributes
    ----------
    contrasts : tuple of Contrast
        In order.
    centres : mapping of str to mapping of str to Result
        Hazard ratios by the centre's label and the contrast's key; only those shown.
    stratified : mapping of str to StratifiedRatio
        By the contrast's key.
    published : mapping of str to float
        Printed hazard ratios.
    """

    contrasts: tuple[Contrast, ...]
    centres: Mapping[str, Mapping[str, Result]]
    stratified: Mapping[str, StratifiedRatio] = field(default_factory=dict)
    published: Mapping[str, float] = field(default_factory=dict)


def pool_hazard_ratios(
    given: PooledRatios,
    *,
    set_id: str,
    title: str,
    meta: Mapping[str, Any],
    conf_level: float = 0.95,
) -> ResultSet:
    """Combine the hazard ratios of each contrast.

    Parameters
    ----------
    given : PooledRatios
        Of the centres.
    set_id, title : str
        Of the set.
    meta : mapping
        Endpoint and event, as the centres' sets have them.
    conf_level : float
        Of the intervals.

    Returns
    -------
    ResultSet
        ``<id>.<factor>.<level>.random``, ``.stratified``, ``.heterogeneity`` (estimate tau2,
        statistic Q, `quantities` ``i2``, ``n_centres`` and the limits of the prediction
        interval), ``.centre_<k>`` of each centre that shows it. Frame ``contrasts``.
    """
    results: list[Result] = []
    rows = []
    for contrast in given.contrasts:
        found = list(_pool_one(given, contrast, set_id, conf_level))
        results += found
        rows.append(
            {
                "factor": contrast.factor,
                "factor_label": contrast.factor_label,
                "level": contrast.level,
                "level_label": contrast.label,
                "published": given.published.get(contrast.key),
            }
        )
    return ResultSet.collect(
        set_id,
        results,
        frames={"contrasts": pd.DataFrame(rows)},
        meta={**meta, "title": title, "centres": list(given.centres)},
    )


def _pool_one(
    given: PooledRatios, contrast: Contrast, set_id: str, conf_level: float
) -> Iterator[Result]:
    prefix = f"{set_id}.{contrast.key}"
    logs, errors, n, events = [], [], 0, 0
    for number, (centre, ratios) in enumerate(given.centres.items(), 1):
        result = ratios.get(contrast.key)
        error = None if result is None else find_std_error(result)
        if result is None or error is None or not result.estimate:
            continue
        logs.append(math.log(result.estimate))
        errors.append(error)
        n, events = n + (result.n or 0), events + (result.events or 0)
        record = {**result.to_record(), "id": f"{prefix}.centre_{number}", "label": centre}
        yield Result.from_record(record)
    shared = {"kind": "hazard_ratio", "label": ROW_LABELS[RANDOM], "n": n, "events": events}
    try:
        found = combine_estimates(logs, errors, conf_level=conf_level)
    except StatisticsError:
        reason = {"status": "not_computable", "reason": TOO_FEW}
        yield Result(id=f"{prefix}.{RANDOM}", **shared, **reason)
    else:
        yield from _record_random(found, prefix, shared)
    yield _record_stratified(given.stratified.get(contrast.key), prefix, conf_level)


def find_std_error(result: Result) -> float | None:
    """Return the standard error of a log hazard ratio: half its interval over the quantile.

    The printed interval has three digits, the printed standard error two.
    """
    lower, upper = result.ci_lower, result.ci_upper
    if result.status != "estimated" or not lower or not upper or upper <= lower:
        return None
    z = normal_quantile(result.conf_level or 0.95)
    return (math.log(upper) - math.log(lower)) / (2 * z)


def _record_random(found: MetaAnalysis, prefix: str, shared: Mapping[str, Any]) -> Iterator[Result]:
    method = "random effects, Paule and Mandel's variance between centres, Hartung-Knapp interval"
    yield Result(
        id=f"{prefix}.{RANDOM}",
        estimate=math.exp(found.estimate),
        std_error=found.std_error,
        ci_lower=math.exp(found.ci_lower),
        ci_upper=_exp(found.ci_upper),
        conf_level=found.conf_level,
        p_value=found.p_value,
        quantities={"n_centres": float(found.n_centres)},
        method=method,
        **shared,
    )
    limits = {}
    if found.prediction_lower is not None and found.prediction_upper is not None:
        limits = {
            "prediction_lower": math.exp(found.prediction_lower),
            "prediction_upper": math.exp(min(found.prediction_upper, 700.0)),
        }
        yield Result(
            id=f"{prefix}.{PREDICTION}",
            kind="hazard_ratio",
            label=ROW_LABELS[PREDICTION],
            estimate=math.exp(found.estimate),
            ci_lower=limits["prediction_lower"],
            ci_upper=limits["prediction_upper"],
            conf_level=found.conf_level,
            method="prediction interval, t distribution",
        )
    yield Result(
        id=f"{prefix}.heterogeneity",
        kind="statistic",
        label="Heterogeneity",
        estimate=found.tau2,
        statistic=found.q,
        df=found.q_df,
        p_value=found.q_p_value,
        quantities={"i2": found.i2, "n_centres": float(found.n_centres), **limits},
        method="tau2 by Paule and Mandel, Cochran's Q",
    )


def _record_stratified(given: StratifiedRatio | None, prefix: str, conf_level: float) -> Result:
    shared: dict[str, Any] = {
        "id": f"{prefix}.{STRATIFIED}",
        "kind": "hazard_ratio",
        "label": ROW_LABELS[STRATIFIED],
        "method": "Cox model stratified by centre, from the centres' likelihoods",
    }
    if given is None or given.reason:
        reason = "no centre shares its likelihood" if given is None else given.reason
        return Result(status="not_computable", reason=reason, **shared)
    half = normal_quantile(conf_level) * given.std_error
    return Result(
        estimate=math.exp(given.log_ratio),
        std_error=given.std_error,
        ci_lower=math.exp(given.log_ratio - half),
        ci_upper=_exp(given.log_ratio + half),
        conf_level=conf_level,
        p_value=2 * NormalDist().cdf(-abs(given.log_ratio / given.std_error)),
        quantities={"n_centres": float(given.n_centres)},
        **shared,
    )


def _exp(value: float) -> float:
    return math.exp(min(value, 700.0))
