"""Jobs in processes forked from one warm parent."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, suppress
from itertools import count
from pathlib import Path
from typing import Any

import helpers
from helpers.errors import LenfailError
from helpers.report.frames import receive_frame, send_frame, unpack_error
from helpers.report.scratch import make_scratch_folder
from helpers.report.warm_server import ENDED, IN_CHILD, IN_PARENT, REQUEST

_START = "import sys; sys.path.insert(0, {root!r}); from helpers.report.warm_server import main; "
_PATIENCE_SECONDS = 5
_ONE_THREAD = ("OMP", "OPENBLAS", "MKL", "BLIS", "NUMEXPR", "VECLIB_MAXIMUM")
KERNELS_VARIABLE = "LENFAIL_KERNELS"


class WorkerLost(LenfailError):  # noqa: N818  an event, told as a sentence by whoever waits
    """The process of a job ended before it answered.

    Attributes
    ----------
    exit_code : int or None
        Negative is the number of the signal that killed it; None where it is not known.
    """

    def __init__(self, exit_code: int | None) -> None:
        super().__init__(describe_exit(exit_code))
        self.exit_code = exit_code


class WarmParent(AbstractContextManager["WarmParent"]):
    """A process that imports once and forks for every job.

    It is a program of its own, so that it has one thread whatever this process has, and one
    hash seed. It ends with this process, however that ends.

    Parameters
    ----------
    modules : iterable of str
        Imported before anything else; those that are missing are passed over.

    Attributes
    ----------
    folder : Path
        Where its processes begin; removed with it.
    is_closed : bool
        Whether it was told to end.
    """

    def __init__(self, modules: Iterable[str] = ()) -> None:
        self._lock = threading.Lock()
        self._numbers = count(1)
        self._exits: dict[int, int] = {}
        self.is_closed = False
        self.folder = make_scratch_folder()
        self._control, theirs = socket.socketpair()
        with theirs:
            self._process = self._launch(theirs.fileno())
        self._preloading = self.begin(
            "helpers.report.preload:import_modules", list(modules), in_parent=True
        )

    def _launch(self, descriptor: int) -> subprocess.Popen[bytes]:
        """Start the process that serves a socket."""
        root = str(Path(helpers.__file__).parents[1])
        code = _START.format(root=root) + f"main({descriptor})"
        return subprocess.Popen(  # noqa: S603  this Python, our own code
            [sys.executable, "-c", code],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            cwd=self.folder,
            env={**os.environ, **make_run_env(), "IPYTHONDIR": str(self.folder / "ipython")},
            pass_fds=[descriptor],
        )

    @property
    def pid(self) -> int:
        """Return the parent's process id."""
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        """Return whether the parent can still fork."""
        return not self.is_closed and self._process.poll() is None

    def begin(self, function: str, *args: Any, in_parent: bool = False) -> Job:
        """Ask for a job; it starts when those in the parent before it are done.

        Parameters
        ----------
        function : str
            ``module:function``; its first argument is called with each event.
        *args
            Its further arguments.
        in_parent : bool
            Whether it runs in the parent, so that all later jobs have what it made.
        """
        ours, theirs = socket.socketpair()
        operation = IN_PARENT if in_parent else IN_CHILD
        with theirs, self._lock:
            number = next(self._numbers)
            with suppress(OSError):  # then the job finds its other end closed
                socket.send_fds(self._control, [REQUEST.pack(operation, number)], [theirs.fileno()])
        return Job(self, number, ours, (function, args))

    def run(
        self,
        function: str,
        *args: Any,
        on_event: Callable[..., None] | None = None,
        in_parent: bool = False,
    ) -> Any:
        """Do a job and return its result; see :meth:`begin` and :meth:`Job.wait`."""
        return self.begin(function, *args, in_parent=in_parent).wait(on_event)

    def find_exit(self, number: int) -> int | None:
        """Return how the process of a job ended, or None where that is not known."""
        with self._lock:
            if self.is_closed:
                return None
            self._control.settimeout(_PATIENCE_SECONDS)
            while number not in self._exits:
                try:
                    data = self._control.recv(ENDED.size, socket.MSG_WAITALL)
                except OSError:
                    break
                if len(data) < ENDED.size:
                    break
                job, code = ENDED.unpack(data)
                self._exits[job] = code
            return self._exits.pop(number, None)

    def close(self) -> None:
        """End the parent and every job."""
        if self.is_closed:
            return
        self.is_closed = True
        self._preloading.close()
        self._control.close()
        self._process.terminate()
        try:
            self._process.wait(_PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def __exit__(self, *_: object) -> None:
        """End with the block."""
        self.close()


class Job:
    """One function's run in another process."""

    def __init__(self, parent: WarmParent, number: int, sock: socket.socket, call: Any) -> None:
        self._parent, self._number, self._socket = parent, number, sock
        with suppress(OSError):  # a process that is gone gives no answer, and that is told
            send_frame(sock, call)

    def wait(self, on_event: Callable[..., None] | None = None) -> Any:
        """Return the result.

        Parameters
        ----------
        on_event : callable, optional
            Called with what each event says.

        Raises
        ------
        LenfailError
            As the function raised it.
        WorkerLost
            If the process ended before it answered.
        RuntimeError
            If the function failed in any other way; holds its traceback.
        """
        with self._socket:
            while True:
                try:
                    kind, value = receive_frame(self._socket)
                except EOFError:
                    raise WorkerLost(self._parent.find_exit(self._number)) from None
                if kind == "event":
                    if on_event is not None:
                        on_event(*value)
                elif kind == "result":
                    return value
                elif kind == "refused":
                    raise unpack_error(value)
                else:
                    raise RuntimeError(f"a job failed:\n{value}")

    def close(self) -> None:
        """Wait for no answer any more."""
        self._socket.close()


def can_fork() -> bool:
    """Return whether jobs can run in forked processes here."""
    is_wanted = os.environ.get(KERNELS_VARIABLE, "") in {"", "0"}
    return is_wanted and hasattr(os, "fork") and hasattr(socket, "send_fds")


def make_run_env(base_dir: Path | None = None) -> dict[str, str]:
    """Return the variables that a section's run adds to the environment.

    One thread for linear algebra, because sections run side by side; one hash seed, because
    a report is the same on every run.
    """
    env = {f"{library}_NUM_THREADS": "1" for library in _ONE_THREAD}
    env |= {"PYTHONHASHSEED": "0", "PYDEVD_DISABLE_FILE_VALIDATION": "1"}
    env["JE_ARROW_MALLOC_CONF"] = "background_thread:false"  # pyarrow's own thread
    env["MPLBACKEND"] = os.environ.get("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    if base_dir is not None:
        env["LENFAIL_BASE_DIR"] = str(base_dir)
    return env


def describe_exit(exit_code: int | None) -> str:
    """Return how a process ended, in words.

    Examples
    --------
    >>> describe_exit(-9)
    'it was killed by signal 9, as a system without memory does'
    >>> describe_exit(3)
    'it ended with exit code 3'
    """
    if exit_code is None:
        return "it ended without an answer"
    if exit_code >= 0:
        return f"it ended with exit code {exit_code}"
    hint = ", as a system without memory does" if exit_code == -9 else ""
    return f"it was killed by signal {-exit_code}{hint}"
