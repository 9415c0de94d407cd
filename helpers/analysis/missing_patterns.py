"""Where values are missing: by group, and from centre to centre without naming one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from helpers.analysis.subset import explain_omission, get_factor, get_label, split_groups
from helpers.results import Result, ResultSet

if TYPE_CHECKING:
    from helpers.cohort import Cohort

_CENTRE = "centre"


@explain_omission
def count_missing(
    cohort: Cohort,
    *,
    set_id: str,
    variables: Sequence[str],
    by: str,
    title: str = "",
) -> ResultSet:
    """Count missing values by the levels of a factor and by centre.

    Parameters
    ----------
    cohort : Cohort
        Whose analysis table is used.
    set_id : str
        Beginning of the results' ids.
    variables : sequence of str
        Columns that are looked at; those known of all patients, or of none, are left out.
    by : str
        Factor that makes the groups.
    title : str
        Of the table.

    Returns
    -------
    ResultSet
        ``<id>.<variable>.<level>``, missing values among the group's patients, and
        ``<id>.<variable>.centres``, in how many centres a value is missing (how many there are,
        and the smallest and largest share, in its `quantities`). No centre is named. Without a
        variable that is known in part there are no results. Frames ``rows``, a line for each
        variable, and ``shares``, one for each of its groups.
    """
    declared = get_factor(cohort, by)
    table = cohort.table
    groups = split_groups(cohort, table, by)
    partly = [
        name
        for name in dict.fromkeys(variables)
        if name in table and 0 < table[name].isna().sum() < len(table)
    ]
    results, rows, shares = [], [], []
    for name in partly:
        label = get_label(cohort, name)
        missing = table[name].isna()
        for level, members in groups.items():
            key = f"{set_id}.{name}.{level}"
            shares.append((name, label, declared.levels[level], key))
            results.append(
                Result(
                    id=key,
                    kind="count",
                    label=label,
                    estimate=int(missing.loc[members].sum()),
                    n=len(members),
                    population=f"{declared.label}: {declared.levels[level]}",
                )
            )
        centres = _count_centres(table, missing, f"{set_id}.{name}.centres", label)
        results += [] if centres is None else [centres]
        rows.append({"variable": name, "label": label})
    return ResultSet.collect(
        set_id,
        results,
        frames={
            "rows": pd.DataFrame(rows, columns=["variable", "label"]),
            "shares": pd.DataFrame(shares, columns=["variable", "label", "group", "result_id"]),
        },
        meta={
            "title": title or f"Missing values by {declared.label.lower()}",
            "population": "all patients",
            "groups": {level: declared.levels[level] for level in groups},
            "group_sizes": {level: len(members) for level, members in groups.items()},
            "factor_label": declared.label,
            "is_drawn": bool(rows),
            "synthetic": cohort.synthetic,
        },
    )


def _count_centres(
    table: pd.DataFrame, missing: pd.Series, result_id: str, label: str
) -> Result | None:
    """Return in how many centres a value is missing; None where centres are not known."""
    if _CENTRE not in table or table[_CENTRE].nunique() < 2:
        return None
    shares = missing.groupby(table[_CENTRE].astype("object")).mean()
    return Result(
        id=result_id,
        kind="statistic",
        label=label,
        estimate=float((shares > 0).sum()),
        quantities={
            "n_centres": float(len(shares)),
            "lowest": float(shares.min()),
            "highest": float(shares.max()),
        },
        unit="centres",
        method="centres with a missing value",
    )
