"""Agreement of survival curves, what is read from them, and log-rank tests with R."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from agreement_ledger import Ledger, as_array
from reference_files import read_data, read_reference
from survival_cases import CASES, UNWEIGHTED

from helpers.stats.comparison import compare_survival, compare_survival_pairwise
from helpers.stats.landmark import estimate_landmark_survival
from helpers.stats.outcome import check_survival_outcome
from helpers.stats.quantiles import estimate_quantile
from helpers.stats.restricted_mean import compare_restricted_means, estimate_restricted_mean
from helpers.stats.significance import TestResult
from helpers.stats.survival import (
    count_at_risk,
    estimate_follow_up,
    estimate_kaplan_meier,
    estimate_kaplan_meier_by_group,
    estimate_survival_at,
)

SCALES = ("plain", "log", "log-log", "arcsin")
LIMITS = "limits: plain, log, log-log, arcsin"
COUNTS = ("n_at_risk", "n_events", "n_censored")
CURVE = ("Kaplan-Meier curve", "survfit")
AT_TIME = ("Survival at a time", "summary(survfit, times)")
QUANTILE = ("Median and quartiles", "print(survfit), quantile(survfit)")
FOLLOW_UP = ("Median follow-up, reverse Kaplan-Meier", "survfit")
MEAN = ("Restricted mean", "print(survfit, rmean)")
MEANS = ("Difference and ratio of restricted means", "print(survfit, rmean)")
LANDMARK = ("Survival from a landmark", "survfit")
LOGRANK = ("Log-rank test", "survdiff")
STRATIFIED = ("Log-rank test, stratified", "survdiff")
WEIGHTED = ("Weighted log-rank tests", "survdiff(rho), loop over event times")
TREND = ("Log-rank test for trend", "loop over event times")
LATE = ("Log-rank test, late entry", "coxph(exact) score, loop over event times")
PAIRS = ("Pairwise log-rank tests", "survdiff, p.adjust")
WEIGHTINGS = {
    "peto-peto": "peto-peto",
    "peto-peto-modified": "peto-peto-modified",
    "gehan-breslow": "gehan-breslow",
    "tarone-ware": "tarone-ware",
    "fleming-harrington 0.5 0": ("fleming-harrington", 0.5, 0),
    "fleming-harrington 0 1": ("fleming-harrington", 0, 1),
    "fleming-harrington 1 1": ("fleming-harrington", 1, 1),
}


def add_curves(ledger: Ledger) -> None:
    """Compare everything that comes from one curve, case by case."""
    for name, case in CASES.items():
        reference = read_reference("survival")["curves"][name]
        outcome = case.outcome
        curves = {scale: estimate_kaplan_meier(outcome, interval=scale) for scale in SCALES}
        _add_curve(ledger, case.data, curves, reference["curve"])
        _add_times(ledger, case.data, curves["log-log"], reference["at_times"])
        if name in UNWEIGHTED:
            counts = count_at_risk(outcome, reference["at_times"]["time"])
            key = (*AT_TIME, "patients at risk, events, censored")
            ledger.add(
                key, case.data, counts[list(COUNTS)].T, [reference["at_times"][c] for c in COUNTS]
            )
        _add_quantiles(ledger, name, curves, reference["quantiles"])
        found, expected = estimate_follow_up(outcome), reference["follow_up"]
        ledger.add((*FOLLOW_UP, "estimate"), case.data, found.estimate, expected["estimate"])
        limits = [found.ci_lower, found.ci_upper]
        ledger.add(
            (*FOLLOW_UP, "limits"), case.data, limits, [expected["lower"], expected["upper"]]
        )
        expected = reference["restricted_mean"]
        mean = estimate_restricted_mean(curves["log-log"], expected["horizon"])
        ledger.add((*MEAN, "estimate"), case.data, mean.estimate, expected["estimate"])
        ledger.add((*MEAN, "standard error"), case.data, mean.std_error, expected["std_error"])


def _add_curve(ledger: Ledger, data: str, curves: dict[str, Any], expected: Any) -> None:
    curve = curves["log-log"]
    times = as_array(expected["time"])
    rows = np.abs(curve.time_months[:, None] - times).argmin(axis=0)
    # records of weight zero have a row in R and none here
    found = np.isclose(curve.time_months[rows], times, rtol=1e-9)
    names = {"survival": "estimate", "std_error": "standard error"}
    names |= dict.fromkeys(COUNTS, "at risk, events, censored")
    for column, quantity in names.items():
        ours = getattr(curve, column)[rows[found]]
        ledger.add((*CURVE, quantity), data, ours, as_array(expected[column])[found])
    # before the first event R has no log-log and arcsin limits
    begun = found & (curve.survival[rows] < 1)
    for scale, other in curves.items():
        for side in ("lower", "upper"):
            ours = getattr(other, f"ci_{side}")[rows[begun]]
            theirs = as_array(expected["limits"][scale][side])[begun]
            ledger.add((*CURVE, LIMITS), data, ours, theirs)


def _add_times(ledger: Ledger, data: str, curve: Any, expected: Any) -> None:
    for i, time in enumerate(expected["time"]):
        found = estimate_survival_at(curve, time)
        ledger.add((*AT_TIME, "estimate"), data, found.estimate, expected["estimate"][i])
        if 0 < found.estimate < 1:
            ledger.add(
                (*AT_TIME, "standard error"), data, found.std_error, expected["std_error"][i]
            )
            theirs = [expected["lower"][i], expected["upper"][i]]
            ledger.add(
                (*AT_TIME, "limits: log-log"), data, [found.ci_lower, found.ci_upper], theirs
            )


def _add_quantiles(ledger: Ledger, name: str, curves: dict[str, Any], reference: Any) -> None:
    data = CASES[name].data
    for scale, curve in curves.items():
        expected = reference[scale]
        wanted = {0.5: expected["printed_median"]}
        if name != "pbc_age":  # a limit that is not monotone: R's print and quantile differ
            columns = [expected["estimate"], expected["lower"], expected["upper"]]
            wanted |= {q: [column[i] for column in columns] for q, i in ((0.25, 0), (0.75, 2))}
        for q, numbers in wanted.items():
            found = estimate_quantile(curve, q)
            ledger.add((*QUANTILE, "estimate"), data, found.estimate, numbers[0])
            ledger.add((*QUANTILE, LIMITS), data, [found.ci_lower, found.ci_upper], numbers[1:])


def add_restricted_means_and_landmark(ledger: Ledger) -> None:
    """Compare two arms of veteran by their means, and lung from its 180th day."""
    veteran, expected = read_data("veteran"), read_reference("survival")["restricted_difference"]
    outcome = check_survival_outcome(veteran["time"], veteran["status"])
    curves = estimate_kaplan_meier_by_group(outcome, veteran["trt"])
    found = compare_restricted_means(curves[1], curves[2], 300)
    for quantity, pairs in {
        "estimate": [(found.difference, "difference"), (found.ratio, "ratio")],
        "standard error": [(found.std_error, "std_error")],
        "p": [(found.p_value, "p_value")],
        "limits": [(found.ratio_ci_lower, "ratio_lower"), (found.ratio_ci_upper, "ratio_upper")],
    }.items():
        for ours, key in pairs:
            ledger.add((*MEANS, quantity), "veteran", ours, expected[key])
    lung, expected = read_data("lung"), read_reference("survival")["landmark"]
    outcome = check_survival_outcome(lung["time"], lung["status"] == 2)
    found = estimate_landmark_survival(outcome, landmark_months=180, time_months=365)
    for quantity, ours, keys in (
        ("estimate", [found.estimate], ["estimate"]),
        ("standard error", [found.std_error], ["std_error"]),
        ("limits: log-log", [found.ci_lower, found.ci_upper], ["lower", "upper"]),
    ):
        ledger.add((*LANDMARK, quantity), "lung", ours, [expected[key] for key in keys])


def add_tests(ledger: Ledger) -> None:
    """Compare log-rank tests of every kind."""
    for name in UNWEIGHTED:
        case, expected = CASES[name], read_reference("survival")["tests"][name]
        frame, outcome = case.frame, case.outcome
        group = frame[case.group]
        plain = compare_survival(outcome, group)
        _add_test(ledger, LATE if case.entry else LOGRANK, case.data, plain, expected["logrank"])
        if "score" in expected:
            ledger.add((*LATE, "statistic"), case.data, plain.statistic, expected["score"])
        for key, weighting in WEIGHTINGS.items():
            if key in expected:
                test = compare_survival(outcome, group, weighting=weighting)
                _add_test(ledger, WEIGHTED, case.data, test, expected[key])
        trend = compare_survival(outcome, group, trend_scores=range(1, group.nunique() + 1))
        _add_test(ledger, TREND, case.data, trend, expected["trend"])
        if case.strata:
            for key in ("logrank", "peto-peto"):
                test = compare_survival(outcome, group, strata=frame[case.strata], weighting=key)
                wanted = expected["stratified" if key == "logrank" else f"stratified {key}"]
                _add_test(ledger, STRATIFIED, case.data, test, wanted)
        if len(expected.get("pairwise", {}).get("pairs", [])) > 1:
            _add_pairs(ledger, case.data, outcome, group, expected["pairwise"])
    _add_empty_arm(ledger)


def _add_test(
    ledger: Ledger, kind: tuple[str, str], data: str, test: TestResult, expected: Any
) -> None:
    ledger.add((*kind, "statistic"), data, test.statistic, expected["statistic"])
    ledger.add((*kind, "p"), data, test.p_value, expected["p_value"])
    ours = [*test.observed, *test.expected]
    theirs = [*expected["observed"], *expected["expected"]]
    ledger.add((*kind, "observed and expected events"), data, ours, theirs)


def _add_pairs(ledger: Ledger, data: str, outcome: Any, group: pd.Series, expected: Any) -> None:
    for adjust in ("holm", "bh"):
        tests = compare_survival_pairwise(outcome, group, adjust=adjust)
        ours = [test.adjusted_p_value for test in tests]
        ledger.add((*PAIRS, "p, adjusted by Holm and BH"), data, ours, expected[adjust])
    raw = [test.p_value for test in tests]
    ledger.add((*PAIRS, "p, not adjusted"), data, raw, expected["p_value"])


def _add_empty_arm(ledger: Ledger) -> None:
    """An arm whose one patient is censored before the first event."""
    veteran = read_data("veteran")
    veteran = veteran[veteran["celltype"] != "large"]
    levels = ["large", "squamous", "smallcell", "adeno"]
    group = pd.Categorical([*veteran["celltype"], "large"], categories=levels)
    outcome = check_survival_outcome([*veteran["time"], 0.5], [*veteran["status"], 0])
    test = compare_survival(outcome, group)
    _add_test(ledger, LOGRANK, "veteran", test, read_reference("survival")["empty_arm"])
