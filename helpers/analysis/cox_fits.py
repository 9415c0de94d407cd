"""Cox models of the report: Wald's inference, or Firth's where a level separates the events."""

from __future__ import annotations

from helpers.stats.cox import fit_cox
from helpers.stats.cox_result import CoxFit
from helpers.stats.design import Design
from helpers.stats.firth import fit_firth
from helpers.stats.outcome import SurvivalOutcome

FIRTH = "with Firth's correction"


def fit_hazards(
    outcome: SurvivalOutcome, design: Design, *, ties: str, conf_level: float
) -> tuple[CoxFit, str]:
    """Fit a Cox model; with Firth's correction where a hazard ratio has no finite estimate.

    Parameters
    ----------
    outcome : SurvivalOutcome
        Of n patients.
    design : Design
        Covariates of the same patients.
    ties : str
        ``efron`` or ``breslow``.
    conf_level : float
        Of the intervals, 0 to 1.

    Returns
    -------
    fit : CoxFit
        With finite estimates.
    method : str
        What was done, in words, without the model's name.

    Notes
    -----
    A level without any event drives its hazard ratio to zero, and one whose patients all have
    the event first drives it beyond all bounds. The penalised likelihood has a maximum then, too
    (Heinze and Schemper, Biometrics 2001;57:114-119).
    """
    fit = fit_cox(outcome, design, ties=ties, conf_level=conf_level)
    if not fit.infinite.any():
        return fit, f"{ties.capitalize()} ties, Wald interval and p"
    corrected = fit_firth(outcome, design, ties=ties, conf_level=conf_level)
    words = "profile penalised likelihood interval and penalised likelihood-ratio p"
    return corrected, f"{FIRTH}, {ties.capitalize()} ties, {words}"
