"""Names that a user may give, and what was meant by those that are not known."""

from __future__ import annotations

import keyword
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from typing import Any

#: Keys that the ids of results use beside the levels of a group.
RESERVED_LEVELS = frozenset(
    (
        *("overall", "missing", "test", "logrank", "gray", "median", "hr", "n", "model", "ph"),
        *("known", "responders", "evaluable", "cut", "global"),
    )
)
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")


def make_slug(text: str) -> str:
    """Return the small letters and digits of a text, joined by ``_``; empty without any.

    Examples
    --------
    >>> make_slug("Günstig (2017)")
    'gunstig_2017'
    """
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:34]


def make_level_key(label: str) -> str:
    """Return the key of a level that is declared by its label alone."""
    key = make_slug(label) or "level"
    return f"{key}_level" if key in RESERVED_LEVELS else key


def find_unknown(entry: Mapping[Any, Any], known: Iterable[str], where: str) -> Iterator[str]:
    """Yield keys that have no meaning, with the nearest that has one."""
    known = tuple(known)
    for key in entry:
        if key not in known:
            yield f"{where} has no key {key!r:.60}; {suggest(key, known)}"


def suggest(name: object, known: Iterable[str]) -> str:
    """Return the nearest known name as a question, else some that are known."""
    known = tuple(known)
    near = get_close_matches(str(name)[:100], known, n=1)
    if near:
        return f"did you mean {near[0]!r}?"
    more = ", ..." if len(known) > 12 else ""
    return f"known are {', '.join(known[:12])}{more}"


def find_name_faults(where: str, name: object) -> Iterator[str]:
    """Yield why a text cannot be the name of a column or a step."""
    if not isinstance(name, str) or not _NAME.fullmatch(name) or "__" in name:
        yield (
            f"{where} must be a name of small letters, digits and single _ that begins with a "
            f"letter, at most 40 long, but was {name!r:.60}"
        )
    elif keyword.iskeyword(name) or keyword.issoftkeyword(name):
        yield f"{where} must not be a word of Python, but was {name!r}; choose another name"
