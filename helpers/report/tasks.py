"""A section to run, what becomes of it, and the errors on the way."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from helpers.errors import BuildError

#: Called with the number of code cells done and the number of all.
CellCounter = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionTask:
    """All that an executed section depends on.

    Attributes
    ----------
    name : str
        Stem of the notebook's file, e.g. ``02_outcomes``.
    notebook : bytes
        As stored.
    parameters : mapping
        Checked values by name, flat.
    data_sha256, code_sha256 : str
        Of the patients' data and of the code that notebooks call; empty where unknown.
    base_dir : Path or None
        Against which a relative path in the parameters is read. Not part of the
        fingerprint: the data's hash is.
    key : str
        Hash of what this section uses of all that, under which it may be kept; empty where it
        must not be.
    """

    name: str
    notebook: bytes
    parameters: Mapping[str, Any] = field(default_factory=dict)
    data_sha256: str = ""
    code_sha256: str = ""
    base_dir: Path | None = None
    key: str = ""

    @property
    def fingerprint(self) -> str:
        """Return a hash that is equal for equal inputs."""
        parameters = json.dumps(dict(self.parameters), sort_keys=True, default=str)
        parts = (self.name, self.notebook, parameters, self.data_sha256, self.code_sha256)
        return hash_parts(*parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecutedSection:
    """A section notebook after its run.

    Attributes
    ----------
    name : str
        Of the section.
    notebook : bytes
        Executed and scrubbed.
    seconds : float
        Wall time of the run.
    cached : bool
        Whether it was run by an earlier build.
    failure : str
        Sentence that says why it ended early; empty where it did not.
    """

    name: str
    notebook: bytes
    seconds: float
    cached: bool = False
    failure: str = ""

    def read(self) -> dict[str, Any]:
        """Return the notebook as JSON data."""
        return json.loads(self.notebook)


class SectionError(BuildError):
    """A cell of a section failed.

    Attributes
    ----------
    section : str
        Of the notebook.
    cell_number : int
        Of the cell that failed, counted from 1 over all cells.
    notebook : bytes
        Executed up to there.
    """

    def __init__(self, message: str, *, section: str, cell_number: int, notebook: bytes) -> None:
        super().__init__(message)
        self.section = section
        self.cell_number = cell_number
        self.notebook = notebook


#: Runs one task; where it runs, only the runner knows.
SectionRunner = Callable[[SectionTask, CellCounter | None], ExecutedSection]


def hash_parts(*parts: bytes | str) -> str:
    """Return the SHA-256 of parts, each with its length, so that none runs into the next."""
    digest = hashlib.sha256()
    for part in parts:
        data = part if isinstance(part, bytes) else part.encode()
        digest.update(len(data).to_bytes(8, "big") + data)
    return digest.hexdigest()
