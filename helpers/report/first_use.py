"""Abbreviations and remarks across a whole manuscript: each is told once, where it comes first."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from helpers.document import TextBlock
from helpers.formatting.abbreviations import expand_abbreviations
from helpers.report.blocks import Item, Prose
from helpers.report.manuscript import Manuscript

#: What is no running text: headings, tables, code, formulas, addresses.
_APART = re.compile(
    r"^(?:#|\|| {4})[^\n]*|^```.*?^```|`[^`\n]*`|\$\$.*?\$\$|\$[^$\n]+\$|\]\([^)\s]*\)|<[^>\n]*>",
    re.M | re.S,
)


def introduce_abbreviations(manuscript: Manuscript, known: Mapping[str, str]) -> Manuscript:
    """Return the manuscript with each abbreviation written out where its text uses it first.

    Parameters
    ----------
    manuscript : Manuscript
        Its parts may have written out their own; the abstract stands for itself.
    known : mapping of str to str
        Meanings.

    Returns
    -------
    Manuscript
        What a part before has introduced is abbreviated everywhere after it.
    """
    groups = [*manuscript.front.before, *manuscript.sections, *manuscript.front.after]
    items = [item for group in groups for item in group.items]
    written = iter(_rewrite(items, known))
    parts = [replace(group, items=tuple(next(written) for _ in group.items)) for group in groups]
    n_before, n_sections = len(manuscript.front.before), len(manuscript.sections)
    after = n_before + n_sections
    front = replace(manuscript.front, before=tuple(parts[:n_before]), after=tuple(parts[after:]))
    return replace(manuscript, front=front, sections=tuple(parts[n_before:after]))


def _rewrite(items: Sequence[Item], known: Mapping[str, str]) -> list[Item]:
    pieces = [_split(item) for item in items]
    running = [text for parts in pieces for is_running, text in parts if is_running]
    shortened = [shorten_introduced(text, known) for text in running]
    expanded = iter(expand_abbreviations(shortened, known=known))
    return [
        _join(item, [next(expanded) if is_running else text for is_running, text in parts])
        for item, parts in zip(items, pieces, strict=True)
    ]


def _split(item: Item) -> list[tuple[bool, str]]:
    """Return pieces of an item's text, each with whether it is running text."""
    if isinstance(item, TextBlock | Prose):
        return list(_iterate_pieces(item.markdown))
    return []


def _iterate_pieces(markdown: str) -> Iterator[tuple[bool, str]]:
    end = 0
    for match in _APART.finditer(markdown):
        yield True, markdown[end : match.start()]
        yield False, match[0]
        end = match.end()
    yield True, markdown[end:]


def _join(item: Item, texts: Sequence[str]) -> Item:
    if isinstance(item, TextBlock | Prose):
        return replace(item, markdown="".join(texts))
    return item


def shorten_introduced(text: str, known: Mapping[str, str]) -> str:
    r"""Return text in which an abbreviation stands for its introduction.

    Examples
    --------
    >>> shorten_introduced("A loss of haematological improvement (HI).",
    ...                    {"HI": "haematological improvement"})
    'A loss of HI.'
    """
    for short, meaning in known.items():
        if short not in text:
            continue
        words = rf"{re.escape(meaning)}(?P<ending>s|-\d)?"
        brackets = rf"(?:\({re.escape(short)}(?P=ending)?\)|\\\[{re.escape(short)}(?P=ending)?\\\])"
        pattern = re.compile(rf"(?<!\w){words} {brackets}", re.I)
        text = pattern.sub(lambda match, short=short: short + (match["ending"] or ""), text)
    return text
