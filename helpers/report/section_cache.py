"""Executed sections of earlier builds, each under the hash of what it was made of."""

from __future__ import annotations

import hashlib
import json
import os
from contextlib import suppress
from pathlib import Path

from helpers.report.notebook_file import INJECTED
from helpers.report.scratch import is_running
from helpers.report.scrub import dump_notebook, write_parameter_cell
from helpers.report.tasks import ExecutedSection, SectionTask

FOLDER = ".cache"
#: More would be kept of changes that nobody goes back to.
_MOST_SECTIONS = 60
_FORMAT = 1
_SECONDS = "seconds.json"


class SectionCache:
    """Keeps executed notebooks, which hold results and figures but no row of the data.

    It may be deleted at any time. Whatever cannot be read is not there.

    Parameters
    ----------
    folder : Path or None
        Where; None keeps nothing.
    """

    def __init__(self, folder: Path | None) -> None:
        self._folder = None if folder is None else folder / "sections"

    def find(self, task: SectionTask) -> ExecutedSection | None:
        """Return the section of a task's key, with the task's parameters in its first cells."""
        if self._folder is None or not task.key:
            return None
        path = self._folder / f"{task.key}.ipynb"
        try:
            head, _, notebook = path.read_bytes().partition(b"\n")
            kept = json.loads(head)
            is_whole = (
                kept["format"] == _FORMAT and kept["sha256"] == hashlib.sha256(notebook).hexdigest()
            )
        except (OSError, ValueError, KeyError, TypeError):
            return None
        if not is_whole:
            return None
        with suppress(OSError):
            os.utime(path)
        return ExecutedSection(
            name=task.name,
            notebook=_renew_parameters(notebook, task),
            seconds=float(kept["seconds"]),
            cached=True,
        )

    def keep(self, task: SectionTask, section: ExecutedSection) -> None:
        """Remember an executed section; a full or read-only disk is no reason to stop."""
        if self._folder is None or not task.key:
            return
        head = {
            "format": _FORMAT,
            "sha256": hashlib.sha256(section.notebook).hexdigest(),
            "seconds": round(section.seconds, 3),
        }
        stage = self._folder / f".{task.key}.{os.getpid()}"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            stage.write_bytes(json.dumps(head).encode() + b"\n" + section.notebook)
            stage.replace(self._folder / f"{task.key}.ipynb")
            seconds = {**self._read_seconds(), section.name: round(section.seconds, 3)}
            (self._folder / _SECONDS).write_text(json.dumps(seconds), encoding="ascii")
        except OSError:
            with suppress(OSError):
                stage.unlink(missing_ok=True)

    def find_seconds(self, name: str) -> float:
        """Return how long a section ran last time; 0 where that is not known."""
        return self._read_seconds().get(name, 0.0)

    def _read_seconds(self) -> dict[str, float]:
        if self._folder is None:
            return {}
        try:
            known = json.loads((self._folder / _SECONDS).read_text(encoding="ascii"))
            return {str(name): float(seconds) for name, seconds in known.items()}
        except (OSError, ValueError, AttributeError, TypeError):
            return {}

    def prune(self) -> None:
        """Remove what was not used for longest, and what a killed build left."""
        if self._folder is None:
            return
        with suppress(OSError):
            kept = sorted(self._folder.glob("*.ipynb"), key=lambda path: -path.stat().st_mtime)
            for path in kept[_MOST_SECTIONS:]:
                path.unlink(missing_ok=True)
            for path in self._folder.glob(".*.*"):
                owner = path.name.rpartition(".")[2]
                if not (owner.isdigit() and is_running(int(owner))):
                    path.unlink(missing_ok=True)


def _renew_parameters(notebook: bytes, task: SectionTask) -> bytes:
    """Return a notebook that shows the task's parameters: those it does not use may differ."""
    nb = json.loads(notebook)
    shown = write_parameter_cell(task.parameters)
    stale = [one for one in nb["cells"] if one["id"] == INJECTED and one["source"] != shown]
    for cell in stale:
        cell["source"] = shown
    return dump_notebook(nb) if stale else notebook
