"""Sentences and captions of cumulative incidences."""

from __future__ import annotations

from helpers.document import FigureText, TextBlock
from helpers.formatting import (
    NumberStyle,
    capitalise,
    find_abbreviations,
    format_level,
    join_words,
    lower_first,
    pluralise,
)
from helpers.formatting.lookup import (
    find_comparison,
    find_conf_level,
    find_horizons,
    get_abbreviations,
    get_endpoint,
    get_groups,
    get_slot,
    get_title,
)
from helpers.narrative.survival import tell_cautions, tell_comparison
from helpers.narrative.voice import Voice, make_text, speak, write_plainly
from helpers.results import ResultSet

_ESTIMATORS = {
    "cumulative_incidence": "with death as a competing event (Aalen-Johansen estimator)",
    "one_minus_km": "with deaths treated as censored (1 - Kaplan-Meier)",
}


def describe_incidence(
    results: ResultSet,
    *,
    style: NumberStyle | str = "paper",
    alpha: float = 0.05,
    first: str = "cumulative_incidence",
    refs: tuple[str, ...] = (),
) -> TextBlock:
    """Tell an incidence by both estimators, each named.

    Parameters
    ----------
    results : ResultSet
        An incidence set.
    style : NumberStyle or str
        Of the numbers.
    alpha : float
        Level at which the groups are said to differ.
    first : {"cumulative_incidence", "one_minus_km"}
        Estimator that is told first.
    refs : tuple of str
        Ids of tables and figures that it belongs to.

    Returns
    -------
    TextBlock
    """
    voice, groups = speak(style), get_groups(results)
    sentences = _tell_counts(results, groups, voice)
    order = sorted(_ESTIMATORS, key=lambda name: name != first)
    told = [_tell_estimator(results, name, groups, voice) for name in order]
    sentences += [sentence for sentence in told if sentence]
    sentences.append(_explain_gap(results, order))
    if len(groups) > 1:
        sentences.append(tell_comparison(results, voice, alpha=alpha))
        sentences += tell_cautions(results, voice)
    return make_text(results, sentences, refs)


def _explain_gap(results: ResultSet, order: list[str]) -> str:
    for name in find_horizons(results):
        for key in get_groups(results):
            pair = [results.find(f"{estimator}.{key}.{name}") for estimator in order]
            values = [result.estimate for result in pair if result is not None]
            if len(values) < 2 or None in values or values[0] == values[1]:
                continue
            higher = "first" if values[0] > values[1] else "second"
            return (
                f"the {higher} estimate is higher because censoring deaths ignores that the "
                "dead can no longer have the event."
            )
    return ""


def _tell_counts(results: ResultSet, groups: dict[str, str], voice: Voice) -> list[str]:
    counts = [found for key in groups if (found := results.find(f"{key}.n")) is not None]
    known = [count for count in counts if count.events is not None]
    if not known:
        return []
    events = sum(count.events or 0 for count in known)
    patients = sum(int(count.estimate or count.n or 0) for count in known)
    noun = str(results.meta.get("event_noun") or get_endpoint(results))
    noun = noun.removeprefix("Incidence of ").removeprefix("Cumulative incidence of ")
    named = voice.count(events, "event")
    return [
        f"among {voice.count(patients)}, {named} ({voice.label(noun)}) "
        f"{pluralise(events, 'was', 'were')} observed."
    ]


def _tell_estimator(
    results: ResultSet, estimator: str, groups: dict[str, str], voice: Voice
) -> str:
    factor = str(results.meta.get("factor_label") or "")
    told = []
    for name, time in find_horizons(results).items():
        for key, label in groups.items():
            result = results.find(f"{estimator}.{key}.{name}")
            if result is None or result.estimate is None:
                continue
            named = f" {voice.group(label, factor)}" if len(groups) > 1 else ""
            told.append(f"{voice.probability(result)} {voice.at(time)}{named}")
    if not told:
        return ""
    endpoint = lower_first(get_endpoint(results))
    return f"{_ESTIMATORS[estimator]}, the {_name_risk(endpoint)} was {join_words(told)}."


def _name_risk(endpoint: str) -> str:
    is_named = any(word in endpoint for word in ("incidence", "risk", "probability"))
    return endpoint if is_named else f"cumulative incidence of {endpoint}"


def caption_incidence(
    results: ResultSet, *, style: NumberStyle | str = "paper", slot: str | None = None
) -> FigureText:
    """Write the words of a figure of cumulative incidence.

    Parameters
    ----------
    results : ResultSet
        An incidence set.
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
    shown = {
        name: sentence
        for name in _ESTIMATORS
        if (sentence := _tell_estimator(results, name, groups, voice))
    }
    parts = [
        f"Solid: Aalen-Johansen estimate, death competing, with pointwise {level} CI (shaded).",
        "Dotted: 1 - Kaplan-Meier, deaths censored, the older convention."
        if "one_minus_km" in shown
        else "",
        "Below the axis, the number at risk just before each time.",
        capitalise(tell_comparison(results, voice)) if find_comparison(results) else "",
    ]
    title, caption = get_title(results), " ".join(part for part in parts if part)
    endpoint = _name_risk(lower_first(get_endpoint(results)))
    alt = f"Step curves of the {endpoint} over time. "
    alt += " ".join(capitalise(sentence) for sentence in shown.values())
    return FigureText(
        id=f"figure.{results.id.replace('.', '_')}",
        title=f"{title}.",
        caption=caption,
        alt=alt.strip(),
        description=" ".join(
            capitalise(part) for part in [*_tell_counts(results, groups, voice), *shown.values()]
        ),
        abbreviations=find_abbreviations(
            [title, caption, *groups.values()], known=get_abbreviations(results)
        ),
        slot=get_slot(results, slot),
    )
