"""What a worker does: prepare once, then answer each task in a process of its own."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from typing import Any

from helpers.errors import DataError, FaultsError, LenfailError, ParameterError
from helpers.report.executors.tasks import Answer, TaskFunction, Work
from helpers.report.scrub import scrub_text
from helpers.report.warm import WarmParent, WorkerLost, can_fork

_PREPARE = "helpers.report.executors.worker:prepare_work"
_ANSWER = "helpers.report.executors.worker:answer_task"
_DRAW = "helpers.report.preload:prepare_drawing"
_FIGURES = "helpers.figures"
#: Errors of the input, which are the same at the next attempt.
_LASTING = (DataError, FaultsError, ParameterError)

_prepared: dict[str, Any] = {}


def prepare_work(_: Callable[..., None], work: Work) -> None:
    """Keep what all tasks of a work are given; runs in the process that is forked for each."""
    made = work.shared if work.prepare is None else work.prepare(work.shared)
    _prepared.clear()
    _prepared[work.id] = made


def answer_task(
    _: Callable[..., None], work_id: str, function: TaskFunction, payload: Any
) -> Answer:
    """Run a task; its error is an answer too."""
    begun = time.perf_counter()
    try:
        value = function(payload, _prepared.get(work_id))
    except Exception as error:
        return describe_error(error, time.perf_counter() - begun)
    return Answer(value=value, seconds=time.perf_counter() - begun)


def describe_error(error: BaseException, seconds: float = 0.0) -> Answer:
    """Return what an attempt that raised has come to."""
    words = str(error) if isinstance(error, LenfailError) else f"{type(error).__name__}: {error}"
    told = "; ".join(" ".join(line.split()) for line in words.splitlines() if line.strip())
    return Answer(
        failure=scrub_text(told) or "it failed without a word",
        may_help=not isinstance(error, _LASTING),
        seconds=seconds,
    )


class Worker(AbstractContextManager["Worker"]):
    """Answers tasks in processes forked from one that has imported everything.

    Parameters
    ----------
    modules : iterable of str
        Imported once.
    """

    def __init__(self, modules: Iterable[str] = ()) -> None:
        self._modules = [__name__, *modules]
        self._lock = threading.Lock()
        self._parent: WarmParent | None = None
        self._work_id = ""
        self.is_closed = False

    def answer(self, work: Work, payload: Any) -> Answer:
        """Run one task; may be called from several threads.

        A process that is lost is an answer too, which says so.
        """
        if not can_fork():
            with self._lock:
                if self._work_id != work.id:
                    prepare_work(lambda *_: None, work)
                    self._work_id = work.id
            return answer_task(lambda *_: None, work.id, work.function, payload)
        begun = time.perf_counter()
        try:
            return self._get_parent(work).run(_ANSWER, work.id, work.function, payload)
        except WorkerLost as lost:
            return Answer(
                failure=f"its process was lost: {lost}", seconds=time.perf_counter() - begun
            )
        except RuntimeError as error:  # what was sent or came back could not be read
            return describe_error(RuntimeError(str(error).strip().splitlines()[-1]))

    def _get_parent(self, work: Work) -> WarmParent:
        """Return a living parent in which the work is prepared."""
        with self._lock:
            if self.is_closed:
                raise WorkerLost(None)
            if self._parent is not None and not self._parent.is_alive:
                self._parent.close()
                self._parent = None
            if self._parent is None:
                self._parent = WarmParent(self._modules)
                if any(name.startswith(_FIGURES) for name in self._modules):
                    self._parent.run(_DRAW, in_parent=True)
                self._work_id = ""
            if self._work_id != work.id:
                self._parent.run(_PREPARE, work, in_parent=True)
                self._work_id = work.id
            return self._parent

    def close(self) -> None:
        """End every process; a task that is running counts as lost."""
        self.is_closed = True
        if self._parent is not None:
            self._parent.close()

    def __exit__(self, *_: object) -> None:
        """End with the block."""
        self.close()
