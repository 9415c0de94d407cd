"""Numbers to text; nothing else in the project rounds."""

from __future__ import annotations

import math
from decimal import ROUND_HALF_UP, Decimal

from helpers.formatting.styles import NumberStyle, PBand, get_style

#: Printed where there is no number.
NO_VALUE = "–"
_MINUS = "\u2212"


def round_half_up(value: float | Decimal, decimals: int = 0) -> Decimal:
    """Round half up (away from zero) on the decimal text of a number.

    Parameters
    ----------
    value : float or decimal.Decimal
        A finite number.
    decimals : int
        Kept after the decimal mark, 0 or more.

    Returns
    -------
    decimal.Decimal

    Notes
    -----
    The shortest decimal text that names the binary float is rounded, so that 2.675 gives
    2.68 although the float lies a little below.

    Examples
    --------
    >>> round_half_up(2.675, 2)
    Decimal('2.68')
    """
    exact = value if isinstance(value, Decimal) else Decimal(repr(float(value)))
    rounded = exact.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    return abs(rounded) if rounded == 0 else rounded


def format_number(
    value: float | Decimal | None, *, decimals: int = 0, style: NumberStyle | str = "paper"
) -> str:
    """Format a number with a fixed number of decimals.

    Parameters
    ----------
    value : float, decimal.Decimal or None
        None gives a dash.
    decimals : int
        Printed after the decimal mark.
    style : NumberStyle or str
        Marks.

    Returns
    -------
    str

    Examples
    --------
    >>> format_number(1234.565, decimals=2)
    '1,234.57'
    """
    if value is None or math.isnan(value):
        return NO_VALUE
    style = get_style(style)
    rounded = round_half_up(value, decimals)
    whole, _, fraction = f"{abs(rounded):f}".partition(".")
    if int(whole) >= style.thousands_from:
        whole = f"{int(whole):,}".replace(",", style.thousands_mark)
    sign = _MINUS if rounded < 0 else ""
    return sign + whole + (style.decimal_mark + fraction if fraction else "")


def format_trimmed(
    value: float | None, *, decimals: int = 1, style: NumberStyle | str = "paper"
) -> str:
    """Format a number with at most `decimals` decimals, without trailing zeros.

    Examples
    --------
    >>> format_trimmed(9.5), format_trimmed(70.0)
    ('9.5', '70')
    """
    if value is None:
        return NO_VALUE
    rounded = round_half_up(value, decimals)
    needed = decimals
    while needed and round_half_up(rounded, needed - 1) == rounded:
        needed -= 1
    return format_number(rounded, decimals=needed, style=style)


def format_count(count: float | None, *, style: NumberStyle | str = "paper") -> str:
    """Format a whole number, with the style's mark between thousands.

    Examples
    --------
    >>> format_count(1000)
    '1,000'
    """
    return format_number(count, decimals=0, style=style)


def format_percent(
    fraction: float | Decimal | None,
    *,
    n: int | None = None,
    sign: bool = True,
    style: NumberStyle | str = "paper",
) -> str:
    """Format a fraction as a percentage.

    Parameters
    ----------
    fraction : float, decimal.Decimal or None
        0 to 1.
    n : int or None
        Denominator: a style may print decimals only for large ones.
    sign : bool
        Whether ``%`` is added.
    style : NumberStyle or str
        Decimals and marks.

    Returns
    -------
    str

    Examples
    --------
    >>> format_percent(0.235), format_percent(0.235, n=392, style="nejm")
    ('24%', '23.5%')
    """
    if fraction is None:
        return NO_VALUE
    style = get_style(style)
    is_large = n is None or n >= style.percent_decimals_from
    decimals = style.percent_decimals if is_large else 0
    exact = fraction if isinstance(fraction, Decimal) else Decimal(repr(float(fraction)))
    return format_number(exact * 100, decimals=decimals, style=style) + ("%" if sign else "")


def divide_exactly(count: float, n: float) -> Decimal | None:
    """Return count / n as a decimal number that rounds as the true quotient does, or None."""
    return Decimal(repr(count)) / Decimal(repr(n)) if n else None


def format_count_percent(
    count: float | None, n: int | None, *, style: NumberStyle | str = "paper"
) -> str:
    """Format a count and its percentage, ``134 (34%)``.

    Parameters
    ----------
    count : float or None
        Patients with the feature.
    n : int or None
        Denominator; where it is None or 0 the count stands alone.
    style : NumberStyle or str
        Decimals and marks.

    Returns
    -------
    str

    Examples
    --------
    >>> format_count_percent(134, 392)
    '134 (34%)'
    """
    if count is None:
        return NO_VALUE
    style = get_style(style)
    text = format_count(count, style=style)
    if not n:
        return text
    share = divide_exactly(count, n)
    percent = format_percent(share, n=n, sign=style.percent_sign_in_counts, style=style)
    return f"{text} ({percent})"


def format_count_of_n(
    count: float | None, n: int | None, *, style: NumberStyle | str = "paper"
) -> str:
    """Format a count with its denominator and percentage, ``32/71 (45%)``.

    Examples
    --------
    >>> format_count_of_n(32, 71)
    '32/71 (45%)'
    """
    if count is None or n is None:
        return format_count_percent(count, n, style=style)
    fraction = f"{format_count(count, style=style)}/{format_count(n, style=style)}"
    if not n:
        return fraction
    return f"{fraction} ({format_percent(divide_exactly(count, n), n=n, style=style)})"


def format_p(
    p_value: float | None, *, letter: bool = False, style: NumberStyle | str = "paper"
) -> str:
    """Format a p-value; never as zero or one.

    Parameters
    ----------
    p_value : float or None
        0 to 1.
    letter : bool
        Whether ``p = `` stands before it.
    style : NumberStyle or str
        Bands of decimals, floor, letter.

    Returns
    -------
    str

    Raises
    ------
    ValueError
        If the value is not within 0 to 1.

    Examples
    --------
    >>> format_p(0.0312), format_p(0.00002, letter=True), format_p(0.049, style="jama")
    ('0.03', 'p < 0.001', '.049')
    """
    if p_value is None:
        return NO_VALUE
    if not 0 <= p_value <= 1:
        raise ValueError(f"p_value must be within 0 to 1, but was {p_value!r}; check the test")
    style = get_style(style)
    relation, text = _print_p(Decimal(repr(float(p_value))), style)
    if not style.p_leading_zero:
        text = text.removeprefix("0")
    if not letter:
        return relation.removeprefix("=") + text
    return f"{style.p_letter}{style.p_space}{relation}{style.p_space}{text}"


def _print_p(p_value: Decimal, style: NumberStyle) -> tuple[str, str]:
    floor = Decimal(repr(style.p_floor))
    if p_value < floor:
        return "<", format_number(floor, decimals=-int(floor.adjusted()), style=style)
    decimals = next(band.decimals for band in style.p_bands if _is_within(p_value, band))
    guard = Decimal(repr(style.p_guard)) if style.p_guard else None
    while guard and p_value < guard <= round_half_up(p_value, decimals):
        decimals += 1
    if round_half_up(p_value, decimals) == 1:
        return ">", format_number(
            Decimal(1) - Decimal(1).scaleb(-decimals), decimals=decimals, style=style
        )
    return "=", format_number(p_value, decimals=decimals, style=style)


def _is_within(p_value: Decimal, band: PBand) -> bool:
    upper = Decimal(repr(band.upper))
    largest = max(p_value, round_half_up(p_value, band.decimals))
    return largest < upper or (band.inclusive and largest == upper)
