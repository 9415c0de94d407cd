"""The report's main estimates computed a second time by another library."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from helpers.analysis.model_data import prepare_model
from helpers.analysis.subset import explain_omission, find_endpoint
from helpers.analysis.survival_results import read_outcome
from helpers.results import Result, ResultSet
from helpers.stats.comparison import compare_survival
from helpers.stats.cox import fit_cox
from helpers.stats.cross_check import (
    Agreement,
    check_cox_model,
    check_log_rank,
    check_survival_curve,
)
from helpers.stats.design import build_design

if TYPE_CHECKING:
    from helpers.cohort import Cohort

TOLERANCE = 1e-6


@explain_omission
def cross_check(
    cohort: Cohort,
    *,
    set_id: str = "check",
    factors: Sequence[str],
    endpoint: str = "os",
    title: str = "Second computation by lifelines",
) -> ResultSet:
    """Compute curve, log-rank tests and Cox model again with lifelines and compare.

    Parameters
    ----------
    cohort : Cohort
        Whose analysis table is used.
    set_id, title : str
        Beginning of the results' ids; title.
    factors : sequence of str
        Of the Cox model (Efron's ties); each is compared by the log-rank test, too. A model
        with a coefficient that is infinite has no numbers to compare.
    endpoint : str
        Key of :data:`helpers.analysis.subset.ENDPOINTS`.

    Returns
    -------
    ResultSet
        ``<id>.<k>`` (statistic: the largest difference; `n`: how many numbers).
    """
    measured = find_endpoint(cohort.terms, endpoint)
    data = prepare_model(cohort, factors, where=None, needs=[measured.time, measured.event])
    outcome = read_outcome(data.frame, measured)
    agreements = [check_survival_curve(outcome)]
    for factor in (one for one in data.factors if not one.is_numeric):
        group = data.frame[factor.name].astype(str).to_list()
        statistic = compare_survival(outcome, group).statistic
        agreements.append(_rename(check_log_rank(outcome, group, statistic), factor.label))
    fit = fit_cox(outcome, build_design(data.frame, data.factors))
    if not any(fit.infinite):
        agreements.append(check_cox_model(fit))
    results = [
        Result(
            id=f"{set_id}.{number}",
            kind="statistic",
            label=agreement.quantity,
            estimate=agreement.largest_difference,
            n=agreement.n_numbers,
            method="largest relative difference from lifelines",
        )
        for number, agreement in enumerate(agreements, start=1)
    ]
    agrees = all(one.largest_difference <= TOLERANCE for one in agreements)
    return ResultSet.collect(
        set_id,
        results,
        meta={
            "title": title,
            "groups": {},
            "tolerance": TOLERANCE,
            "agrees": agrees,
            "n": sum(one.n_numbers for one in agreements),
            "synthetic": cohort.synthetic,
        },
    )


def _rename(agreement: Agreement, label: str) -> Agreement:
    return Agreement(
        quantity=f"{agreement.quantity}: {label}",
        n_numbers=agreement.n_numbers,
        largest_difference=agreement.largest_difference,
    )
