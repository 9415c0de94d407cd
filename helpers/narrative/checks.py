"""Sentences and captions on proportional hazards."""

from __future__ import annotations

from dataclasses import replace

from helpers.document import FigureText, TextBlock
from helpers.formatting import (
    NumberStyle,
    format_level,
    join_words,
)
from helpers.formatting.lookup import (
    get_endpoint,
    get_frame,
    get_slot,
    get_title,
    label_factors,
)
from helpers.narrative.two_groups import tell_difference
from helpers.narrative.voice import make_text, speak
from helpers.results import ResultSet


def describe_ph(
    results: ResultSet,
    *,
    style: NumberStyle | str = "paper",
    alpha: float = 0.05,
    refs: tuple[str, ...] = (),
) -> TextBlock:
    """Tell the check of proportional hazards with a verdict.

    Parameters
    ----------
    results : ResultSet
        A model set with ``ph.{factor}`` and ``ph.global``.
    style : NumberStyle or str
        Of the numbers.
    alpha : float
        Level at which the assumption is called into question.
    refs : tuple of str
        Ids of tables and figures that it belongs to.

    Returns
    -------
    TextBlock
    """
    voice, labels, against = speak(style), label_factors(results), []
    overall = results.find("ph.global")
    start = f"{results.id}.ph."
    for result in results:
        factor = result.id.removeprefix(start)
        if result.id.startswith(start) and factor != "global" and (result.p_value or 1) < alpha:
            label = voice.label(labels.get(factor, result.label or factor))
            against.append(f"{label} ({voice.p(result)})")
    if overall is None or overall.p_value is None:
        text = "the assumption of proportional hazards could not be tested."
        return replace(make_text(results, [text], refs), id=f"{results.id}.ph")
    where = f"global test of scaled Schoenfeld residuals, {voice.p(overall)}"
    if overall.p_value < alpha:
        first = f"the hazards were not proportional ({where})."
    else:
        first = f"there was no evidence against proportional hazards as a whole ({where})."
    second = f"the hazard ratio changed over time for {join_words(against)}." if against else ""
    if against or overall.p_value < alpha:
        second += " The hazard ratios concerned are averages over the follow-up."
    return replace(make_text(results, [first, second], refs), id=f"{results.id}.ph")


def describe_restricted_means(
    results: ResultSet,
    *,
    style: NumberStyle | str = "paper",
    refs: tuple[str, ...] = (),
) -> TextBlock:
    """Tell restricted means of the factors whose hazards are not proportional, and why.

    Parameters
    ----------
    results : ResultSet
        From :func:`helpers.analysis.proportionality.check_hazards`.
    style : NumberStyle or str
        Of the numbers.
    refs : tuple of str
        Ids of tables and figures that it belongs to.

    Returns
    -------
    TextBlock
        Where every factor's hazards are proportional it says so.
    """
    voice, told = speak(style), {}
    for result in results:
        if result.id.endswith(".rmst_difference") and result.estimate is not None:
            clause = tell_difference(
                result, voice, endpoint=get_endpoint(results), factor=result.population
            )
            told.setdefault(result.population, []).append(clause)
    if not told:
        level = format_level(float(results.meta.get("alpha", 0.05)), style=voice.style)
        none = (
            f"no factor's hazards departed from proportionality at the {level} level, so that the "
            "hazard ratios stand without restricted means."
        )
        return make_text(results, [none], refs)
    labels = join_words(voice.label(label) for label in told)
    first = (
        f"the hazards are not proportional for {labels}, so that restricted means, which need no "
        "such assumption, come before the hazard ratios. "
    )
    clauses = [f"{clause}." for clauses in told.values() for clause in clauses]
    last = "these differences are not adjusted for the other factors."
    return make_text(results, [first.strip(), *clauses, last], refs)


def caption_ph(
    results: ResultSet, *, style: NumberStyle | str = "paper", slot: str | None = None
) -> FigureText:
    """Write the words of a figure of scaled Schoenfeld residuals.

    Parameters
    ----------
    results : ResultSet
        A model set with ``ph.*``.
    style : NumberStyle or str
        Of the numbers.
    slot : str, optional
        Where the figure stands.

    Returns
    -------
    FigureText
    """
    told = describe_ph(results, style=style).markdown
    has_smooth = "smooth" in get_frame(results, "residuals")
    smooth = "; line: smoothed residuals" if has_smooth else ""
    points = f"Points: residual plus coefficient, one for each event; dashed: their mean{smooth}."
    kind = "Scatter plots of"
    if results.meta.get("disclosure"):
        points = "Lines: smoothed residuals, the coefficient added; their mean is dashed."
        kind = "Smoothed lines through the"
    return FigureText(
        id=f"figure.{results.id.replace('.', '_')}_ph",
        title=f"Scaled Schoenfeld residuals: {get_title(results)}.",
        caption=f"{points} A slope speaks against proportional hazards.",
        alt=f"{kind} scaled Schoenfeld residuals against time, one for each term. "
        + told.replace("\\", ""),
        description=told.replace("\\", ""),
        slot=get_slot(results, slot),
    )
