"""Sentences on two groups: where a hazard ratio misleads, and what could have been found."""

from __future__ import annotations

from collections.abc import Sequence

from helpers.formatting import (
    format_level,
    format_number,
    format_ratio,
    join_words,
    lower_first,
)
from helpers.formatting.lookup import find_comparison, get_endpoint, get_event_noun
from helpers.narrative.voice import Voice
from helpers.results import Result, ResultSet


def tell_restricted_mean(results: ResultSet, voice: Voice, *, alpha: float) -> str:
    """Return the difference of restricted means where the hazards are not proportional.

    Parameters
    ----------
    results : ResultSet
        A survival set with ``ph`` and ``rmst_difference``.
    voice : Voice
        Of the numbers.
    alpha : float
        Level below which the hazards are said not to be proportional.
    """
    check, found = results.find("ph"), results.find("rmst_difference")
    if check is None or check.p_value is None or check.p_value >= alpha or found is None:
        return ""
    factor = str(results.meta.get("factor_label") or "this feature")
    told = tell_difference(found, voice, endpoint=get_endpoint(results), factor=factor)
    if not told:
        return ""
    return (
        f"the hazards were not proportional (score test, {voice.p(check)}), so that no single "
        f"hazard ratio describes the groups and the restricted mean comes first: {told}. The "
        "hazard ratio below is an average over the follow-up."
    )


def tell_difference(found: Result, voice: Voice, *, endpoint: str, factor: str) -> str:
    """Return a difference of restricted means as a clause."""
    if found.estimate is None:
        return ""
    points = [found.estimate, found.ci_lower, found.ci_upper]
    is_longer = found.estimate >= 0
    if not is_longer:
        points = [None if value is None else -value for value in points]
        points = [points[0], points[2], points[1]]
    shown = [
        format_number(value, decimals=1, style=voice.style) if value is not None else ""
        for value in points
    ]
    horizon = found.quantities.get("horizon_months")
    until = "within common follow-up" if horizon is None else f"up to {voice.months(horizon)}"
    level = format_level(found.conf_level or 0.95, style=voice.style)
    first, _, second = found.label.partition(" against ")
    named = (f"for {voice.label(first)}", f"for {voice.label(second)}")
    if found.label.casefold() == "yes against no":
        named = (f"with {voice.label(factor)}", "without")
    return (
        f"{until}, mean {lower_first(endpoint)} was {shown[0]} months "
        f"{'longer' if is_longer else 'shorter'} {named[0]} than {named[1]} "
        f"({level} CI {shown[1]} to {shown[2]}, {voice.p(found)})"
    )


def tell_power(results: ResultSet, voice: Voice, *, alpha: float) -> str:
    """Return which hazard ratio would have been found where none was."""
    test, found = find_comparison(results), results.find("detectable_hr")
    if test is None or found is None or found.estimate is None or test.p_value < alpha:
        return ""
    return _tell_beyond(results, voice, [found.estimate], found.events)


def tell_detectable(
    results: ResultSet, voice: Voice, unclear: Sequence[Result], *, events: int | None = None
) -> str:
    """Return which hazard ratios would have been found where the estimates show nothing.

    Parameters
    ----------
    results : ResultSet
        Of the estimates.
    voice : Voice
        Of the numbers.
    unclear : sequence of Result
        The estimates, in the order in which the sentence before has named them; those without
        ``detectable_hr`` among their `quantities` leave nothing to tell.
    events : int, optional
        Behind the estimates.
    """
    known = [one for one in unclear if "detectable_hr" in one.quantities]
    if not known or len(known) < len(unclear):
        return ""
    values = [one.quantities["detectable_hr"] for one in known]
    return _tell_beyond(results, voice, values, events)


def _tell_beyond(
    results: ResultSet, voice: Voice, values: Sequence[float], events: int | None
) -> str:
    pairs = [
        " or ".join(format_ratio(end, style=voice.style) for end in (value, 1 / value))
        for value in values
    ]
    noun = get_event_noun(results)
    behind = "these data" if events is None else voice.count(events, noun)
    what = "a hazard ratio" if len(pairs) == 1 else "hazard ratios"
    order = "" if len(pairs) == 1 else ", in this order,"
    return (
        f"with {behind}, only {what} beyond {join_words(pairs)}{order} would have been found with "
        "a power of 80%."
    )
