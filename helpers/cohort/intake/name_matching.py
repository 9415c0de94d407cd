"""Which of our columns a name of another file may mean."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from functools import cache

from helpers.cohort.intake.vocabulary import read_vocabulary, simplify

EXACT = 1.0
KNOWN = 0.95
LABELLED = 0.96
SHORTEST_FUZZY = 5
NEAR = 0.84
_ENDS = {"date", "dt", "datum", "data", "fecha", "at", "of", "the", "de", "du", "di", "der", "yn"}


@dataclass(frozen=True, slots=True, kw_only=True)
class NameMatch:
    """A name and one of our columns.

    Attributes
    ----------
    target : str
        Our column.
    score : float
        1 for our own name, 0.95 for a known one, less for one that only resembles.
    reason : str
        In words.
    unit : str
        That stands in the name; empty without one.
    """

    target: str
    score: float
    reason: str
    unit: str


def match_name(name: str, targets: Collection[str]) -> list[NameMatch]:
    """Return which of our columns a name may mean, the best first.

    Parameters
    ----------
    name : str
        Of a column of another file.
    targets : collection of str
        Our columns.

    Examples
    --------
    >>> [match.target for match in match_name("Hb (g/L)", ["haemoglobin_g_dl", "sex"])]
    ['haemoglobin_g_dl']
    """
    whole = simplify(name)
    bare, unit = split_unit(whole)
    found: dict[str, NameMatch] = {}
    for target in targets:
        score, reason = _score(name, whole, bare, target)
        if score:
            found[target] = NameMatch(target=target, score=score, reason=reason, unit=unit)
    return sorted(found.values(), key=lambda match: -match.score)


def match_label(label: str, targets: Collection[str]) -> list[NameMatch]:
    """Return which of our columns the label of a column may mean, the best first.

    A label is weaker evidence than a name.

    Examples
    --------
    >>> match_label("Sex", ["sex"])[0].reason
    'the label is ours but for case and signs'
    """
    return [
        replace(match, score=match.score * LABELLED, reason=f"the label{match.reason[8:]}")
        for match in match_name(label, targets)
    ]


def split_unit(words: str) -> tuple[str, str]:
    """Return a simplified name without its unit, and the unit.

    Examples
    --------
    >>> split_unit("hb g l")
    ('hb', 'g/L')
    >>> split_unit("os days")
    ('os', 'days')
    """
    parts = words.split()
    units = read_vocabulary().units
    for length in (3, 2, 1):
        for start in range(len(parts) - length, -1, -1):
            unit = units.get(" ".join(parts[start : start + length]))
            rest = parts[:start] + parts[start + length :]
            is_word = length > 1 or len(parts[start]) > 1
            if unit and rest and is_word:
                return " ".join(rest), unit
    return words, ""


def _score(name: str, whole: str, bare: str, target: str) -> tuple[float, str]:
    if name.strip() == target:
        return EXACT, "the name is ours"
    if simplify(name) == simplify(target):
        return EXACT, "the name is ours but for case and signs"
    known = read_vocabulary().names
    if target in (known.get(whole), known.get(bare)):
        return KNOWN, "the name is a known one for it"
    trimmed = _trim(bare)
    words = _list_words(target)
    if trimmed and trimmed in {_trim(word) for word in words}:
        return 0.9, "the name is nearly a known one for it"
    if len(bare) < SHORTEST_FUZZY:
        return 0.0, ""
    best = max((_resemble(bare, word) for word in words), default=0.0)
    return (best * 0.9, "the name resembles a known one") if best >= NEAR else (0.0, "")


def _trim(words: str) -> str:
    kept = [word for word in words.split() if word not in _ENDS]
    return " ".join(sorted(kept)) if len(kept) > 1 else ""


def _resemble(first: str, second: str) -> float:
    if len(second) < SHORTEST_FUZZY or abs(len(first) - len(second)) > 4:
        return 0.0
    return SequenceMatcher(None, first, second, autojunk=False).ratio()


@cache
def _list_words(target: str) -> tuple[str, ...]:
    return tuple(word for word, column in read_vocabulary().names.items() if column == target)
