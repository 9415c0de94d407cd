"""Sentences on a comparison of survival that the parameters ask for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from helpers.document import TextBlock
from helpers.formatting import NumberStyle, join_sentences, join_words, lower_first
from helpers.formatting.lookup import get_groups
from helpers.narrative.models import list_levels, tell_limits
from helpers.narrative.survival import describe_survival, tell_cautions, tell_one
from helpers.narrative.two_groups import tell_restricted_mean
from helpers.narrative.voice import Voice, speak, write_plainly
from helpers.results import ResultSet


def describe_chosen(
    survival: ResultSet,
    *models: ResultSet,
    style: NumberStyle | str = "paper",
    alpha: float = 0.05,
    refs: tuple[str, ...] = (),
) -> TextBlock:
    """Tell a comparison: survival by group, the adjusted hazard ratios, what to beware of.

    Parameters
    ----------
    survival : ResultSet
        A survival set.
    *models : ResultSet
        Models whose first factor makes the same groups; of them those that adjust are told, and
        the other where there are more than two groups.
    style : NumberStyle or str
        Of the numbers.
    alpha : float
        Level at which the groups are said to differ.
    refs : tuple of str
        Ids of tables and figures that it belongs to.

    Returns
    -------
    TextBlock
    """
    voice = speak(style)
    told = describe_survival(survival, style=style, alpha=alpha, refs=refs)
    sentences = list(dict.fromkeys(tell_model(model, voice, alpha=alpha) for model in models))
    sentences += [words for model in models[1:] for words in tell_limits(model, voice)]
    sentences += [str(words) for words in survival.meta.get("cautions") or ()]
    return replace(told, markdown=f"{told.markdown} {join_sentences(sentences)}".strip())


def summarise_chosen(
    survival: ResultSet,
    *models: ResultSet,
    style: NumberStyle | str = "paper",
    alpha: float = 0.05,
) -> str:
    """Return the answer in short and plain words: hazard ratios, or survival without groups.

    Parameters
    ----------
    survival, models, style, alpha
        As of :func:`describe_chosen`.
    """
    voice = write_plainly(style)
    if not survival.is_computable:
        reason = lower_first(survival.reason.rstrip("."))
        return f"{survival.meta.get('title', survival.id)} could not be analysed: {reason}."
    told = [tell_restricted_mean(survival, voice, alpha=alpha)]
    told += [tell_model(model, voice, alpha=alpha, is_alone=True) for model in models]
    if not any(model.is_computable for model in models):
        told = [*tell_one(survival, next(iter(get_groups(survival))), voice), *told]
    cautions = [str(words) for words in survival.meta.get("cautions") or ()]
    if survival.meta.get("is_immortal"):
        cautions += tell_cautions(survival, voice)[-1:]
    return join_sentences([*dict.fromkeys(told), *cautions])


def tell_model(
    model: ResultSet, voice: Voice, *, alpha: float = 0.05, is_alone: bool = False
) -> str:
    """Return the sentences on the hazard ratios of a model's groups, and where they mislead.

    Those of two groups alone are told beside the test between them, and here only where asked for.
    """
    if not model.is_computable:
        return f"no hazard ratio could be estimated: {lower_first(model.reason.rstrip('.'))}."
    terms = model.frames["terms"]
    first = terms["factor"].iloc[0]
    levels = [(line, found) for line, found in list_levels(model) if line["factor"] == first]
    others = [voice.label(str(label)) for label in dict.fromkeys(terms["factor_label"])][1:]
    if not others and len(levels) < 2 and not is_alone:
        return ""
    base = next(
        iter(terms.loc[(terms["factor"] == first) & terms["is_reference"], "level_label"]), ""
    )
    ratios = [
        voice.ratio(found, name=_name_ratio(line, str(base), voice)) for line, found in levels
    ]
    told = "; ".join(ratios)
    if is_alone and not others:
        return f"{told}."
    start = f"adjusted for {join_words(others)}" if others else "in a Cox model of the groups alone"
    return f"{start}: {told}.{_warn_of_hazards(model, voice, alpha=alpha)}"


def _warn_of_hazards(model: ResultSet, voice: Voice, *, alpha: float) -> str:
    check = model.find("ph.global")
    if check is None or check.p_value is None or check.p_value >= alpha:
        return ""
    return (
        f" The hazards of this model were not proportional (score test, {voice.p(check)}): its "
        "ratios are averages over the follow-up."
    )


def _name_ratio(line: Mapping[str, object], base: str, voice: Voice) -> str:
    level, factor = str(line["level_label"]), voice.label(str(line["factor_label"]))
    if level.casefold() == "yes":
        return f"HR with {factor} against without"
    return f"HR of {voice.label(level)} against {voice.label(base)}"
