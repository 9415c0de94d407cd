"""What is allowed but unlikely: counted in warnings, never changed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

import numpy as np
import pandas as pd

from helpers.cohort.dictionary import Dictionary, read_dictionary

Columns = Mapping[str, np.ndarray]
MAX_ROWS = 5
_ROWS = re.compile(r"; see rows? [\d, ]+(?: and more)?\.$")


def _mask_known(*columns: np.ndarray) -> np.ndarray:
    known = np.ones(len(columns[0]), dtype=bool)
    for column in columns:
        known &= ~pd.isna(column)
    return known


def _raeb1_without_blasts(who: np.ndarray, blasts: np.ndarray) -> np.ndarray:
    return _mask_known(who, blasts) & ((who == "raeb1") != (blasts >= 5))


def _loss_without_response(failure: np.ndarray, response: np.ndarray) -> np.ndarray:
    return (failure == "loss_hi") & (response == "no")


def _no_response_with_response(failure: np.ndarray, response: np.ndarray) -> np.ndarray:
    return (failure == "no_response") & (response == "yes")


def _syndrome_without_isolated(who: np.ndarray, group: np.ndarray) -> np.ndarray:
    return _mask_known(who, group) & (who == "del5q") & (group != "isolated")


def _cytogenetic_without_response(cyto: np.ndarray, response: np.ndarray) -> np.ndarray:
    return (cyto == "yes") & (response == "no")


def _agent_without_hma(agent: np.ndarray, treatment: np.ndarray) -> np.ndarray:
    return _mask_known(agent) & (treatment != "hma")


def _agent_without_other(agent: np.ndarray, treatment: np.ndarray) -> np.ndarray:
    return _mask_known(agent) & (treatment != "other")


RULES: tuple[tuple[str, str, Callable[[np.ndarray, np.ndarray], np.ndarray], str], ...] = (
    ("who_class", "blasts_pct", _raeb1_without_blasts, "RAEB-1 goes with 5 to 9% blasts"),
    ("failure_type", "len_response", _loss_without_response, "loss of HI follows a response"),
    ("failure_type", "len_response", _no_response_with_response, "no response excludes a response"),
    ("who_class", "del5q_group", _syndrome_without_isolated, "5q- syndrome has isolated del(5q)"),
    (
        "cyto_response",
        "len_response",
        _cytogenetic_without_response,
        "cytogenetic response goes with a response",
    ),
    ("hma_agent", "first_treatment", _agent_without_hma, "an agent belongs to treatment with HMA"),
    ("other_agent", "first_treatment", _agent_without_other, "an agent belongs to other treatment"),
)


def find_implausible(values: Columns, rows: np.ndarray, dictionary: Dictionary) -> Iterator[str]:
    """Yield one sentence for each rule of plausibility that patients break.

    Parameters
    ----------
    values : mapping of str to numpy.ndarray, shape (n,)
        Columns of the file and endpoints.
    rows : numpy.ndarray of int, shape (n,)
        Row numbers of the file.
    dictionary : Dictionary
        Has the usual range of numbers.

    Yields
    ------
    str
        What is unlikely, in how many patients, and the first five rows.
    """
    for name, variable in dictionary.variables.items():
        if variable.usual is not None and name in values:
            low, high = variable.usual
            with np.errstate(invalid="ignore"):
                outside = (values[name] < low) | (values[name] > high)
            unit = f" {variable.unit}".replace(" %", "%").rstrip()
            yield from _describe(f"{name} is outside {low:g} to {high:g}{unit}", outside, rows)
    for first, second, is_broken, meaning in RULES:
        if first in values and second in values and _has_built_in_levels(dictionary, first, second):
            broken = is_broken(values[first], values[second])
            yield from _describe(f"{first} does not fit {second} ({meaning})", broken, rows)
    if "os_months" in values:
        at_zero = values["os_months"] == 0
        yield from _describe(
            f"last contact is the day of {dictionary.terms.failure}", at_zero, rows
        )


def drop_rows(warning: str) -> str:
    """Return a warning without the rows of the file that it points at.

    Examples
    --------
    >>> drop_rows("In 2 patients platelets_g_l is outside 5 to 2000 10^9/L; see rows 4, 7.")
    'In 2 patients platelets_g_l is outside 5 to 2000 10^9/L.'
    """
    return _ROWS.sub(".", warning)


def _has_built_in_levels(dictionary: Dictionary, *names: str) -> bool:
    builtin = read_dictionary().variables
    return all(
        set(dictionary.variables[name].levels) == set(builtin[name].levels) for name in names
    )


def _describe(what: str, broken: np.ndarray, rows: np.ndarray) -> Iterator[str]:
    count = int(broken.sum())
    if count:
        shown = ", ".join(str(row) for row in rows[broken][:MAX_ROWS])
        more = " and more" if count > MAX_ROWS else ""
        noun = "patient" if count == 1 else "patients"
        place = "row" if count == 1 else "rows"
        yield f"In {count:,} {noun} {what}; see {place} {shown}{more}."
