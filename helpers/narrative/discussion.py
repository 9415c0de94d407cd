"""The discussion: what the numbers say, beside the published ones, and their limits."""

from __future__ import annotations

from collections.abc import Iterator

from helpers.formatting import (
    escape_markdown,
    format_count,
    join_sentences,
    join_words,
    lower_first,
)
from helpers.narrative.evidence import Choices, Evidence
from helpers.narrative.headlines import (
    tell_effects,
    tell_failure_name,
    tell_survival,
    tell_survival_by,
)

_FEW_EVENTS_PER_TERM = 10


def write_findings(evidence: Evidence, choices: Choices) -> str:
    """Write what the main numbers say, and no more."""
    voice = choices.voice
    return join_sentences(
        [
            *tell_survival(evidence, voice),
            tell_survival_by(evidence, "os.failure", f"by {tell_failure_name(evidence)}", voice),
            tell_effects(evidence, choices),
        ]
    )


def write_limits(evidence: Evidence, choices: Choices) -> str:
    """Write the limits that follow from the design and from the results."""
    return join_sentences(
        [
            _tell_design(evidence),
            *_list_model_limits(evidence, choices),
            *_list_treatment_limits(evidence),
            _tell_unknown(evidence, choices),
            _tell_horizon(evidence, choices),
        ]
    )


def _tell_design(evidence: Evidence) -> str:
    terms = evidence.terms
    if terms.is_published:
        return (
            "all patients were selected by the failure of LEN, so nothing here says how often LEN "
            "fails."
        )
    failure = escape_markdown(terms.failure)
    return f"the report describes patients from {failure} on; who did not get so far is not in it."


def _list_model_limits(evidence: Evidence, choices: Choices) -> Iterator[str]:
    if evidence.has("cox.path.") and choices.stepwise != "none":
        p = choices.voice.style.p_letter
        yield f"the {p}-values of a model that was selected stepwise are too small."
    model = evidence.results.get("cox.full.model")
    terms = model.quantities.get("n_terms") if model is not None else None
    if model is not None and model.events is not None and terms:
        per_term = model.events / terms
        if per_term < _FEW_EVENTS_PER_TERM:
            events = choices.voice.count(model.events, evidence.terms.event_noun)
            yield (
                f"the multivariable model rests on {events} for "
                f"{choices.voice.count(terms, 'coefficient')}, which is few."
            )
    proportional = evidence.find_test("cox.full.ph.global")
    if proportional is not None and (proportional.p_value or 0) < choices.alpha:
        yield (
            "the hazards of the multivariable model were not proportional "
            f"({choices.voice.p(proportional)}), so its HRs are averages over the follow-up."
        )


def _list_treatment_limits(evidence: Evidence) -> Iterator[str]:
    if evidence.has("os.tx."):
        yield (
            f"treatment was chosen after {escape_markdown(evidence.terms.failure)} and by the "
            "patient's condition, and whoever got one had lived until then; its comparisons show "
            "no effects."
        )


def _tell_unknown(evidence: Evidence, choices: Choices) -> str:
    """Return the sentence on variables known of fewer than half of the patients."""
    told = []
    for key, result in evidence.results.items():
        if not key.startswith("availability.") or evidence.find(key) is None or not result.n:
            continue
        if (result.estimate or 0) < result.n / 2 and result.estimate:
            known = format_count(result.estimate, style=choices.style)
            whole = format_count(result.n, style=choices.style)
            told.append(f"{escape_markdown(lower_first(result.label))} ({known} of {whole})")
    return f"known of fewer than half of the patients: {join_words(told)}." if told else ""


def _tell_horizon(evidence: Evidence, choices: Choices) -> str:
    """Return the sentence on times that nobody was followed for."""
    beyond = [
        result.quantities["time_months"]
        for key, result in evidence.results.items()
        if key.startswith("os.overall.prob_")
        and result.status == "not_computable"
        and "time_months" in result.quantities
    ]
    if not beyond:
        return ""
    time = choices.show(min(beyond))
    return (
        f"nobody was followed for {time} months, so "
        f"{escape_markdown(evidence.terms.endpoint_short)} at that time could not be estimated."
    )
