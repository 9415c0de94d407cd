"""A result as a report prints it, whatever its kind."""

from __future__ import annotations

from helpers.formatting import (
    NO_VALUE,
    format_count,
    format_count_result,
    format_hazard_ratio,
    format_median,
    format_median_range,
    format_number,
    format_p,
    format_probability,
    format_status,
    format_trimmed,
)
from helpers.results import Result

_FORMATS = {
    "count": format_count_result,
    "summary": format_median_range,
    "median": format_median,
    "restricted_mean": format_median,
    "probability": format_probability,
    "incidence": format_probability,
    "hazard_ratio": format_hazard_ratio,
}


def print_result(result: Result, *, style: str = "paper") -> str:
    """Return a result's value with its interval, or its p-value where it is a test.

    Parameters
    ----------
    result : Result
        Of any kind.
    style : str
        Number style.

    Returns
    -------
    str
        As a table's cell shows it.
    """
    if result.estimate is None and result.p_value is not None:
        return format_p(result.p_value, letter=True, style=style)
    if result.kind in _FORMATS and result.status != "reference":
        has_value = result.estimate is not None or result.status != "estimated"
        return _FORMATS[result.kind](result, style=style) if has_value else NO_VALUE
    status = format_status(result)
    if status is not None:
        return status
    return format_number(result.estimate, decimals=2, style=style)


def print_all(result: Result, *, style: str = "paper") -> tuple[str, ...]:
    """Return everything of a result that a report may print, at the report's precision.

    Standard errors and test statistics are not printed; whatever else is compared may be.
    """
    p_value = "" if result.p_value is None else format_p(result.p_value, style=style)
    counts = (result.n, result.events, result.missing)
    texts = ("" if count is None else format_count(count, style=style) for count in counts)
    further = (
        f"{name} {format_trimmed(value, decimals=2, style=style)}"
        for name, value in sorted(result.quantities.items())
    )
    whole = (print_result(result, style=style), p_value, *texts, *further)
    return (*whole, result.status, "" if result.kind != "median" else result.method)


def print_value(value: float | str | None, *, style: str = "paper") -> str:
    """Return one field's value: at most six decimals, words as they are."""
    if value is None or isinstance(value, str):
        return value or NO_VALUE
    decimals = 6 if abs(value) < 1 else 4
    return format_trimmed(value, decimals=decimals, style=style)
