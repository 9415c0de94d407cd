"""Fine and Gray's model of the hazard of the subdistribution."""

from __future__ import annotations

import numpy as np

from helpers.stats.competing_counts import check_cause
from helpers.stats.cox_guards import (
    check_collinear,
    check_constant,
    describe_few_events,
    describe_separation,
    find_infinite,
)
from helpers.stats.cox_inference import check_rows, count_levels, infer_terms
from helpers.stats.cox_result import CoxFit
from helpers.stats.cox_tests import likelihood_ratio_test, quadratic_test
from helpers.stats.design import Design
from helpers.stats.fine_gray_core import (
    build_weighted_risk_sets,
    evaluate_weighted_state,
    maximise_weighted_likelihood,
    weighted_score_residuals,
)
from helpers.stats.numeric import check_conf_level
from helpers.stats.outcome import CompetingOutcome, SurvivalOutcome


def fit_fine_gray(
    outcome: CompetingOutcome,
    design: Design,
    *,
    cause: int = 1,
    conf_level: float = 0.95,
) -> CoxFit:
    """Fit a proportional hazards model of the subdistribution of one cause.

    Parameters
    ----------
    outcome : CompetingOutcome
        Times and event codes of n patients.
    design : Design
        Covariates of the same n patients, see :func:`helpers.stats.design.build_design`.
    cause : int, default 1
        The event code of interest; every other code above 0 competes.
    conf_level : float, default 0.95
        Of the intervals, 0 to 1.

    Returns
    -------
    CoxFit
        Hazard ratios are of the subdistribution; standard errors, intervals and Wald tests are
        robust. Its `log_likelihood` and `lr_test` are of the weighted (pseudo) likelihood. Its
        `outcome` is the one that concordance is taken from: patients with a competing event
        count as free of the event until the last follow-up of all.

    Raises
    ------
    ParameterError
        If `cause` or `conf_level` is out of its domain.
    StatisticsError
        If lengths differ, there is no event of the cause, or a covariate is constant or
        collinear; the message names the column.

    Notes
    -----
    Patients with a competing event stay at risk with weights from the Kaplan-Meier curve of
    censoring, taken for all patients together: censoring must not depend on the covariates.
    The variance is Fine and Gray's sandwich, with the part that the estimated weights add. Ties
    by Breslow. R's ``cmprsk::crr`` gives the same numbers, unless some patient is censored at
    time 0: there it takes the mean of 1 and G(0) for G(0-), which is 1 here.

    References
    ----------
    Fine JP, Gray RJ (1999). A proportional hazards model for the subdistribution of a
    competing risk. J Am Stat Assoc 94:496-509.
    Wolbers M, Koller MT, Witteman JCM, Steyerberg EW (2009). Prognostic models with competing
    risks. Epidemiology 20:555-561. (Concordance.)

    Examples
    --------
    >>> from helpers.stats.design import design_from_columns
    >>> from helpers.stats.outcome import check_competing_outcome
    >>> outcome = check_competing_outcome([1, 2, 3, 4, 5, 6], [1, 2, 0, 1, 2, 1])
    >>> fit = fit_fine_gray(outcome, design_from_columns([[1], [0], [1], [0], [0], [1]], ["arm"]))
    >>> fit.method, fit.is_robust, fit.n_events
    ('Fine-Gray', True, 3)
    """
    check_conf_level(conf_level)
    cause = check_cause(outcome, cause)
    of_cause = _as_subdistribution(outcome, cause)
    check_rows(of_cause, design)
    check_constant(design.matrix, design.names)
    sets = build_weighted_risk_sets(outcome, cause)
    spread = design.matrix.std(axis=0)
    X = (design.matrix - design.matrix.mean(axis=0)) / spread
    null = evaluate_weighted_state(sets, X, np.zeros(X.shape[1]))
    check_collinear(null.information, design.names)
    beta, state, last_step, n_iterations = maximise_weighted_likelihood(sets, X, null)
    model_covariance = np.linalg.inv(state.information)
    influence = weighted_score_residuals(sets, X, state) @ model_covariance
    scale = np.outer(spread, spread)
    infinite = find_infinite(X, last_step, np.sqrt(np.diag(model_covariance)))
    counts = count_levels(design, of_cause)
    n_terms = len(design.terms)
    return CoxFit(
        **infer_terms(
            design, beta / spread, influence.T @ influence / scale, conf_level=conf_level
        ),
        model_covariance=model_covariance / scale,
        log_likelihood=state.log_likelihood,
        log_likelihood_null=null.log_likelihood,
        score_test=quadratic_test("score", null.score, null.information),
        lr_test=likelihood_ratio_test(null.log_likelihood, state.log_likelihood, n_terms),
        level_counts=counts,
        n_subjects=outcome.n_subjects,
        n_events=of_cause.n_events,
        ties="breslow",
        is_robust=True,
        infinite=infinite,
        n_iterations=n_iterations,
        warnings=(
            *outcome.warnings,
            *design.warnings,
            *describe_separation(infinite, design.terms, counts),
            *describe_few_events(of_cause.n_events, n_terms),
        ),
        design=design,
        outcome=of_cause,
        method="Fine-Gray",
    )


def _as_subdistribution(outcome: CompetingOutcome, cause: int) -> SurvivalOutcome:
    competes = (outcome.event_code != 0) & (outcome.event_code != cause)
    return SurvivalOutcome(
        time_months=np.where(competes, outcome.time_months.max(), outcome.time_months),
        event=outcome.event_code == cause,
        time_name=outcome.time_name,
        event_name=outcome.event_name,
    )
