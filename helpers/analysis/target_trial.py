"""The trial that a comparison of two treatments would emulate, beside what the data allow."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from helpers.analysis.immortal import is_settled_late
from helpers.analysis.subset import (
    explain_omission,
    find_endpoint,
    get_factor,
    name_covariate,
)
from helpers.errors import NotComputableError
from helpers.results import ResultSet

if TYPE_CHECKING:
    from helpers.analysis.subset import Endpoint
    from helpers.cohort import Cohort
    from helpers.cohort import Factor as Declared


@explain_omission
def describe_target_trial(
    cohort: Cohort,
    *,
    set_id: str,
    treatment: str,
    covariates: Sequence[str],
    endpoint: str = "os",
    horizons_months: Sequence[float] = (12, 24, 60),
    title: str = "",
) -> ResultSet:
    """Set the protocol of a target trial beside its emulation.

    Parameters
    ----------
    cohort : Cohort
        Whose dictionary, terms and selection fill the table.
    set_id : str
        Of the set.
    treatment : str
        Factor of two levels; its reference is the comparator.
    covariates : sequence of str
        Factors that the emulation adjusts for; those not in the data are named as absent.
    endpoint : str
        Key of :data:`helpers.analysis.subset.ENDPOINTS`.
    horizons_months : sequence of float
        Times at which survival is compared.
    title : str
        Of the table.

    Returns
    -------
    ResultSet
        Frame ``rows``: element, protocol, emulation, is_emulated.

    References
    ----------
    Cashin AG, Hansford HJ, Hernán MA, et al. (2025), TARGET statement, JAMA 334:1084-1093.
    """
    declared = get_factor(cohort, treatment)
    if len(declared.levels) != 2:
        raise NotComputableError(f"{declared.label} must have two levels to be compared.")
    if treatment not in cohort.table or cohort.table[treatment].nunique() < 2:
        raise NotComputableError(f"only one level of {declared.label} occurs.")
    measured = find_endpoint(cohort.terms, endpoint)
    rows = [
        _tell_eligibility(cohort),
        _tell_strategies(cohort, declared, endpoint),
        _tell_assignment(cohort, covariates),
        _tell_follow_up(cohort, declared, measured, endpoint),
        _tell_outcome(measured),
        _tell_contrast(horizons_months),
        _tell_assumptions(cohort, covariates),
        _tell_analysis(),
    ]
    names = ["element", "protocol", "emulation", "is_emulated"]
    return ResultSet.collect(
        set_id,
        [],
        frames={"rows": pd.DataFrame(rows, columns=names)},
        meta={
            "title": title or f"Target trial: {declared.label}",
            "population": "all patients",
            "factor_label": declared.label,
            "synthetic": cohort.synthetic,
        },
    )


def _tell_eligibility(cohort: Cohort) -> tuple[str, str, str, bool]:
    steps = [rule.label for rule in cohort.dictionary.eligibility]
    rules = "; ".join(steps) if steps else "The patients for whom both treatments are an option"
    unchecked = [step.label for step in cohort.flow if not step.checked]
    ending = "The same, from the records."
    if unchecked:
        ending = "As recorded by who made the data: they do not say of each patient."
    ending += " Patients whose treatment is not known are left out, which a trial would not do."
    return ("Eligibility", f"{rules}; both treatments possible.", ending, False)


def _name_levels(declared: Declared) -> tuple[str, str]:
    other = next(level for level in declared.levels if level != declared.reference)
    return declared.levels[other], declared.levels[declared.reference]


def _tell_strategies(
    cohort: Cohort, declared: Declared, endpoint: str
) -> tuple[str, str, str, bool]:
    first, second = _name_levels(declared)
    start = cohort.terms.time_zero_name
    protocol = f"{first}, or {second}, started at {start}; later treatment as needed."
    late = is_settled_late(cohort, declared.name, endpoint)
    emulation = f"{declared.meaning or declared.label}, as given"
    emulation += f", whenever after {start} it began." if late else "."
    return ("Treatment strategies", protocol, emulation, not late)


def _sort_covariates(cohort: Cohort, covariates: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return the labels of what is in the data, and of what is not."""
    known: list[str] = []
    absent: list[str] = []
    for name in covariates:
        is_known = name in cohort.table and cohort.table[name].notna().any()
        (known if is_known else absent).append(name_covariate(cohort, name))
    return known, absent


def _tell_assignment(cohort: Cohort, covariates: Sequence[str]) -> tuple[str, str, str, bool]:
    known, absent = _sort_covariates(cohort, covariates)
    emulation = "By the patient's condition and the physician's choice. "
    emulation += (
        f"Taken to be as good as random given these: {'; '.join(known)}."
        if known
        else "Nothing is known."
    )
    if absent:
        emulation += f" Not in the data: {'; '.join(absent)}."
    emulation += " What else guided the choice is not known."
    return ("Assignment", "At random, open label.", emulation, False)


def _tell_follow_up(
    cohort: Cohort, declared: Declared, measured: Endpoint, endpoint: str
) -> tuple[str, str, str, bool]:
    start = measured.time_label.removeprefix("Months since ")
    protocol = (
        "From assignment, which is also when eligibility is judged and treatment begins, to "
        f"{measured.event_noun} or last contact."
    )
    late = is_settled_late(cohort, declared.name, endpoint)
    emulation = f"From {start} to {measured.event_noun} or last contact."
    if late:
        emulation += " Treatment begins later, so that the time until then is immortal."
        times = declared.switches_at
        if times and times in cohort.table and cohort.table[times].notna().any():
            emulation += " Landmarks and a time-varying group show how much it matters."
    return ("Follow-up and time zero", protocol, emulation, not late)


def _tell_outcome(measured: Endpoint) -> tuple[str, str, str, bool]:
    return ("Outcome", f"{measured.label}.", f"{measured.label}, as recorded.", True)


def _tell_contrast(horizons_months: Sequence[float]) -> tuple[str, str, str, bool]:
    times = ", ".join(f"{time:g}" for time in horizons_months)
    protocol = f"Difference in survival at {times} months, had all been assigned each treatment."
    emulation = "The same, of starting treatment, if all that decided between them is measured."
    return ("Causal contrast", protocol, emulation, True)


def _tell_assumptions(cohort: Cohort, covariates: Sequence[str]) -> tuple[str, str, str, bool]:
    known, _ = _sort_covariates(cohort, covariates)
    protocol = "Who is lost to follow-up is no more likely to have the event than who is not."
    beyond = f" beyond {'; '.join(known)}" if known else ""
    emulation = (
        f"The same; no confounding{beyond}; each patient might have been given either treatment; "
        "a treatment acts alike however it came to be given. No data can show all of these."
    )
    return ("Identifying assumptions", protocol, emulation, True)


def _tell_analysis() -> tuple[str, str, str, bool]:
    protocol = (
        "By assignment: survival curves and a hazard ratio, which no value missing at baseline "
        "can disturb."
    )
    emulation = (
        "Cox models crude, with covariates, and weighted by inverse probability and by overlap; "
        "weighted and standardised survival; restricted means where hazards are not proportional; "
        "bootstrap intervals; E-value. Patients with a missing covariate "
        "are left out."
    )
    return ("Analysis", protocol, emulation, True)
