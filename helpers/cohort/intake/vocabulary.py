"""What columns, codes and units are called elsewhere, in five languages."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import yaml

LONGEST_NAME = 80
_LETTERS = {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "ø": "o", "œ": "oe", "æ": "ae"}
_CAMEL = re.compile(r"(?<=[a-zà-ÿ0-9])(?=[A-ZÀ-Þ][a-zà-ÿ])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """Names in the form that :func:`simplify` gives them.

    Attributes
    ----------
    names : mapping of str to str
        Our column by another name for it.
    codes : mapping of str to mapping of str to str
        By category: our key by another code for it.
    flags, dead : mapping of str to str
        ``yes`` or ``no`` by a word for it; for any flag, and for death.
    death_dates : frozenset of str
        Names of a column with the date of death alone.
    alive_names : frozenset of str
        Names of a column that is death the other way round.
    not_known : frozenset of str
        Codes of a value that is not known.
    units : mapping of str to str
        Unit by the way it is written in a column's name.
    """

    names: Mapping[str, str]
    codes: Mapping[str, Mapping[str, str]]
    flags: Mapping[str, str]
    dead: Mapping[str, str]
    death_dates: frozenset[str]
    alive_names: frozenset[str]
    not_known: frozenset[str]
    units: Mapping[str, str]


@cache
def read_vocabulary() -> Vocabulary:
    """Return the built-in vocabulary."""
    text = resources.files("helpers.cohort.intake").joinpath("vocabulary.yml").read_text("utf-8")
    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)  # every scalar stays text
    entries: dict[str, Any] = yaml.load(text, Loader=loader)  # noqa: S506 - builds plain text only
    return Vocabulary(
        names=_invert(entries["names"]),
        codes={column: _invert(codes) for column, codes in entries["codes"].items()},
        flags=_invert(entries["flags"]),
        dead=_invert(entries["dead"]),
        death_dates=frozenset(map(simplify, entries["death_dates"])),
        alive_names=frozenset(map(simplify, entries["alive_names"])),
        not_known=frozenset(map(simplify, entries["not_known"])),
        units=_invert(entries["units"]),
    )


def simplify(name: str) -> str:
    """Return a name without case, accents and signs, its words parted by blanks.

    Examples
    --------
    >>> simplify("Überleben_Monate")
    'ueberleben monate'
    >>> simplify("dateOfDeath")
    'date of death'
    >>> simplify("Décès (0/1)")
    'deces 0 1'
    """
    text = _CAMEL.sub(" ", name[:LONGEST_NAME]).casefold()
    text = "".join(_LETTERS.get(letter, letter) for letter in unicodedata.normalize("NFC", text))
    letters = unicodedata.normalize("NFKD", text)
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return " ".join(re.findall(r"[a-z0-9]+|%", plain))


def _invert(entries: Mapping[str, list[str]]) -> dict[str, str]:
    return {simplify(word): key for key, words in entries.items() for word in [key, *words]}
