"""papermill's engine ``lenfail``: a notebook in a forked process, without a kernel.

``papermill --engine lenfail in.ipynb out.ipynb`` runs any Python notebook this way. Where
processes cannot be forked, or ``LENFAIL_KERNELS=1`` is set, it uses a kernel.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from helpers.report import _imports  # noqa: F401  must come before nbformat

# isort: split

import nbformat

from helpers.report.warm import WarmParent, WorkerLost, can_fork

if TYPE_CHECKING:
    from papermill.engines import Engine, NotebookExecutionManager


def __getattr__(name: str) -> Any:
    """Return the engine; papermill, which asks for it while it is imported, must be there."""
    if name != "LenfailEngine":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import papermill.engines  # noqa: F401

    return _make_engine()


@cache
def _make_engine() -> type[Engine]:
    """Return the class ``LenfailEngine``."""
    from papermill.engines import Engine

    class LenfailEngine(Engine):
        """Runs a notebook in a forked process."""

        @classmethod
        def execute_managed_notebook(
            cls, nb_man: NotebookExecutionManager, kernel_name: str, **options: Any
        ) -> None:
            """Run all cells up to the first that fails.

            Parameters
            ----------
            nb_man : NotebookExecutionManager
                Of the notebook.
            kernel_name : str
                Used only where a kernel must be.
            **options
                Those of papermill's own engine, for a kernel.

            Raises
            ------
            RuntimeError
                If the notebook's process was lost.
            """
            if can_fork():
                run_forked(nb_man)
            else:
                run_on_kernel(nb_man, kernel_name, options)

    return LenfailEngine


def run_on_kernel(
    nb_man: NotebookExecutionManager, kernel_name: str, options: Mapping[str, Any]
) -> None:
    """Run a managed notebook on a kernel."""
    from papermill.utils import remove_args

    from helpers.report.kernel import SectionEngine

    known = remove_args(["kernel_name"], **options)
    SectionEngine.execute_managed_notebook(nb_man, kernel_name, **known)


def run_forked(nb_man: NotebookExecutionManager) -> None:
    """Run a managed notebook in a forked process, telling papermill of each cell."""
    nb = json.loads(nbformat.writes(nb_man.nb, split_lines=False))
    with WarmParent() as parent:
        job = parent.begin(
            "helpers.report.section_job:run_notebook",
            nb,
            str(Path.cwd()),
            {},
        )
        progress = _Progress(nb_man)
        try:
            metadata = job.wait(progress.tell)
        except WorkerLost as lost:
            raise RuntimeError(f"the notebook's process was lost: {lost}") from None
        progress.finish()
    nb_man.nb.metadata["language_info"] = nbformat.from_dict(metadata["language_info"])


class _Progress:
    """Tells papermill of cells in their order, those that do not run among them."""

    def __init__(self, nb_man: NotebookExecutionManager) -> None:
        self._nb_man = nb_man
        self._next = 0
        self._has_failed = False

    def tell(self, _: str, index: int, cell: Mapping[str, Any], is_well: bool) -> None:
        """Take over a cell that was run."""
        self._pass_over(index)
        ours = self._nb_man.nb.cells[index]
        self._nb_man.cell_start(ours, index)
        ours.outputs = [nbformat.from_dict(output) for output in cell["outputs"]]
        ours.execution_count = cell["execution_count"]
        if not is_well and "raises-exception" not in ours.metadata.get("tags", ()):
            self._has_failed = True
            self._nb_man.cell_exception(ours, index)
        self._nb_man.cell_complete(ours, index)
        self._next = index + 1

    def finish(self) -> None:
        """Pass over the cells after the last that was run, unless that failed."""
        if not self._has_failed:
            self._pass_over(len(self._nb_man.nb.cells))

    def _pass_over(self, index: int) -> None:
        for number in range(self._next, index):
            cell = self._nb_man.nb.cells[number]
            self._nb_man.cell_start(cell, number)
            self._nb_man.cell_complete(cell, number)
        self._next = max(self._next, index)
