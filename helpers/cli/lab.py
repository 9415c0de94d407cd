"""`lenfail lab`: JupyterLab on the notebooks, with exactly one report's parameters."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from helpers.errors import BuildError, ParameterError

if TYPE_CHECKING:
    from helpers.report.lab import LabFolder

_HIGHEST_PORT = 65535


def add_parser(commands: Any) -> None:
    """Add the command to the program's."""
    parser = commands.add_parser(
        "lab",
        help="open JupyterLab on the notebooks with a report's parameters",
        epilog="'Run all' in a section's notebook gives the report's numbers; explore.ipynb has "
        "controls to try other choices. The notebooks are copies: what you edit stays when you "
        "call this again, and the project's notebooks are never changed.",
    )
    parser.add_argument(
        "report",
        type=Path,
        nargs="?",
        help="a report's folder, e.g. reports/paper, or a parameter file; the paper's without one",
    )
    parser.add_argument(
        "--folder", type=Path, help="folder to work in; reports/NAME-lab by default"
    )
    parser.add_argument(
        "--data-folder", type=Path, help="folder of the data file that the report was made of"
    )
    parser.add_argument("--notebook", default="", help="notebook to open, e.g. 02_outcomes")
    parser.add_argument("--no-browser", action="store_true", help="print the address only")
    parser.add_argument(
        "--port", type=int, help="port; the first that is free from 8888 by default"
    )
    parser.add_argument("--prepare", action="store_true", help="write the folder and stop")
    parser.set_defaults(run=run_lab)


def run_lab(options: argparse.Namespace) -> int:
    """Write the folder to work in and become JupyterLab."""
    from helpers.report.inputs import find_project
    from helpers.report.lab import prepare_lab
    from helpers.report.lab_inputs import read_lab_inputs

    if options.port is not None and not 0 < options.port <= _HIGHEST_PORT:
        raise ParameterError(
            f"port must be between 1 and {_HIGHEST_PORT}, but was {options.port}; leave it out to "
            "take one that is free"
        )
    project = find_project()
    inputs = read_lab_inputs(options.report, project=project, data_folder=options.data_folder)
    lab = prepare_lab(inputs, project / "notebooks", folder=options.folder)
    for line in _tell(lab, inputs.name):
        print(line, file=sys.stderr)
    words = make_command(lab, options)
    if options.prepare:
        return 0
    return _start(words, lab)


def make_command(lab: LabFolder, options: argparse.Namespace) -> list[str]:
    """Return the words that start JupyterLab: on this machine only, with its token.

    Raises
    ------
    ParameterError
        If there is no notebook of the name that is asked for.
    """
    words = [
        *(sys.executable, "-m", "jupyterlab"),
        f"--ServerApp.root_dir={lab.folder}",
        "--ServerApp.ip=localhost",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        "--LabApp.news_url=None",
    ]
    if options.notebook:
        name = f"{options.notebook.removesuffix('.ipynb')}.ipynb"
        names = sorted(path.name for path in lab.folder.glob("*.ipynb"))
        if name not in names:
            raise ParameterError(
                f"notebook must be one of {', '.join(names)}, but was {options.notebook!r}"
            )
        words.append(f"--LabApp.default_url=/lab/tree/{name}")
    if options.port is not None:
        words.append(f"--ServerApp.port={options.port}")
    if options.no_browser:
        words.append("--no-browser")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        words.append("--allow-root")
    return words


def _tell(lab: LabFolder, name: str) -> list[str]:
    lines = [f"Notebooks with the parameters of {name}: {_shorten(lab.folder)}"]
    if lab.kept:
        noun = "it was" if len(lab.kept) == 1 else "they were"
        lines.append(
            f"Kept, because {noun} edited there: {', '.join(lab.kept)} (move away what you want "
            "to have anew)"
        )
    return lines


def _shorten(folder: Path) -> str:
    here = Path.cwd()
    return str(folder.relative_to(here)) if folder.is_relative_to(here) else str(folder)


def _start(words: list[str], lab: LabFolder) -> int:
    """Become JupyterLab, so that signals reach it."""
    from importlib.util import find_spec

    from helpers.params import BASE_DIR_VARIABLE

    if find_spec("jupyterlab") is None:
        raise BuildError(
            "JupyterLab must be installed, but is not; 'make setup' installs it, or open "
            f"{_shorten(lab.folder)} with a Jupyter of your own"
        )
    environment = {**os.environ, BASE_DIR_VARIABLE: str(lab.base_dir.resolve())}
    sys.stderr.flush()
    if os.name != "nt":
        os.execve(words[0], words, environment)  # noqa: S606
    import subprocess

    return subprocess.call(words, env=environment)  # noqa: S603
