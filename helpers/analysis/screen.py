"""The univariate screen, and the selection of the multivariable model from it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from helpers.analysis.cox_fits import fit_hazards
from helpers.analysis.model_data import ModelData, prepare_model
from helpers.analysis.model_results import list_levels, record_level_medians, record_terms
from helpers.analysis.models import fit_incidence_model
from helpers.analysis.subset import (
    Endpoint,
    Where,
    describe_where,
    explain_omission,
    find_endpoint,
    get_label,
    select_patients,
)
from helpers.analysis.survival_results import read_outcome
from helpers.errors import NotComputableError, StatisticsError
from helpers.results import Result, ResultSet
from helpers.stats.comparison import compare_survival
from helpers.stats.design import build_design

if TYPE_CHECKING:
    from helpers.cohort import Cohort


@explain_omission
def screen_factors(
    cohort: Cohort,
    *,
    set_id: str,
    factors: Sequence[str],
    endpoint: str = "os",
    where: Where | None = None,
    title: str = "Univariate analysis of {endpoint}",
    ties: str = "efron",
    conf_level: float = 0.95,
    median_interval: str = "spss",
    cuts: Mapping[str, float] | None = None,
) -> ResultSet:
    """Compare survival between the levels of each factor, one factor at a time.

    Parameters
    ----------
    cohort : Cohort
        Whose analysis table is used.
    set_id : str
        Beginning of the results' ids.
    factors : sequence of str
        In the order of the table.
    endpoint : str
        Key of :data:`helpers.analysis.subset.ENDPOINTS`.
    where : mapping, optional
        Subset; see :func:`helpers.analysis.subset.select_patients`.
    title : str
        Of the table.
    ties : str
        Of the one-factor Cox models.
    conf_level : float
        Of the intervals.
    median_interval : str
        Of the medians.
    cuts : mapping of str to float, optional
        Lowest value of the upper group, by factor.

    Returns
    -------
    ResultSet
        ``<id>.<factor>.<level>.median``, ``.hr``, ``<id>.<factor>.logrank``; with a cut
        ``<id>.<factor>.cut``. Of a number ``<id>.<factor>.slope.hr`` and ``.test``. Frame
        ``factors``.
    """
    measured = find_endpoint(cohort.terms, endpoint)
    results: list[Result] = []
    rows = []
    left_out = []
    for name in factors:
        try:
            data = prepare_model(cohort, [name], where=where, needs=[measured.time, measured.event])
            made = tuple(
                _screen_one(
                    data,
                    set_id,
                    measured=measured,
                    ties=ties,
                    conf_level=conf_level,
                    median_interval=median_interval,
                    cut=(cuts or {}).get(name),
                )
            )
        except (NotComputableError, StatisticsError) as error:
            left_out.append(_explain(get_label(cohort, name), str(error)))
            continue
        results += made
        factor = data.factors[0]
        rows += [
            {
                "factor": name,
                "factor_label": factor.label,
                "level": level,
                "level_label": label,
                "is_reference": level == factor.reference,
            }
            for level, label in list_levels(factor)
        ]
    if not rows:
        raise NotComputableError("no factor of the screen is known in these data")
    return ResultSet.collect(
        set_id,
        results,
        frames={"factors": pd.DataFrame(rows)},
        meta={
            "title": title,
            "population": describe_where(cohort, where),
            "endpoint_label": measured.label,
            "event_noun": measured.event_noun,
            "groups": {},
            "left_out": left_out,
            "n": len(select_patients(cohort, where=where)),
            "synthetic": cohort.synthetic,
        },
    )


def _screen_one(
    data: ModelData,
    set_id: str,
    *,
    measured: Endpoint,
    ties: str,
    conf_level: float,
    median_interval: str,
    cut: float | None,
) -> Iterator[Result]:
    factor = data.factors[0]
    names = {factor.name: factor.name}
    outcome = read_outcome(data.frame, measured)
    if not factor.is_numeric:
        test = compare_survival(outcome, data.frame[factor.name].astype(str).to_numpy())
        yield Result(
            id=f"{set_id}.{factor.name}.logrank",
            kind="test",
            label=factor.label,
            statistic=test.statistic,
            df=test.df,
            p_value=test.p_value,
            n=len(data.frame),
            missing=data.missing,
            events=int(outcome.event.sum()),
            method=test.method,
        )
    yield from record_level_medians(
        data, outcome, set_id, names=names, interval=median_interval, conf_level=conf_level
    )
    design = build_design(data.frame, data.factors)
    fit, words = fit_hazards(outcome, design, ties=ties, conf_level=conf_level)
    method = f"Cox model of one factor, {words}"
    for result in record_terms(fit, data.factors, set_id, names=names, method=method):
        if result.kind == "hazard_ratio":
            yield _with_id(result, f"{result.id}.hr")
        elif factor.is_numeric:
            yield result
    if cut is not None:
        yield Result(
            id=f"{set_id}.{factor.name}.cut",
            kind="statistic",
            label=factor.label,
            estimate=float(cut),
            quantities={"minimum": float(cut), "maximum": float(np.ceil(cut) - 1)},
            method="lowest value of the upper group; highest whole value of the lower group",
        )


@explain_omission
def screen_incidence(
    cohort: Cohort,
    *,
    set_id: str,
    factors: Sequence[str],
    endpoint: str = "aml",
    where: Where | None = None,
    title: str = "Univariate analysis of the incidence of {progression}",
    ties: str = "efron",
    conf_level: float = 0.95,
) -> ResultSet:
    """Fit a cause-specific Cox model of each factor alone.

    Parameters
    ----------
    cohort, set_id, factors, where, title, ties, conf_level
        As in :func:`screen_factors`.
    endpoint : str
        Key of :data:`helpers.analysis.subset.ENDPOINTS` with a 0/1/2 event.

    Returns
    -------
    ResultSet
        ``<id>.<factor>.<level>`` (hazard ratio) and ``<id>.<factor>.test``. Frame
        ``terms``.
    """
    sets = [
        fit_incidence_model(
            cohort,
            set_id=set_id,
            factors=[name],
            endpoint=endpoint,
            where=where,
            title=title,
            ties=ties,
            conf_level=conf_level,
        )
        for name in factors
    ]
    made = [kept for kept in sets if kept.is_computable]
    if not made:
        raise NotComputableError(sets[0].reason)
    whole_model = (f"{set_id}.model", f"{set_id}.ph.")
    results = [result for kept in made for result in kept if not result.id.startswith(whole_model)]
    left_out = [
        _explain(get_label(cohort, name), kept.reason)
        for name, kept in zip(factors, sets, strict=True)
        if not kept.is_computable
    ]
    terms = pd.concat([kept.frames["terms"] for kept in made], ignore_index=True)
    meta = {**made[0].meta, "left_out": left_out}
    return ResultSet.collect(set_id, results, frames={"terms": terms}, meta=meta)


def _explain(label: str, reason: str) -> str:
    """Return why a factor is left out, its name in front unless the reason begins with it."""
    return reason if reason.startswith(label) else f"{label}: {reason}"


def _with_id(result: Result, new_id: str) -> Result:
    return Result.from_record({**result.to_record(), "id": new_id})
