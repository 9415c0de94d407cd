"""A section on a real kernel: where processes cannot be forked, or where a user wants one."""

from __future__ import annotations

import asyncio
import logging
import os
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

from helpers.report import _imports  # noqa: F401  must come before nbformat

# isort: split

import nbformat
from jupyter_client import AsyncKernelManager
from jupyter_client.kernelspec import KernelSpec
from jupyter_core.utils import ensure_event_loop
from papermill import execute_notebook
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import NBClientEngine, NotebookExecutionManager, papermill_engines
from papermill.exceptions import PapermillExecutionError

from helpers.report.notebook_file import count_code_cells
from helpers.report.scratch import make_scratch_folder
from helpers.report.tasks import CellCounter, SectionTask
from helpers.report.warm import make_run_env

ENGINE_NAME = "lenfail-kernel"
_PAPERMILL_MARK = "papermill-error-cell-tag"
#: Sockets in a folder that only the user can read, never on TCP.
_PROVISIONER = {"kernel_provisioner": {"provisioner_name": "lenfail-ipc", "config": {}}}

logging.getLogger("papermill").setLevel(logging.ERROR)


class SectionKernelManager(AsyncKernelManager):
    """A kernel of the interpreter that runs the build, whatever kernels the user installed."""

    @property
    def kernel_spec(self) -> KernelSpec:
        """Return the specification: this Python, no history, the project's provisioner."""
        launch = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        options = ["--HistoryManager.enabled=False"]
        return KernelSpec(
            argv=launch + options, display_name="lenfail", language="python", metadata=_PROVISIONER
        )


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
        folder = make_scratch_folder()
        try:
            with closed_event_loop():
                client = PapermillNotebookClient(
                    nb_man,
                    km=SectionKernelManager(
                        kernel_name=kernel_name, connection_file=str(folder / "k.json")
                    ),
                    timeout=execution_timeout,
                    startup_timeout=start_timeout,
                    shutdown_kernel="immediate",
                    on_cell_complete=_count_cells(nb_man, on_cell),
                )
                environment = {**os.environ, **(kernel_env or {}), "IPYTHONDIR": str(folder)}
                client.execute(env=environment, cwd=kernel_cwd or str(folder), cleanup_kc=True)
        finally:
            shutil.rmtree(folder, ignore_errors=True)


papermill_engines.register(ENGINE_NAME, SectionEngine)


def execute_on_kernel(
    task: SectionTask, on_cell: CellCounter | None, rows: Path | None = None
) -> tuple[Mapping[str, Any], PapermillExecutionError | None]:
    """Run a section on a kernel; return the notebook and the error of the cell that failed."""
    running: list[Mapping[str, Any]] = []
    try:
        nb = execute_notebook(
            nbformat.reads(task.notebook.decode("utf-8"), as_version=4),
            None,
            parameters=dict(task.parameters),
            engine_name=ENGINE_NAME,
            progress_bar=False,
            kernel_name="python3",
            language="python",
            kernel_env=make_run_env(task.base_dir) | name_rows(rows),
            on_cell=on_cell,
            started=running,
        )
    except PapermillExecutionError as error:
        kept = [
            cell
            for cell in running[-1]["cells"]
            if _PAPERMILL_MARK not in cell["metadata"].get("tags", ())
        ]
        return {**running[-1], "cells": kept}, error
    return nb, None


def name_rows(rows: Path | None) -> dict[str, str]:
    """Return the variable that tells a kernel where rows of a database are."""
    if rows is None:
        return {}
    from helpers.cohort.sources.handed_rows import ROWS_VARIABLE

    return {ROWS_VARIABLE: str(rows)}


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
    total, done = count_code_cells(nb_man.nb), count(1)

    def report_cell(**_: Any) -> None:
        on_cell(next(done), total)

    return report_cell
