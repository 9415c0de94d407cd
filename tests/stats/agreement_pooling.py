"""Rows of the table of agreements: several centres together, beside metafor and coxph."""

from __future__ import annotations

import numpy as np
from agreement_ledger import Ledger
from reference_files import read_data, read_reference

from helpers.stats.meta_analysis import combine_estimates
from helpers.stats.one_shot_cox import add_expansions, expand_likelihood, maximise_expansion
from helpers.stats.outcome import check_survival_outcome

RANDOM = ("Random effects, Hartung-Knapp", "rma(method = PM, test = knha)")
FIXED = ("Common effect", "rma(method = FE)")
STRATIFIED = ("Cox model stratified by centre, from sums", "coxph(strata)")
_RANDOM = ("estimate", "std_error", "ci_lower", "ci_upper", "p_value")
_FIXED = ("fixed_estimate", "fixed_std_error", "fixed_ci_lower", "fixed_ci_upper")
_SPREAD = {"tau2": ("tau2",), "Q": ("q", "q_p_value")}
_PREDICTED = ("prediction_lower", "prediction_upper")


def add_meta_analysis(ledger: Ledger) -> None:
    """Compare every number of meta_analysis.json."""
    for name, case in read_reference("meta_analysis")["cases"].items():
        data = name.split("_")[0]
        found = combine_estimates(
            case["estimates"], case["std_errors"], conf_level=case["conf_level"]
        )
        kinds = {"estimate and interval": _RANDOM, **_SPREAD, "prediction interval": _PREDICTED}
        for kind, names in kinds.items():
            ours = [getattr(found, one) for one in names]
            ledger.add((*RANDOM, kind), data, ours, [case[one] for one in names])
        ledger.add((*RANDOM, "weights"), data, found.weights, case["weights"])
        ours = [getattr(found, one) for one in _FIXED]
        ledger.add((*FIXED, "estimate and interval"), data, ours, [case[one] for one in _FIXED])


def add_one_shot(ledger: Ledger) -> None:
    """Compare the maximum of summed expansions with R's stratified models, around R's maximum."""
    for case in read_reference("meta_analysis")["stratified"]:
        frame = read_data(case["data"])
        outcome = check_survival_outcome(frame[case["time"]] / 30.0, frame[case["event"]])
        matrix = np.column_stack([frame[name].astype(float) for name in case["covariates"]])
        centre = frame[case["strata"]].astype(str).to_numpy()
        parts = [
            expand_likelihood(
                outcome.select(centre == one),
                matrix[centre == one],
                case["coefficients"],
                ties=case["ties"],
            )
            for one in np.unique(centre)
        ]
        fit = maximise_expansion(add_expansions(parts))
        key = (*STRATIFIED, "coefficients and standard errors")
        theirs = [case["coefficients"], case["std_errors"]]
        ledger.add(key, case["data"], [fit.coefficients, fit.std_errors], theirs)
