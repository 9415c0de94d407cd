"""Sentences and captions of survival curves."""

from __future__ import annotations

from helpers.document import FigureText, TextBlock
from helpers.formatting import (
    NumberStyle,
    capitalise,
    find_abbreviations,
    format_count,
    format_level,
    join_words,
    lower_first,
    pluralise,
)
from helpers.formatting.estimates import MASKED
from helpers.formatting.lookup import (
    find_comparison,
    find_conf_level,
    find_contrast,
    find_horizons,
    find_interval_method,
    get_abbreviations,
    get_endpoint,
    get_event_noun,
    get_group_names,
    get_groups,
    get_slot,
    get_title,
)
from helpers.formatting.terms import name_contrast
from helpers.narrative.curve_words import list_marks, make_alt, make_description, tell_marks
from helpers.narrative.two_groups import tell_power, tell_restricted_mean
from helpers.narrative.voice import Voice, make_text, speak, write_plainly
from helpers.results import Result, ResultSet


def describe_survival(
    results: ResultSet,
    *,
    style: NumberStyle | str = "paper",
    alpha: float = 0.05,
    horizon_months: float | None = None,
    refs: tuple[str, ...] = (),
) -> TextBlock:
    """Tell survival: patients, deaths, medians, probabilities, the test between groups.

    Parameters
    ----------
    results : ResultSet
        A survival set.
    style : NumberStyle or str
        Of the numbers.
    alpha : float
        Level at which the groups are said to differ.
    horizon_months : float, optional
        Time at which the groups' probabilities are told; the longest if not said. With one
        group all horizons are told.
    refs : tuple of str
        Ids of tables and figures that it belongs to.

    Returns
    -------
    TextBlock
    """
    voice, groups = speak(style), get_groups(results)
    if len(groups) == 1:
        sentences = tell_one(results, next(iter(groups)), voice)
    else:
        sentences = _tell_groups(results, groups, horizon_months, voice)
        sentences.append(tell_restricted_mean(results, voice, alpha=alpha))
        sentences.append(tell_comparison(results, voice, alpha=alpha))
        sentences.append(tell_power(results, voice, alpha=alpha))
    sentences += tell_cautions(results, voice)
    return make_text(results, sentences, refs)


def tell_one(results: ResultSet, group: str, voice: Voice) -> list[str]:
    """Return the sentences on one group: patients and events, median, probabilities."""
    count, median = results.find(f"{group}.n"), results.find(f"{group}.median")
    source = count if count is not None else median
    endpoint = lower_first(get_endpoint(results))
    sentences = []
    if source is not None and source.n is not None:
        sentences.append(_tell_events(results, source, voice))
    if median is not None:
        sentences.append(f"the median {endpoint} was {voice.median(median, method=True)}.")
    told = [
        f"{voice.probability(result, method=index == 0)} {voice.at(time)}"
        for index, (name, time) in enumerate(find_horizons(results).items())
        if (result := results.find(f"{group}.{name}")) is not None and result.estimate is not None
    ]
    if told:
        sentences.append(f"the estimated probability of {endpoint} was {join_words(told)}.")
    return sentences


def _tell_events(results: ResultSet, source: Result, voice: Voice) -> str:
    size = source.estimate if source.kind == "count" else source.n
    if source.status == "masked" or size is None:
        return f"the numbers of patients and of events are {MASKED}."
    n = int(size)
    patients = voice.count(n)
    if source.events is None:
        return f"{patients} were analysed." if n != 1 else f"{patients} was analysed."
    noun = get_event_noun(results)
    events = voice.count(source.events, noun)
    return f"among {patients}, {events} {pluralise(source.events, 'was', 'were')} observed."


def _tell_groups(
    results: ResultSet, groups: dict[str, str], horizon_months: float | None, voice: Voice
) -> list[str]:
    factor, endpoint = str(results.meta.get("factor_label") or ""), get_endpoint(results)
    told, absent, hidden = [], [], []
    for key, label in groups.items():
        median = results.find(f"{key}.median")
        named = voice.group(label, factor)
        if median is not None and median.status == "masked":
            hidden.append(named)
            continue
        if median is None or not median.n:
            absent.append(named)
            continue
        size = f"n = {format_count(median.n, style=voice.style)}"
        told.append(f"{voice.median(median, method=not told)} {named} ({size})")
    sentences = []
    if told:
        sentences.append(f"the median {lower_first(endpoint)} was {join_words(told)}.")
    sentences.append(_tell_horizon(results, groups, horizon_months, voice))
    if absent:
        sentences.append(f"no patients were available {join_words(absent, last='or')}.")
    if hidden:
        sentences.append(f"estimates are {MASKED} {join_words(hidden)}.")
    return sentences


def _tell_horizon(
    results: ResultSet, groups: dict[str, str], horizon_months: float | None, voice: Voice
) -> str:
    horizons = find_horizons(results)
    wanted = {
        name: sum(_is_known(results.find(f"{key}.{name}")) for key in groups)
        for name, time in horizons.items()
        if horizon_months in {None, time}
    }
    most = max(wanted.values(), default=0)
    if not most:
        return ""
    name = [name for name, known in wanted.items() if known == most][-1]
    factor = str(results.meta.get("factor_label") or "")
    told = [
        f"{voice.probability(result)} {voice.group(label, factor)}"
        for key, label in groups.items()
        if (result := results.find(f"{key}.{name}")) is not None and result.estimate is not None
    ]
    if not told:
        return ""
    endpoint = lower_first(get_endpoint(results))
    return f"{voice.at(horizons[name])}, the probability of {endpoint} was {join_words(told)}."


def _is_known(result: Result | None) -> bool:
    return result is not None and result.estimate is not None


def tell_cautions(results: ResultSet, voice: Voice) -> list[str]:
    """Return what a reader must know of the groups: who is left out, when they were known."""
    sentences = []
    missing = int(results.meta.get("missing") or 0)
    if missing:
        who = (
            "in no group or of unknown group"
            if results.meta.get("factor_label")
            else ("of unknown outcome")
        )
        sentences.append(f"left out of the comparison: {voice.count(missing)} {who}.")
    if results.meta.get("is_immortal", results.meta.get("known_at") == "after_failure"):
        sentences.append(
            "the groups were formed after time zero, so whoever died early could not enter some "
            "of them (immortal time); the comparison is not causal."
        )
    return sentences


def tell_comparison(results: ResultSet, voice: Voice, *, alpha: float = 0.05) -> str:
    """Return the sentence on the test between groups, with the hazard ratio of two."""
    test, contrast = find_comparison(results), find_contrast(results)
    if test is None or test.p_value is None:
        return ""
    ratio = ""
    if contrast is not None and contrast.estimate is not None:
        factor = voice.label(str(results.meta.get("factor_label") or "this feature"))
        label = contrast.label
        name = f"HR of {voice.label(name_contrast(label))}" if label else "HR"
        if label.casefold() == "yes against no":
            name = f"HR with {factor} against without"
        ratio = f"; {voice.ratio(contrast, name=name, p_value=False)}"
    if test.p_value < alpha:
        return f"the groups differed ({voice.test(test)}{ratio})."
    return f"there was no clear difference between the groups ({voice.test(test)}{ratio})."


def caption_survival(
    results: ResultSet,
    *,
    style: NumberStyle | str = "paper",
    slot: str | None = None,
) -> FigureText:
    """Write the words of a survival figure.

    Parameters
    ----------
    results : ResultSet
        A survival set.
    style : NumberStyle or str
        Of the numbers.
    slot : str, optional
        Where the figure stands.

    Returns
    -------
    FigureText
        Its alternative text and long description are made from the numbers.
    """
    voice, groups = write_plainly(style), get_group_names(results)
    level = format_level(find_conf_level(results), style=voice.style)
    time_label = lower_first(str(results.meta.get("time_label") or "Months"))
    parts = [
        f"Kaplan-Meier estimates with pointwise {level} CI (shaded); {tell_marks(results)} "
        "the dotted line 50%; below the axis, the number at risk just before each time.",
        _explain_intervals(results, level),
        "Curves are drawn pale, without their interval, where few patients remain at risk.",
        capitalise(tell_comparison(results, voice)) if len(groups) > 1 else "",
    ]
    title, caption = get_title(results), " ".join(part for part in parts if part)
    alt = make_alt(results, groups, voice, time_label)
    description = make_description(results, groups, voice)
    return FigureText(
        id=f"figure.{results.id.replace('.', '_')}",
        title=f"{title}.",
        caption=caption,
        alt=alt,
        description=description,
        abbreviations=find_abbreviations(
            [title, caption, *groups.values(), list_marks(results)],
            known=get_abbreviations(results),
        ),
        slot=get_slot(results, slot),
    )


def _explain_intervals(results: ResultSet, level: str) -> str:
    curve = find_interval_method(results, "probability")
    median = find_interval_method(results, "median")
    named = [
        f"{name} for the {what}" for name, what in ((curve, "curves"), (median, "medians")) if name
    ]
    if not any(result.kind == "median" for result in results):
        named = named[:1] if curve else []
    methods = f" (intervals: {join_words(named)})" if named else ""
    return f"Medians are printed with {level} CI{methods}." if median or methods else ""
