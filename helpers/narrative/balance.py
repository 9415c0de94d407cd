"""Words of a Love plot."""

from __future__ import annotations

import pandas as pd

from helpers.document import FigureText
from helpers.formatting import NumberStyle, find_abbreviations, format_number, get_style
from helpers.formatting.lookup import get_abbreviations, get_frame, get_slot, get_title
from helpers.narrative.voice import write_plainly
from helpers.results import ResultSet

#: Standardised difference above which groups are said to differ.
_THRESHOLD = 0.1


def caption_balance(
    results: ResultSet, *, style: NumberStyle | str = "paper", slot: str | None = None
) -> FigureText:
    """Write the words of a Love plot.

    Parameters
    ----------
    results : ResultSet
        With a frame ``balance``: label, smd_before, smd_after.
    style : NumberStyle or str
        Of the numbers.
    slot : str, optional
        Where the figure stands.

    Returns
    -------
    FigureText
    """
    voice, style = write_plainly(style), get_style(style)
    balance = get_frame(results, "balance")
    limit = format_number(_THRESHOLD, decimals=1, style=style)
    title = f"{get_title(results, 'Comparison of the groups')}: balance of the covariates"
    caption = (
        "Absolute standardised mean differences between the groups before (open circles) and "
        f"after weighting (filled squares); the dashed line marks {limit}."
    )
    told = [_tell(label, before, after, style) for label, before, after in _list_rows(balance)]
    parts = [
        f"{_count_above(balance, column)} of {balance[column].notna().sum()} {when}"
        for column, when in (("smd_before", "before"), ("smd_after", "after weighting"))
        if column in balance
    ]
    alt = f"Love plot. Differences above {limit}: {' and '.join(parts)}." if len(balance) else ""
    labels = [str(label) for label in balance.get("label", ())]
    return FigureText(
        id=f"figure.{results.id.replace('.', '_')}_balance",
        title=f"{voice.label(title)}.",
        caption=caption,
        alt=alt or "Love plot without variables.",
        description="; ".join(told) + ("." if told else ""),
        abbreviations=find_abbreviations(
            [title, caption, *labels], known=get_abbreviations(results)
        ),
        slot=get_slot(results, slot),
    )


def _list_rows(balance: pd.DataFrame) -> list[tuple[str, float, float]]:
    if balance.empty:
        return []
    columns = balance[["label", "smd_before", "smd_after"]]
    return list(columns.itertuples(index=False, name=None))


def _tell(label: str, before: float, after: float, style: NumberStyle) -> str:
    first, second = (
        "not known" if pd.isna(value) else format_number(abs(value), decimals=2, style=style)
        for value in (before, after)
    )
    return f"{label}: {first} before, {second} after"


def _count_above(balance: pd.DataFrame, column: str) -> int:
    return 0 if balance.empty else int((balance[column].abs() > _THRESHOLD).sum())
