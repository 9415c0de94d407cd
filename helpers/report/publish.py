"""Put a finished report in its place at once: it is there whole, or as it was before."""

from __future__ import annotations

import ctypes
import os
import re
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TextIO

from helpers.errors import BuildError, ParameterError
from helpers.report.progress import Progress, ProgressEvent

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}")
_AT_FDCWD = -100
_RENAME_EXCHANGE = 2
_STEP_SECONDS = 0.05


def check_report_name(name: str) -> str:
    """Return the name of a report, which is that of its folder.

    Raises
    ------
    ParameterError
        If it is anything but letters, digits, ``_``, ``.`` and ``-``.
    """
    if not _NAME.fullmatch(name):
        raise ParameterError(
            "name of the report must be letters, digits, '_', '.' and '-', beginning with a "
            f"letter or digit, but was {name!r}; choose another with --name"
        )
    return name


@contextmanager
def staged_report(
    output_dir: Path, name: str, *, wait: bool = False, progress: Progress | None = None
) -> Iterator[Path]:
    """Give an empty folder, and swap it in for the report when all went well.

    Parameters
    ----------
    output_dir : Path
        Where the reports are.
    name : str
        Of the report.
    wait : bool
        Wait while another process builds this report, instead of refusing.
    progress : callable, optional
        Told whom it waits for.

    Yields
    ------
    Path
        The folder to write into; it is removed if anything fails.

    Raises
    ------
    BuildError
        If another process builds this report, or the disk refuses.
    """
    final = output_dir / check_report_name(name)
    try:
        output_dir.mkdir(parents=True, exist_ok=True)
        with _hold_lock(output_dir / f".{name}.lock", name, wait, progress):
            _recover(output_dir, name)
            stage = output_dir / f".{name}.new-{os.getpid()}"
            stage.mkdir()
            try:
                yield stage
                _swap(stage, final)
            finally:
                shutil.rmtree(stage, ignore_errors=True)
    except OSError as error:
        raise BuildError(
            f"report {name!r} could not be written ({error.strerror or error}); the last report "
            "is as it was"
        ) from error


def remove_stopped(output_dir: Path, name: str, *, patience_seconds: float = 2.0) -> None:
    """Remove what a build that was stopped has left, unless another one runs.

    Parameters
    ----------
    output_dir : Path
        Where the reports are.
    name : str
        Of the report.
    patience_seconds : float
        How long a process that is ending may take to let go.
    """
    lock = output_dir / f".{name}.lock"
    deadline = time.monotonic() + patience_seconds
    while lock.exists():
        try:
            with _hold_lock(lock, name, wait=False, progress=None):
                _recover(output_dir, name)
                return
        except BuildError:
            if time.monotonic() > deadline:
                return
            time.sleep(_STEP_SECONDS)


@contextmanager
def _hold_lock(path: Path, name: str, wait: bool, progress: Progress | None) -> Iterator[None]:
    """Keep others from building the same report; the system lets go when the process ends."""
    try:
        import fcntl
    except ImportError:  # no such locks on Windows
        yield
        return
    with path.open("a+", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = _read_holder(lock)
            if not wait:
                raise BuildError(
                    f"report {name!r} is being built by {holder}; wait until it is done, or "
                    "build under another --name"
                ) from None
            if progress is not None:
                progress(ProgressEvent(kind="wait", name=name, message=f"built by {holder}"))
            fcntl.flock(lock, fcntl.LOCK_EX)
        lock.seek(0)
        lock.truncate()
        since = datetime.now().astimezone().isoformat(timespec="seconds")
        lock.write(f"{os.getpid()} {since}")
        lock.flush()
        yield


def _read_holder(lock: TextIO) -> str:
    """Return who holds a lock, and since when."""
    lock.seek(0)
    pid, _, since = lock.read().strip().partition(" ")
    return f"process {pid or 'unknown'}" + (f" since {since}" if since else "")


def _recover(output_dir: Path, name: str) -> None:
    """Undo what a killed build left."""
    final, old = output_dir / name, output_dir / f".{name}.old"
    if old.exists():
        if final.exists():
            shutil.rmtree(old)
        else:
            old.rename(final)
    for stage in output_dir.glob(f".{name}.new-*"):
        shutil.rmtree(stage, ignore_errors=True)


def _swap(stage: Path, final: Path) -> None:
    """Put `stage` in the place of `final`; what was there ends up in `stage`."""
    if not final.exists():
        stage.rename(final)
    elif not _exchange(stage, final):
        old = final.parent / f".{final.name}.old"
        final.rename(old)
        stage.rename(final)
        shutil.rmtree(old, ignore_errors=True)


def _exchange(one: Path, other: Path) -> bool:
    """Exchange two folders in one step; False where the system cannot."""
    try:
        rename = ctypes.CDLL(None, use_errno=True).renameat2
    except (AttributeError, OSError, TypeError):
        return False
    done = rename(
        _AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), ctypes.c_uint(_RENAME_EXCHANGE)
    )
    return done == 0
