"""Run a section in a process that was forked for it."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from helpers.report.notebook_file import (
    count_code_cells,
    describe_failure,
    finish_notebook,
    inject_parameters,
    read_notebook,
)
from helpers.report.shell import open_shell, run_cells
from helpers.report.tasks import ExecutedSection, SectionTask

Emit = Callable[..., None]


def run_section(emit: Emit, task: SectionTask, environment: Mapping[str, str]) -> ExecutedSection:
    """Run a section's notebook in this process, which must end afterwards.

    Parameters
    ----------
    emit : callable
        Told ``"cell", done, total`` after each cell.
    task : SectionTask
        What to run.
    environment : mapping of str to str
        Variables to set.

    Raises
    ------
    SectionError
        If a cell fails.
    BuildError
        If the notebook cannot be read.
    """
    started = time.perf_counter()
    nb = inject_parameters(read_notebook(task), task.parameters)
    enter(task.name, environment)
    total, done = count_code_cells(nb), iter(range(1, len(nb["cells"]) + 1))
    with open_shell() as shell:
        failed = run_cells(shell, nb, lambda *_: emit("cell", next(done), total))
    if failed is not None:
        raise describe_failure(task, nb, failed, *find_error(nb["cells"][failed]))
    return ExecutedSection(
        name=task.name,
        notebook=finish_notebook(task, nb),
        seconds=time.perf_counter() - started,
    )


def run_notebook(
    emit: Emit, nb: dict[str, Any], folder: str, environment: Mapping[str, str]
) -> dict[str, Any]:
    """Run a notebook for papermill: each cell is handed over as soon as it is done.

    Parameters
    ----------
    emit : callable
        Told ``"cell", index, cell, is_well`` after each cell.
    nb : dict
        As JSON, version 4, sources as one text.
    folder : str
        Working folder of the cells.
    environment : mapping of str to str
        Variables to set.

    Returns
    -------
    dict
        The notebook's metadata.
    """
    os.environ.update(environment)
    os.chdir(folder)
    with open_shell() as shell:
        run_cells(
            shell, nb, lambda index, is_well: emit("cell", index, nb["cells"][index], is_well)
        )
    return nb["metadata"]


def enter(name: str, environment: Mapping[str, str]) -> None:
    """Set the variables of a run and go to a working folder of its own."""
    os.environ.update(environment)
    folder = Path.cwd() / name
    folder.mkdir(exist_ok=True)
    os.chdir(folder)


def find_error(cell: Mapping[str, Any]) -> tuple[str, str]:
    """Return name and words of a failed cell's error."""
    errors = [output for output in cell["outputs"] if output["output_type"] == "error"]
    return (errors[-1]["ename"], errors[-1]["evalue"]) if errors else ("Error", "unknown")
