"""Cheap tasks for tests of executors; worker processes import this module."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

from helpers.errors import BuildError, DataError


def note(folder: str, key: str) -> int:
    """Write down that a task was begun; return how often it now was."""
    path = Path(folder) / f"{key}.begun"
    with path.open("a", encoding="ascii") as file:
        file.write(f"{os.getpid()}\n")
    return len(path.read_text(encoding="ascii").splitlines())


def square(payload, _):
    return payload * payload


def add_shared(payload, shared):
    return payload + shared


def prepare_once(folder):
    note(folder, "prepared")
    return folder


def tell_process(_payload, folder):
    return os.getpid(), os.environ.get("OPENBLAS_NUM_THREADS"), folder


def fail_until(payload, _):
    """Fail in the way asked for until a number of attempts is reached."""
    folder, key, how, needed = payload
    if note(folder, key) >= needed:
        return key
    if how == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    if how == "data":
        raise DataError("the data must be complete, but were not; mend them")
    if how == "build":
        raise BuildError("the disk is full")
    raise ZeroDivisionError("nothing to divide by")


def rest(payload, _):
    """Take some time, then leave one file under the task's name."""
    folder, key, seconds = payload
    note(folder, key)
    time.sleep(seconds)
    stage = Path(folder) / f".{key}.{os.getpid()}"
    stage.write_text(key, encoding="ascii")
    stage.replace(Path(folder) / f"{key}.done")
    return key
