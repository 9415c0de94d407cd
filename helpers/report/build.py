"""Build a report: run the sections, set their pages, write every file, swap it in."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from helpers.report.inputs import (
    BuildInputs,
    FrontMaker,
    check_formats,
    find_project,
    make_front,
    make_tasks,
)
from helpers.report.layout import FORMATS
from helpers.report.print_options import read_print_options
from helpers.report.progress import BuildSummary, Progress, ProgressEvent
from helpers.report.publish import check_report_name, staged_report
from helpers.report.run import BuildRun

__all__ = ["BuildSummary", "ProgressEvent", "build_report", "find_project"]


def build_report(
    parameters: Mapping[str, Any],
    *,
    name: str,
    output_dir: Path,
    notebooks_dir: Path,
    base_dir: Path | None = None,
    progress: Progress | None = None,
    formats: Sequence[str] | None = None,
    front: FrontMaker | None = None,
    ledger: Path | None = None,
    descriptions: Mapping[str, str] | None = None,
) -> BuildSummary:
    """Run the section notebooks and write the report.

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
        Of ``html``, ``pdf``, ``docx`` and ``xlsx``; the parameter ``formats`` without one,
        else all.
    front : callable, optional
        Makes the front matter from the results; without one there is a title only.
    ledger : Path, optional
        Published numbers to compare with.
    descriptions : mapping of str to str, optional
        Meaning of each parameter, for the appendix.

    Returns
    -------
    BuildSummary

    Raises
    ------
    SectionError
        If a cell fails; the notebook up to there is left in ``NAME.failed``.
    BuildError
        If anything else keeps the report from being built. The last one stays.
    ParameterError
        If `name`, `formats` or the reference of the Word file is not allowed.
    """
    started = time.perf_counter()
    inputs = BuildInputs(
        name=check_report_name(name),
        parameters=parameters,
        tasks=make_tasks(parameters, Path(notebooks_dir), base_dir),
        formats=check_formats(formats or parameters.get("formats") or FORMATS),
        front=front or make_front(parameters),
        ledger=ledger,
        descriptions=descriptions or {},
        print_options=read_print_options(parameters, base_dir),
    )
    run = BuildRun(inputs, progress or (lambda event: None))
    with staged_report(Path(output_dir), name) as stage:
        summary = run.build(stage, Path(output_dir))
    return BuildSummary(**summary, total_seconds=time.perf_counter() - started)
