"""The structured abstract."""

from __future__ import annotations

from helpers.cohort.terms import Terms
from helpers.formatting import escape_markdown, join_sentences, join_words
from helpers.narrative.evidence import Choices, Evidence
from helpers.narrative.headlines import (
    tell_aml,
    tell_effects,
    tell_failure_name,
    tell_failure_types,
    tell_patients,
    tell_survival,
    tell_survival_by,
    tell_treatment,
)

_BACKGROUND = (
    "LEN is a standard treatment of lower-risk MDS with deletion 5q, but it fails in many "
    "patients: some do not respond, some do not tolerate it, and most responses end. What "
    "follows after LEN has failed is the subject of this report."
)
_NEUTRAL = "this report describes what becomes of patients with {disease} after {failure}."
_BUILT_IN = (
    "the patients are synthetic: they were simulated to resemble a published cohort, and their "
    "numbers are no evidence about real patients."
)
_SYNTHETIC = "the patients are synthetic, and their numbers are no evidence about real patients."


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
        Heading and Markdown of each part; abbreviations are not written out yet.
    """
    parts = (
        ("Background", [_tell_background(evidence.terms)]),
        ("Methods", _tell_methods(evidence)),
        ("Results", _tell_results(evidence, choices)),
        ("Conclusions", tell_conclusions(evidence, choices)),
    )
    return tuple((heading, join_sentences(sentences)) for heading, sentences in parts)


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
            f"{escape_markdown(terms.endpoint_short)} was counted from "
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


def _tell_results(evidence: Evidence, choices: Choices) -> list[str]:
    voice = choices.voice
    sentences = [
        tell_patients(evidence, voice),
        tell_failure_types(evidence, voice),
        *tell_survival(evidence, voice),
        tell_survival_by(evidence, "os.failure", f"by {tell_failure_name(evidence)}", voice),
        tell_effects(evidence, choices),
        tell_aml(evidence, choices),
        *tell_treatment(evidence, choices),
    ]
    return sentences if any(sentences) else ["no result could be computed from these data."]


def tell_conclusions(evidence: Evidence, choices: Choices) -> list[str]:
    """Return what the numbers say in the end, and what they do not say.

    Parameters
    ----------
    evidence : Evidence
        All results.
    choices : Choices
        Style and levels.
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
    if evidence.list_groups("os.tx.active"):
        sentences.append(
            "the first treatment was known only after time zero, so comparisons between "
            "treatments describe and do not show effects."
            if not evidence.terms.is_published
            else "treatments were neither assigned at random nor begun at LEN failure, so "
            "comparisons between them describe and do not show effects."
        )
    if evidence.synthetic:
        sentences.append("nothing here is evidence about real patients.")
    return sentences
