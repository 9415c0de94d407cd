"""Run section notebooks: a pure function of notebook, parameters, data and code."""

from __future__ import annotations

import hashlib
import json
import logging
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
from papermill import execute_notebook
from papermill.exceptions import PapermillExecutionError

from helpers.errors import BuildError
from helpers.report.kernel import ENGINE_NAME, CellCounter, make_kernel_env
from helpers.report.scrub import dump_notebook, find_private_texts, scrub_notebook, scrub_text

#: Two kernels at once: more only wait for each other on the machines that people have.
MAX_WORKERS = 2
#: Errors whose message is a sentence for the user; the class's name would only disturb it.
_WORDED_FOR_USERS = frozenset({"ParameterError", "DataError", "StatisticsError", "FaultsError"})
_PAPERMILL_MARK = "papermill-error-cell-tag"

logging.getLogger("papermill").setLevel(logging.ERROR)


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
    """

    name: str
    notebook: bytes
    parameters: Mapping[str, Any] = field(default_factory=dict)
    data_sha256: str = ""
    code_sha256: str = ""
    base_dir: Path | None = None

    @property
    def fingerprint(self) -> str:
        """Return a hash that is equal for equal inputs."""
        parameters = json.dumps(dict(self.parameters), sort_keys=True, default=str)
        parts = (self.name, self.notebook, parameters, self.data_sha256, self.code_sha256)
        digest = hashlib.sha256()
        for part in parts:
            data = part if isinstance(part, bytes) else part.encode()
            digest.update(len(data).to_bytes(8, "big") + data)
        return digest.hexdigest()


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
    """

    name: str
    notebook: bytes
    seconds: float

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


#: Runs one task; the place where kernels forked from a warm parent can come in.
SectionRunner = Callable[[SectionTask, CellCounter | None], ExecutedSection]


def execute_section(task: SectionTask, on_cell: CellCounter | None = None) -> ExecutedSection:
    """Run one section on a kernel of its own.

    Parameters
    ----------
    task : SectionTask
        What to run.
    on_cell : callable, optional
        Told the number of cells done and of all cells.

    Returns
    -------
    ExecutedSection

    Raises
    ------
    SectionError
        If a cell fails: names section, cell and error in one sentence.
    BuildError
        If the notebook cannot be read or its kernel does not start.
    """
    started = time.perf_counter()
    source = _read_notebook(task)
    running: list[Mapping[str, Any]] = []
    try:
        nb = execute_notebook(
            source,
            None,
            parameters=dict(task.parameters),
            engine_name=ENGINE_NAME,
            progress_bar=False,
            kernel_name="python3",
            language="python",
            kernel_env=make_kernel_env(task.base_dir),
            on_cell=on_cell,
            started=running,
        )
    except PapermillExecutionError as error:
        raise _describe_failure(task, running[-1], error) from None
    except (RuntimeError, OSError) as error:
        reason = scrub_text(f"{type(error).__name__}: {error}".splitlines()[0])
        raise BuildError(
            f"section {task.name} could not be run because its kernel failed ({reason}); "
            "run the build again"
        ) from error
    return ExecutedSection(
        name=task.name,
        notebook=_finish(task, nb),
        seconds=time.perf_counter() - started,
    )


def execute_sections(
    tasks: Iterable[SectionTask],
    *,
    run: SectionRunner = execute_section,
    on_cell: Callable[[str, int, int], None] | None = None,
    workers: int = MAX_WORKERS,
) -> Iterator[ExecutedSection]:
    """Run sections side by side and yield each when it is done.

    Parameters
    ----------
    tasks : iterable of SectionTask
        In the order of the manuscript.
    run : callable
        Runs one task.
    on_cell : callable, optional
        Told the section's name, its cells done and its cells in all.
    workers : int
        How many sections run at once.

    Yields
    ------
    ExecutedSection
        In order of completion.

    Raises
    ------
    SectionError
        The first failure, after the sections that were running have ended; no further one
        is begun.
    """

    def run_task(task: SectionTask) -> ExecutedSection:
        if on_cell is None:
            return run(task, None)
        return run(task, lambda done, total: on_cell(task.name, done, total))

    with ThreadPoolExecutor(workers, thread_name_prefix="section") as pool:
        pending = {pool.submit(run_task, task) for task in tasks}
        while pending:
            done, pending = wait(pending, return_when=FIRST_COMPLETED)
            _raise_first(done, pending)
            yield from (future.result() for future in done)


def _raise_first(done: set[Future[ExecutedSection]], pending: set[Future[ExecutedSection]]) -> None:
    errors = [error for future in done if (error := future.exception()) is not None]
    if errors:
        for future in pending:
            future.cancel()
        raise errors[0]


def _read_notebook(task: SectionTask) -> nbformat.NotebookNode:
    try:
        return nbformat.reads(task.notebook.decode("utf-8"), as_version=4)
    except (ValueError, nbformat.ValidationError, nbformat.reader.NotJSONError) as error:
        reason = str(error).splitlines()[0][:200]
        raise BuildError(
            f"notebook of section {task.name} must be a Jupyter notebook, but cannot be read "
            f"({reason}); open it in JupyterLab or take it anew from the project"
        ) from None


def _finish(task: SectionTask, nb: Mapping[str, Any]) -> bytes:
    cells = [
        cell for cell in nb["cells"] if _PAPERMILL_MARK not in cell["metadata"].get("tags", ())
    ]
    folders = dict.fromkeys((sys.base_prefix, sys.prefix), "<python>")
    folders |= {str(Path(__file__).parents[2]): "<package>", str(task.base_dir or ""): "<project>"}
    private = find_private_texts(task.parameters, folders)
    clean = scrub_notebook(
        {**nb, "cells": cells}, parameters=task.parameters, private_texts=private
    )
    return dump_notebook(clean)


def _describe_failure(
    task: SectionTask, nb: Mapping[str, Any], error: PapermillExecutionError
) -> SectionError:
    before = nb["cells"][: error.cell_index]
    number = 1 + sum("injected-parameters" not in _get_tags(cell) for cell in before)
    first_line = next((line for line in error.source.splitlines() if line.strip()), "")
    reason = scrub_text(" ".join(error.evalue.split()))[:400]
    kind = "" if error.ename in _WORDED_FOR_USERS else error.ename
    what = ": ".join(part for part in (kind, reason) if part)
    return SectionError(
        f"section {task.name} could not be built: cell {number} ({first_line.strip()[:80]!r}) "
        f"failed with {what}",
        section=task.name,
        cell_number=number,
        notebook=_finish(task, nb),
    )


def _get_tags(cell: Mapping[str, Any]) -> Iterable[str]:
    return cell["metadata"].get("tags", ())
