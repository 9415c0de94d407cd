"""Small rules of how sentences and notes are set."""

from __future__ import annotations

import re
from collections.abc import Mapping

#: A sentence of this word alone reads "See Supplementary Table 1."
POINTER = "See"
_AUTHOR = re.compile(r"(?P<name>.*\S)\s*\[(?P<marks>\d+(?:\s*,\s*\d+)*)\]\s*")
_STATISTIC = re.compile(r"\b([npN]) (\\?[=<>\u2264\u2265]) (?=[\d.])")


def bind_numbers(text: str) -> str:
    r"""Return text in which a statistic and its number stay on one line.

    Examples
    --------
    >>> bind_numbers("isolated (n = 230), p < 0.001").count("\u00a0")
    4
    """
    return _STATISTIC.sub("\\1\u00a0\\2\u00a0", text)


def end_with_refs(text: str, refs: str) -> str:
    """Return a sentence with what it refers to in brackets before its full stop.

    Examples
    --------
    >>> end_with_refs("The median was 23 months.", "Figure 1")
    'The median was 23 months (Figure 1).'
    """
    if not refs:
        return text
    if text.endswith("."):
        return f"{text[:-1]} ({refs})."
    if text == POINTER:
        return f"{POINTER} {refs}."
    return f"{text} ({refs})"


def list_abbreviations(abbreviations: Mapping[str, str]) -> str:
    """Return abbreviations as printed below a table, in alphabetical order.

    Examples
    --------
    >>> list_abbreviations({"OS": "overall survival", "HR": "hazard ratio"})
    'HR, hazard ratio; OS, overall survival.'
    """
    entries = "; ".join(f"{key}, {value}" for key, value in sorted(abbreviations.items()))
    return f"{entries}." if entries else ""


def split_author(author: str) -> tuple[str, str]:
    """Return an author's name and the numbers of the affiliations behind it.

    Examples
    --------
    >>> split_author("Ada Example [1, 2]"), split_author("Ben")
    (('Ada Example', '1,2'), ('Ben', ''))
    """
    match = _AUTHOR.fullmatch(author)
    if match is None:
        return author, ""
    return match["name"], re.sub(r"\s+", "", match["marks"])
