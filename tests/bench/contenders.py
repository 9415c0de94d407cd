"""What is timed: our command in each situation, and what a user could pick instead."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from processes import CommandFailed, Run, run_command

HERE = Path(__file__).parent
PROJECT = HERE.parents[1]
BIN = Path(sys.executable).parent
PARAMS = PROJECT / "params" / "paper.yml"
DATA = PROJECT / "helpers" / "cohort" / "data" / "synthetic.csv"
NOTEBOOKS = sorted((PROJECT / "notebooks").glob("[0-9][0-9]_*.ipynb"))
#: What the bar of a cold build names; the parameter file asks for the workbook of tables too.
BAR_FORMATS = "formats=[html, pdf, docx]"
#: One parameter each: of one section, of some, of all.
CHANGES = (
    "aml_horizon_months=36",
    "entry_p=0.1",
    "age_cut_years=70",
    "conf_level=0.9",
    "number_style=nejm",
)
_PATIENCE_SECONDS = 300
R_PACKAGES = ("rmarkdown", "survival", "cmprsk", "mice")


def build(
    folder: Path, *options: str, params: Path = PARAMS, force: bool = True, memory: bool = False
) -> Run:
    """Run ``lenfail build``; its output is one JSON object a line."""
    command = [BIN / "lenfail", "build", params, "--output", folder, "--json", *options]
    return run_command(
        [*command, *(["--force"] if force else [])], folder=PROJECT, with_memory=memory
    )


def run_plain(folder: Path) -> Run:
    """Run papermill and nbconvert for each notebook, one after the other, as anyone would."""
    folder.mkdir(parents=True, exist_ok=True)
    runs = []
    for notebook in NOTEBOOKS:
        made = folder / notebook.name
        papermill = ["papermill", "-k", "python3", "-f", str(PARAMS)]
        execute = [BIN / papermill[0], *papermill[1:], notebook, made]
        convert = [BIN / "jupyter", "nbconvert", "--to", "html", made]
        runs += [run_command(command, folder=PROJECT) for command in (execute, convert)]
    return Run(seconds=sum(run.seconds for run in runs), output="")


def time_cells(params: Path = PARAMS) -> list[dict[str, Any]]:
    """Return the seconds of each cell, in a process that has imported everything."""
    run = run_command([sys.executable, HERE / "cell_times.py", params], folder=PROJECT)
    return json.loads(run.output)


def explain_no_r() -> str:
    """Return why there is no R Markdown report here; empty where there can be one."""
    rscript = shutil.which("Rscript")
    if rscript is None:
        return "R is not installed"
    ask = "; ".join(f"stopifnot(requireNamespace('{name}', quietly=TRUE))" for name in R_PACKAGES)
    found = subprocess.run([rscript, "-e", ask], capture_output=True, check=False).returncode == 0
    return "" if found else f"R lacks one of its packages {', '.join(R_PACKAGES)}"


def render_r(folder: Path) -> Run:
    """Render the R Markdown report of the same content."""
    folder.mkdir(parents=True, exist_ok=True)
    script = HERE / "render_report.R"
    return run_command(["Rscript", script, DATA, folder / "report.html"], folder=PROJECT)


def time_imports() -> dict[str, Run]:
    """Return the runs of commands that must start at once."""
    return {
        "lenfail --help": run_command([BIN / "lenfail", "--help"], folder=PROJECT),
        "lenfail check": run_command([BIN / "lenfail", "check", PARAMS], folder=PROJECT),
    }


def run_batch(folder: Path, count: int) -> Run:
    """Build many reports, each with a confidence level of its own, which every section uses."""
    folder.mkdir(parents=True, exist_ok=True)
    table = folder / "table.csv"
    rows = [f"report{number:03},{0.99 - 0.0005 * number:.4f}" for number in range(1, count + 1)]
    table.write_text("\n".join(["name,conf_level", *rows]) + "\n", encoding="utf-8")
    command = [BIN / "lenfail", "batch", "--table", table, "--base", PARAMS]
    return run_command([*command, "--output", folder / "reports"], folder=PROJECT)


def time_changes(folder: Path) -> Iterator[dict[str, Any]]:
    """Yield seconds from saving one changed parameter to the end of its build, and the summary."""
    params = folder / "watched.yml"
    folder.mkdir(parents=True, exist_ok=True)
    params.write_text(PARAMS.read_text(encoding="utf-8"), encoding="utf-8")
    with watching(params, folder / "reports") as watch:
        watch.wait_for(1)
        for number, change in enumerate(CHANGES, 2):
            name, _, value = change.partition("=")
            lines = PARAMS.read_text(encoding="utf-8").splitlines()
            kept = [line for line in lines if not line.startswith(f"{name}:")]
            began = time.perf_counter()
            params.write_text("\n".join([*kept, f"{name}: {value}"]) + "\n", encoding="utf-8")
            ended, summary = watch.wait_for(number)
            yield {"change": change, "seconds": ended - began, "summary": summary}


@dataclass(frozen=True, slots=True)
class Watched:
    """A running ``lenfail watch`` with time and content of each summary that it has printed."""

    process: subprocess.Popen[str]
    summaries: list[tuple[float, dict[str, Any]]]

    def listen(self) -> None:
        """Take note of each summary until it ends."""
        for line in self.process.stdout or ():
            if '"event": "summary"' in line:
                self.summaries.append((time.perf_counter(), json.loads(line)))

    def wait_for(self, count: int) -> tuple[float, dict[str, Any]]:
        """Return the summary of that number, counted from 1.

        Raises
        ------
        CommandFailed
            If it does not come in time, or the watch ends.
        """
        limit = time.perf_counter() + _PATIENCE_SECONDS
        while len(self.summaries) < count:
            if self.process.poll() is not None:
                raise CommandFailed(f"lenfail watch ended with code {self.process.returncode}")
            if time.perf_counter() > limit:
                raise CommandFailed("lenfail watch built nothing in time")
            time.sleep(0.005)
        return self.summaries[count - 1]


@contextmanager
def watching(params: Path, output: Path) -> Iterator[Watched]:
    """Run ``lenfail watch`` within the block."""
    process = subprocess.Popen(
        [BIN / "lenfail", "watch", params, "--output", output, "--json"],
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    watch = Watched(process, [])
    thread = threading.Thread(target=watch.listen, daemon=True)
    thread.start()
    try:
        yield watch
    finally:
        process.terminate()
        process.wait()
        thread.join()
        if process.stdout:
            process.stdout.close()
