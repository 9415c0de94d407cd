"""Results to text: estimates with their intervals, alike in tables, figures and sentences."""

from __future__ import annotations

from dataclasses import replace

from helpers.formatting.numbers import (
    NO_VALUE,
    format_count_of_n,
    format_count_percent,
    format_number,
    format_percent,
    format_trimmed,
    round_half_up,
)
from helpers.formatting.styles import NumberStyle, get_style
from helpers.results import Result

NOT_REACHED = "NR"
NOT_REACHED_WORDS = "not reached"
NOT_COMPUTABLE = "NC"
MASKED = "redacted"
_RATIO_LIMIT = 100


def format_interval(
    lower: str | None, upper: str | None, *, words: bool = False, style: NumberStyle | str = "paper"
) -> str:
    """Join two printed limits; a missing one is not reached.

    Parameters
    ----------
    lower, upper : str or None
        Limits as printed.
    words : bool
        Whether the text stands in a sentence: ``20 to not reached``, not ``20–NR``.
    style : NumberStyle or str
        Mark between the limits.

    Returns
    -------
    str
        Without brackets.

    Examples
    --------
    >>> format_interval("20", None), format_interval("20", None, words=True)
    ('20–NR', '20 to not reached')
    """
    style = get_style(style)
    absent = NOT_REACHED_WORDS if words else NOT_REACHED
    texts = [text if text is not None else absent for text in (lower, upper)]
    has_odd = any(text == absent or text.startswith("\u2212") for text in texts)
    mark = " to " if has_odd and (words or absent not in texts) else style.range_mark
    return mark.join(texts)


def format_estimate_interval(
    estimate: float | None,
    ci_lower: float | None,
    ci_upper: float | None,
    *,
    decimals: int = 2,
    style: NumberStyle | str = "paper",
) -> str:
    """Format an estimate with its interval, for a table cell.

    Parameters
    ----------
    estimate : float or None
        None is not reached.
    ci_lower, ci_upper : float or None
        Limits; one None is not reached, both None: no interval is printed.
    decimals : int
        Of all three.
    style : NumberStyle or str
        Brackets and marks.

    Returns
    -------
    str

    Examples
    --------
    >>> format_estimate_interval(1.641, 1.244, 2.176)
    '1.64 [1.24–2.18]'
    """
    style = get_style(style)
    texts = [
        None if value is None else format_number(value, decimals=decimals, style=style)
        for value in (estimate, ci_lower, ci_upper)
    ]
    return bracket_interval(texts[0] or NOT_REACHED, texts[1], texts[2], style=style)


def bracket_interval(
    estimate: str, lower: str | None, upper: str | None, *, style: NumberStyle | str = "paper"
) -> str:
    """Put an interval in the style's brackets behind an estimate, all three printed before."""
    style = get_style(style)
    if lower is None and upper is None:
        return estimate
    interval = format_interval(lower, upper, style=style)
    return f"{estimate} {style.bracket_open}{interval}{style.bracket_close}"


def format_status(result: Result, *, words: bool = False) -> str | None:
    """Return what stands for a result without a number, or None where there is one."""
    match result.status:
        case "not_computable":
            return "not computable" if words else NOT_COMPUTABLE
        case "masked":
            return MASKED
        case "not_reached":
            return NOT_REACHED_WORDS if words else NOT_REACHED
        case "reference":
            return "reference" if words else "1 (reference)"
    return None if result.estimate is not None else NO_VALUE


def format_months(value: float | None, *, style: NumberStyle | str = "paper") -> str:
    """Format a time in months, without its unit; None is a dash.

    Examples
    --------
    >>> format_months(23.5), format_months(23.5, style="nejm")
    ('24', '23.5')
    """
    style = get_style(style)
    return format_number(value, decimals=style.months_decimals, style=style)


def format_median(result: Result, *, style: NumberStyle | str = "paper") -> str:
    """Format a median survival with its interval, for a table cell.

    Parameters
    ----------
    result : Result
        Of kind ``median``.
    style : NumberStyle or str
        Decimals and brackets.

    Returns
    -------
    str
        ``23 [20–27]``, ``NR [40–NR]`` or ``NR``.
    """
    style = get_style(style)
    if result.status in {"not_computable", "masked"}:
        return format_status(result) or NO_VALUE
    limits = [
        None if value is None else format_months(value, style=style)
        for value in (result.ci_lower, result.ci_upper)
    ]
    estimate = (
        NOT_REACHED if result.estimate is None else format_months(result.estimate, style=style)
    )
    return bracket_interval(estimate, *limits, style=style)


def format_probability(
    result: Result, *, interval: bool = True, style: NumberStyle | str = "paper"
) -> str:
    """Format a probability or an incidence as a percentage with its interval.

    Parameters
    ----------
    result : Result
        Of kind ``probability`` or ``incidence``.
    interval : bool
        Whether the interval is printed.
    style : NumberStyle or str
        Decimals and brackets.

    Returns
    -------
    str
        ``24% [19–29]``.
    """
    style = get_style(style)
    status = format_status(result)
    if status is not None:
        return status
    estimate = format_percent(result.estimate, style=style)
    limits = [
        None if value is None else format_percent(value, sign=False, style=style)
        for value in (result.ci_lower, result.ci_upper)
    ]
    if not interval or None in limits or result.ci_lower == result.ci_upper:
        return estimate
    return bracket_interval(estimate, *limits, style=style)


def format_ratio(value: float | None, *, style: NumberStyle | str = "paper") -> str:
    """Format a hazard ratio or a limit of one: two decimals, none from 100.

    Examples
    --------
    >>> format_ratio(1.645), format_ratio(0.002), format_ratio(153.2)
    ('1.65', '<0.01', '153')
    """
    if value is None:
        return NO_VALUE
    style = get_style(style)
    decimals = style.ratio_decimals
    if value > 0 and round_half_up(value, decimals) == 0:
        return "<" + format_number(10.0**-decimals, decimals=decimals, style=style)
    return format_number(value, decimals=0 if value >= _RATIO_LIMIT else decimals, style=style)


def format_hazard_ratio(result: Result, *, style: NumberStyle | str = "paper") -> str:
    """Format a hazard ratio with its interval, for a table cell.

    Parameters
    ----------
    result : Result
        Of kind ``hazard_ratio``; a reference level gives ``1 (reference)``.
    style : NumberStyle or str
        Brackets and marks.

    Returns
    -------
    str
    """
    status = format_status(result)
    if status is not None:
        return status
    limits = [
        None if value is None else format_ratio(value, style=style)
        for value in (result.ci_lower, result.ci_upper)
    ]
    return bracket_interval(format_ratio(result.estimate, style=style), *limits, style=style)


def format_median_range(
    result: Result, *, spread: str = "range", decimals: int = 1, style: NumberStyle | str = "paper"
) -> str:
    """Format a summary as its median with range or quartiles.

    Parameters
    ----------
    result : Result
        Of kind ``summary``.
    spread : {"range", "quartiles"}
        ``70 (37–95)`` or ``70 (62, 78)``.
    decimals : int
        At most; trailing zeros are left out.
    style : NumberStyle or str
        Marks.

    Returns
    -------
    str
    """
    status = format_status(result)
    if status is not None:
        return status
    style = get_style(style)
    if result.id.endswith("_year"):
        style = replace(style, thousands_from=10**9)
    names = ("minimum", "maximum") if spread == "range" else ("q1", "q3")
    bounds = [
        format_trimmed(result.quantities[name], decimals=decimals, style=style)
        for name in names
        if name in result.quantities
    ]
    median = format_trimmed(result.estimate, decimals=decimals, style=style)
    if len(bounds) < 2:
        return median
    has_minus = any(bound.startswith("\u2212") for bound in bounds)
    mark = (" to " if has_minus else "–") if spread == "range" else "; "
    if spread != "range" and style.decimal_mark != ",":
        mark = ", "
    return f"{median} ({mark.join(bounds)})"


def format_count_result(
    result: Result, *, denominator: bool = False, style: NumberStyle | str = "paper"
) -> str:
    """Format a count with its percentage, and its denominator where asked.

    Parameters
    ----------
    result : Result
        Of kind ``count``, its denominator in `n`.
    denominator : bool
        ``32/71 (45%)`` and not ``32 (45%)``.
    style : NumberStyle or str
        Decimals and marks.

    Returns
    -------
    str
    """
    status = format_status(result)
    if status is not None:
        return status
    form = format_count_of_n if denominator else format_count_percent
    return form(result.estimate, result.n, style=style)
