"""What became of the numbers, in words."""

from __future__ import annotations

from collections.abc import Sequence

from helpers.formatting import (
    NO_VALUE,
    format_count,
    format_number,
    format_percent,
    format_trimmed,
    join_words,
    round_half_up,
)
from helpers.report.changes.causes import Cause
from helpers.report.changes.comparison import Comparison, find_alpha
from helpers.report.changes.numbers import NumberChange
from helpers.report.changes.printing import print_value
from helpers.results import Result

KINDS = {
    "count": "count",
    "summary": "summary",
    "median": "median",
    "probability": "probability",
    "incidence": "incidence",
    "restricted_mean": "restricted mean",
    "hazard_ratio": "hazard ratio",
    "test": "test",
    "statistic": "statistic",
}
_FIELDS = {
    "ci_lower": "lower limit",
    "ci_upper": "upper limit",
    "p_value": "p",
    "std_error": "standard error",
    "conf_level": "confidence level",
    "df": "degrees of freedom",
}
_SHARES = frozenset({"probability", "incidence"})
_SHOWN_IN_VALUE = ("estimate", "ci_lower", "ci_upper", "p_value")
_MOST_CAUSES = 4
_MINUS = "\u2212"
#: Shares of the number in A that say something.
_SMALLEST, _LARGEST = 0.0005, 10


def describe_comparison(comparison: Comparison) -> tuple[str, ...]:
    """Return what changed and why, the headline first, each as one sentence."""
    return tuple(filter(None, _list_sentences(comparison)))


def _list_sentences(comparison: Comparison) -> Sequence[str]:
    changes, style = comparison.changes, comparison.style
    n_hidden = sum(not change.is_visible for change in changes)
    n_crossed = sum(change.crosses_alpha for change in changes)
    alpha = format_trimmed(find_alpha(comparison.before), decimals=4, style=style)
    return (
        _tell_headline(comparison),
        _count(n_hidden, "change is", "changes are", "not visible in print", style),
        _count(n_crossed, "p-value", "p-values", f"crossed {alpha}", style),
        _count(len(comparison.only_before), "number is", "numbers are", "only in A", style),
        _count(len(comparison.only_after), "number is", "numbers are", "only in B", style),
        _count(len(comparison.rewordings), "result", "results", "changed in words only", style),
        _tell_verdicts(comparison),
    )


def _tell_headline(comparison: Comparison) -> str:
    style, n = comparison.style, len(comparison.changes)
    of_all = f"{format_count(comparison.n_compared, style=style)} numbers"
    because = _tell_causes(comparison.causes)
    if comparison.is_same:
        differing = f"; what differs between the reports: {because}" if because else ""
        return f"None of {of_all} changed{differing}."
    told = f"{format_count(n, style=style) if n else 'None'} of {of_all} changed"
    if comparison.n_large:
        count = format_count(comparison.n_large, style=style)
        told += f", {count} by more than half an interval's width"
    if not because:
        return f"{told}; nothing that is recorded of both reports explains it."
    return f"{told}; because of: {because}."


def _tell_causes(causes: Sequence[Cause]) -> str:
    active = [cause for cause in causes if cause.sections is None or cause.sections]
    titles = [_name_briefly(cause) for cause in active[:_MOST_CAUSES]]
    more = len(active) - len(titles)
    return join_words([*titles, f"{more} more"] if more else titles)


def _name_briefly(cause: Cause) -> str:
    if cause.kind in ("parameter", "package"):
        return shorten(cause.title)
    if cause.kind == "code" and cause.details:
        noun = "module" if len(cause.details) == 1 else "modules"
        return f"code ({len(cause.details)} {noun})"
    details = f" ({shorten('; '.join(cause.details))})" if cause.details else ""
    return f"{cause.key}{details}"


def _count(count: int, noun: str, plural: str, words: str, style: str) -> str:
    if not count:
        return ""
    return f"{format_count(count, style=style)} {noun if count == 1 else plural} {words}."


def _tell_verdicts(comparison: Comparison) -> str:
    n_lost = sum(first is not None and first.verdict == "equal" for first, _ in comparison.verdicts)
    n_won = sum(
        second is not None and second.verdict == "equal" for _, second in comparison.verdicts
    )
    parts = []
    if n_lost:
        parts.append(f"{format_count(n_lost, style=comparison.style)} no longer equal it")
    if n_won:
        parts.append(f"{format_count(n_won, style=comparison.style)} equal it now")
    return f"Of the paper's printed numbers, {' and '.join(parts)}." if parts else ""


def count_by_cause(comparison: Comparison) -> dict[str, int]:
    """Return how many changed numbers each cause alone can have changed, or has."""
    return {key: len(changes) for key, changes in comparison.group_by_cause().items()}


def shorten(text: str, longest: int = 160) -> str:
    r"""Return a text that is not too long, without line breaks.

    Examples
    --------
    >>> shorten("a  b\nc", 4)
    'a b…'
    """
    plain = " ".join(text.split())
    return plain if len(plain) <= longest else f"{plain[: longest - 1].rstrip()}\u2026"


def name_result(comparison: Comparison, result: Result) -> str:
    """Return what a result is, by the title of its analysis and the rest of its id."""
    titles = {**comparison.after.titles, **comparison.before.titles}
    parts = result.id.split(".")
    for length in range(len(parts), 0, -1):
        title = titles.get(".".join(parts[:length]))
        if title:
            rest = ".".join(parts[length:])
            return f"{title}: {rest}" if rest else title
    return result.id


def name_section(comparison: Comparison, name: str) -> str:
    """Return a section's title."""
    for report in (comparison.before, comparison.after):
        if name in report.sections:
            return report.sections[name].title
    return name or "Section not known"


def show_sides(change: NumberChange, style: str) -> tuple[str, str]:
    """Return a number in A and in B; where it prints alike, with the field that differs."""
    main, words = change.main, name_field(change.main.name)
    if main.name in _SHOWN_IN_VALUE and change.printed_before != change.printed_after:
        return change.printed_before, change.printed_after
    before, after = (print_value(value, style=style) for value in (main.before, main.after))
    if main.name == "estimate":
        return before, after
    return (
        f"{change.printed_before}; {words} {before}",
        f"{change.printed_after}; {words} {after}",
    )


def show_change(change: NumberChange, style: str) -> str:
    """Return by how much a number changed: absolute and relative.

    A share changes by percentage points.
    """
    main = change.main
    if main.absolute is None:
        return "appeared" if main.before is None else "gone" if main.after is None else "other"
    is_share = change.before.kind in _SHARES and main.name in ("estimate", "ci_lower", "ci_upper")
    value = main.absolute * 100 if is_share else main.absolute
    text = _format_size(value, style) + (" points" if is_share else "")
    if main.relative is not None and not is_share and _SMALLEST <= abs(main.relative) < _LARGEST:
        text += f" ({_sign(main.relative, _format_share(abs(main.relative), style))})"
    return text if main.name == "estimate" else f"{name_field(main.name)} {text}"


def _format_size(value: float, style: str) -> str:
    size = abs(value)
    decimals = 2 if size >= 0.01 else 4
    if round_half_up(size, decimals) == 0:
        least = format_number(10.0**-decimals, decimals=decimals, style=style)
        return f"less than {_sign(value, least)}"
    return _sign(value, format_trimmed(size, decimals=decimals, style=style))


def _format_share(share: float, style: str) -> str:
    """Return a share of the number in A: whole per cent, tenths below one."""
    if share >= 0.01:
        return format_percent(share, style=style)
    return format_number(share * 100, decimals=1, style=style) + "%"


def _sign(value: float, text: str) -> str:
    return ("+" if value > 0 else _MINUS) + text


def show_units(change: NumberChange, style: str) -> str:
    """Return how many widths of its interval a number moved."""
    if change.interval_units is None:
        return NO_VALUE
    if change.interval_units < 0.005:
        return "<" + format_number(0.01, decimals=2, style=style)
    return format_number(change.interval_units, decimals=2, style=style)


def name_field(name: str) -> str:
    """Return a field of a result in words."""
    return _FIELDS.get(name, name.removeprefix("quantities.").replace("_", " "))
