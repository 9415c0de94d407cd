"""Cox's proportional hazards model."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from helpers.errors import ParameterError
from helpers.stats.cox_core import (
    Maximum,
    Point,
    RiskState,
    evaluate_point,
    invert_information,
    maximise_likelihood,
)
from helpers.stats.cox_guards import (
    check_collinear,
    check_constant,
    describe_few_events,
    describe_separation,
    find_infinite,
)
from helpers.stats.cox_inference import (
    check_rows,
    count_levels,
    infer_terms,
    standardise,
)
from helpers.stats.cox_influence import score_residuals, sum_by_cluster
from helpers.stats.cox_result import CoxFit, LevelCount
from helpers.stats.cox_risk_sets import RiskSets, build_risk_sets
from helpers.stats.cox_tests import ModelTest, likelihood_ratio_test, quadratic_test
from helpers.stats.design import Design
from helpers.stats.groups_of_records import code_groups
from helpers.stats.numeric import check_conf_level
from helpers.stats.outcome import SurvivalOutcome

FloatArray = NDArray[np.float64]
Ties = Literal["efron", "breslow"]

__all__ = ["CoxFit", "fit_cox"]


def fit_cox(
    outcome: SurvivalOutcome,
    design: Design,
    *,
    ties: Ties = "efron",
    conf_level: float = 0.95,
    strata: ArrayLike | None = None,
    robust: bool = False,
    cluster: ArrayLike | None = None,
) -> CoxFit:
    """Fit a proportional hazards model.

    Parameters
    ----------
    outcome : SurvivalOutcome
        Of n records; with entry times for left truncation or (start, stop] data, with weights
        for weighted data.
    design : Design
        Covariates of the same n records, see :func:`helpers.stats.design.build_design`.
    ties : {"efron", "breslow"}, optional
        How tied event times are treated.
    conf_level : float, optional
        Of the intervals, 0 to 1.
    strata : array_like, shape (n,), optional
        Stratum of each record; each has its own baseline hazard.
    robust : bool, optional
        Use the variance of Lin and Wei, each record by itself.
    cluster : array_like, shape (n,), optional
        Records that belong together; the robust variance sums over clusters.

    Returns
    -------
    CoxFit

    Raises
    ------
    ParameterError
        If `ties` or `conf_level` is out of its domain.
    StatisticsError
        If lengths differ, there is no event, or a covariate is constant or collinear; the
        message names the column.

    Notes
    -----
    The coefficients maximise the partial likelihood (Newton's method). The model variance is
    the inverse information; the robust one is ``D'D`` of the weighted dfbeta residuals, as in
    R's package survival. With weights that are no whole numbers R turns the robust variance on;
    here that is the caller's choice, and the result carries a warning without it.

    lifelines' ``CoxPHFitter`` gives the same coefficients. It is not used here: a small fit takes
    it some tens of milliseconds, which rules out the bootstrap of a selection.

    References
    ----------
    Cox DR. Regression models and life-tables. J R Stat Soc B 1972;34:187-220.
    Efron B. The efficiency of Cox's likelihood function for censored data. J Am Stat Assoc
    1977;72:557-65.
    Lin DY, Wei LJ. The robust inference for the Cox proportional hazards model. J Am Stat
    Assoc 1989;84:1074-8.

    Examples
    --------
    >>> from helpers.stats.design import design_from_columns
    >>> from helpers.stats.outcome import check_survival_outcome
    >>> outcome = check_survival_outcome([1, 2, 3, 4, 5, 6], [1, 1, 1, 0, 1, 1])
    >>> fit = fit_cox(outcome, design_from_columns([[1], [0], [1], [0], [0], [1]], ["treated"]))
    >>> round(float(fit.hazard_ratios[0]), 3)
    1.106
    """
    _check_arguments(outcome, design, ties, conf_level)
    codes = code_groups(strata, "strata", outcome.n_subjects)
    clusters = code_groups(cluster, "cluster", outcome.n_subjects)
    sets = build_risk_sets(outcome, strata=codes, ties=ties)
    X, spread = standardise(sets, design.matrix)
    null = evaluate_point(sets, X, np.zeros(X.shape[1]))
    check_collinear(null.information, design.names)
    maximum = maximise_likelihood(sets, X, null)
    model_covariance = invert_information(maximum.point.information, sets.event_weight)
    covariance, robust_test = model_covariance, None
    if robust or clusters is not None:
        states = (maximum.point.state, null.state)
        covariance, robust_test = _estimate_robustly(sets, X, states, model_covariance, clusters)
    scale = np.outer(spread, spread)
    is_robust = robust_test is not None
    estimates = (maximum.coefficients / spread, covariance / scale)
    inference = infer_terms(design, *estimates, conf_level=conf_level, is_robust=is_robust)
    infinite = _find_infinite(sets, X, null, maximum, model_covariance)
    counts = count_levels(design, outcome)
    return CoxFit(
        **inference,
        model_covariance=model_covariance / scale,
        log_likelihood=maximum.point.log_likelihood,
        log_likelihood_null=null.log_likelihood,
        score_test=quadratic_test("score", null.score, null.information),
        lr_test=likelihood_ratio_test(
            null.log_likelihood, maximum.point.log_likelihood, len(design.terms)
        ),
        robust_score_test=robust_test,
        level_counts=counts,
        n_subjects=outcome.n_subjects,
        n_events=outcome.n_events,
        ties=ties,
        is_robust=is_robust,
        infinite=infinite,
        n_iterations=maximum.n_iterations,
        warnings=_collect_warnings(outcome, design, infinite, counts, is_robust),
        design=design,
        outcome=outcome,
        strata=codes,
        cluster=clusters,
        risk_sets=sets,
        state=maximum.point.state,
    )


def _estimate_robustly(
    sets: RiskSets,
    X: FloatArray,
    states: tuple[RiskState, RiskState],
    model_covariance: FloatArray,
    clusters: NDArray[np.intp] | None,
) -> tuple[FloatArray, ModelTest]:
    at_maximum, at_null = (score_residuals(sets, state, X) for state in states)
    influence = sum_by_cluster(sets, at_maximum @ model_covariance, clusters)
    scores = sum_by_cluster(sets, at_null, clusters)
    test = quadratic_test("robust score", scores.sum(axis=0), scores.T @ scores, check_rank=True)
    return influence.T @ influence, test


def _find_infinite(
    sets: RiskSets,
    X: FloatArray,
    null: Point,
    maximum: Maximum,
    model_covariance: FloatArray,
) -> NDArray[np.bool_]:
    null_covariance = invert_information(null.information, sets.event_weight)
    errors, null_errors = (np.sqrt(np.diag(C)) for C in (model_covariance, null_covariance))
    return find_infinite(X, maximum.last_step, errors, null_errors)


def _check_arguments(
    outcome: SurvivalOutcome, design: Design, ties: str, conf_level: float
) -> None:
    check_conf_level(conf_level)
    check_ties(ties)
    check_rows(outcome, design)
    check_constant(design.matrix, design.names)


def check_ties(ties: str) -> None:
    """Refuse unknown names of methods for ties.

    Raises
    ------
    ParameterError
    """
    if ties not in ("efron", "breslow"):
        raise ParameterError(
            f"ties must be 'efron' or 'breslow', but was {ties!r}; 'efron' is the better "
            "approximation"
        )


def _collect_warnings(
    outcome: SurvivalOutcome,
    design: Design,
    infinite: NDArray[np.bool_],
    counts: tuple[LevelCount, ...],
    is_robust: bool,
) -> tuple[str, ...]:
    return (
        *outcome.warnings,
        *design.warnings,
        *describe_separation(infinite, design.terms, counts),
        *describe_few_events(outcome.n_events, len(design.terms)),
        *_describe_weights(outcome, is_robust),
    )


def _describe_weights(outcome: SurvivalOutcome, is_robust: bool) -> tuple[str, ...]:
    weights = outcome.weights
    if is_robust or weights is None or bool((weights == np.floor(weights)).all()):
        return ()
    return (
        "the weights are not whole numbers, so the model's standard errors do not hold; use "
        "robust=True",
    )
