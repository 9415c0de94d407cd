"""Sentences and captions on who was studied."""

from __future__ import annotations

from helpers.document import TextBlock
from helpers.formatting import (
    NumberStyle,
    format_count,
    format_median_range,
    format_number_word,
    format_percent,
    format_trimmed,
    join_words,
    pluralise,
)
from helpers.formatting.lookup import (
    clean_level,
    get_frame,
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
        (str(variable), block.to_dict("records"))
        for variable, block in (rows.groupby("variable", sort=False) if len(rows) else ())
        if variables is None or variable in variables
    ]
    if results.meta.get("groups"):
        return make_text(results, _tell_differences(results, blocks, alpha, voice), refs)
    told = [_tell_variable(results, variable, lines, voice) for variable, lines in blocks]
    return make_text(results, [text for text in told if text], refs)


def _tell_variable(
    results: ResultSet, variable: str, lines: list[dict[str, object]], voice: Voice
) -> str:
    label = voice.label(str(lines[0]["variable_label"]))
    if lines[0]["kind"] == "numeric":
        summary = results.find(variable)
        if summary is None or summary.estimate is None:
            return ""
        return f"the median {label} was {_tell_summary(summary, voice)}."
    found = [
        (line, result)
        for line in lines
        if (result := results.find(f"{variable}.{clean_level(line['level'])}")) is not None
        and result.estimate is not None
        and result.n
    ]
    if not found:
        return ""
    is_binary = lines[0]["kind"] == "binary"
    yes = [pair for pair in found if is_binary and pair[0]["level"] == "yes"]
    if len(lines) == 1 or yes:
        line, result = yes[0] if yes else found[0]
        level = str(line["level_label"])
        is_told = level.casefold() == "yes" or level.casefold() in label.casefold()
        named = label if is_told else f"{label}, {voice.label(level)}"
        return f"{named}: {voice.share(result.estimate, result.n)}."
    line, result = max(found, key=lambda pair: pair[1].estimate)
    level = voice.label(str(line["level_label"]))
    return f"{label}: most often {level} ({voice.share(result.estimate, result.n, inside=True)})."


def _tell_summary(summary: Result, voice: Voice) -> str:
    text = format_trimmed(summary.estimate, style=voice.style)
    unit = f" {summary.unit}" if summary.unit and summary.unit != "%" else summary.unit
    text = f"{text}{unit}"
    spread = format_median_range(summary, style=voice.style).partition(" (")[2]
    return f"{text} (range {spread}" if spread else text


def _tell_differences(
    results: ResultSet,
    blocks: list[tuple[str, list[dict[str, object]]]],
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
    level = format_percent(alpha, n=1, style=voice.style)
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
    sentences = []
    if alive is not None and dead is not None:
        living = voice.count(int(alive.estimate or 0))
        verb = pluralise(alive.estimate or 0, "was", "were")
        died = format_count(dead.estimate, style=voice.style) if dead.estimate else "none"
        sentences.append(f"at last contact {living} {verb} alive and {died} had died.")
    if survivors is not None and survivors.estimate is not None:
        shown = _tell_summary(survivors, voice)
        sentences.append(f"the median follow-up of survivors was {shown}.")
    if reverse is not None:
        shown = voice.median(reverse)
        sentences.append(f"by the reverse Kaplan-Meier method, median follow-up was {shown}.")
    return make_text(results, sentences, refs)
