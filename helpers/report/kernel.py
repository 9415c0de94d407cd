"""The kernel of one section and the papermill engine that runs a notebook on it."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

from jupyter_client import AsyncKernelManager
from jupyter_client.kernelspec import KernelSpec
from jupyter_core.utils import ensure_event_loop
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import NBClientEngine, NotebookExecutionManager, papermill_engines

ENGINE_NAME = "lenfail"

#: Called with the number of code cells done and the number of all.
CellCounter = Callable[[int, int], None]

_ONE_THREAD = ("OMP", "OPENBLAS", "MKL", "BLIS", "NUMEXPR", "VECLIB_MAXIMUM")


class SectionKernelManager(AsyncKernelManager):
    """A kernel of the interpreter that runs the build, whatever kernels the user installed.

    It listens on sockets in a folder that only the user can read, never on TCP.
    """

    @property
    def kernel_spec(self) -> KernelSpec:
        """Return the specification: this Python, no history."""
        launch = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        options = ["--HistoryManager.enabled=False"]
        return KernelSpec(argv=launch + options, display_name="lenfail", language="python")


class SectionEngine(NBClientEngine):
    """papermill's engine with a kernel of its own for each notebook.

    ``kernel_env`` is the kernel's environment and ``on_cell`` is told of each cell; the
    parent's environment and working directory are left alone, so that notebooks can run in
    threads.
    """

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man: NotebookExecutionManager,
        kernel_name: str,
        *,
        kernel_env: Mapping[str, str] | None = None,
        kernel_cwd: str | None = None,
        on_cell: CellCounter | None = None,
        started: list[Mapping[str, Any]] | None = None,
        start_timeout: int = 60,
        execution_timeout: int | None = None,
        **_: Any,
    ) -> None:
        """Run all cells up to the first that fails; `started` receives the notebook."""
        if started is not None:
            started.append(nb_man.nb)
        with tempfile_folder() as folder, closed_event_loop():
            manager = SectionKernelManager(
                kernel_name=kernel_name,
                transport="ipc" if os.name != "nt" else "tcp",
                connection_file=str(folder / "k.json"),
            )
            client = PapermillNotebookClient(
                nb_man,
                km=manager,
                timeout=execution_timeout,
                startup_timeout=start_timeout,
                shutdown_kernel="immediate",
                on_cell_complete=_count_cells(nb_man, on_cell),
            )
            environment = {**os.environ, **(kernel_env or {}), "IPYTHONDIR": str(folder)}
            client.execute(env=environment, cwd=kernel_cwd or str(folder), cleanup_kc=True)


papermill_engines.register(ENGINE_NAME, SectionEngine)


def make_kernel_env(base_dir: Path | None) -> dict[str, str]:
    """Return the variables that a section's kernel adds to the environment.

    One thread for linear algebra, because sections run side by side; one hash seed, because
    a report is the same on every run.
    """
    env = {f"{library}_NUM_THREADS": "1" for library in _ONE_THREAD}
    env |= {"PYTHONHASHSEED": "0", "PYDEVD_DISABLE_FILE_VALIDATION": "1"}
    if base_dir is not None:
        env["LENFAIL_BASE_DIR"] = str(base_dir)
    return env


@contextmanager
def tempfile_folder() -> Iterator[Path]:
    """Make a private folder whose path is short enough for a socket's name."""
    default = tempfile.gettempdir()
    parent = default if len(default) < 60 or os.name == "nt" else "/tmp"  # noqa: S108
    folder = Path(tempfile.mkdtemp(prefix="lenfail-", dir=parent))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def closed_event_loop() -> Iterator[None]:
    """Close the event loop that jupyter_client makes for a thread and leaves open."""
    try:
        yield
    finally:
        loop = ensure_event_loop()
        if not loop.is_running():
            loop.run_until_complete(loop.shutdown_asyncgens())
            loop.close()
            asyncio.set_event_loop(None)


def _count_cells(nb_man: NotebookExecutionManager, on_cell: CellCounter | None) -> Callable | None:
    if on_cell is None:
        return None
    total = sum(cell.cell_type == "code" and bool(cell.source.strip()) for cell in nb_man.nb.cells)
    done = count(1)

    def report_cell(**_: Any) -> None:
        on_cell(next(done), total)

    return report_cell
