"""Tests between groups as results."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from helpers.errors import StatisticsError
from helpers.results import Result


class Test(Protocol):
    """What every test of :mod:`helpers.stats` returns."""

    __test__ = False

    method: str
    statistic: float | None
    df: float | None
    p_value: float | None


def record_comparison(compare: Callable[[], Test], result_id: str, **fields: Any) -> Result:
    """Return a test as a result; one that the data do not allow says why.

    The estimates of the groups stand on their own, so that a test which cannot be made must
    not take them away.

    Parameters
    ----------
    compare : callable
        Makes the test.
    result_id : str
        Of the result.
    **fields
        Further fields of the result.

    Returns
    -------
    Result
        Of kind ``test``; ``not_computable`` with the reason where the test is not defined.
    """
    try:
        test = compare()
    except StatisticsError as error:
        return Result(
            id=result_id, kind="test", status="not_computable", reason=str(error), **fields
        )
    return Result(
        id=result_id,
        kind="test",
        statistic=test.statistic,
        df=test.df,
        p_value=test.p_value,
        method=test.method,
        **fields,
    )
