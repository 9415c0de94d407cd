"""Sentences on comparisons of treatments: late switches and weights."""

from __future__ import annotations

from helpers.document import TextBlock
from helpers.formatting import (
    NumberStyle,
    capitalise,
    format_level,
    format_number,
    format_percent,
    format_ratio,
    join_words,
    lower_first,
)
from helpers.formatting.lookup import get_groups
from helpers.narrative.propensity import (
    tell_balance,
    tell_overlap,
    tell_propensity,
    tell_truncation,
)
from helpers.narrative.two_groups import tell_detectable
from helpers.narrative.voice import Voice, make_text, speak
from helpers.results import Result, ResultSet


def describe_switching(
    results: ResultSet,
    *,
    style: NumberStyle | str = "paper",
    alpha: float = 0.05,
    refs: tuple[str, ...] = (),
) -> TextBlock:
    """Tell what immortal time does to a comparison, and what is left without it.

    Parameters
    ----------
    results : ResultSet
        From :func:`helpers.analysis.switching.estimate_switch_effect`.
    style : NumberStyle or str
        Of the numbers.
    alpha : float
        Level at which an estimate is said to be clear.
    refs : tuple of str
        Ids of tables and figures that it belongs to.

    Returns
    -------
    TextBlock
    """
    voice = speak(style)
    sentences = [_tell_immortal(results, voice), *_tell_selection(results, voice)]
    sentences.append(_tell_naive(results, voice))
    sentences += _tell_landmarks(results, voice)
    sentences.append(_tell_time_varying(results, voice, alpha=alpha))
    return make_text(results, [one for one in sentences if one], refs)


def _tell_immortal(results: ResultSet, voice: Voice) -> str:
    immortal = results.find("immortal")
    if immortal is None or immortal.estimate is None or immortal.n is None:
        return ""
    share = format_percent(immortal.quantities.get("share", 0.0), style=voice.style)
    return (
        f"to be counted under {_name_group(results, voice)} a patient had to live until it began: "
        f"{voice.count(immortal.n)} did, and {voice.months(immortal.estimate)} of their follow-up "
        f"({share}) had passed before; a naive comparison counts this immortal time in the group's "
        "favour."
    )


def _name_group(results: ResultSet, voice: Voice) -> str:
    return voice.label(str(results.meta.get("factor_label") or "this group"))


def _tell_selection(results: ResultSet, voice: Voice) -> list[str]:
    """Tell who is left out because a later fact is not known of them."""
    told = []
    n_unknown = int(results.meta.get("n_unknown") or 0)
    if n_unknown:
        told.append(
            f"{voice.count(n_unknown)} whose group is not known were left out; since that too is "
            "settled later, the patients compared are a selection."
        )
    n_undated = int(results.meta.get("n_undated") or 0)
    if n_undated:
        told.append(f"left out: {voice.count(n_undated)} without a date of it.")
    return told


def _tell_naive(results: ResultSet, voice: Voice) -> str:
    naive = results.find("naive.hr")
    return "" if naive is None else f"naively, ever against never, {voice.ratio(naive)}."


def _tell_landmarks(results: ResultSet, voice: Voice) -> list[str]:
    told = [
        f"{lower_first(one.label)}, {voice.ratio(one, p_value=False)}"
        + ("" if one.n is None else f" ({voice.count(one.n, 'patient')})")
        for one in results
        if ".landmark_" in one.id
    ]
    if not told:
        return []
    return [f"among those alive at a landmark, grouped by what had happened: {'; '.join(told)}."]


def _tell_time_varying(results: ResultSet, voice: Voice, *, alpha: float) -> str:
    varying, adjusted = results.find("time_varying.hr"), results.find("adjusted.hr")
    if varying is None:
        return ""
    text = f"with the group as a covariate that changes in time, {voice.ratio(varying)}"
    test = results.find("mantel_byar")
    if test is not None and test.p_value is not None:
        text += f" (Mantel-Byar test, {voice.p(test)})"
    if adjusted is not None and adjusted.estimate is not None:
        names = join_words(voice.label(str(one)) for one in results.meta.get("adjusted_for", ()))
        text += f"; adjusted for {names}, {voice.ratio(adjusted)}"
    if varying.p_value is None:
        return f"{text}."
    bearing = _tell_bearing(adjusted, voice)
    if varying.p_value < alpha:
        return f"{text}. Without immortal time an association remains.{bearing}"
    unseen = tell_detectable(results, voice, [varying], events=varying.events)
    ending = f" {capitalise(unseen)}" if unseen else ""
    return f"{text}. Without immortal time no clear association remains.{ending}{bearing}"


def _tell_bearing(adjusted: Result | None, voice: Voice) -> str:
    """Return the E-value of an adjusted estimate as a sentence, with a space before it."""
    known = {} if adjusted is None else adjusted.quantities
    values = [known.get(name) for name in ("e_value", "e_value_limit")]
    if None in values:
        return ""
    shown = [format_ratio(value, style=voice.style) for value in values]
    return (
        f" The adjusted estimate has an E-value of {shown[0]}; that of its limit nearer to no "
        f"effect is {shown[1]}."
    )


def describe_weighting(
    results: ResultSet,
    *,
    style: NumberStyle | str = "paper",
    refs: tuple[str, ...] = (),
) -> TextBlock:
    """Tell a comparison of two treatments, crude, adjusted and weighted.

    Parameters
    ----------
    results : ResultSet
        From :func:`helpers.analysis.weighting.estimate_weighted_effect`.
    style : NumberStyle or str
        Of the numbers.
    refs : tuple of str
        Ids of tables and figures that it belongs to.

    Returns
    -------
    TextBlock
    """
    voice = speak(style)
    sentences = [
        tell_propensity(results, voice),
        tell_overlap(results, voice),
        tell_truncation(results, voice),
        tell_balance(results, voice),
        _tell_ratios(results, voice),
        *_tell_standardised(results, voice),
        _tell_e_value(results, voice),
    ]
    return make_text(results, [one for one in sentences if one], refs)


def _tell_ratios(results: ResultSet, voice: Voice) -> str:
    names = {
        "crude": "unadjusted",
        "adjusted": "in a Cox model with the same covariates",
        "iptw": "weighted by inverse probability",
        "overlap": "with overlap weights",
    }
    told = [
        f"{words}, {_add_bootstrap(found, voice)}"
        for key, words in names.items()
        if (found := results.find(f"{key}.hr")) is not None
    ]
    labels = list(get_groups(results).values())
    contrast = ""
    if len(labels) == 2:
        contrast = f"{voice.label(labels[1])} against {voice.label(labels[0])}: "
    return f"{contrast}{'; '.join(told)}." if told else ""


def _add_bootstrap(result: Result, voice: Voice) -> str:
    text = voice.ratio(result)
    limits = [result.quantities.get(f"bootstrap_{end}") for end in ("lower", "upper")]
    if None in limits or result.id.endswith(("crude.hr", "adjusted.hr")):
        return text
    shown = [format_ratio(value, style=voice.style) for value in limits]
    return f"{text} (bootstrap {shown[0]} to {shown[1]})"


def _tell_standardised(results: ResultSet, voice: Voice) -> list[str]:
    told = []
    for difference in results:
        if ".difference_" not in difference.id or difference.estimate is None:
            continue
        ending = difference.id.rpartition(".difference_")[2]
        sides = [
            f"{voice.probability(found)} {voice.group(label)}"
            for key, label in get_groups(results).items()
            if (found := results.find(f"{key}.standardised_{ending}")) is not None
        ]
        gap = _tell_gap(difference, voice)
        told.append(f"{voice.at(difference.quantities['time_months'])}, {join_words(sides)}{gap}")
    if not told:
        return []
    return [
        "survival as the g-formula gives it, had all patients been given the one or the other "
        f"treatment: {'; '.join(told)}."
    ]


def _tell_gap(difference: Result, voice: Voice) -> str:
    points = [difference.estimate, difference.ci_lower, difference.ci_upper]
    if None in points:
        return ""
    shown = [format_number(100 * value, decimals=0, style=voice.style) for value in points]
    level = format_level(difference.conf_level or 0.95, style=voice.style)
    return f", a difference of {shown[0]} percentage points ({level} CI {shown[1]} to {shown[2]})"


def _tell_e_value(results: ResultSet, voice: Voice) -> str:
    found, detectable = results.find("e_value"), results.find("detectable_hr")
    parts = []
    if found is not None and found.estimate is not None:
        value, limit = (
            format_ratio(number, style=voice.style)
            for number in (found.estimate, found.quantities["limit"])
        )
        parts.append(
            "an unmeasured confounder would need a risk ratio of "
            f"{value} with both treatment and outcome to explain the weighted estimate away, and "
            f"of {limit} to move its interval to 1 (E-value)"
        )
    weighted = results.find("iptw.hr")
    is_clear = weighted is not None and (weighted.p_value or 0) < _find_alpha(detectable)
    if detectable is not None and detectable.estimate is not None and not is_clear:
        ratio = format_ratio(detectable.estimate, style=voice.style)
        inverse = format_ratio(1 / detectable.estimate, style=voice.style)
        parts.append(
            f"with these events a hazard ratio beyond {ratio} or {inverse} would have been found "
            "with a power of 80%"
        )
    return f"{'; '.join(parts)}." if parts else ""


def _find_alpha(detectable: Result | None) -> float:
    return 0.05 if detectable is None else detectable.quantities.get("alpha", 0.05)
