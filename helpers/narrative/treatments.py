"""Sentences on counts: categories, exposure, treatments and responses."""

from __future__ import annotations

from helpers.document import TextBlock
from helpers.formatting import (
    NumberStyle,
    format_count,
    format_median_range,
    format_percent,
    format_trimmed,
    join_words,
    pluralise,
)
from helpers.formatting.lookup import get_groups, get_title, list_counts
from helpers.narrative.voice import Voice, make_text, speak
from helpers.results import Result, ResultSet

_OUTCOMES = {
    "any": "any response",
    "cr_pr": "a complete or partial response",
    "cr": "a complete response",
}


def describe_counts(
    results: ResultSet,
    *,
    style: NumberStyle | str = "paper",
    prefix: str = "",
    alpha: float = 0.05,
    refs: tuple[str, ...] = (),
) -> TextBlock:
    """Tell the counts of a set, each of its denominator, and the test between them.

    Parameters
    ----------
    results : ResultSet
        With counts below `prefix`; a test if it has one.
    style : NumberStyle or str
        Of the numbers.
    prefix : str
        Part of the ids.
    alpha : float
        Level at which groups are said to differ.
    refs : tuple of str
        Ids of tables and figures that it belongs to.

    Returns
    -------
    TextBlock
    """
    voice = speak(style)
    counts = [
        result
        for result in list_counts(results, prefix=prefix).values()
        if result.estimate is not None and result.n != 0
    ]
    sentences = [_tell_counts(results, counts, voice)] if counts else []
    test = next((r for r in results if r.kind == "test" and r.p_value is not None), None)
    if test is not None:
        verdict = "differed" if test.p_value < alpha else "did not clearly differ"
        sentences.append(f"the groups {verdict} ({voice.test(test)}).")
    return make_text(results, sentences, refs)


def _tell_counts(results: ResultSet, counts: list[Result], voice: Voice) -> str:
    """Return one sentence: a comparison of groups, the levels of a factor, or single counts."""
    title = str(results.meta.get("title") or "").rstrip(".")
    start = f"{voice.label(title)}: " if title else ""
    factor = str(results.meta.get("factor_label") or "")
    if factor:
        told = [
            f"{voice.share(result.estimate, result.n or 0)} {voice.group(result.label, factor)}"
            for result in counts
        ]
        return f"{start}{join_words(told)}."
    yes = [result for result in counts if result.label.casefold() == "yes"]
    if yes and all(result.label.casefold() in {"yes", "no"} for result in counts):
        return f"{start}{voice.share(yes[0].estimate, yes[0].n or 0)}."
    sizes = {result.n for result in counts}
    if len(sizes) > 1 or len(counts) == 1:
        told = [
            f"{voice.label(result.label)}, {voice.share(result.estimate, result.n or 0)}"
            for result in counts
        ]
        return f"{start}{'; '.join(told)}."
    told = [f"{voice.label(result.label)} in {_tell_share(result, voice)}" for result in counts]
    n = sizes.pop()
    size = f"of {voice.count(n)}, " if n else ""
    return f"{start}{size}{join_words(told)}."


def _tell_share(result: Result, voice: Voice) -> str:
    count = format_count(result.estimate, style=voice.style)
    if not result.n:
        return count
    return f"{count} ({format_percent(result.fraction, n=result.n, style=voice.style)})"


def describe_durations(
    results: ResultSet, *, style: NumberStyle | str = "paper", refs: tuple[str, ...] = ()
) -> TextBlock:
    """Tell the medians of a duration by group.

    Parameters
    ----------
    results : ResultSet
        Summaries, each labelled with its group.
    style : NumberStyle or str
        Of the numbers.
    refs : tuple of str
        Ids of tables and figures that it belongs to.

    Returns
    -------
    TextBlock
    """
    voice, told = speak(style), []
    for result in results:
        if result.kind != "summary" or result.estimate is None:
            continue
        text = format_trimmed(result.estimate, style=voice.style)
        unit = result.unit or "months"
        unit = unit.removesuffix("s") if text == "1" else unit
        spread = format_median_range(result, style=voice.style).partition(" (")[2]
        shown = f"{text} {unit}" + (f" (range {spread}" if spread else "")
        told.append(f"{shown} {voice.group(result.label)}")
    title = voice.label(get_title(results))
    sentences = [f"the median {title} was {join_words(told)}."] if told else []
    return make_text(results, sentences, refs)


def describe_treatments(
    results: ResultSet,
    *,
    style: NumberStyle | str = "paper",
    prefix: str = "first",
    refs: tuple[str, ...] = (),
) -> TextBlock:
    """Tell for how many patients the treatment is known, and which it was, most frequent first.

    Parameters
    ----------
    results : ResultSet
        Counts ``{prefix}.known`` (of all) and ``{prefix}.{treatment}`` (of the known).
    style : NumberStyle or str
        Of the numbers.
    prefix : str
        Part of the ids.
    refs : tuple of str
        Ids of tables and figures that it belongs to.

    Returns
    -------
    TextBlock
    """
    voice = speak(style)
    counts = list_counts(results, prefix=prefix)
    known = counts.pop("known", None)
    sentences = []
    if known is not None and known.n:
        told = voice.share(known.estimate or 0, known.n)
        sentences.append(f"the first treatment was known for {told}.")
    ranked = sorted(
        (result for name, result in counts.items() if "." not in name and result.estimate),
        key=lambda result: -(result.estimate or 0),
    )
    if ranked:
        told = join_words(f"{voice.label(r.label)} ({_tell_part(r, voice)})" for r in ranked)
        sentences.append(
            f"{pluralise(len(ranked), 'the treatment was', 'the treatments were')} {told}."
        )
    return make_text(results, sentences, refs)


def _tell_part(result: Result, voice: Voice) -> str:
    count = format_count(result.estimate, style=voice.style)
    if not result.n:
        return f"n = {count}"
    return f"n = {count}, {format_percent(result.fraction, n=result.n, style=voice.style)}"


def describe_treatment_response(
    results: ResultSet,
    *,
    style: NumberStyle | str = "paper",
    prefix: str = "response",
    refs: tuple[str, ...] = (),
) -> TextBlock:
    """Tell the responses among the evaluable patients of each treatment.

    Parameters
    ----------
    results : ResultSet
        Counts ``{prefix}.{treatment}.{outcome}``.
    style : NumberStyle or str
        Of the numbers.
    prefix : str
        Part of the ids.
    refs : tuple of str
        Ids of tables and figures that it belongs to.

    Returns
    -------
    TextBlock
    """
    voice, labels = speak(style), get_groups(results)
    counts = list_counts(results, prefix=prefix)
    sentences = []
    for treatment in dict.fromkeys(name.split(".")[0] for name in counts if "." in name):
        evaluable = counts.get(f"{treatment}.evaluable")
        fallback = evaluable.label.split(":")[0] if evaluable and evaluable.label else treatment
        named = voice.label(labels.get(treatment, fallback))
        named = "other treatments" if named == "other" else named
        if evaluable is None or not evaluable.estimate:
            sentences.append(f"no patient treated with {named} was evaluable for response.")
            continue
        told = [
            f"{format_count(result.estimate, style=voice.style) if result.estimate else 'none'} "
            f"({format_percent(result.fraction, n=result.n, style=voice.style)}) had {words}"
            for name, words in _OUTCOMES.items()
            if (result := counts.get(f"{treatment}.{name}")) is not None
            and result.estimate is not None
        ]
        shown = join_words(told) if told else "responses were not recorded"
        size = voice.count(int(evaluable.estimate), "evaluable patient")
        sentences.append(f"of {size} treated with {named}, {shown}.")
    return make_text(results, sentences, refs)
