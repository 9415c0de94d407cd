"""Abbreviations, written out where a text uses them first."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from helpers.formatting.terms import ABBREVIATIONS, STATISTICAL_ABBREVIATIONS
from helpers.formatting.words import capitalise

_STARTS = (". ", ".\n", "\n\n")


def list_known(abbreviations: Mapping[str, str]) -> Mapping[str, str]:
    """Return what a text may write out: of statistics, and of the data or else of the paper."""
    return {**STATISTICAL_ABBREVIATIONS, **abbreviations} if abbreviations else ABBREVIATIONS


def expand_abbreviations(
    texts: Sequence[str],
    *,
    keep_all: bool = True,
    known: Mapping[str, str] = ABBREVIATIONS,
) -> list[str]:
    r"""Write out each abbreviation where it occurs first.

    Parameters
    ----------
    texts : sequence of str
        Markdown, in reading order.
    keep_all : bool
        Whether an abbreviation is introduced although it occurs once: a later part of the
        manuscript may use it. Without, it is replaced.
    known : mapping of str to str
        Meanings.

    Returns
    -------
    list of str
        The first ``HR`` is ``hazard ratio (HR)``, and within brackets ``hazard ratio [HR]``.

    Examples
    --------
    >>> print(expand_abbreviations(["OS (HR 2, 95% CI 1-3). OS"])[0])
    Overall survival (OS) (hazard ratio \[HR\] 2, 95% confidence interval \[CI\] 1-3). OS
    """
    pattern = _make_pattern(known)
    times = Counter(match["short"] for text in texts for match in pattern.finditer(text))
    told: set[str] = set()
    return [_expand(text, pattern, known, told, kept=None if keep_all else times) for text in texts]


def _make_pattern(known: Mapping[str, str]) -> re.Pattern[str]:
    longest_first = sorted(known, key=len, reverse=True)
    shorts = "|".join(re.escape(short) for short in longest_first)
    return re.compile(rf"(?<![A-Za-z0-9])(?P<short>{shorts})(?P<ending>s|-\d)?(?![A-Za-z0-9])")


def _expand(
    text: str,
    pattern: re.Pattern[str],
    known: Mapping[str, str],
    told: set[str],
    *,
    kept: Counter[str] | None,
) -> str:
    written, end = "", 0
    for match in pattern.finditer(text):
        written += text[end : match.start()]
        end = match.end()
        short = match["short"]
        if short in told:
            written += match[0]
            continue
        told.add(short)
        meaning = known[short] + (match["ending"] or "")
        if not written or written.endswith(_STARTS):
            meaning = capitalise(meaning)
        is_inside = written.count("(") > written.count(")")
        brackets = (r"\[", r"\]") if is_inside else ("(", ")")
        is_kept = kept is None or kept[short] > 1
        written += f"{meaning} {brackets[0]}{match[0]}{brackets[1]}" if is_kept else meaning
    return written + text[end:]
