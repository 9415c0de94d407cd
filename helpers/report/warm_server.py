"""The warm parent: a process with one thread that imports once and forks for every job.

It is started by :class:`helpers.report.warm.WarmParent` and ends when that lets go of it. A job
is a function's name and its arguments on a socket of its own; the answer goes the same way, so
the parent never carries data. It imports nothing but what jobs ask for.
"""

from __future__ import annotations

import ctypes
import gc
import importlib
import os
import selectors
import signal
import socket
import struct
import sys
import traceback
from collections.abc import Callable
from typing import Any, NoReturn

from helpers.errors import LenfailError
from helpers.report.frames import pack_error, receive_frame, send_frame

#: Operation and number of a job; the socket comes beside it.
REQUEST = struct.Struct("!cI")
#: Number of a job and how its process ended.
ENDED = struct.Struct("!Ii")
IN_PARENT, IN_CHILD = b"p", b"c"

_DIE_WITH_PARENT = 1


class WarmServer:
    """Takes jobs from a control socket until its other end is closed."""

    def __init__(self, control: socket.socket) -> None:
        self._control = control
        self._children: dict[int, int] = {}
        self._libc = _load_libc()

    def serve(self) -> None:
        """Work until nobody can ask any more; end every child then."""
        waker, woken = socket.socketpair()
        for end in (waker, woken):
            end.setblocking(False)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.signal(signal.SIGTERM, self._leave)
        signal.set_wakeup_fd(waker.fileno(), warn_on_full_buffer=False)
        self._private = (self._control, waker, woken)
        try:
            with selectors.DefaultSelector() as selector:
                selector.register(self._control, selectors.EVENT_READ)
                selector.register(woken, selectors.EVENT_READ)
                while self._serve_next(selector, woken):
                    pass
        finally:
            self._end_children()

    def _serve_next(self, selector: selectors.BaseSelector, woken: socket.socket) -> bool:
        for key, _ in selector.select():
            if key.fileobj is woken:
                woken.recv(4096)
                self._reap()
            elif not self._take_request():
                return False
        return True

    def _take_request(self) -> bool:
        try:
            data, descriptors, _, _ = socket.recv_fds(self._control, REQUEST.size, 1)
        except ConnectionError:
            return False
        if len(data) < REQUEST.size or not descriptors:
            return False
        operation, number = REQUEST.unpack(data)
        with socket.socket(fileno=descriptors[0]) as job:
            if operation == IN_PARENT:
                answer(job)
            else:
                self._fork(number, job)
        return True

    def _fork(self, number: int, job: socket.socket) -> None:
        gc.freeze()
        pid = os.fork()
        if pid == 0:
            self._become_worker(job)
        self._children[pid] = number

    def _become_worker(self, job: socket.socket) -> NoReturn:
        code = 1
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            for private in self._private:
                private.close()
            if self._libc is not None:
                self._libc.prctl(_DIE_WITH_PARENT, signal.SIGKILL)
            answer(job)
            code = 0
        finally:
            os._exit(code)

    def _reap(self) -> None:
        while self._children:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return
            number = self._children.pop(pid)
            if status:
                self._control.sendall(ENDED.pack(number, os.waitstatus_to_exitcode(status)))

    def _end_children(self) -> None:
        for pid in self._children:
            os.kill(pid, signal.SIGKILL)

    def _leave(self, *_: object) -> NoReturn:
        """Leave at once, whatever is being imported."""
        self._end_children()
        os._exit(0)


def answer(job: socket.socket) -> None:
    """Do one job: receive function and arguments, send events, then the result or the error."""
    try:
        name, args = receive_frame(job)
        result = resolve(name)(lambda *event: send_frame(job, ("event", event)), *args)
        send_frame(job, ("result", result))
    except (EOFError, ConnectionError):  # nobody waits any more
        return
    except (LenfailError, OSError) as error:
        send_frame(job, ("refused", pack_error(error)))
    except BaseException:
        send_frame(job, ("crashed", traceback.format_exc()))


def resolve(name: str) -> Callable[..., Any]:
    """Return the function that ``module:function`` names."""
    module, _, function = name.partition(":")
    return getattr(importlib.import_module(module), function)


def _load_libc() -> Any:
    """Return the C library where a process can be told to die with its parent."""
    return ctypes.CDLL(None) if sys.platform == "linux" else None


def main(descriptor: int) -> None:
    """Serve the socket of a descriptor."""
    with socket.socket(fileno=descriptor) as control:
        WarmServer(control).serve()
