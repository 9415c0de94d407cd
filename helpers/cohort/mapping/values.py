"""Cells of a file's column into cells in the data dictionary's form."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from helpers.cohort.dictionary import Variable
from helpers.cohort.mapping.dates import describe_form, read_date
from helpers.cohort.mapping.matching import ValueLookup
from helpers.cohort.values import Problem

MAX_LISTED = 12
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)
_YES_MARKS = frozenset({"1", "1.0", "yes", "y", "true", "x", "ja", "j", "oui", "checked"})
_NO_MARKS = frozenset({"0", "0.0", "no", "n", "false", "nein", "non", "unchecked"})

Translator = Callable[[str], str | Problem | None]


@dataclass(slots=True)
class Translated:
    """A column after a step of the mapping.

    Attributes
    ----------
    cells : numpy.ndarray of object, shape (n,)
        Text, None where empty or faulty.
    problems : dict of int to Problem
        By position.
    """

    cells: np.ndarray
    problems: dict[int, Problem] = field(default_factory=dict)

    def then(self, translate: Translator) -> Translated:
        """Return the column after one more step; each distinct text is translated once."""
        codes, texts = pd.factorize(self.cells)
        found = [translate(str(text)) for text in texts]
        made = np.empty(len(found) + 1, dtype=object)
        made[: len(found)] = [None if isinstance(one, Problem) else one for one in found]
        bad = np.array([isinstance(one, Problem) for one in found] + [False], dtype=bool)
        problems = {int(at): found[codes[at]] for at in np.flatnonzero(bad[codes])}
        return Translated(made[codes], self.problems | problems)


def drop_missing(codes: ValueLookup) -> Translator:
    """Return a step that empties cells whose value means not known."""
    return lambda text: None if codes.find(text) is not None else text


def recode_values(
    listed: Mapping[str, str], lookup: ValueLookup, *, section: str, variable: Variable
) -> Translator:
    """Return a step that writes our keys for their values; others are faults."""
    values = ", ".join(list(listed)[:MAX_LISTED]) + (", ..." if len(listed) > MAX_LISTED else "")
    problem = Problem(
        f"must be one of the values that the mapping lists ({values})",
        f"add it to {section} in the mapping, or to missing if it means not known",
    )
    flags = {"no": "0", "yes": "1", "false": "0", "true": "1"}

    def translate(text: str) -> str | Problem | None:
        target = lookup.find(text)
        if target is None:
            return problem
        if variable.type == "flag":
            target = flags.get(target.casefold(), target)
        return target.strip() or None

    return translate


def match_levels(variable: Variable, codes: Mapping[str, str], *, exact: bool) -> Translator:
    """Return a step that writes the key of a category for its key, label or code."""
    keys = {key: key for key in variable.levels}
    labels = {label: key for key, label in variable.levels.items()}
    lookup = ValueLookup(labels | keys, exact=exact, codes=codes)
    return lambda text: text if text in variable.levels else lookup.find(text) or text


def write_codes(codes: Mapping[str, str]) -> Translator:
    """Return a step that writes the code behind a label."""
    return lambda text: codes.get(text, text)


def convert_dates(form: str, *, typed: bool) -> Translator:
    """Return a step that writes dates of one form as ISO; others are faults.

    Parameters
    ----------
    form : str
        As the mapping declares.
    typed : bool
        Whether the source knows dates as such, which are in ISO form already.
    """
    problem = Problem(
        f"must be a date in the form that the mapping declares ({describe_form(form)})",
        "correct it, or clear the cell if the date is not known",
    )

    def translate(text: str) -> str | Problem:
        date = read_date(text.strip(), form)
        if date is None and typed:
            date = read_date(text.strip(), "ymd")
        return date.isoformat() if date else problem

    return translate


def convert_numbers(factor: float, variable: Variable) -> Translator:
    """Return a step that multiplies numbers; what is no number is left to the examination.

    Ages in whole years are completed ones.
    """

    def translate(text: str) -> str:
        if not _NUMBER.fullmatch(text.strip()):
            return text
        value = float(text) * factor
        if not math.isfinite(value):
            return text
        if variable.type == "integer" and variable.unit == "years" and factor != 1.0:
            value = math.floor(value + 1e-9)
        return f"{value:.10g}"

    return translate


def read_marks() -> Translator:
    """Return a step that writes 1 and 0 for marks such as x, yes and Checked."""
    problem = Problem("must be a mark such as 1, yes or x, or none", "write 1 or 0")

    def translate(text: str) -> str | Problem:
        simple = text.strip().casefold()
        if simple in _YES_MARKS:
            return "1"
        return "0" if simple in _NO_MARKS else problem

    return translate


def to_days(cells: np.ndarray) -> np.ndarray:
    """Return ISO dates as datetime64[D], NaT where empty or no date."""
    codes, texts = pd.factorize(cells)
    made = [read_date(str(text), "ymd") for text in texts]
    return np.array([*made, None], dtype="datetime64[D]")[codes]
