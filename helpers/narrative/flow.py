"""Sentences and captions on the selection of patients."""

from __future__ import annotations

import pandas as pd

from helpers.document import FigureText, TextBlock
from helpers.formatting import (
    NumberStyle,
    capitalise,
    find_abbreviations,
    format_count,
    format_percent,
    join_words,
    pluralise,
)
from helpers.formatting.estimates import MASKED
from helpers.formatting.lookup import (
    get_abbreviations,
    get_slot,
    get_title,
    list_steps,
)
from helpers.narrative.voice import Voice, make_text, speak, write_plainly
from helpers.results import ResultSet

_ILLUSTRATIVE = "the counts of excluded patients are illustrative: the paper does not print them."


def describe_flow(
    results: ResultSet, *, style: NumberStyle | str = "paper", refs: tuple[str, ...] = ()
) -> TextBlock:
    """Tell how many patients were screened, excluded for which reasons, and included.

    Parameters
    ----------
    results : ResultSet
        A flow set.
    style : NumberStyle or str
        Of the numbers.
    refs : tuple of str
        Ids of tables and figures that it belongs to.

    Returns
    -------
    TextBlock
    """
    return make_text(results, _tell_flow(results, speak(style)), refs)


def _tell_flow(results: ResultSet, voice: Voice) -> list[str]:
    screened, included = results.find("screened"), results.find("included")
    if screened is None or included is None:
        return []
    if screened.estimate is None:
        kept_text = format_count(included.estimate, style=voice.style)
        sentence = f"{kept_text} of the patients screened were included."
        return [sentence, *_tell_reasons(results, voice)]
    total, kept = int(screened.estimate), int(included.estimate or 0)
    if results.meta.get("is_drawn") is False:
        verb = pluralise(kept, "is", "are")
        return [f"{voice.count(kept)} of the data {verb} analysed; no rule of eligibility applies."]
    percent = f" ({format_percent(kept / total, n=total, style=voice.style)})" if total else ""
    kept_text = format_count(kept, style=voice.style) if kept else "none"
    verb = pluralise(kept, "was", "were")
    sentences = [f"of {voice.count(total)} screened, {kept_text}{percent} {verb} included."]
    reasons = _tell_reasons(results, voice)
    sentences += reasons
    if not reasons and total == kept:
        sentences.append("nobody was excluded.")
    if results.meta.get("illustrative"):
        sentences.append(_ILLUSTRATIVE)
    return sentences


def _tell_reasons(results: ResultSet, voice: Voice) -> list[str]:
    """Return the sentence on who was left out; a count that is not shown is said to be so."""
    reasons = [
        f"{voice.label(str(line['reason']))} ({_tell_size(line['n_excluded'], voice)})"
        for line in list_steps(results)
        if line["n_excluded"] != 0
    ]
    return [f"reasons for exclusion were {join_words(reasons)}."] if reasons else []


def _tell_size(count: float | None, voice: Voice) -> str:
    if count is None or pd.isna(count):
        return f"n {MASKED}"
    return f"n = {format_count(count, style=voice.style)}"


def caption_flow(
    results: ResultSet, *, style: NumberStyle | str = "paper", slot: str | None = None
) -> FigureText:
    """Write the words of the flow diagram.

    Parameters
    ----------
    results : ResultSet
        A flow set.
    style : NumberStyle or str
        Of the numbers.
    slot : str, optional
        Where the figure stands.

    Returns
    -------
    FigureText
    """
    voice = write_plainly(style)
    title = get_title(results, "Selection of patients")
    caption = "Each box to the right leaves out the patients who fail one rule, in this order."
    if results.meta.get("illustrative"):
        caption += f" {capitalise(_ILLUSTRATIVE)}"
    told = [capitalise(text) for text in _tell_flow(results, voice)]
    labels = [str(line["label"]) for line in list_steps(results)]
    return FigureText(
        id=f"figure.{results.id.replace('.', '_')}",
        title=f"{title}.",
        caption=caption,
        alt="Flow diagram of eligibility. " + " ".join(told[:1]),
        description=" ".join(told),
        abbreviations=find_abbreviations(
            [title, caption, *labels, *told], known=get_abbreviations(results)
        ),
        slot=get_slot(results, slot),
    )
