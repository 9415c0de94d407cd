"""Patients' data as text cells, with what was understood of where they came from."""

from __future__ import annotations

import datetime
import decimal
import hashlib
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from helpers.cohort.faults import Fault
from helpers.errors import DataError

FIRST_DATA_ROW = 2
MAX_CELLS = 60_000_000
_SALT_PURPOSE = b"lenfail patients"


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFacts:
    """What was understood of a source.

    Attributes
    ----------
    kind : str
        In words, e.g. ``CSV``, ``Excel workbook``, ``PostgreSQL``.
    encoding, delimiter, decimal, sheet : str
        As understood; empty where the kind of source has none.
    notes : tuple of str
        Sentences on whatever else a reader must know.
    """

    kind: str = ""
    encoding: str = ""
    delimiter: str = ""
    decimal: str = ""
    sheet: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnOrigin:
    """Where a column in the data dictionary's form came from.

    Attributes
    ----------
    columns : tuple of str
        Columns of the source, in the source's words; empty for a constant.
    texts : numpy.ndarray of object, shape (n,)
        What stands in the source, None where empty; several columns are joined by `` | ``.
    """

    columns: tuple[str, ...]
    texts: np.ndarray


@dataclass(frozen=True, slots=True, kw_only=True)
class RawTable:
    """Patients' data as they were found.

    Attributes
    ----------
    frame : pandas.DataFrame
        Text cells, None where empty; the index holds row numbers of the file, the header
        being row 1. Names of columns may repeat.
    name : str
        For people: the file's name without its ending.
    sha256 : str
        Of the file's bytes; of a query, of its rows as text.
    synthetic : bool
        Whether it is the built-in synthetic cohort.
    ragged_rows : mapping of int to int
        Rows with more or fewer cells than the header, and how many they have.
    facts : SourceFacts
        What was understood of the source.
    codes : mapping of str to mapping of str to str
        By column with value labels: the code behind each label that stands in the cells.
    labels : mapping of str to str
        By column: what the source says of it in words.
    identifier : str
        Column that the source itself declares to identify patients; empty without one.
    dates_typed : bool
        Whether the source knows dates as such, so that an ISO date in a cell is one.
    faults : tuple of Fault
        Cells that could not be read.
    origins : mapping of str to ColumnOrigin
        By column: where it came from, once a mapping was applied.
    id_salt : str
        What hashes of identifiers are salted with: made of the content, never printed.
    """

    frame: pd.DataFrame
    name: str
    sha256: str
    synthetic: bool
    ragged_rows: Mapping[int, int]
    facts: SourceFacts = field(default_factory=SourceFacts)
    codes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    identifier: str = ""
    dates_typed: bool = False
    faults: tuple[Fault, ...] = ()
    origins: Mapping[str, ColumnOrigin] = field(default_factory=dict, repr=False)
    id_salt: str = field(default="", repr=False)


def clean_name(name: str) -> str:
    """Return a column's name without spaces around it; letters with accents as one character."""
    return unicodedata.normalize("NFC", name.strip())


def make_salt(content: bytes) -> str:
    """Return a salt for hashes of identifiers that follows from the content alone.

    It is not the content's SHA-256, which manifests print.
    """
    return hashlib.blake2b(content, digest_size=16, person=_SALT_PURPOSE).hexdigest()


def convert_to_text(frame: pd.DataFrame, *, name: str) -> RawTable:
    """Return a typed table as the text that a CSV file of it would hold.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row a patient; dates, numbers, bools and text.
    name : str
        For people.

    Returns
    -------
    RawTable
        Row numbers as in that file; its SHA-256.
    """
    columns = [column_to_text(frame.iloc[:, position]) for position in range(frame.shape[1])]
    text = make_text_frame([str(column) for column in frame.columns], columns, len(frame))
    content = dump_text_frame(text)
    return RawTable(
        frame=text,
        name=name,
        sha256=hashlib.sha256(content).hexdigest(),
        synthetic=False,
        ragged_rows={},
        facts=SourceFacts(kind="table"),
        dates_typed=True,
        id_salt=make_salt(content),
    )


def make_text_frame(
    names: Sequence[str], columns: Sequence[np.ndarray], n_rows: int
) -> pd.DataFrame:
    """Return columns of text as the frame of a raw table.

    Parameters
    ----------
    names : sequence of str
        May repeat.
    columns : sequence of numpy.ndarray of object, shape (n,)
        Text, None where empty.
    n_rows : int
        Number of rows, n.
    """
    check_size(n_rows, len(columns))
    index = pd.RangeIndex(FIRST_DATA_ROW, FIRST_DATA_ROW + n_rows, name="row")
    cells = np.empty((n_rows, len(columns)), dtype=object)
    for position, column in enumerate(columns):
        cells[:, position] = column
    return pd.DataFrame(cells, columns=list(names), index=index)


def dump_text_frame(frame: pd.DataFrame) -> bytes:
    """Return a frame of text as the bytes of a CSV file."""
    return frame.to_csv(index=False, lineterminator="\n").encode("utf-8", "surrogatepass")


def column_to_text(
    values: pd.Series, write: Callable[[object], str | None] | None = None
) -> np.ndarray:
    """Return a column as text; each distinct value is written once.

    Parameters
    ----------
    values : pandas.Series, shape (n,)
        Of any type.
    write : callable, optional
        Writes one value; :func:`cell_to_text` without one.

    Returns
    -------
    numpy.ndarray of object, shape (n,)
        None where missing.
    """
    write = write or cell_to_text
    try:
        codes, distinct = pd.factorize(values)
    except TypeError:
        texts = [write(value) for value in values]
        codes = np.arange(len(texts))
    else:
        # an index of float32 hands out float64
        single = values.dtype == np.float32
        texts = [write(value) for value in (distinct.to_numpy() if single else distinct)]
    made = np.empty(len(texts) + 1, dtype=object)
    made[: len(texts)] = texts
    return made[codes]


def cell_to_text(value: object) -> str | None:
    """Return one value as text: dates in ISO form, whole numbers without a point.

    Examples
    --------
    >>> cell_to_text(75.0), cell_to_text(datetime.datetime(2012, 4, 30)), cell_to_text(True)
    ('75', '2012-04-30', '1')
    """
    if isinstance(value, str):
        return value if value.strip() else None
    if value is None or value is pd.NaT or value is pd.NA:
        return None
    for kind, write in _WRITERS:
        if isinstance(value, kind):
            return write(value)
    return str(value)


def _write_datetime(value: datetime.datetime) -> str:
    if value.time() == datetime.time():
        return value.date().isoformat()
    return value.isoformat(sep=" ", timespec="seconds")


def _write_float(value: float | np.floating) -> str | None:
    if np.isnan(value):
        return None
    # np.float32 prints the shortest text that gives the same float32: 9.2, not 9.19999981
    return str(int(value)) if np.isfinite(value) and value == int(value) else str(value)


def _write_decimal(value: decimal.Decimal) -> str | None:
    if value.is_nan():
        return None
    if not value.is_finite() or abs(value.adjusted()) > 400:
        return str(value)
    return str(int(value)) if value == value.to_integral_value() else format(value, "f")


_WRITERS: tuple[tuple[Any, Callable[[Any], str | None]], ...] = (
    ((bool, np.bool_), lambda value: "1" if value else "0"),
    (datetime.datetime, _write_datetime),
    ((float, np.floating), _write_float),
    (decimal.Decimal, _write_decimal),
    ((bytes, bytearray, memoryview), lambda value: bytes(value).decode("utf-8", "replace")),
)


def check_size(n_rows: int, n_columns: int) -> None:
    """Refuse a table of more cells than memory is meant for.

    Raises
    ------
    DataError
        If it has more than sixty million cells.
    """
    if n_rows * n_columns > MAX_CELLS:
        raise DataError(
            f"data must be a table of at most {MAX_CELLS:,} cells, but was {n_rows:,} rows of "
            f"{n_columns:,} columns; keep the columns of the study only"
        )
