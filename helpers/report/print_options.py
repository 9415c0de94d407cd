"""How a page looks on paper: its size, its columns, and what Word makes of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

PaperSize = Literal["a4", "letter"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintOptions:
    """The look of PDF and Word.

    Attributes
    ----------
    page_size : {"a4", "letter"}
        Paper; that of the reference in Word where there is one.
    page_columns : {1, 2}
        Columns of the PDF.
    reference_docx : Path or None
        A Word file whose styles, paper and margins Word's manuscript takes.
    word_line_numbers, word_double_spacing : bool
        As journals ask of a manuscript under review.
    """

    page_size: PaperSize = "a4"
    page_columns: Literal[1, 2] = 1
    reference_docx: Path | None = None
    word_line_numbers: bool = False
    word_double_spacing: bool = False


def read_print_options(parameters: Mapping[str, Any], base_dir: Path | None = None) -> PrintOptions:
    """Return the look that parameters ask for; those not given keep their default.

    Parameters
    ----------
    parameters : mapping
        Checked values by name, flat.
    base_dir : Path, optional
        Against which a relative `reference_docx` is read; the working folder without one.

    Returns
    -------
    PrintOptions

    Raises
    ------
    ParameterError
        If `reference_docx` is not a Word file that can be read.
    """
    names = ("page_size", "page_columns", "word_line_numbers", "word_double_spacing")
    given = {name: parameters[name] for name in names if name in parameters}
    reference = str(parameters.get("reference_docx") or "")
    if not reference:
        return PrintOptions(**given)
    from helpers.report.docx_base import check_reference

    path = (base_dir or Path()) / Path(reference).expanduser()
    return PrintOptions(**given, reference_docx=check_reference(path))
