"""Columns to arrays of numbers, and the words for what a column holds."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from helpers.errors import ParameterError, StatisticsError


def as_numbers(values: ArrayLike, name: str) -> NDArray[np.float64]:
    """Return a column as a one-dimensional array of floats, missing values as nan.

    Parameters
    ----------
    values : array_like, shape (n,)
        Numbers or truth values; text and dates are refused.
    name : str
        Of the column, for the message.

    Returns
    -------
    numpy.ndarray of float, shape (n,)

    Raises
    ------
    StatisticsError
        If the column is empty, has two dimensions, or holds text, dates or durations.

    Examples
    --------
    >>> as_numbers([1, None, 2.5], "time_months")
    array([1. , nan, 2.5])
    """
    array = np.asarray(values)
    if array.ndim != 1:
        raise StatisticsError(
            f"{name} must be one column of numbers, but was an array of shape {array.shape!r}; "
            "pass one value for each patient"
        )
    if array.size == 0:
        raise StatisticsError(
            f"{name} must be a column with at least one patient, but was {[]!r}; "
            "check the selection that comes before"
        )
    if array.dtype.kind in "buif":
        return array.astype(np.float64, copy=False)
    if array.dtype.kind == "O":
        return _object_as_numbers(array, name)
    raise StatisticsError(
        f"{name} must be a column of numbers, but was {describe_values(array)}; "
        f"convert the {_describe_kind(array)} first"
    )


def _object_as_numbers(array: NDArray[np.object_], name: str) -> NDArray[np.float64]:
    missing = np.asarray(pd.isna(array))
    allowed = (bool, int, float, np.bool_, np.integer, np.floating)
    wrong = [value for value in array[~missing] if not isinstance(value, allowed)]
    if wrong:
        raise StatisticsError(
            f"{name} must be a column of numbers, but was {describe_values(wrong)}; "
            "convert the text or dates first"
        )
    numbers = np.full(array.shape, np.nan)
    numbers[~missing] = array[~missing].astype(np.float64)
    return numbers


def _describe_kind(array: NDArray[Any]) -> str:
    return {"M": "dates", "m": "durations", "c": "complex numbers"}.get(array.dtype.kind, "text")


def describe_values(values: ArrayLike, limit: int = 4) -> str:
    """Return the commonest values of a column with their counts.

    Examples
    --------
    >>> describe_values([2, 2, 1, 2])
    '2 (3 times), 1 (once)'
    """
    counts = pd.Series(np.asarray(values)).value_counts()
    shown = [
        f"{format_value(value)} ({'once' if count == 1 else f'{count} times'})"
        for value, count in counts.head(limit).items()
    ]
    more = len(counts) - len(shown)
    return ", ".join(shown) + (f" and {more} other values" if more > 0 else "")


def format_value(value: object) -> str:
    """Return a value as its user would type it: 2 for 2.0, text in quotation marks."""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return repr(value)


def check_same_length(values: NDArray[Any], name: str, n: int, other: str) -> None:
    """Refuse two columns of different length.

    Raises
    ------
    StatisticsError
        If `values` has not `n` entries.
    """
    if len(values) != n:
        raise StatisticsError(
            f"{name} must be a column of {n} values like {other}, but was {len(values)} long; "
            "take both from the same table"
        )


def check_conf_level(conf_level: float) -> float:
    """Return the confidence level if it is a fraction between 0 and 1.

    Raises
    ------
    ParameterError
        If it is not, e.g. 95 in place of 0.95.
    """
    if not 0.0 < conf_level < 1.0:
        raise ParameterError(
            f"conf_level must be between 0 and 1, but was {conf_level!r}; "
            "give 0.95 for intervals of 95 per cent"
        )
    return float(conf_level)
