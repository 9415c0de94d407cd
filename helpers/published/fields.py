"""Reading from a result what a ledger's entry is about, and printing it in the paper's dress."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from helpers.formatting import round_half_up
from helpers.published.entries import Entry
from helpers.published.precision import NUMBER, format_p_value, print_like
from helpers.results import Result

_EVERYONE = "all patients"
_UNNAMED = ("Yes", "No", "All patients")


def read_values(result: Result, field: str) -> tuple[float, ...] | None:
    """Return what a ledger's field means of a result, None where the result lacks it.

    Parameters
    ----------
    result : Result
        An estimated result.
    field : str
        One of the ledger's fields; ``percent`` is 0 to 100.
    """
    quantities = result.quantities
    read: tuple[float | None, ...]
    match field:
        case "percent":
            share = result.fraction if result.kind == "count" else result.estimate
            read = (None if share is None else 100 * share,)
        case "ci":
            read = (result.ci_lower, result.ci_upper)
        case "range":
            read = (quantities.get("minimum"), quantities.get("maximum"))
        case "minimum" | "maximum":
            read = (quantities.get(field),)
        case "count_of_n":
            read = (result.estimate, result.n)
        case "effect":
            read = (result.p_value, result.estimate)
        case _:
            read = (getattr(result, field),)
    return None if None in read else tuple(float(item) for item in read if item is not None)


def print_as(entry: Entry, values: Sequence[Decimal]) -> str:
    """Return values as the paper would print them in an entry's place.

    Parameters
    ----------
    entry : Entry
        Gives the text and the places after the point.
    values : sequence of Decimal
        As many as the entry's field has.
    """
    if entry.field == "effect":
        p_value, estimate = values
        return f"{print_like('', [estimate], 2)}, p{format_p_value(p_value, 3)}"
    if entry.field == "p_value":
        return _print_p_value_as(entry, values[0])
    text = print_like(entry.printed, values, entry.decimals or 0)
    is_worded = len(NUMBER.findall(entry.printed)) != len(values)
    return f"{text}%" if entry.field == "percent" and is_worded else text


def name_quantity(result: Result) -> str:
    """Return what a count or a summary is of, empty where its population says it already.

    Examples
    --------
    >>> name_quantity(Result(id="t.sex.female", kind="count", label="Female", population="Sex"))
    'Female'
    >>> name_quantity(Result(id="t.tr.yes", kind="count", label="Yes", population="Secondary MDS"))
    'Secondary MDS'
    """
    if result.kind not in ("count", "summary"):
        return ""
    name = result.population if result.label in _UNNAMED else result.label
    return "" if name == _EVERYONE or ": " in name else name


def _print_p_value_as(entry: Entry, value: Decimal) -> str:
    has_number = bool(NUMBER.search(entry.printed))
    if has_number and not entry.is_exact and entry.is_met_by([value]):
        return entry.printed
    if entry.is_exact and round_half_up(value, entry.decimals or 0):
        return print_like(entry.printed, [value], entry.decimals or 0)
    shown = format_p_value(value, entry.decimals)
    is_bare = entry.printed[0] in ".0123456789"
    return shown.removeprefix("=") if is_bare else f"p{shown}"
