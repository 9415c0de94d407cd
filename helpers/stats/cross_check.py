"""The same estimates once more, by lifelines: a second pair of eyes inside every report."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from helpers.errors import StatisticsError
from helpers.stats.cox_result import CoxFit
from helpers.stats.outcome import SurvivalOutcome
from helpers.stats.survival import estimate_kaplan_meier


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """How near two implementations come.

    Attributes
    ----------
    quantity : str
        What was computed twice.
    n_numbers : int
        How many numbers were compared.
    largest_difference : float
        Largest difference, relative to the other number, absolute where that is below 1.
    """

    quantity: str
    n_numbers: int
    largest_difference: float


def check_survival_curve(outcome: SurvivalOutcome) -> Agreement:
    """Compare the Kaplan-Meier curve at all its times with lifelines'.

    Parameters
    ----------
    outcome : SurvivalOutcome
        n patients, without weights.

    Returns
    -------
    Agreement

    References
    ----------
    Davidson-Pilon C (2019). lifelines: survival analysis in Python. J Open Source Softw 4:1317.
    """
    from lifelines import KaplanMeierFitter

    fitted = KaplanMeierFitter().fit(outcome.time_months, outcome.event, entry=outcome.entry_months)
    curve = estimate_kaplan_meier(outcome)
    theirs = fitted.survival_function_at_times(curve.time_months).to_numpy()
    return compare_numbers("Kaplan-Meier estimate at each time", curve.survival, theirs)


def check_log_rank(outcome: SurvivalOutcome, group: Sequence[str], statistic: float) -> Agreement:
    """Compare a log-rank statistic with lifelines'.

    Parameters
    ----------
    outcome : SurvivalOutcome
        n patients.
    group : sequence of str, length n
        Level of each patient.
    statistic : float
        Ours.

    Returns
    -------
    Agreement
    """
    from lifelines.statistics import multivariate_logrank_test

    test = multivariate_logrank_test(outcome.time_months, list(group), outcome.event)
    return compare_numbers("Log-rank statistic", [statistic], [test.test_statistic])


def check_cox_model(fit: CoxFit) -> Agreement:
    """Compare coefficients, standard errors and log-likelihood of a Cox model with lifelines'.

    Parameters
    ----------
    fit : CoxFit
        With Efron's ties, the only ones that lifelines has; neither strata nor weights.

    Returns
    -------
    Agreement

    Raises
    ------
    StatisticsError
        If lifelines does not converge.
    """
    import pandas as pd
    from lifelines import CoxPHFitter
    from lifelines.exceptions import ConvergenceError

    names = [f"term{number}" for number in range(len(fit.terms))]
    frame = pd.DataFrame(fit.design.matrix, columns=names)
    frame["time_months"] = fit.outcome.time_months
    frame["event"] = fit.outcome.event
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            fitted = CoxPHFitter().fit(
                frame, "time_months", "event", fit_options={"precision": 1e-11}
            )
    except ConvergenceError:
        raise StatisticsError("lifelines finds no maximum of the model's likelihood") from None
    ours = np.r_[fit.coefficients, fit.std_errors, fit.log_likelihood]
    theirs = np.r_[
        fitted.params_.to_numpy(), fitted.standard_errors_.to_numpy(), fitted.log_likelihood_
    ]
    return compare_numbers("Cox model: coefficients, standard errors, likelihood", ours, theirs)


def compare_numbers(quantity: str, ours: ArrayLike, theirs: ArrayLike) -> Agreement:
    """Return the largest difference of two sets of numbers.

    Examples
    --------
    >>> compare_numbers("x", [1.0, 200.0], [1.0, 202.0]).largest_difference
    0.009900990099009901
    """
    ours, theirs = np.asarray(ours, dtype=float), np.asarray(theirs, dtype=float)
    scale = np.maximum(np.abs(theirs), 1.0)
    return Agreement(
        quantity=quantity,
        n_numbers=len(ours),
        largest_difference=float(np.max(np.abs(ours - theirs) / scale)),
    )
