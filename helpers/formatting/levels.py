"""Confidence and significance levels, which a reader must see as they were chosen."""

from __future__ import annotations

from decimal import Decimal

from helpers.formatting.numbers import format_trimmed
from helpers.formatting.styles import NumberStyle


def format_level(fraction: float, *, style: NumberStyle | str = "paper") -> str:
    """Return a level as a percentage, as short as it is exact.

    Parameters
    ----------
    fraction : float
        0 to 1.
    style : NumberStyle or str
        Decimal mark.

    Examples
    --------
    >>> format_level(0.95), format_level(0.975), format_level(0.025)
    ('95%', '97.5%', '2.5%')
    """
    exact = Decimal(repr(float(fraction))) * 100
    return f"{format_trimmed(float(exact), decimals=4, style=style)}%"
