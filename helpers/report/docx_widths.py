"""How wide the columns of a table in Word are, and whether it lies on its side."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from helpers.document import Row, TableBlock
from helpers.report.grid import PlacedCell, count_columns, get_alignment, place_cells
from helpers.report.table_widths import measure_em
from helpers.report.wording import bind_numbers

#: Type sizes to try, pt; smaller ones are for tables that already lie on their side.
_SIZES_PT = (9.0, 8.5)
_SMALLER_PT = (8.0, 7.5)
_PADDING_PT = 9.0
#: How much wider lines may be than estimated, in our own type and in a journal's.
OWN_AIR, UNKNOWN_AIR = 1.08, 1.2
_BOLD = 1.1
_INDENT_PT = 10.0
_NOTE_EM = 0.5
_LONGEST_NUMBER_EM = 14.0
_LONGEST_WORD_EM = 9.0
_MOST_TEXT_EM = 26.0
#: A text column with less than this share of what it wants is too narrow to read.
_ENOUGH = 0.65
#: In how many steps the room is given away.
_STEPS = 40
_LINE, _ROW_SPACE_PT = 1.2, 3.0
#: Spaces at which a line may be broken.
_SPACES = re.compile(r"[ \t\n]+")


@dataclass(frozen=True, slots=True)
class ColumnPlan:
    """The layout of a table.

    Attributes
    ----------
    widths_pt : tuple of float
        Of each column.
    size_pt : float
        Of the type.
    sideways : bool
        Whether it needs a page in landscape.
    overhang_pt : float
        How far it goes out into each margin.
    """

    widths_pt: tuple[float, ...]
    size_pt: float
    sideways: bool = False
    overhang_pt: float = 0.0


@dataclass(frozen=True, slots=True)
class _Need:
    """Ems of a column.

    `least` breaks between words, `wanted` breaks no line of the body and puts heads into two
    lines, `unbroken` breaks nothing. `cells` has row (negative in the
    head) and length of each.
    """

    least: float
    wanted: float
    unbroken: float
    cells: tuple[tuple[int, float], ...] = ()


def plan_columns(
    block: TableBlock,
    *,
    text_pt: float,
    room_pt: float,
    sideways_pt: float,
    air: float = OWN_AIR,
) -> ColumnPlan:
    """Return column widths in which numbers stay on one line.

    Parameters
    ----------
    block : TableBlock
        Cells that span columns have no say.
    text_pt, room_pt, sideways_pt : float
        Width of running text, that with some of both margins, and that of text on a page in
        landscape, pt.
    air : float
        By which the estimated widths of lines are multiplied, because fonts differ.

    Returns
    -------
    ColumnPlan
        Upright where the text has room enough at a readable size, else in landscape. A
        table that fits is as wide as it needs; none is wider than its room.
    """
    needs = [_measure_column(block, number, air) for number in range(count_columns(block))]
    for room in (text_pt, room_pt):
        for size in _SIZES_PT:
            if _has_room(needs, size, room):
                widths = _share(needs, size, room)
                return ColumnPlan(widths, size, overhang_pt=max(0.0, sum(widths) - text_pt) / 2)
    for size in (*_SIZES_PT, *_SMALLER_PT):
        if _has_room(needs, size, sideways_pt):
            break
    return ColumnPlan(_share(needs, size, sideways_pt), size, sideways=True)


def estimate_heights(rows: Sequence[Row], plan: ColumnPlan) -> list[float]:
    """Return the estimated height of each row, pt; cells that span rows have no say."""
    heights = [plan.size_pt * _LINE + _ROW_SPACE_PT] * len(rows)
    for placed in place_cells(rows):
        cell = placed.cell
        width = sum(plan.widths_pt[placed.column : placed.column + cell.colspan])
        room = max(width - _PADDING_PT, plan.size_pt)
        n_lines = sum(
            math.ceil(max(_measure_line(placed, line) * plan.size_pt / room, 1.0))
            for line in _split(placed)
        )
        if cell.rowspan == 1:
            height = n_lines * plan.size_pt * _LINE + _ROW_SPACE_PT
            heights[placed.row] = max(heights[placed.row], height)
    return heights


def _has_room(needs: list[_Need], size_pt: float, room_pt: float) -> bool:
    enough = [max(need.least, _ENOUGH * min(need.wanted, _MOST_TEXT_EM)) for need in needs]
    return sum(_to_points(width, size_pt) for width in enough) <= room_pt


def _share(needs: list[_Need], size_pt: float, room_pt: float) -> tuple[float, ...]:
    least = [_to_points(need.least, size_pt) for need in needs]
    wanted = [_to_points(need.wanted, size_pt) for need in needs]
    unbroken = [_to_points(need.unbroken, size_pt) for need in needs]
    if sum(unbroken) <= room_pt:
        widths = unbroken
    elif sum(wanted) <= room_pt:
        widths = _fill(wanted, unbroken, room_pt)
    elif sum(least) <= room_pt:
        widths = _save_lines(needs, least, wanted, room_pt)
    else:
        widths = [width * room_pt / sum(least) for width in least]
    return tuple(round(width, 1) for width in widths)


def _fill(low: list[float], high: list[float], room: float) -> list[float]:
    """Raise widths from `low` towards `high`, the shortest first, until the room is used."""
    bottom, top = 0.0, max(high)
    for _ in range(40):
        level = (bottom + top) / 2
        total = sum(max(a, min(b, level)) for a, b in zip(low, high, strict=True))
        bottom, top = (bottom, level) if total > room else (level, top)
    return [max(a, min(b, bottom)) for a, b in zip(low, high, strict=True)]


def _save_lines(
    needs: list[_Need], low: list[float], high: list[float], room: float
) -> list[float]:
    """Give each piece of the room to the column in which it saves the most lines."""
    widths = list(low)
    rows: dict[int, list[tuple[int, float]]] = {}
    for column, need in enumerate(needs):
        per_em = high[column] / need.wanted
        for row, length in need.cells:
            rows.setdefault(row, []).append((column, length * per_em))
    step = (room - sum(low)) / _STEPS
    for _ in range(_STEPS):
        open_columns = [n for n, width in enumerate(widths) if width < high[n]]
        if not open_columns:
            break
        best = min(open_columns, key=lambda n: _count_lines(rows, widths, n, step))
        widths[best] += step
    return widths


def _count_lines(
    rows: dict[int, list[tuple[int, float]]], widths: list[float], wider: int, step: float
) -> float:
    """Return the lines of all rows, in fractions, once a column is wider by a step."""
    shown = [width + step * (number == wider) for number, width in enumerate(widths)]
    return sum(
        max(1.0, *(length / shown[column] for column, length in cells)) for cells in rows.values()
    )


def _to_points(width_em: float, size_pt: float) -> float:
    return width_em * size_pt + _PADDING_PT


def _measure_column(block: TableBlock, number: int, air: float) -> _Need:
    head = _list_cells(block.header, number)
    body = _list_cells(block.rows, number)
    lines = [_measure_line(placed, line) for placed in body for line in _split(placed)]
    words = [
        min(_measure_line(placed, word, bold=is_head), _LONGEST_WORD_EM)
        for is_head, cells in ((True, head), (False, body))
        for placed in cells
        for word in _SPACES.split(bind_numbers(placed.cell.text))
    ]
    is_text = get_alignment(block, number) == "l"
    numbers = [] if is_text else [width for width in lines if width <= _LONGEST_NUMBER_EM]
    least = max([1.0, *words, *numbers])
    wanted = max([least, *lines, *(_measure_in_two_lines(placed) for placed in head)])
    heads = [_measure_line(placed, line, bold=True) for placed in head for line in _split(placed)]
    lengths = [(placed.row, _measure_line(placed, placed.cell.text)) for placed in body]
    lengths += [(-1 - placed.row, _measure_line(placed, placed.cell.text)) for placed in head]
    cells = tuple((row, length * air) for row, length in lengths)
    return _Need(least * air, wanted * air, max([wanted, *heads]) * air, cells)


def _list_cells(rows: tuple[Row, ...], number: int) -> list[PlacedCell]:
    return [
        placed
        for placed in place_cells(rows)
        if placed.column == number and placed.cell.colspan == 1
    ]


def _split(placed: PlacedCell) -> list[str]:
    return placed.cell.text.split("\n")


def _measure_line(placed: PlacedCell, text: str, *, bold: bool = False) -> float:
    cell = placed.cell
    factor = _BOLD if bold or cell.header else 1.0
    extra = _NOTE_EM * len(cell.notes) + cell.indent * _INDENT_PT / _SIZES_PT[0]
    return measure_em(text) * factor + extra


def _measure_in_two_lines(placed: PlacedCell) -> float:
    """Return the ems in which a head takes no more than two lines."""
    words = _SPACES.split(bind_numbers(placed.cell.text))
    halves = (
        max(measure_em(" ".join(words[:count])), measure_em(" ".join(words[count:])))
        for count in range(1, len(words) + 1)
    )
    return _BOLD * min(halves, default=0.0) + _NOTE_EM * len(placed.cell.notes)
