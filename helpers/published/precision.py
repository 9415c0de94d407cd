"""What a printed number says: the values that round to it, and how to print like it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, ROUND_HALF_EVEN, Decimal
from typing import Literal

from helpers.formatting import round_half_up

Operator = Literal["=", "<", "<=", ">", ">="]

#: Digits of a binary float that are taken to be meant; the rest is noise of the arithmetic.
SIGNIFICANT_DIGITS = 12

NUMBER = re.compile(r"(?<![\d.])(\d*\.\d+|\d+)")
_BOUND = re.compile(r"\s*(<=|>=|<|>)\s*(\d*\.?\d+)\s*")


@dataclass(frozen=True, slots=True)
class Span:
    """The values from `lower` up to, but not with, `upper`."""

    lower: Decimal
    upper: Decimal

    def __contains__(self, value: Decimal) -> bool:
        return self.lower <= value < self.upper

    def meets(self, other: Span) -> bool:
        """Return whether some value lies in both."""
        return max(self.lower, other.lower) < min(self.upper, other.upper)

    def distance(self, value: Decimal) -> Decimal:
        """Return how far a value lies outside, 0 inside or on an edge."""
        return max(self.lower - value, value - self.upper, Decimal(0))


@dataclass(frozen=True, slots=True)
class PrintedNumber:
    """One number or bound as printed.

    Attributes
    ----------
    number : Decimal
        Exactly the printed digits.
    operator : Operator
        ``=`` for a number, else the side on which the value lies.
    """

    number: Decimal
    operator: Operator = "="

    def holds(self, value: Decimal) -> bool:
        """Return whether a value lies on the printed side of a bound."""
        match self.operator:
            case "<":
                return value < self.number
            case "<=":
                return value <= self.number
            case ">":
                return value > self.number
            case ">=":
                return value >= self.number
        return value == self.number


def parse_printed_number(value: object) -> PrintedNumber | None:
    """Return what a YAML scalar says, None where it is neither number nor bound.

    Examples
    --------
    >>> parse_printed_number("<0.001")
    PrintedNumber(number=Decimal('0.001'), operator='<')
    >>> parse_printed_number(1.64)
    PrintedNumber(number=Decimal('1.64'), operator='=')
    >>> parse_printed_number("low") is None
    True
    """
    if isinstance(value, int | float) and not isinstance(value, bool):
        return PrintedNumber(Decimal(str(value)))
    bound = _BOUND.fullmatch(value) if isinstance(value, str) else None
    return PrintedNumber(Decimal(bound[2]), bound[1]) if bound else None


def to_decimal(value: float) -> Decimal:
    """Return a computed number without the noise of its last binary digits.

    Examples
    --------
    >>> to_decimal(0.1 + 0.2)
    Decimal('0.3')
    """
    return Decimal(format(value, f".{SIGNIFICANT_DIGITS}g"))


def unit_of(decimals: int) -> Decimal:
    """Return one unit of the last printed place.

    Examples
    --------
    >>> unit_of(2)
    Decimal('0.01')
    """
    return Decimal(1).scaleb(-decimals)


def rounding_span(number: Decimal, decimals: int, *, half_width: Decimal | None = None) -> Span:
    """Return the values that are printed as `number` when halves are rounded up.

    Parameters
    ----------
    number : Decimal
        Zero or more.
    decimals : int
        Printed places after the point.
    half_width : Decimal, optional
        Half of the span, where words say less than the digits would; default half a unit.

    Examples
    --------
    >>> rounding_span(Decimal(23), 0)
    Span(lower=Decimal('22.5'), upper=Decimal('23.5'))
    """
    half = unit_of(decimals) / 2 if half_width is None else half_width
    return Span(number - half, number + half)


def truncate(value: Decimal, decimals: int) -> Decimal:
    """Return a value cut off after so many places.

    Examples
    --------
    >>> truncate(Decimal("66.58"), 0)
    Decimal('66')
    """
    return value.quantize(unit_of(decimals), ROUND_FLOOR)


def round_half_even(value: Decimal, decimals: int) -> Decimal:
    """Return a value rounded with halves to the even neighbour."""
    return value.quantize(unit_of(decimals), ROUND_HALF_EVEN)


def round_twice(value: Decimal, decimals: int) -> Decimal:
    """Return a value rounded to one place more first, then to the wanted places.

    Examples
    --------
    >>> round_twice(Decimal("0.0246"), 2), round_twice(Decimal("0.0244"), 2)
    (Decimal('0.03'), Decimal('0.02'))
    """
    return round_half_up(round_half_up(value, decimals + 1), decimals)


def format_exact(value: float | Decimal, digits: int = 6) -> str:
    """Return a number with up to so many significant digits and no trailing zeros.

    Examples
    --------
    >>> format_exact(0.000012345678), format_exact(58.67346938), format_exact(392.0)
    ('0.0000123457', '58.6735', '392')
    """
    text = format(Decimal(format(value, f".{digits}g")), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def format_p_value(value: Decimal, decimals: int | None) -> str:
    """Return a p-value with its sign: ``=0.04``, or ``<0.001`` where it would print as zero.

    Examples
    --------
    >>> format_p_value(Decimal("0.0388"), 2), format_p_value(Decimal("0.0000161"), 3)
    ('=0.04', '<0.001')
    """
    places = 3 if decimals is None else decimals
    rounded = round_half_up(value, places)
    return f"={rounded}" if rounded else f"<{unit_of(places)}"


def print_like(printed: str, values: Sequence[Decimal], decimals: int) -> str:
    """Return values in the dress of a printed text: ``[20-27]`` gives ``[21-28]``.

    Parameters
    ----------
    printed : str
        The paper's text; each of its numbers is replaced in order.
    values : sequence of Decimal
        As many as the text has numbers; else they are printed plainly.
    decimals : int
        Places after the point.

    Examples
    --------
    >>> print_like("n=230", [Decimal(231)], 0)
    'n=231'
    >>> print_like("two thirds", [Decimal("65.82")], 0)
    '66'
    >>> print_like(".64", [Decimal("0.652")], 2)
    '.65'
    """
    texts = [format(round_half_up(value, decimals), "f") for value in values]
    found = NUMBER.findall(printed)
    if len(found) != len(texts):
        return " to ".join(texts)
    if any(number.startswith(".") for number in found):
        texts = [text.removeprefix("0") for text in texts]
    supply = iter(texts)
    return NUMBER.sub(lambda _: next(supply), printed)
