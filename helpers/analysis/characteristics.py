"""Characteristics of the patients, overall or by group, with tests."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from helpers.analysis.comparison_results import record_comparison
from helpers.analysis.subset import (
    Where,
    describe_where,
    explain_omission,
    get_factor,
    get_label,
    get_unit,
    is_categorical,
    label_groups,
    select_patients,
    split_groups,
)
from helpers.errors import NotComputableError
from helpers.results import Result, ResultSet
from helpers.stats.descriptive import compare_categorical, compare_numeric, summarise_numeric

if TYPE_CHECKING:
    from helpers.cohort import Cohort


@explain_omission
def summarise_characteristics(
    cohort: Cohort,
    *,
    set_id: str,
    variables: Sequence[str],
    by: str | None = None,
    where: Where | None = None,
    title: str = "Characteristics of the patients",
) -> ResultSet:
    """Summarise variables: median and range, or counts of each level.

    Parameters
    ----------
    cohort : Cohort
        Whose analysis table is used.
    set_id : str
        Beginning of the results' ids.
    variables : sequence of str
        Columns in the order of the table; those not in the data are left out.
    by : str, optional
        Factor whose levels make the columns; each variable is then tested between them,
        missing values outside percentages and tests.
    where : mapping, optional
        Subset; see :func:`helpers.analysis.subset.select_patients`.
    title : str
        Of the table.

    Returns
    -------
    ResultSet
        ``<id>[.<group>].<variable>`` (summary) or ``<id>[.<group>].<variable>.<level>``
        (count), ``...<variable>.missing``, and with groups ``<id>.<variable>.test``.
        Frame ``rows``.
    """
    labels = {name: get_label(cohort, name) for name in variables}
    frame = select_patients(cohort, where=where, by=by)
    if by:
        frame = frame.loc[frame[by].notna()]
    groups = split_groups(cohort, frame, by)
    present = [name for name in variables if name in frame and frame[name].notna().any()]
    if not present:
        raise NotComputableError("none of its variables is known of any patient.")
    results: list[Result] = []
    for name in present:
        for key, rows in groups.items():
            prefix = f"{set_id}.{key}.{name}" if by else f"{set_id}.{name}"
            results += summarise_variable(cohort, frame.loc[rows, name], name, prefix)
        if by:
            results.append(_test_variable(cohort, frame, name, by, f"{set_id}.{name}.test"))
    return ResultSet.collect(
        set_id,
        results,
        frames={"rows": pd.DataFrame([row for name in present for row in list_rows(cohort, name)])},
        meta={
            "title": title,
            "population": describe_where(cohort, where),
            "groups": label_groups(cohort, groups, by) if by else {},
            "group_sizes": {key: len(rows) for key, rows in groups.items()},
            "n": len(frame),
            "factor_label": get_factor(cohort, by).label if by else "",
            "left_out": [label for name, label in labels.items() if name not in present],
            "synthetic": cohort.synthetic,
        },
    )


def list_rows(cohort: Cohort, name: str) -> Iterator[dict[str, Any]]:
    """Yield the rows that a variable takes in a table of characteristics."""
    row = {
        "variable": name,
        "variable_label": cohort.dictionary.label(name),
        "unit": get_unit(cohort, name),
    }
    if not is_categorical(cohort, name):
        yield {**row, "level": None, "level_label": "", "kind": "numeric"}
        return
    levels = get_factor(cohort, name).levels
    kind = "binary" if set(levels) == {"no", "yes"} else "categorical"
    for level, label in levels.items():
        yield {**row, "level": level, "level_label": label, "kind": kind}


def summarise_variable(
    cohort: Cohort, values: pd.Series, name: str, prefix: str
) -> Iterator[Result]:
    """Yield the summary of a number or the counts of a factor's levels, and what is missing."""
    label = cohort.dictionary.label(name)
    known = int(values.notna().sum())
    missing = len(values) - known
    if is_categorical(cohort, name):
        for level, level_label in get_factor(cohort, name).levels.items():
            yield Result(
                id=f"{prefix}.{level}",
                kind="count",
                label=level_label,
                estimate=int((values == level).sum()),
                n=known,
                missing=missing,
                unit="patients",
                population=label,
            )
    else:
        yield record_summary(values, prefix, label=label, unit=get_unit(cohort, name))
    yield Result(
        id=f"{prefix}.missing",
        kind="count",
        label="Missing",
        estimate=missing,
        n=len(values),
        unit="patients",
        population=label,
    )


def record_summary(
    values: pd.Series, result_id: str, *, label: str, unit: str, population: str = ""
) -> Result:
    """Return median, range, quartiles, mean and standard deviation of a number."""
    if not values.notna().any():
        return Result(
            id=result_id,
            kind="summary",
            label=label,
            n=0,
            missing=len(values),
            unit=unit,
            population=population,
            status="not_computable",
            reason="no value is known",
        )
    summary = summarise_numeric(values)
    quantities = {
        name: getattr(summary, name)
        for name in ("minimum", "maximum", "q1", "q3", "mean", "sd")
        if getattr(summary, name) is not None
    }
    return Result(
        id=result_id,
        kind="summary",
        label=label,
        estimate=summary.median,
        n=summary.n,
        missing=summary.missing,
        quantities=quantities,
        unit=unit,
        method="median",
        population=population,
    )


def _test_variable(
    cohort: Cohort, frame: pd.DataFrame, name: str, by: str, result_id: str
) -> Result:
    known = frame.loc[frame[name].notna(), [name, by]]
    group = known[by].astype(str).to_numpy()
    compare = compare_categorical if is_categorical(cohort, name) else compare_numeric
    values = known[name].astype(str) if is_categorical(cohort, name) else known[name].astype(float)
    return record_comparison(
        lambda: compare(values.to_numpy(), group),
        result_id,
        n=len(known),
        missing=len(frame) - len(known),
        label=cohort.dictionary.label(name),
    )
