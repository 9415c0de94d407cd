"""Text from data, made fit for any format without changing what it says."""

from __future__ import annotations

import re
import unicodedata
from html import escape

#: What reorders the text around it: embeddings, overrides and isolates.
_BIDI_CONTROLS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
#: Whatever is neither printable ASCII, a tabulator nor a line break.
_DOUBTFUL = re.compile(r"[^\t\n -~]")
_LONG_WORD = re.compile(r"[^\s-]{25,}")
_NUMBER = re.compile(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)([eE][+-]?\d+)?%?")


def clean_text(text: str) -> str:
    r"""Return text without characters that no format can show.

    Control characters, lone surrogates and non-characters become U+FFFD; tabulators and line
    breaks stay; controls that would reorder the words around them are left out.

    Parameters
    ----------
    text : str
        Any text.

    Returns
    -------
    str
        Text that XML, HTML and Typst accept.

    Examples
    --------
    >>> clean_text("a\x00b\u202ec")
    'a\ufffdbc'
    """
    if text.isascii() and text.isprintable():
        return text
    return _DOUBTFUL.sub(_clean_character, text)


def _clean_character(match: re.Match[str]) -> str:
    character = match.group()
    if character in _BIDI_CONTROLS:
        return ""
    if character == "\r":
        return "\n"
    if unicodedata.category(character) in {"Cc", "Cs", "Co"}:
        return "\ufffd"
    code = ord(character)
    if code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF:
        return "\ufffd"
    return character


def break_long_words(text: str, every: int = 20) -> str:
    r"""Return text whose long words may be broken by the zero-width spaces put in.

    Words are counted from hyphen to hyphen, where a line may end in any case.

    Examples
    --------
    >>> break_long_words("erythropoiesis-stimulating")
    'erythropoiesis-stimulating'
    >>> break_long_words("a" * 30).count("\u200b")
    1
    """

    def divide(match: re.Match[str]) -> str:
        word = match.group()
        return "\u200b".join(word[start : start + every] for start in range(0, len(word), every))

    return _LONG_WORD.sub(divide, text)


def escape_html(text: str) -> str:
    """Return text that HTML shows as it is, in content and in attributes.

    Examples
    --------
    >>> escape_html('<b a="1">')
    '&lt;b a=&quot;1&quot;&gt;'
    """
    return escape(clean_text(text))


def quote_typst(text: str) -> str:
    r"""Return a Typst string literal: nothing in it is markup or code.

    Examples
    --------
    >>> print(quote_typst('#eval "x" \\'))
    "#eval \"x\" \\"
    """
    escaped = clean_text(text).replace("\\", "\\\\").replace('"', '\\"')
    return '"' + escaped.replace("\n", "\\n").replace("\t", " ") + '"'


def make_slug(text: str, fallback: str = "part") -> str:
    """Return a lower-case name that is safe in an address and a file name.

    Examples
    --------
    >>> make_slug("Who dies first, and when?")
    'who-dies-first-and-when'
    >>> make_slug("../../etc")
    'etc'
    """
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode("ascii")
    return re.sub(r"[^a-z0-9_]+", "-", plain.lower()).strip("-")[:80].strip("-") or fallback


def neutralise_formula(text: str) -> str:
    """Return text that a spreadsheet shows instead of computing it.

    Examples
    --------
    >>> neutralise_formula("=1+1"), neutralise_formula("-0.35")
    ("'=1+1", '-0.35')
    """
    if text[:1] in {"=", "+", "-", "@", "\t", "\r"} and not _NUMBER.fullmatch(text):
        return f"'{text}"
    return text


def join_words(words: list[str]) -> str:
    """Return words as a list in a sentence.

    Examples
    --------
    >>> join_words(["a", "b", "c"])
    'a, b and c'
    """
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"
