"""Who came in: screening, exclusions and what is known of whom."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from helpers.analysis.subset import explain_omission, get_label
from helpers.errors import NotComputableError
from helpers.results import Result, ResultSet

if TYPE_CHECKING:
    from helpers.cohort import Cohort


@explain_omission
def count_flow(
    cohort: Cohort, *, set_id: str = "flow", title: str = "Selection of patients"
) -> ResultSet:
    """Count who was screened, who was left out at which step, and who is analysed.

    Parameters
    ----------
    cohort : Cohort
        With its eligibility steps.
    set_id, title : str
        Beginning of the results' ids; title of the figure.

    Returns
    -------
    ResultSet
        ``flow.screened``, ``flow.excluded.<step>``, ``flow.remaining.<step>``,
        ``flow.included``. Frame ``steps``.
    """
    rows = [
        {
            "step": step.id,
            "label": step.label,
            "reason": step.reason,
            "n_excluded": step.n_excluded,
            "n_remaining": step.n_remaining,
            "is_applied": step.checked,
        }
        for step in cohort.flow
    ]
    steps = pd.DataFrame(rows)
    included = len(cohort.table)
    screened = included + int(sum(row["n_excluded"] for row in rows))
    results = [_count(f"{set_id}.screened", screened, screened, "Patients screened")]
    for row in rows:
        if row["is_applied"]:
            results += [
                _count(
                    f"{set_id}.excluded.{row['step']}", row["n_excluded"], screened, row["reason"]
                ),
                _count(
                    f"{set_id}.remaining.{row['step']}", row["n_remaining"], screened, row["label"]
                ),
            ]
    results.append(_count(f"{set_id}.included", included, screened, "Patients analysed"))
    return ResultSet.collect(
        set_id,
        results,
        frames={"steps": steps},
        meta={
            "title": title,
            "population": "all patients screened",
            "groups": {},
            "is_drawn": any(row["is_applied"] for row in rows),
            "illustrative": cohort.built_in,
            "synthetic": cohort.synthetic,
        },
    )


@explain_omission
def count_available(
    cohort: Cohort,
    *,
    set_id: str = "availability",
    variables: Sequence[str],
    title: str = "Known and missing values",
) -> ResultSet:
    """Count of how many patients each variable is known.

    Parameters
    ----------
    cohort : Cohort
        Whose analysis table is used.
    set_id, title : str
        Beginning of the results' ids; title of the table.
    variables : sequence of str
        Columns to count; one that is not in the data is known of nobody.

    Returns
    -------
    ResultSet
        ``<id>.<variable>`` (count of known values, n = all patients). Frame ``rows``:
        variable, variable_label, n_known, n_missing.
    """
    total = len(cohort.table)
    if not total:
        raise NotComputableError("there is no patient")
    rows = []
    results = []
    for variable in variables:
        label = get_label(cohort, variable)
        known = int(cohort.table[variable].notna().sum()) if variable in cohort.table else 0
        rows.append(
            {
                "variable": variable,
                "variable_label": label,
                "n_known": known,
                "n_missing": total - known,
            }
        )
        results.append(_count(f"{set_id}.{variable}", known, total, label))
    return ResultSet.collect(
        set_id,
        results,
        frames={"rows": pd.DataFrame(rows)},
        meta={
            "title": title,
            "population": "all patients",
            "groups": {},
            "synthetic": cohort.synthetic,
        },
    )


def _count(result_id: str, count: int, total: int, label: str) -> Result:
    return Result(id=result_id, kind="count", label=label, estimate=count, n=total, unit="patients")
