"""The sentences on the main results, for the abstract and the discussion."""

from __future__ import annotations

import re

from helpers.formatting import (
    escape_markdown,
    format_count,
    format_median_range,
    format_percent,
    format_unit,
    join_words,
    lower_first,
)
from helpers.narrative.evidence import Choices, Evidence, Group
from helpers.narrative.voice import Voice
from helpers.results import Result

_AML_METHODS = {
    "one_minus_km": "with deaths censored",
    "cumulative_incidence": "with death as a competing event",
}
#: What a label says of its classification, such as `` (WHO)``.
_IN_BRACKETS = re.compile(r" \([^()]*\)")


def tell_patients(evidence: Evidence, voice: Voice) -> str:
    """Return the sentence on how many patients there are, of which age and sex."""
    n = evidence.n_patients
    if n is None:
        return ""
    age, women = evidence.find("table1.age_years"), evidence.find("table1.sex.female")
    details = []
    if age is not None:
        shown, _, spread = format_median_range(age, style=voice.style).partition(" (")
        unit = format_unit(age.unit or "years")
        spread = f", range {spread.removesuffix(')')}" if spread else ""
        details.append(f"median age {shown} {unit}{spread}")
    if women is not None and women.n:
        percent = format_percent(women.fraction, n=women.n, style=voice.style)
        known = f" of {format_count(women.n, style=voice.style)}" if women.missing else ""
        details.append(f"{percent}{known} female")
    brackets = f" ({'; '.join(details)})" if details else ""
    kind = "synthetic patient" if evidence.synthetic else "patient"
    return f"the analysis included {voice.count(n, kind)}{brackets}."


def tell_failure_types(evidence: Evidence, voice: Voice) -> str:
    """Return the sentence on how often treatment failed in which way."""
    told = []
    for count in evidence.list_counts("failure"):
        number = format_count(count.estimate, style=voice.style)
        percent = format_percent(count.fraction, n=count.n, style=voice.style)
        told.append(f"{voice.label(count.label)} in {number} ({percent})")
    if not told:
        return ""
    return f"the {tell_failure_name(evidence, whole=True)} was {join_words(told)}."


def tell_failure_name(evidence: Evidence, *, plural: bool = False, whole: bool = False) -> str:
    """Return what the types of failure are called: the label of the variable if it has one.

    Parameters
    ----------
    evidence : Evidence
        Of the report.
    plural : bool
        Whether the types are meant, not their name.
    whole : bool
        Whether the failure itself is named.
    """
    test = evidence.results.get("os.failure.logrank")
    label = "" if test is None else test.label
    builtin = evidence.terms.rename("Type of LEN failure")
    if label in ("", "Type of failure", builtin):
        if whole:
            return f"type of {escape_markdown(evidence.terms.failure)}"
        return "types of failure" if plural else "type of failure"
    shown = escape_markdown(lower_first(label))
    return f"groups of {shown}" if plural else shown


def tell_survival(evidence: Evidence, voice: Voice) -> list[str]:
    """Return the sentences on deaths, follow-up, median and probability of survival."""
    sentences = [
        tell_deaths(evidence, voice),
        tell_median(evidence, voice),
        tell_last_probability(evidence, voice),
    ]
    return [sentence for sentence in sentences if sentence]


def tell_median(evidence: Evidence, voice: Voice) -> str:
    """Return the sentence on the median survival of all patients."""
    median = evidence.find("os.overall.median")
    if median is None:
        return ""
    short = escape_markdown(evidence.terms.endpoint_short)
    return f"the median {short} was {voice.median(median)}."


def tell_last_probability(evidence: Evidence, voice: Voice) -> str:
    """Return the sentence on survival at the latest horizon."""
    last = find_last_probability(evidence)
    if last is None:
        return ""
    time = voice.at(last.quantities["time_months"])
    short = escape_markdown(evidence.terms.endpoint_short)
    return f"the probability of {short} {time} was {voice.probability(last)}."


def find_last_probability(evidence: Evidence) -> Result | None:
    """Return the overall survival at the latest horizon that was estimated."""
    known = [
        result
        for key in evidence.results
        if key.startswith("os.overall.prob_") and (result := evidence.find(key)) is not None
    ]
    return max(known, key=lambda result: result.quantities["time_months"], default=None)


def tell_deaths(evidence: Evidence, voice: Voice) -> str:
    """Return the sentence on deaths during the follow-up."""
    count = evidence.find("os.overall.n")
    if count is None or count.events is None:
        return ""
    deaths = f"{voice.count(count.events)} died"
    if not evidence.terms.is_death:
        event = escape_markdown(evidence.terms.event)
        deaths = f"{voice.count(count.events)} had the event ({event})"
    follow_up = evidence.find("followup.reverse_km")
    if follow_up is None or follow_up.estimate is None:
        return f"during follow-up, {deaths}."
    return f"during a median follow-up of {voice.median(follow_up)}, {deaths}."


def tell_survival_by(
    evidence: Evidence, set_id: str, what: str, voice: Voice, *, shares: str = ""
) -> str:
    """Return the sentence on the medians of groups with their test; empty for one group.

    Parameters
    ----------
    evidence : Evidence
        Of the report.
    set_id : str
        Of the comparison.
    what : str
        Before ``the median OS``: ``by type of failure``.
    voice : Voice
        Of the text.
    shares : str
        Set of the groups' counts, which are then told as well.
    """
    groups = evidence.list_groups(set_id)
    if len(groups) < 2:
        return ""
    counts = {count.label: count for count in evidence.list_counts(shares)} if shares else {}
    told = [
        _tell_group(group, voice) + _tell_size(counts.get(group.label), voice) for group in groups
    ]
    test = evidence.find_test(f"{set_id}.logrank")
    ending = "" if test is None else f" ({voice.test(test)})"
    if counts and test is not None:
        ending = f"; {voice.test(test)}"
    short = escape_markdown(evidence.terms.endpoint_short)
    return f"{what}, the median {short} was {join_words(told)}{ending}."


def _tell_group(group: Group, voice: Voice) -> str:
    return f"{voice.median(group.median)} {voice.group(group.label)}"


def _tell_size(count: Result | None, voice: Voice) -> str:
    if count is None:
        return ""
    return f" (n = {format_count(count.estimate, style=voice.style)})"


def tell_effects(
    evidence: Evidence, choices: Choices, set_id: str = "cox.full", *, brief: bool = False
) -> str:
    """Return the sentence on the factors that go with survival in the multivariable model.

    Parameters
    ----------
    evidence : Evidence
        Of the report.
    choices : Choices
        Style and levels.
    set_id : str
        Of the model.
    brief : bool
        Without p-values, which the intervals imply, and without what labels hold in brackets.
    """
    voice, levels = choices.voice, evidence.list_levels(set_id)
    if not levels:
        return ""
    higher, lower = [], []
    for factor, result in levels:
        if result.p_value is None or result.p_value >= choices.alpha:
            continue
        named = evidence.name_level(set_id, factor, result, voice)
        named = _IN_BRACKETS.sub("", named) if brief else named
        told = f"{named} ({voice.ratio(result, p_value=not brief)})"
        (higher if (result.estimate or 0) > 1 else lower).append(told)
    event, short = evidence.terms.event, evidence.terms.endpoint_short
    risk = f"hazard of {escape_markdown(event)}"
    clauses = [f"a higher {risk} went with {join_words(higher)}"] if higher else []
    if lower:
        start = "a lower one" if higher else f"a lower {risk} went"
        clauses.append(f"{start} with {join_words(lower)}")
    level = choices.show_percent(choices.alpha)
    shown = ", and ".join(clauses) or (
        f"no factor was associated with {escape_markdown(short)} at the {level} level"
    )
    return f"in the multivariable Cox model, {shown}."


def tell_aml(evidence: Evidence, choices: Choices) -> str:
    """Return the sentence on the incidence of AML, the chosen estimator first."""
    voice = choices.voice
    found = {name: _find_incidence(evidence, name) for name in _AML_METHODS}
    is_naive = choices.aml_estimator == "one-minus-kaplan-meier"
    order = sorted(_AML_METHODS, key=lambda name: (name == "one_minus_km") != is_naive)
    told = [
        f"{voice.probability(result)} {_AML_METHODS[name]}"
        for name in order
        if (result := found[name]) is not None
    ]
    if not told:
        return ""
    first = next(result for name in order if (result := found[name]) is not None)
    who = voice.count(first.n or 0)
    time = voice.at(first.quantities["time_months"])
    return (
        f"among {who}{_tell_at_risk(evidence, first)}, the risk of "
        f"{escape_markdown(evidence.terms.progression)} {time} was {join_words(told)}."
    )


def _tell_at_risk(evidence: Evidence, result: Result) -> str:
    if result.population == "all patients":
        return ""
    return f" without progression at {escape_markdown(evidence.terms.failure)}"


def _find_incidence(evidence: Evidence, estimator: str) -> Result | None:
    start = f"aml.{estimator}.overall.prob_"
    found = (evidence.find(key) for key in evidence.results if key.startswith(start))
    return next((result for result in found if result is not None), None)


def tell_active_treatment(evidence: Evidence, choices: Choices) -> str:
    """Return the sentence on survival with and without active treatment, not adjusted."""
    voice = choices.voice
    known = evidence.find("tx.first.known")
    who = "by first treatment"
    if known is not None and known.n:
        who += f", known of {voice.share(known.estimate or 0, known.n)}"
    return tell_survival_by(evidence, "os.tx.active", who, voice)


def tell_adjusted_treatment(evidence: Evidence, choices: Choices) -> str:
    """Return the sentence on the adjusted effect of one treatment against another."""
    voice = choices.voice
    levels = [one for factor, one in evidence.list_levels("cox.supp3") if factor == "treatment"]
    references = [
        result
        for key, result in evidence.results.items()
        if key.startswith("cox.supp3.treatment.") and result.status == "reference"
    ]
    if not len(levels) == len(references) == 1:
        return ""
    shown = voice.ratio(levels[0], name="", p_value=False)
    estimate, _, rest = shown.strip().partition(", ")
    named = f"{voice.label(levels[0].label)} against {voice.label(references[0].label)}"
    ending = f" ({rest})" if rest else ""
    event = escape_markdown(evidence.terms.event)
    return f"the adjusted HR of {event} for {named} was {estimate}{ending}."
