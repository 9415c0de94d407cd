"""Sentences and captions of pooled reports: what several centres say, and what they cannot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from helpers.document import FigureText, TextBlock
from helpers.formatting import (
    capitalise,
    escape_markdown,
    format_count,
    format_interval,
    format_level,
    format_number_word,
    format_percent,
    format_ratio,
    join_sentences,
    join_words,
    pluralise,
)
from helpers.formatting.lookup import find_conf_level, get_endpoint, get_frame, get_groups
from helpers.narrative.forest import caption_forest
from helpers.narrative.voice import Voice, speak
from helpers.results import ResultSet

_LARGE_I2 = 0.5
_MOST_TOLD = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolFacts:
    """What is known of the pool beside its results.

    Attributes
    ----------
    centres, showing : tuple of str
        All labels, and those that show results of their own.
    n_patients : int or None
        Sum of the printed numbers of patients of the centres that show them.
    joint : str
        ``none``, ``whole`` or ``incomplete``.
    missing : tuple of str
        Centres of the joint key without a file.
    rules : tuple of str
        Of disclosure control.
    is_published : bool
        Whether hazard ratios of the publication stand beside.
    """

    centres: tuple[str, ...]
    showing: tuple[str, ...]
    n_patients: int | None
    joint: str
    missing: tuple[str, ...]
    rules: tuple[str, ...]
    is_published: bool


def describe_pool(facts: PoolFacts, *, style: str = "paper") -> TextBlock:
    """Tell who shared, how many patients there are, and what is summed of whom."""
    voice, n = speak(style), len(facts.centres)
    named = f"{format_number_word(n, style=voice.style)} {pluralise(n, 'centre')}"
    sentences = [f"{named} shared aggregates of their reports; no patient's row left a centre."]
    if facts.n_patients:
        shown = format_count(facts.n_patients, style=voice.style)
        who = "they" if len(facts.showing) == n else _count_showing(facts, voice)
        sentences.append(f"{who} {'have' if who == 'they' else 'show'} about {shown} patients.")
    hidden = [name for name in facts.centres if name not in facts.showing]
    if hidden:
        names = join_words(escape_markdown(name) for name in hidden)
        verb = pluralise(len(hidden), "is", "are")
        sentences.append(
            f"{names} {verb} too small to show anything and "
            f"{pluralise(len(hidden), 'counts', 'count')} only in the joint sums."
        )
    sentences.append(_tell_joint(facts, voice))
    return TextBlock("pooled.centres", join_sentences(sentences), ())


def _count_showing(facts: PoolFacts, voice: Voice) -> str:
    return f"the {format_number_word(len(facts.showing), style=voice.style)} that show them"


def _tell_joint(facts: PoolFacts, voice: Voice) -> str:
    if facts.joint == "whole":
        return (
            "all of them hold a joint key, so the stratified hazard ratios are those of every "
            "patient of every centre, also of groups that a centre alone may not show."
        )
    if facts.joint == "incomplete":
        names = join_words(escape_markdown(name) for name in facts.missing)
        return (
            f"the joint sums cannot be read, because the {pluralise(len(facts.missing), 'file')} "
            f"of {names} {pluralise(len(facts.missing), 'is', 'are')} missing; the stratified "
            "hazard ratios rest on centres that show theirs."
        )
    return (
        "there is no joint key: a centre takes part in a hazard ratio only where each of its "
        "groups is large enough to be shown."
    )


def describe_pooled_ratios(
    results: ResultSet, *, style: str = "paper", alpha: float = 0.05, refs: tuple[str, ...] = ()
) -> TextBlock:
    """Tell the combined hazard ratios of a model, both ways where both exist.

    Parameters
    ----------
    results : ResultSet
        Of :func:`helpers.analysis.pooled_ratios.pool_hazard_ratios`.
    style : str
        Of the numbers.
    alpha : float
        Level below which a p-value is called clear.
    refs : tuple of str
        Tables and figures that it tells.
    """
    voice, clear, unclear, absent = speak(style), [], [], []
    for line in get_frame(results, "contrasts").to_dict("records"):
        key = f"{line['factor']}.{line['level']}"
        label = voice.label(str(line["level_label"]))
        found = results[f"{key}.stratified"]
        if found.status != "estimated":
            found = results[f"{key}.random"]
        if found.status != "estimated":
            absent.append(label)
        elif found.p_value is not None and found.p_value < alpha:
            clear.append(f"{label} ({voice.ratio(found)}, {found.label.lower()})")
        else:
            unclear.append(label)
    endpoint = voice.label(get_endpoint(results))
    sentences = []
    if clear:
        sentences.append(f"over all centres {endpoint} went with {join_words(clear)}.")
    else:
        sentences.append(f"over all centres no factor went clearly with {endpoint}.")
    if unclear:
        sentences.append(f"the interval includes 1 for {join_words(unclear)}.")
    if absent:
        sentences.append(f"nothing can be combined for {join_words(absent)}.")
    return TextBlock(results.id, join_sentences(sentences), refs)


def describe_centre_curves(
    results: ResultSet, *, style: str = "paper", refs: tuple[str, ...] = ()
) -> TextBlock:
    """Tell the medians of the centres that show a curve, lowest and highest.

    Parameters
    ----------
    results : ResultSet
        Survival with centres as its groups.
    style : str
        Of the numbers.
    refs : tuple of str
        Tables and figures that it tells.
    """
    voice = speak(style)
    medians = [
        (one.estimate, escape_markdown(label), one)
        for key, label in get_groups(results).items()
        if (one := results.find(f"{key}.median")) is not None and one.estimate is not None
    ]
    n = len(get_groups(results))
    noun = f"{format_number_word(n, style=voice.style)} {pluralise(n, 'centre')}"
    sentences = [
        f"{noun} {pluralise(n, 'shows', 'show')} a curve of {pluralise(n, 'its', 'their')} own."
    ]
    endpoint = voice.label(get_endpoint(results))
    if len(medians) > 1:
        low, high = min(medians)[1:], max(medians)[1:]
        sentences.append(
            f"the median {endpoint} was between {voice.median(low[1], method=True)} in {low[0]} "
            f"and {voice.median(high[1])} in {high[0]}."
        )
    return TextBlock(results.id, join_sentences(sentences), refs)


def describe_heterogeneity(
    sets: Sequence[ResultSet], *, style: str = "paper", refs: tuple[str, ...] = ()
) -> TextBlock:
    """Tell how far the centres differ, and how little few centres can say of it."""
    voice = speak(style)
    found = [
        (str(line["level_label"]), one)
        for results in sets
        for line in get_frame(results, "contrasts").to_dict("records")
        if (one := results.find(f"{line['factor']}.{line['level']}.heterogeneity")) is not None
    ]
    if not found:
        text = "no hazard ratio is shown by two centres, so nothing is known of their differences."
        return TextBlock("pooled.heterogeneity", join_sentences([text]), refs)
    large = [
        f"{voice.label(label)} (I² {format_percent(one.quantities['i2'], style=voice.style)})"
        for label, one in found
        if one.quantities["i2"] >= _LARGE_I2
    ]
    most = max(int(one.quantities["n_centres"]) for _, one in found)
    share = format_percent(_LARGE_I2, style=voice.style)
    sentences = []
    if large:
        more = " and others" if len(large) > _MOST_TOLD else ""
        sentences.append(
            f"{share} or more of the variation between centres is beyond chance for "
            f"{join_words(large[:_MOST_TOLD])}{more}."
        )
    else:
        sentences.append(
            f"for no factor is {share} or more of the variation between centres beyond chance."
        )
    word = format_number_word(most, style=voice.style)
    sentences.append(
        f"at most {word} centres show the hazard ratio of one factor: so few cannot exclude "
        "large differences, and a value of 0% is no sign that there are none."
        if most < 10
        else f"up to {word} centres show the hazard ratio of one factor."
    )
    return TextBlock("pooled.heterogeneity", join_sentences(sentences), refs)


def caption_pooled_forest(
    results: ResultSet, *, style: str = "paper", slot: str | None = None
) -> FigureText:
    """Write the words of a forest plot whose rows are centres."""
    text = caption_forest(results, style=style, slot=slot)
    voice = speak(style)
    level = format_level(find_conf_level(results), style=voice.style)
    caption = (
        f"Hazard ratios of the centres that show them, with {level} CI on a logarithmic axis; the "
        "area of a box grows with the number of events. Below them what they give together: by "
        "random effects with the interval of Hartung and Knapp, where a further centre is "
        "expected, and by a Cox model stratified by centre, in which more centres may take part."
    )
    told = []
    for result in results:
        name = result.id.rpartition(".")[2]
        if name in {"random", "stratified"} and result.estimate is not None:
            limits = [
                format_ratio(value, style=voice.style)
                for value in (result.ci_lower, result.ci_upper)
            ]
            told.append(
                f"{result.label.lower()} {format_ratio(result.estimate, style=voice.style)} "
                f"({format_interval(*limits, words=True, style=voice.style)})"
            )
    n = sum(".centre_" in result.id for result in results)
    rows = f"{format_number_word(n, style=voice.style)} {pluralise(n, 'hazard ratio')}"
    alt = f"Forest plot of {rows} of centres and what they give together."
    if told:
        alt += f" {capitalise(join_words(told[:2]))}."
    return replace(text, caption=caption, alt=alt)
