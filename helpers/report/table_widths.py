"""How wide the columns of a printed table are."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from helpers.document import TableBlock
from helpers.report.grid import PlacedCell, count_columns, get_alignment, place_cells

TEXT_WIDTH_PT = 419.0
FULL_WIDTH_PT = 504.0
#: Of an average letter, bold ones among them, at the table's ordinary size.
_LETTER_PT = 4.2
_PADDING_PT = 4.5
_SMALLEST_SCALE = 0.8
_LONGEST_WORD = 20
_LONGEST_NUMBER = 30
_INDENT_LETTERS = 3


@dataclass(frozen=True, slots=True)
class WidthPlan:
    """The layout of a table.

    Attributes
    ----------
    wide : bool
        Whether it goes out into the margin.
    widths_pt : tuple of float
        Of each column; empty where the typesetter may take each as wide as it wants.
    scale : float
        Of the type, 1 for the ordinary size.
    """

    wide: bool
    widths_pt: tuple[float, ...] = ()
    scale: float = 1.0


def plan_widths(block: TableBlock) -> WidthPlan:
    """Return a layout in which numbers stay on one line and the table on the sheet.

    Parameters
    ----------
    block : TableBlock
        Cells that span columns have no say.

    Returns
    -------
    WidthPlan
        As wide as the text where all fits, else as wide as the sheet; there, first the
        head is broken into two lines, then text into several, at last the type made smaller.
    """
    columns = [_Column(block, number) for number in range(count_columns(block))]
    padding = _PADDING_PT * (2 * len(columns) - 1)
    unbroken = sum(column.unbroken for column in columns) * _LETTER_PT + padding
    if unbroken <= FULL_WIDTH_PT:
        return WidthPlan(unbroken > TEXT_WIDTH_PT)
    room = (FULL_WIDTH_PT - padding) / _LETTER_PT
    least = [column.least for column in columns]
    wanted = [max(column.wanted, column.least) for column in columns]
    if sum(wanted) <= room:
        letters = [wanted[0] + room - sum(wanted), *wanted[1:]]
    elif sum(least) <= room:
        share = (room - sum(least)) / (sum(wanted) - sum(least))
        letters = [low + (high - low) * share for low, high in zip(least, wanted, strict=True)]
    else:
        letters = [low * room / sum(least) for low in least]
    scale = max(min(1.0, room / sum(least)), _SMALLEST_SCALE)
    return WidthPlan(wide=True, widths_pt=tuple(_to_points(letters)), scale=scale)


class _Column:
    """Letters that a column needs."""

    def __init__(self, block: TableBlock, number: int) -> None:
        head = list(_list_lines(block.header, number))
        body = list(_list_lines(block.rows, number))
        words = [_longest_word(line) for line in head + body]
        in_text = get_alignment(block, number) == "l"
        longest = max(map(len, body), default=0)
        half_head = max((math.ceil(len(line) / 2) for line in head), default=0)
        self.unbroken = max(map(len, head + body), default=0)
        self.wanted = max([longest, half_head])
        word = min(max(words, default=0), _LONGEST_WORD)
        self.least = max(word, 1 if in_text else min(longest, _LONGEST_NUMBER))


def _list_lines(rows: tuple[tuple, ...], column: int) -> Iterator[str]:
    for placed in place_cells(rows):
        if placed.column == column and placed.cell.colspan == 1:
            yield from _get_lines(placed)


def _get_lines(placed: PlacedCell) -> Iterator[str]:
    indent = "x" * (_INDENT_LETTERS * placed.cell.indent)
    for line in placed.cell.text.split("\n"):
        yield f"{indent}{line}"


def _longest_word(line: str) -> int:
    return max(map(len, line.split()), default=0)


def _to_points(letters: list[float]) -> Iterator[float]:
    for number, count in enumerate(letters):
        padding = _PADDING_PT if number == 0 else 2 * _PADDING_PT
        yield round(count * _LETTER_PT + padding, 1)
