"""Stop as Ctrl-C does when the system asks the process to end."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn


class Terminated(KeyboardInterrupt):
    """The system asked the process to end."""

    exit_code = 128 + signal.SIGTERM


@contextmanager
def stoppable() -> Iterator[None]:
    """Let SIGTERM end what is done inside as Ctrl-C would: everything is cleaned up."""
    former = signal.signal(signal.SIGTERM, _stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, former)


def _stop(*_: object) -> NoReturn:
    raise Terminated
