"""Text cells into dates, numbers and keys, with what is wrong where that fails."""

from __future__ import annotations

import datetime
import math
import re
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

import numpy as np
import pandas as pd

from helpers.cohort.dictionary import Variable

EARLIEST_YEAR = 1900
FLAG_KEYS = {"0": "no", "1": "yes", "0.0": "no", "1.0": "yes"}
NOT_KNOWN = frozenset(
    {"?", "-", "--", ".", "na", "n/a", "n.a.", "nan", "nil", "none", "null", "missing"}
    | {"not known", "not available", "unk", "unknown"}
)

_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)
_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})([T ]00:00(:00(\.0+)?)?)?", re.ASCII)
_DAY_FIRST = re.compile(r"\d{1,2}[./-]\d{1,2}[./-]\d{2,4}", re.ASCII)
_DECIMAL_COMMA = re.compile(r"[+-]?\d+,\d+", re.ASCII)
_LEAVE_EMPTY = "leave the cell empty if it is not known"


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one value: the rule that it breaks, and what to do."""

    rule: str
    advice: str


@dataclass(frozen=True, slots=True)
class ParsedColumn:
    """A column of text turned into values.

    Attributes
    ----------
    array : numpy.ndarray
        float64 for numbers, datetime64[ns] for dates, object for keys and text; missing where
        the cell was empty or faulty.
    problems : dict of int to Problem
        By position in the column.
    texts : numpy.ndarray
        Distinct cells.
    """

    array: np.ndarray
    problems: dict[int, Problem]
    texts: tuple[str, ...]


def parse_column(cells: np.ndarray, variable: Variable, *, today: datetime.date) -> ParsedColumn:
    """Turn a column of text cells into values of the variable's type.

    Parameters
    ----------
    cells : numpy.ndarray, shape (n,)
        Text, None where empty.
    variable : Variable
        What the column is.
    today : datetime.date
        No date may be later.

    Returns
    -------
    ParsedColumn
        Values and problems; each distinct text is read once.
    """
    codes, texts = pd.factorize(cells)
    found = [_parse(str(text).strip(), variable, today) for text in texts]
    values = _make_values(found, variable)[codes]
    bad = np.array([isinstance(value, Problem) for value in found] + [False], dtype=bool)
    problems = {int(position): found[codes[position]] for position in np.flatnonzero(bad[codes])}
    return ParsedColumn(values, problems, tuple(str(text) for text in texts))


def _make_values(found: list[Any], variable: Variable) -> np.ndarray:
    kept = [None if isinstance(value, Problem) else value for value in found]
    if variable.type == "date":
        return np.array([*kept, None], dtype="datetime64[D]").astype("datetime64[ns]")
    if variable.type in ("number", "integer"):
        return np.array([math.nan if value is None else value for value in [*kept, None]])
    values = np.empty(len(kept) + 1, dtype=object)
    values[: len(kept)] = kept
    return values


def _parse(text: str, variable: Variable, today: datetime.date) -> Any:
    if not text:
        return None
    match variable.type:
        case "date":
            return _parse_date(text, today)
        case "number" | "integer":
            return _parse_number(text, variable)
        case "flag":
            return _parse_flag(text)
        case "category":
            return _parse_category(text, variable)
    return text


def _parse_date(text: str, today: datetime.date) -> np.datetime64 | Problem:
    match = _DATE.fullmatch(text)
    if not match:
        return Problem("must be a date written YYYY-MM-DD", _advise_on_date(text))
    try:
        date = datetime.date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        return Problem("must be a day of the calendar", "check day and month")
    if date.year < EARLIEST_YEAR:
        return Problem(f"must be a date from {EARLIEST_YEAR} on", "check the year")
    if date > today:
        return Problem("must not lie in the future", "check the year")
    return np.datetime64(date)


def _advise_on_date(text: str) -> str:
    if text.lower() in NOT_KNOWN:
        return _LEAVE_EMPTY
    if _DAY_FIRST.fullmatch(text):
        return "write year, month and day in this order, e.g. 2012-04-30"
    if text.isascii() and text.isdigit() and len(text) == 5:
        return "format the column as a date in the spreadsheet, then save it as CSV again"
    return "write it like 2012-04-30, or leave the cell empty"


def _parse_number(text: str, variable: Variable) -> float | Problem:
    kind = "a whole number" if variable.type == "integer" else "a number"
    unit = f" in {variable.unit}" if variable.unit else ""
    if not _NUMBER.fullmatch(text):
        return Problem(f"must be {kind}{unit}", _advise_on_number(text))
    value = float(text)
    if variable.range is not None:
        low, high = variable.range
        if not low <= value <= high:
            return Problem(
                f"must be {kind} from {low:g} to {high:g}{unit}", "check it and its unit"
            )
    if not math.isfinite(value):
        return Problem(f"must be {kind}{unit}", "check it and its unit")
    if variable.type == "integer" and not value.is_integer():
        return Problem(f"must be {kind}{unit}", "write it without decimals")
    return value


def _advise_on_number(text: str) -> str:
    if text.lower() in NOT_KNOWN:
        return _LEAVE_EMPTY
    if _DECIMAL_COMMA.fullmatch(text):
        return f"write {text.replace(',', '.')}"
    if text.startswith(("=", "+", "@")):
        return "write the number itself, not a formula"
    return "write digits only, with a point before decimals"


def _parse_flag(text: str) -> str | Problem:
    key = FLAG_KEYS.get(text)
    if key is not None:
        return key
    lowered = text.lower()
    if lowered in ("y", "yes", "true", "t"):
        advice = "write 1"
    elif lowered in ("n", "no", "false", "f"):
        advice = "write 0"
    elif lowered in NOT_KNOWN:
        advice = _LEAVE_EMPTY
    else:
        advice = "write 0 or 1, or leave the cell empty"
    return Problem("must be 0 (no) or 1 (yes)", advice)


def _parse_category(text: str, variable: Variable) -> str | Problem:
    if text in variable.levels:
        return text
    near = _find_nearest_level(text, variable)
    if near:
        advice = f"did you mean {near!r}?"
    elif text.lower() in NOT_KNOWN:
        advice = _LEAVE_EMPTY
    else:
        advice = "write one of these, or leave the cell empty"
    return Problem(f"must be one of {', '.join(variable.levels)}", advice)


def _find_nearest_level(text: str, variable: Variable) -> str | None:
    lowered = text[:200].casefold()
    by_text = {label.casefold(): key for key, label in variable.levels.items()}
    by_text |= {key.casefold(): key for key in variable.levels}
    if lowered in by_text:
        return by_text[lowered]
    starting = {key for known, key in by_text.items() if known.startswith(lowered)}
    if len(starting) == 1:
        return starting.pop()
    near = get_close_matches(lowered, by_text, n=1, cutoff=0.6)
    return by_text[near[0]] if near else None
