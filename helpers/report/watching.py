"""Rebuild a report whenever something that it is made of is saved."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import helpers
from helpers.errors import LenfailError
from helpers.report.build import build_report
from helpers.report.imports import list_notebook_imports
from helpers.report.inputs import make_tasks
from helpers.report.manifest import CODE_SUFFIXES
from helpers.report.notebook_file import read_notebook
from helpers.report.progress import BuildSummary, Progress
from helpers.report.workshop import open_workshop

_FILES = ("data", "mapping", "data_dictionary", "reference_docx")
_COUNTED = CODE_SUFFIXES | {".ipynb"}
_DATABASE_FILE = re.compile(r"(?:sqlite|duckdb)[^:/]*:///([^?]+)(?:\?.*)?")
_DEBOUNCE_MS, _STEP_MS, _LOOK_MS = 100, 20, 500


class CodeChanged(Exception):  # noqa: N818  an event, not a mistake
    """A module was saved; only a new process has it."""


class ReportWatch:
    """A report that is built again on every save, in processes that stay warm.

    Parameters
    ----------
    read_request : callable
        Returns the arguments of :func:`helpers.report.build.build_report`; called before each
        build, because the parameters may have changed.
    params_file : Path
        Of the report.
    progress : callable
        Told of each build's steps.
    """

    def __init__(
        self,
        read_request: Callable[[], Mapping[str, Any]],
        params_file: Path,
        progress: Progress,
    ) -> None:
        self._read_request = read_request
        self._params_file = params_file.resolve()
        self._progress = progress
        self._request: Mapping[str, Any] = {}

    def run(self) -> Iterator[BuildSummary | LenfailError]:
        """Build now and after each save; yield what came of it.

        Raises
        ------
        CodeChanged
            If a file of the package was saved.
        LenfailError
            If the parameters are wrong from the start.
        """
        self._request = self._read_request()
        with ExitStack() as stack:
            workshop = stack.enter_context(self._open_workshop())
            while True:
                before = note_files(self._list_watched())
                try:
                    self._request = self._read_request()
                    yield build_report(**self._request, workshop=workshop, progress=self._progress)
                except LenfailError as error:
                    yield error
                self._wait(before)

    def _open_workshop(self) -> Any:
        tasks = make_tasks({}, Path(self._request["notebooks_dir"]), None)
        modules = [name for task in tasks for name in list_notebook_imports(read_notebook(task))]
        given = self._request.get("formats") or self._request["parameters"].get("formats")
        formats = given or ("html", "pdf")
        return open_workshop(modules, formats)

    def _wait(self, before: Mapping[Path, tuple[int, int]]) -> None:
        """Return when something was saved since `before` was noted, a build ago perhaps."""
        from watchfiles import watch

        watched = self._list_watched()
        waiting = watch(
            *watched,
            debounce=_DEBOUNCE_MS,
            step=_STEP_MS,
            rust_timeout=_LOOK_MS,
            yield_on_timeout=True,
        )
        while (now := note_files(watched)) == before:
            if next(waiting, None) is None:
                raise KeyboardInterrupt  # watching ends only when it is stopped
        changed = {path for path, seen in (before.items() ^ now.items())}
        package = Path(helpers.__file__).parent
        if any(path.is_relative_to(package) for path in changed):
            raise CodeChanged

    def _list_watched(self) -> list[Path]:
        request = self._request
        base = Path(request.get("base_dir") or Path.cwd())
        named = [str(request["parameters"].get(name) or "") for name in _FILES]
        files = [self._params_file, *(base / find_file(name) for name in named if name)]
        ledger = request.get("ledger")
        if ledger is not None:
            files.append(Path(ledger))
        folders = [Path(request["notebooks_dir"]), Path(helpers.__file__).parent]
        return [path for path in dict.fromkeys([*files, *folders]) if path.exists()]


def find_file(source: str) -> str:
    """Return the path that a source names: its own, or that of a database in a file.

    Examples
    --------
    >>> find_file("sqlite:///data/cohort.db"), find_file("cohort.csv")
    ('data/cohort.db', 'cohort.csv')
    """
    address = _DATABASE_FILE.fullmatch(source)
    return address[1] if address else source


def note_files(paths: Iterable[Path]) -> dict[Path, tuple[int, int]]:
    """Return time and size of each file, and of those below each folder that count."""
    noted = {}
    for path in paths:
        inside = path.rglob("*") if path.is_dir() else (path,)
        for file in inside:
            is_counted = not path.is_dir() or (
                file.suffix in _COUNTED and not file.name.startswith(".")
            )
            with suppress(OSError):
                if is_counted:
                    found = file.stat()
                    noted[file] = (found.st_mtime_ns, found.st_size)
    return noted
