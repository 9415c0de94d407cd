"""Incidence of AML with death as a competing event."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import pandas as pd

from helpers.analysis.comparison_results import record_comparison
from helpers.analysis.subset import (
    ENDPOINTS,
    Where,
    describe_where,
    explain_omission,
    find_endpoint,
    get_factor,
    label_groups,
    select_known,
    split_groups,
)
from helpers.analysis.survival_results import tabulate_at_risk
from helpers.results import Result, ResultSet
from helpers.stats.competing import (
    CumulativeIncidence,
    IncidenceProbability,
    estimate_cumulative_incidence,
    incidence_at,
)
from helpers.stats.gray import compare_cumulative_incidence
from helpers.stats.outcome import (
    CompetingOutcome,
    SurvivalOutcome,
    check_competing_outcome,
    check_survival_outcome,
)
from helpers.stats.survival import (
    KaplanMeier,
    SurvivalProbability,
    estimate_kaplan_meier,
    estimate_survival_at,
)

if TYPE_CHECKING:
    from helpers.cohort import Cohort

ESTIMATORS = {
    "cumulative_incidence": "Cumulative incidence (Aalen-Johansen)",
    "one_minus_km": "1 - Kaplan-Meier (deaths censored)",
}


def read_competing(frame: pd.DataFrame, endpoint: str = "aml") -> CompetingOutcome:
    """Return the checked competing-risks outcome of the rows of a table."""
    time, event = ENDPOINTS[endpoint]
    return check_competing_outcome(frame[time], frame[event], time_name=time, code_name=event)


def censor_competing(outcome: CompetingOutcome, *, cause: int = 1) -> SurvivalOutcome:
    """Return the outcome in which every event but those of `cause` censors."""
    return check_survival_outcome(outcome.time_months, outcome.event_code == cause)


@explain_omission
def estimate_incidence(
    cohort: Cohort,
    *,
    set_id: str,
    endpoint: str = "aml",
    by: str | None = None,
    where: Where | None = None,
    title: str = "",
    horizons_months: Sequence[float] = (24,),
    conf_level: float = 0.95,
    axis_step_months: float = 12,
) -> ResultSet:
    """Estimate an incidence twice: with competing deaths, and as 1 - Kaplan-Meier.

    The second is the published convention; it overstates the incidence, because it treats
    who died as still able to progress.

    Parameters
    ----------
    cohort : Cohort
        Whose analysis table is used.
    set_id : str
        Beginning of the results' ids.
    endpoint : str
        Key of :data:`helpers.analysis.subset.ENDPOINTS` with a 0/1/2 event.
    by, where, title, horizons_months, conf_level, axis_step_months
        As in :func:`helpers.analysis.survival.estimate_survival`.

    Returns
    -------
    ResultSet
        ``<id>.<group>.n``, ``<id>.<estimator>.<group>.prob_<h>m``; with two groups or more
        ``<id>.gray``. Frames ``curve`` (column ``estimator``) and ``at_risk``.
    """
    measured = find_endpoint(cohort.terms, endpoint)
    needs = [measured.time, measured.event]
    frame, missing = select_known(cohort, where=where, needs=needs, by=by)
    groups = split_groups(cohort, frame, by)
    labels = label_groups(cohort, groups, by)
    population = describe_where(cohort, where)
    outcomes = {key: read_competing(frame.loc[rows], endpoint) for key, rows in groups.items()}
    results, curves = summarise_incidence(
        outcomes,
        set_id=set_id,
        labels=labels,
        population=population,
        horizons_months=horizons_months,
        conf_level=conf_level,
    )
    if len(groups) > 1:
        results.append(_compare_groups(cohort, frame, by, set_id=set_id, endpoint=endpoint))
    counts = {key: censor_competing(outcome) for key, outcome in outcomes.items()}
    return ResultSet.collect(
        set_id,
        results,
        frames={
            "curve": curves,
            "at_risk": tabulate_at_risk(counts, axis_step_months),
        },
        meta={
            "title": title or measured.label,
            "population": population,
            "endpoint_label": measured.label,
            "time_label": measured.time_label,
            "event_label": cohort.terms.progression_name,
            "groups": labels,
            "estimators": dict(ESTIMATORS),
            "factor_label": get_factor(cohort, by).label if by else "",
            "missing": missing,
            "known_at": get_factor(cohort, by).known_at if by else "",
            "synthetic": cohort.synthetic,
        },
    )


def summarise_incidence(
    outcomes: Mapping[str, CompetingOutcome],
    *,
    set_id: str,
    labels: Mapping[str, str],
    population: str,
    horizons_months: Sequence[float],
    conf_level: float,
) -> tuple[list[Result], pd.DataFrame]:
    """Return size and incidences of each group by both estimators, and the curves."""
    results: list[Result] = []
    curves = []
    total = sum(len(outcome.time_months) for outcome in outcomes.values())
    for key, outcome in outcomes.items():
        survival = estimate_kaplan_meier(censor_competing(outcome), conf_level=conf_level)
        incidence = _estimate_directly(outcome, conf_level=conf_level)
        curves += _make_curves(incidence, survival, key)
        results += _summarise_group(
            incidence,
            survival,
            outcome,
            set_id=set_id,
            group=key,
            label=labels[key],
            total=total,
            population=population,
            horizons_months=horizons_months,
        )
    return results, pd.concat(curves, ignore_index=True)


def _estimate_directly(
    outcome: CompetingOutcome, *, conf_level: float
) -> CumulativeIncidence | None:
    """Return the Aalen-Johansen estimate; None where nobody has the event.

    The incidence is zero then, and so is 1 - Kaplan-Meier, which stands in for it.
    """
    if not (outcome.event_code == 1).any():
        return None
    return estimate_cumulative_incidence(outcome, conf_level=conf_level)


def _make_curves(
    incidence: CumulativeIncidence | None, survival: KaplanMeier, group: str
) -> list[pd.DataFrame]:
    naive = invert_curve(survival.to_frame(group))
    direct = naive if incidence is None else incidence.to_frame(group)
    return [
        direct.assign(estimator="cumulative_incidence"),
        naive.assign(estimator="one_minus_km"),
    ]


def _compare_groups(
    cohort: Cohort, frame: pd.DataFrame, by: str, *, set_id: str, endpoint: str
) -> Result:
    outcome = read_competing(frame, endpoint)
    return record_comparison(
        lambda: compare_cumulative_incidence(outcome, frame[by].astype(str).to_numpy()),
        f"{set_id}.gray",
        n=len(frame),
        label=get_factor(cohort, by).label,
    )


def invert_curve(curve: pd.DataFrame) -> pd.DataFrame:
    """Return 1 - S(t) with its interval for a curve of S(t)."""
    return curve.assign(
        estimate=1 - curve["estimate"],
        ci_lower=1 - curve["ci_upper"],
        ci_upper=1 - curve["ci_lower"],
    )


def _summarise_group(
    incidence: CumulativeIncidence | None,
    survival: KaplanMeier,
    outcome: CompetingOutcome,
    *,
    set_id: str,
    group: str,
    label: str,
    total: int,
    population: str,
    horizons_months: Sequence[float],
) -> Iterator[Result]:
    events = int((outcome.event_code == 1).sum())
    n_subjects = len(outcome.time_months)
    yield Result(
        id=f"{set_id}.{group}.n",
        kind="count",
        label=label,
        estimate=n_subjects,
        n=total,
        events=events,
        quantities={"competing_events": float((outcome.event_code == 2).sum())},
        unit="patients",
        population=population,
    )
    for horizon in horizons_months:
        naive = _turn_over(estimate_survival_at(survival, horizon))
        direct = naive if incidence is None else _read_off(incidence_at(incidence, horizon))
        shared = {
            "label": label,
            "horizon": horizon,
            "n_subjects": n_subjects,
            "events": events,
            "population": population,
            "conf_level": survival.conf_level,
        }
        yield _record_incidence(
            f"{set_id}.cumulative_incidence.{group}.prob_{horizon:g}m",
            direct,
            method="Aalen-Johansen, death as competing event, log-log interval",
            **shared,
        )
        yield _record_incidence(
            f"{set_id}.one_minus_km.{group}.prob_{horizon:g}m",
            naive,
            method="1 - Kaplan-Meier with deaths censored, log-log interval",
            **shared,
        )


def _read_off(at: IncidenceProbability) -> dict[str, float | None]:
    return {name: getattr(at, name) for name in ("estimate", "std_error", "ci_lower", "ci_upper")}


def _turn_over(at: SurvivalProbability) -> dict[str, float | None]:
    """Return 1 - S(t); its limits change places."""
    turned = {"estimate": at.estimate, "ci_lower": at.ci_upper, "ci_upper": at.ci_lower}
    turned = {name: None if value is None else 1 - value for name, value in turned.items()}
    return {**turned, "std_error": at.std_error}


def _record_incidence(
    result_id: str,
    values: Mapping[str, float | None],
    *,
    horizon: float,
    n_subjects: int,
    **fields: object,
) -> Result:
    is_known = values["estimate"] is not None
    return Result(
        id=result_id,
        kind="incidence",
        **values,
        n=n_subjects,
        quantities={"time_months": float(horizon)},
        status="estimated" if is_known else "not_computable",
        reason="" if is_known else f"nobody was followed for {horizon:g} months",
        **fields,
    )
