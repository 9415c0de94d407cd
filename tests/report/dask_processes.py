"""A Dask scheduler and its workers as processes of their own on 127.0.0.1."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Self

_HERE = Path(__file__).parent
_PATIENCE_SECONDS = 40
_OURS = ("--host", "127.0.0.1", "--no-dashboard")


class DaskProcesses:
    """Starts a scheduler and workers, and ends all of them."""

    def __init__(self, folder: Path, n_workers: int = 2) -> None:
        self.file = folder / "scheduler.json"
        self._folder = folder
        self._stack = ExitStack()
        self._log = self._stack.enter_context((folder / "dask.log").open("ab"))
        self.scheduler = self._start(
            "dask_scheduler", "--port", "0", "--scheduler-file", str(self.file)
        )
        self._wait(self._has_address)
        self.workers = [self.add_worker() for _ in range(n_workers)]

    @property
    def address(self) -> str:
        return json.loads(self.file.read_text(encoding="utf-8"))["address"]

    def add_worker(self) -> subprocess.Popen[bytes]:
        options = ["--nthreads", "1", "--no-nanny", "--local-directory", str(self._folder)]
        return self._start("dask_worker", "--scheduler-file", str(self.file), *options)

    def _start(self, program: str, *options: str) -> subprocess.Popen[bytes]:
        path = os.pathsep.join([str(_HERE), str(_HERE.parents[1])])
        return subprocess.Popen(
            [sys.executable, "-m", f"distributed.cli.{program}", *options, *_OURS],
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=self._log,
            env={**os.environ, "PYTHONPATH": path, "PYTHONWARNINGS": "default"},
            cwd=self._folder,
        )

    def _has_address(self) -> bool:
        try:
            return bool(self.address)
        except (OSError, ValueError, KeyError):
            return False

    def _wait(self, is_there) -> None:
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while not is_there():
            assert time.monotonic() < deadline, (self._folder / "dask.log").read_text()
            time.sleep(0.05)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        processes = [*self.workers, self.scheduler]
        for process in processes:
            process.terminate()
        for process in processes:
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self._stack.close()
