"""How long: durations by group, and follow-up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from helpers.analysis.characteristics import record_summary
from helpers.analysis.count_results import collect_counts, count_result
from helpers.analysis.subset import (
    Where,
    describe_where,
    explain_omission,
    find_endpoint,
    get_factor,
    get_label,
    get_unit,
    select_patients,
)
from helpers.analysis.survival_results import read_outcome, record_median
from helpers.errors import NotComputableError
from helpers.results import ResultSet
from helpers.stats.survival import estimate_follow_up

if TYPE_CHECKING:
    from helpers.cohort import Cohort


@explain_omission
def summarise_groups(
    cohort: Cohort,
    *,
    set_id: str,
    variable: str,
    by: str,
    subsets: Mapping[str, tuple[str, Where]] | None = None,
    title: str = "",
) -> ResultSet:
    """Summarise a number among all patients, in named subsets and by the levels of a factor.

    Parameters
    ----------
    cohort : Cohort
        Whose analysis table is used.
    set_id : str
        Beginning of the results' ids.
    variable : str
        Numeric column.
    by : str
        Factor; one summary for each level.
    subsets : mapping of str to (str, mapping), optional
        Label and subset, by what follows the set's id.
    title : str
        Of the table.

    Returns
    -------
    ResultSet
        ``<id>.overall``, ``<id>.<subset>``, ``<id>.<level>`` (summary). Frame ``rows``:
        result_id, label.
    """
    label = get_label(cohort, variable)
    levels = get_factor(cohort, by).levels
    cohort.require(variable)
    groups: dict[str, tuple[str, Where]] = {"overall": ("All patients", {})}
    groups |= dict(subsets or {})
    if by in cohort.table:
        groups |= {level: (label, {by: [level]}) for level, label in levels.items()}
    results = []
    for key, (group_label, where) in groups.items():
        try:
            frame = select_patients(cohort, where=where)
        except NotComputableError:
            continue
        results.append(
            record_summary(
                frame[variable],
                f"{set_id}.{key}",
                label=group_label,
                unit=get_unit(cohort, variable),
                population=describe_where(cohort, where),
            )
        )
    return collect_counts(cohort, set_id, results, title or label, "all patients")


@explain_omission
def summarise_follow_up(
    cohort: Cohort,
    *,
    set_id: str = "followup",
    title: str = "Follow-up",
    conf_level: float = 0.95,
) -> ResultSet:
    """Describe how long patients were followed: survivors as printed, and reverse Kaplan-Meier.

    Parameters
    ----------
    cohort : Cohort
        Whose analysis table is used.
    set_id, title : str
        Beginning of the results' ids; title of the table.
    conf_level : float
        Of the intervals.

    Returns
    -------
    ResultSet
        ``<id>.alive``, ``<id>.dead``, ``<id>.survivors`` (summary), ``<id>.reverse_km``.
    """
    measured = find_endpoint(cohort.terms, "os")
    frame = select_patients(cohort, needs=[measured.time, measured.event])
    frame = frame.dropna(subset=[measured.time, measured.event])
    died = frame[measured.event].astype(bool)
    total = len(frame)
    survivors = frame.loc[~died, measured.time]
    outcome = read_outcome(frame, measured)
    results = [
        count_result(f"{set_id}.alive", int((~died).sum()), total, label="Alive"),
        count_result(f"{set_id}.dead", int(died.sum()), total, label="Died"),
        record_summary(
            survivors,
            f"{set_id}.survivors",
            label="Follow-up of survivors",
            unit="months",
            population="patients alive at last contact",
        ),
        record_median(
            estimate_follow_up(outcome, conf_level=conf_level),
            f"{set_id}.reverse_km",
            label="Follow-up by reverse Kaplan-Meier",
            population="all patients",
        ),
    ]
    event = "" if cohort.terms.is_death else cohort.terms.event
    extra = {"event": event}
    return collect_counts(cohort, set_id, results, title, "all patients", extra=extra)
