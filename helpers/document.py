"""Blocks of the report: sentences, tables and figures before a format is chosen.

A section notebook emits blocks as JSON beside what JupyterLab shows; the report is
assembled from the blocks of the executed notebooks. Text in a block is plain text, never
markup, except `TextBlock.markdown`, whose data-derived parts come escaped.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

MIME_TYPE = "application/vnd.lenfail.block.v1+json"
#: How the ids of sentences begin that tell why an analysis is missing, and of remarks.
OMITTED_PREFIX = "omitted."
NOTE_PREFIX = "note."

Slot = Literal["main", "supplement", "appendix"]


@dataclass(frozen=True, slots=True)
class TextBlock:
    """One or more sentences made from results.

    Attributes
    ----------
    id : str
        Of the result set that it tells.
    markdown : str
        CommonMark, one paragraph; words from data are escaped.
    refs : tuple of str
        Ids of the tables and figures that it belongs to; the manuscript prints their
        numbers in brackets at its end.
    """

    id: str
    markdown: str
    refs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table.

    Attributes
    ----------
    text : str
        Plain text as printed.
    value : float or None
        The number behind the text, for sorting.
    colspan, rowspan : int
        How many columns and rows it covers.
    header : bool
        A head cell of its row.
    indent : int
        Depth of a row label: 0 variable, 1 level.
    notes : tuple of str
        Keys of the table's notes, printed raised.
    """

    text: str
    value: float | None = None
    colspan: int = 1
    rowspan: int = 1
    header: bool = False
    indent: int = 0
    notes: tuple[str, ...] = ()


Row = tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class TableBlock:
    """One table.

    Attributes
    ----------
    id : str
        E.g. ``table.table1``.
    title : str
        Printed above, without its number.
    header, rows : tuple of rows
        Spans count as in HTML: a covered position has no cell.
    align : str
        One letter a column: l, c, r.
    notes : mapping of str to str
        By key: ``a``, ``b``; printed below in order.
    abbreviations : mapping of str to str
        Printed below, alphabetically.
    slot : Slot
        Where it stands, and so how it is numbered.
    """

    id: str
    title: str
    header: tuple[Row, ...]
    rows: tuple[Row, ...]
    align: str
    notes: Mapping[str, str] = field(default_factory=dict)
    abbreviations: Mapping[str, str] = field(default_factory=dict)
    slot: Slot = "main"


@dataclass(frozen=True, slots=True)
class FigureText:
    """What a figure says in words.

    Attributes
    ----------
    id : str
        E.g. ``figure.os_failure``.
    title, caption : str
        Bold first sentence, and what follows it.
    alt : str
        One or two sentences for who cannot see it.
    description : str
        The long description: what the curves do, in numbers.
    abbreviations : mapping of str to str
        Printed at the caption's end.
    slot : Slot
        Where it stands, and so how it is numbered.
    """

    id: str
    title: str
    caption: str
    alt: str
    description: str = ""
    abbreviations: Mapping[str, str] = field(default_factory=dict)
    slot: Slot = "main"


@dataclass(frozen=True, slots=True)
class FigureBlock:
    """One figure with its words, its data and its drawn forms.

    Attributes
    ----------
    text : FigureText
        Title, caption, alternative text.
    svg : str
        Vector drawing.
    png : bytes
        300 dpi.
    data_csv : str
        The numbers behind it.
    width_mm : float
        Printed width.
    curves : mapping
        Where the step curves of a drawing with one such set of axes lie, for a page on which
        they are read by pointing; see :func:`helpers.figures.reading.locate_curves`.
    forms : mapping of str to bytes
        Further forms, made where they were asked for: ``pdf``, ``tiff``.
    """

    text: FigureText
    svg: str
    png: bytes
    data_csv: str
    width_mm: float
    curves: Mapping[str, Any] = field(default_factory=dict)
    forms: Mapping[str, bytes] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """Return the figure's id."""
        return self.text.id


@dataclass(frozen=True, slots=True)
class ResultsBlock:
    """All results of a section.

    Attributes
    ----------
    id : str
        Of the section.
    results : tuple of dict
        Records of :class:`helpers.results.Result`.
    omitted : tuple of dict
        ``{"id": ..., "reason": ...}`` for each analysis that could not be made.
    context : mapping
        What the assembly needs to know of the run: cohort name, synthetic or not, n,
        data SHA-256, warnings.
    """

    id: str
    results: tuple[dict[str, Any], ...]
    omitted: tuple[dict[str, str], ...] = ()
    context: Mapping[str, Any] = field(default_factory=dict)


Block = TextBlock | TableBlock | FigureBlock | ResultsBlock


def block_to_json(block: Block) -> dict[str, Any]:
    """Return a block as JSON-ready data, named by its type."""
    data = asdict(block)
    if isinstance(block, FigureBlock):
        data["png"] = _encode(block.png)
        data["forms"] = {name: _encode(form) for name, form in block.forms.items()}
    return {"type": type(block).__name__, **data}


def block_from_json(data: Mapping[str, Any]) -> Block:
    """Return the block that :func:`block_to_json` wrote.

    Raises
    ------
    ValueError
        If the type is not one of a block's.
    """
    fields = dict(data)
    name = fields.pop("type", None)
    match name:
        case "TextBlock":
            return TextBlock(fields["id"], fields["markdown"], tuple(fields["refs"]))
        case "TableBlock":
            fields["header"] = _read_rows(fields["header"])
            fields["rows"] = _read_rows(fields["rows"])
            return TableBlock(**fields)
        case "FigureBlock":
            text = FigureText(**fields.pop("text"))
            fields["png"] = base64.b64decode(fields["png"])
            forms = fields.get("forms", {})
            fields["forms"] = {name: base64.b64decode(form) for name, form in forms.items()}
            return FigureBlock(text, **fields)
        case "ResultsBlock":
            return ResultsBlock(
                fields["id"], tuple(fields["results"]), tuple(fields["omitted"]), fields["context"]
            )
    raise ValueError(f"type of a block must be one of {Block}, but was {name!r}")


def _encode(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _read_rows(rows: list[list[dict[str, Any]]]) -> tuple[Row, ...]:
    return tuple(
        tuple(Cell(**{**cell, "notes": tuple(cell["notes"])}) for cell in row) for row in rows
    )
