"""Agreement of Cox models and what belongs to them with R's survival."""

from __future__ import annotations

from typing import Any

import numpy as np
from agreement_ledger import Ledger
from cox_cases import CASES, as_array, fit_case, prepare_case, read_case, thin
from reference_files import read_data, read_reference
from test_firth import CASES as FIRTH_CASES
from test_firth import prepare as prepare_firth

from helpers.stats import cox_residuals, diagnostics
from helpers.stats.concordance import estimate_uno_concordance
from helpers.stats.cox import CoxFit
from helpers.stats.design import Factor
from helpers.stats.firth import fit_firth
from helpers.stats.outcome import check_survival_outcome
from helpers.stats.selection import select_stepwise

COX = ("Cox model", "coxph")
RESIDUALS = ("Residuals of a Cox model", "residuals(coxph), basehaz")
ZPH = ("Test of proportional hazards", "cox.zph")
HARRELL = ("Harrell's C", "concordance")
UNO = ("Uno's C", 'concordance(timewt = "n/G2")')
FIRTH = ("Cox model with Firth's correction", "maximisation by optim")
STEPWISE = ("Stepwise selection", "loop over coxph")
STEPWISE_LEVELS = {
    "sex": ("f", "m"),
    "edema": (0, 0.5, 1),
    "stage": (1, 2, 3, 4),
    "ascites": (0, 1),
}


def add_cox(ledger: Ledger) -> None:
    """Compare every case of cox.json."""
    for name in CASES:
        fit, expected = fit_case(name), read_case(name)
        data = expected["spec"]["data"]
        _add_fit(ledger, data, fit, expected)
        _add_residuals(ledger, data, fit, expected)
        for transform in expected["zph"]:
            _add_zph(ledger, data, fit, transform, expected["zph"][transform])
        _add_concordance(ledger, data, name, expected["concordance"])


def _add_fit(ledger: Ledger, data: str, fit: CoxFit, expected: Any) -> None:
    ledger.add((*COX, "coefficients"), data, fit.coefficients, expected["coefficients"])
    errors = np.sqrt(np.diag(as_array(expected["covariance"])))
    ledger.add((*COX, "standard errors, model or robust"), data, fit.std_errors, errors)
    for ours, key in ((fit.covariance, "covariance"), (fit.model_covariance, "model_covariance")):
        ledger.add((*COX, "covariance matrices"), data, ours, expected[key], together=True)
    likelihoods = [fit.log_likelihood_null, fit.log_likelihood]
    ledger.add((*COX, "log-likelihoods"), data, likelihoods, expected["log_likelihood"])
    null, full = expected["log_likelihood"]
    tests = [fit.wald_test.statistic, fit.score_test.statistic, fit.lr_test.statistic]
    theirs = [expected["wald"], expected["score"], 2 * (full - null)]
    if expected["robust_score"] is not None:
        tests.append(fit.robust_score_test.statistic)
        theirs.append(expected["robust_score"])
    ledger.add((*COX, "statistics: Wald, score, LR, robust score"), data, tests, theirs)
    by_factor = [fit.factor_tests[factor].statistic for factor in expected["factor_wald"]]
    theirs = list(expected["factor_wald"].values())
    ledger.add((*COX, "statistics: Wald, each factor"), data, by_factor, theirs)


def _add_residuals(ledger: Ledger, data: str, fit: CoxFit, expected: Any) -> None:
    for quantity, ours, key in (
        ("martingale", cox_residuals.compute_martingale_residuals(fit), "martingale"),
        ("deviance", cox_residuals.compute_deviance_residuals(fit), "deviance"),
        ("score", cox_residuals.compute_score_residuals(fit), "score_residuals"),
        ("dfbeta, dfbetas", cox_residuals.compute_dfbeta(fit), "dfbeta"),
        ("dfbeta, dfbetas", cox_residuals.compute_dfbeta(fit, standardised=True), "dfbetas"),
    ):
        ledger.add((*RESIDUALS, quantity), data, thin(ours), expected[key], together=True)
    hazard = cox_residuals.estimate_baseline_hazard(fit)
    baseline = {key: as_array(values) for key, values in expected["baseline"].items()}
    ours = [
        hazard.hazard[(hazard.stratum == stratum - 1) & (hazard.time_months <= time + 1e-9)].max(
            initial=0.0
        )
        for stratum, time in zip(baseline["stratum"], baseline["time"], strict=True)
    ]
    ledger.add((*RESIDUALS, "baseline hazard"), data, ours, baseline["hazard"])


def _add_zph(ledger: Ledger, data: str, fit: CoxFit, transform: str, expected: Any) -> None:
    found = diagnostics.test_proportional_hazards(fit, transform)
    for tests, key in ((found.factor_tests, "by_term"), (found.term_tests, "by_column")):
        rows = [*tests.values(), found.global_test]
        theirs = as_array(expected[key])
        ledger.add((*ZPH, "statistic"), data, [row.statistic for row in rows], theirs[:, 0])
        ledger.add((*ZPH, "p"), data, [row.p_value for row in rows], theirs[:, 2])
    residuals = found.residuals
    stratum = np.zeros(fit.n_subjects) if fit.strata is None else fit.strata
    first = np.nan_to_num(residuals.scaled[:, 0], nan=-np.inf)
    order = np.lexsort((first, residuals.time_months, stratum[residuals.record]))
    ledger.add(
        (*ZPH, "scaled Schoenfeld residuals"),
        data,
        thin(residuals.scaled[order]),
        expected["scaled"],
        together=True,
    )


def _add_concordance(ledger: Ledger, data: str, name: str, expected: Any) -> None:
    fit = fit_case(name)
    found = fit.concordance
    ledger.add((*HARRELL, "estimate"), data, found.estimate, expected["estimate"])
    ledger.add((*HARRELL, "standard error"), data, found.std_error, expected["std_error"])
    pairs = [found.concordant, found.discordant, found.tied_risk, found.tied_time, found.tied_both]
    ledger.add((*HARRELL, "pairs of each kind"), data, pairs, expected["counts"], together=True)
    if "uno" in expected:
        outcome, _, options = prepare_case(name)
        uno = estimate_uno_concordance(
            outcome,
            fit.linear_predictor,
            horizon_months=expected["uno"]["horizon"],
            strata=options["strata"],
        )
        ledger.add((*UNO, "estimate"), data, uno.estimate, expected["uno"]["estimate"])
        ledger.add((*UNO, "standard error"), data, uno.std_error, expected["uno"]["std_error"])


def add_firth(ledger: Ledger) -> None:
    """Compare every case of firth.json."""
    for name in FIRTH_CASES:
        outcome, design, options = prepare_firth(name)
        fit, r = fit_firth(outcome, design, **options), read_reference("firth")["cases"][name]
        data = name.removesuffix("_separated")
        ledger.add((*FIRTH, "coefficients"), data, fit.coefficients, r["coefficients"])
        ledger.add((*FIRTH, "standard errors"), data, fit.std_errors, r["std_errors"])
        likelihoods = [fit.log_likelihood_null, fit.log_likelihood]
        ledger.add(
            (*FIRTH, "penalised log-likelihoods"), data, likelihoods, [r["null"], r["value"]]
        )
        statistics = [test.statistic for test in fit.factor_tests.values()]
        theirs = 2 * (r["value"] - np.array(r["without"]))
        ledger.add((*FIRTH, "penalised likelihood-ratio statistic"), data, statistics, theirs)
        limited = np.array(r["limits"]) - 1
        limits = np.log([fit.ci_lower[limited], fit.ci_upper[limited]])
        ledger.add((*FIRTH, "profile limits, log"), data, limits, [r["lower"], r["upper"]])


def add_selection(ledger: Ledger) -> None:
    """Compare nine paths: three directions by three tests."""
    reference = read_reference("selection")
    frame = read_data("pbc").dropna(subset=reference["offered"])
    outcome = check_survival_outcome(frame["time"], frame["status"] == 2)
    factors = [Factor(name, STEPWISE_LEVELS.get(name, ())) for name in reference["offered"]]
    for path in reference["paths"]:
        found = select_stepwise(
            outcome,
            frame,
            factors,
            direction=path["direction"],
            criterion=path["criterion"],
            entry_p=path["entry"],
            stay_p=path["stay"],
        )
        ours = [(step.action, step.factor) for step in found.steps]
        theirs = [(step["action"], step["factor"]) for step in path["steps"]]
        if ours != theirs:
            raise AssertionError(f"the path {ours} differs from R's {theirs}")
        for quantity, attribute in (("statistic of each step", "statistic"), ("p", "p_value")):
            ledger.add(
                (*STEPWISE, quantity),
                "pbc",
                [getattr(step, attribute) for step in found.steps],
                [step[attribute] for step in path["steps"]],
            )
