"""How wide the columns of a printed table are."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from helpers.document import Row, TableBlock
from helpers.report.grid import count_columns, get_alignment, place_cells
from helpers.report.wording import list_abbreviations

TEXT_WIDTH_PT = 419.0
FULL_WIDTH_PT = 504.0
_TYPE_PT = 8.6
_PADDING_PT = 4.5
#: Of a row above and below its lines, and from line to line in parts of the type's size.
_ROW_PT = 5.8
_LEADING = 1.15
_NOTE_PT = 8.0
#: Type sizes to try, as parts of the ordinary one.
_SCALES = (1.0, 0.94, 0.88, 0.82)
#: Share of the wished width that text columns should get before the type is made smaller.
_ENOUGH = 0.55
_LONGEST_WORD_EM = 9.0
_LONGEST_NUMBER_EM = 14.0
_INDENT_EM = 1.1
#: Type sizes to try before a table leaves its column for the whole sheet.
_COLUMN_SCALES = _SCALES[:2]
_NARROW = frozenset(" .,;:'!|()[]/-ijltfrI")


@dataclass(frozen=True, slots=True)
class WidthPlan:
    """The layout of a table.

    Attributes
    ----------
    wide : bool
        Whether it takes the sheet's whole width.
    widths_pt : tuple of float
        Of each column; empty where the typesetter may take each as wide as it wants.
    scale : float
        Of the type, 1 for the ordinary size; the smallest type has 7 points.
    turned : bool
        Whether the sheet is turned, because upright it is too narrow at any size.
    """

    wide: bool
    widths_pt: tuple[float, ...] = ()
    scale: float = 1.0
    turned: bool = False


def plan_widths(
    block: TableBlock,
    *,
    column_pt: float = TEXT_WIDTH_PT,
    is_newspaper: bool = False,
    turned_pt: float = 0.0,
) -> WidthPlan:
    """Return a layout in which numbers stay on one line and the table on the sheet.

    Parameters
    ----------
    block : TableBlock
        Cells that span columns have no say.
    column_pt : float
        Width of the text.
    is_newspaper : bool
        Whether the text has two columns: a table then stays in one if it can.
    turned_pt : float
        Width of the turned sheet; 0 if it cannot be turned.

    Returns
    -------
    WidthPlan
        As wide as the text where all fits, else as wide as the sheet; there, first the
        head is broken into two lines, then text into several, then the type made smaller, and
        at last the sheet turned.
    """
    columns = [_Column(block, number) for number in range(count_columns(block))]
    padding = _PADDING_PT * (2 * len(columns) - 1)
    unbroken = sum(column.unbroken for column in columns) * _TYPE_PT + padding
    if unbroken <= column_pt:
        return WidthPlan(False)
    if is_newspaper:
        plan, is_enough = _fit(columns, column_pt, _COLUMN_SCALES)
        if is_enough:
            return replace(plan, wide=False)
    if unbroken <= FULL_WIDTH_PT:
        return WidthPlan(True)
    plan, is_enough = _fit(columns, FULL_WIDTH_PT, _SCALES)
    if turned_pt and not is_enough:
        return replace(_fit(columns, turned_pt, _SCALES)[0], turned=True)
    return plan


def _fit(
    columns: list[_Column], width_pt: float, scales: tuple[float, ...]
) -> tuple[WidthPlan, bool]:
    """Return the layout at the first size at which text has room, and whether one has it."""
    padding = _PADDING_PT * (2 * len(columns) - 1)
    for scale in scales:
        room = (width_pt - padding) / (_TYPE_PT * scale)
        widths, is_enough = _share_room(columns, room)
        if is_enough:
            break
    points = tuple(_to_points(widths, _TYPE_PT * scale))
    return WidthPlan(True, points, scale), is_enough


def estimate_height(block: TableBlock, plan: WidthPlan) -> float:
    """Return about how high a table is in print, with its title and notes, in points."""
    type_pt = _TYPE_PT * plan.scale
    lines = _count_lines(block.header, plan, type_pt) + _count_lines(block.rows, plan, type_pt)
    n_rows = len(block.header) + len(block.rows)
    width = sum(plan.widths_pt) or (FULL_WIDTH_PT if plan.wide else TEXT_WIDTH_PT)
    below = [*block.notes.values(), list_abbreviations(block.abbreviations)]
    n_notes = sum(math.ceil(measure_em(text) * _NOTE_PT / width) for text in below if text)
    return lines * type_pt * _LEADING + n_rows * _ROW_PT + (n_notes + 2) * _NOTE_PT * 1.3


def _count_lines(rows: tuple[Row, ...], plan: WidthPlan, type_pt: float) -> int:
    """Return the lines of all rows; a row has those of its highest cell."""
    most: dict[int, int] = dict.fromkeys(range(len(rows)), 1)
    for placed in place_cells(rows):
        covered = plan.widths_pt[placed.column : placed.column + placed.cell.colspan]
        if covered and placed.cell.rowspan == 1:
            width = max(sum(covered) - 2 * _PADDING_PT, type_pt)
            needed = sum(
                max(math.ceil(measure_em(line) * type_pt / width), 1)
                for line in placed.cell.text.split("\n")
            )
            most[placed.row] = max(most[placed.row], needed)
    return sum(most.values())


@lru_cache(maxsize=32_768)  # the same words and numbers stand in many cells
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
