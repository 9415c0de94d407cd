"""The discussion: what the numbers say, beside the published ones, and their limits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from helpers.formatting import (
    escape_markdown,
    format_count,
    format_number,
    format_percent,
    format_ratio,
    join_sentences,
    join_words,
    lower_first,
    pluralise,
)
from helpers.narrative.evidence import Choices, Evidence
from helpers.narrative.headlines import (
    tell_effects,
    tell_failure_name,
    tell_survival,
    tell_survival_by,
)
from helpers.results import Result

_FEW_EVENTS_PER_TERM = 10
#: Ids of the numbers set beside the published ones, by how they begin.
_HEADLINES = (
    "os.overall.",
    "os.failure.",
    "cox.full.",
    "aml.one_minus_km.",
    "aml.cumulative_incidence.",
    "os.tx.active.",
)
_EQUAL = frozenset({"equal"})
_NEAR = frozenset({"within_rounding_edge", "within_interval"})


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedNumber:
    """One printed estimate and what became of it.

    Attributes
    ----------
    result_id : str
        What it was compared with.
    value : float
        As printed: months, per cent, or a ratio.
    decimals : int
        Printed places after the point.
    verdict : str
        ``equal``, ``within_interval``, ``not_computable`` and so on.
    """

    result_id: str
    value: float
    decimals: int
    verdict: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedComparison:
    """The published analysis beside this one.

    Attributes
    ----------
    n_compared, n_equal : int
        Printed numbers that a cohort can show, and those that came out equal.
    numbers : tuple of PublishedNumber
        Printed estimates, each quantity once.
    refs : tuple of str
        Ids of the tables that hold all of them.
    """

    n_compared: int
    n_equal: int
    numbers: tuple[PublishedNumber, ...]
    refs: tuple[str, ...] = ()


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


def write_comparison(
    evidence: Evidence, choices: Choices, published: PublishedComparison | None
) -> str:
    """Write which headline numbers equal the published ones, and which differ.

    Parameters
    ----------
    evidence : Evidence
        All results.
    choices : Choices
        Style.
    published : PublishedComparison or None
        Without one nothing is written.

    Returns
    -------
    str
        Markdown.
    """
    if published is None or not published.n_compared:
        return ""
    total = format_count(published.n_compared, style=choices.style)
    same = format_count(published.n_equal, style=choices.style) if published.n_equal else "none"
    verb = pluralise(published.n_equal or 2, "is", "are")
    noun = pluralise(published.n_compared, "number")
    sentences = [
        f"of {total} printed {noun} of the publication [@prebet2017] that a cohort can show, "
        f"{same} {verb} equal here at the printed precision.",
        *_tell_headlines(evidence, choices, published.numbers),
    ]
    if evidence.built_in and published.n_equal:
        sentences.append(
            "where numbers agree, it is because the synthetic patients were made to; it shows what "
            "is computed and does not confirm the published findings."
        )
    elif not evidence.synthetic:
        sentences.append("a difference can come from other patients as well as from other methods.")
    if published.refs:
        sentences.append("an appendix holds all of them side by side.")
    return join_sentences(sentences)


def _tell_headlines(
    evidence: Evidence, choices: Choices, numbers: Sequence[PublishedNumber]
) -> Iterator[str]:
    equal, near, different = [], [], []
    for number in numbers:
        result = evidence.find(number.result_id)
        if result is None or not number.result_id.startswith(_HEADLINES):
            continue
        named = _name_number(evidence, result, choices)
        if not named:
            continue
        here = _show_here(result, choices)
        if number.verdict in _EQUAL:
            equal.append(f"{named} ({here})")
            continue
        told = f"{named} ({here} here, {_show_published(number, result, choices)} published)"
        (near if number.verdict in _NEAR else different).append(told)
    if equal:
        yield f"among the main estimates, equal {_be(equal)} {join_words(equal)}."
    if near:
        yield (
            f"not equal, but within the published interval or at the edge of rounding, {_be(near)} "
            f"{join_words(near)}."
        )
    if different:
        yield f"different {_be(different)} {join_words(different)}."


def _be(told: Sequence[str]) -> str:
    return pluralise(len(told), "is", "are")


def _name_number(evidence: Evidence, result: Result, choices: Choices) -> str:
    voice = choices.voice
    match result.kind:
        case "median" if result.id.startswith("os."):
            whole = result.id == "os.overall.median"
            return "median OS" if whole else f"median OS {voice.group(result.label)}"
        case "probability" if result.id.startswith("os.overall."):
            return f"OS {voice.at(result.quantities['time_months'])}"
        case "incidence":
            way = "1 - Kaplan-Meier" if "one_minus_km" in result.id else "Aalen-Johansen"
            return f"risk of AML {voice.at(result.quantities['time_months'])} by {way}"
        case "hazard_ratio" if result.status == "estimated":
            factor = result.id.removeprefix("cox.full.").split(".")[0]
            return f"HR of {evidence.name_level('cox.full', factor, result, voice)}"
    return ""


def _show_here(result: Result, choices: Choices) -> str:
    if result.estimate is None:
        return "not reached"
    match result.kind:
        case "median":
            return choices.voice.months(result.estimate)
        case "hazard_ratio":
            return format_ratio(result.estimate, style=choices.style)
    return format_percent(result.estimate, style=choices.style)


def _show_published(number: PublishedNumber, result: Result, choices: Choices) -> str:
    text = format_number(number.value, decimals=number.decimals, style=choices.style)
    return f"{text}%" if result.kind in {"probability", "incidence"} else text


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
