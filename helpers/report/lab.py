"""A folder to work in: the project's notebooks with the parameters of one report."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from helpers.errors import BuildError, ParameterError
from helpers.report.lab_inputs import LabInputs
from helpers.report.lab_notebooks import fill_parameters, hash_sources

STATE = ".lenfail-lab.json"
EXPLORER = "explore.ipynb"
_ENDING = "-lab"


@dataclass(frozen=True, slots=True, kw_only=True)
class LabFolder:
    """A folder that is ready to be worked in.

    Attributes
    ----------
    folder, base_dir : Path
        Where the notebooks are; where relative paths of the parameters start from.
    written, kept : tuple of str
        Names of the notebooks that were written, and of those that were edited here and stay.
    """

    folder: Path
    base_dir: Path
    written: tuple[str, ...]
    kept: tuple[str, ...]


def prepare_lab(inputs: LabInputs, notebooks_dir: Path, *, folder: Path | None = None) -> LabFolder:
    """Write the notebooks with a report's parameters into a folder of their own.

    Parameters
    ----------
    inputs : LabInputs
        What the report was made of.
    notebooks_dir : Path
        The project's notebooks, which are not touched.
    folder : Path, optional
        To work in; beside the report under its name and ``-lab`` without one.

    Returns
    -------
    LabFolder
        A notebook that was edited there is kept as it is; one that was only run is kept as long
        as the report's parameters and the project's notebook are the same.

    Raises
    ------
    ParameterError
        If the folder is that of the project's notebooks, a report, or no folder.
    BuildError
        If it cannot be written, or a notebook cannot be read.
    """
    folder = (folder or inputs.home / f"{inputs.name}{_ENDING}").resolve()
    _check_folder(folder, notebooks_dir)
    sources = [*sorted(notebooks_dir.glob("[0-9][0-9]_*.ipynb")), notebooks_dir / EXPLORER]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        known = _read_state(folder)
        written, kept, state = _write_all(sources, folder, inputs.parameters, known)
        content = json.dumps({"report": inputs.name, "sources": state}, indent=2)
        (folder / STATE).write_text(content + "\n", encoding="utf-8")
    except OSError as error:
        raise BuildError(
            f"folder {folder.name!r} must be writable, but writing failed ({error.strerror}); "
            "name another with --folder"
        ) from None
    return LabFolder(folder=folder, base_dir=inputs.base_dir, written=written, kept=kept)


def _check_folder(folder: Path, notebooks_dir: Path) -> None:
    if folder == notebooks_dir.resolve():
        raise ParameterError(
            "folder must not be that of the project's notebooks, because these would be "
            "overwritten; name another"
        )
    if (folder / "manifest.json").exists():
        raise ParameterError(
            f"folder must not be that of a report, but {folder.name!r} is one; name another"
        )
    if folder.exists() and not folder.is_dir():
        raise ParameterError(f"folder must be a folder, but {folder.name!r} is a file")


def _write_all(
    sources: Iterable[Path], folder: Path, parameters: Mapping[str, Any], known: Mapping[str, str]
) -> tuple[tuple[str, ...], tuple[str, ...], dict[str, str]]:
    """Return what was written, what was edited and stays, and the hash of each as it was made."""
    written, kept, state = [], [], dict(known)
    for source in sources:
        made = fill_parameters(_read_notebook(source), parameters)
        path, digest = folder / source.name, hash_sources(made)
        there = _hash_file(path)
        if there == digest:
            state[source.name] = digest
            continue
        if there is not None and there != known.get(source.name):
            kept.append(source.name)
            continue
        text = json.dumps(made, indent=1, ensure_ascii=False)
        path.write_text(text + "\n", encoding="utf-8")
        written.append(source.name)
        state[source.name] = digest
    return tuple(written), tuple(kept), state


def _read_notebook(path: Path) -> dict[str, Any]:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise BuildError(
            f"notebook {path.name!r} of the project must be readable, but is not; take it anew "
            "from the project"
        ) from None


def _hash_file(path: Path) -> str | None:
    """Return the hash of a notebook's sources; of a file that is none, of its bytes."""
    if not path.exists():
        return None
    try:
        return hash_sources(json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, KeyError, TypeError):
        return "unreadable"


def _read_state(folder: Path) -> dict[str, str]:
    try:
        found = json.loads((folder / STATE).read_text(encoding="utf-8"))["sources"]
        return {str(name): str(digest) for name, digest in found.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}
