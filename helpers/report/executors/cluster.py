"""Tasks on the workers of a Dask scheduler."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from helpers.errors import BuildError
from helpers.report.executors.tasks import Answer, Task, TaskOutcome, Work, conclude
from helpers.report.executors.worker import Worker, describe_error

if TYPE_CHECKING:
    from distributed import Client, Future

_PATIENCE_SECONDS = 15
_lock = threading.Lock()
_workers: dict[tuple[str, ...], Worker] = {}


class ClusterExecutor:
    """Runs tasks on whatever workers a scheduler has, also on those that come later.

    The scheduler gives the tasks of a lost worker to another. Each worker process starts one
    process that imports and prepares once, and forks it for each of its tasks.

    Parameters
    ----------
    address : str, optional
        Of the scheduler, e.g. ``tcp://10.0.0.1:8786``; ``tls://`` takes its certificates from
        Dask's configuration.
    scheduler_file : Path, optional
        That the scheduler wrote, instead of its address.
    modules : iterable of str
        Imported once in each worker.

    Raises
    ------
    BuildError
        If there is no scheduler.
    """

    def __init__(
        self,
        address: str | None = None,
        *,
        scheduler_file: Path | None = None,
        modules: Iterable[str] = (),
    ) -> None:
        self._client = _connect(address, scheduler_file)
        self._modules = tuple(modules)

    def map(self, work: Work, tasks: Iterable[Task], *, retries: int) -> Iterator[TaskOutcome]:
        """Yield the outcome of each task when it is there."""
        from distributed import as_completed

        # as a result of a task it is made again if all who hold it are lost
        shared = self._client.submit(_keep, work, key=f"lenfail-{work.id}", pure=False)
        payloads = dict(tasks)
        running: dict[str, tuple[str, int]] = {}

        def submit(key: str, attempt: int) -> Future:
            future = self._client.submit(
                answer_on_worker,
                shared,
                payloads[key],
                self._modules,
                key=f"lenfail-{work.id}-{attempt}-{key}",
                pure=False,
            )
            running[future.key] = (key, attempt)
            return future

        futures = as_completed(
            [submit(key, 1) for key in payloads], loop=self._client.loop, raise_errors=False
        )
        for future in futures:
            key, attempt = running.pop(future.key)
            answer = _read(future)
            if answer.failure and answer.may_help and attempt <= retries:
                futures.add(submit(key, attempt + 1))
            else:
                yield conclude(key, answer, attempt)

    def close(self) -> None:
        """End what the workers started for this run, and leave the scheduler."""
        with suppress(Exception):
            self._client.run(end_workers)
        self._client.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def answer_on_worker(work: Work, payload: Any, modules: tuple[str, ...]) -> Answer:
    """Run one task; called in a worker process of the cluster."""
    with _lock:
        worker = _workers.get(modules)
        if worker is None or worker.is_closed:
            worker = _workers[modules] = Worker(modules)
    try:
        return worker.answer(work, payload)
    except Exception as error:
        return describe_error(error)


def end_workers() -> None:
    """End what this worker process started."""
    with _lock:
        for worker in _workers.values():
            worker.close()
        _workers.clear()


def _keep(work: Work) -> Work:
    return work


def _connect(address: str | None, scheduler_file: Path | None) -> Client:
    from distributed import Client

    where = address or f"of {scheduler_file}"
    given = {"address": address} if address else {"scheduler_file": str(scheduler_file)}
    try:
        return Client(**given, timeout=_PATIENCE_SECONDS, set_as_default=False)
    except (OSError, TimeoutError, ValueError, KeyError) as error:
        raise BuildError(
            f"scheduler {where} must be a running Dask scheduler, but no answer came within "
            f"{_PATIENCE_SECONDS} s ({type(error).__name__}); check the address and that it runs"
        ) from None


def _read(future: Future) -> Answer:
    """Return what a task of the cluster has come to.

    Raises
    ------
    BuildError
        If the scheduler is gone: there is nobody left to ask.
    """
    from distributed import CancelledError, KilledWorker

    try:
        return future.result()
    except KilledWorker:
        return Answer(failure="its worker was lost again and again, as without memory it is")
    except CancelledError:
        raise BuildError(
            "the Dask scheduler was lost; start it again and run the same command: what is done "
            "is not done again"
        ) from None
    except Exception as error:
        return describe_error(error)
