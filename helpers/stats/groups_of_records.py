"""Codes for the strata and clusters of records."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from helpers.errors import StatisticsError


def code_groups(values: ArrayLike | None, name: str, n_records: int) -> NDArray[np.intp] | None:
    """Return codes from 0 for the groups of a column, or None for none.

    Parameters
    ----------
    values : array_like, shape (n_records,), or None
    name : str
        For messages: ``strata`` or ``cluster``.
    n_records : int

    Raises
    ------
    StatisticsError
        If the length is another, or values are missing.

    Examples
    --------
    >>> code_groups(["b", "a", "b"], "strata", 3)
    array([1, 0, 1])
    """
    if values is None:
        return None
    codes, _ = pd.factorize(np.asarray(values), sort=True)
    if codes.shape != (n_records,):
        raise StatisticsError(
            f"{name} must be one value for each of {n_records} records, but was of length "
            f"{len(codes)}; select both alike"
        )
    missing = int((codes < 0).sum())
    if missing:
        raise StatisticsError(
            f"{name} must be complete, but was missing in {missing} of {n_records} records; "
            "leave these out or give them a value"
        )
    return codes.astype(np.intp, copy=False)
