"""Run a sweep and put its files in their place."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from helpers.errors import NotComputableError
from helpers.report.executors import map_tasks
from helpers.report.publish import staged_report
from helpers.report.sweep.finished import FinishedRows, hash_sweep
from helpers.report.sweep.job import fit_some, name_specification, prepare_multiverse
from helpers.report.sweep.plan import SweepPlan

#: Specifications of one task: so many take a moment, and so many are lost with a process.
_CHUNK = 30
_MODULES = ("helpers.report.sweep.job",)


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepSettings:
    """Where and how a sweep is run; see :class:`helpers.report.batch.BatchSettings`."""

    output_dir: Path
    workers: int | None = None
    scheduler: str | None = None
    scheduler_file: Path | None = None
    retries: int = 1
    force: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepEvent:
    """A sweep begins, or some of its specifications are done.

    Attributes
    ----------
    kind : {"begin", "specifications"}
        What happened.
    name : str
        Which ones, by their numbers.
    status : str
        ``done`` or ``failed``.
    done, total : int
        Specifications.
    seconds : float
        That these took.
    attempts : int
        How often they were begun.
    message : str
        Why they failed.
    """

    kind: Literal["begin", "specifications"]
    name: str = ""
    status: str = ""
    done: int = 0
    total: int = 0
    seconds: float = 0.0
    attempts: int = 1
    message: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepSummary:
    """What came of a sweep.

    Attributes
    ----------
    folder : Path
        Of its files.
    n_specifications, n_taken, n_estimated, n_lost : int
        All; those that an earlier run had done; those with an estimate; those that could not
        be run.
    sentences : tuple of str
        On the hazard ratio.
    seconds, total_seconds : float
        Of the models, and of everything.
    failures : tuple of str
        Why specifications could not be run.
    """

    folder: Path
    n_specifications: int
    n_taken: int
    n_estimated: int
    n_lost: int
    sentences: tuple[str, ...]
    seconds: float
    total_seconds: float
    failures: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Return the lines that a user reads at the end."""
        counts = f"{self.n_specifications:,} specifications, {self.n_estimated:,} with an estimate"
        if self.n_taken:
            counts += f", {self.n_taken:,} of them from an earlier run"
        lines = [
            f"{self.folder.name}: {counts} in {self.total_seconds:.1f} s "
            f"(models {self.seconds:.1f} s)",
            *self.sentences,
            f"written to {self.folder}",
        ]
        if self.n_lost:
            lines.append(f"missing: {self.n_lost:,} specifications could not be run")
        return "\n".join([*lines, *(f"failed: {text}" for text in self.failures)])


def run_sweep(
    plan: SweepPlan,
    settings: SweepSettings,
    *,
    progress: Callable[[SweepEvent], None] | None = None,
) -> SweepSummary:
    """Estimate the hazard ratio under every specification that is not done, and write all.

    Parameters
    ----------
    plan : SweepPlan
        Checked.
    settings : SweepSettings
        Where and how.
    progress : callable, optional
        Told of specifications that are done.

    Returns
    -------
    SweepSummary

    Raises
    ------
    BuildError
        If the scheduler cannot be reached or is lost, or the disk refuses.
    NotComputableError
        If no specification has an estimate.
    """
    begun = time.perf_counter()
    with staged_report(settings.output_dir, plan.name, wait=True) as stage:
        path = settings.output_dir / f".{plan.name}.specifications.jsonl"
        finished = FinishedRows(path, hash_sweep(plan.data), plan.data.choices)
        finished.read(forget=settings.force)
        wanted = plan.multiverse.list_specifications()
        n_taken = sum(name_specification(one) in finished.rows for one in wanted)
        failures = _fit_rest(plan, settings, finished, progress or (lambda event: None))
        seconds = time.perf_counter() - begun
        rows = [
            row for one in wanted if (row := finished.rows.get(name_specification(one))) is not None
        ]
        if not rows:
            raise NotComputableError(f"no specification could be run: {failures[0]}")
        from helpers.report.sweep.files import write_sweep

        sentences = write_sweep(stage, plan, rows, n_lost=len(wanted) - len(rows))
    return SweepSummary(
        folder=settings.output_dir / plan.name,
        n_specifications=len(wanted),
        n_taken=n_taken,
        n_estimated=sum("estimate" in row for row in rows),
        n_lost=len(wanted) - len(rows),
        sentences=sentences,
        seconds=seconds,
        total_seconds=time.perf_counter() - begun,
        failures=failures,
    )


def _fit_rest(
    plan: SweepPlan,
    settings: SweepSettings,
    finished: FinishedRows,
    progress: Callable[[SweepEvent], None],
) -> tuple[str, ...]:
    """Fit what is not finished; return why some could not be."""
    wanted = plan.multiverse.list_specifications()
    left = [one for one in wanted if name_specification(one) not in finished.rows]
    done, failures = len(wanted) - len(left), []
    progress(SweepEvent(kind="begin", done=done, total=len(wanted)))
    chunks = _cut(left)
    for outcome in map_tasks(
        fit_some,
        list(chunks.items()),
        workers=settings.workers,
        scheduler=settings.scheduler,
        scheduler_file=settings.scheduler_file,
        retries=settings.retries,
        shared=plan.data,
        prepare=prepare_multiverse,
        modules=_MODULES,
    ):
        if outcome.failure:
            failures.append(f"specifications {outcome.key}: {outcome.failure}")
        else:
            finished.add(outcome.value)
            done += len(outcome.value)
        progress(
            SweepEvent(
                kind="specifications",
                name=outcome.key,
                status="failed" if outcome.failure else "done",
                done=done,
                total=len(wanted),
                seconds=outcome.seconds,
                attempts=outcome.attempts,
                message=outcome.failure,
            )
        )
    return tuple(failures)


def _cut(left: list[dict[str, Any]]) -> Mapping[str, list[dict[str, Any]]]:
    """Return specifications that lie side by side under the numbers of the first and last."""
    return {
        f"{start + 1}-{min(start + _CHUNK, len(left))}": left[start : start + _CHUNK]
        for start in range(0, len(left), _CHUNK)
    }
