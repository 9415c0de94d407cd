"""Run a command and measure its seconds and, on Linux, the peak of memory of all its processes."""

from __future__ import annotations

import subprocess
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

SAMPLE_SECONDS = 0.2
_MOST_LOOKING = 20  # a look at gigabytes takes long, and what is looked at stands still
PROC = Path("/proc")


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What came of a command.

    Attributes
    ----------
    seconds : float
        Wall time.
    output : str
        What it printed.
    printed_at : tuple of float
        Seconds from the start to each line of it.
    peak_bytes : int or None
        Largest sum of proportional set sizes (memory that processes share counts once) of the
        command and all processes below it; None where it was not asked for or not known.
    """

    seconds: float
    output: str
    printed_at: tuple[float, ...] = ()
    peak_bytes: int | None = None


class CommandFailed(Exception):  # noqa: N818  told as the reason of a row that is missing
    """A command ended with another code than 0."""


def run_command(
    command: Sequence[str | Path],
    *,
    folder: Path,
    environment: Mapping[str, str] | None = None,
    with_memory: bool = False,
    accept: Sequence[int] = (0,),
) -> Run:
    """Run a command to its end.

    Raises
    ------
    CommandFailed
        If its exit code is none of `accept`.
    """
    with tempfile.TemporaryFile("w+", encoding="utf-8") as told:
        began = time.perf_counter()
        process = subprocess.Popen(
            [str(part) for part in command],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=told,
            text=True,
        )
        watch = MemoryWatch(process.pid) if with_memory else None
        try:
            lines = [(line, time.perf_counter() - began) for line in process.stdout or ()]
            process.wait()
        finally:
            peak = watch.stop() if watch else None
            close(process)
        seconds = time.perf_counter() - began
        told.seek(0)
        errors = told.read()
    output = "".join(line for line, _ in lines)
    if process.returncode not in accept:
        last = (errors or output).strip().splitlines()[-1:] or ["no message"]
        raise CommandFailed(f"exit code {process.returncode}: {last[0][:300]}")
    return Run(
        seconds=seconds, output=output, printed_at=tuple(at for _, at in lines), peak_bytes=peak
    )


def close(process: subprocess.Popen[str]) -> None:
    """End a process that still runs, and let go of what it prints."""
    if process.poll() is None:
        process.terminate()
        process.wait()
    if process.stdout:
        process.stdout.close()


class MemoryWatch:
    """Looks at the memory of a process and of all below it until it is stopped."""

    def __init__(self, pid: int) -> None:
        self._pid, self._peak = pid, 0
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def stop(self) -> int | None:
        """End; return the peak in bytes, or None where the system does not tell."""
        self._stopped.set()
        self._thread.join()
        return self._peak or None

    def _look(self) -> None:
        cost = 0.0
        while not self._stopped.wait(max(SAMPLE_SECONDS, _MOST_LOOKING * cost)):
            began = time.perf_counter()
            self._peak = max(self._peak, sum(map(read_memory, list_tree(self._pid))))
            cost = time.perf_counter() - began


def list_tree(root: int) -> list[int]:
    """Return a process and all that descend from it."""
    children: dict[int, list[int]] = {}
    for path in PROC.glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        children.setdefault(int(fields[1]), []).append(int(path.parent.name))
    tree = [root]
    for pid in tree:
        tree += children.get(pid, [])
    return tree


def read_memory(pid: int) -> int:
    """Return a process's proportional set size in bytes, 0 if it is gone."""
    try:
        text = (PROC / str(pid) / "smaps_rollup").read_text()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in text.splitlines() if "Pss:" in line), 0)
