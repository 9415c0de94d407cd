"""Groups that patients join after time zero, compared with and without immortal time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from helpers.analysis.comparison_results import record_comparison
from helpers.analysis.e_values import add_e_value
from helpers.analysis.model_results import make_term_row, record_hazard_ratio
from helpers.analysis.populations import tabulate_populations
from helpers.analysis.subset import (
    Where,
    describe_where,
    explain_omission,
    find_endpoint,
    get_factor,
    name_covariate,
)
from helpers.analysis.survival_results import read_outcome, tabulate_at_risk
from helpers.analysis.switch_data import describe_switch, read_switch
from helpers.analysis.switch_populations import (
    Compared,
    list_switch_populations,
    tabulate_entries,
)
from helpers.analysis.switch_results import record_immortal, record_medians
from helpers.errors import NotComputableError, StatisticsError
from helpers.results import Result, ResultSet
from helpers.stats.cox import fit_cox
from helpers.stats.curve import KaplanMeier
from helpers.stats.design import Design, build_design
from helpers.stats.factors import Factor
from helpers.stats.landmark import select_landmark
from helpers.stats.outcome import SurvivalOutcome
from helpers.stats.treatment.switching import (
    SwitchRecords,
    compare_switched,
    estimate_simon_makuch,
    split_at_switch,
)

if TYPE_CHECKING:
    from helpers.cohort import Cohort

_EXPOSED = "exposed"
_SIDES = {"before": False, "after": True}


@dataclass(frozen=True, slots=True)
class _Comparison:
    """One way to compare who joined with who did not: its words, data and model."""

    key: str
    label: str
    outcome: SurvivalOutcome
    design: Design
    n_exposed: int
    patient: NDArray[np.intp] | None = None

    @property
    def compared(self) -> Compared:
        """Return how many are compared."""
        exposed = self.design.matrix[:, 0] > 0
        return Compared(
            key=self.key,
            n=self.outcome.n_subjects if self.patient is None else len(np.unique(self.patient)),
            events=self.outcome.n_events,
            n_exposed=self.n_exposed,
            events_exposed=int(np.count_nonzero(self.outcome.event[exposed])),
        )


@explain_omission
def estimate_switch_effect(
    cohort: Cohort,
    *,
    set_id: str,
    switch: str = "",
    group: str = "",
    endpoint: str = "os",
    where: Where | None = None,
    adjust: Sequence[str] = (),
    landmarks_months: Sequence[float] = (3, 6, 12),
    title: str = "",
    ties: str = "efron",
    conf_level: float = 0.95,
    median_interval: str = "log-log",
    curve_interval: str = "log-log",
    axis_step_months: float = 12,
) -> ResultSet:
    """Compare patients who join a group after time zero, in four ways.

    Parameters
    ----------
    cohort : Cohort
        Whose analysis table is used.
    set_id : str
        Beginning of the results' ids.
    switch : str
        Column with the time of joining, in months from time zero; missing for who never did.
    group : str
        Instead of `switch`: factor of two levels whose `switches_at` names that column; who is
        in neither level is left out.
    endpoint : str
        Key of :data:`helpers.analysis.subset.ENDPOINTS` with a 0/1 event.
    where : mapping, optional
        Subset; see :func:`helpers.analysis.subset.select_patients`.
    adjust : sequence of str
        Factors that one more model with a time-varying group adjusts for.
    landmarks_months : sequence of float
        Landmarks, in months from time zero.
    title, ties, conf_level, median_interval, curve_interval, axis_step_months
        As in :func:`helpers.analysis.survival.estimate_survival`.

    Returns
    -------
    ResultSet
        ``<id>.naive.hr``, ``.landmark_<m>m.hr``, ``.time_varying.hr``, ``.adjusted.hr``,
        ``.mantel_byar``, ``.immortal`` (months that the naive comparison credits to the group
        although it had not been joined), ``.before.median`` and ``.after.median``. Frames
        ``terms`` (the estimates, as a forest plot takes them), ``curve`` and ``at_risk`` (of
        Simon and Makuch).
    """
    measured = find_endpoint(cohort.terms, endpoint)
    data = read_switch(cohort, measured, group=group, switch=switch, where=where)
    frame, joined_at, name = data.frame, data.joined_at, data.label
    outcome = read_outcome(frame, measured)
    records = split_at_switch(outcome, joined_at)
    if not records.n_switched:
        raise NotComputableError(f"nobody has a {name.lower()} within follow-up.")
    comparisons = list(_list_comparisons(outcome, joined_at, records, landmarks_months))
    adjusted, adjusted_for, left_out = _adjust(cohort, frame, records, adjust)
    comparisons += [] if adjusted is None else [adjusted]
    curves = estimate_simon_makuch(records, conf_level=conf_level, interval=curve_interval)
    curves = {key: curves[side] for key, side in _SIDES.items() if side in curves}
    population = describe_where(cohort, where)
    about = get_factor(cohort, group).label if group else name
    return ResultSet.collect(
        set_id,
        [
            *(_fit(one, set_id, ties=ties, conf_level=conf_level) for one in comparisons),
            _test(records, f"{set_id}.mantel_byar"),
            record_immortal(outcome, joined_at, f"{set_id}.immortal"),
            *record_medians(
                curves, set_id, data.labels, interval=median_interval, population=population
            ),
        ],
        frames={
            **_tabulate_curves(curves, records, axis_step_months),
            "terms": _tabulate(comparisons, set_id),
            "populations": tabulate_populations(
                list_switch_populations(
                    [one.compared for one in comparisons], data, set_id, margin=data.margin
                )
            ),
            "entries": tabulate_entries(records),
        },
        meta={
            "title": title or f"{about}, without immortal time",
            "population": population,
            **describe_switch(data, measured),
            "groups": {key: data.labels[key] for key in curves},
            "adjusted_for": adjusted_for,
            "left_out": left_out,
            "n_without_time": records.n_without_time,
            "synthetic": cohort.synthetic,
        },
    )


def _list_comparisons(
    outcome: SurvivalOutcome,
    joined_at: NDArray[np.float64],
    records: SwitchRecords,
    landmarks_months: Sequence[float],
) -> Iterator[_Comparison]:
    ever = ~np.isnan(joined_at)
    label = "Naive: ever against never"
    yield _Comparison("naive", label, outcome, _design(ever), int(ever.sum()))
    for landmark in landmarks_months:
        key, label = f"landmark_{landmark:g}m", f"Landmark at {landmark:g} months"
        try:
            left = select_landmark(outcome, landmark)
        except StatisticsError:
            continue
        joined = joined_at[left.kept] <= landmark
        yield _Comparison(key, label, left.outcome, _design(joined), int(joined.sum()))
    yield _Comparison(
        "time_varying",
        "Time-varying",
        records.outcome,
        _design(records.exposed),
        records.n_switched,
        records.patient,
    )


def _design(exposed: NDArray[np.bool_]) -> Design:
    return build_design(pd.DataFrame({_EXPOSED: exposed.astype(float)}), [Factor(_EXPOSED)])


def _adjust(
    cohort: Cohort, frame: pd.DataFrame, records: SwitchRecords, factors: Sequence[str]
) -> tuple[_Comparison | None, list[str], list[str]]:
    """Return the comparison adjusted for what was known at time zero, for what, and what not."""
    declared = [get_factor(cohort, name) for name in factors]
    known = [one for one in declared if one.name in frame and frame[one.name].notna().any()]
    left_out = [f"{one.label} is not known." for one in declared if one not in known]
    rows = frame.iloc[records.patient].reset_index(drop=True)
    complete = rows[[one.name for one in known]].notna().all(axis=1).to_numpy()
    usable = []
    for one in known:
        if not one.levels:
            usable.append(Factor(one.name, label=one.label))
            continue
        levels = tuple(key for key in one.levels if (rows.loc[complete, one.name] == key).any())
        if len(levels) > 1:
            reference = one.reference if one.reference in levels else levels[0]
            usable.append(Factor(one.name, levels, reference, one.label))
        else:
            left_out.append(f"{one.label} has one level only.")
    if not usable:
        return None, [], left_out
    table = rows.loc[complete].assign(**{_EXPOSED: records.exposed[complete].astype(float)})
    patient = records.patient[complete]
    comparison = _Comparison(
        "adjusted",
        "Time-varying, adjusted",
        records.outcome.select(complete),
        build_design(table, [Factor(_EXPOSED), *usable]),
        int(records.exposed[complete].sum()),
        patient,
    )
    return comparison, [name_covariate(cohort, one.name) for one in usable], left_out


def _fit(comparison: _Comparison, set_id: str, *, ties: str, conf_level: float) -> Result:
    outcome, compared = comparison.outcome, comparison.compared
    shared: dict[str, Any] = {
        "id": f"{set_id}.{comparison.key}.hr",
        "kind": "hazard_ratio",
        "label": comparison.label,
        "n": compared.n,
        "events": compared.events,
        "quantities": {"n_exposed": float(compared.n_exposed)},
        "method": f"Cox model, {ties.capitalize()} ties, Wald interval and p",
    }
    try:
        fit = fit_cox(outcome, comparison.design, ties=ties, conf_level=conf_level)
    except StatisticsError as error:
        return Result(status="not_computable", reason=str(error), **shared)
    found = record_hazard_ratio(fit, 0, shared)
    return add_e_value(found) if comparison.key == "adjusted" else found


def _test(records: SwitchRecords, result_id: str) -> Result:
    return record_comparison(
        lambda: compare_switched(records),
        result_id,
        n=len(np.unique(records.patient)),
        events=records.outcome.n_events,
    )


def _tabulate_curves(
    curves: Mapping[str, KaplanMeier], records: SwitchRecords, axis_step_months: float
) -> dict[str, pd.DataFrame]:
    return {
        "curve": pd.concat(
            [_tabulate_curve(key, curve) for key, curve in curves.items()], ignore_index=True
        ),
        "at_risk": tabulate_at_risk(
            {key: records.outcome.select(records.exposed == _SIDES[key]) for key in curves},
            axis_step_months,
        ),
    }


def _tabulate_curve(key: str, curve: KaplanMeier) -> pd.DataFrame:
    """Return a curve from the time on at which somebody is at risk."""
    frame = curve.to_frame(key)
    return frame.loc[(frame["n_at_risk"] > 0) | (frame["time_months"] > 0)]


def _tabulate(comparisons: Sequence[_Comparison], set_id: str) -> pd.DataFrame:
    return pd.DataFrame(
        [
            make_term_row(one.key, one.label, "hr", one.label, f"{set_id}.{one.key}.hr")
            for one in comparisons
        ]
    )
