"""Number styles of journals, as data."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

from helpers.errors import ParameterError

_COMMA_ENDING = "-comma"


@dataclass(frozen=True, slots=True, kw_only=True)
class PBand:
    """How p-values up to a bound are printed.

    Attributes
    ----------
    upper : float
        Largest p-value of the band.
    decimals : int
        Printed within it.
    inclusive : bool
        Whether the bound itself belongs to the band.
    """

    upper: float
    decimals: int
    inclusive: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberStyle:
    """How one journal prints numbers.

    Attributes
    ----------
    name : str
        Of the style.
    decimal_mark, thousands_mark : str
        Between units and tenths; between groups of three digits.
    thousands_from : int
        Smallest number that gets a thousands mark.
    p_letter, p_space : str
        ``p`` or ``P``; what stands on both sides of the sign after it.
    p_bands : tuple of PBand
        From the smallest p-values up.
    p_floor : float
        p-values below it are printed as ``<`` and this value.
    p_guard : float or None
        A p-value below it is never rounded up to it, but printed with more decimals.
    p_leading_zero : bool
        Whether ``0.03`` or ``.03``.
    bracket_open, bracket_close, range_mark : str
        Around and within an interval.
    interval_mark : str
        Between ``95% CI`` and the interval in a sentence.
    percent_decimals : int
        Of a percentage whose denominator reaches `percent_decimals_from`.
    percent_decimals_from : int
        Below this denominator percentages are whole numbers.
    percent_sign_in_counts : bool
        Whether a table prints ``134 (34%)`` or ``134 (34)``.
    months_decimals, ratio_decimals : int
        Of times in months and of hazard ratios.
    """

    name: str
    decimal_mark: str = "."
    thousands_mark: str = ","
    thousands_from: int = 1000
    p_letter: str = "p"
    p_space: str = " "
    p_bands: tuple[PBand, ...] = (
        PBand(upper=0.01, decimals=3),
        PBand(upper=1.0, decimals=2),
    )
    p_floor: float = 0.001
    p_guard: float | None = None
    p_leading_zero: bool = True
    bracket_open: str = "("
    bracket_close: str = ")"
    range_mark: str = " to "
    interval_mark: str = " "
    percent_decimals: int = 1
    percent_decimals_from: int = 100
    percent_sign_in_counts: bool = True
    months_decimals: int = 1
    ratio_decimals: int = 2


PRESETS: dict[str, NumberStyle] = {
    style.name: style
    for style in (
        NumberStyle(
            name="paper",
            p_guard=0.05,
            bracket_open="[",
            bracket_close="]",
            range_mark="–",
            percent_decimals=0,
            months_decimals=0,
        ),
        NumberStyle(name="nejm", p_letter="P", interval_mark=", ", percent_decimals_from=200),
        NumberStyle(
            name="lancet",
            decimal_mark="·",
            thousands_mark="\u2009",
            thousands_from=10_000,
            p_space="",
            p_bands=(
                PBand(upper=0.01, decimals=4, inclusive=False),
                PBand(upper=0.1, decimals=3, inclusive=False),
                PBand(upper=1.0, decimals=2),
            ),
            p_floor=0.0001,
            range_mark="–",
        ),
        NumberStyle(
            name="jama",
            thousands_from=10_000,
            p_letter="P",
            p_bands=(
                PBand(upper=0.01, decimals=3, inclusive=False),
                PBand(upper=1.0, decimals=2),
            ),
            p_guard=0.05,
            p_leading_zero=False,
            range_mark="–",
            interval_mark=", ",
            percent_sign_in_counts=False,
        ),
        NumberStyle(
            name="annals",
            p_letter="P",
            percent_decimals_from=200,
            p_bands=(PBand(upper=0.20, decimals=3), PBand(upper=1.0, decimals=2)),
        ),
    )
}


@cache
def _find_style(name: str) -> NumberStyle:
    base = PRESETS.get(name.removesuffix(_COMMA_ENDING))
    if base is None:
        raise ParameterError(
            f"style must be one of {', '.join(PRESETS)}, each also with '{_COMMA_ENDING}', "
            f"but was {name!r}; choose one of them"
        )
    if not name.endswith(_COMMA_ENDING):
        return base
    return replace(base, name=name, decimal_mark=",", thousands_mark="\u202f")


def get_style(style: NumberStyle | str = "paper") -> NumberStyle:
    """Return a number style by name, or the style itself.

    Parameters
    ----------
    style : NumberStyle or str
        ``paper``, ``nejm``, ``lancet``, ``jama`` or ``annals``; with the ending ``-comma``
        the decimal mark is a comma and thousands are set apart by a narrow space.

    Returns
    -------
    NumberStyle

    Raises
    ------
    ParameterError
        If no style has that name.

    Examples
    --------
    >>> get_style("nejm-comma").decimal_mark
    ','
    """
    return style if isinstance(style, NumberStyle) else _find_style(style)
