"""Cox models with Firth's correction, for covariates that separate and for few events."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import chdtri

from helpers.stats.cox import Ties, check_ties
from helpers.stats.cox_core import evaluate_point
from helpers.stats.cox_guards import check_collinear, check_constant, describe_few_events
from helpers.stats.cox_inference import check_rows, count_levels, infer_terms, standardise
from helpers.stats.cox_result import CoxFit
from helpers.stats.cox_risk_sets import build_risk_sets
from helpers.stats.cox_tests import likelihood_ratio_test, quadratic_test, safe_exp
from helpers.stats.design import Design
from helpers.stats.firth_likelihood import PenalisedLikelihood, PenalisedPoint
from helpers.stats.groups_of_records import code_groups
from helpers.stats.numeric import check_conf_level
from helpers.stats.outcome import SurvivalOutcome

FloatArray = NDArray[np.float64]


def fit_firth(
    outcome: SurvivalOutcome,
    design: Design,
    *,
    ties: Ties = "efron",
    conf_level: float = 0.95,
    strata: ArrayLike | None = None,
) -> CoxFit:
    """Fit a proportional hazards model with Firth's correction.

    Its estimates are finite also where a level has no event, and less biased where events are
    few.

    Parameters
    ----------
    outcome : SurvivalOutcome
        Of n records, as for :func:`helpers.stats.cox.fit_cox`.
    design : Design
        Covariates of the same n records.
    ties : {"efron", "breslow"}, optional
    conf_level : float, optional
        Of the intervals, 0 to 1.
    strata : array_like, shape (n,), optional

    Returns
    -------
    CoxFit
        With method ``Cox, Firth's correction``. The log-likelihoods are the penalised ones.
        `p_values`, `factor_tests` and `lr_test` are penalised likelihood-ratio tests, and the
        intervals are those of the profile of the penalised likelihood; a limit is nan where
        the profile does not reach it. `std_errors`, `z` and `wald_test` come from the
        information at the estimate.

    Raises
    ------
    ParameterError, StatisticsError
        As :func:`helpers.stats.cox.fit_cox`.

    Notes
    -----
    The log partial likelihood is penalised by half the logarithm of the determinant of the
    information. In a test some coefficients are fixed at zero and the others maximise the
    likelihood with the penalty of the whole model. R's package coxphf does the same; it has
    Breslow's ties only, and can differ here where there are ties.

    References
    ----------
    Firth D. Bias reduction of maximum likelihood estimates. Biometrika 1993;80:27-38.
    Heinze G, Schemper M. A solution to the problem of monotone likelihood in Cox regression.
    Biometrics 2001;57:114-9.
    """
    check_conf_level(conf_level)
    check_ties(ties)
    check_rows(outcome, design)
    check_constant(design.matrix, design.names)
    codes = code_groups(strata, "strata", outcome.n_subjects)
    sets = build_risk_sets(outcome, strata=codes, ties=ties)
    X, spread = standardise(sets, design.matrix)
    null = evaluate_point(sets, X, np.zeros(X.shape[1]))
    check_collinear(null.information, design.names)
    likelihood = PenalisedLikelihood(sets, X)
    best = likelihood.maximise()
    covariance = np.linalg.inv(best.information) / np.outer(spread, spread)
    inference = infer_terms(design, best.coefficients / spread, covariance, conf_level=conf_level)
    offset = float(np.log(spread).sum())
    n_terms = len(design.terms)
    null_value = likelihood.evaluate(np.zeros(n_terms)).value
    fit = CoxFit(
        **inference,
        model_covariance=covariance,
        log_likelihood=best.value + offset,
        log_likelihood_null=null_value + offset,
        score_test=quadratic_test("score", null.score, null.information),
        lr_test=_name(likelihood_ratio_test(null_value, best.value, n_terms)),
        level_counts=count_levels(design, outcome),
        n_subjects=outcome.n_subjects,
        n_events=outcome.n_events,
        ties=ties,
        is_robust=False,
        infinite=np.zeros(n_terms, dtype=bool),
        n_iterations=best.n_iterations,
        warnings=(
            *outcome.warnings,
            *design.warnings,
            *describe_few_events(outcome.n_events, n_terms),
        ),
        design=design,
        outcome=outcome,
        method="Cox, Firth's correction",
        strata=codes,
        risk_sets=sets,
        state=best.state,
    )
    return _with_profiles(fit, likelihood, best, spread)


def _with_profiles(
    fit: CoxFit, likelihood: PenalisedLikelihood, best: PenalisedPoint, spread: FloatArray
) -> CoxFit:
    target = best.value - 0.5 * float(chdtri(1, 1.0 - fit.conf_level))
    columns = range(len(spread))
    lower = [likelihood.find_limit(best, column, target, -1.0) for column in columns]
    upper = [likelihood.find_limit(best, column, target, +1.0) for column in columns]
    tests = {
        factor.name: _test_zero(likelihood, best, fit.design.columns_of(factor.name))
        for factor in fit.design.factors
    }
    p_values = [_test_zero(likelihood, best, [column]).p_value for column in columns]
    return replace(
        fit,
        ci_lower=safe_exp(np.array(lower) / spread),
        ci_upper=safe_exp(np.array(upper) / spread),
        p_values=np.array(p_values),
        factor_tests=MappingProxyType(tests),
    )


def _test_zero(likelihood: PenalisedLikelihood, best: PenalisedPoint, columns: list[int]):
    held = np.zeros(len(best.coefficients), dtype=bool)
    held[columns] = True
    start = np.where(held, 0.0, best.coefficients)
    restricted = likelihood.maximise(start, held)
    return _name(likelihood_ratio_test(restricted.value, best.value, len(columns)))


def _name(test):
    return replace(test, method="penalised likelihood ratio")
