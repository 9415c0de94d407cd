"""Sentences and captions on who was studied."""

from __future__ import annotations

from typing import Any

from helpers.document import TextBlock
from helpers.formatting import (
    NumberStyle,
    escape_markdown,
    format_count,
    format_level,
    format_median_range,
    format_number_word,
    format_percent,
    format_unit,
    join_words,
    pluralise,
)
from helpers.formatting.lookup import (
    clean_level,
    get_frame,
    split_rows,
)
from helpers.narrative.voice import Voice, make_text, speak
from helpers.results import Result, ResultSet


def describe_characteristics(
    results: ResultSet,
    *,
    style: NumberStyle | str = "paper",
    variables: tuple[str, ...] | None = None,
    alpha: float = 0.05,
    refs: tuple[str, ...] = (),
) -> TextBlock:
    """Tell characteristics: medians with ranges, the most frequent category of others.

    Parameters
    ----------
    results : ResultSet
        A characteristics set.
    style : NumberStyle or str
        Of the numbers.
    variables : tuple of str, optional
        Those to tell, all if not said. With groups only those whose test is below `alpha`.
    alpha : float
        Level at which groups are said to differ.
    refs : tuple of str
        Ids of tables and figures that it belongs to.

    Returns
    -------
    TextBlock
    """
    voice, rows = speak(style), get_frame(results, "rows")
    blocks = [
        (variable, block.to_dict("records"))
        for variable, block in split_rows(rows, "variable")
        if variables is None or variable in variables
    ]
    if results.meta.get("groups"):
        return make_text(results, _tell_differences(results, blocks, alpha, voice), refs)
    return make_text(results, _tell_together(results, blocks, voice), refs)


def _tell_together(
    results: ResultSet, blocks: list[tuple[str, list[dict[str, Any]]]], voice: Voice
) -> list[str]:
    """Return one sentence on numbers, one on features, one on categories."""
    medians, features, categories = [], [], []
    for variable, lines in blocks:
        label = voice.label(str(lines[0]["variable_label"]))
        if lines[0]["kind"] == "numeric":
            summary = results.find(variable)
            if summary is not None and summary.estimate is not None:
                medians.append(f"{label} {_tell_summary(summary, voice)}")
            continue
        found = _find_counts(results, variable, lines)
        yes = [pair for pair in found if pair[0]["level"] == "yes" or len(lines) == 1]
        if yes:
            line, result = yes[0]
            features.append(f"{_name_feature(label, line, voice)} {_tell_part(result, voice)}")
        elif found:
            line, result = max(found, key=lambda pair: pair[1].estimate)
            level = voice.label(str(line["level_label"]))
            categories.append(f"{label}, {level} {_tell_part(result, voice)}")
    sentences = []
    if medians:
        spread = "quartiles" if results.meta.get("disclosure") else "ranges"
        sentences.append(f"medians ({spread}) were: {', '.join(medians)}.")
    if features:
        sentences.append(f"features present: {', '.join(features)}.")
    if categories:
        sentences.append(f"most frequent categories: {'; '.join(categories)}.")
    return sentences


def _find_counts(
    results: ResultSet, variable: str, lines: list[dict[str, Any]]
) -> list[tuple[dict[str, Any], Result]]:
    pairs = ((line, results.find(f"{variable}.{clean_level(line['level'])}")) for line in lines)
    return [
        (line, result)
        for line, result in pairs
        if result is not None and result.estimate is not None and result.n
    ]


def _name_feature(label: str, line: dict[str, Any], voice: Voice) -> str:
    level = str(line["level_label"])
    is_told = level.casefold() == "yes" or level.casefold() in label.casefold()
    return label if is_told else f"{label}: {voice.label(level)}"


def _tell_part(result: Result, voice: Voice) -> str:
    """Return ``(134, 34%)``, with the denominator where values are missing."""
    count = format_count(result.estimate, style=voice.style)
    if result.missing:
        count += f" of {format_count(result.n, style=voice.style)}"
    return f"({count}, {format_percent(result.fraction, n=result.n, style=voice.style)})"


def _tell_summary(summary: Result, voice: Voice, *, word: str = "") -> str:
    """Return ``70 years (37–95)``; `word` stands before the range, or before the quartiles."""
    has_range = "minimum" in summary.quantities
    kind = "range" if has_range else "quartiles"
    text = format_median_range(summary, spread=kind, style=voice.style)
    shown, _, spread = text.partition(" (")
    word = word.replace("range", kind)
    unit = format_unit(summary.unit)
    text = f"{shown}{'' if unit in {'', '%'} else ' '}{unit}"
    return f"{text} ({word}{spread}" if spread else text


def _tell_differences(
    results: ResultSet,
    blocks: list[tuple[str, list[dict[str, Any]]]],
    alpha: float,
    voice: Voice,
) -> list[str]:
    differing, tested = [], 0
    for variable, lines in blocks:
        test = results.find(f"{variable}.test")
        if test is None or test.p_value is None:
            continue
        tested += 1
        if test.p_value < alpha:
            label = voice.label(str(lines[0]["variable_label"]))
            differing.append(f"{label} ({voice.test(test)})")
    if not tested:
        return []
    level = format_level(alpha, style=voice.style)
    n_tested = format_number_word(tested, style=voice.style)
    shown = join_words(differing) if differing else "none"
    return [
        f"of {n_tested} {pluralise(tested, 'characteristic')} compared, the groups differed at "
        f"the {level} level in {shown}."
    ]


def describe_follow_up(
    results: ResultSet, *, style: NumberStyle | str = "paper", refs: tuple[str, ...] = ()
) -> TextBlock:
    """Tell who was alive at last contact and how long patients were followed.

    Parameters
    ----------
    results : ResultSet
        ``alive``, ``dead``, ``survivors`` (summary), ``reverse_km`` (median); any may lack.
    style : NumberStyle or str
        Of the numbers.
    refs : tuple of str
        Ids of tables and figures that it belongs to.

    Returns
    -------
    TextBlock
    """
    voice = speak(style)
    alive, dead = results.find("alive"), results.find("dead")
    survivors, reverse = results.find("survivors"), results.find("reverse_km")
    event = escape_markdown(str(results.meta.get("event") or ""))
    sentences = []
    if alive is not None and dead is not None:
        living = voice.count(int(alive.estimate or 0))
        verb = pluralise(alive.estimate or 0, "was", "were")
        died = format_count(dead.estimate, style=voice.style) if dead.estimate else "none"
        state, end = (
            ("free of the event", f"had had it ({event})") if event else ("alive", "had died")
        )
        sentences.append(f"at last contact {living} {verb} {state} and {died} {end}.")
    if survivors is not None and survivors.estimate is not None:
        shown = _tell_summary(survivors, voice, word="range ")
        who = "those free of the event" if event else "survivors"
        sentences.append(f"the median follow-up of {who} was {shown}.")
    if reverse is not None:
        shown = voice.median(reverse)
        sentences.append(f"by the reverse Kaplan-Meier method, median follow-up was {shown}.")
    return make_text(results, sentences, refs)
