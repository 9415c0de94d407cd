"""The methods: patients, endpoints, software; the statistics have a module of their own."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from helpers.formatting import (
    escape_markdown,
    format_number,
    format_number_word,
    join_sentences,
    join_words,
    lower_first,
    pluralise,
)
from helpers.narrative.abstract import name_event
from helpers.narrative.evidence import Choices, Evidence
from helpers.narrative.headlines import tell_failure_name
from helpers.narrative.statistics_methods import write_statistics

_DAYS_PER_MONTH = 30.4375
_BUILT_IN = (
    "the patients are synthetic. A generator made them so that their characteristics and outcomes "
    "resemble what was published [@prebet2017]; no record belongs to a real person. Where "
    "numbers agree with the published ones, they do so by construction, which is no evidence for "
    "them. The counts of patients screened and excluded were not published; those shown are "
    "illustrative."
)
_SYNTHETIC = (
    "the patients are synthetic: the data file marks them as simulated. No number of this report "
    "is evidence about real patients."
)
_GUIDELINES = (
    "the report was marked by the items of STROBE for cohort studies [@vonelm2007], RECORD for "
    "data of routine care [@benchimol2015], REMARK for prognostic factors [@mcshane2005] and "
    "TARGET for emulated trials [@cashin2025]; an appendix shows where each is met, and what is "
    "left for the authors."
)
_SOURCES_OF_RULES = {"flow.remaining.mds": " [@vardiman2009]"}
#: Name and citation of each package, in the order of the text.
_COMPUTING = {
    "numpy": ("NumPy", "harris2020"),
    "pandas": ("pandas", "mckinney2010"),
    "scipy": ("SciPy", "virtanen2020"),
}
_DRAWING = {
    "matplotlib": ("Matplotlib", "hunter2007"),
    "seaborn": ("seaborn", "waskom2021"),
}
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def write_methods(evidence: Evidence, choices: Choices) -> Iterator[tuple[str, str]]:
    """Write the methods of what was computed, as it was computed.

    Parameters
    ----------
    evidence : Evidence
        All results; what is not among them is not described.
    choices : Choices
        The parameters' values.

    Yields
    ------
    (str, str)
        Subheading, empty where a paragraph continues the one before, and Markdown with keys of
        :data:`helpers.narrative.references.LITERATURE`.
    """
    if evidence.terms.setting:
        yield "Setting", escape_markdown(evidence.terms.setting)
    yield "Patients", join_sentences([*_tell_selection(evidence), *_tell_definitions(evidence)])
    yield "Endpoints", join_sentences(list(_tell_endpoints(evidence, choices)))
    yield from write_statistics(evidence, choices)
    yield "Software", join_sentences(list(_tell_software(evidence)))
    yield "Reporting", join_sentences([_GUIDELINES])


def _tell_selection(evidence: Evidence) -> Iterator[str]:
    terms = evidence.terms
    disease, failure = escape_markdown(terms.disease), escape_markdown(terms.failure)
    if evidence.synthetic:
        yield _BUILT_IN if evidence.built_in else _SYNTHETIC
    yield (
        f"this is a cohort study: patients were followed from {escape_markdown(terms.time_zero)} "
        f"to {name_event(terms)} or last contact."
    )
    rules = [
        escape_markdown(lower_first(result.label)) + _SOURCES_OF_RULES.get(key, "")
        for key, result in evidence.results.items()
        if key.startswith("flow.remaining.") and result.label
    ]
    if rules:
        who = (
            "patients with lower-risk MDS and del(5q) whose LEN had failed were eligible. The "
            if terms.is_published
            else f"patients with {disease} were eligible after {failure}. The "
        )
        noun = "rule was" if len(rules) == 1 else "rules were"
        order = "" if len(rules) == 1 else " in this order"
        yield f"{who}{noun} applied{order}: {'; '.join(rules)}."
    elif evidence.n_patients is not None:
        yield (
            "no rule of eligibility was applied; every patient in the data was taken as one with "
            f"{disease} after {failure}."
        )


def _tell_definitions(evidence: Evidence) -> Iterator[str]:
    if evidence.terms.is_published and evidence.has(
        "table1.ipss.", "cox.full.adverse_karyotype.", "os.uni.adverse_karyotype."
    ):
        yield "cytogenetic risk was graded by the IPSS [@greenberg1997]."
    if evidence.terms.is_published and evidence.has("table1.len_response.", "os.uni.len_response."):
        yield (
            "response to LEN is that of the International Working Group's criteria of 2006 "
            "[@cheson2006]."
        )
    types = [escape_markdown(lower_first(one.label)) for one in evidence.list_counts("failure")]
    if types:
        number = f"{format_number_word(len(types))} {pluralise(len(types), 'type')}"
        failure = escape_markdown(evidence.terms.failure)
        name = tell_failure_name(evidence)
        what = (
            f"{number} of {failure}"
            if name == "type of failure"
            else (f"{format_number_word(len(types))} {pluralise(len(types), 'group')} of {name}")
        )
        yield f"{what} occurred in these data: {join_words(types)}."


def _tell_endpoints(evidence: Evidence, choices: Choices) -> Iterator[str]:
    terms = evidence.terms
    failure, event = escape_markdown(terms.failure), escape_markdown(terms.progression)
    still = "known to have died" if terms.is_death else "known to have had it"
    yield (
        f"{escape_markdown(terms.endpoint_short)} was counted from "
        f"{escape_markdown(terms.time_zero)} to {name_event(terms)}; patients not {still} were "
        "censored at their last contact."
    )
    treatment = escape_markdown(terms.index_treatment or "the index treatment")
    others = [
        words
        for beginning, words in (
            ("os_from_len.", f"from the start of {treatment}"),
            ("os_from_dx.", "from diagnosis"),
        )
        if evidence.has(beginning)
    ]
    if others:
        yield f"where the text says so, it was counted {join_words(others)}."
    if evidence.has("aml."):
        among = any(
            "rogression" in result.population
            for key, result in evidence.results.items()
            if key.startswith("aml.") and key.endswith(".n")
        )
        who = " among patients without progression at that time" if among else ""
        what = f"progression to {event}" if terms.is_published else event
        yield f"{what} was counted from {failure}{who}; death without {event} is a competing event."
    days = format_number(_DAYS_PER_MONTH, decimals=4, style=choices.style)
    yield f"a month has {days} days."
    cuts = list(_list_cuts(evidence, choices))
    if cuts:
        yield (
            f"groups were formed by {join_words(cuts)}; a value at a cut-off belongs to the upper "
            "group."
        )


def _list_cuts(evidence: Evidence, choices: Choices) -> Iterator[str]:
    treatment = escape_markdown(evidence.terms.index_treatment or "the index treatment")
    used = {
        part
        for key in evidence.results
        if not key.startswith("availability.")
        for part in key.split(".")
    }
    if "age_75" in used:
        failure = escape_markdown(evidence.terms.failure)
        yield f"age at {failure} (cut-off {choices.show(choices.age_cut_years)} years)"
    if used & {"len_6m", "len6m"}:
        cut = choices.show(choices.len_duration_cut_months)
        noun = pluralise(choices.len_duration_cut_months, "month")
        yield f"duration of {treatment} ({cut} {noun})"
    if "len_dose_10" in used:
        yield f"initial daily dose of {treatment} ({choices.show(choices.len_dose_cut_mg)} mg)"


def _tell_software(evidence: Evidence) -> Iterator[str]:
    versions = evidence.versions
    own = f"lenfail {versions['lenfail']}" if "lenfail" in versions else "lenfail"
    python = f"Python {versions['python']}" if "python" in versions else "Python"
    packages = _list_packages(_COMPUTING, versions)
    ending = f" with {join_words(packages)}" if packages else ""
    yield f"results were computed by {own} in {python}{ending}."
    drawn = _list_packages(_DRAWING, versions)
    if drawn:
        yield f"figures were drawn with {join_words(drawn)}."
    yield (
        "each value was checked against the domain that the data dictionary gives it; data with a "
        "fault make no report."
    )
    yield (
        "each section of the results is a Jupyter notebook [@kluyver2016] run by papermill "
        "[@papermill]; exporters for nbconvert [@nbconvert] turn a single one into a page of its "
        "own. Tables, figures and sentences are made from one store of results."
    )
    yield _tell_check(evidence)


def _list_packages(names: Mapping[str, tuple[str, str]], versions: Mapping[str, str]) -> list[str]:
    return [
        f"{name} {escape_markdown(versions[key])} [@{citation}]"
        for key, (name, citation) in names.items()
        if key in versions
    ]


def _tell_check(evidence: Evidence) -> str:
    """Return the sentence on the second computation of the main estimates."""
    differences = [
        result.estimate
        for result in evidence.results.values()
        if result.kind == "statistic"
        and result.estimate is not None
        and "lifelines" in result.method
    ]
    if not differences:
        return ""
    named = "".join(
        _list_packages({"lifelines": ("lifelines", "lifelines2019")}, evidence.versions)
    )
    bound = _bound_by_power(max(differences))
    return (
        "the main estimates were computed a second time by "
        f"{named or 'lifelines [@lifelines2019]'}; {bound}."
    )


def _bound_by_power(largest: float) -> str:
    if largest <= 0:
        return "there was no difference"
    exponent = math.floor(math.log10(largest)) + 1
    if exponent > 0:
        return "they did not agree"
    power = str(exponent).translate(_RAISED)
    return f"the relative differences were below 10{power}"
