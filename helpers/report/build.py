"""Build a report: run the sections, set their pages, write every file, swap it in."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

from helpers.report.code_graph import CodeGraph
from helpers.report.imports import list_notebook_imports
from helpers.report.inputs import (
    BuildInputs,
    FrontMaker,
    check_formats,
    find_project,
    make_front,
    make_tasks,
)
from helpers.report.intake import read_rows
from helpers.report.keys import add_keys, hash_file, hash_report
from helpers.report.layout import FORMATS
from helpers.report.manifest import hash_code, list_versions
from helpers.report.notebook_file import read_notebook
from helpers.report.print_options import read_print_options
from helpers.report.progress import BuildSummary, Progress, ProgressEvent
from helpers.report.publish import check_report_name, staged_report
from helpers.report.run import BuildRun
from helpers.report.scratch import remove_leftovers
from helpers.report.section_cache import FOLDER, SectionCache
from helpers.report.section_runs import RunChoices, SectionRuns
from helpers.report.tasks import SectionTask
from helpers.report.unchanged import find_unchanged
from helpers.report.workshop import Workshop, open_workshop

__all__ = ["STANDARD_FRONT", "BuildSummary", "ProgressEvent", "build_report", "find_project"]

#: Ask for the front matter of the project instead of a maker of one's own.
STANDARD_FRONT = "standard"


def build_report(
    parameters: Mapping[str, Any],
    *,
    name: str,
    output_dir: Path,
    notebooks_dir: Path,
    base_dir: Path | None = None,
    progress: Progress | None = None,
    formats: Sequence[str] | None = None,
    front: FrontMaker | str | None = None,
    ledger: Path | None = None,
    descriptions: Mapping[str, str] | None = None,
    choices: RunChoices | None = None,
    check_data: bool = False,
    wait: bool = True,
    workshop: Workshop | None = None,
) -> BuildSummary:
    """Run the section notebooks and write the report.

    May be called in a worker process of a cluster: it leaves working folder, environment and
    signals alone.

    Parameters
    ----------
    parameters : mapping
        Checked values by name, flat; each notebook declares them.
    name : str
        Of the report, and of its folder in `output_dir`.
    output_dir, notebooks_dir : Path
        Where reports are written; where the notebooks ``NN_name.ipynb`` are.
    base_dir : Path, optional
        Against which relative paths in the parameters are read; kernels find it in
        ``LENFAIL_BASE_DIR``.
    progress : callable, optional
        Told of each cell, section and step; may be called from several threads.
    formats : sequence of str, optional
        Of ``html``, ``pdf``, ``docx``, ``xlsx`` and ``section_pdf``; the parameter ``formats``
        without one, else all but the last.
    front : callable or str, optional
        Makes the front matter from the results, or :data:`STANDARD_FRONT`; without one there
        is a title only. A maker of one's own cannot be hashed: the report is always built.
    ledger : Path, optional
        Published numbers to compare with.
    descriptions : mapping of str to str, optional
        Meaning of each parameter, for the appendix.
    choices : RunChoices, optional
        Which sections are run and what becomes of one that fails.
    check_data : bool
        Read and check the patients before anything runs.
    wait : bool
        Wait while another process builds this report.
    workshop : Workshop, optional
        Where the work is done, for several builds; one for this build without it.

    Returns
    -------
    BuildSummary
        Of the report that was there already, where it was made of the same inputs.

    Raises
    ------
    SectionError
        If a cell fails; the notebook up to there is left in ``NAME.failed``. The other sections
        are run and kept for the next build.
    BuildError
        If anything else keeps the report from being built. The last one stays.
    ParameterError
        If `name`, `formats` or the reference of the Word file is not allowed.
    """
    started = time.perf_counter()
    progress = progress or (lambda event: None)
    choices = choices or RunChoices()
    output_dir = Path(output_dir).resolve()  # workers stand in other folders
    inputs = BuildInputs(
        name=check_report_name(name),
        parameters=parameters,
        tasks=make_tasks(parameters, Path(notebooks_dir), base_dir),
        formats=check_formats(formats or parameters.get("formats") or FORMATS),
        front=None if front == STANDARD_FRONT else front or make_front(parameters),
        ledger=ledger,
        descriptions=descriptions or {},
        print_options=read_print_options(parameters, base_dir),
    )
    rows = read_rows(parameters, base_dir)
    rows_sha256 = "" if rows is None else rows.sha256
    inputs = add_input_keys(inputs, output_dir / FOLDER, rows_sha256=rows_sha256)
    is_forced = choices.force or bool(choices.only)
    found = None if is_forced else find_unchanged(output_dir / name, inputs.key)
    if found is not None:
        return replace(found, total_seconds=time.perf_counter() - started)
    remove_leftovers()
    runs = SectionRuns(inputs.tasks, SectionCache(output_dir / FOLDER), choices)
    with staged_report(output_dir, name, wait=wait, progress=progress) as stage:
        left = runs.look_up()
        tell_begin(runs, left, progress)
        opened = nullcontext(workshop) if workshop else start_workshop(inputs, left, progress)
        with opened as place:
            if left and (check_data or rows is not None):
                place.check_data(parameters, base_dir, rows)
            rows = None  # a large table is not kept twice
            summary = BuildRun(inputs, runs, progress, place).build(stage, output_dir, left)
    return BuildSummary(**summary, total_seconds=time.perf_counter() - started)


def add_input_keys(inputs: BuildInputs, cache: Path, *, rows_sha256: str = "") -> BuildInputs:
    """Return inputs with the hash of what each section, and the whole report, is made of."""
    graph = CodeGraph(cache / "imports.json")
    tasks = add_keys(inputs.tasks, graph, ledger=inputs.ledger, rows_sha256=rows_sha256)
    graph.save()
    key = (
        ""
        if inputs.front is not None
        else hash_report(
            tasks,
            name=inputs.name,
            parameters=dict(inputs.parameters),
            formats=inputs.formats,
            ledger=hash_file(inputs.ledger),
            descriptions=dict(inputs.descriptions),
            reference=hash_file(inputs.print_options.reference_docx),
            code=hash_code(),
            versions=list_versions(),
        )
    )
    return replace(inputs, tasks=tasks, key=key)


def tell_begin(runs: SectionRuns, left: Sequence[SectionTask], progress: Progress) -> None:
    """Tell which sections are going to run, and how long each took last time."""
    for number, task in enumerate(left, 1):
        progress(
            ProgressEvent(
                kind="begin",
                name=task.name,
                done=number,
                total=len(left),
                seconds=runs.cache.find_seconds(task.name),
            )
        )


def start_workshop(
    inputs: BuildInputs, tasks: Sequence[SectionTask], progress: Progress
) -> Workshop:
    """Return a workshop that imports what the sections to be run import."""

    def tell_retry(section: str, reason: str) -> None:
        progress(ProgressEvent(kind="retry", name=section, message=reason))

    modules = [name for task in tasks for name in list_notebook_imports(read_notebook(task))]
    with_assembly = inputs.ledger is not None or inputs.front is None
    return open_workshop(modules, inputs.formats, tell_retry, with_assembly=with_assembly)
