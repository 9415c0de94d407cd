"""Counts among a subset: levels of a factor, and how many of a group have something."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pandas as pd

from helpers.analysis.comparison_results import record_comparison
from helpers.analysis.count_results import collect_counts, count_result
from helpers.analysis.subset import (
    Where,
    check_where,
    describe_where,
    explain_omission,
    get_factor,
    label_groups,
    select_patients,
    split_groups,
)
from helpers.errors import NotComputableError
from helpers.results import ResultSet
from helpers.stats.descriptive import compare_categorical

if TYPE_CHECKING:
    from helpers.cohort import Cohort


@dataclass(frozen=True, slots=True)
class CountRow:
    """One count of a table: who of whom.

    Attributes
    ----------
    id : str
        What follows the set's id.
    label : str
        As the table prints it.
    of : mapping
        Subset that is the denominator.
    counted : mapping
        Further conditions on those who are counted.
    known : tuple of str
        Columns that must be known for a patient to be in the denominator.
    """

    id: str
    label: str
    of: Where = field(default_factory=dict)
    counted: Where = field(default_factory=dict)
    known: tuple[str, ...] = ()


@explain_omission
def count_levels(
    cohort: Cohort,
    *,
    set_id: str,
    variable: str,
    where: Where | None = None,
    title: str = "",
    known_id: str = "",
    conf_level: float = 0.95,
) -> ResultSet:
    """Count the levels of a factor among those of whom it is known.

    Parameters
    ----------
    cohort : Cohort
        Whose analysis table is used.
    set_id : str
        Beginning of the results' ids.
    variable : str
        Factor to count.
    where : mapping, optional
        Subset; see :func:`helpers.analysis.subset.select_patients`.
    title : str
        Of the table.
    known_id : str
        What follows the set's id for the count of known values among the subset; left out
        where empty.
    conf_level : float
        Of the exact intervals.

    Returns
    -------
    ResultSet
        ``<id>.<level>``. Frame ``rows``: result_id, label.
    """
    factor = get_factor(cohort, variable)
    frame = select_patients(cohort, where=where, needs=[variable])
    known = frame[variable].dropna()
    if known.empty:
        raise NotComputableError(f"{factor.label} is not known of any patient")
    population = describe_where(cohort, where)
    results = [
        count_result(
            f"{set_id}.{level}",
            int((known == level).sum()),
            len(known),
            label=label,
            population=population,
            conf_level=conf_level,
        )
        for level, label in factor.levels.items()
    ]
    if known_id:
        first = count_result(
            f"{set_id}.{known_id}",
            len(known),
            len(frame),
            label="Known",
            population=population,
            conf_level=conf_level,
        )
        results.insert(0, first)
    return collect_counts(cohort, set_id, results, title or factor.label, population)


@explain_omission
def count_subsets(
    cohort: Cohort,
    *,
    set_id: str,
    rows: Sequence[CountRow],
    title: str = "",
    conf_level: float = 0.95,
) -> ResultSet:
    """Count several subsets, each with a denominator of its own.

    Parameters
    ----------
    cohort : Cohort
        Whose analysis table is used.
    set_id : str
        Beginning of the results' ids.
    rows : sequence of CountRow
        What to count; a row whose column is not in the data is left out.
    title : str
        Of the table.
    conf_level : float
        Of the exact intervals.

    Returns
    -------
    ResultSet
        ``<id>.<row id>``. Frame ``rows``: result_id, label.
    """
    results = []
    missing = []
    for row in rows:
        try:
            check_where(cohort, row.of)
            check_where(cohort, row.counted)
            cohort.require(*row.of, *row.counted, *row.known)
        except NotComputableError as error:
            missing.append(str(error))
            continue
        table = _keep(cohort.table, row.of).dropna(subset=list(row.known))
        results.append(
            count_result(
                f"{set_id}.{row.id}",
                len(_keep(table, row.counted)),
                len(table),
                label=row.label,
                population=describe_where(cohort, row.of),
                conf_level=conf_level,
            )
        )
    if not results:
        raise NotComputableError("; ".join(dict.fromkeys(missing)) or "there is nothing to count")
    return collect_counts(cohort, set_id, results, title, "all patients")


@explain_omission
def compare_proportions(
    cohort: Cohort,
    *,
    set_id: str,
    variable: str,
    level: str,
    by: str,
    where: Where | None = None,
    title: str = "",
    method: str = "auto",
    conf_level: float = 0.95,
) -> ResultSet:
    """Compare the share of patients with one level of a factor between groups.

    Parameters
    ----------
    cohort : Cohort
        Whose analysis table is used.
    set_id : str
        Beginning of the results' ids.
    variable, level : str
        Factor and the level whose share is compared.
    by : str
        Factor that makes the groups.
    where : mapping, optional
        Subset.
    title : str
        Of the table.
    method : str
        Of :func:`helpers.stats.descriptive.compare_categorical`.
    conf_level : float
        Of the exact intervals.

    Returns
    -------
    ResultSet
        ``<id>.<group>`` and ``<id>.test`` (chi-square or Fisher's exact test).
    """
    check_where(cohort, {variable: [level]})
    frame = select_patients(cohort, where=where, needs=[variable], by=by)
    frame = frame.dropna(subset=[variable, by])
    groups = split_groups(cohort, frame, by)
    labels = label_groups(cohort, groups, by)
    population = describe_where(cohort, where)
    has_level = frame[variable] == level
    results = [
        count_result(
            f"{set_id}.{key}",
            int(has_level.loc[rows].sum()),
            len(rows),
            label=labels[key],
            population=f"{get_factor(cohort, by).label}: {labels[key]}",
            conf_level=conf_level,
        )
        for key, rows in groups.items()
    ]
    results.append(
        record_comparison(
            lambda: compare_categorical(
                has_level.map({True: "yes", False: "no"}).to_numpy(),
                frame[by].astype(str).to_numpy(),
                method=method,
            ),
            f"{set_id}.test",
            n=len(frame),
            label=get_factor(cohort, by).label,
        )
    )
    return collect_counts(
        cohort,
        set_id,
        results,
        title,
        population,
        extra={
            "variable_label": get_factor(cohort, variable).label,
            "level_label": get_factor(cohort, variable).levels[level],
            "factor_label": get_factor(cohort, by).label,
        },
    )


def _keep(table: pd.DataFrame, where: Where) -> pd.DataFrame:
    for column, levels in where.items():
        table = table.loc[table[column].isin(list(levels))]
    return table
