"""The structured abstract."""

from __future__ import annotations

from collections.abc import Iterable

from helpers.cohort.terms import Terms
from helpers.formatting import escape_markdown, join_sentences, join_words
from helpers.formatting.abbreviations import expand_abbreviations
from helpers.narrative.evidence import Choices, Evidence
from helpers.narrative.headlines import (
    tell_active_treatment,
    tell_adjusted_treatment,
    tell_aml,
    tell_deaths,
    tell_effects,
    tell_failure_name,
    tell_failure_types,
    tell_last_probability,
    tell_median,
    tell_patients,
    tell_survival_by,
)

_BACKGROUND = (
    "LEN is a standard treatment of lower-risk MDS with deletion 5q, but many patients do not "
    "respond, do not tolerate it or lose their response. This report describes what follows."
)
_NEUTRAL = "this report describes what becomes of patients with {disease} after {failure}."
_BUILT_IN = "the patients are synthetic: they were simulated to resemble a published cohort."
_SYNTHETIC = "the patients are synthetic, and their numbers are no evidence about real patients."

_NOTHING = "no result could be computed from these data."
#: What journals allow a structured abstract.
MOST_WORDS = 350
#: Results that are told where there is room for them, the first of these first.
_BY_IMPORTANCE = ("by_type", "effects", "progression", "adjusted", "types", "horizon", "active")


def write_abstract(evidence: Evidence, choices: Choices) -> tuple[tuple[str, str], ...]:
    """Write the abstract from the results that there are.

    Parameters
    ----------
    evidence : Evidence
        All results.
    choices : Choices
        Style, levels and methods.

    Returns
    -------
    tuple of (str, str)
        Heading and Markdown of each part; abbreviations are not written out yet. Less
        important results are left out where there would be more than :data:`MOST_WORDS` words.
    """
    told = _tell_results(evidence, choices)
    parts = {
        "Background": [_tell_background(evidence.terms)],
        "Methods": _tell_methods(evidence),
        "Results": [one for name, one in told.items() if name not in _BY_IMPORTANCE],
        "Conclusions": tell_conclusions(evidence, choices),
    }
    kept = set(told).difference(_BY_IMPORTANCE)
    for name in _BY_IMPORTANCE:
        more = [one for other, one in told.items() if other in {*kept, name}]
        if _count_words(evidence, {**parts, "Results": more}.values()) <= MOST_WORDS:
            kept.add(name)
            parts["Results"] = more
    if not kept.intersection({"active", "adjusted"}):
        parts["Conclusions"] = tell_conclusions(evidence, choices, with_treatments=False)
    return tuple((heading, _join(sentences)) for heading, sentences in parts.items())


def _join(sentences: Iterable[str]) -> str:
    return join_sentences([one for one in sentences if one])


def _tell_background(terms: Terms) -> str:
    if terms.background:
        return escape_markdown(terms.background)
    if terms.is_published:
        return _BACKGROUND
    return _NEUTRAL.format(
        disease=escape_markdown(terms.disease), failure=escape_markdown(terms.failure)
    )


def _tell_methods(evidence: Evidence) -> list[str]:
    sentences, terms = [tell_origin(evidence)], evidence.terms
    if evidence.has("os."):
        sentences.append(
            f"in this cohort study, {escape_markdown(terms.endpoint_short)} was counted from "
            f"{escape_markdown(terms.time_zero)} to {name_event(terms)} and estimated by the "
            "Kaplan-Meier method."
        )
    if evidence.has_logrank:
        sentences.append("groups were compared by the log-rank test.")
    if evidence.has_cox:
        shown = escape_markdown(terms.endpoint_short)
        sentences.append(f"factors were related to {shown} by Cox models.")
    sentences.append(_tell_aml_methods(evidence))
    return sentences


def _tell_aml_methods(evidence: Evidence) -> str:
    named = {
        "aml.cumulative_incidence.": "with death as a competing event",
        "aml.one_minus_km.": "with deaths censored",
    }
    told = [words for beginning, words in named.items() if evidence.has(beginning)]
    event = escape_markdown(evidence.terms.progression)
    return f"the risk of {event} was estimated {join_words(told)}." if told else ""


def name_event(terms: Terms) -> str:
    """Return what ends the survival time, within a sentence."""
    return "death of any cause" if terms.is_death else escape_markdown(terms.event)


def tell_origin(evidence: Evidence) -> str:
    """Return the sentence that names synthetic patients as such; empty for real ones."""
    if not evidence.synthetic:
        return ""
    return _BUILT_IN if evidence.built_in else _SYNTHETIC


def _tell_results(evidence: Evidence, choices: Choices) -> dict[str, str]:
    """Return the sentences on the results by what they tell, in reading order."""
    voice = choices.voice
    what = f"by {tell_failure_name(evidence)}"
    by_type = tell_survival_by(evidence, "os.failure", what, voice, shares="failure")
    told = {
        "patients": tell_patients(evidence, voice),
        "types": "" if by_type else tell_failure_types(evidence, voice),
        "deaths": tell_deaths(evidence, voice),
        "median": tell_median(evidence, voice),
        "horizon": tell_last_probability(evidence, voice),
        "by_type": by_type,
        "effects": tell_effects(evidence, choices, brief=True),
        "progression": tell_aml(evidence, choices),
        "active": tell_active_treatment(evidence, choices),
        "adjusted": tell_adjusted_treatment(evidence, choices),
    }
    return told if any(told.values()) else {"none": _NOTHING}


def _count_words(evidence: Evidence, parts: Iterable[Iterable[str]]) -> int:
    """Return how many words there are once abbreviations are written out."""
    texts = [_join(part) for part in parts]
    written = expand_abbreviations(texts, keep_all=False, known=evidence.known_abbreviations)
    return sum(len(text.split()) for text in written)


def tell_conclusions(
    evidence: Evidence, choices: Choices, *, with_treatments: bool = True
) -> list[str]:
    """Return what the numbers say in the end, and what they do not say.

    Parameters
    ----------
    evidence : Evidence
        All results.
    choices : Choices
        Style and levels.
    with_treatments : bool
        Whether treatments were compared in what is concluded from.
    """
    voice, sentences = choices.voice, []
    failure = escape_markdown(evidence.terms.failure)
    short = escape_markdown(evidence.terms.endpoint_short)
    types = tell_failure_name(evidence, plural=True)
    where = "in this synthetic cohort" if evidence.synthetic else "in these patients"
    median = evidence.find("os.overall.median")
    if median is None:
        sentences.append(f"{where}, {short} after {failure} could not be estimated.")
    elif median.estimate is None:
        sentences.append(f"{where}, the median {short} after {failure} was not reached.")
    else:
        shown = voice.months(median.estimate)
        sentences.append(f"{where}, the median {short} after {failure} was {shown}.")
    test = evidence.find_test("os.failure.logrank")
    if test is not None and test.p_value is not None and test.p_value < choices.alpha:
        sentences.append(f"{short} differed between the {types} ({voice.p(test)}).")
    elif test is not None:
        sentences.append(
            f"no clear difference in {short} was seen between the {types} ({voice.p(test)})."
        )
    if with_treatments and evidence.list_groups("os.tx.active"):
        sentences.append(
            "the first treatment was known only after time zero, so comparisons between "
            "treatments describe and do not show effects."
            if not evidence.terms.is_published
            else "treatments were neither randomised nor begun at LEN failure, so comparisons "
            "between them are not causal."
        )
    if evidence.synthetic:
        sentences.append("nothing here is evidence about real patients.")
    return sentences
