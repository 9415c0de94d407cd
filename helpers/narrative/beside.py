"""The main estimates beside the published ones: reproduced, or of a user's own cohort."""

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
    pluralise,
)
from helpers.narrative.evidence import Choices, Evidence
from helpers.results import Result

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
class OwnNumber:
    """One printed estimate beside that of a user's own cohort, as texts.

    Attributes
    ----------
    result_id : str
        Of the own estimate.
    published, own, difference : str
        With their intervals where there are any; the difference is own minus published, of
        ratios own over published.
    """

    result_id: str
    published: str
    own: str
    difference: str


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
    own : tuple of OwnNumber
        Of a cohort that is not built in: its estimates are not judged but set beside.
    """

    n_compared: int
    n_equal: int
    numbers: tuple[PublishedNumber, ...]
    refs: tuple[str, ...] = ()
    own: tuple[OwnNumber, ...] = ()


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
    if published.own:
        return _tell_own(evidence, choices, published)
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


def _tell_own(evidence: Evidence, choices: Choices, published: PublishedComparison) -> str:
    """Return the main estimates of a user's own cohort beside the published ones."""
    told = []
    for number in published.own:
        result = evidence.find(number.result_id)
        if result is None or not number.result_id.startswith(_HEADLINES):
            continue
        named = _name_number(evidence, result, choices)
        if named and number.own and number.difference:
            texts = map(escape_markdown, (number.own, number.published, number.difference))
            here, there, gap = texts
            told.append(f"{named}, {here} here and {there} there ({gap})")
    if not told:
        return ""
    sentences = [
        "beside the publication [@prebet2017] the main estimates were: " + "; ".join(told) + ".",
        "in brackets stands the difference, here minus there, and of HRs the ratio, here over "
        "there. A difference can come from other patients as well as from other methods.",
    ]
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
