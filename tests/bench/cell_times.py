"""Time each cell of the notebooks in one process that has imported everything: the floor.

Run from the top of the project: python tests/bench/cell_times.py params/paper.yml
Prints JSON: a row for each step with its section, seconds, seconds of processor time and the
process's peak of memory so far, in bytes.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).parents[2]


def main() -> None:
    """Time the cells of one report."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before anything imports numpy
    rows = list(time_report(Path(sys.argv[1])))
    sys.stdout.write(json.dumps(rows, indent=1) + "\n")


def time_report(params_file: Path) -> Iterator[dict[str, Any]]:
    """Yield a row for reading the patients and one for each code cell of each notebook."""
    from helpers.params import read_params_file
    from helpers.report.imports import list_notebook_imports
    from helpers.report.inputs import make_tasks
    from helpers.report.intake import keep_patients
    from helpers.report.notebook_file import inject_parameters, read_notebook
    from helpers.report.preload import import_modules, prepare_drawing
    from helpers.report.section_job import run_section  # noqa: F401  what a section's run needs

    base_dir = params_file.resolve().parent
    os.environ["LENFAIL_BASE_DIR"] = str(base_dir)
    parameters = read_params_file(params_file).model_dump()
    tasks = make_tasks(parameters, PROJECT / "notebooks", base_dir)
    notebooks = {task.name: inject_parameters(read_notebook(task), parameters) for task in tasks}
    modules = [name for nb in notebooks.values() for name in list_notebook_imports(nb)]
    import_modules(ignore, ["helpers.figures.render", "scipy.stats", "seaborn", *modules])
    prepare_drawing(ignore)
    for name, nb in notebooks.items():
        with Clock("all", "read and check the patients") as clock:
            keep_patients(ignore, parameters, base_dir)
        if name == next(iter(notebooks)):  # a build reads once; here each section takes its copy
            yield clock.row
        yield from time_cells(name, nb)


def time_cells(section: str, nb: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield a row for each code cell of a notebook."""
    from helpers.report.shell import open_shell

    with open_shell() as shell:
        for cell in nb["cells"]:
            if cell["cell_type"] != "code" or not cell["source"].strip():
                continue
            with Clock(section, shorten(cell["source"])) as clock:
                outputs, is_well = shell.run(cell["source"])
            if not is_well:
                raise SystemExit(f"{section}: {outputs[-1].get('evalue', 'a cell failed')}")
            yield clock.row


class Clock:
    """Times a block.

    Attributes
    ----------
    row : dict
        Section, step, seconds, processor's seconds and the peak of memory in bytes.
    """

    def __init__(self, section: str, step: str) -> None:
        self.row: dict[str, Any] = {"section": section, "step": step}

    def __enter__(self) -> Clock:
        self._begun = time.perf_counter(), time.process_time()
        return self

    def __exit__(self, *_: object) -> None:
        wall, cpu = self._begun
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        self.row |= {
            "seconds": round(time.perf_counter() - wall, 4),
            "cpu_seconds": round(time.process_time() - cpu, 4),
            "peak_bytes": peak,
        }


def shorten(source: str) -> str:
    """Return a cell's source as one short line."""
    line = " ".join(source.split())
    return line if len(line) <= 90 else line[:87] + "..."


def ignore(*_: object) -> None:
    """Tell nobody."""


if __name__ == "__main__":
    main()
