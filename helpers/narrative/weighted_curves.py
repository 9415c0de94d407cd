"""Words on survival of groups that weights have made alike."""

from __future__ import annotations

from helpers.document import FigureText, TextBlock
from helpers.formatting import (
    NumberStyle,
    find_abbreviations,
    format_count,
    format_level,
    format_number,
    join_words,
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
from helpers.narrative.curve_words import make_description
from helpers.narrative.voice import Voice, make_text, speak, write_plainly
from helpers.results import ResultSet

_WEIGHTED = "weighted by inverse probability of treatment"


def describe_weighted_curves(
    results: ResultSet,
    *,
    style: NumberStyle | str = "paper",
    alpha: float = 0.05,
    refs: tuple[str, ...] = (),
) -> TextBlock:
    """Tell survival of the weighted groups; restricted means first where hazards cross.

    Parameters
    ----------
    results : ResultSet
        From :func:`helpers.analysis.weighted_survival.estimate_weighted_curves`.
    style : NumberStyle or str
        Of the numbers.
    alpha : float
        Level below which the hazards are said not to be proportional.
    refs : tuple of str
        Ids of tables and figures that it belongs to.

    Returns
    -------
    TextBlock
    """
    voice = speak(style)
    check, difference = results.find("ph"), _tell_difference(results, voice)
    survival = _tell_survival(results, voice)
    if check is None or check.p_value is None:
        sentences = [survival, difference and f"{difference}."]
    elif check.p_value < alpha:
        sentences = [
            f"{_WEIGHTED}, the groups' hazards were not proportional (score test, "
            f"{voice.p(check)}), so that no single hazard ratio describes them and the restricted "
            f"mean comes first: {difference}. The hazard ratios below are averages over the "
            "follow-up.",
            survival,
        ]
    else:
        sentences = [
            survival,
            f"nothing spoke against proportional hazards of the weighted groups (score test, "
            f"{voice.p(check)}); {difference}.",
        ]
    return make_text(results, [one for one in sentences if one], refs)


def _tell_survival(results: ResultSet, voice: Voice) -> str:
    times = dict.fromkeys(
        one.quantities["time_months"] for one in results if ".surv_" in one.id and one.quantities
    )
    told = []
    for time in times:
        sides = [
            f"{voice.probability(found)} {voice.group(label)}"
            for key, label in get_groups(results).items()
            if (found := results.find(f"{key}.surv_{time:g}m")) is not None
        ]
        told.append(f"{voice.at(time)}, {join_words(sides)}")
    if not told:
        return ""
    endpoint = lower_first(get_endpoint(results))
    return f"the probability of {endpoint}, {_WEIGHTED}, was: {'; '.join(told)}."


def _tell_difference(results: ResultSet, voice: Voice) -> str:
    found = results.find("rmst_difference")
    labels = list(get_groups(results).values())
    if found is None or found.estimate is None or len(labels) != 2:
        return ""
    points = [found.estimate, found.ci_lower, found.ci_upper]
    if found.estimate < 0:
        points = [None if value is None else -value for value in (points[0], *points[:0:-1])]
    shown = [
        "" if value is None else format_number(value, decimals=1, style=voice.style)
        for value in points
    ]
    interval = ""
    if shown[1]:
        level = format_level(found.conf_level or 0.95, style=voice.style)
        interval = f" ({level} CI {shown[1]} to {shown[2]}, bootstrap)"
    direction = "longer" if found.estimate >= 0 else "shorter"
    endpoint = lower_first(get_endpoint(results))
    horizon = found.quantities.get("horizon_months")
    until = "within common follow-up" if horizon is None else f"up to {voice.months(horizon)}"
    return (
        f"{until}, mean {endpoint} was {shown[0]} months {direction} "
        f"{voice.group(labels[1])} than {voice.group(labels[0])}{interval}"
    )


def caption_weighted_curves(
    results: ResultSet, *, style: NumberStyle | str = "paper", slot: str | None = None
) -> FigureText:
    """Write the words of weighted survival curves.

    Parameters
    ----------
    results : ResultSet
        From :func:`helpers.analysis.weighted_survival.estimate_weighted_curves`.
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
    title = f"{get_title(results)}: weighted {lower_first(get_endpoint(results))}"
    caption = (
        f"Kaplan-Meier estimates {_WEIGHTED}{_tell_band(results, voice, level)} The dotted line "
        "marks 50%; below the axis, the number truly at risk on each treatment just before each "
        "time, not weighted."
    )
    check = results.find("ph")
    if check is not None and check.p_value is not None:
        caption += f" Proportional hazards of the weighted groups: score test, {voice.p(check)}."
    told = [
        f"{voice.label(one.label)} {voice.at(one.quantities['time_months'])}: "
        f"{voice.probability(one)}"
        for one in results
        if ".surv_" in one.id and one.estimate is not None
    ]
    endpoint = lower_first(get_endpoint(results))
    alt = f"Weighted Kaplan-Meier curves of {endpoint}. {'; '.join(told)}."
    return FigureText(
        id=f"figure.{results.id.replace('.', '_')}_curves",
        title=f"{title}.",
        caption=caption,
        alt=alt,
        description=make_description(results, groups, voice),
        abbreviations=find_abbreviations(
            [title, caption, *groups.values()], known=get_abbreviations(results)
        ),
        slot=get_slot(results, slot),
    )


def _tell_band(results: ResultSet, voice: Voice, level: str) -> str:
    """Return what the bands are, or why there are none, with a full stop."""
    n_replicates, n_failed, most = (
        int(results.meta.get(name) or 0) for name in ("n_replicates", "n_failed", "most_resampled")
    )
    if not n_replicates:
        return (
            f", without limits: bootstrap samples are drawn of at most {voice.count(most)}, as "
            "many as the parameter bootstrap_replicates says."
        )
    samples = voice.count(n_replicates, "bootstrap sample")
    failed = f", of which {format_count(n_failed, style=voice.style)} had none" if n_failed else ""
    return f" with pointwise {level} limits of {samples} (seed {results.meta.get('seed')}){failed}."
