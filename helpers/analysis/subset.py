"""Who is analysed: endpoints, groups and subsets of a cohort."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec

import pandas as pd

from helpers.analysis.definition import describe_definition
from helpers.errors import NotComputableError, ParameterError, StatisticsError
from helpers.results import ResultSet

if TYPE_CHECKING:
    from helpers.cohort import Cohort, Factor

Where = Mapping[str, Sequence[str]]
P = ParamSpec("P")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A time-to-event endpoint of the analysis table.

    Attributes
    ----------
    time, event : str
        Columns: months, and 0/1 or 0/1/2.
    label, time_label : str
        What is measured, and since when.
    """

    time: str
    event: str
    label: str
    time_label: str


ENDPOINTS: Mapping[str, Endpoint] = {
    "os": Endpoint(
        "os_months", "os_event", "Overall survival", "Months since lenalidomide failure"
    ),
    "os_len": Endpoint(
        "os_len_months",
        "os_len_event",
        "Overall survival",
        "Months since lenalidomide initiation",
    ),
    "os_dx": Endpoint("os_dx_months", "os_dx_event", "Overall survival", "Months since diagnosis"),
    "aml": Endpoint(
        "aml_months",
        "aml_code",
        "Incidence of acute myeloid leukaemia",
        "Months since lenalidomide failure",
    ),
}


def explain_omission(
    analyse: Callable[Concatenate[Cohort, P], ResultSet],
) -> Callable[Concatenate[Cohort, P], ResultSet]:
    """Turn what makes an analysis impossible into an empty set that says so.

    The decorated function takes the cohort, then keyword-only options, `set_id` and `title`
    among them. The set that it returns keeps them as ``meta["definition"]``.
    """
    signature = inspect.signature(analyse)

    @functools.wraps(analyse)
    def wrapped(cohort: Cohort, *args: P.args, **kwargs: P.kwargs) -> ResultSet:
        given = signature.bind(cohort, *args, **kwargs)
        given.apply_defaults()
        options = {key: value for key, value in given.arguments.items() if key != "cohort"}
        try:
            results = analyse(cohort, *args, **kwargs)
        except (NotComputableError, StatisticsError) as error:
            return ResultSet.omitted(
                options["set_id"], str(error), meta={"title": _name_analysis(cohort, options)}
            )
        definition = describe_definition(analyse.__name__, options)
        return replace(results, meta={**results.meta, "definition": definition})

    return wrapped


def _name_analysis(cohort: Cohort, options: Mapping[str, Any]) -> str:
    """Return the title of an analysis or, where it has none, what it is about."""
    if options["title"]:
        return options["title"]
    about = options.get("variable") or options.get("by")
    if about:
        return get_label(cohort, about)
    if options.get("rows"):
        return options["rows"][0].label
    measured = ENDPOINTS.get(options.get("endpoint", ""))
    return measured.label if measured else options["set_id"]


def get_factor(cohort: Cohort, name: str) -> Factor:
    """Return what the dictionary says of a factor.

    Raises
    ------
    ParameterError
        If there is no factor of that name.
    """
    factors = cohort.dictionary.factors
    if name not in factors:
        raise ParameterError(
            f"factor must be one of {', '.join(sorted(factors))}, but was {name!r}"
        )
    return factors[name]


def get_label(cohort: Cohort, name: str) -> str:
    """Return the label of a column.

    Raises
    ------
    ParameterError
        If the data dictionary has no column of that name.
    """
    try:
        return cohort.dictionary.label(name)
    except KeyError:
        raise ParameterError(
            f"column must be one of the data dictionary's, but was {name!r}; "
            "look its name up in the dictionary"
        ) from None


def get_unit(cohort: Cohort, name: str) -> str:
    """Return the unit of a column, empty for a factor."""
    return getattr(cohort.dictionary.find(name), "unit", "")


def is_categorical(cohort: Cohort, name: str) -> bool:
    """Return whether a column holds level keys rather than numbers."""
    return name in cohort.dictionary.factors


def check_where(cohort: Cohort, where: Where) -> None:
    """Refuse a subset that names what the data dictionary does not declare.

    Raises
    ------
    ParameterError
        If a column is no factor, or a level is not one of the factor's.
    """
    for column, levels in where.items():
        declared = get_factor(cohort, column).levels
        for level in levels:
            if level not in declared:
                raise ParameterError(
                    f"level of {column} must be one of {', '.join(declared)}, but was {level!r}"
                )


def select_patients(
    cohort: Cohort,
    *,
    where: Where | None = None,
    needs: Sequence[str] = (),
    by: str | None = None,
) -> pd.DataFrame:
    """Return the rows of a subset.

    Parameters
    ----------
    cohort : Cohort
        Whose analysis table is used.
    where : mapping of str to sequence of str, optional
        Column and the level keys that are kept; all conditions hold together.
    needs : sequence of str
        Further columns that the analysis cannot do without.
    by : str, optional
        Factor that makes the groups; patients without it are kept.

    Returns
    -------
    pandas.DataFrame

    Raises
    ------
    NotComputableError
        If a column is not in the data, or nobody is left.
    ParameterError
        If the subset or the groups name what the data dictionary does not declare.
    """
    where = where or {}
    check_where(cohort, where)
    if by is not None:
        get_factor(cohort, by)
    cohort.require(*where, *needs, *([] if by is None else [by]))
    table = cohort.table
    for column, levels in where.items():
        table = table.loc[table[column].isin(list(levels))]
    if table.empty:
        raise NotComputableError(f"no patient is left of {describe_where(cohort, where)}")
    return table


def select_known(
    cohort: Cohort, *, where: Where | None, needs: Sequence[str], by: str | None
) -> tuple[pd.DataFrame, int]:
    """Return the rows of a subset in which all columns are known, and how many others there are.

    Parameters and errors are those of :func:`select_patients`.
    """
    frame = select_patients(cohort, where=where, needs=needs, by=by)
    known = frame.dropna(subset=[*needs, *([] if by is None else [by])])
    return known, len(frame) - len(known)


def describe_where(cohort: Cohort, where: Where | None) -> str:
    """Return a subset in words, from the labels of the dictionary."""
    if not where:
        return "all patients"
    parts = []
    for column, levels in where.items():
        factor = get_factor(cohort, column)
        names = " or ".join(factor.levels.get(level, level) for level in levels)
        parts.append(f"{factor.label}: {names}")
    return "; ".join(parts)


def split_groups(cohort: Cohort, frame: pd.DataFrame, by: str | None) -> dict[str, pd.Index]:
    """Return the rows of each group that has patients, by level key in the dictionary's order.

    Raises
    ------
    NotComputableError
        If the grouping column is not in the data or is nowhere known.
    """
    if by is None:
        return {"overall": frame.index}
    cohort.require(by)
    levels = get_factor(cohort, by).levels
    groups = {level: frame.index[frame[by] == level] for level in levels}
    groups = {level: rows for level, rows in groups.items() if len(rows)}
    if not groups:
        raise NotComputableError(
            f"{get_factor(cohort, by).label} is not known of any patient of this analysis"
        )
    return groups


def label_groups(cohort: Cohort, groups: Mapping[str, pd.Index], by: str | None) -> dict[str, str]:
    """Return the print label of each group."""
    if by is None:
        return {"overall": "All patients"}
    levels = get_factor(cohort, by).levels
    return {level: levels[level] for level in groups}
