"""What curves look like, in words: marks, alternative text, long description."""

from __future__ import annotations

from helpers.formatting import NOT_REACHED, format_trimmed, join_words, lower_first
from helpers.formatting.estimates import MASKED
from helpers.formatting.lookup import find_horizons, get_endpoint, get_frame
from helpers.formatting.numbers import format_percent
from helpers.narrative.voice import Voice
from helpers.results import ResultSet


def tell_marks(results: ResultSet) -> str:
    """Return what marks censored patients; under disclosure control nothing does."""
    if results.meta.get("disclosure"):
        return "drawn from rounded counts, without marks of censored patients;"
    return "plus signs mark censored patients,"


def make_alt(results: ResultSet, groups: dict[str, str], voice: Voice, time_label: str) -> str:
    """Return the alternative text of a figure of curves."""
    endpoint = lower_first(get_endpoint(results))
    medians = [
        f"{voice.label(label)} {voice.median(median)}"
        for key, label in groups.items()
        if (median := results.find(f"{key}.median")) is not None
    ]
    what = "curve" if len(groups) == 1 else "curves"
    text = f"Kaplan-Meier {what} of {endpoint} against {time_label}."
    return f"{text} Median: {'; '.join(medians)}." if medians else text


def list_marks(results: ResultSet) -> str:
    """Return NR where the figure prints it."""
    is_open = any(
        result.kind == "median" and None in {result.estimate, result.ci_lower, result.ci_upper}
        for result in results
    )
    return NOT_REACHED if is_open else ""


def make_description(results: ResultSet, groups: dict[str, str], voice: Voice) -> str:
    """Return what the curves do, in numbers."""
    curve = get_frame(results, "curve")
    sentences = []
    for key, label in groups.items():
        lines = curve[curve["group"] == key] if len(curve) else curve
        named = voice.label(label, inside=False)
        if not len(lines):
            is_hidden = bool(results.meta.get("disclosure"))
            sentences.append(f"{named}: {MASKED if is_hidden else 'no patients'}.")
            continue
        first, last = lines.iloc[0], lines.iloc[-1]
        told = [
            f"{voice.probability(result)} {voice.at(time)}"
            for name, time in find_horizons(results).items()
            if (result := results.find(f"{key}.{name}")) is not None and result.estimate is not None
        ]
        text = f"{named}: starts with {voice.count(first['n_at_risk'])} at risk"
        text += f", {join_words(told)}" if told else ""
        end = format_percent(float(last["estimate"]), style=voice.style)
        time = format_trimmed(float(last["time_months"]), style=voice.style)
        sentences.append(f"{text}; ends at {end} after {time} months.")
    return " ".join(sentences)
