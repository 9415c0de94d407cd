"""What a column of text cells looks like, without saying what any patient's value is."""

from __future__ import annotations

import datetime
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

Kind = Literal["empty", "date", "number", "codes", "text", "unique"]

MOST_CODES = 12
LONGEST_CODE = 30
FEWEST_SHOWN = 5
FEW_NUMBERS = 6
MOSTLY = 0.9
_NUMBER = re.compile(r"[+-]?\d{1,15}([.,]\d{1,15})?([eE][+-]?\d{1,2})?", re.ASCII)
_DATES: dict[str, re.Pattern[str]] = {
    "ymd": re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})([T ][\d:.]+)?", re.ASCII),
    "xxy": re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})([T ][\d:.]+)?", re.ASCII),
}
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}([T ][\d:.]+)?", re.ASCII)
LAST_YEAR_OF_2000S = 68  # as strptime reads years of two digits


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """One column.

    Attributes
    ----------
    name, label : str
        As in the file; what the file says of the column in words.
    kind : Kind
        ``unique`` is text that is different in nearly every row.
    n_filled, n_distinct : int
        Cells with a value, and how many different ones.
    counts : Counter
        Patients by value as written; for the use of the program, see `shown_codes`.
    numbers : numpy.ndarray of float
        Of a column of numbers, else empty.
    date_form : str
        ``iso``, ``ymd``, ``dmy``, ``mdy``, a form such as ``%d.%m.%y``, ``day-or-month`` where
        nothing tells which, ``mixed``, or empty without dates.
    dates : numpy.ndarray of datetime64[D], shape (n,)
        By row, NaT where not known; empty without dates.
    """

    name: str
    kind: Kind
    n_filled: int
    n_distinct: int
    counts: Counter[str]
    numbers: np.ndarray
    date_form: str = ""
    dates: np.ndarray
    label: str = ""

    @property
    def shown_codes(self) -> dict[str, int]:
        """Return codes that may be printed, with their counts, the most frequent first.

        Only of a column with few different values that are short, and none that fewer than
        five patients share.
        """
        if self.kind not in ("codes", "number") or self.n_distinct > MOST_CODES:
            return {}
        return {
            code: count
            for code, count in self.counts.most_common()
            if count >= FEWEST_SHOWN and len(code) <= LONGEST_CODE and code.isprintable()
        }


def profile_column(name: str, cells: np.ndarray, *, label: str = "") -> Profile:
    """Look at a column.

    Parameters
    ----------
    name : str
        As in the file.
    cells : numpy.ndarray of object, shape (n,)
        Text, None where empty.
    label : str
        What the file says of it in words.
    """
    texts = [(cell or "").strip() for cell in cells]
    counts = Counter(text for text in texts if text)
    n_filled = sum(counts.values())
    numbers = _read_numbers(counts)
    date_form, dates = _read_dates(texts, counts)
    return Profile(
        name=name,
        kind=_choose_kind(counts, n_filled, numbers, date_form),
        n_filled=n_filled,
        n_distinct=len(counts),
        counts=counts,
        numbers=numbers,
        date_form=date_form,
        dates=dates,
        label=label,
    )


def read_numbers_by_row(cells: np.ndarray) -> np.ndarray:
    """Return numbers by row, NaN where a cell holds none.

    Parameters
    ----------
    cells : numpy.ndarray of object, shape (n,)
        Text, None where empty.
    """
    return np.array([_to_number((cell or "").strip()) for cell in cells], dtype=float)


def _choose_kind(counts: Counter[str], n_filled: int, numbers: np.ndarray, date_form: str) -> Kind:
    if not n_filled:
        return "empty"
    if date_form:
        return "date"
    if len(numbers) >= MOSTLY * n_filled:
        return "codes" if len(counts) <= FEW_NUMBERS and _are_whole(numbers) else "number"
    if len(counts) <= MOST_CODES and (n_filled > len(counts) or n_filled < FEWEST_SHOWN):
        return "codes"
    return "unique" if len(counts) > MOSTLY * n_filled else "text"


def _are_whole(numbers: np.ndarray) -> bool:
    return bool(np.all(numbers == np.round(numbers)) and np.all(np.abs(numbers) < 1000))


def _to_number(text: str) -> float:
    return float(text.replace(",", ".")) if _NUMBER.fullmatch(text) else float("nan")


def _read_numbers(counts: Counter[str]) -> np.ndarray:
    values = [(_to_number(text), count) for text, count in counts.items()]
    known = [(value, count) for value, count in values if np.isfinite(value)]
    return np.repeat([value for value, _ in known], [count for _, count in known]).astype(float)


def _read_dates(texts: list[str], counts: Counter[str]) -> tuple[str, np.ndarray]:
    none = np.empty(0, dtype="datetime64[D]")
    n_filled = sum(counts.values())
    n_dates = 0
    for form, pattern in _DATES.items():
        found = {text: match for text in counts if (match := pattern.fullmatch(text))}
        n_found = sum(counts[text] for text in found)
        n_dates += n_found
        if not found or n_found < MOSTLY * n_filled:
            continue
        order = _find_order(list(found.values())) if form == "xxy" else _name_year_first(found)
        days = {text: _make_day(match, order) for text, match in found.items()}
        return order, np.array([days.get(text) for text in texts], dtype="datetime64[D]")
    return ("mixed" if n_dates and n_dates >= MOSTLY * n_filled else ""), none


def _name_year_first(found: Mapping[str, re.Match[str]]) -> str:
    return "iso" if all(_ISO.fullmatch(text) for text in found) else "ymd"


def _find_order(matches: list[re.Match[str]]) -> str:
    day_first = sum(int(match[1]) > 12 for match in matches)
    month_first = sum(int(match[3]) > 12 for match in matches)
    signs = {match[2] for match in matches}
    if day_first and month_first:
        return "mixed"
    if not day_first and not month_first and signs != {"."}:
        return "day-or-month"
    order = "mdy" if month_first else "dmy"
    if all(len(match[4]) == 4 for match in matches):
        return order
    sign = signs.pop()
    is_uniform = not signs and all(len(match[4]) == 2 for match in matches)
    return sign.join(f"%{part}" for part in order) if is_uniform else "mixed"


def _make_day(match: re.Match[str], form: str) -> datetime.date | None:
    first, second, third = match[1], match[3], match[4]
    order = "".join(letter for letter in form if letter in "dmy") or "dmy"
    if form == "iso":
        order = "ymd"
    parts = dict(zip(order if len(order) == 3 else "dmy", (first, second, third), strict=True))
    year = int(parts["y"])
    if len(parts["y"]) == 2:
        year += 1900 if year > LAST_YEAR_OF_2000S else 2000
    try:
        return datetime.date(year, int(parts["m"]), int(parts["d"]))
    except ValueError:
        return None
