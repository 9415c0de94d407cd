"""Words of figures on treatments: curves without immortal time, standardised curves."""

from __future__ import annotations

from dataclasses import replace

from helpers.document import FigureText
from helpers.formatting import (
    NumberStyle,
    find_abbreviations,
    format_count,
    format_level,
    lower_first,
)
from helpers.formatting.lookup import (
    find_conf_level,
    get_abbreviations,
    get_endpoint,
    get_groups,
    get_slot,
    get_title,
)
from helpers.narrative.curve_words import list_marks, make_alt, make_description
from helpers.narrative.forest import caption_forest
from helpers.narrative.voice import write_plainly
from helpers.results import ResultSet


def caption_switching(
    results: ResultSet, *, style: NumberStyle | str = "paper", slot: str | None = None
) -> FigureText:
    """Write the words of the curves of Simon and Makuch.

    Parameters
    ----------
    results : ResultSet
        From :func:`helpers.analysis.switching.estimate_switch_effect`.
    style : NumberStyle or str
        Of the numbers.
    slot : str, optional
        Where the figure stands.

    Returns
    -------
    FigureText
    """
    voice, groups = write_plainly(style), get_groups(results)
    level = format_level(find_conf_level(results), style=voice.style)
    title = f"{get_title(results, 'Survival')}: {lower_first(get_endpoint(results))} by time in it"
    caption = (
        f"Estimates of Simon and Makuch with pointwise {level} CI: each patient changes from one "
        "curve to the other when the group is joined, and neither curve is that of a fixed set of "
        "patients. The dotted line marks 50%; below the axis, the number at risk in either state "
        "just before each time."
    )
    test = results.find("mantel_byar")
    if test is not None and test.p_value is not None:
        caption += f" Mantel-Byar test: {voice.p(test)}."
    time_label = lower_first(str(results.meta.get("time_label") or "Months"))
    alt = make_alt(results, groups, voice, time_label)
    return FigureText(
        id=f"figure.{results.id.replace('.', '_')}_curves",
        title=f"{title}.",
        caption=caption,
        alt=alt.replace("Kaplan-Meier curves", "Simon-Makuch curves", 1),
        description=make_description(results, groups, voice),
        abbreviations=find_abbreviations(
            [title, caption, *groups.values(), list_marks(results)],
            known=get_abbreviations(results),
        ),
        slot=get_slot(results, slot),
    )


def caption_ways(
    results: ResultSet, *, style: NumberStyle | str = "paper", slot: str | None = None
) -> FigureText:
    """Write the words of a forest plot of one comparison estimated in several ways.

    Parameters
    ----------
    results : ResultSet
        From :func:`helpers.analysis.switching.estimate_switch_effect` or
        :func:`helpers.analysis.weighting.estimate_weighted_effect`.
    style : NumberStyle or str
        Of the numbers.
    slot : str, optional
        Where the figure stands.

    Returns
    -------
    FigureText
    """
    text = caption_forest(results, style=style, slot=slot)
    ending = "Each row is another estimate of the same comparison."
    return replace(text, caption=f"{text.caption} {ending}")


def caption_standardised(
    results: ResultSet, *, style: NumberStyle | str = "paper", slot: str | None = None
) -> FigureText:
    """Write the words of standardised survival curves.

    Parameters
    ----------
    results : ResultSet
        From :func:`helpers.analysis.weighting.estimate_weighted_effect`.
    style : NumberStyle or str
        Of the numbers.
    slot : str, optional
        Where the figure stands.

    Returns
    -------
    FigureText
    """
    voice, groups = write_plainly(style), get_groups(results)
    level = format_level(find_conf_level(results), style=voice.style)
    title = f"{get_title(results)}: standardised {lower_first(get_endpoint(results))}"
    n_replicates = int(results.meta.get("n_replicates") or 0)
    band = (
        f" with pointwise {level} limits of "
        f"{format_count(n_replicates, style=voice.style)} bootstrap samples"
        if n_replicates
        else ""
    )
    caption = (
        f"Mean of all patients' predicted survival had all been given one treatment{band}, from "
        "the Cox model with the covariates. The dotted line marks 50%; below the axis, the number "
        "truly at risk on each treatment just before each time."
    )
    told = []
    for result in results:
        if ".standardised_" in result.id and result.estimate is not None:
            time = voice.at(result.quantities["time_months"])
            told.append(f"{voice.label(result.label)} {time}: {voice.probability(result)}")
    alt = f"Standardised curves of {lower_first(get_endpoint(results))}. {'; '.join(told)}."
    return FigureText(
        id=f"figure.{results.id.replace('.', '_')}_standardised",
        title=f"{title}.",
        caption=caption,
        alt=alt,
        description=make_description(results, groups, voice),
        abbreviations=find_abbreviations(
            [title, caption, *groups.values()], known=get_abbreviations(results)
        ),
        slot=get_slot(results, slot),
    )
