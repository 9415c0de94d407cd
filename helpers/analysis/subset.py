"""Who is analysed: endpoints, groups and subsets of a cohort."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec

import pandas as pd

from helpers.analysis.definition import describe_definition
from helpers.cohort.dictionary import read_dictionary
from helpers.cohort.model_numbers import describe_number, list_model_numbers
from helpers.errors import NotComputableError, ParameterError, StatisticsError
from helpers.results import ResultSet

if TYPE_CHECKING:
    from helpers.cohort import Cohort, Factor
    from helpers.cohort.terms import Terms

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
    event_noun : str
        What an event is called, one word.
    """

    time: str
    event: str
    label: str
    time_label: str
    event_noun: str = "event"


#: Time and event of each endpoint.
ENDPOINTS: Mapping[str, tuple[str, str]] = {
    "os": ("os_months", "os_event"),
    "os_len": ("os_len_months", "os_len_event"),
    "os_dx": ("os_dx_months", "os_dx_event"),
    "aml": ("aml_months", "aml_code"),
}


def find_endpoint(terms: Terms, name: str) -> Endpoint:
    """Return an endpoint in the words of a cohort.

    Parameters
    ----------
    terms : Terms
        Of the cohort.
    name : str
        Key of :data:`ENDPOINTS`.
    """
    since = {
        "os_len": f"the start of {terms.index_treatment_name or 'the index treatment'}",
        "os_dx": "diagnosis",
    }
    if terms.is_published:
        since["os_len"] = f"{terms.index_treatment_name} initiation"
    what = f"incidence of {terms.progression_name}" if name == "aml" else terms.endpoint
    label = what[:1].upper() + what[1:]
    noun = "event" if name == "aml" else terms.event_noun
    start = since.get(name, terms.time_zero_name)
    return Endpoint(*ENDPOINTS[name], label, f"Months since {start}", noun)


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
        given.arguments["title"] = cohort.terms.fill(given.arguments["title"])
        options = {key: value for key, value in given.arguments.items() if key != "cohort"}
        try:
            results = analyse(*given.args, **given.kwargs)
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
    endpoint = options.get("endpoint", "")
    return find_endpoint(cohort.terms, endpoint).label if endpoint else options["set_id"]


def get_factor(cohort: Cohort, name: str) -> Factor:
    """Return what the dictionary says of a factor; a number has no levels.

    Raises
    ------
    NotComputableError
        If the user's categories have left it without a meaning.
    ParameterError
        If there is no factor of that name.
    """
    factors = cohort.dictionary.factors
    if name in cohort.dictionary.removed:
        raise NotComputableError(f"{cohort.dictionary.removed[name]}.")
    if name not in factors and name in (numbers := list_model_numbers(cohort.dictionary)):
        return describe_number(numbers[name])
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
    if name in cohort.dictionary.removed:
        return cohort.terms.rename(read_dictionary().label(name))
    try:
        return cohort.dictionary.label(name)
    except KeyError:
        raise ParameterError(
            f"column must be one of the data dictionary's, but was {name!r}; "
            "look its name up in the dictionary"
        ) from None


def name_covariate(cohort: Cohort, name: str) -> str:
    """Return what a covariate is called in a list, a number without the step of its ratio."""
    declared = get_factor(cohort, name)
    return declared.label if declared.levels else get_label(cohort, name)


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
    NotComputableError
        If the user's categories lack a built-in level.
    ParameterError
        If a column is no factor, or a level is not one of the factor's.
    """
    builtin = read_dictionary().factors
    for column, levels in where.items():
        factor = get_factor(cohort, column)
        declared = factor.levels
        for level in levels:
            if level not in declared and column in builtin and level in builtin[column].levels:
                raise NotComputableError(
                    f"{factor.label} ({column}) has no category {level} in these data."
                )
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
    if by is not None and not get_factor(cohort, by).levels:
        groups = ", ".join(sorted(cohort.dictionary.factors))
        raise ParameterError(f"factor must be one of {groups}, but was {by!r}")
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
