"""Run a command and measure its seconds and, on Linux, the peak of memory of all its processes."""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

SAMPLE_SECONDS = 0.2
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
    peak_bytes : int or None
        Largest sum of proportional set sizes (memory that processes share counts once) of the
        command and all processes below it; None where it was not asked for or not known.
    """

    seconds: float
    output: str
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
    began = time.perf_counter()
    process = subprocess.Popen(
        [str(part) for part in command],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    watch = MemoryWatch(process.pid) if with_memory else None
    try:
        output, errors = process.communicate()
    finally:
        peak = watch.stop() if watch else None
    seconds = time.perf_counter() - began
    if process.returncode not in accept:
        last = (errors or output).strip().splitlines()[-1:] or ["no message"]
        raise CommandFailed(f"exit code {process.returncode}: {last[0][:300]}")
    return Run(seconds=seconds, output=output, peak_bytes=peak)


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
        while not self._stopped.wait(SAMPLE_SECONDS):
            self._peak = max(self._peak, sum(map(read_memory, list_tree(self._pid))))


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
