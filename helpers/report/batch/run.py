"""Build the reports of a batch, side by side, and write the page about them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from helpers.report.batch.job import ReportTask, build_task, hash_named_files
from helpers.report.batch.requests import BatchRequest
from helpers.report.batch.summary import BatchRow, BatchSummary, read_row, write_batch
from helpers.report.executors import TaskOutcome, map_tasks
from helpers.report.imports import list_notebook_imports
from helpers.report.inputs import make_tasks
from helpers.report.manifest import hash_code
from helpers.report.notebook_file import read_notebook
from helpers.report.publish import remove_stopped
from helpers.report.scratch import remove_leftovers
from helpers.report.workshop import list_needed

Status = Literal["built", "unchanged", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchSettings:
    """Where and how a batch is built.

    Attributes
    ----------
    output_dir, notebooks_dir, ledger : Path
        As of :func:`helpers.report.build.build_report`.
    workers : int or None
        Reports at once on this machine; one for each core without it.
    scheduler : str or None
        Address of a Dask scheduler.
    scheduler_file : Path or None
        That it wrote.
    retries : int
        How often a report is begun again that failed or whose process was lost.
    force : bool
        Build what has not changed too.
    """

    output_dir: Path
    notebooks_dir: Path
    ledger: Path
    workers: int | None = None
    scheduler: str | None = None
    scheduler_file: Path | None = None
    retries: int = 1
    force: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchEvent:
    """A batch begins, or one of its reports is done.

    Attributes
    ----------
    kind : {"begin", "report"}
        What happened.
    name : str
        Of the report.
    status : str
        ``built``, ``unchanged`` or ``failed``.
    done, total : int
        Reports.
    seconds : float
        That the report took.
    attempts : int
        How often it was begun.
    message : str
        Why it failed.
    """

    kind: Literal["begin", "report"]
    name: str = ""
    status: str = ""
    done: int = 0
    total: int = 0
    seconds: float = 0.0
    attempts: int = 1
    message: str = ""


def run_batch(
    requests: Sequence[BatchRequest],
    settings: BatchSettings,
    *,
    progress: Callable[[BatchEvent], None] | None = None,
) -> BatchSummary:
    """Build every report; one that fails stops no other.

    Parameters
    ----------
    requests : sequence of BatchRequest
        Checked.
    settings : BatchSettings
        Where and how.
    progress : callable, optional
        Told of each report.

    Returns
    -------
    BatchSummary
        In the order of the requests; written to ``batch.html``, ``batch.csv`` and
        ``batch.json`` in the output folder.

    Raises
    ------
    BuildError
        If the scheduler cannot be reached or is lost, or the summary cannot be written.
    """
    progress = progress or (lambda event: None)
    settings.output_dir.mkdir(parents=True, exist_ok=True)
    tasks = [(one.name, make_task(one, settings)) for one in requests]
    progress(BatchEvent(kind="begin", total=len(tasks)))
    rows: dict[str, BatchRow] = {}
    is_whole = False
    outcomes = map_tasks(
        build_task,
        tasks,
        workers=settings.workers,
        scheduler=settings.scheduler,
        scheduler_file=settings.scheduler_file,
        retries=settings.retries,
        modules=list_modules(requests, settings.notebooks_dir),
    )
    try:
        for outcome in outcomes:
            row = rows[outcome.key] = _make_row(outcome, settings.output_dir)
            progress(_tell(row, outcome, done=len(rows), total=len(tasks)))
        is_whole = True
    finally:
        outcomes.close()
        if not is_whole:
            for name, _ in tasks:
                remove_stopped(settings.output_dir, name)
            remove_leftovers()
    summary = BatchSummary(folder=settings.output_dir, rows=tuple(rows[name] for name, _ in tasks))
    write_batch(summary)
    return summary


def make_task(request: BatchRequest, settings: BatchSettings) -> ReportTask:
    """Return what a worker is given of a request."""
    from helpers.params import describe_parameters

    is_local = settings.scheduler is None and settings.scheduler_file is None
    parameters = request.params.model_dump()
    return ReportTask(
        name=request.name,
        parameters=parameters,
        base_dir=request.base_dir,
        output_dir=settings.output_dir.resolve(),
        notebooks_dir=settings.notebooks_dir,
        ledger=settings.ledger,
        files=hash_named_files(parameters, request.base_dir),
        code_sha256="" if is_local else hash_code(),
        descriptions=describe_parameters(),
        force=settings.force,
    )


def list_modules(requests: Sequence[BatchRequest], notebooks_dir: Path) -> list[str]:
    """Return what is imported once for all reports."""
    notebooks = make_tasks({}, notebooks_dir, None)
    modules = [name for task in notebooks for name in list_notebook_imports(read_notebook(task))]
    formats = list(dict.fromkeys(name for one in requests for name in one.params.formats))
    return [*list_needed(modules, formats), "helpers.report.batch.job"]


def _make_row(outcome: TaskOutcome, folder: Path) -> BatchRow:
    told: Mapping[str, Any] = outcome.value or {}
    failure = outcome.failure
    if not failure and not (folder / outcome.key / "results.json").is_file():
        failure = (
            "the report was written where this process cannot read it; give an --output on a "
            "disk that all workers share"
        )
    if failure:
        return BatchRow(name=outcome.key, status="failed", seconds=outcome.seconds, failure=failure)
    status = "unchanged" if told["unchanged"] else "built"
    return read_row(folder, outcome.key, status=status, seconds=outcome.seconds, told=told)


def _tell(row: BatchRow, outcome: TaskOutcome, *, done: int, total: int) -> BatchEvent:
    return BatchEvent(
        kind="report",
        name=row.name,
        status=row.status,
        done=done,
        total=total,
        seconds=row.seconds,
        attempts=outcome.attempts,
        message=row.failure,
    )
