"""Tasks in processes of this machine."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import Any, Self

from helpers.report.executors.tasks import Task, TaskOutcome, Work, conclude
from helpers.report.executors.worker import Worker


class LocalExecutor:
    """Runs as many tasks at once as it has workers, each in a process forked for it.

    The forks share what their parent has imported and prepared, so neither is paid again for a
    task or for a worker. Linear algebra has one thread in each.

    Parameters
    ----------
    workers : int
        Tasks at once.
    modules : iterable of str
        Imported once, before the first task.
    """

    def __init__(self, workers: int, modules: Iterable[str] = ()) -> None:
        self._workers = workers
        self._worker = Worker(modules)

    def map(self, work: Work, tasks: Iterable[Task], *, retries: int) -> Iterator[TaskOutcome]:
        """Yield the outcome of each task when it is there."""
        pool = ThreadPoolExecutor(self._workers, thread_name_prefix="task")
        is_whole = False
        try:
            running = [pool.submit(self._run, work, key, load, retries) for key, load in tasks]
            for future in as_completed(running):
                yield future.result()
            is_whole = True
        finally:
            if not is_whole:  # whoever stops the run ends its processes
                self.close()
            pool.shutdown(cancel_futures=True)

    def _run(self, work: Work, key: str, payload: Any, retries: int) -> TaskOutcome:
        for attempt in range(1, retries + 2):
            answer = self._worker.answer(work, payload)
            is_last = attempt > retries or not answer.may_help or self._worker.is_closed
            if not answer.failure or is_last:
                break
        return conclude(key, answer, attempt)

    def close(self) -> None:
        """End every process."""
        self._worker.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
