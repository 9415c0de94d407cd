"""Tables for a terminal."""

from __future__ import annotations

import shutil
import textwrap
from collections.abc import Sequence

GAP = "  "
FEWEST_LETTERS = 12


def format_table(
    head: Sequence[str], rows: Sequence[Sequence[str]], *, width: int | None = None
) -> str:
    """Return rows as aligned columns whose long cells run over several lines.

    Parameters
    ----------
    head : sequence of str
        Heads of the columns.
    rows : sequence of sequence of str
        As many cells each.
    width : int, optional
        Letters in a line; the terminal's, or 120 where there is none. A column is never
        narrower than 12 letters or its longest text, so that a table can be wider.

    Returns
    -------
    str
        Without a line feed at the end; rows are parted by empty lines where one of them
        runs over.

    Examples
    --------
    >>> print(format_table(("Name", "Value"), [("age", "75 years"), ("dose", "10 mg")]))
    Name  Value
    ----  --------
    age   75 years
    dose  10 mg
    """
    if width is None:
        width = shutil.get_terminal_size(fallback=(120, 24)).columns
    widths = _share_width(
        [max(map(len, column)) for column in zip(head, *rows, strict=True)], width
    )
    blocks = [_wrap_row(row, widths) for row in rows]
    between = "\n\n" if any("\n" in block for block in blocks) else "\n"
    rule = GAP.join("-" * size for size in widths)
    return "\n".join([_wrap_row(head, widths), rule, between.join(blocks)])


def _share_width(longest: Sequence[int], width: int) -> list[int]:
    """Give each column its longest cell; what is missing is taken from the widest."""
    sizes = list(longest)
    least = [min(size, FEWEST_LETTERS) for size in sizes]
    excess = sum(sizes) + len(GAP) * (len(sizes) - 1) - width
    while excess > 0 and sizes != least:
        widest = max(range(len(sizes)), key=lambda place: sizes[place] - least[place])
        sizes[widest] -= 1
        excess -= 1
    return sizes


def _wrap_row(cells: Sequence[str], widths: Sequence[int]) -> str:
    wrapped = [textwrap.wrap(cell, size) or [""] for cell, size in zip(cells, widths, strict=True)]
    height = max(map(len, wrapped))
    lines = (
        GAP.join(
            (lines[number] if number < len(lines) else "").ljust(size)
            for lines, size in zip(wrapped, widths, strict=True)
        ).rstrip()
        for number in range(height)
    )
    return "\n".join(lines)
