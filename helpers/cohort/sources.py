"""Where patients' data come from: a file, or the built-in synthetic cohort.

Every source is turned into text cells; nothing in a cell is ever evaluated.
"""

from __future__ import annotations

import csv
import datetime
import hashlib
import io
import itertools
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from importlib import resources
from pathlib import Path

import numpy as np
import pandas as pd

from helpers.errors import DataError

SYNTHETIC = "synthetic"
FIRST_DATA_ROW = 2
ROWS_PER_BLOCK = 2048  # few enough lists at a time for the garbage collector
DELIMITERS = (",", ";", "\t", "|")


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
        Of the file's bytes.
    synthetic : bool
        Whether it is the built-in synthetic cohort.
    ragged_rows : mapping of int to int
        Rows with more or fewer cells than the header, and how many they have.
    """

    frame: pd.DataFrame
    name: str
    sha256: str
    synthetic: bool
    ragged_rows: dict[int, int]


def read_source(source: str | os.PathLike[str], *, base_dir: Path | None = None) -> RawTable:
    """Read patients' data as text.

    Parameters
    ----------
    source : str or path
        ``synthetic``, or the path of a file: .csv, .tsv or .txt, in UTF-8, with a header.
        Cells may be parted by commas, semicolons, tabs or bars.
    base_dir : Path, optional
        Folder that a relative path starts from; the working directory without one.

    Returns
    -------
    RawTable
        All rows that hold anything.

    Raises
    ------
    DataError
        If there is no such file, or it cannot be read as such a table.
    """
    if str(source) == SYNTHETIC:
        content = _read_synthetic_bytes()
        if content is None:
            raise DataError("data must be a file, but was 'synthetic'; none is built in")
        return _read_delimited(content, SYNTHETIC)
    path = Path(base_dir or "") / source
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        known = ", ".join(READERS)
        raise DataError(
            f"data must be 'synthetic' or a file with one of the endings {known}, "
            f"but was {str(source)!r}; save it as CSV (UTF-8)"
        )
    return reader(_read_bytes(path, str(source)), path.stem)


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
    columns = [
        pd.Series([_cell_to_text(value) for value in frame.iloc[:, position]], dtype=object)
        for position in range(frame.shape[1])
    ]
    text = pd.concat(columns, axis=1) if columns else pd.DataFrame()
    text.columns = [str(column) for column in frame.columns]
    text.index = pd.RangeIndex(FIRST_DATA_ROW, FIRST_DATA_ROW + len(text))
    content = text.to_csv(index=False, lineterminator="\n").encode("utf-8", "surrogatepass")
    digest = hashlib.sha256(content).hexdigest()
    return RawTable(frame=text, name=name, sha256=digest, synthetic=False, ragged_rows={})


def _cell_to_text(value: object) -> str | None:
    if value is None or value is pd.NaT or (isinstance(value, float) and np.isnan(value)):
        return None
    if isinstance(value, str):
        return value if value.strip() else None
    if isinstance(value, bool | np.bool_):
        return "1" if value else "0"
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        return value.date().isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return None if value is pd.NA else str(value)


def _read_synthetic_bytes() -> bytes | None:
    file = resources.files("helpers.cohort").joinpath("data", "synthetic.csv")
    return file.read_bytes() if file.is_file() else None


def _read_bytes(path: Path, shown: str) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        siblings = [item.name for item in path.parent.iterdir()] if path.parent.is_dir() else []
        near = get_close_matches(path.name, siblings, n=1)
        advice = f"did you mean {near[0]!r}?" if near else "check the path"
        raise DataError(f"data must be a file that exists, but was {shown!r}; {advice}") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise DataError(
            f"data must be a file that can be read, but was {shown!r} ({reason}); "
            "check the path and who may read it"
        ) from None


def _read_delimited(content: bytes, name: str) -> RawTable:
    text = _decode(content)
    lines = _read_lines(text)
    header = [cell.strip() for cell in next(lines, [])]
    if not any(header):
        raise DataError(
            "data must begin with a header of column names, but the first row was empty; "
            "write the names of the data dictionary into row 1"
        )
    frame, ragged = _make_frame(header, lines)
    return RawTable(
        frame=frame,
        name=name,
        sha256=hashlib.sha256(content).hexdigest(),
        synthetic=name == SYNTHETIC or content == _read_synthetic_bytes(),
        ragged_rows=ragged,
    )


def _read_lines(text: str) -> Iterator[list[str]]:
    header_line = text.lstrip("\r\n")[:100_000].partition("\n")[0]
    delimiter = max(DELIMITERS, key=header_line.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    first_line = 1
    try:
        for cells in reader:
            first_line = reader.line_num + 1
            yield cells
    except csv.Error as error:
        raise DataError(
            f"data must be a table of quoted or plain cells, but the row in line {first_line} "
            f"is not ({error}); look there for a quotation mark without its partner"
        ) from None


def _decode(content: bytes) -> str:
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise DataError("data must be text in UTF-8, but was UTF-16; save it as CSV UTF-8")
    if content[:4] == b"PK\x03\x04":
        raise DataError("data must be text, but was a workbook or archive; save it as CSV UTF-8")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise DataError(
            f"data must be text in UTF-8, but line {line} holds the byte "
            f"0x{content[error.start]:02x}; save the file as CSV UTF-8"
        ) from None


def _make_frame(
    header: list[str], lines: Iterator[list[str]]
) -> tuple[pd.DataFrame, dict[int, int]]:
    width = len(header)
    ragged: dict[int, int] = {}
    numbers: list[int] = []
    blocks = [np.empty((0, width), dtype=object)]
    numbered = enumerate(lines, start=FIRST_DATA_ROW)
    while block := list(itertools.islice(numbered, ROWS_PER_BLOCK)):
        rows: list[list[str]] = []
        for number, line in block:
            if not any(map(str.strip, line)):
                continue
            if len(line) < width or any(map(str.strip, line[width:])):
                ragged[number] = len(line)
            numbers.append(number)
            rows.append(line[:width] + [""] * (width - len(line)))
        blocks.append(np.array(rows, dtype=object).reshape(len(rows), width))
    cells = np.concatenate(blocks)
    cells[cells == ""] = None
    return pd.DataFrame(cells, columns=header, index=pd.Index(numbers, name="row")), ragged


READERS: dict[str, Callable[[bytes, str], RawTable]] = {
    ".csv": _read_delimited,
    ".tsv": _read_delimited,
    ".txt": _read_delimited,
}
