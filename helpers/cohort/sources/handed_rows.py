"""Rows of a database that were read already, for whoever is about to read them again.

A report is made of one reading: its hash decides what is built, and every section sees the same
rows whatever happens to the database meanwhile.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

import numpy as np

from helpers.cohort.sources.raw_table import (
    RawTable,
    SourceFacts,
    dump_text_frame,
    make_salt,
    make_text_frame,
)

#: Names a file of rows, for a process that was not forked from the one that read them.
ROWS_VARIABLE = "LENFAIL_ROWS"
_handed: dict[str, RawTable] = {}


@contextmanager
def handed_rows(
    rows: RawTable | None, source: str, base_dir: Path, options: Mapping[str, str]
) -> Iterator[None]:
    """Hand rows to every reading of the same source in this process, within the block.

    Parameters
    ----------
    rows : RawTable or None
        As :func:`helpers.cohort.sources.read_source` returned them; None hands over nothing.
    source, base_dir, options
        As they were read with.
    """
    request = describe_request(source, base_dir, options)
    if rows is not None:
        _handed[request] = rows
    try:
        yield
    finally:
        _handed.pop(request, None)


def find_handed(source: str, base_dir: Path, options: Mapping[str, str]) -> RawTable | None:
    """Return rows that were handed to this process, or None where they must be read."""
    request = describe_request(source, base_dir, options)
    if request in _handed:
        return _handed[request]
    path = os.environ.get(ROWS_VARIABLE, "")
    return read_rows(Path(path), request) if path else None


def write_rows(
    rows: RawTable, path: Path, source: str, base_dir: Path, options: Mapping[str, str]
) -> None:
    """Write rows into a new file that only this user can read; neither address nor query is in it.

    Raises
    ------
    OSError
        If there is such a file already, or it cannot be written.
    """
    content = {
        "request": describe_request(source, base_dir, options),
        "sha256": rows.sha256,
        "name": rows.name,
        "facts": asdict(rows.facts),
        "names": [str(name) for name in rows.frame.columns],
        "n_rows": len(rows.frame),
        "columns": [rows.frame.iloc[:, at].tolist() for at in range(rows.frame.shape[1])],
    }
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        json.dump(content, file)


def read_rows(path: Path, request: str) -> RawTable | None:
    """Return the rows of a file, or None where it is gone, altered or of another request."""
    try:
        content = json.loads(path.read_text(encoding="ascii"))
        if content["request"] != request:
            return None
        columns = [np.array(column, dtype=object) for column in content["columns"]]
        frame = make_text_frame(content["names"], columns, content["n_rows"])
        facts = SourceFacts(**{**content["facts"], "notes": tuple(content["facts"]["notes"])})
        name, sha256 = str(content["name"]), content["sha256"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    text = dump_text_frame(frame)
    if hashlib.sha256(text).hexdigest() != sha256:
        return None
    return RawTable(
        frame=frame,
        name=name,
        sha256=sha256,
        synthetic=False,
        ragged_rows={},
        facts=facts,
        dates_typed=True,
        id_salt=make_salt(text),
    )


def describe_request(source: str, base_dir: Path, options: Mapping[str, str]) -> str:
    """Return a hash that is equal for equal readings; credentials are not part of it."""
    given = {name: value.strip() for name, value in options.items() if value.strip()}
    asked = [source, str(base_dir.resolve()), sorted(given.items())]
    return hashlib.sha256(json.dumps(asked).encode()).hexdigest()
