"""Phrases that all sentences are built from."""

from __future__ import annotations

from dataclasses import dataclass

from helpers.document import TextBlock
from helpers.formatting import (
    NumberStyle,
    capitalise,
    escape_markdown,
    format_count,
    format_counted,
    format_interval,
    format_level,
    format_months,
    format_p,
    format_percent,
    format_ratio,
    format_status,
    format_trimmed,
    get_style,
    join_sentences,
    lower_first,
    name_interval,
    name_test,
    pluralise,
)
from helpers.results import Result, ResultSet


@dataclass(frozen=True, slots=True)
class Voice:
    """Phrases in one number style, for markdown or for plain text.

    Attributes
    ----------
    style : NumberStyle
        Of the numbers.
    is_markdown : bool
        Whether words from data are escaped.
    """

    style: NumberStyle
    is_markdown: bool = True

    def label(self, text: str, *, inside: bool = True) -> str:
        """Return a label from the data as it stands within a sentence, or at its start."""
        shown = lower_first(text) if inside else text
        return escape_markdown(shown) if self.is_markdown else shown

    def group(self, label: str, factor: str = "") -> str:
        """Return what names a group behind a number: ``for HMA``, ``with response``."""
        named = self.label(factor) if factor else "this feature"
        match label.strip().casefold():
            case "yes":
                return f"with {named}"
            case "no":
                return f"without {named}"
        return f"for {self.label(label)}"

    def months(self, value: float | None) -> str:
        """Return a time with its unit."""
        text = format_months(value, style=self.style)
        return f"{text} month{'' if text == '1' else 's'}"

    def count(self, number: float, singular: str = "patient", plural: str | None = None) -> str:
        """Return a count with its noun; none is ``no``."""
        return format_counted(int(number), singular, plural, style=self.style)

    def share(self, count: float, n: int, *, inside: bool = False) -> str:
        """Return ``134 of 392 patients (34%)``; with a comma if it stands inside brackets."""
        text = format_percent(count / n, n=n, style=self.style) if n else ""
        percent = (f", {text}" if inside else f" ({text})") if text else ""
        whole = f"{format_count(n, style=self.style)} {pluralise(n, 'patient')}"
        return f"{format_count(count, style=self.style)} of {whole}{percent}"

    def conf(
        self, result: Result, lower: str | None, upper: str | None, *, method: str = ""
    ) -> str:
        """Return an interval in brackets, with a space before it; nothing without limits."""
        if lower is None and upper is None:
            return ""
        level = format_level(result.conf_level or 0.95, style=self.style)
        interval = format_interval(lower, upper, words=True, style=self.style)
        ending = f", {method}" if method else ""
        return f" ({level} CI{self.style.interval_mark}{interval}{ending})"

    def median(self, result: Result, *, method: bool = False) -> str:
        """Return a median with its interval: ``23 months (95% CI 20–27)``, ``not reached``."""
        if result.status in {"not_computable", "masked"}:
            return format_status(result, words=True) or ""
        limits = [
            None if value is None else format_months(value, style=self.style)
            for value in (result.ci_lower, result.ci_upper)
        ]
        name = name_interval(result.method) if method else ""
        text = "not reached" if result.estimate is None else self.months(result.estimate)
        if result.estimate is not None and limits == [None, None] and "SPSS" in result.method:
            return f"{text} (no interval: the curve does not fall to 45%)"
        return text + self.conf(result, *limits, method=name)

    def probability(self, result: Result, *, method: bool = False) -> str:
        """Return a probability with its interval: ``24% (95% CI 19–29)``."""
        status = format_status(result, words=True)
        if status is not None:
            return status
        limits = [
            None if value is None else format_percent(value, sign=False, style=self.style)
            for value in (result.ci_lower, result.ci_upper)
        ]
        name = name_interval(result.method) if method else ""
        has_width = None not in limits and result.ci_lower != result.ci_upper
        interval = self.conf(result, *limits, method=name) if has_width else ""
        return format_percent(result.estimate, style=self.style) + interval

    def ratio(self, result: Result, *, name: str = "HR", p_value: bool = True) -> str:
        """Return a hazard ratio in brackets: ``HR 1.64, 95% CI 1.24–2.18, p < 0.001``."""
        status = format_status(result, words=True)
        if status is not None:
            return f"{name} {status}"
        limits = [
            None if value is None else format_ratio(value, style=self.style)
            for value in (result.ci_lower, result.ci_upper)
        ]
        parts = [f"{name} {format_ratio(result.estimate, style=self.style)}"]
        interval = self.conf(result, *limits)
        parts += [interval.strip(" ()")] if interval else []
        parts += [self.p(result)] if p_value and result.p_value is not None else []
        return ", ".join(parts)

    def p(self, result: Result) -> str:
        """Return a p-value with its letter."""
        return format_p(result.p_value, letter=True, style=self.style)

    def test(self, result: Result) -> str:
        """Return a test's name and p-value: ``log-rank test, p = 0.03``."""
        return f"{name_test(result.method)}, {self.p(result)}"

    def at(self, time_months: float) -> str:
        """Return a horizon: ``at 60 months``."""
        return f"at {format_trimmed(time_months, style=self.style)} months"


def speak(style: NumberStyle | str) -> Voice:
    """Return the voice of a text block."""
    return Voice(get_style(style))


def write_plainly(style: NumberStyle | str) -> Voice:
    """Return the voice of captions and alternative texts."""
    return Voice(get_style(style), is_markdown=False)


def make_text(results: ResultSet, sentences: list[str], refs: tuple[str, ...]) -> TextBlock:
    """Return sentences as a text block; an omitted set says why instead."""
    if not results.is_computable:
        reason = escape_markdown(results.reason.rstrip("."))
        title = escape_markdown(str(results.meta.get("title") or results.id))
        sentences = [f"{capitalise(title)} could not be analysed: {lower_first(reason)}."]
    return TextBlock(results.id, join_sentences(sentences), tuple(refs))
