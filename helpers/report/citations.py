"""Citations and the list of references: each number leads there, each entry leads back."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from helpers.report.markdown import Fragment, MarkdownConverter

#: pandoc puts the prefix of its fragment before every anchor.
_HTML_LINK = re.compile(r'<a href="#(?:\w+-)?reference-(?P<number>\d+)">(?P<text>.*?)</a>')
_TYPST_LINK = re.compile(r"#link\(<reference-(?P<number>\d+)>\)\[(?P<text>.*?)\]")


@dataclass(frozen=True, slots=True)
class Reference:
    """One entry of the list of references.

    Attributes
    ----------
    number : int
        From 1.
    html, typst : str
        What is printed, without a paragraph around it.
    is_cited : bool
        Whether a number in the text leads to it, and so a way back.
    """

    number: int
    html: str
    typst: str
    is_cited: bool

    @property
    def anchor(self) -> str:
        """Return the anchor of the entry."""
        return f"reference-{self.number}"

    @property
    def origin(self) -> str:
        """Return the anchor of the first number in the text that leads here."""
        return f"cited-{self.number}"


def link_citations(html: str, typst: str, *, n_references: int, cited: set[int]) -> tuple[str, str]:
    """Return a text whose numbers in square brackets lead to the references that there are.

    Parameters
    ----------
    html, typst : str
        The same text; pandoc made links of the numbers.
    n_references : int
        Length of the list; a link beyond it becomes plain words.
    cited : set of int
        Numbers that an earlier text has cited; those of this one are added.

    Returns
    -------
    html, typst : str
        The first citation of a number has an anchor, to which its entry leads back.

    Examples
    --------
    >>> text = '<a href="#reference-1">1</a>'
    >>> link_citations(text, "#link(<reference-1>)[1]", n_references=1, cited=set())
    ('<a href="#reference-1" id="cited-1">1</a>', '#link(<reference-1>)[1]<cited-1>')
    >>> link_citations(text, "#link(<reference-1>)[1]", n_references=0, cited=set())
    ('1', '1')
    """
    before = frozenset(cited)
    linked = [
        _link(text, pattern, write, n_references=n_references, cited=before)
        for text, pattern, write in (
            (html, _HTML_LINK, _write_html),
            (typst, _TYPST_LINK, _write_typst),
        )
    ]
    cited.update(*(numbers for _, numbers in linked))
    return linked[0][0], linked[1][0]


def _link(
    text: str,
    pattern: re.Pattern[str],
    write: Callable[[int, str, bool], str],
    *,
    n_references: int,
    cited: frozenset[int],
) -> tuple[str, set[int]]:
    found: set[int] = set()

    def replace(match: re.Match[str]) -> str:
        number = int(match["number"])
        if not 0 < number <= n_references:
            return match["text"]
        is_first = number not in cited and number not in found
        found.add(number)
        return write(number, match["text"], is_first)

    return pattern.sub(replace, text), found


def _write_html(number: int, text: str, is_first: bool) -> str:
    anchor = f' id="cited-{number}"' if is_first else ""
    return f'<a href="#reference-{number}"{anchor}>{text}</a>'


def _write_typst(number: int, text: str, is_first: bool) -> str:
    return f"#link(<reference-{number}>)[{text}]" + (f"<cited-{number}>" if is_first else "")


def make_references(
    entries: Sequence[str], markdown: MarkdownConverter, cited: set[int]
) -> tuple[Reference, ...]:
    """Return the list of references.

    Parameters
    ----------
    entries : sequence of str
        Markdown by number, first is 1.
    markdown : MarkdownConverter
        Of the build.
    cited : set of int
        Numbers that the text cites.
    """
    made = []
    for number, entry in enumerate(entries, 1):
        parts = markdown.convert(make_entry(entry))
        html = "\n".join(part.html for part in parts).removeprefix("<p>").removesuffix("</p>")
        typst = " ".join(part.typst for part in parts)
        made.append(Reference(number, html, typst, number in cited))
    return tuple(made)


def make_entry(entry: str) -> Fragment:
    """Return the Markdown of an entry."""
    return Fragment(entry, math=True)
