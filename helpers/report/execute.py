"""Run section notebooks side by side: in forked processes, or on kernels where there are none."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from pathlib import Path

from helpers.errors import BuildError
from helpers.report.notebook_file import describe_failure, finish_notebook, read_notebook
from helpers.report.scrub import scrub_text
from helpers.report.tasks import (
    CellCounter,
    ExecutedSection,
    SectionError,
    SectionRunner,
    SectionTask,
)
from helpers.report.warm import WarmParent, WorkerLost, make_run_env

__all__ = [
    "ExecutedSection",
    "SectionError",
    "SectionRunner",
    "SectionTask",
    "execute_section",
    "execute_sections",
    "make_forked_runner",
]

#: Two at once: more only wait for each other on the machines that people have.
MAX_WORKERS = 2
_ATTEMPTS = 2


def make_forked_runner(
    parent: WarmParent, on_retry: Callable[[str, str], None] | None = None
) -> SectionRunner:
    """Return a runner whose sections run in processes forked from a warm parent.

    Parameters
    ----------
    parent : WarmParent
        Has imported what the notebooks import.
    on_retry : callable, optional
        Told section and reason when a process was lost and the section is run once more.
    """

    def run(task: SectionTask, on_cell: CellCounter | None = None) -> ExecutedSection:
        done = 0

        def tell(_: str, number: int, total: int) -> None:
            nonlocal done
            done = number
            if on_cell is not None:
                on_cell(number, total)

        for attempt in range(1, _ATTEMPTS + 1):
            try:
                job = "helpers.report.section_job:run_section"
                environment = make_run_env(task.base_dir)
                return parent.run(job, task, environment, on_event=tell)
            except WorkerLost as lost:
                reason = f"its process was lost after {done} cells: {lost}"
                if parent.is_closed:
                    raise
                if attempt < _ATTEMPTS and on_retry is not None:
                    on_retry(task.name, reason)
        raise BuildError(
            f"section {task.name} could not be run because {reason}, twice; give the machine "
            "more memory or look at what the next cell does"
        )

    return run


def execute_section(
    task: SectionTask, on_cell: CellCounter | None = None, *, rows: Path | None = None
) -> ExecutedSection:
    """Run one section on a kernel of its own.

    Parameters
    ----------
    task : SectionTask
        What to run.
    on_cell : callable, optional
        Told the number of cells done and of all cells.
    rows : Path, optional
        File of rows that were read from a database already.

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
    from helpers.report.kernel import execute_on_kernel

    started = time.perf_counter()
    read_notebook(task)
    try:
        nb, failure = execute_on_kernel(task, on_cell, rows)
    except (RuntimeError, OSError) as error:
        reason = scrub_text(f"{type(error).__name__}: {error}".splitlines()[0])
        raise BuildError(
            f"section {task.name} could not be run because its kernel failed ({reason}); "
            "run the build again"
        ) from error
    if failure is not None:
        raise describe_failure(task, nb, failure.cell_index, failure.ename, failure.evalue)
    return ExecutedSection(
        name=task.name,
        notebook=finish_notebook(task, nb),
        seconds=time.perf_counter() - started,
    )


def execute_sections(
    tasks: Iterable[SectionTask],
    *,
    run: SectionRunner = execute_section,
    on_cell: Callable[[str, int, int], None] | None = None,
    workers: int | None = None,
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
    workers : int, optional
        How many sections run at once; as many as there are processors, at most two, without.

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

    pool = ThreadPoolExecutor(workers or count_workers(), thread_name_prefix="section")
    is_patient = True
    try:
        pending = {pool.submit(run_task, task) for task in tasks}
        while pending:
            done, pending = wait(pending, return_when=FIRST_COMPLETED)
            _raise_first(done, pending)
            yield from (future.result() for future in done)
    except (KeyboardInterrupt, GeneratorExit):  # whoever stops the build ends its processes
        is_patient = False
        raise
    finally:
        pool.shutdown(wait=is_patient, cancel_futures=True)


def _raise_first(done: set[Future[ExecutedSection]], pending: set[Future[ExecutedSection]]) -> None:
    errors = [error for future in done if (error := future.exception()) is not None]
    if errors:
        for future in pending:
            future.cancel()
        raise errors[0]


def count_workers() -> int:
    """Return how many sections run at once on this machine."""
    return min(MAX_WORKERS, os.cpu_count() or 1)
