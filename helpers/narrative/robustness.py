"""Sentences on what an estimate depends on: subgroups and centres."""

from __future__ import annotations

from helpers.document import TextBlock
from helpers.formatting import NumberStyle, format_percent, join_words, pluralise
from helpers.formatting.lookup import get_frame
from helpers.narrative.voice import make_text, speak
from helpers.results import Result, ResultSet


def describe_subgroups(
    results: ResultSet,
    *,
    style: NumberStyle | str = "paper",
    alpha: float = 0.05,
    refs: tuple[str, ...] = (),
) -> TextBlock:
    """Tell whether an effect differs between subgroups.

    Parameters
    ----------
    results : ResultSet
        From :func:`helpers.analysis.subgroups.compare_subgroups`.
    style : NumberStyle or str
        Of the numbers.
    alpha : float
        Level at which an interaction is told.
    refs : tuple of str
        Ids of tables and figures that it belongs to.

    Returns
    -------
    TextBlock
    """
    voice = speak(style)
    tests = [one for one in results if one.id.endswith(".interaction") and one.p_value is not None]
    found = [one for one in tests if one.p_value < alpha]
    n = len(tests)
    sentences = [
        f"{voice.label(str(results.meta.get('contrast', '')))} was looked at in the levels of "
        f"{voice.count(n, 'factor')}."
    ]
    if found:
        told = join_words(f"{voice.label(one.label)} ({voice.p(one)})" for one in found)
        sentences.append(
            f"the effect differed by {told} without correction for {voice.count(n, 'test')}; "
            "such a finding is a question, not an answer."
        )
    elif tests:
        level = format_percent(alpha, n=1, style=voice.style)
        sentences.append(f"no test of an interaction fell below the {level} level.")
    return make_text(results, sentences if tests else sentences[:0], refs)


def describe_centres(
    results: ResultSet,
    *,
    style: NumberStyle | str = "paper",
    refs: tuple[str, ...] = (),
) -> TextBlock:
    """Tell how far a model depends on its centres.

    Parameters
    ----------
    results : ResultSet
        From :func:`helpers.analysis.centres.compare_centres`.
    style : NumberStyle or str
        Of the numbers.
    refs : tuple of str
        Ids of tables and figures that it belongs to.

    Returns
    -------
    TextBlock
    """
    voice = speak(style)
    ranges = [one for one in results if one.id.endswith(".left_out") and one.quantities]
    moved = [one for one in ranges if _changes_side(one)]
    n = int(results.meta.get("n_centres") or 0)
    sentences = [f"the patients came from {voice.count(n, 'centre')}."]
    labels = _name_levels(results)
    if moved:
        told = join_words(voice.label(labels.get(one.id, one.label)) for one in moved)
        verb = pluralise(len(moved), "changes", "change")
        sentences.append(f"left out one by one, the hazard ratio of {told} {verb} its side of 1.")
    elif ranges:
        sentences.append("whichever centre is left out, every hazard ratio stays on its side of 1.")
    return make_text(results, sentences, refs)


def _changes_side(result: Result) -> bool:
    return result.quantities["lowest"] < 1 < result.quantities["highest"]


def _name_levels(results: ResultSet) -> dict[str, str]:
    """Return the label of each level by the id of its range."""
    terms = get_frame(results, "terms")
    return {
        f"{str(line['result_id']).rpartition('.')[0]}.left_out": str(line["factor_label"])
        for line in terms.to_dict("records")
    }
