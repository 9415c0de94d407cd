"""Which groups of the whole cohort are not told, the same in every section.

Each section runs on its own, yet a count hidden in one table must not stand in another. What
is hidden among all patients is therefore settled from the cohort alone, before any analysis:
levels of every factor, how often each column is known, and the sums between them, also those
between factors of which one merges levels of another.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from helpers.disclosure.rule import Rule
from helpers.disclosure.system import CountSystem

Margin = tuple[str, str]
MISSING, KNOWN = "missing", "known"


def hide_margins(
    table: pd.DataFrame, levels: Mapping[str, Sequence[str]], rule: Rule
) -> frozenset[Margin]:
    """Return the margins of a cohort that are hidden everywhere.

    Parameters
    ----------
    table : pandas.DataFrame
        One row for each patient.
    levels : mapping of str to sequence of str
        Level keys by factor; other columns only have known and missing values.
    rule : Rule
        How counts are printed.

    Returns
    -------
    frozenset of (str, str)
        Column and level key, ``known`` or ``missing``.
    """
    system = CountSystem(rule)
    total = system.add(("", "patients"), len(table), fixed=True)
    factors = {name: list(keys) for name, keys in levels.items() if name in table}
    for column in table.columns:
        name = str(column)
        missing = int(table[column].isna().sum())
        known = system.add((name, KNOWN), len(table) - missing)
        system.tie(total, [known, system.add((name, MISSING), missing)])
        if name in factors:
            counts = table[column].value_counts()
            parts = [
                system.add((name, level), int(counts.get(level, 0))) for level in factors[name]
            ]
            system.tie(known, parts)
    _tie_merged_levels(system, table, factors)
    hidden = system.suppress()
    return frozenset(key for key in hidden if isinstance(key, tuple) and key[0])


def _tie_merged_levels(
    system: CountSystem, table: pd.DataFrame, factors: Mapping[str, Sequence[str]]
) -> None:
    """Tie each level to the levels of another factor that it consists of."""
    codes = {
        name: pd.Categorical(table[name], categories=keys).codes.astype(np.int64) + 1
        for name, keys in factors.items()
    }
    for coarse, keys in factors.items():
        for fine, fine_keys in factors.items():
            if fine == coarse or len(fine_keys) < len(keys):
                continue
            shape = len(keys) + 1, len(fine_keys) + 1
            cells = codes[coarse] * shape[1] + codes[fine]
            crossed = np.bincount(cells, minlength=shape[0] * shape[1]).reshape(shape)
            whole = crossed == crossed.sum(axis=0)
            for row, level in enumerate(keys, start=1):
                inside = whole[row] & (crossed[row] > 0)
                if crossed[row].sum() and (crossed[row] * inside).sum() == crossed[row].sum():
                    names = [MISSING, *fine_keys]
                    parts = [(fine, names[at]) for at in np.flatnonzero(inside)]
                    system.tie((coarse, level), parts)
