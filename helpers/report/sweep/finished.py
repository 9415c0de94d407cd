"""Specifications that are done, in a file that a killed run leaves for the next one."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from helpers.errors import BuildError
from helpers.report.manifest import hash_code, list_versions
from helpers.report.sweep.job import SweepData, name_specification
from helpers.report.tasks import hash_parts

_FORMAT = 1


class FinishedRows:
    """Rows of a sweep, one JSON object a line below a line that says what they were made of.

    Parameters
    ----------
    path : Path
        Of the file.
    key : str
        Hash of data, definitions and code; rows of another key are forgotten.
    names : sequence of str
        Choices of a specification.
    """

    def __init__(self, path: Path, key: str, names: Iterable[str]) -> None:
        self._path, self._key, self._names = path, key, tuple(names)
        self.rows: dict[str, dict[str, Any]] = {}

    def read(self, *, forget: bool = False) -> None:
        """Take what an earlier run has done, unless it is to be forgotten."""
        lines = [] if forget else self._read_lines()
        for row in lines:
            self.rows[self._name(row)] = row
        head = json.dumps({"format": _FORMAT, "key": self._key})
        text = "\n".join([head, *(json.dumps(row) for row in self.rows.values())])
        stage = self._path.with_suffix(".new")
        try:
            stage.write_text(text + "\n", encoding="utf-8")
            stage.replace(self._path)
        except OSError as error:
            raise _refuse(error) from error

    def add(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Keep rows that are done now."""
        made = [dict(row) for row in rows]
        try:
            with self._path.open("a", encoding="utf-8") as file:
                file.write("".join(json.dumps(row) + "\n" for row in made))
        except OSError as error:
            raise _refuse(error) from error
        self.rows |= {self._name(row): row for row in made}

    def _read_lines(self) -> list[dict[str, Any]]:
        """Return whole rows; a line that a killed run has cut off is no row."""
        try:
            head, *lines = self._path.read_text(encoding="utf-8").splitlines()
            if json.loads(head) != {"format": _FORMAT, "key": self._key}:
                return []
        except (OSError, ValueError):
            return []
        rows = []
        for line in lines:
            try:
                row = json.loads(line)
                self._name(row)
            except (ValueError, KeyError, TypeError):
                continue
            rows.append(row)
        return rows

    def _name(self, row: Mapping[str, Any]) -> str:
        return name_specification({name: row[name] for name in self._names})


def hash_sweep(data: SweepData) -> str:
    """Return a hash of all that a row depends on beside its own choices."""
    described = {
        "sha256": data.sha256,
        "options": {key: value for key, value in data.options.items() if key != "base_dir"},
        "target": [data.factor, data.level],
        "models": {name: list(factors) for name, factors in data.models.items()},
        "subsets": {name: dict(where) for name, where in data.subsets.items()},
        "cuts": dict(data.cuts),
    }
    parts = (json.dumps(described, sort_keys=True, default=str), hash_code())
    return hash_parts(*parts, json.dumps(list_versions(), sort_keys=True))


def _refuse(error: OSError) -> BuildError:
    return BuildError(
        f"finished specifications could not be kept ({error.strerror or error}); make room and "
        "run the same command"
    )
