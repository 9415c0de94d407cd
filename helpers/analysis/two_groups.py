"""Two groups compared: hazard ratio, what it assumes, and what it could have shown."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from helpers.analysis.comparison_results import record_comparison
from helpers.analysis.model_results import record_hazard_ratio
from helpers.analysis.subset import get_factor
from helpers.errors import StatisticsError
from helpers.results import Result
from helpers.stats.cox import fit_cox
from helpers.stats.cox_result import CoxFit
from helpers.stats.design import build_design
from helpers.stats.diagnostics import test_proportional_hazards
from helpers.stats.factors import Factor
from helpers.stats.outcome import SurvivalOutcome
from helpers.stats.restricted_mean import compare_restricted_means
from helpers.stats.survival import KaplanMeier
from helpers.stats.treatment.sensitivity import find_detectable_hazard_ratio

if TYPE_CHECKING:
    from helpers.cohort import Cohort

POWER = 0.8


def record_two_groups(
    cohort: Cohort,
    frame: pd.DataFrame,
    outcome: SurvivalOutcome,
    by: str,
    curves: dict[str, KaplanMeier],
    *,
    set_id: str,
    conf_level: float,
    alpha: float,
) -> Iterator[Result]:
    """Yield what two groups are compared by.

    Parameters
    ----------
    cohort : Cohort
        Whose dictionary describes the groups.
    frame : pandas.DataFrame
        The patients, all of known group.
    outcome : SurvivalOutcome
        Of the same patients.
    by : str
        Factor that makes the groups.
    curves : dict of str to KaplanMeier
        By level.
    set_id : str
        Beginning of the ids.
    conf_level, alpha : float
        Of the intervals; two-sided level of the detectable hazard ratio.

    Yields
    ------
    Result
        ``<id>.<level>_vs_<reference>.hr``; ``<id>.ph``, whether the hazards are proportional;
        ``<id>.rmst_difference``, of the restricted means up to the end of the follow-up that both
        groups have; ``<id>.detectable_hr``, found with a power of 80 %.
    """
    declared = get_factor(cohort, by)
    levels = tuple(level for level in declared.levels if (frame[by] == level).any())
    reference = declared.reference if declared.reference in levels else levels[0]
    level = next(key for key in levels if key != reference)
    label = f"{declared.levels[level]} against {declared.levels[reference]}"
    shared = {
        "id": f"{set_id}.{level}_vs_{reference}.hr",
        "kind": "hazard_ratio",
        "label": label,
        "n": outcome.n_subjects,
        "events": outcome.n_events,
        "method": "Cox model of one factor, Efron ties, Wald interval",
    }
    try:
        design = build_design(frame, [Factor(by, levels, reference, label=declared.label)])
        fit = fit_cox(outcome, design, ties="efron", conf_level=conf_level)
    except StatisticsError as error:
        yield Result(status="not_computable", reason=str(error), **shared)
        return
    yield record_hazard_ratio(fit, 0, shared)
    yield _test_proportionality(fit, f"{set_id}.ph", label)
    found = record_restricted_means(
        curves[level], curves[reference], f"{set_id}.rmst_difference", label=label
    )
    if found is not None:
        yield found
    yield _record_detectable(outcome, (frame[by] == level).to_numpy(), set_id, alpha)


def _test_proportionality(fit: CoxFit, result_id: str, label: str) -> Result:
    return record_comparison(
        lambda: test_proportional_hazards(fit).global_test,
        result_id,
        label=label,
        n=fit.n_subjects,
        events=fit.n_events,
    )


def record_restricted_means(
    first: KaplanMeier, second: KaplanMeier, result_id: str, *, label: str, population: str = ""
) -> Result | None:
    """Return the difference of restricted means, first less second; None without follow-up.

    Parameters
    ----------
    first, second : KaplanMeier
        Curves of different patients; the horizon is the smaller of their largest times.
    result_id, label, population : str
        Of the result.

    Returns
    -------
    Result or None
        In months; its `quantities` hold the horizon and both means.
    """
    horizon = min(float(curve.time_months[-1]) for curve in (first, second))
    if horizon <= 0:
        return None
    compared = compare_restricted_means(first, second, horizon)
    if compared.p_value is None:
        return None
    return Result(
        id=result_id,
        kind="restricted_mean",
        label=label,
        estimate=compared.difference,
        std_error=compared.std_error,
        ci_lower=compared.ci_lower,
        ci_upper=compared.ci_upper,
        conf_level=compared.conf_level,
        p_value=compared.p_value,
        n=first.n_subjects + second.n_subjects,
        events=first.n_events_total + second.n_events_total,
        unit="months",
        quantities={
            "horizon_months": horizon,
            "first_months": compared.first.estimate,
            "second_months": compared.second.estimate,
        },
        method="difference of restricted mean survival times, area under Kaplan-Meier curves",
        population=population,
    )


def _record_detectable(
    outcome: SurvivalOutcome, exposed: np.ndarray, set_id: str, alpha: float
) -> Result:
    share = {"n": outcome.n_subjects, "events": outcome.n_events}
    return Result(
        id=f"{set_id}.detectable_hr",
        kind="statistic",
        label="Smallest hazard ratio detectable with a power of 80%",
        estimate=find_detectable_hazard_ratio(
            outcome.n_events, float(exposed.mean()), power=POWER, alpha=alpha
        ),
        quantities={"alpha": alpha, "power": POWER},
        method="Schoenfeld's formula",
        **share,
    )
