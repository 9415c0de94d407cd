"""A task, what becomes of it, and what runs tasks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol, Self
from uuid import uuid4

#: Takes a task's payload and what was prepared once.
TaskFunction = Callable[[Any, Any], Any]
#: A key and its payload; both travel to where the task is run.
Task = tuple[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What is done with every task.

    Attributes
    ----------
    function : callable
        Of a module, so that another process finds it; is given the payload, and what was
        prepared.
    shared : object
        What all tasks need. It travels once to each worker, not with each task.
    prepare : callable, optional
        Makes of `shared` what the function is given; runs once in each worker.
    id : str
        Of this work among all that a worker ever does.
    """

    function: TaskFunction
    shared: Any = None
    prepare: Callable[[Any], Any] | None = None
    id: str = field(default_factory=lambda: uuid4().hex)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What one attempt at a task has come to.

    Attributes
    ----------
    value : object
        What the function returned.
    failure : str
        Sentence that says why it failed; empty where it did not.
    may_help : bool
        Whether another attempt can end otherwise; a fault of the input does not mend itself.
    seconds : float
        Wall time.
    """

    value: Any = None
    failure: str = ""
    may_help: bool = True
    seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskOutcome:
    """What became of a task.

    Attributes
    ----------
    key : str
        Of the task.
    value : object
        What the function returned; None where it failed.
    failure : str
        Sentence that says why it failed; empty where it did not.
    attempts : int
        How often it was begun.
    seconds : float
        Wall time of the last attempt.
    """

    key: str
    value: Any = None
    failure: str = ""
    attempts: int = 1
    seconds: float = 0.0


class Executor(Protocol):
    """Runs tasks somewhere."""

    def map(self, work: Work, tasks: Iterable[Task], *, retries: int) -> Iterator[TaskOutcome]:
        """Yield the outcome of each task when it is there."""

    def close(self) -> None:
        """Let go of every process."""

    def __enter__(self) -> Self:
        """Begin."""

    def __exit__(self, *_: object) -> None:
        """Close."""


def conclude(key: str, answer: Answer, attempts: int) -> TaskOutcome:
    """Return the outcome that an answer is the last word of."""
    failure = answer.failure
    if failure and attempts > 1:
        failure = f"{failure} (tried {attempts} times)"
    return TaskOutcome(
        key=key,
        value=None if failure else answer.value,
        failure=failure,
        attempts=attempts,
        seconds=answer.seconds,
    )
