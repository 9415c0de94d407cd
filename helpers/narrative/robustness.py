"""Sentences on what an estimate depends on: subgroups and centres."""

from __future__ import annotations

from helpers.document import TextBlock
from helpers.formatting import (
    NumberStyle,
    format_count,
    format_number,
    format_percent,
    join_words,
    pluralise,
)
from helpers.formatting.lookup import get_frame
from helpers.narrative.models import group_left_out, name_level, tell_limits
from helpers.narrative.voice import Voice, make_text, speak
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
    sentences += tell_limits(results, voice)
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
    n = results.meta.get("n_centres")
    sentences = [] if n is None else [f"the patients came from {voice.count(int(n), 'centre')}."]
    smallest = results.meta.get("smallest_left_out")
    number = format_count(smallest, style=voice.style)
    kind = f" of {number} or more patients" if smallest else ""
    labels = _name_levels(results)
    if moved:
        told = join_words(_name_level(voice, labels.get(one.id, one.label)) for one in moved)
        ratios = pluralise(len(moved), "the hazard ratio", "the hazard ratios")
        verb = pluralise(len(moved), "changes its side", "change their sides")
        sentences.append(
            f"when the centres{kind} are left out one by one, {ratios} of {told} {verb} of 1."
        )
    elif ranges:
        sentences.append(
            f"whichever centre{kind} is left out, every hazard ratio stays on its side of 1."
        )
    return make_text(results, sentences, refs)


def _changes_side(result: Result) -> bool:
    return result.quantities["lowest"] < 1 < result.quantities["highest"]


def _name_level(voice: Voice, label: str) -> str:
    factor, _, level = label.partition(": ")
    return name_level(voice, {"factor_label": factor, "level_label": level or factor})


def _name_levels(results: ResultSet) -> dict[str, str]:
    """Return the label of each level by the id of its range."""
    terms = get_frame(results, "terms")
    return {
        f"{str(line['result_id']).rpartition('.')[0]}.left_out": str(line["factor_label"])
        for line in terms.to_dict("records")
    }


def describe_imputation(
    results: ResultSet,
    *,
    style: NumberStyle | str = "paper",
    refs: tuple[str, ...] = (),
) -> TextBlock:
    """Tell what imputing missing values changes.

    Parameters
    ----------
    results : ResultSet
        From :func:`helpers.analysis.imputed.fit_imputed_model`.
    style : NumberStyle or str
        Of the numbers.
    refs : tuple of str
        Ids of tables and figures that it belongs to.

    Returns
    -------
    TextBlock
    """
    voice = speak(style)
    if not list(results):
        none = (
            "no value of these factors was missing, so that complete cases are all patients and "
            "nothing was imputed."
        )
        return make_text(results, [none], refs)
    n = results.meta.get("n_incomplete")
    who = "Some patients" if n is None else voice.count(int(n))
    times = int(results.meta.get("n_imputations") or 0)
    sentences = [
        f"{who} had a missing value; {voice.count(times, 'completed data set')} "
        f"were made by chained equations (seed {results.meta.get('seed')}) and pooled by Rubin's "
        "rules."
    ]
    turned = [
        voice.label(label)
        for label, complete, imputed in _pair_ways(results)
        if (complete.estimate - 1) * (imputed.estimate - 1) < 0
    ]
    if turned:
        verb = pluralise(len(turned), "lies", "lie")
        sentences.append(
            f"with imputed values the hazard ratio of {join_words(turned)} {verb} on the other "
            "side of 1."
        )
    else:
        sentences.append("every hazard ratio stays on its side of 1.")
    return make_text(results, sentences, refs)


def _pair_ways(results: ResultSet) -> list[tuple[str, Result, Result]]:
    """Return the estimates of complete cases and of imputed data by label."""
    pairs = []
    terms = get_frame(results, "terms")
    for line in terms.drop_duplicates("factor").to_dict("records"):
        found = [results.find(f"{line['factor']}.{way}") for way in ("complete", "imputed")]
        if all(one is not None and one.estimate is not None for one in found):
            pairs.append((str(line["factor_label"]), *found))
    return pairs


def describe_stability(
    results: ResultSet,
    *,
    style: NumberStyle | str = "paper",
    refs: tuple[str, ...] = (),
) -> TextBlock:
    """Tell how often a selection comes to the same model, and what it is worth.

    Parameters
    ----------
    results : ResultSet
        From :func:`helpers.analysis.stability.validate_model`.
    style : NumberStyle or str
        Of the numbers.
    refs : tuple of str
        Ids of tables and figures that it belongs to.

    Returns
    -------
    TextBlock
    """
    voice = speak(style)
    n_models = int(results.meta.get("n_models") or 0)
    samples = voice.count(int(results.meta.get("n_replicates") or 0), "bootstrap sample")
    rows = get_frame(results, "rows")
    kept = rows[rows["is_selected"].astype(bool)] if len(rows) else rows
    shares = [format_percent(share, style=voice.style) for share in kept.get("frequency", ())]
    labels = [voice.label(str(label)) for label in kept.get("label", ())]
    told = [f"{label} ({share})" for label, share in zip(labels, shares, strict=True)]
    sentences = [
        f"screening and selection, repeated in {samples}, ended in "
        f"{voice.count(n_models, 'different model')}."
    ]
    if told:
        sentences.append(f"the factors of the model here were selected in: {join_words(told)}.")
    left_out = group_left_out([str(text) for text in results.meta.get("left_out") or ()], voice)
    if left_out:
        sentences.append(f"left out of the screen that was repeated: {'; '.join(left_out)}.")
    return make_text(results, [*sentences, *_tell_worth(results, voice)], refs)


def _tell_worth(results: ResultSet, voice: Voice) -> list[str]:
    found, slope = results.find("c"), results.find("slope")
    sentences = []
    if found is not None and found.estimate is not None and "apparent" in found.quantities:
        values = (found.quantities["apparent"], found.estimate)
        shown = [format_number(value, decimals=2, style=voice.style) for value in values]
        sentences.append(
            f"Harrell's C falls from {shown[0]} to {shown[1]} when corrected for optimism."
        )
    if slope is not None and slope.estimate is not None:
        shown_slope = format_number(slope.estimate, decimals=2, style=voice.style)
        sentences.append(
            f"the calibration slope to be expected in new patients is {shown_slope}; below 1, "
            "predictions are too extreme."
        )
    return sentences
