"""Words: numbers and plurals, lists, sentences, escaping of words that come from data."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from helpers.formatting.numbers import format_count
from helpers.formatting.styles import NumberStyle

_WORDS = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine",
)  # fmt: skip
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_MARKUP = re.compile(r"([\\`*_{}\[\]<>|~$^#])")
_NAMES = frozenset(
    (
        "Aalen-Johansen", "America", "American", "Asia", "Cox", "Europe", "European", "Fisher's",
        "Fine-Gray", "France", "French", "Gray's", "Kaplan-Meier", "Kruskal-Wallis", "North",
        "United", "Wilcoxon",
    )
)  # fmt: skip
_LINE_START = re.compile(r"^(\s*)([-+=:]|\d+[.)])(?=\s|$)")


def format_number_word(number: int, *, style: NumberStyle | str = "paper") -> str:
    """Return a whole number as a word below ten, as figures from ten.

    Examples
    --------
    >>> format_number_word(2), format_number_word(1000)
    ('two', '1,000')
    """
    return _WORDS[number] if 0 <= number < len(_WORDS) else format_count(number, style=style)


def pluralise(number: float, singular: str, plural: str | None = None) -> str:
    """Return the form of a noun that goes with a number.

    Examples
    --------
    >>> pluralise(1, "patient"), pluralise(0, "patient"), pluralise(2, "analysis", "analyses")
    ('patient', 'patients', 'analyses')
    """
    return singular if number == 1 else plural or f"{singular}s"


def format_counted(
    number: int,
    singular: str,
    plural: str | None = None,
    *,
    words: bool = False,
    style: NumberStyle | str = "paper",
) -> str:
    """Return a number with its noun.

    Parameters
    ----------
    number : int
        How many; none is ``no``.
    singular, plural : str
        Noun; the plural is made with an s where it is not given.
    words : bool
        Whether numbers below ten are words.
    style : NumberStyle or str
        Thousands mark.

    Returns
    -------
    str

    Examples
    --------
    >>> [format_counted(number, "patient") for number in (0, 1, 2, 1000)]
    ['no patients', '1 patient', '2 patients', '1,000 patients']
    """
    noun = pluralise(number, singular, plural)
    if number == 0:
        return f"no {noun}"
    form = format_number_word if words else format_count
    return f"{form(number, style=style)} {noun}"


def join_words(words: Iterable[str], *, last: str = "and") -> str:
    """Join words as a sentence lists them.

    Examples
    --------
    >>> join_words(["a"]), join_words("ab"), join_words("abc", last="or")
    ('a', 'a and b', 'a, b or c')
    """
    words = list(words)
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


def capitalise(text: str) -> str:
    """Return the text with its first letter in upper case, the rest as it is.

    Examples
    --------
    >>> capitalise("no patients had AML")
    'No patients had AML'
    """
    return text[:1].upper() + text[1:]


def lower_first(text: str) -> str:
    """Return a label as it stands within a sentence.

    Its first letter is made small unless the word is an abbreviation, a name or a number.

    Examples
    --------
    >>> lower_first("Best supportive care"), lower_first("HMA"), lower_first("RAEB-1 yes")
    ('best supportive care', 'HMA', 'RAEB-1 yes')
    """
    first = text.split(" ", 1)[0]
    is_plain = first[:1].isupper() and (first[1:].replace("-", "").islower() or first == "A")
    is_plain = is_plain and first.rstrip(",;:") not in _NAMES and first[1:2] != "-"
    return text[:1].lower() + text[1:] if is_plain else text


def format_unit(unit: str) -> str:
    """Return a unit as it is printed.

    Examples
    --------
    >>> format_unit("10^9/L"), format_unit("g/dL")
    ('×10⁹/L', 'g/dL')
    """
    powers = re.sub(r"\^(\d+)", lambda match: match[1].translate(_RAISED), unit)
    return f"×{powers}" if powers != unit and powers.startswith("10") else powers


def escape_markdown(text: str) -> str:
    r"""Escape what CommonMark or its extensions would read as markup in words from data.

    Parameters
    ----------
    text : str
        A label, a name or a reason.

    Returns
    -------
    str
        On one line.

    Examples
    --------
    >>> print(escape_markdown("a*b_c <b>"))
    a\*b\_c \<b\>
    """
    flat = " ".join(text.split())
    escaped = _MARKUP.sub(r"\\\1", flat).replace("&", "&amp;").replace("://", ":\\//")
    return _LINE_START.sub(lambda match: f"{match[1]}\\{match[2]}", escaped)


def join_sentences(sentences: Sequence[str]) -> str:
    """Join sentences to a paragraph; empty ones are left out, each begins with a capital."""
    return " ".join(capitalise(sentence.strip()) for sentence in sentences if sentence.strip())
