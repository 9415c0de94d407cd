"""What the section on treatments counts, from the levels that the data dictionary declares."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from helpers.analysis.counts import CountRow
from helpers.cohort.dictionary import read_dictionary

if TYPE_CHECKING:
    from helpers.cohort import Cohort, Dictionary

_COMPLETE = ("cr",)
_PARTIAL = ("cr", "pr")


def list_response_rows(cohort: Cohort) -> tuple[CountRow, ...]:
    """Return the counts of responses to each active first treatment.

    Parameters
    ----------
    cohort : Cohort
        Whose dictionary declares ``first_treatment`` and ``treatment_response``.

    Returns
    -------
    tuple of CountRow
        For each treatment ``<t>.evaluable`` and ``<t>.any``; with the built-in responses
        ``<t>.cr_pr`` and ``<t>.cr``, with others ``<t>.<response>`` instead of all three.
    """
    dictionary = cohort.dictionary
    active = _find_rule(dictionary, "active_treatment").get("values")
    treatments = dictionary.levels("first_treatment")
    kept = {key: label for key, label in treatments.items() if active is None or key in active}
    return tuple(row for key, label in kept.items() for row in _rows_of(dictionary, key, label))


def _rows_of(dictionary: Dictionary, key: str, label: str) -> Iterator[CountRow]:
    given = {"first_treatment": [key]}
    responses = dictionary.levels("treatment_response")
    judged = {"treatment_response": tuple(responses)}
    evaluable = {**given, **judged}
    yield CountRow(f"{key}.evaluable", f"{label}: evaluable", given, judged)
    for suffix, text, counted in _list_outcomes(dictionary, responses):
        yield CountRow(
            f"{key}.{suffix}", f"{label}: {text}", evaluable, {"treatment_response": counted}
        )


def _list_outcomes(
    dictionary: Dictionary, responses: Mapping[str, str]
) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    better = tuple(_find_rule(dictionary, "treatment_responder").get("values", ()))
    if better:
        yield "any", "any response", better
    if set(_PARTIAL) <= set(better):
        yield "cr_pr", "complete or partial response", _PARTIAL
        yield "cr", "complete response", _COMPLETE
    elif not better:
        yield from ((key, label, (key,)) for key, label in responses.items())


def _find_rule(dictionary: Dictionary, name: str) -> Mapping[str, Any]:
    """Return column and values of a group made by ``one_of``, empty where there is none."""
    factor = dictionary.factors.get(name)
    return {} if factor is None else factor.rule.get("one_of", {})


def list_esa_rows(cohort: Cohort) -> tuple[CountRow, ...]:
    """Return how many of those who responded to an ESA had one before."""
    esa = _name_level(cohort, "first_treatment", "esa")
    return (
        CountRow(
            "any_prior_esa",
            f"{esa} responders with prior {esa}",
            {"first_treatment": ("esa",), "treatment_response": _list_responses(cohort)},
            {"esa_before": ("yes",)},
        ),
    )


def list_allo_rows(cohort: Cohort) -> tuple[CountRow, ...]:
    """Return how many were transplanted, and when."""
    transplanted = {"allo_any": ("yes",)}
    return (
        CountRow("any", "At any time", {}, transplanted),
        *(
            CountRow(
                level,
                _name_level(cohort, "allo_timing", level),
                transplanted,
                {"allo_timing": (level,)},
            )
            for level in ("immediate", "later")
        ),
    )


def list_mutated_rows(cohort: Cohort) -> tuple[CountRow, ...]:
    """Return what those with a mutation of TP53 were given."""
    who = _label(cohort, "tp53")
    hma = _name_level(cohort, "first_treatment", "hma")
    mutated = {"tp53": ("mutated",)}
    treated = {**mutated, "first_treatment": ("hma",)}
    responses = {"treatment_response": _list_responses(cohort)}
    return (
        CountRow("allo", f"{who}: transplanted", mutated, {"allo_any": ("yes",)}),
        CountRow("hma", f"{who}: first treated with {hma}", mutated, {"first_treatment": ("hma",)}),
        CountRow("hma_responders", f"{who} and {hma}: responded", treated, responses),
        CountRow(
            "hma_allo", f"{who} and {hma}: transplanted later", treated, {"allo_any": ("yes",)}
        ),
    )


def _list_responses(cohort: Cohort) -> tuple[str, ...]:
    rule = _find_rule(cohort.dictionary, "treatment_responder")
    return tuple(
        rule.get("values") or _find_rule(read_dictionary(), "treatment_responder")["values"]
    )


def _label(cohort: Cohort, name: str) -> str:
    known = cohort.dictionary.factors.get(name)
    return known.label if known is not None else read_dictionary().label(name)


def _name_level(cohort: Cohort, name: str, level: str) -> str:
    known = cohort.dictionary.factors.get(name)
    levels = known.levels if known is not None else {}
    return levels.get(level) or read_dictionary().levels(name)[level]
