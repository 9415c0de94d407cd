"""Sentences and captions on missing values."""

from __future__ import annotations

from helpers.document import FigureText, TextBlock
from helpers.formatting import (
    NumberStyle,
    find_abbreviations,
    format_level,
    format_number_word,
    join_words,
    pluralise,
)
from helpers.formatting.lookup import (
    get_abbreviations,
    get_slot,
    list_missing,
)
from helpers.narrative.voice import make_text, speak, write_plainly
from helpers.results import ResultSet


def describe_missingness(
    results: ResultSet,
    *,
    style: NumberStyle | str = "paper",
    threshold: float = 0.1,
    refs: tuple[str, ...] = (),
) -> TextBlock:
    """Tell for which variables values are missing.

    Parameters
    ----------
    results : ResultSet
        Counts of known or of missing values, as for the table.
    style : NumberStyle or str
        Of the numbers.
    threshold : float
        Fraction missing above which a variable is named.
    refs : tuple of str
        Ids of tables and figures that it belongs to.

    Returns
    -------
    TextBlock
    """
    voice, found = speak(style), list_missing(results)
    complete = sum(missing == 0 for _, missing in found.values())
    named = [
        f"{voice.label(label)} ({voice.share(missing, known + missing, inside=True)})"
        for label, (known, missing) in sorted(found.items(), key=lambda item: -item[1][1])
        if known + missing and missing / (known + missing) > threshold
    ]
    total = format_number_word(len(found), style=voice.style)
    sentences = [] if found else ["the data have no values of these variables."]
    if found and complete == len(found):
        sentences.append(f"no value was missing in {total} {pluralise(len(found), 'variable')}.")
    elif found:
        whole = format_number_word(complete, style=voice.style) if complete else "none"
        sentences.append(
            f"{whole} of {total} {pluralise(len(found), 'variable')} "
            f"{pluralise(complete, 'was', 'were')} complete."
        )
    if named:
        level = format_level(threshold, style=voice.style)
        sentences.append(f"more than {level} of values were missing for {join_words(named)}.")
    return make_text(results, sentences, refs)


def caption_missingness(
    results: ResultSet, *, style: NumberStyle | str = "paper", slot: str | None = None
) -> FigureText:
    """Write the words of a figure of missing values.

    Parameters
    ----------
    results : ResultSet
        Counts of known or of missing values.
    style : NumberStyle or str
        Of the numbers.
    slot : str, optional
        Where the figure stands.

    Returns
    -------
    FigureText
    """
    voice, found = write_plainly(style), list_missing(results)
    told = describe_missingness(results, style=style).markdown.replace("\\", "")
    shares = [
        f"{label}: {voice.share(missing, known + missing)} missing"
        for label, (known, missing) in found.items()
    ]
    return FigureText(
        id=f"figure.{results.id.replace('.', '_')}_missing",
        title="Missing values by variable.",
        caption="Share of the patients whose value is not known.",
        alt=f"Bar chart of missing values. {told}",
        description="; ".join(shares) + ("." if shares else ""),
        abbreviations=find_abbreviations(list(found), known=get_abbreviations(results)),
        slot=get_slot(results, slot),
    )
