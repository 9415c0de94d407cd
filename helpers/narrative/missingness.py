"""Sentences and captions on missing values."""

from __future__ import annotations

from helpers.document import FigureText, TextBlock
from helpers.formatting import (
    NumberStyle,
    find_abbreviations,
    format_level,
    format_number_word,
    format_percent,
    join_words,
    lower_first,
    pluralise,
)
from helpers.formatting.lookup import (
    get_abbreviations,
    get_frame,
    get_groups,
    get_slot,
    get_title,
    list_missing,
)
from helpers.narrative.voice import Voice, make_text, speak, write_plainly
from helpers.results import ResultSet


def describe_missingness(
    results: ResultSet,
    *,
    style: NumberStyle | str = "paper",
    threshold: float = 0.1,
    refs: tuple[str, ...] = (),
) -> TextBlock:
    """Tell for which variables values are missing.

    Parameters
    ----------
    results : ResultSet
        Counts of known or of missing values, as for the table.
    style : NumberStyle or str
        Of the numbers.
    threshold : float
        Fraction missing above which a variable is named.
    refs : tuple of str
        Ids of tables and figures that it belongs to.

    Returns
    -------
    TextBlock
    """
    voice, found = speak(style), list_missing(results)
    complete = sum(missing == 0 for _, missing in found.values())
    named = [
        f"{voice.label(label)} ({voice.share(missing, known + missing, inside=True)})"
        for label, (known, missing) in sorted(found.items(), key=lambda item: -item[1][1])
        if known + missing and missing / (known + missing) > threshold
    ]
    total = format_number_word(len(found), style=voice.style)
    sentences = [] if found else ["the data have no values of these variables."]
    if found and complete == len(found):
        sentences.append(f"no value was missing in {total} {pluralise(len(found), 'variable')}.")
    elif found:
        whole = format_number_word(complete, style=voice.style) if complete else "none"
        sentences.append(
            f"{whole} of {total} {pluralise(len(found), 'variable')} "
            f"{pluralise(complete, 'was', 'were')} complete."
        )
    if named:
        level = format_level(threshold, style=voice.style)
        sentences.append(f"more than {level} of values were missing for {join_words(named)}.")
    return make_text(results, sentences, refs)


def caption_missingness(
    results: ResultSet, *, style: NumberStyle | str = "paper", slot: str | None = None
) -> FigureText:
    """Write the words of a figure of missing values.

    Parameters
    ----------
    results : ResultSet
        Counts of known or of missing values.
    style : NumberStyle or str
        Of the numbers.
    slot : str, optional
        Where the figure stands.

    Returns
    -------
    FigureText
    """
    voice, found = write_plainly(style), list_missing(results)
    told = describe_missingness(results, style=style).markdown.replace("\\", "")
    shares = [
        f"{label}: {voice.share(missing, known + missing)} missing"
        for label, (known, missing) in found.items()
    ]
    return FigureText(
        id=f"figure.{results.id.replace('.', '_')}_missing",
        title="Missing values by variable.",
        caption="Share of the patients whose value is not known.",
        alt=f"Bar chart of missing values. {told}",
        description="; ".join(shares) + ("." if shares else ""),
        abbreviations=find_abbreviations(list(found), known=get_abbreviations(results)),
        slot=get_slot(results, slot),
    )


def describe_missing_patterns(
    results: ResultSet, *, style: NumberStyle | str = "paper", refs: tuple[str, ...] = ()
) -> TextBlock:
    """Tell for which variables the share of missing values differs most between groups.

    Parameters
    ----------
    results : ResultSet
        From :func:`helpers.analysis.missing_patterns.count_missing`.
    style : NumberStyle or str
        Of the numbers.
    refs : tuple of str
        Ids of tables and figures that it belongs to.

    Returns
    -------
    TextBlock
    """
    voice = speak(style)
    lines = get_frame(results, "rows").to_dict("records")
    ranges = [(line, _find_extremes(results, line)) for line in lines]
    known = [(line, found) for line, found in ranges if found is not None]
    if not known:
        none = "every variable was known of all patients or of none."
        return make_text(results, [none] if not lines else [], refs)
    line, (low, high) = max(known, key=lambda one: one[1][1][1] - one[1][0][1])
    factor = voice.label(str(results.meta.get("factor_label", "group")))
    sentences = [
        f"between the groups by {factor} the share of missing values differed most for "
        f"{voice.label(str(line['label']))}: {_tell_share(low, voice)} and "
        f"{_tell_share(high, voice)}."
    ]
    centres = [results.find(f"{one['variable']}.centres") for one in lines]
    spread = [one for one in centres if one is not None and "highest" in one.quantities]
    if spread:
        widest = max(spread, key=lambda one: one.quantities["highest"] - one.quantities["lowest"])
        ends = [
            format_percent(widest.quantities[end], style=voice.style)
            for end in ("lowest", "highest")
        ]
        sentences.append(
            f"from centre to centre it differed most for {voice.label(widest.label)}, from "
            f"{ends[0]} to {ends[1]}."
        )
    return make_text(results, sentences, refs)


def _find_extremes(
    results: ResultSet, line: dict[str, object]
) -> tuple[tuple[str, float], tuple[str, float]] | None:
    """Return the groups with the smallest and the largest share; None if one is not told."""
    shares = []
    for key, name in get_groups(results).items():
        found = results.find(f"{line['variable']}.{key}")
        if found is None or found.estimate is None or not found.n:
            return None
        shares.append((name, found.estimate / found.n))
    if len(shares) < 2:
        return None
    return min(shares, key=lambda one: one[1]), max(shares, key=lambda one: one[1])


def _tell_share(share: tuple[str, float], voice: Voice) -> str:
    name, value = share
    return f"{format_percent(value, style=voice.style)} {voice.group(name)}"


def caption_missing_patterns(
    results: ResultSet, *, style: NumberStyle | str = "paper", slot: str | None = None
) -> FigureText:
    """Write the words of the figure of missing values by group and centre.

    Parameters
    ----------
    results : ResultSet
        From :func:`helpers.analysis.missing_patterns.count_missing`.
    style : NumberStyle or str
        Of the numbers.
    slot : str, optional
        Where the figure stands.

    Returns
    -------
    FigureText
    """
    voice = write_plainly(style)
    title = get_title(results, "Missing values by group")
    told = describe_missing_patterns(results, style=style).markdown.replace("\\", "")
    lines = get_frame(results, "rows").to_dict("records")
    by_group = [
        f"{line['label']}: "
        + ", ".join(
            f"{name} {format_percent(found.estimate / found.n, n=found.n, style=voice.style)}"
            for key, name in get_groups(results).items()
            if (found := results.find(f"{line['variable']}.{key}")) is not None
            and found.estimate is not None
            and found.n
        )
        for line in lines
    ]
    has_centres = any(one.id.endswith(".centres") for one in results)
    bar = (
        " A grey bar reaches from the centre with the smallest share to that with the largest; no "
        "centre is named."
        if has_centres
        else ""
    )
    caption = f"Share of each group's patients whose value is not known.{bar}"
    return FigureText(
        id=f"figure.{results.id.replace('.', '_')}_pattern",
        title=f"{title}.",
        caption=caption,
        alt=f"Dot plot of {lower_first(title)}. {told}",
        description="; ".join(by_group) + ("." if by_group else ""),
        abbreviations=find_abbreviations(
            [title, *(str(line["label"]) for line in lines), *get_groups(results).values()],
            known=get_abbreviations(results),
        ),
        slot=get_slot(results, slot),
    )
