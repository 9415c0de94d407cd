"""Units of numbers: which may be converted into which, and by what factor."""

from __future__ import annotations

from collections.abc import Mapping

from helpers.cohort.endpoints import DAYS_PER_MONTH

#: 1 mmol/L of haemoglobin counted as monomer (16.114 g/mmol) is 1.6114 g/dL.
HAEMOGLOBIN_G_DL_PER_MMOL_L = 1.6114
DAYS: Mapping[str, float] = {
    "days": 1.0,
    "weeks": 7.0,
    "months": DAYS_PER_MONTH,
    "years": 12 * DAYS_PER_MONTH,
}
_GRAMS_PER_DL = {"g/dl": 1.0, "g/l": 0.1, "g/100ml": 1.0, "mg/dl": 0.001, "mg/l": 0.0001}
_CELLS = {
    "10^9/l": 1.0,
    "g/l": 1.0,
    "giga/l": 1.0,
    "gpt/l": 1.0,
    "10^3/ul": 1.0,
    "10^6/ml": 1.0,
    "1000/ul": 1.0,
    "k/ul": 1.0,
    "/nl": 1.0,
    "/ul": 0.001,
    "/mm3": 0.001,
    "10^6/l": 0.001,
    "/l": 1e-9,
}
_SHARES = {"%": 1.0, "fraction": 100.0, "permille": 0.1}
_MILLIGRAMS = {"mg/d": 1.0, "mg": 1.0, "g/d": 1000.0, "g": 1000.0, "ug/d": 0.001}
_LENGTHS = {"cm": 1.0, "m": 100.0, "mm": 0.1, "in": 2.54}
_WEIGHTS = {"kg": 1.0, "g": 0.001, "lb": 0.45359237}
_TABLES: tuple[tuple[str, Mapping[str, float]], ...] = (
    ("10^9/l", _CELLS),
    ("g/dl", _GRAMS_PER_DL),
    ("%", _SHARES),
    ("mg/d", _MILLIGRAMS),
    ("cm", _LENGTHS),
    ("kg", _WEIGHTS),
    ("months", DAYS),
)
_SYNONYMS = {
    "day": "days",
    "d": "days",
    "week": "weeks",
    "wk": "weeks",
    "w": "weeks",
    "month": "months",
    "mo": "months",
    "year": "years",
    "y": "years",
    "yr": "years",
    "percent": "%",
    "1/ul": "/ul",
    "cells/ul": "/ul",
    "x10^9/l": "10^9/l",
    "10e9/l": "10^9/l",
    "10*9/l": "10^9/l",
    "10**9/l": "10^9/l",
    "10e3/ul": "10^3/ul",
    "x10^3/ul": "10^3/ul",
    "tsd/ul": "10^3/ul",
    "mg/day": "mg/d",
}


def list_units(name: str, unit: str) -> tuple[str, ...]:
    """Return the units from which a column's unit can be made.

    Parameters
    ----------
    name : str
        Of our column; haemoglobin is known by its name.
    unit : str
        Of our column.
    """
    return tuple(_find_table(name, unit))


def find_factor(name: str, unit: str, theirs: str) -> float | None:
    """Return what a value in another unit is multiplied with, or None.

    Parameters
    ----------
    name, unit : str
        Our column and its unit.
    theirs : str
        Unit of the values.

    Examples
    --------
    >>> find_factor("haemoglobin_g_dl", "g/dL", "mmol/L")
    1.6114
    >>> round(1 / find_factor("os_months", "months", "days"), 4)
    30.4375
    """
    table = _find_table(name, unit)
    ours, wanted = simplify_unit(unit), simplify_unit(theirs)
    if wanted not in table or ours not in table:
        return 1.0 if wanted == ours else None
    return table[wanted] / table[ours]


def _find_table(name: str, unit: str) -> dict[str, float]:
    ours = simplify_unit(unit)
    for _, table in _TABLES:
        if ours in table and (ours != "g/l" or table is _GRAMS_PER_DL):
            haemoglobin = name.startswith(("haemoglobin", "hemoglobin")) and table is _GRAMS_PER_DL
            return dict(table) | ({"mmol/l": HAEMOGLOBIN_G_DL_PER_MMOL_L} if haemoglobin else {})
    return {}


def simplify_unit(unit: str) -> str:
    """Return a unit in one of its ways of writing.

    Examples
    --------
    >>> simplify_unit("10⁹ / L"), simplify_unit("µL")
    ('10^9/l', 'ul')
    """
    text = "".join(unit.split()).replace("µ", "u").replace("μ", "u").replace("mcL", "uL")
    for mark, plain in (("⁹", "^9"), ("³", "^3"), ("⁶", "^6"), ("×", "x"), ("mm^3", "mm3")):
        text = text.replace(mark, plain)
    text = text.casefold()
    return _SYNONYMS.get(text, text)
