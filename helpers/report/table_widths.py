"""How wide the columns of a printed table are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from helpers.document import Row, TableBlock
from helpers.report.grid import count_columns, get_alignment, place_cells

TEXT_WIDTH_PT = 419.0
FULL_WIDTH_PT = 504.0
_TYPE_PT = 8.6
_PADDING_PT = 4.5
#: Type sizes to try, as parts of the ordinary one.
_SCALES = (1.0, 0.94, 0.88, 0.82)
#: Share of the wished width that text columns should get before the type is made smaller.
_ENOUGH = 0.55
_LONGEST_WORD_EM = 9.0
_LONGEST_NUMBER_EM = 14.0
_INDENT_EM = 1.1
_NARROW = frozenset(" .,;:'!|()[]/-ijltfrI")


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
    unbroken = sum(column.unbroken for column in columns) * _TYPE_PT + padding
    if unbroken <= FULL_WIDTH_PT:
        return WidthPlan(unbroken > TEXT_WIDTH_PT)
    for scale in _SCALES:
        room = (FULL_WIDTH_PT - padding) / (_TYPE_PT * scale)
        widths, is_enough = _share_room(columns, room)
        if is_enough:
            break
    points = tuple(_to_points(widths, _TYPE_PT * scale))
    return WidthPlan(wide=True, widths_pt=points, scale=scale)


def measure_em(text: str) -> float:
    """Return the estimated width of text in the report's type, in ems.

    Examples
    --------
    >>> round(measure_em("12.2 (3.7)"), 2)
    3.9
    """
    return sum(_measure_letter(letter) for letter in text)


def _measure_letter(letter: str) -> float:
    if letter in _NARROW:
        return 0.3
    if letter.isdigit():
        return 0.48 if letter.isascii() else 0.35
    return 0.7 if letter.isupper() or letter in "mwMW%@" else 0.5


class _Column:
    """Ems that a column needs.

    `least` breaks text at every word and no number, `wanted` keeps each line of the body
    whole and the head in two lines, `unbroken` breaks nothing.
    """

    def __init__(self, block: TableBlock, number: int) -> None:
        head = list(_list_lines(block.header, number, in_head=True))
        body = list(_list_lines(block.rows, number))
        longest = max((width for _, width in body), default=0.0)
        words = [measure_em(word) for line, _ in head + body for word in line.split()]
        word = min(max(words, default=0.0), _LONGEST_WORD_EM)
        in_text = get_alignment(block, number) == "l"
        halves = max((_measure_in_two_lines(line) for line, _ in head), default=0.0)
        self.in_text = in_text
        self.least = max(word, 0.0 if in_text else min(longest, _LONGEST_NUMBER_EM))
        self.wanted = max(longest, halves, self.least)
        self.unbroken = max([self.wanted, *(width for _, width in head)])


def _list_lines(
    rows: tuple[Row, ...], column: int, *, in_head: bool = False
) -> Iterator[tuple[str, float]]:
    """Yield each line of a column's cells and its width; bold type and notes need a tenth."""
    for placed in place_cells(rows):
        cell = placed.cell
        if placed.column == column and cell.colspan == 1:
            room = _INDENT_EM * cell.indent + 0.4 * len(cell.notes)
            bold = 1.1 if cell.header or in_head else 1.0
            for line in cell.text.split("\n"):
                yield line, measure_em(line) * bold + room


def _measure_in_two_lines(text: str) -> float:
    """Return the width in which text takes no more than two lines."""
    words = text.split()
    splits = (
        max(measure_em(" ".join(words[:count])), measure_em(" ".join(words[count:])))
        for count in range(1, len(words) + 1)
    )
    return 1.1 * min(splits, default=0.0)


def _share_room(columns: list[_Column], room: float) -> tuple[list[float], bool]:
    """Return the columns' widths, and whether text has enough room in them."""
    least = [column.least for column in columns]
    wanted = [column.wanted for column in columns]
    if sum(least) > room:
        return [width * room / sum(least) for width in least], False
    if sum(wanted) <= room:
        return _fill(wanted, [column.unbroken for column in columns], room), True
    widths = _fill(least, wanted, room)
    is_enough = all(
        width >= _ENOUGH * min(column.wanted, room / 2)
        for width, column in zip(widths, columns, strict=True)
        if column.in_text
    )
    return widths, is_enough


def _fill(low: list[float], high: list[float], room: float) -> list[float]:
    """Raise widths from `low` towards `high` until the room is used, the shortest first."""
    bottom, top = 0.0, max(high)
    for _ in range(40):
        level = (bottom + top) / 2
        widths = [max(least, min(most, level)) for least, most in zip(low, high, strict=True)]
        if sum(widths) > room:
            top = level
        else:
            bottom = level
    return [max(least, min(most, bottom)) for least, most in zip(low, high, strict=True)]


def _to_points(widths: list[float], type_pt: float) -> Iterator[float]:
    for number, width in enumerate(widths):
        padding = _PADDING_PT if number == 0 else 2 * _PADDING_PT
        yield round(width * type_pt + padding, 1)
