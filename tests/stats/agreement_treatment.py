"""Agreement of comparisons of treatments and of robustness with R's survival, glm and mice."""

from __future__ import annotations

from typing import Any

import numpy as np
from agreement_ledger import NO_DATA, Ledger, as_array
from reference_files import read_data, read_reference
from treatment_cases import (
    COVARIATES,
    IMPUTED,
    IMPUTED_LEVELS,
    INTERACTIONS,
    STANDARDISED,
    flag,
    read_colon,
    read_colon_missing,
    read_hearts,
    read_institutions,
)

from helpers.stats.cox import fit_cox
from helpers.stats.design import Factor, build_design
from helpers.stats.imputation import estimate_nelson_aalen, impute_covariates
from helpers.stats.interaction import compare_effects
from helpers.stats.landmark import select_landmark
from helpers.stats.outcome import check_survival_outcome
from helpers.stats.rubin import pool_estimates
from helpers.stats.smoothing import smooth_by_spline
from helpers.stats.survival import estimate_kaplan_meier, estimate_survival_at
from helpers.stats.treatment.balance import compare_balance
from helpers.stats.treatment.propensity import fit_propensity, weight_by_propensity
from helpers.stats.treatment.sensitivity import compute_e_value, find_detectable_hazard_ratio
from helpers.stats.treatment.standardised import estimate_baseline_hazard, standardise_survival
from helpers.stats.treatment.switching import (
    compare_switched,
    estimate_simon_makuch,
    split_at_switch,
)
from helpers.stats.validation import validate_selection

TIME_VARYING = ("Cox model, group that changes in time", "coxph(Surv(start, stop, event))")
NAIVE = ("Cox model, ever against never", "coxph")
LANDMARK = ("Cox model from a landmark", "coxph")
MANTEL_BYAR = ("Mantel-Byar test", "coxph(exact) score")
SIMON_MAKUCH = ("Simon-Makuch curves", "survfit(Surv(start, stop, event))")
PROPENSITY = ("Propensity score", "glm(binomial), concordance")
WEIGHTS = ("Weights: IPTW, truncated, ATT, overlap", "formula in treatment.R")
WEIGHTED_COX = ("Weighted Cox model", "coxph(weights, robust)")
WEIGHTED_CURVE = ("Weighted Kaplan-Meier curve", "survfit(weights)")
BALANCE = ("Balance of covariates", "weighted.mean, cov.wt")
STANDARDISED_CURVE = ("Standardised survival, g-formula", "mean of survfit(coxph, newdata)")
E_VALUE = ("E-value", "formula in treatment.R")
DETECTABLE = ("Detectable hazard ratio, Schoenfeld", "formula in treatment.R")
INTERACTION = ("Test of interaction", "difference of coxph log-likelihoods")
CENTRES = ("Cox model, centres", "coxph with strata, cluster, subset")
RUBIN = ("Rubin's rules", "mice: pool.scalar")
NELSON_AALEN = ("Nelson-Aalen estimate", "survfit")
IMPUTATION = ("Multiple imputation, Monte Carlo", "mice: mice, pool")
BOOTSTRAP = ("Bootstrap of screen and selection", "loop over coxph, same resamples")
SMOOTH = ("Spline through Schoenfeld residuals", "lm(ns), as plot.cox.zph")
#: Both sides draw at random: a fifth of a standard error is some Monte Carlo errors.
MONTE_CARLO_BAR = 0.2
HORIZONS = (365, 1096, 1826)


def add_switching(ledger: Ledger) -> None:
    """Compare the Stanford transplant patients: naive, landmarks, time-varying, curves."""
    answer = read_reference("treatment")["switching"]
    outcome, switch = read_hearts()
    records = split_at_switch(outcome, switch)
    _add_fit(ledger, NAIVE, outcome, ~np.isnan(switch), answer["naive"])
    _add_fit(ledger, TIME_VARYING, records.outcome, records.exposed, answer["time_varying"])
    for one in answer["landmarks"]:
        left = select_landmark(outcome, one["at"])
        joined = switch[left.kept] <= one["at"]
        _add_fit(ledger, LANDMARK, left.outcome, joined, one)
        counts = [left.outcome.n_subjects, joined.sum(), left.outcome.n_events]
        theirs = [one[key] for key in ("n", "joined", "events")]
        ledger.add((*LANDMARK, "patients, exposed, events"), "heart", counts, theirs)
    test = compare_switched(records)
    ledger.add((*MANTEL_BYAR, "statistic"), "heart", test.statistic, answer["mantel_byar"])
    curves = estimate_simon_makuch(records)
    for side, name in ((False, "before"), (True, "after")):
        _add_switched_curve(ledger, curves[side], answer[name])


def _add_fit(ledger: Ledger, key: tuple[str, str], outcome: Any, exposed: Any, answer: Any) -> None:
    fit = fit_cox(outcome, flag(exposed))
    ledger.add((*key, "coefficient"), "heart", fit.coefficients, answer["coefficient"])
    ledger.add((*key, "standard error"), "heart", fit.std_errors, answer["std_error"])


def _add_switched_curve(ledger: Ledger, curve: Any, answer: Any) -> None:
    rows = np.searchsorted(curve.time_months, answer["time"])
    for column, quantity in (("survival", "estimate"), ("n_at_risk", "at risk")):
        theirs = answer[column.removeprefix("n_")]
        ledger.add((*SIMON_MAKUCH, quantity), "heart", getattr(curve, column)[rows], theirs)
    # before the first death and at 0 R has no limits
    known = np.isfinite(as_array(answer["lower"])) & (as_array(answer["survival"]) < 1)
    for limit in ("lower", "upper"):
        ours = getattr(curve, f"ci_{limit}")[rows][known]
        theirs = as_array(answer[limit])[known]
        ledger.add((*SIMON_MAKUCH, "limits: log-log"), "heart", ours, theirs)


def add_weighting(ledger: Ledger) -> None:
    """Compare the propensity of fluorouracil in the colon trial and what is weighted by it."""
    answer, colon = read_reference("treatment")["propensity"], read_colon()
    design = build_design(colon, COVARIATES)
    score = fit_propensity(design, colon["treated"])
    ours = [score.intercept, *score.coefficients]
    ledger.add((*PROPENSITY, "coefficients"), "colon", ours, answer["coefficients"])
    ledger.add(
        (*PROPENSITY, "standard errors"), "colon", score.std_errors, answer["std_errors"][1:]
    )
    ledger.add((*PROPENSITY, "c-statistic"), "colon", score.c_statistic, answer["concordance"])
    seen = [score.scores.mean(), score.scores.min(), score.scores.max()]
    theirs = [answer["score"][key] for key in ("mean", "smallest", "largest")]
    ledger.add((*PROPENSITY, "mean, smallest and largest score"), "colon", seen, theirs)
    before = compare_balance(design, colon["treated"])
    ledger.add((*BALANCE, "standardised mean differences"), "colon", before["smd"], answer["smd"])
    for name, expected in answer["weighted"].items():
        kind, _, cut = name.partition("_")
        made = weight_by_propensity(score, kind=kind, truncate=(0.01, 0.99) if cut else None)
        if made.truncation is not None:
            key = (*WEIGHTS, "limits of truncation")
            ledger.add(key, "colon", made.truncation, answer["limits"])
        sizes = [made.effective_size[False], made.effective_size[True]]
        ledger.add((*WEIGHTS, "sums"), "colon", made.weights.sum(), expected["weights_sum"])
        ledger.add((*WEIGHTS, "effective sizes"), "colon", sizes, expected["effective"])
        _add_weighted(ledger, colon, design, made, expected)


def _add_weighted(ledger: Ledger, colon: Any, design: Any, made: Any, expected: Any) -> None:
    outcome = check_survival_outcome(colon["time"], colon["status"], weights=made.weights)
    fit = fit_cox(outcome, flag(colon["treated"]), robust=True)
    ledger.add((*WEIGHTED_COX, "coefficient"), "colon", fit.coefficients, expected["coefficient"])
    ledger.add(
        (*WEIGHTED_COX, "robust standard error"), "colon", fit.std_errors, expected["std_error"]
    )
    seen = []
    for group in (0, 1):
        curve = estimate_kaplan_meier(outcome.select((colon["treated"] == group).to_numpy()))
        seen += [estimate_survival_at(curve, time).estimate for time in HORIZONS]
    ledger.add((*WEIGHTED_CURVE, "estimate"), "colon", seen, expected["survival"])
    balance = compare_balance(design, colon["treated"], weights=made.weights)
    if made.kind != "overlap":  # there they are exactly 0
        key = (*BALANCE, "standardised mean differences")
        ledger.add(key, "colon", balance["smd"], expected["smd"], together=True)
    numbers = balance["variance_ratio"].notna().to_numpy()
    theirs = np.array(expected["variance_ratio"])[numbers]
    key = (*BALANCE, "variance ratios")
    ledger.add(key, "colon", balance["variance_ratio"][numbers], theirs)


def add_standardised(ledger: Ledger) -> None:
    """Compare survival had all patients of the colon trial had one treatment."""
    colon = read_colon()
    outcome = check_survival_outcome(colon["time"], colon["status"])
    for ties, answer in read_reference("treatment")["standardised"].items():
        fit = fit_cox(outcome, build_design(colon, STANDARDISED), ties=ties)
        at = as_array(answer["at"])
        for group, name in ((0, "untreated"), (1, "treated")):
            ours = standardise_survival(fit, "treated", group, at)
            ledger.add((*STANDARDISED_CURVE, "estimate"), "colon", ours, answer[name])
        times, hazard = estimate_baseline_hazard(fit)
        reached = hazard[np.searchsorted(times, at, side="right") - 1]
        key = (*STANDARDISED_CURVE, "baseline hazard, Efron and Breslow")
        ledger.add(key, "colon", reached, answer["hazard"])


def add_sensitivity(ledger: Ledger) -> None:
    """Compare E-values and detectable hazard ratios with their formulas in R."""
    answer = read_reference("treatment")
    expected = answer["e_values"]
    for name in ("rare", "common"):
        made = [
            compute_e_value(one["hr"], one["lower"], one["upper"], common=name == "common")
            for one in expected["ratios"]
        ]
        estimates = [one.estimate for one in made]
        ledger.add((*E_VALUE, "of the estimate"), NO_DATA, estimates, expected[name])
        limits = [one.limit for one in made]
        ledger.add((*E_VALUE, "of the limit"), NO_DATA, limits, expected[f"{name}_limit"])
    rows = answer["detectable"]
    ours = [
        find_detectable_hazard_ratio(one["events"], one["share"], alpha=one["alpha"])
        for one in rows
    ]
    ledger.add((*DETECTABLE, "ratio"), NO_DATA, ours, [one["ratio"] for one in rows])


def add_robustness(ledger: Ledger) -> None:
    """Compare interactions, centres, the whole selection's bootstrap and the drawn spline."""
    answer, colon = read_reference("treatment"), read_colon()
    outcome = check_survival_outcome(colon["time"], colon["status"])
    for name, factor in INTERACTIONS.items():
        design = build_design(colon, [Factor("treated", (0, 1)), factor])
        test = compare_effects(outcome, design, "treated", name)
        theirs = answer["interactions"][name]
        ledger.add((*INTERACTION, "statistic"), "colon", test.statistic, theirs["statistic"])
        ledger.add((*INTERACTION, "degrees of freedom"), "colon", test.df, theirs["df"])
    _add_centres(ledger, answer["centres"])
    _add_bootstrap(ledger, read_reference("validation"))
    for one in answer["smooth"]["lines"]:
        line = smooth_by_spline(answer["smooth"]["x"], answer["smooth"]["y"], df=one["df"])
        ledger.add((*SMOOTH, "line"), "veteran", line, one["line"], together=True)


def _add_centres(ledger: Ledger, answer: Any) -> None:
    frame, outcome, design = read_institutions()
    centres = frame["inst"].to_numpy()
    for name, options in (
        ("ignored", {}),
        ("stratified", {"strata": centres}),
        ("clustered", {"cluster": centres}),
    ):
        fit = fit_cox(outcome, design, **options)
        ledger.add(
            (*CENTRES, "coefficients"), "lung", fit.coefficients, answer[name]["coefficients"]
        )
        errors = answer[name]["std_errors"]
        ledger.add((*CENTRES, "standard errors"), "lung", fit.std_errors, errors)
    without = [
        fit_cox(outcome.select(centres != one), design.take(np.flatnonzero(centres != one)))
        for one in np.unique(centres)
    ]
    ratios = np.array([fit.hazard_ratios for fit in without])
    for ours, name in ((ratios.min(axis=0), "lowest"), (ratios.max(axis=0), "highest")):
        ledger.add((*CENTRES, "range with one left out"), "lung", ours, answer[name])


def _add_bootstrap(ledger: Ledger, answer: Any) -> None:
    frame = read_data("pbc").dropna(subset=answer["offered"]).reset_index(drop=True)
    levels = {"sex": ("f", "m"), "edema": (0, 0.5, 1)}
    factors = [Factor(name, levels.get(name, ()), label=name) for name in answer["offered"]]
    made = validate_selection(
        check_survival_outcome(frame["time"], frame["status"] == 2),
        frame,
        factors,
        screen_p=0.10,
        entry_p=0.05,
        resamples=answer["rows"],
    )
    ours = [made.frequencies[name] for name in answer["offered"]]
    theirs = [answer["frequencies"][name] for name in answer["offered"]]
    ledger.add((*BOOTSTRAP, "inclusion frequencies"), "pbc", ours, theirs)
    ours = [made.apparent_c, made.corrected_c, made.optimism]
    theirs = [answer[key] for key in ("apparent_c", "corrected_c", "optimism")]
    ledger.add((*BOOTSTRAP, "C apparent, corrected; optimism"), "pbc", ours, theirs)
    ledger.add((*BOOTSTRAP, "calibration slope"), "pbc", made.calibration_slope, answer["slope"])


def add_imputation(ledger: Ledger) -> None:
    """Compare pooling exactly, and the imputation itself within its Monte Carlo error."""
    answer = read_reference("treatment")["rubin"]
    for pooled, complete in zip(answer["pooled"], (np.inf, answer["complete_df"]), strict=True):
        made = pool_estimates(answer["estimates"], answer["variances"], complete_df=complete)
        for quantity, ours, key in (
            ("estimate", made.estimate, "estimate"),
            ("total variance", made.std_error**2, "variance"),
            ("degrees of freedom", made.df, "df"),
            ("missing information", made.missing_information, "fmi"),
        ):
            ledger.add((*RUBIN, quantity), NO_DATA, ours, [one[key] for one in pooled])
    frame, outcome = read_colon_missing()
    answer = read_reference("imputation")
    hazard = estimate_nelson_aalen(outcome)[:20]
    ledger.add((*NELSON_AALEN, "cumulative hazard"), "colon", hazard, answer["hazard"])
    completed = impute_covariates(frame, outcome, levels=IMPUTED_LEVELS, n_imputations=40, seed=3)
    fits = [fit_cox(outcome, build_design(one, IMPUTED)) for one in completed]
    made = pool_estimates(
        [fit.coefficients for fit in fits], [np.diag(fit.covariance) for fit in fits]
    )
    errors = as_array(answer["std_error"])
    away = (made.estimate - as_array(answer["estimate"])) / errors
    ledger.add(
        (*IMPUTATION, "coefficients, in standard errors"),
        "colon_missing",
        away,
        np.zeros(len(away)),
        bar=MONTE_CARLO_BAR,
    )
    key = (*IMPUTATION, "standard errors")
    ledger.add(key, "colon_missing", made.std_error, errors, bar=MONTE_CARLO_BAR)
