"""Putting a table together: cells, notes, abbreviations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from helpers.document import Cell, Row, Slot, TableBlock
from helpers.formatting import (
    NO_VALUE,
    NumberStyle,
    capitalise,
    find_abbreviations,
    format_count,
    format_hazard_ratio,
    format_median,
    format_p,
    format_ratio,
    name_test,
)
from helpers.results import Result, ResultSet

_KEYS = "abcdefghijklmnopqrstuvwxyz"
_DETECTABLE = (
    "Smallest hazard ratio above 1 that would have been found with a power of 80%, where none was; "
    "below 1, its inverse."
)


class Notes:
    """Notes of a table, lettered in the order in which they are first cited."""

    def __init__(self) -> None:
        self._texts: list[str] = []

    def cite(self, text: str) -> tuple[str, ...]:
        """Return the key of a note, which is added where it is new; nothing for no text."""
        if not text:
            return ()
        if text not in self._texts:
            self._texts.append(text)
        return (_KEYS[self._texts.index(text)],)

    def as_mapping(self) -> dict[str, str]:
        """Return the notes by key."""
        return dict(zip(_KEYS, self._texts, strict=False))


@dataclass(frozen=True, slots=True)
class View:
    """What the rows of a table of factors are made from.

    Attributes
    ----------
    results : ResultSet
        Of the table.
    style : NumberStyle
        Of the numbers.
    medians : bool
        Whether a column holds the median of each level.
    notes : Notes
        Cited so far.
    """

    results: ResultSet
    style: NumberStyle
    medians: bool = False
    notes: Notes = field(default_factory=Notes)

    def make_median(self, median: Result | None) -> list[Cell]:
        """Return the cell of a median, or no cell where the table has none."""
        if not self.medians:
            return []
        if median is None:
            return [Cell(NO_VALUE)]
        return [Cell(format_median(median, style=self.style), value=median.estimate)]

    def make_ratio(self, result: Result | None, *, is_reference: bool) -> Cell:
        """Return the cell of a hazard ratio with its interval."""
        if is_reference:
            return Cell("1 (reference)", value=1.0)
        if result is None:
            return Cell(NO_VALUE)
        keys = self.notes.cite(result.reason) if result.status == "not_computable" else ()
        text = format_hazard_ratio(result, style=self.style)
        return Cell(text, value=result.estimate, notes=keys)

    def list_detectable(self, result: Result | None) -> list[Cell]:
        """Return the cell of the detectable hazard ratio, or no cell where no row has one."""
        if not self._has_detectable():
            return []
        value = None if result is None else result.quantities.get("detectable_hr")
        return [Cell("" if value is None else format_ratio(value, style=self.style), value=value)]

    def head_detectable(self) -> list[Cell]:
        """Return the head of that column, or nothing."""
        if not self._has_detectable():
            return []
        return [Cell("Detectable HR", header=True, notes=self.notes.cite(_DETECTABLE))]

    def _has_detectable(self) -> bool:
        return any("detectable_hr" in result.quantities for result in self.results)

    def make_count(self, name: str, *found: Result | None) -> Cell:
        """Return the cell of ``n`` or ``events`` of the first result that knows it."""
        values = (getattr(result, name) for result in found if result is not None)
        value = next((value for value in values if value is not None), None)
        return Cell(format_count(value, style=self.style), value=value)


def make_head(labels: Sequence[str | Cell]) -> tuple[Row, ...]:
    """Return a head of one row."""
    return (
        tuple(label if isinstance(label, Cell) else Cell(label, header=True) for label in labels),
    )


def make_row(label: str | Cell, *cells: str | Cell, indent: int = 0) -> Row:
    """Return a row whose first cell is its head."""
    first = label if isinstance(label, Cell) else Cell(label, header=True, indent=indent)
    return (first, *(cell if isinstance(cell, Cell) else Cell(cell) for cell in cells))


def make_p_cell(test: Result | None, notes: Notes, *, style: NumberStyle | str) -> Cell:
    """Return the cell of a p-value, with a note that names its test."""
    if test is None:
        return Cell("")
    if test.p_value is None:
        text = "NC" if test.status == "not_computable" else format_p(None)
        return Cell(text, notes=notes.cite(test.reason))
    named = notes.cite(f"{capitalise(name_test(test.method))}.")
    return Cell(format_p(test.p_value, style=style), value=test.p_value, notes=named)


def make_table(
    table_id: str,
    title: str,
    head: Iterable[Row],
    rows: Iterable[Row],
    *,
    align: str,
    notes: Notes | None = None,
    known: Mapping[str, str] | None = None,
    slot: Slot = "main",
) -> TableBlock:
    """Return a table whose abbreviations are found in its own words.

    Parameters
    ----------
    table_id, title : str
        ``table.`` is put before the id.
    head, rows : iterable of rows
        Cells.
    align : str
        One letter a column.
    notes : Notes, optional
        Cited in the cells.
    known : mapping of str to str, optional
        Abbreviations beyond the built-in ones.
    slot : Slot
        Where it stands.

    Returns
    -------
    TableBlock
    """
    head, rows = tuple(head), tuple(rows)
    below = notes.as_mapping() if notes else {}
    words = [title, *below.values(), *(cell.text for row in (*head, *rows) for cell in row)]
    return TableBlock(
        id=f"table.{table_id.replace('.', '_')}",
        title=title,
        header=head,
        rows=rows,
        align=align,
        notes=below,
        abbreviations=find_abbreviations(words, known=known),
        slot=slot,
    )
