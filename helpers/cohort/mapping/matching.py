"""Values of a file, compared with those that a mapping lists."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping

_NUMBER = re.compile(r"[+-]?\d{1,15}(\.\d{1,15})?", re.ASCII)


class ValueLookup:
    """Finds a listed value by its text, or by the code behind a label.

    Parameters
    ----------
    listed : mapping of str to str
        What each listed value stands for.
    exact : bool
        Whether capitals and spaces matter; if not, 1 and 1.0 are the same as well.
    codes : mapping of str to str, optional
        Code behind each label of the column.

    Examples
    --------
    >>> lookup = ValueLookup({"Weiblich": "female", "1": "male"}, exact=False)
    >>> lookup.find(" weiblich"), lookup.find("1.0"), lookup.find("2")
    ('female', 'male', None)
    """

    def __init__(
        self, listed: Mapping[str, str], *, exact: bool, codes: Mapping[str, str] | None = None
    ) -> None:
        self._exact = exact
        self._codes = codes or {}
        self._by_text = {self._simplify(text): target for text, target in listed.items()}
        self._by_number: dict[float, str] = {}
        if not exact:
            for text, target in listed.items():
                if _NUMBER.fullmatch(text.strip()):
                    self._by_number.setdefault(float(text), target)

    def find(self, text: str) -> str | None:
        """Return what a value stands for, or None if it is not listed."""
        found = self._find(text)
        if found is None and text in self._codes:
            found = self._find(self._codes[text])
        return found

    def _find(self, text: str) -> str | None:
        simple = self._simplify(text)
        if simple in self._by_text:
            return self._by_text[simple]
        if self._by_number and _NUMBER.fullmatch(simple):
            return self._by_number.get(float(simple))
        return None

    def _simplify(self, text: str) -> str:
        return simplify_text(text, exact=self._exact)


def simplify_text(text: str, *, exact: bool) -> str:
    """Return a text as it is compared; letters with accents are one character each.

    Examples
    --------
    >>> simplify_text("  Ma\u0308nnlich ", exact=False)
    'männlich'
    """
    text = unicodedata.normalize("NFC", text)
    return text.strip() if exact else " ".join(text.split()).casefold()


def find_ambiguous(listed: Iterable[str], *, exact: bool) -> list[str]:
    """Return the listed values that stand twice when capitals and spaces do not matter."""
    seen: set[str] = set()
    twice: list[str] = []
    for text in listed:
        simple = simplify_text(text, exact=exact)
        if simple in seen:
            twice.append(text)
        seen.add(simple)
    return twice
