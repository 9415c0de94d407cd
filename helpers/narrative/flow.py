"""Sentences and captions on the selection of patients."""

from __future__ import annotations

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
    total, kept = int(screened.estimate or 0), int(included.estimate or 0)
    percent = f" ({format_percent(kept / total, n=total, style=voice.style)})" if total else ""
    kept_text = format_count(kept, style=voice.style) if kept else "none"
    verb = pluralise(kept, "was", "were")
    sentences = [f"of {voice.count(total)} screened, {kept_text}{percent} {verb} included."]
    reasons = [
        f"{voice.label(str(line['reason']))} "
        f"(n = {format_count(line['n_excluded'], style=voice.style)})"
        for line in list_steps(results)
        if line["n_excluded"]
    ]
    if reasons:
        sentences.append(f"reasons for exclusion were {join_words(reasons)}.")
    elif total == kept:
        sentences.append("nobody was excluded.")
    if results.meta.get("illustrative"):
        sentences.append(_ILLUSTRATIVE)
    return sentences


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
