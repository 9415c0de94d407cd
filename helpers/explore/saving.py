"""A choice as a parameter file."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from helpers.errors import BuildError, ParameterError
from helpers.params import BASE_DIR_VARIABLE, Params
from helpers.params.writing import write_params_text

if TYPE_CHECKING:
    from helpers.explore.choices import Choice

_FILES = ("data", "mapping", "data_dictionary", "reference_docx")
_ENDINGS = {".yml", ".yaml"}


def save_choice(
    choice: Choice, params: Params, name: str, *, folder: Path, title: str, overwrite: bool = False
) -> str:
    """Write a choice as a parameter file and return the command that builds its report.

    Parameters
    ----------
    choice : Choice
        To save.
    params : Params
        That it departs from.
    name : str
        Of the file, with its ending.
    folder : Path
        To write it to.
    title : str
        What is compared, for the file's first line.
    overwrite : bool
        Replace a file of that name.

    Raises
    ------
    ParameterError
        If the name is no plain file name ending in .yml, or the file is there already.
    BuildError
        If it cannot be written.
    """
    name = name.strip()
    if not name or Path(name).name != name or name[0] == "." or "\\" in name:
        raise ParameterError(f"name must be that of a file in this folder, but was {name!r:.80}")
    if Path(name).suffix not in _ENDINGS:
        raise ParameterError(f"name must end in .yml, but was {name!r:.80}")
    path = folder / name
    if path.exists() and not overwrite:
        raise ParameterError(
            f"{name} is there already and stays as it is; tick the box to replace it, or choose "
            "another name"
        )
    asked = _move_files(choice.apply(params), folder)
    remark = f"Written by explore.ipynb: {title}"
    always = ("title", "data", *choice.cuts, "comparisons")
    _write(path, write_params_text(asked, always=always, remark=remark))
    return f"lenfail build {_locate(path)}"


def _move_files(params: Params, folder: Path) -> Params:
    """Return parameters whose relative paths start from another folder."""
    base_dir = Path(os.environ.get(BASE_DIR_VARIABLE) or Path.cwd())
    moved = {}
    for name in _FILES:
        value = str(getattr(params, name))
        is_path = value not in ("", "synthetic") and "://" not in value
        if is_path and not Path(value).is_absolute():
            moved[name] = Path(os.path.relpath(base_dir / value, folder)).as_posix()
    return params.model_copy(update=moved)


def _write(path: Path, text: str) -> None:
    """Write a file whole or not at all."""
    try:
        handle, part = tempfile.mkstemp(prefix=".lenfail-", dir=path.parent)
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(text)
            Path(part).replace(path)
        except BaseException:
            with suppress(OSError):
                Path(part).unlink()
            raise
    except OSError as error:
        raise BuildError(
            f"{path.name} must be writable, but writing failed ({error.strerror}); choose another "
            "folder"
        ) from None


def _locate(path: Path) -> str:
    """Return a path as it is written in the project's folder."""
    path = path.resolve()
    for folder in path.parents:
        if (folder / "notebooks").is_dir() and (folder / "params").is_dir():
            return path.relative_to(folder).as_posix()
    return path.name
