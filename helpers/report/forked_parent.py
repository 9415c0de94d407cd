"""A warm parent forked from this process instead of started anew: it has all its imports."""

from __future__ import annotations

import os
import signal
import time
from typing import Any

from helpers.report.warm import WarmParent
from helpers.report.warm_server import main

_STEP_SECONDS = 0.01


class ForkedParent(WarmParent):
    """Forks for every job, as a warm parent does, without importing anything first.

    Only for a process with one thread, such as a job of a warm parent.
    """

    def _launch(self, descriptor: int) -> Any:
        pid = os.fork()
        if pid:
            return _ForkedProcess(pid)
        code = 1
        try:
            self._control.close()
            os.chdir(self.folder)
            main(descriptor)
            code = 0
        finally:
            os._exit(code)


class _ForkedProcess:
    """A child of this process, with the methods of one that was started."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """Return how it ended, or None while it runs."""
        if self.returncode is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.returncode = os.waitstatus_to_exitcode(status)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Return how it ended.

        Raises
        ------
        TimeoutExpired
            If it does not end in time.
        """
        from subprocess import TimeoutExpired

        deadline = None if timeout is None else time.monotonic() + timeout
        while (code := self.poll()) is None:
            if deadline is not None and time.monotonic() > deadline:
                raise TimeoutExpired("forked parent", timeout or 0.0)
            time.sleep(_STEP_SECONDS)
        return code

    def terminate(self) -> None:
        """Ask it to end."""
        self._send(signal.SIGTERM)

    def kill(self) -> None:
        """End it."""
        self._send(signal.SIGKILL)

    def _send(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)
