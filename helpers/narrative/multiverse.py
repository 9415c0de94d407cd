"""Sentences and captions on a hazard ratio under many analytic choices."""

from __future__ import annotations

from helpers.document import FigureText, TextBlock
from helpers.formatting import (
    NumberStyle,
    find_abbreviations,
    format_count,
    format_percent,
    format_ratio,
    join_words,
    pluralise,
)
from helpers.formatting.lookup import (
    get_abbreviations,
    get_frame,
    get_slot,
    get_title,
    name_choice,
)
from helpers.narrative.voice import Voice, make_text, speak, write_plainly
from helpers.results import ResultSet

_MOST_TOLD = 3


def describe_multiverse(
    results: ResultSet, *, style: NumberStyle | str = "paper", refs: tuple[str, ...] = ()
) -> TextBlock:
    """Tell how far a hazard ratio depends on analytic choices.

    Parameters
    ----------
    results : ResultSet
        From :func:`helpers.analysis.multiverse.summarise_specifications`.
    style : NumberStyle or str
        Of the numbers.
    refs : tuple of str
        Ids of tables and figures that it belongs to.

    Returns
    -------
    TextBlock
    """
    voice = speak(style)
    return make_text(results, _tell(results, voice), refs)


def caption_multiverse(
    results: ResultSet, *, style: NumberStyle | str = "paper", slot: str | None = None
) -> FigureText:
    """Write the words of a specification curve.

    Parameters
    ----------
    results : ResultSet
        As in :func:`describe_multiverse`.
    style : NumberStyle or str
        Of the numbers.
    slot : str, optional
        Where the figure stands.

    Returns
    -------
    FigureText
    """
    voice = write_plainly(style)
    level = format_percent(float(results.meta.get("alpha", 0.05)), n=1, style=voice.style)
    caption = (
        "Hazard ratios with 95% intervals in ascending order, logarithmic axis; filled points are "
        f"significant at the {level} level. Below, a mark for the value that each choice had."
    )
    if results.meta.get("published"):
        caption += " Dashed line: the published hazard ratio."
    title = get_title(results, "Specification curve")
    told = _tell(results, voice)
    return FigureText(
        id=f"figure.{results.id.replace('.', '_')}",
        title=f"{title.rstrip('.')}.",
        caption=caption,
        alt=f"Specification curve. {told[0][:1].upper()}{told[0][1:]}" if told else title,
        description=" ".join(f"{one[:1].upper()}{one[1:]}" for one in told),
        abbreviations=find_abbreviations([title, caption], known=get_abbreviations(results)),
        slot=get_slot(results, slot),
    )


def _tell(results: ResultSet, voice: Voice) -> list[str]:
    whole = results.find("all")
    if whole is None or whole.estimate is None:
        return []
    extra = whole.quantities
    lowest, middle, highest = (
        format_ratio(value, style=voice.style)
        for value in (extra["lowest"], whole.estimate, extra["highest"])
    )
    n = format_count(extra["n_estimated"], style=voice.style)
    above, clear = (
        format_percent(extra[name], style=voice.style)
        for name in ("share_above_1", "share_significant")
    )
    sentences = [
        f"under {n} combinations of analytic choices the hazard ratio of "
        f"{voice.label(str(results.meta.get('contrast', whole.label)))} ranged from {lowest} to "
        f"{highest} (median {middle}); {above} of them lay above 1 and {clear} were significant."
    ]
    failed = int(results.meta.get("n_failed") or 0)
    if failed:
        sentences.append(f"{voice.count(failed, 'combination')} had no finite estimate.")
    withheld = int(results.meta.get("n_withheld") or 0)
    if withheld:
        verb = pluralise(withheld, "is", "are")
        sentences.append(
            f"{voice.count(withheld, 'combination')} {verb} not shown: one of the groups compared "
            "is of few patients or events."
        )
    moved = _list_moves(results, voice)
    if moved:
        sentences.append(f"the choices that moved it most, all else equal: {join_words(moved)}.")
    return sentences


def _list_moves(results: ResultSet, voice: Voice) -> list[str]:
    influence = get_frame(results, "influence")
    told = []
    for row in influence.head(_MOST_TOLD).to_dict("records"):
        choice, value, base = (
            voice.label(name_choice(results, row[name])) for name in ("choice", "value", "base")
        )
        factor = format_ratio(row["ratio"], style=voice.style)
        told.append(f"{choice} {value} instead of {base} (factor {factor})")
    return told
