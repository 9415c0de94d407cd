"""Whether a second library computes the same numbers."""

from __future__ import annotations

from helpers.document import TextBlock
from helpers.formatting import NumberStyle, format_count, format_counted, get_style
from helpers.results import ResultSet


def describe_agreement(
    results: ResultSet, *, style: NumberStyle | str = "paper", refs: tuple[str, ...] = ()
) -> TextBlock:
    """Say whether the second computation agrees.

    Parameters
    ----------
    results : ResultSet
        Of :func:`helpers.analysis.cross_check.cross_check`.
    style : NumberStyle or str
        Of the numbers.
    refs : tuple of str
        Tables it belongs to.

    Returns
    -------
    TextBlock
    """
    counted = format_counted(int(results.meta["n"]), "number", style=get_style(style))
    part = format_count(round(1 / results.meta["tolerance"]), style=get_style(style))
    worst = max(results, key=lambda result: result.estimate)
    if results.meta["agrees"]:
        text = (
            f"lifelines, an independent library, computed {counted} of this section again; every "
            f"one agreed with the report's to within one part in {part}."
        )
    else:
        text = (
            f"lifelines, an independent library, computed {counted} of this section again. They "
            f"do not all agree: the largest relative difference is {worst.estimate:.1e} "
            f"({worst.label}). Do not use this report before the cause is known."
        )
    return TextBlock(results.id, text, refs)
