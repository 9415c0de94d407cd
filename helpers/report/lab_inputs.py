"""What a report was made of, found again: its parameters and the files that these name."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from helpers.errors import BuildError, FaultsError, ParameterError
from helpers.report.closing import MANIFEST
from helpers.report.keys import hash_file
from helpers.report.scrub import scrub_text

_BUILT_IN = "synthetic"
_FILES = ("data", "mapping", "data_dictionary", "reference_docx")
#: How a manifest writes the folder of an absolute path.
_HIDDEN = "<path>/"


@dataclass(frozen=True, slots=True, kw_only=True)
class LabInputs:
    """Parameters of a report and the folder that their relative paths start from.

    Attributes
    ----------
    name : str
        Of the report.
    parameters : mapping
        Checked values by name.
    base_dir : Path
        Folder.
    home : Path
        Where the working folder is made.
    """

    name: str
    parameters: Mapping[str, Any]
    base_dir: Path
    home: Path


def read_lab_inputs(
    report: Path | None, *, project: Path, data_folder: Path | None = None
) -> LabInputs:
    """Return what a report was made of.

    Parameters
    ----------
    report : Path or None
        Folder of a report, or a parameter file; without one the paper's report or, where that
        was not built, the paper's parameters.
    project : Path
        The project's folder.
    data_folder : Path, optional
        Where the files are that the parameters of a report name.

    Raises
    ------
    ParameterError
        If it is neither, or a manifest cannot be read.
    BuildError
        If the data of the report cannot be found again.
    """
    if report is None:
        built = project / "reports" / "paper"
        report = built if (built / MANIFEST).is_file() else project / "params" / "paper.yml"
    if report.is_dir():
        return _read_report(report, project, data_folder)
    if report.suffix in {".yml", ".yaml"} and report.is_file():
        return _read_file(report, project, data_folder)
    raise ParameterError(
        f"report must be a report's folder or a parameter file, but was {str(report)!r}; build it "
        "first with 'lenfail build', or name one that is there"
    )


def _read_file(path: Path, project: Path, data_folder: Path | None) -> LabInputs:
    from helpers.params import read_params_file

    parameters = read_params_file(path).model_dump()
    _refuse_passwords(str(parameters["data"]))
    base_dir = data_folder or path.resolve().parent
    _check_files(parameters, base_dir)
    return LabInputs(
        name=path.stem, parameters=parameters, base_dir=base_dir, home=project / "reports"
    )


def _refuse_passwords(data: str) -> None:
    if "***" in scrub_text(data) and "${" not in data:
        raise ParameterError(
            "data must not hold a password in clear, because notebooks would keep it; write "
            "${NAME} and set the variable NAME"
        )


def _read_report(folder: Path, project: Path, data_folder: Path | None) -> LabInputs:
    from helpers.params import check_params

    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        values, name = dict(manifest["parameters"]), str(manifest["name"])
    except (OSError, ValueError, KeyError, TypeError):
        raise ParameterError(
            f"report must be a folder with a readable {MANIFEST}, but {folder.name!r} has none; "
            "name a report that 'lenfail build' wrote"
        ) from None
    try:
        parameters = check_params(values, source=f"{folder.name}/{MANIFEST}").model_dump()
    except FaultsError as error:
        raise BuildError(
            f"{error}\n(the report is of another version of lenfail; build it anew)"
        ) from None
    base_dir = project / "params"
    if str(parameters["data"]) != _BUILT_IN:
        parameters, base_dir = _find_data(parameters, manifest, folder, project, data_folder)
    return LabInputs(
        name=name, parameters=parameters, base_dir=base_dir, home=folder.resolve().parent
    )


def _find_data(
    parameters: dict[str, Any],
    manifest: Mapping[str, Any],
    folder: Path,
    project: Path,
    data_folder: Path | None,
) -> tuple[dict[str, Any], Path]:
    """Return the parameters with names of files, and the folder in which these are."""
    data = str(parameters["data"])
    if "://" in data:
        raise BuildError(
            f"the data of report {folder.name!r} are in a database, and a report does not keep "
            "how to get in; give its parameter file instead: lenfail lab PARAMETERS.yml"
        )
    named = {
        key: str(parameters[key]).removeprefix(_HIDDEN) for key in _FILES if parameters.get(key)
    }
    wanted = str(manifest.get("data_sha256") or "")
    for base_dir in [data_folder] if data_folder else _list_folders(folder, project):
        if wanted and hash_file(base_dir / named["data"]) == wanted:
            _check_files(named, base_dir)
            return {**parameters, **named}, base_dir.resolve()
    raise BuildError(
        f"the data of report {folder.name!r} ({named['data']}) must be as they were when it was "
        "built, but no such file was found; say where it is with --data-folder, or give the "
        "parameter file instead"
    )


def _list_folders(report: Path, project: Path) -> Iterator[Path]:
    """Yield where data may be: here, beside parameters and reports, one folder further down."""
    tops = dict.fromkeys([Path.cwd(), project, project / "params", report.resolve().parent])
    yield from tops
    for top in tops:
        yield from sorted(one for one in top.iterdir() if one.is_dir() and one.name[0] != ".")


def _check_files(parameters: Mapping[str, Any], base_dir: Path) -> None:
    for key in _FILES:
        name = str(parameters.get(key) or "")
        if name in ("", _BUILT_IN) or "://" in name:
            continue
        if not (base_dir / name).is_file():
            raise BuildError(
                f"{key} must be a file, but {name!r} was not found beside the parameters; say "
                "where it is with --data-folder"
            )
