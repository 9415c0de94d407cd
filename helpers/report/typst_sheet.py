"""Where tables and figures stand on the printed sheet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from helpers.report.print_options import PrintOptions
from helpers.report.table_widths import TEXT_WIDTH_PT

#: Of the text, and of a drawing or table that takes the whole width, mm.
FULL_MM = 178.0
COLUMN_MM = 86.0
_PT_PER_MM = 72 / 25.4
_PAPERS_MM = {"a4": (210.0, 297.0), "letter": (215.9, 279.4)}
_PAPER_NAMES = {"a4": "a4", "letter": "us-letter"}

#: How a block stands: in the text; at the top or bottom of a column or of the sheet; on a sheet
#: of its own that has one column; on a turned sheet.
Stand = Literal["inline", "float", "span", "page", "turned"]


@dataclass(frozen=True, slots=True)
class Sheet:
    """The paper and the columns of one part of a document.

    Attributes
    ----------
    options : PrintOptions
        What was asked for.
    is_floating : bool
        Whether blocks may move to the top or bottom of a page: in the text, not in the
        supplement, which is nothing but blocks.
    """

    options: PrintOptions
    is_floating: bool = True

    @property
    def paper(self) -> str:
        """Return Typst's name of the paper."""
        return _PAPER_NAMES[self.options.page_size]

    @property
    def side_mm(self) -> float:
        """Return the margin that leaves the full width of a drawing."""
        return (_PAPERS_MM[self.options.page_size][0] - FULL_MM) / 2

    @property
    def is_newspaper(self) -> bool:
        """Return whether the text of this part has two columns."""
        return self.options.page_columns == 2 and self.is_floating

    @property
    def column_pt(self) -> float:
        """Return the width of the text."""
        if self.options.page_columns == 1:
            return TEXT_WIDTH_PT
        return (COLUMN_MM if self.is_floating else FULL_MM) * _PT_PER_MM

    @property
    def turned_pt(self) -> float:
        """Return the width of the text on a turned sheet."""
        return (_PAPERS_MM[self.options.page_size][1] - 2 * self.side_mm) * _PT_PER_MM

    def place(self, *, is_wide: bool, may_float: bool, is_turned: bool = False) -> Stand:
        """Return how a block stands.

        Parameters
        ----------
        is_wide : bool
            Whether it is wider than the text.
        may_float : bool
            Whether it fits on a page.
        is_turned : bool
            Whether it needs a turned sheet.
        """
        if is_turned:
            return "turned"
        if not self.is_floating:
            return "inline"
        if is_wide and self.is_newspaper:
            return "span" if may_float else "page"
        return "float" if may_float else "inline"
