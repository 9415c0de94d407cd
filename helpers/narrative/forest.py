"""Captions of forest plots."""

from __future__ import annotations

from helpers.document import FigureText
from helpers.formatting import (
    NumberStyle,
    capitalise,
    find_abbreviations,
    format_level,
    format_number_word,
    join_words,
    pluralise,
)
from helpers.formatting.lookup import (
    find_conf_level,
    get_abbreviations,
    get_frame,
    get_slot,
    get_title,
)
from helpers.narrative.models import list_levels, name_level, name_ratio
from helpers.narrative.voice import write_plainly
from helpers.results import ResultSet


def caption_forest(
    results: ResultSet, *, style: NumberStyle | str = "paper", slot: str | None = None
) -> FigureText:
    """Write the words of a forest plot.

    Parameters
    ----------
    results : ResultSet
        A model set.
    style : NumberStyle or str
        Of the numbers.
    slot : str, optional
        Where the figure stands.

    Returns
    -------
    FigureText
    """
    voice = write_plainly(style)
    level = format_level(find_conf_level(results), style=voice.style)
    ratio = "Subdistribution hazard ratios" if name_ratio(results) == "sHR" else "Hazard ratios"
    caption = (
        f"{ratio} with {level} CI on a logarithmic axis; the area of a box grows with the number "
        "of events, an arrow marks an interval that goes on beyond the axis, an open circle a "
        f"reference level. Values above 1 mean a higher hazard. {_name_test(results)}"
    )
    told = [
        f"{name_level(voice, line)}: {voice.ratio(result, name=name_ratio(results))}"
        for line, result in list_levels(results)
    ]
    title = get_title(results, "Multivariable model")
    n_levels = format_number_word(len(told), style=voice.style)
    alt = f"Forest plot of {n_levels} {pluralise(len(told), 'hazard ratio')} with intervals."
    clear = [
        name_level(voice, line)
        for line, result in list_levels(results)
        if None not in {result.ci_lower, result.ci_upper}
        and (result.ci_lower > 1 or result.ci_upper < 1)
    ]
    alt += (
        f" The interval excludes 1 for {join_words(clear)}."
        if clear
        else (" Every interval includes 1.")
    )
    return FigureText(
        id=f"figure.{results.id.replace('.', '_')}_forest",
        title=f"{title}.",
        caption=caption,
        alt=alt,
        description="; ".join(capitalise(text) for text in told) + ("." if told else ""),
        abbreviations=find_abbreviations(
            [title, caption, *_list_labels(results)], known=get_abbreviations(results)
        ),
        slot=get_slot(results, slot),
    )


def _name_test(results: ResultSet) -> str:
    if any(result.id.endswith(".interaction") for result in results):
        return "P-values: likelihood-ratio test of the interaction, without correction."
    return "P-values: Wald test."


def _list_labels(results: ResultSet) -> list[str]:
    terms = get_frame(results, "terms")
    if terms.empty:
        return ["HR"]
    return ["HR", *terms["factor_label"].astype(str), *terms["level_label"].astype(str)]
