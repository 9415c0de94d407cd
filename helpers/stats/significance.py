"""What a test returns, p-values of the chi-square law, and adjustment for many tests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import numpy as np

from helpers.errors import ParameterError

Adjustment = Literal["holm", "bh", "none"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TestResult:
    """A test of one hypothesis.

    Attributes
    ----------
    method : str
        Name of the test, as a table's note prints it.
    statistic : float or None
        None for tests that have none, such as Fisher's.
    df : int or None
        Degrees of freedom of the chi-square law, where it is used.
    p_value : float or None
        Two-sided; None where the data leave it undefined, with the reason in `warnings`.
    groups : tuple
        Levels compared, in order.
    n : tuple of int
        Patients of each group.
    observed, expected : tuple of float
        Of each group, events (weighted where the test weights) and their expectation; empty for
        other tests.
    missing : int
        Patients left out because a value is missing.
    warnings : tuple of str
        What a reader should know.
    """

    __test__: ClassVar[bool] = False

    method: str
    statistic: float | None
    df: int | None
    p_value: float | None
    groups: tuple[Any, ...] = ()
    n: tuple[int, ...] = ()
    observed: tuple[float, ...] = ()
    expected: tuple[float, ...] = ()
    missing: int = 0
    warnings: tuple[str, ...] = ()


def chi_square_p_value(statistic: float, df: int) -> float:
    """Return the upper tail of the chi-square law.

    Parameters
    ----------
    statistic : float
        Zero or more.
    df : int
        Degrees of freedom, 1 or more.

    Examples
    --------
    >>> round(chi_square_p_value(3.841459, 1), 6)
    0.05
    """
    from scipy.special import chdtrc

    return float(chdtrc(df, statistic))


def adjust_p_values(p_values: Sequence[float], method: str = "holm") -> tuple[float, ...]:
    """Adjust p-values for their number.

    Parameters
    ----------
    p_values : sequence of float, shape (m,)
        Each between 0 and 1.
    method : {"holm", "bh", "none"}, optional
        Holm's step-down (family-wise error) or Benjamini and Hochberg's step-up (false
        discovery rate).

    Returns
    -------
    tuple of float, shape (m,)
        In the order given, never below the p-value and at most 1.

    Raises
    ------
    ParameterError
        If `method` is unknown or a p-value is not between 0 and 1.

    References
    ----------
    Holm (1979), Scand J Stat 6:65-70. Benjamini and Hochberg (1995), J R Stat Soc B 57:289-300.

    Examples
    --------
    >>> adjust_p_values([0.01, 0.04, 0.03], "holm")
    (0.03, 0.06, 0.06)
    """
    if method not in ("holm", "bh", "none"):
        raise ParameterError(
            f"adjust must be one of holm, bh, none, but was {method!r}; "
            "holm keeps the family-wise error"
        )
    p = np.asarray(p_values, dtype=np.float64)
    if not ((p >= 0.0) & (p <= 1.0)).all():
        raise ParameterError(
            f"p_values must be between 0 and 1, but was {list(p_values)!r}; leave out tests that "
            "could not be made"
        )
    if method == "none" or p.size == 0:
        return tuple(p.tolist())
    m = p.size
    order = np.argsort(p)
    if method == "holm":
        stepped = np.maximum.accumulate((m - np.arange(m)) * p[order])
    else:
        stepped = np.minimum.accumulate((m / np.arange(1, m + 1) * p[order])[::-1])[::-1]
    adjusted = np.empty(m)
    adjusted[order] = np.minimum(stepped, 1.0)
    return tuple(adjusted.tolist())
