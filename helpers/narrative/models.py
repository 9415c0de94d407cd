"""Sentences on regression models."""

from __future__ import annotations

from helpers.document import TextBlock
from helpers.formatting import (
    NumberStyle,
    format_level,
    format_number,
    join_words,
    pluralise,
)
from helpers.formatting.correction import PENALISED_TEST, WHY_PENALISED, is_penalised
from helpers.formatting.lookup import (
    clean_level,
    get_event_noun,
    get_frame,
)
from helpers.narrative.two_groups import tell_detectable
from helpers.narrative.voice import Voice, make_text, speak
from helpers.results import Result, ResultSet

_REASONS = {
    " is not known of every patient.": "not known of every patient",
    " is not known.": "not known",
    " has one level only.": "one level only",
    " is determined by the factors before it.": "determined by the factors before",
}


def name_ratio(results: ResultSet) -> str:
    """Return ``sHR`` for a Fine-Gray model, else ``HR``."""
    return "sHR" if "fine_gray" in results.id else "HR"


def name_level(voice: Voice, line: dict[str, object]) -> str:
    """Return what names a level within a sentence: its factor, and the level unless it is yes."""
    factor, level = str(line["factor_label"]), str(line["level_label"])
    if level.casefold() == "yes":
        return voice.label(factor)
    if level.casefold() == "no":
        return f"no {voice.label(factor)}"
    if factor.startswith((f"{level} against ", f"{level} versus ")):
        return voice.label(factor)
    return voice.label(level) if level == factor else f"{voice.label(factor)}: {voice.label(level)}"


def list_levels(results: ResultSet) -> list[tuple[dict[str, object], Result]]:
    """Return the frame's lines of a model that are no reference, each with its result."""
    found = []
    for line in get_frame(results, "terms").to_dict("records"):
        key = f"{line['factor']}.{clean_level(line['level'])}"
        result = results.find(str(line.get("result_id") or key)) or results.find(key)
        if result is not None and not line["is_reference"]:
            found.append((line, result))
    return found


def describe_model(
    results: ResultSet,
    *,
    style: NumberStyle | str = "paper",
    alpha: float = 0.05,
    refs: tuple[str, ...] = (),
) -> TextBlock:
    """Tell a model: its patients, the factors with an effect, those without.

    Parameters
    ----------
    results : ResultSet
        A model set.
    style : NumberStyle or str
        Of the numbers.
    alpha : float
        Level at which a factor is said to have an effect.
    refs : tuple of str
        Ids of tables and figures that it belongs to.

    Returns
    -------
    TextBlock
    """
    voice = speak(style)
    sentences = [_tell_fit(results, voice), *tell_effects(results, voice, alpha=alpha)]
    sentences += tell_limits(results, voice)
    return make_text(results, sentences, refs)


def _tell_fit(results: ResultSet, voice: Voice) -> str:
    model = results.find("model")
    if model is None or model.n is None:
        return ""
    kind = "Fine-Gray model" if name_ratio(results) == "sHR" else "Cox model"
    text = f"the {kind} was fitted to {voice.count(model.n)}"
    if model.events is not None:
        text += f" with {voice.count(model.events, get_event_noun(results))}"
    concordance = model.quantities.get("concordance")
    if concordance is not None:
        text += f" (concordance {format_number(concordance, decimals=2, style=voice.style)})"
    missing = int(model.missing or results.meta.get("missing") or 0)
    if missing:
        text += f"; {voice.count(missing)} with missing values "
        text += f"{pluralise(missing, 'was', 'were')} left out"
    return f"{text}."


def tell_limits(results: ResultSet, voice: Voice) -> list[str]:
    """Return what a reader must know of a model: factors left out or known too late."""
    left_out = group_left_out([str(text) for text in results.meta.get("left_out") or ()], voice)
    late = [voice.label(str(label)) for label in results.meta.get("after_time_zero") or ()]
    sentences = [f"left out of the analysis: {'; '.join(left_out)}."] if left_out else []
    if late:
        verb = pluralise(len(late), "was", "were")
        sentences.append(
            f"{join_words(late)} {verb} known only after time zero; the hazard ratio is not causal."
        )
    return sentences


def group_left_out(texts: list[str], voice: Voice) -> list[str]:
    """Return why factors are left out, those with one reason together.

    Examples
    --------
    >>> from helpers.narrative.voice import speak
    >>> group_left_out(["Sex is not known.", "Age is not known."], speak("paper"))
    ['sex and age (not known)']
    """
    found: dict[str, list[str]] = {reason: [] for reason in _REASONS.values()}
    others = []
    for text in texts:
        ending = next((one for one in _REASONS if text.endswith(one)), None)
        if ending is None:
            others.append(voice.label(text.rstrip(".")))
        else:
            found[_REASONS[ending]].append(voice.label(text.removesuffix(ending)))
    grouped = [f"{join_words(labels)} ({reason})" for reason, labels in found.items() if labels]
    return [*grouped, *others]


def tell_effects(results: ResultSet, voice: Voice, *, alpha: float) -> list[str]:
    """Return the sentences on what raises and lowers the hazard, and on what is unclear."""
    higher, lower, unclear, failed = [], [], [], []
    unseen: list[Result] = []
    reasons: list[str] = []
    for line, result in list_levels(results):
        named = name_level(voice, line)
        if result.estimate is None or result.p_value is None:
            failed.append(named)
            reasons.append(result.reason)
            continue
        told = f"{named} ({voice.ratio(result, name=name_ratio(results))})"
        if result.p_value >= alpha:
            unclear.append(told)
            unseen.append(result)
        else:
            (higher if result.estimate > 1 else lower).append(told)
    sentences = []
    if higher:
        sentences.append(f"a higher hazard went with {join_words(higher)}.")
    if lower:
        sentences.append(f"a lower hazard went with {join_words(lower)}.")
    if unclear:
        level = format_level(alpha, style=voice.style)
        sentences.append(
            f"at the {level} level there was no clear effect of {join_words(unclear)}."
        )
        sentences.append(tell_detectable(results, voice, unseen))
    if failed:
        sentences.append(_tell_failed(failed, reasons, voice))
    if higher or lower or unclear:
        sentences.append(_name_tests(results))
    return [one for one in sentences if one]


def _name_tests(results: ResultSet) -> str:
    if not is_penalised(results):
        return "the p-values are those of Wald tests."
    return (
        f"because {WHY_PENALISED}, hazard ratios were estimated with Firth's correction (Heinze "
        "and Schemper, *Biometrics* 2001;57:114-119), with intervals of the profile likelihood; "
        f"the p-values are those of the {PENALISED_TEST}."
    )


def _tell_failed(failed: list[str], reasons: list[str], voice: Voice) -> str:
    known = [voice.label(text.rstrip(".")) for text in dict.fromkeys(reasons) if text]
    ending = f": {'; '.join(known)}" if known else ""
    return f"no hazard ratio could be estimated for {join_words(failed)}{ending}."


def describe_competing(
    cause_specific: ResultSet,
    fine_gray: ResultSet,
    *,
    style: NumberStyle | str = "paper",
    alpha: float = 0.05,
    refs: tuple[str, ...] = (),
) -> TextBlock:
    """Tell a cause-specific and a Fine-Gray model of one event.

    Parameters
    ----------
    cause_specific, fine_gray : ResultSet
        Model sets.
    style : NumberStyle or str
        Of the numbers.
    alpha : float
        Level at which a factor is said to have an effect.
    refs : tuple of str
        Ids of tables and figures that it belongs to.

    Returns
    -------
    TextBlock
    """
    voice = speak(style)
    sentences = [_tell_fit(cause_specific, voice).replace("the Cox", "the cause-specific Cox", 1)]
    sentences += tell_effects(cause_specific, voice, alpha=alpha)
    if fine_gray.is_computable:
        told = [
            f"{name_level(voice, line)} ({voice.ratio(result, name='sHR')})"
            for line, result in list_levels(fine_gray)
            if result.p_value is not None and result.p_value < alpha
        ]
        shown = f"an effect was seen for {join_words(told)}" if told else "no factor had an effect"
        sentences.append(f"in the Fine-Gray model of the subdistribution hazard, {shown}.")
    sentences += tell_limits(cause_specific, voice)
    return make_text(cause_specific, sentences, refs)
