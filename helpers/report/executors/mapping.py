"""Where tasks are run, and the loop over them."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Sequence
from pathlib import Path
from typing import Any

from helpers.errors import BuildError, ParameterError
from helpers.report.executors.local import LocalExecutor
from helpers.report.executors.tasks import Executor, Task, TaskFunction, TaskOutcome, Work

_ADDRESS = re.compile(r"(tcp|tls|ws|wss|ucx)://[^\s/]+")


def map_tasks(
    function: TaskFunction,
    tasks: Iterable[Task],
    *,
    workers: int | None = None,
    scheduler: str | None = None,
    scheduler_file: Path | None = None,
    retries: int = 1,
    on_done: Callable[[TaskOutcome], None] | None = None,
    shared: Any = None,
    prepare: Callable[[Any], Any] | None = None,
    modules: Sequence[str] = (),
    executor: Executor | None = None,
) -> Generator[TaskOutcome, None, None]:
    """Run a function on many payloads and yield each outcome when it is there.

    Parameters
    ----------
    function : callable
        Of a module; is given a payload, and `shared` or what `prepare` made of it.
    tasks : iterable of (str, object)
        Keys, all different, and payloads.
    workers, scheduler, scheduler_file, modules
        As in :func:`open_executor`.
    retries : int
        How often a task is begun again that failed or whose process was lost. A fault of its
        input is not tried again.
    on_done : callable, optional
        Told of each outcome before it is yielded.
    shared : object
        What all tasks need: it travels once.
    prepare : callable, optional
        Makes of `shared` what the function is given, once in each worker.
    executor : Executor, optional
        Already open; it stays open.

    Yields
    ------
    TaskOutcome
        One for each key.

    Raises
    ------
    ParameterError
        If two keys are the same, or an argument is out of its domain.
    BuildError
        If the scheduler cannot be reached or is lost.
    """
    tasks = list(tasks)
    _check_tasks([key for key, _ in tasks], retries)
    if not tasks:
        return
    own = None
    if executor is None:
        own = executor = open_executor(
            workers=workers, scheduler=scheduler, scheduler_file=scheduler_file, modules=modules
        )
    work = Work(function=function, shared=shared, prepare=prepare)
    seen: set[str] = set()
    try:
        for outcome in executor.map(work, tasks, retries=retries):
            if outcome.key in seen:
                continue
            seen.add(outcome.key)
            if on_done is not None:
                on_done(outcome)
            yield outcome
    finally:
        if own is not None:
            own.close()


def _check_tasks(keys: Sequence[str], retries: int) -> None:
    twice = [key for key, count in Counter(keys).items() if count > 1]
    if twice:
        raise ParameterError(f"keys of tasks must all be different, but {twice[0]!r} came twice")
    if retries < 0:
        raise ParameterError(f"retries must be 0 or more, but was {retries!r}")


def open_executor(
    *,
    workers: int | None = None,
    scheduler: str | None = None,
    scheduler_file: Path | None = None,
    modules: Iterable[str] = (),
) -> Executor:
    """Return where tasks are run.

    Parameters
    ----------
    workers : int, optional
        Tasks at once on this machine; one for each core without it.
    scheduler : str, optional
        Address of a Dask scheduler, e.g. ``tcp://10.0.0.1:8786``.
    scheduler_file : Path, optional
        That a Dask scheduler wrote, instead of its address.
    modules : iterable of str
        Imported once where tasks run.

    Raises
    ------
    ParameterError
        If an argument is out of its domain.
    BuildError
        If the scheduler cannot be reached.
    """
    if workers is not None and workers < 1:
        raise ParameterError(f"number of jobs must be 1 or more, but was {workers!r}")
    if scheduler is None and scheduler_file is None:
        return LocalExecutor(workers or count_cores(), modules)
    if scheduler is not None and scheduler_file is not None:
        raise ParameterError(
            "a scheduler must be given by its address or by its file, but was by both; leave one "
            "out"
        )
    if scheduler is not None and not _ADDRESS.fullmatch(scheduler):
        raise ParameterError(
            f"scheduler must be an address such as tcp://10.0.0.1:8786, but was {scheduler!r}"
        )
    if scheduler_file is not None and not Path(scheduler_file).is_file():
        raise ParameterError(
            f"scheduler file must be a file that a Dask scheduler wrote, but {scheduler_file} is "
            "none; start the scheduler with --scheduler-file"
        )
    from helpers.report.executors.cluster import ClusterExecutor

    return ClusterExecutor(scheduler, scheduler_file=scheduler_file, modules=modules)


def make_map(**options: Any) -> Callable[[Callable[[Any], Any], Iterable[Any]], list[Any]]:
    """Return a function like ``map`` that runs the calls elsewhere and keeps their order.

    Analyses that repeat a calculation take such a function and need not know of processes.

    Parameters
    ----------
    **options
        As of :func:`map_tasks`.

    Returns
    -------
    callable
        Takes a function, which travels once with all that it holds, and its arguments.
        Raises BuildError if a call fails.
    """

    def mapped(function: Callable[[Any], Any], arguments: Iterable[Any]) -> list[Any]:
        tasks = [(str(number), argument) for number, argument in enumerate(arguments)]
        outcomes = map_tasks(call_shared, tasks, shared=function, **options)
        found = {outcome.key: outcome for outcome in outcomes}
        failures = [one.failure for one in found.values() if one.failure]
        if failures:
            raise BuildError(f"a part of a calculation failed: {failures[0]}")
        return [found[key].value for key, _ in tasks]

    return mapped


def call_shared(argument: Any, function: Callable[[Any], Any]) -> Any:
    """Call what travelled once."""
    return function(argument)


def count_cores() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
