"""Sentences on propensity scores: model, overlap, balance."""

from __future__ import annotations

from helpers.formatting import format_number, format_trimmed, join_words
from helpers.formatting.lookup import get_frame, get_groups
from helpers.narrative.voice import Voice
from helpers.results import ResultSet

_BALANCED = 0.1


def tell_propensity(results: ResultSet, voice: Voice) -> str:
    """Return what the score is a model of, and how well it tells the groups apart."""
    score = results.find("propensity")
    if score is None or score.estimate is None:
        return ""
    names = join_words(voice.label(str(one)) for one in results.meta.get("covariates", ()))
    discrimination = format_number(score.estimate, decimals=2, style=voice.style)
    among = "" if score.n is None else f" in {voice.count(score.n)}"
    outside = score.quantities.get("n_outside")
    beyond = (
        ""
        if outside is None
        else f"; {voice.count(outside)} had a score that did not occur in the other group"
    )
    return (
        f"the propensity score, a logistic model of {names}{among}, had a c-statistic of "
        f"{discrimination}{beyond}."
    )


def tell_balance(results: ResultSet, voice: Voice) -> str:
    """Return what weighting does to the largest standardised difference."""
    balance = get_frame(results, "balance")
    known = balance.dropna() if len(balance) else balance
    if known.empty:
        return ""
    before, after = (float(known[f"smd_{when}"].abs().max()) for when in ("before", "after"))
    largest = [format_number(value, decimals=2, style=voice.style) for value in (before, after)]
    limit = format_number(_BALANCED, decimals=1, style=voice.style)
    verdict = "which counts as balanced" if after < _BALANCED else f"which is above {limit}"
    shown = "" if len(known) == len(balance) else " of those that are shown"
    return (
        f"inverse probability weights reduced the largest standardised difference{shown} from "
        f"{largest[0]} to {largest[1]}, {verdict}."
    )


def tell_truncation(results: ResultSet, voice: Voice) -> str:
    """Return which weights were set to a limit, and of how many patients."""
    share = float(results.meta.get("weight_truncation") or 0)
    score = results.find("propensity")
    if not share or score is None:
        return ""
    ends = [
        f"{format_trimmed(100 * end, decimals=2, style=voice.style)}%" for end in (share, 1 - share)
    ]
    changed = score.quantities.get("n_truncated")
    of_whom = "" if changed is None else f" ({voice.count(int(changed))})"
    return (
        f"stabilised weights beyond their quantiles of {ends[0]} and {ends[1]} were set to "
        f"these{of_whom}."
    )


def tell_overlap(results: ResultSet, voice: Voice) -> str:
    """Return where the middle half of each group's scores lies, and what weights leave of it."""
    told: list[str] = []
    sizes: list[str] = []
    for key, label in get_groups(results).items():
        found = results.find(f"{key}.effective")
        known = {} if found is None else found.quantities
        values = [known.get(f"score_{name}") for name in ("median", "q1", "q3")]
        if found is None or found.estimate is None or None in values:
            return ""
        median, low, high = (format_number(one, decimals=2, style=voice.style) for one in values)
        told.append(f"{median} (quartiles {low} and {high}) {voice.group(label)}")
        sizes.append(f"{voice.count(round(found.estimate))} {voice.group(label)}")
    if not told:
        return ""
    return (
        f"the median score was {join_words(told)}; once weighted, the groups carry the information "
        f"of {join_words(sizes)} (effective sizes)."
    )
