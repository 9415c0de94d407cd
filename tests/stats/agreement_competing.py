"""Agreement of the estimators under competing risks with R's cmprsk and survival."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from agreement_ledger import Ledger, as_array
from competing_data import CASES, CAUSES, CompetingData, read_competing
from reference_files import read_reference

from helpers.stats.competing import estimate_cumulative_incidence
from helpers.stats.design import design_from_columns
from helpers.stats.fine_gray import fit_fine_gray
from helpers.stats.gray import compare_cumulative_incidence

ERROR_BAR = 1e-4
LEAST_P = 1e-8  # cuminc gives 1 - pchisq(), exact to about 1e-16
AALEN = ("Cumulative incidence, Aalen's variance", "cuminc")
JACKKNIFE = ("Cumulative incidence, infinitesimal jackknife", "survfit of several states")
GRAY = ("Gray's test", "cuminc")
FINE_GRAY = ("Fine-Gray model", "crr")
GRAY_VARIANTS = ("gray", "gray_stratified", "gray_rho_1")


def add_competing(ledger: Ledger) -> None:
    """Compare incidences, Gray's tests and Fine-Gray models of all data sets and causes."""
    for name, cause in CASES:
        data, reference = read_competing(name), read_reference("competing")[name]
        _add_incidence(ledger, name, data, cause, reference["curve"][cause])
        for variant in GRAY_VARIANTS:
            test = _compare(data, cause, variant)
            _add_gray(ledger, name, test, reference[variant][cause])
        _add_fine_gray(ledger, name, data, cause, reference["fine_gray"][cause])
    data = read_competing("ties")
    group = pd.Series(pd.Categorical(data.group, categories=["a", "b", "c", "d"]))
    test = compare_cumulative_incidence(data.outcome, group)
    _add_gray(ledger, "ties", test, read_reference("competing")["ties"]["gray_empty_arm"])


def _add_incidence(
    ledger: Ledger, name: str, data: CompetingData, cause: str, expected: Any
) -> None:
    times = as_array(expected["time"])
    curve = estimate_cumulative_incidence(data.outcome, cause=CAUSES[cause])
    rows = np.searchsorted(curve.time_months, times, side="right") - 1
    ledger.add((*AALEN, "estimate"), name, curve.incidence[rows], expected["incidence"])
    errors = np.sqrt(as_array(expected["variance"]))
    ledger.add((*AALEN, "standard error"), name, curve.std_error[rows], errors)
    for interval, other in expected["survfit"].items():
        curve = estimate_cumulative_incidence(
            data.outcome,
            cause=CAUSES[cause],
            interval=interval,
            variance="infinitesimal-jackknife",
        )
        for column, quantity in (
            ("incidence", "estimate"),
            ("std_error", "standard error"),
            ("n_at_risk", "at risk"),
        ):
            ledger.add((*JACKKNIFE, quantity), name, getattr(curve, column)[rows], other[column])
        # before the first event of the cause R has no limits on two of the scales
        begun = as_array(other["incidence"]) > 0
        for side in ("lower", "upper"):
            ours = getattr(curve, f"ci_{side}")[rows][begun]
            key = (*JACKKNIFE, "limits: plain, log, log-log")
            ledger.add(key, name, ours, as_array(other[side])[begun])


def _compare(data: CompetingData, cause: str, variant: str) -> Any:
    options = {"gray_stratified": {"strata": data.strata}, "gray_rho_1": {"rho": 1.0}}
    return compare_cumulative_incidence(
        data.outcome, data.group, cause=CAUSES[cause], **options.get(variant, {})
    )


def _add_gray(ledger: Ledger, name: str, test: Any, expected: Any) -> None:
    ledger.add((*GRAY, "statistic"), name, test.statistic, expected["stat"])
    if expected["pv"] > LEAST_P:
        ledger.add((*GRAY, "p"), name, test.p_value, expected["pv"])


def _add_fine_gray(
    ledger: Ledger, name: str, data: CompetingData, cause: str, expected: Any
) -> None:
    design = design_from_columns(data.covariates.to_numpy(), list(data.covariates.columns))
    fit = fit_fine_gray(data.outcome, design, cause=CAUSES[cause])
    ledger.add((*FINE_GRAY, "coefficients"), name, fit.coefficients, expected["coefficients"])
    ledger.add(
        (*FINE_GRAY, "robust standard errors"),
        name,
        fit.std_errors,
        expected["std_errors"],
        bar=ERROR_BAR,
    )
    ours = [fit.log_likelihood_null, fit.log_likelihood]
    theirs = [expected["log_likelihood_null"], expected["log_likelihood"]]
    ledger.add((*FINE_GRAY, "log-likelihoods"), name, ours, theirs)
