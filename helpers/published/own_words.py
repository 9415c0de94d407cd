"""A user's own cohort beside the paper's, as texts of a table and in one sentence."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from helpers.formatting import (
    NumberStyle,
    bracket_interval,
    format_interval,
    format_number,
    round_half_up,
)
from helpers.published.comparison import describe_quantity
from helpers.published.own_cohort import Difference, Estimate

_COLUMNS = ("place", "what", "published", "own", "difference", "reason")

_IN_PER_CENT = ("percent", "probability")


def describe_differences(differences: Sequence[Difference], *, conf_level: float = 0.95) -> str:
    """Return in one sentence how many numbers have a counterpart, and how many differ.

    Parameters
    ----------
    differences : sequence of Difference
        From :func:`helpers.published.own_cohort.compare_own_cohort`.
    conf_level : float
        Of their intervals, 0 to 1.
    """
    present = [item for item in differences if item.own is not None]
    limited = [item for item in present if _has_interval(item.difference)]
    apart = sum(_excludes_no_difference(item) for item in limited)
    verb = "excludes" if apart == 1 else "exclude"
    return (
        f"Of {len(differences)} printed medians, means, shares, probabilities and hazard ratios, "
        f"{len(present)} have a counterpart in this cohort; of {len(limited)} differences with a "
        f"{100 * conf_level:g}% confidence interval, {apart or 'none'} {verb} no difference."
    )


def differences_to_appendix_frame(
    differences: Sequence[Difference], *, style: NumberStyle | str = "paper"
) -> pd.DataFrame:
    """Return the columns of the appendix: place, what, published, own, difference, reason.

    Parameters
    ----------
    differences : sequence of Difference
        In the paper's order.
    style : NumberStyle or str
        Marks of the numbers; they have the places that the paper prints.

    Returns
    -------
    pandas.DataFrame
        Texts; `own` and `difference` are empty where the cohort lacks the number, and then
        `reason` says why.
    """
    rows = [
        {
            "place": item.place,
            "what": describe_quantity(item.kind, item.quantity, item.population),
            "published": _print_published(item, style),
            "own": _print_own(item, style),
            "difference": _print_difference(item, style),
            "reason": "" if item.own is not None else item.reason,
        }
        for item in differences
    ]
    return pd.DataFrame(rows, columns=list(_COLUMNS))


def _has_interval(item: Estimate | None) -> bool:
    return item is not None and item.lower is not None and item.upper is not None


def _excludes_no_difference(item: Difference) -> bool:
    found = item.difference
    if found is None or found.lower is None or found.upper is None:
        return False
    return not found.lower <= (1 if item.is_ratio else 0) <= found.upper


def _print_published(item: Difference, style: NumberStyle | str) -> str:
    published = item.published
    if published is None:
        return item.printed
    return bracket_interval(
        item.printed,
        _print_number(published.lower, item, style),
        _print_number(published.upper, item, style),
        style=style,
    )


def _print_own(item: Difference, style: NumberStyle | str) -> str:
    if item.own is None:
        return ""
    unit = f" {item.unit}" if not item.is_ratio and item.unit else ""
    unit = "%" if item.kind in _IN_PER_CENT else unit
    lower, upper = (_print_number(limit, item, style) for limit in (item.own.lower, item.own.upper))
    value = f"{_print_number(item.own.value, item, style)}{unit}"
    return bracket_interval(value, lower, upper, style=style)


def _print_difference(item: Difference, style: NumberStyle | str) -> str:
    found = item.difference
    if found is None:
        return ""
    value = _print_number(found.value, item, style) or ""
    if item.is_ratio:
        value = f"\N{MULTIPLICATION SIGN} {value}"
    elif round_half_up(found.value, item.decimals) > 0:
        value = f"+{value}"
    if not _has_interval(found):
        return value
    lower, upper = (_print_number(limit, item, style) for limit in (found.lower, found.upper))
    return f"{value} ({format_interval(lower, upper, words=True, style=style)})"


def _print_number(value: float | None, item: Difference, style: NumberStyle | str) -> str | None:
    if value is None:
        return None
    return format_number(value, decimals=item.decimals, style=style)
