"""Text files with a delimiter: CSV, TSV and their kin."""

from __future__ import annotations

import csv
import hashlib
import io
import itertools
import re
from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from helpers.cohort.sources.decimals import COMMA, POINT, find_decimal, replace_decimal_commas
from helpers.cohort.sources.encodings import decode
from helpers.cohort.sources.raw_table import (
    FIRST_DATA_ROW,
    RawTable,
    SourceFacts,
    check_size,
    clean_name,
    make_salt,
)
from helpers.errors import DataError, ParameterError

ROWS_PER_BLOCK = 2048  # few enough lists at a time for the garbage collector
MAX_SHARED = 200_000
DELIMITERS = (",", ";", "\t", "|")
RARE_DELIMITERS = ("^", "~", "¦", ":")
DELIMITER_NAMES = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar", " ": "space"}
_DECIMALS = {".": POINT, ",": COMMA, "point": POINT, "comma": COMMA}
_QUOTED_COMMA_NUMBER = re.compile(r'"[+-]?\d+,\d+"')
_QUOTED = re.compile(r'"[^"]*"')
_SEPARATOR_LINE = re.compile(r'"?sep=(.)"?\r?\n', re.IGNORECASE)
_CONTAINERS = {
    b"PK\x03\x04": "a workbook or archive; give it its own ending, e.g. .xlsx",
    b"\xd0\xcf\x11\xe0": "an old or encrypted workbook; save it as CSV UTF-8 or .xlsx",
    b"PAR1": "a Parquet file; give it the ending .parquet",
    b"SQLi": "a database; give it as sqlite:///file.db with a query",
    b"$FL2": "an SPSS file; give it the ending .sav",
    b"$FL3": "an SPSS file; give it the ending .zsav",
}


def read_delimited(content: bytes, name: str, options: Mapping[str, str]) -> RawTable:
    """Read a file of cells that a character parts.

    Parameters
    ----------
    content : bytes
        The whole file.
    name : str
        For people.
    options : mapping of str to str
        ``encoding``, ``delimiter`` (one character, or ``tab``) and ``decimal`` (``comma`` or
        ``point``); what is not given is found out.

    Raises
    ------
    DataError
        If it is not such a table.
    ParameterError
        If an option is not one.
    """
    if container := _CONTAINERS.get(content[:4]):
        raise DataError(f"data must be text, but was {container}")
    text, encoding = decode(content, options.get("encoding", ""))
    delimiter, text, first_row = _take_delimiter(text, options.get("delimiter", ""))
    lines = _read_lines(text, delimiter)
    header = [clean_name(cell) for cell in next(lines, [])]
    if not any(header):
        raise DataError(
            "data must begin with a header of column names, but the first row was empty; "
            "write the names of the columns into row 1"
        )
    frame, ragged = _make_frame(header, lines, first_row)
    decimal = _choose_decimal(options.get("decimal", ""), frame, text, delimiter)
    faults = ()
    if decimal == COMMA:
        frame, faults = replace_decimal_commas(frame)
    return RawTable(
        frame=frame,
        name=name,
        sha256=hashlib.sha256(content).hexdigest(),
        synthetic=False,
        ragged_rows=ragged,
        facts=SourceFacts(
            kind="text file",
            encoding=encoding,
            delimiter=DELIMITER_NAMES.get(delimiter, repr(delimiter)),
            decimal=decimal,
        ),
        faults=faults,
        id_salt=make_salt(content),
    )


def _take_delimiter(text: str, declared: str) -> tuple[str, str, int]:
    """Return the delimiter, the text from the header on, and the number of the row below it."""
    line = _SEPARATOR_LINE.match(text[:20])
    first_row = FIRST_DATA_ROW
    if line:
        text, first_row = text[line.end() :], FIRST_DATA_ROW + 1
    if declared:
        return _check_delimiter(declared), text, first_row
    if line:
        return _check_delimiter(line[1]), text, first_row
    start = text[:200_000].lstrip("\r\n")
    header = _QUOTED.sub("", re.split(r"[\r\n]", start, maxsplit=1)[0])[:100_000]
    best = max(DELIMITERS, key=header.count)
    if not header.count(best):
        rare = [mark for mark in RARE_DELIMITERS if header.count(mark) > 1]
        best = rare[0] if rare else best
    return best, text, first_row


def _check_delimiter(delimiter: str) -> str:
    by_name = {name: mark for mark, name in DELIMITER_NAMES.items()} | {"\\t": "\t"}
    mark = by_name.get(delimiter.lower(), delimiter)
    if len(mark) != 1 or mark in '"\r\n\0' or mark.isalnum():
        raise ParameterError(
            f"data_delimiter must be one character that parts cells, but was {delimiter!r}; "
            'write for example ";" or tab, or leave it empty'
        )
    return mark


def _read_lines(text: str, delimiter: str) -> Iterator[list[str]]:
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


def _make_frame(
    header: list[str], lines: Iterator[list[str]], first_row: int
) -> tuple[pd.DataFrame, dict[int, int]]:
    width = len(header)
    ragged: dict[int, int] = {}
    numbers: list[int] = []
    blocks = [np.empty((0, width), dtype=object)]
    shared: dict[str, str | None] = {"": None}  # equal cells are one text in memory
    numbered = enumerate(lines, start=first_row)
    while block := list(itertools.islice(numbered, ROWS_PER_BLOCK)):
        rows: list[list[str | None]] = []
        share = shared.setdefault if len(shared) < MAX_SHARED else shared.get
        for number, line in block:
            if not any(map(str.strip, line)):
                continue
            if len(line) < width or any(map(str.strip, line[width:])):
                ragged[number] = len(line)
            numbers.append(number)
            known = line[:width]
            rows.append([*map(share, known, known), *[None] * (width - len(line))])
        check_size(len(numbers), width)
        blocks.append(np.array(rows, dtype=object).reshape(len(rows), width))
    cells = np.concatenate(blocks)
    return pd.DataFrame(cells, columns=header, index=pd.Index(numbers, name="row")), ragged


def _choose_decimal(declared: str, frame: pd.DataFrame, text: str, delimiter: str) -> str:
    if declared:
        decimal = _DECIMALS.get(declared.lower())
        if decimal is None:
            raise ParameterError(
                f"data_decimal must be comma or point, but was {declared!r}; write one of them, "
                "or leave it empty"
            )
        return decimal
    if delimiter == "," and not _QUOTED_COMMA_NUMBER.search(text):
        return POINT
    return find_decimal(frame) or POINT
