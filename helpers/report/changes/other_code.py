"""A report rebuilt with the code and notebooks of another commit, in a folder of its own."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import helpers
from helpers.report.changes.reading import ReadReport
from helpers.report.changes.results_file import read_results_file
from helpers.report.manifest import hash_code
from helpers.report.notebook_file import read_notebook
from helpers.report.tasks import SectionTask
from helpers.results import Result

_NEEDED = ("helpers", "notebooks", "params")
_START = "import sys; from helpers.cli.program import main; sys.exit(main())"
_NAME = "rebuilt"
_MOST_SECONDS = 1800


def rebuild_with_code_of(
    report: ReadReport, parameters: Mapping[str, Any], repository: Path | None = None
) -> tuple[dict[str, Result], str]:
    """Rebuild results with the code and notebooks of the commit that a report records.

    Parameters
    ----------
    report : ReadReport
        Whose code is used. The commit's files must have the hash that its manifest records:
        code that was changed without a commit cannot be found again.
    parameters : mapping
        Of the results, with paths that lead to the data.
    repository : Path, optional
        Folder of a git repository that may have the commit; that of the package without it.

    Returns
    -------
    results : dict of str to Result
        Empty where it could not be done.
    reason : str
        Why not; empty where it was.
    """
    root = repository or Path(helpers.__file__).parents[1]
    with tempfile.TemporaryDirectory(prefix="lenfail-code-") as scratch:
        folder = Path(scratch) / "code"
        reason = _check_out(report, root, folder)
        if reason:
            return {}, reason
        known = {name: value for name, value in parameters.items() if name in report.parameters}
        return _build(folder, Path(scratch) / "reports", known)


def _check_out(report: ReadReport, root: Path, folder: Path) -> str:
    """Unpack the files of a report's commit; return why that cannot be, or nothing."""
    commit = str(report.manifest.get("commit") or "")
    if not commit:
        return "its report records no commit"
    words = ["git", "-C", str(root), "archive", "--format=tar", commit, *_NEEDED]
    try:
        done = subprocess.run(words, capture_output=True, check=False, timeout=_MOST_SECONDS)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return "git is not there"
    if done.returncode:
        return f"the repository does not have its commit {commit[:10]}"
    folder.mkdir()
    with tarfile.open(fileobj=io.BytesIO(done.stdout)) as archive:
        archive.extractall(folder, filter="data")
    if hash_code(folder / "helpers") != report.manifest.get("code_sha256"):
        return f"its code had changes that are not in its commit {commit[:10]}"
    if not has_notebooks(report, folder / "notebooks"):
        return f"its notebooks are not those of its commit {commit[:10]}"
    return ""


def _build(
    folder: Path, output: Path, parameters: Mapping[str, Any]
) -> tuple[dict[str, Result], str]:
    file = folder / "params" / f"{_NAME}.yml"
    file.write_text(json.dumps(dict(parameters)), encoding="utf-8")  # JSON is YAML
    given = ["--set", "formats=[html]", "--output", str(output), "--name", _NAME, "--quiet"]
    words = [sys.executable, "-c", _START, "build", str(file), *given]
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    try:
        done = subprocess.run(  # noqa: S603
            words,
            cwd=folder,
            env=environment,
            capture_output=True,
            check=False,
            timeout=_MOST_SECONDS,
        )
    except (OSError, subprocess.TimeoutExpired):
        return {}, "its code could not be run"
    if done.returncode:
        return {}, "its code cannot build a report of these data and parameters"
    return read_results_file(output / _NAME), ""


def has_notebooks(report: ReadReport, notebooks_dir: Path) -> bool:
    """Return whether a folder has the notebooks that a report was made with, prose aside."""
    paths = sorted(notebooks_dir.glob("[0-9][0-9]_*.ipynb"))
    if [path.stem for path in paths] != list(report.sections):
        return False
    for path in paths:
        nb = read_notebook(SectionTask(name=path.stem, notebook=path.read_bytes()))
        cells = {
            str(one.get("id")): one["source"] for one in nb["cells"] if one["cell_type"] == "code"
        }
        section = report.sections[path.stem]
        code = {key: text for key, text in section.cells.items() if section.kinds[key] == "code"}
        if cells != code:
            return False
    return True
