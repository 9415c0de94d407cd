"""The statistical methods, of what was computed and as the parameters ask for it."""

from __future__ import annotations

from collections.abc import Iterator

from helpers.disclosure.rule import get_rule
from helpers.formatting import (
    escape_markdown,
    format_number_word,
    join_sentences,
    join_words,
    lower_first,
    pluralise,
)
from helpers.narrative.comparison_methods import tell_comparisons, tell_robustness
from helpers.narrative.evidence import Choices, Evidence

_CURVES = {
    "log-log": "on the complementary log-log scale",
    "log": "on the log scale",
    "plain": "on the scale of the probability itself",
    "arcsin": "on the arcsine square-root scale",
}
_SPSS = (
    "the interval of a median is the one that SPSS prints: the estimate plus and minus the normal "
    "quantile times a standard error from the slope of the curve around it"
)
_TIES = {"efron": ("Efron", "efron1977"), "breslow": ("Breslow", "breslow1974")}
_CRITERIA = {"wald": "Wald test", "lr": "likelihood-ratio test", "score": "score test"}
_INCIDENCE = {
    "cumulative_incidence": "by the Aalen-Johansen estimator, with death as a competing event "
    "[@aalen1978]",
    "one_minus_km": "as 1 - Kaplan-Meier, with deaths censored",
}


def write_statistics(evidence: Evidence, choices: Choices) -> Iterator[tuple[str, str]]:
    """Write the paragraphs on statistics.

    Parameters
    ----------
    evidence : Evidence
        All results; what is not among them is not described.
    choices : Choices
        The parameters' values.

    Yields
    ------
    (str, str)
        Subheading, empty after the first paragraph, and Markdown.
    """
    paragraphs = (
        [*_tell_description(evidence), *_tell_survival(evidence, choices)],
        [
            *_tell_models(evidence, choices),
            *_tell_selection(evidence, choices),
            *_tell_main_model(evidence),
        ],
        [*_tell_incidence(evidence, choices), *_tell_treatments(evidence)],
        [*tell_comparisons(evidence, choices), *tell_robustness(evidence)],
        _tell_conventions(evidence, choices),
    )
    heading = "Statistical analysis"
    for paragraph in paragraphs:
        text = join_sentences(list(paragraph))
        if text:
            yield heading, text
            heading = ""


def _tell_description(evidence: Evidence) -> Iterator[str]:
    if evidence.has("table1."):
        yield (
            "numbers are given as median and range, categories as counts with percentages of the "
            "patients of whom the value is known."
        )
    tests = evidence.list_test_names("supp1.", "response.", "failure.")
    if tests:
        yield f"characteristics of groups were compared by {join_words(tests, last='or')}."


def _tell_survival(evidence: Evidence, choices: Choices) -> Iterator[str]:
    if not evidence.has("os."):
        return
    yield (
        "survival was estimated by the Kaplan-Meier method [@kaplan1958], with intervals "
        f"{_CURVES[choices.curve_interval]}; {_explain_median_interval(choices)}."
    )
    times = [choices.show(time) for time in choices.survival_horizons_months]
    if times:
        noun = pluralise(float(choices.survival_horizons_months[-1]), "month")
        yield f"probabilities of survival are given at {join_words(times)} {noun}."
    if evidence.find("followup.reverse_km") is not None:
        yield "follow-up was estimated by the reverse Kaplan-Meier method [@schemper1996]."
    if evidence.has_logrank:
        yield "survival curves were compared by the log-rank test [@mantel1966; @peto1972]."


def _explain_median_interval(choices: Choices) -> str:
    if choices.median_interval == "spss":
        return _SPSS
    return (
        "the interval of a median holds the times at which the interval of the curve, "
        f"{_CURVES[choices.median_interval]}, holds one half [@brookmeyer1982]"
    )


def _tell_models(evidence: Evidence, choices: Choices) -> Iterator[str]:
    if not evidence.has_cox:
        return
    name, key = _TIES[choices.ties]
    yield (
        f"HRs are those of Cox models [@cox1972], with {name}'s approximation for tied times "
        f"[@{key}] and Wald intervals and {choices.voice.style.p_letter}-values."
    )
    if evidence.has("os.uni."):
        n_numbers = _count_results(evidence, "os.uni.", ".slope.hr")
        n = _count_results(evidence, "os.uni.", ".logrank") + n_numbers
        factors = f"{format_number_word(n, style=choices.style)} {pluralise(n, 'factor')}"
        short = escape_markdown(evidence.terms.endpoint_short)
        tests = "by the log-rank test"
        if n_numbers:
            tests += " or, of a number, by the Wald test of a Cox model"
        yield f"{short} was first related to {factors} one at a time, {tests}."
    models = ("os.uni.", "cox.full.", "cox.selected.", "aml.uni.", "aml.cause_specific.")
    if any(_count_results(evidence, start, (".slope", ".slope.hr")) for start in models):
        yield (
            "the log hazard was taken to be linear in numbers; their HRs are for the step that "
            "stands beside them."
        )


def _count_results(evidence: Evidence, start: str, end: str | tuple[str, ...]) -> int:
    return sum(key.startswith(start) and key.endswith(end) for key in evidence.results)


def _tell_main_model(evidence: Evidence) -> Iterator[str]:
    labels = _label_factors(evidence, "cox.full")
    if labels:
        noun = pluralise(len(labels), "factor")
        verb = pluralise(len(labels), "was", "were")
        yield (
            f"the {noun} of the main multivariable model {verb} set beforehand: "
            f"{join_words(labels)}."
        )
    if evidence.has("cox.full.ph.", "aml.cause_specific.ph."):
        yield (
            "proportional hazards were tested by scaled Schoenfeld residuals against the "
            "Kaplan-Meier scale of time [@grambsch1994]."
        )


def _label_factors(evidence: Evidence, set_id: str) -> list[str]:
    return [
        escape_markdown(lower_first(evidence.label_factor(set_id, factor)))
        for factor in evidence.list_factors(set_id)
    ]


def _tell_selection(evidence: Evidence, choices: Choices) -> Iterator[str]:
    if not evidence.has("cox.path.", "cox.selected."):
        return
    enter, stay = choices.show_level(choices.entry_p), choices.show_level(choices.stay_p)
    p, test = choices.voice.style.p_letter, _CRITERIA[choices.stepwise_criterion]
    offered = f"factors with {p} below {enter} in these comparisons"
    removal = (
        f"the one with the largest {p} in the {test} was removed until every {p} was below {stay}"
    )
    entry = f"the one with the smallest {p} in the {test} entered as long as {p} was below {enter}"
    match choices.stepwise:
        case "none":
            yield f"{offered} entered a further model together; no stepwise selection was made."
        case "backward":
            yield (
                f"{offered} were offered to a backward elimination: starting with all of them, "
                f"{removal}."
            )
        case "both":
            yield (
                f"{offered} were offered to a stepwise selection in both directions: {entry}, and "
                f"after each entry {removal}."
            )
        case _:
            yield f"{offered} were offered to a forward selection: step by step, {entry}."


def _tell_incidence(evidence: Evidence, choices: Choices) -> Iterator[str]:
    naive_first = choices.aml_estimator == "one-minus-kaplan-meier"
    order = sorted(_INCIDENCE, key=lambda name: (name == "one_minus_km") != naive_first)
    used = [_INCIDENCE[name] for name in order if evidence.has(f"aml.{name}.")]
    if used:
        ways = "in two ways: " if len(used) > 1 else ""
        ending = "; the first is the one quoted" if len(used) > 1 else ""
        event = escape_markdown(evidence.terms.progression)
        yield f"the risk of {event} was estimated {ways}{', and '.join(used)}{ending}."
    if evidence.find_test("aml.gray") is not None:
        yield "cumulative incidences were compared by Gray's test [@gray1988]."
    models = []
    if evidence.has("aml.cause_specific."):
        models.append("cause-specific Cox models")
    if evidence.has("aml.fine_gray."):
        models.append("Fine-Gray models of the subdistribution hazard [@fine1999]")
    if models:
        event = escape_markdown(evidence.terms.progression)
        yield f"factors were related to {event} by {join_words(models)}."


def _tell_treatments(evidence: Evidence) -> Iterator[str]:
    if evidence.has("os.tx."):
        start = escape_markdown(evidence.terms.failure)
        yield (
            f"treatments were compared from {start} on as if they had been known then"
            + (", as in the publication [@prebet2017]." if evidence.terms.is_published else ".")
        )
    others = [
        escape_markdown(lower_first(evidence.label_factor("cox.supp3", factor)))
        for factor in evidence.list_factors("cox.supp3")
        if factor != "treatment"
    ]
    levels = [
        escape_markdown(lower_first(result.label))
        for key, result in evidence.results.items()
        if key.startswith("cox.supp3.treatment.") and key.count(".") == 3 and result.label
    ]
    published = evidence.terms.is_published
    if others and len(levels) == 2:
        yield (
            f"the model of {' and '.join(levels)} adjusts for {join_words(others)}"
            + ("; the publication does not name its factors." if published else ".")
        )


def _tell_conventions(evidence: Evidence, choices: Choices) -> Iterator[str]:
    level, p = choices.show_percent(choices.conf_level), choices.voice.style.p_letter
    yield f"all intervals are {level} CIs."
    if evidence.has_cox or evidence.has_logrank:
        yield (
            f"tests are two-sided; {p} below {choices.show_level(choices.alpha)} is called "
            "significant, without correction for the number of tests."
        )
    yield (
        "the number of patients is that of the data; no sample size was calculated for this report."
    )
    yield "patients with a missing value were left out of the analyses that need it."
    rule = get_rule(choices.disclosure)
    if rule is not None:
        yield rule.note
    if evidence.n_omitted:
        number = format_number_word(evidence.n_omitted, style=choices.style)
        noun = pluralise(evidence.n_omitted, "analysis", "analyses")
        yield f"with these data, {number} {noun} could not be made; an appendix says why."
