"""Regression models of survival and of AML: hazard ratios level by level."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from helpers.analysis.cox_fits import fit_hazards
from helpers.analysis.incidence import censor_competing, read_competing
from helpers.analysis.model_data import prepare_model
from helpers.analysis.model_results import (
    collect_model,
    record_level_medians,
    record_model,
    record_proportionality,
    record_terms,
)
from helpers.analysis.subset import Where, explain_omission, find_endpoint
from helpers.analysis.survival_results import read_outcome
from helpers.results import ResultSet
from helpers.stats.design import build_design
from helpers.stats.fine_gray import fit_fine_gray

if TYPE_CHECKING:
    from helpers.cohort import Cohort


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
    measured = find_endpoint(cohort.terms, endpoint)
    data = prepare_model(cohort, factors, where=where, needs=[measured.time, measured.event])
    outcome = read_outcome(data.frame, measured)
    design = build_design(data.frame, data.factors)
    fit, words = fit_hazards(outcome, design, ties=ties, conf_level=conf_level)
    names = {factor.name: (rename or {}).get(factor.name, factor.name) for factor in data.factors}
    method = f"Cox model, {words}"
    results = list(record_terms(fit, data.factors, set_id, names=names, method=method))
    results += record_level_medians(
        data, outcome, set_id, names=names, interval=median_interval, conf_level=conf_level
    )
    results.append(record_model(fit, set_id, method=method))
    results += record_proportionality(fit, data.factors, set_id, names=names)
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
        event_noun=measured.event_noun,
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
    measured = find_endpoint(cohort.terms, endpoint)
    data = prepare_model(cohort, factors, where=where, needs=[measured.time, measured.event])
    competing = read_competing(data.frame, endpoint)
    design = build_design(data.frame, data.factors)
    names = {factor.name: factor.name for factor in data.factors}
    if model == "cause_specific":
        outcome = censor_competing(competing)
        fit, words = fit_hazards(outcome, design, ties=ties, conf_level=conf_level)
        method = f"cause-specific Cox model, {words}"
    else:
        fit = fit_fine_gray(competing, design, conf_level=conf_level)
        method = "Fine-Gray model of the subdistribution hazard, robust variance"
    results = list(record_terms(fit, data.factors, set_id, names=names, method=method))
    results.append(record_model(fit, set_id, method=method))
    if model == "cause_specific":
        results += record_proportionality(fit, data.factors, set_id, names=names)
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
        event_noun=measured.event_noun,
    )
