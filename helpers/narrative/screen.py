"""Sentences on a univariate screen and on a stepwise selection."""

from __future__ import annotations

from helpers.document import TextBlock
from helpers.formatting import (
    NumberStyle,
    format_level,
    format_number,
    format_number_word,
    format_p,
    join_words,
    name_test,
    pluralise,
)
from helpers.formatting.lookup import (
    clean_level,
    find_factor_test,
    get_frame,
    split_rows,
)
from helpers.narrative.models import tell_limits
from helpers.narrative.voice import Voice, make_text, speak
from helpers.results import Result, ResultSet


def describe_screen(
    results: ResultSet,
    *,
    style: NumberStyle | str = "paper",
    alpha: float = 0.05,
    refs: tuple[str, ...] = (),
) -> TextBlock:
    """Tell a univariate screen: factors whose levels differ, then those that do not.

    Parameters
    ----------
    results : ResultSet
        A screen set.
    style : NumberStyle or str
        Of the numbers.
    alpha : float
        Level at which levels are said to differ.
    refs : tuple of str
        Ids of tables and figures that it belongs to.

    Returns
    -------
    TextBlock
    """
    voice, with_effect, without = speak(style), [], []
    factors = get_frame(results, "factors")
    for factor, block in split_rows(factors, "factor"):
        test = find_factor_test(results, factor) or _find_wald(results, factor)
        if test is None or test.p_value is None:
            continue
        label = voice.label(str(block.iloc[0]["factor_label"]))
        if test.p_value < alpha:
            told = _tell_medians(results, factor, block.to_dict("records"), voice)
            slope = results.find(f"{factor}.slope.hr")
            shown = voice.ratio(slope, name="HR") if slope else f"{told}{voice.p(test)}"
            with_effect.append(f"{label} ({shown})")
        else:
            p_text = format_p(test.p_value, letter=True, style=voice.style)
            without.append(f"{label} ({p_text})")
    level = format_level(alpha, style=voice.style)
    method = "log-rank tests" if _has_logrank(results) else "Wald tests"
    if _has_logrank(results) and any(one.id.endswith(".slope.hr") for one in results):
        method = "log-rank tests, Wald tests for numbers"
    analysis = f"in univariate analysis ({method}, {level} level)"
    sentences = [f"{analysis}, no factor showed a difference."]
    if with_effect:
        sentences = [f"{analysis}, a difference was seen for {join_words(with_effect)}."]
    if without:
        sentences.append(f"no clear difference was seen for {join_words(without)}.")
    sentences += tell_limits(results, voice)
    return make_text(results, sentences, refs)


def _has_logrank(results: ResultSet) -> bool:
    return any(result.id.endswith(".logrank") for result in results)


def _find_wald(results: ResultSet, factor: str) -> Result | None:
    start = f"{results.id}.{factor}."
    found = (r for r in results if r.id.startswith(start) and r.kind == "hazard_ratio")
    return next((result for result in found if result.p_value is not None), None)


def _tell_medians(
    results: ResultSet, factor: str, lines: list[dict[str, object]], voice: Voice
) -> str:
    told: dict[str, str] = {}
    for line in lines:
        median = results.find(f"{factor}.{clean_level(line['level'])}.median")
        if median is None or median.status in {"not_computable", "masked"}:
            continue
        value = "not reached" if median.estimate is None else voice.months(median.estimate)
        told[str(line["level_label"])] = value
    if set(map(str.casefold, told)) == {"no", "yes"}:
        absent, present = (told[key] for key in sorted(told, key=str.casefold))
        return f"median {present} with, {absent} without; "
    named = [f"{value} for {voice.label(label)}" for label, value in told.items()]
    return f"median {', '.join(named)}; " if named else ""


def describe_selection(
    results: ResultSet, *, style: NumberStyle | str = "paper", refs: tuple[str, ...] = ()
) -> TextBlock:
    """Tell the path of a stepwise selection.

    Parameters
    ----------
    results : ResultSet
        A selection set.
    style : NumberStyle or str
        Of the numbers.
    refs : tuple of str
        Ids of tables and figures that it belongs to.

    Returns
    -------
    TextBlock
    """
    voice, told = speak(style), []
    for line in get_frame(results, "steps").to_dict("records"):
        verb = {"enter": "entered", "remove": "was removed"}.get(str(line["action"]), "changed")
        p_value = clean_level(line.get("p_value"))
        ending = ""
        if p_value is not None:
            ending = f" ({format_p(float(line['p_value']), letter=True, style=voice.style)})"
        told.append(f"{voice.label(str(line['factor_label']))} {verb}{ending}")
    rule = _tell_rule(results, voice)
    if results.meta.get("direction") == "none":
        return make_text(results, [_tell_together(results, voice)], refs)
    if not told:
        return make_text(results, [rule, "no factor met the rule of the selection."], refs)
    steps = f"{format_number_word(len(told), style=voice.style)} {pluralise(len(told), 'step')}"
    sentences = [rule, f"the selection took {steps}: {join_words(told)}."]
    kept = [voice.label(str(label)) for label in results.meta.get("selected_labels") or ()]
    if kept:
        sentences.append(f"the selected model holds {join_words(kept)}.")
    return make_text(results, sentences, refs)


def _tell_together(results: ResultSet, voice: Voice) -> str:
    names = [voice.label(str(label)) for label in results.meta.get("candidates") or ()]
    number = format_number_word(len(names), style=voice.style)
    noun = pluralise(len(names), "factor")
    return (
        f"no selection was made: {number} {noun} entered the model together: {join_words(names)}."
    )


def _tell_rule(results: ResultSet, voice: Voice) -> str:
    meta = results.meta
    direction = str(meta.get("direction") or "")
    if not direction:
        return ""
    named = {
        "forward": "forward selection",
        "backward": "backward elimination",
        "both": "stepwise selection in both directions",
    }.get(direction, direction)
    limits = [
        f"p to {verb} {format_number(meta[key], decimals=2, style=voice.style)}"
        for key, verb, unused in (("entry_p", "enter", "backward"), ("stay_p", "stay", "forward"))
        if meta.get(key) is not None and direction != unused
    ]
    rule = ", ".join([name_test(str(meta.get("criterion") or "test")), *limits])
    candidates = len(meta.get("candidates") or ())
    if not candidates:
        return f"{named} was used ({rule})."
    number = format_number_word(candidates, style=voice.style)
    noun = pluralise(candidates, "candidate factor")
    if candidates == 1:
        return f"{named} was offered {number} {noun} ({rule})."
    return f"{named} was used among {number} {noun} ({rule})."
