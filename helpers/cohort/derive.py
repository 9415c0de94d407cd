"""Groups of patients, made by the rules that the data dictionary declares."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from helpers.cohort.dictionary import Dictionary, Factor


def derive_factors(
    table: pd.DataFrame, dictionary: Dictionary, *, cuts: Mapping[str, float]
) -> pd.DataFrame:
    """Return the table with the groups that its columns allow.

    Parameters
    ----------
    table : pandas.DataFrame
        Columns of the file and endpoints; flags as ``no`` and ``yes``.
    dictionary : Dictionary
        Declares each group: ``copy``, ``at_least`` (first level below the cut, second from it
        on), ``bands`` (one level more than cuts), ``one_of`` (second level for the values,
        first for all others), ``present`` (second level where there is a value), ``cases``
        (level by values of columns); `where` leaves all others missing.
    cuts : mapping of str to float
        Cuts that rules refer to by name.

    Returns
    -------
    pandas.DataFrame
        A group is a column of level keys (object), None where it is not known. One whose
        columns are absent is absent.
    """
    columns: dict[str, np.ndarray] = {name: table[name].to_numpy() for name in table.columns}
    for factor in dictionary.factors.values():
        if all(need in columns for need in factor.needs):
            columns[factor.name] = _derive_factor(columns, factor, cuts)
    return pd.DataFrame(columns, index=table.index)


def _derive_factor(
    columns: Mapping[str, np.ndarray], factor: Factor, cuts: Mapping[str, float]
) -> np.ndarray:
    levels = list(factor.levels)
    match factor.rule:
        case {"copy": column}:
            keys = columns[column].copy()
        case {"at_least": {"column": column, "cut": cut}}:
            keys = _split_at(columns[column], cuts.get(cut, cut), levels)
        case {"bands": {"column": column, "cuts": cuts_of_bands}}:
            keys = _split_in_bands(columns[column], cuts_of_bands, levels)
        case {"one_of": {"column": column, "values": values}}:
            keys = _choose(_is_one_of(columns[column], values), levels)
            keys[pd.isna(columns[column])] = None
        case {"present": column}:
            keys = _choose(~pd.isna(columns[column]), levels)
        case {"cases": cases}:
            keys = np.full(len(next(iter(columns.values()))), None, dtype=object)
            for key, conditions in cases.items():
                keys[_fulfil(columns, conditions)] = key
        case _:
            raise ValueError(
                f"rule of factor {factor.name!r} must be known, but was {factor.rule!r}"
            )
    keys[~_fulfil(columns, factor.rule.get("where", {}))] = None
    return keys


def _split_at(values: np.ndarray, cut: Any, levels: list[str]) -> np.ndarray:
    keys = _choose(values >= float(cut), levels)
    keys[np.isnan(values)] = None
    return keys


def _split_in_bands(values: np.ndarray, cuts: list[float], levels: list[str]) -> np.ndarray:
    keys = np.array(levels, dtype=object)[np.searchsorted(cuts, values, side="right")]
    keys[np.isnan(values)] = None
    return keys


def _choose(upper: np.ndarray, levels: list[str]) -> np.ndarray:
    return np.where(upper, levels[1], levels[0]).astype(object)


def _is_one_of(values: np.ndarray, wanted: list[str]) -> np.ndarray:
    return pd.Series(values, dtype=object).isin(wanted).to_numpy()


def _fulfil(columns: Mapping[str, np.ndarray], conditions: Mapping[str, list[str]]) -> np.ndarray:
    fulfilled = np.ones(len(next(iter(columns.values()))), dtype=bool)
    for column, wanted in conditions.items():
        fulfilled &= _is_one_of(columns[column], wanted)
    return fulfilled
