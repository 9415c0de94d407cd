"""From coefficients and their covariance to rows, tests and counts."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from helpers.errors import StatisticsError
from helpers.stats.cox_result import LevelCount
from helpers.stats.cox_risk_sets import RiskSets
from helpers.stats.cox_tests import normal_quantile, quadratic_test, safe_exp
from helpers.stats.design import Design
from helpers.stats.outcome import SurvivalOutcome

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.intp]


def check_rows(outcome: SurvivalOutcome, design: Design) -> None:
    """Refuse an outcome and a design of different length.

    Raises
    ------
    StatisticsError
    """
    if design.n_subjects != outcome.n_subjects:
        raise StatisticsError(
            f"design must have a row for each of {outcome.n_subjects} records of the outcome, "
            f"but was {design.n_subjects} rows long; select both alike"
        )


def standardise(sets: RiskSets, matrix: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return covariates by position, centred and divided by their spread, and the spread."""
    X = np.take(matrix, sets.rows, axis=0)
    X -= X.mean(axis=0)
    spread = np.sqrt(np.einsum("ij,ij->j", X, X) / len(X))
    spread[spread == 0] = 1.0
    X *= 1.0 / spread
    return X, spread


def infer_terms(
    design: Design,
    coefficients: FloatArray,
    covariance: FloatArray,
    *,
    conf_level: float,
    is_robust: bool = False,
) -> dict[str, Any]:
    """Return the fields of a fit that follow from coefficients and their covariance.

    Parameters
    ----------
    design : Design
        With p terms.
    coefficients : ndarray, shape (p,)
    covariance : ndarray, shape (p, p)
    conf_level : float
    is_robust : bool, optional
        Then the covariance may be singular.

    Returns
    -------
    dict
        terms, coefficients, std_errors, hazard_ratios, ci_lower, ci_upper, z, p_values,
        covariance, conf_level, wald_test, factor_tests.
    """
    std_errors = np.sqrt(np.diag(covariance))
    half_width = normal_quantile(conf_level) * std_errors
    with np.errstate(divide="ignore", invalid="ignore"):
        z = coefficients / std_errors
    return {
        "terms": design.terms,
        "coefficients": coefficients,
        "std_errors": std_errors,
        "hazard_ratios": safe_exp(coefficients),
        "ci_lower": safe_exp(coefficients - half_width),
        "ci_upper": safe_exp(coefficients + half_width),
        "z": z,
        "p_values": 2.0 * ndtr(-np.abs(z)),
        "covariance": covariance,
        "conf_level": conf_level,
        "wald_test": quadratic_test("Wald", coefficients, covariance, check_rank=is_robust),
        "factor_tests": MappingProxyType(
            {
                factor.name: quadratic_test(
                    "Wald",
                    coefficients[columns],
                    covariance[np.ix_(columns, columns)],
                    check_rank=is_robust,
                )
                for factor in design.factors
                for columns in [design.columns_of(factor.name)]
            }
        ),
    }


def count_levels(design: Design, outcome: SurvivalOutcome) -> tuple[LevelCount, ...]:
    """Return records and events of each level of each factor, in the order of its levels."""
    event = outcome.event.astype(np.float64)
    n = design.matrix.sum(axis=0)
    n_events = event @ design.matrix
    counts = []
    for factor in design.factors:
        columns = design.columns_of(factor.name)
        by_level = {design.terms[i].level: (n[i], n_events[i]) for i in columns}
        by_level[factor.reference] = (
            outcome.n_subjects - n[columns].sum(),
            outcome.n_events - n_events[columns].sum(),
        )
        counts.extend(
            LevelCount(
                factor=factor.name,
                level=level,
                is_reference=level == factor.reference,
                n=round(by_level[level][0]),
                n_events=round(by_level[level][1]),
            )
            for level in factor.levels
        )
    return tuple(counts)
