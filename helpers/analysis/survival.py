"""Survival by group: curves, medians, probabilities and their comparison."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from helpers.analysis.comparison_results import record_comparison
from helpers.analysis.immortal import is_settled_late
from helpers.analysis.subset import (
    Endpoint,
    Where,
    describe_where,
    explain_omission,
    find_endpoint,
    get_factor,
    get_label,
    label_groups,
    select_known,
    split_groups,
)
from helpers.analysis.survival_results import (
    INTERVAL_NAMES,
    read_outcome,
    record_median,
    tabulate_at_risk,
)
from helpers.analysis.two_groups import record_two_groups
from helpers.results import Result, ResultSet
from helpers.stats.comparison import compare_survival
from helpers.stats.quantiles import estimate_quantile
from helpers.stats.survival import (
    KaplanMeier,
    estimate_kaplan_meier,
    estimate_survival_at,
)

if TYPE_CHECKING:
    from helpers.cohort import Cohort


@explain_omission
def estimate_survival(
    cohort: Cohort,
    *,
    set_id: str,
    endpoint: str = "os",
    by: str | None = None,
    where: Where | None = None,
    title: str = "",
    horizons_months: Sequence[float] = (12, 24, 60),
    conf_level: float = 0.95,
    median_interval: str = "spss",
    curve_interval: str = "log-log",
    axis_step_months: float = 12,
    alpha: float = 0.05,
) -> ResultSet:
    """Estimate survival, overall or by the levels of a factor.

    Parameters
    ----------
    cohort : Cohort
        Whose analysis table is used.
    set_id : str
        Beginning of the results' ids.
    endpoint : str
        Key of :data:`helpers.analysis.subset.ENDPOINTS`.
    by : str, optional
        Factor whose levels are compared; patients of unknown level are left out.
    where : mapping, optional
        Subset; see :func:`helpers.analysis.subset.select_patients`.
    title : str
        Of the figure.
    horizons_months : sequence of float
        Times of the survival probabilities, in months.
    conf_level : float
        Of every interval.
    median_interval, curve_interval : str
        How the intervals of medians and of probabilities are made.
    axis_step_months : float
        Distance of the times at which numbers at risk are counted, in months.
    alpha : float
        Two-sided level of the hazard ratio that two groups would have shown.

    Returns
    -------
    ResultSet
        ``<id>.<group>.n``, ``.median``, ``.prob_<h>m``; with two groups or more
        ``<id>.logrank``; with two those of
        :func:`helpers.analysis.two_groups.record_two_groups`. Frames ``curve`` and ``at_risk``.
    """
    measured = find_endpoint(cohort.terms, endpoint)
    needs = [measured.time, measured.event]
    frame, missing = select_known(cohort, where=where, needs=needs, by=by)
    groups = split_groups(cohort, frame, by)
    labels = label_groups(cohort, groups, by)
    population = describe_where(cohort, where)
    outcomes = {key: read_outcome(frame.loc[rows], measured) for key, rows in groups.items()}
    fits = {
        key: estimate_kaplan_meier(outcome, conf_level=conf_level, interval=curve_interval)
        for key, outcome in outcomes.items()
    }
    results = [
        result
        for key, fit in fits.items()
        for result in summarise_group(
            fit,
            f"{set_id}.{key}",
            label=labels[key],
            total=len(frame),
            population=population if by is None else f"{population}; {labels[key]}",
            horizons_months=horizons_months,
            median_interval=median_interval,
        )
    ]
    if len(groups) > 1:
        options = {"set_id": set_id, "conf_level": conf_level, "alpha": alpha}
        results += compare_groups(cohort, frame, measured, by, fits, **options)
    return ResultSet.collect(
        set_id,
        results,
        frames={
            "curve": pd.concat([fit.to_frame(key) for key, fit in fits.items()], ignore_index=True),
            "at_risk": tabulate_at_risk(outcomes, axis_step_months),
        },
        meta={
            "title": title or measured.label,
            "population": population,
            "endpoint_label": measured.label,
            "time_label": measured.time_label,
            "event_noun": measured.event_noun,
            "groups": labels,
            "factor_label": get_factor(cohort, by).label if by else "",
            "missing": missing,
            "known_at": get_factor(cohort, by).known_at if by else "",
            "is_immortal": bool(by) and is_settled_late(cohort, by, endpoint),
            "synthetic": cohort.synthetic,
        },
    )


def estimate_subgroups(
    cohort: Cohort, *, factors: Sequence[str], **options: Any
) -> tuple[ResultSet, ...]:
    """Estimate survival by each of several factors.

    Parameters
    ----------
    cohort : Cohort
        Whose analysis table is used.
    factors : sequence of str
        One comparison each.
    **options
        Of :func:`estimate_survival`.

    Returns
    -------
    tuple of ResultSet
        ``os.by.<factor>``.
    """
    return tuple(
        estimate_survival(
            cohort,
            set_id=f"os.by.{name}",
            by=name,
            title=f"{{endpoint}}: {get_label(cohort, name)}",
            **options,
        )
        for name in dict.fromkeys(factors)
    )


def compare_groups(
    cohort: Cohort,
    frame: pd.DataFrame,
    endpoint: Endpoint,
    by: str,
    curves: dict[str, KaplanMeier],
    *,
    set_id: str,
    conf_level: float,
    alpha: float,
) -> list[Result]:
    """Return the log-rank test, and with two groups the hazard ratio and its cautions."""
    outcome = read_outcome(frame, endpoint)
    groups = split_groups(cohort, frame, by)
    results = [
        record_comparison(
            lambda: compare_survival(outcome, frame[by].astype(str).to_numpy()),
            f"{set_id}.logrank",
            n=len(frame),
            events=int(outcome.event.sum()),
            label=get_factor(cohort, by).label,
        )
    ]
    if len(groups) == 2:
        options = {"set_id": set_id, "conf_level": conf_level, "alpha": alpha}
        results += record_two_groups(cohort, frame, outcome, by, curves, **options)
    return results


def summarise_group(
    fit: KaplanMeier,
    prefix: str,
    *,
    label: str,
    total: int,
    population: str,
    horizons_months: Sequence[float],
    median_interval: str,
) -> Iterator[Result]:
    """Yield size, median and probabilities of a group from its curve; `total` of all groups."""
    yield Result(
        id=f"{prefix}.n",
        kind="count",
        label=label,
        estimate=fit.n_subjects,
        n=total,
        events=fit.n_events_total,
        unit="patients",
        population=population,
    )
    yield record_median(
        estimate_quantile(fit, 0.5, interval=median_interval),
        f"{prefix}.median",
        label=label,
        population=population,
    )
    for horizon in horizons_months:
        at = estimate_survival_at(fit, horizon)
        last = float(fit.time_months[-1])
        is_seen = at.estimate is not None and (horizon <= last or at.estimate == 0)
        yield Result(
            id=f"{prefix}.prob_{horizon:g}m",
            kind="probability",
            label=label,
            estimate=at.estimate if is_seen else None,
            std_error=at.std_error if is_seen else None,
            ci_lower=at.ci_lower if is_seen else None,
            ci_upper=at.ci_upper if is_seen else None,
            conf_level=fit.conf_level,
            n=fit.n_subjects,
            events=fit.n_events_total,
            quantities={"time_months": float(horizon), "n_at_risk": float(at.n_at_risk)},
            method=f"Kaplan-Meier, {INTERVAL_NAMES[fit.interval]}",
            population=population,
            status="estimated" if is_seen else "not_computable",
            reason="" if is_seen else f"nobody was followed for {horizon:g} months",
        )
