"""The patients of a finished report, found again and held against its manifest."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from helpers.errors import DataError, ParameterError
from helpers.report.closing import MANIFEST
from helpers.report.scrub import scrub_parameters

if TYPE_CHECKING:
    from helpers.cohort import Cohort
    from helpers.params import Params

_BUILT_IN = "synthetic"
_HIDDEN = "<path>/"
_PATHS = ("data", "mapping", "data_dictionary")
_HIGHEST = 2


def read_report(folder: Path, *, params_file: Path | None = None) -> tuple[Cohort, Params]:
    """Return the patients and the parameters of a report.

    Parameters
    ----------
    folder : Path
        Of a finished report; its manifest says what it was made of.
    params_file : Path, optional
        The parameter file that it was built from. Needed where the data are not found without
        it: in a database, or far from the report.

    Raises
    ------
    DataError
        If the data have changed since, or cannot be found.
    LenfailError
        If the folder is no report, or the parameters are not those of the report.
    """
    manifest = _read_manifest(folder)
    params = _read_params(manifest, folder, params_file)
    if params_file is not None:
        return _check(_read(params, params_file.resolve().parent), manifest, folder), params
    given = {field: getattr(params, field).removeprefix(_HIDDEN) for field in _PATHS}
    params, name = params.model_copy(update=given), given["data"]
    if name == _BUILT_IN:
        return _check(_read(params, None), manifest, folder), params
    found = [base for base in _list_places(folder) if (base / name).is_file()]
    if not found or "://" in name:
        raise DataError(
            f"data of the report must be found near it, but {_show(name)} was not; name the "
            "parameter file that the report was built from: --params FILE"
        )
    for base in found:
        cohort = _read(params, base)
        if cohort.sha256 == manifest.get("data_sha256"):
            return cohort, params
    return _check(_read(params, found[0]), manifest, folder), params


def _read(params: Params, base: Path | None) -> Cohort:
    from helpers.cohort import read_cohort

    options = {**params.cohort_options, **({} if base is None else {"base_dir": base})}
    return read_cohort(params.data, **options)


def _check(cohort: Cohort, manifest: Mapping[str, Any], folder: Path) -> Cohort:
    if cohort.sha256 != manifest.get("data_sha256"):
        raise DataError(
            f"data must be those that report {folder.name!r} was made of, but have changed since; "
            "build the report again and share that"
        )
    return cohort


def _read_manifest(folder: Path) -> dict[str, Any]:
    try:
        found = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        if isinstance(found, dict) and isinstance(found["parameters"], dict):
            return found
    except (OSError, ValueError, KeyError):
        pass
    raise ParameterError(
        f"REPORT must be the folder of a finished report, but {folder.name!r} has no "
        f"{MANIFEST}; build it first: lenfail build PARAMS"
    )


def _read_params(manifest: Mapping[str, Any], folder: Path, params_file: Path | None) -> Params:
    from helpers.params import read_params_file
    from helpers.params.model import Params
    from helpers.params.reading import check_params
    from helpers.report.sharing.analyses import DEFINING

    known = {k: v for k, v in manifest["parameters"].items() if k in Params.model_fields}
    params = check_params(known, source=MANIFEST)
    if params_file is None:
        return params
    given = read_params_file(params_file)
    named = [
        name
        for name in DEFINING
        if scrub_parameters({name: getattr(given, name)})
        != scrub_parameters({name: getattr(params, name)})
    ]
    if named:
        raise ParameterError(
            f"--params must be the file that report {folder.name!r} was built from, but "
            f"{params_file.name!r} differs in {', '.join(named)}; build the report again with it"
        )
    return given.model_copy(update={name: getattr(params, name) for name in DEFINING})


def _list_places(folder: Path) -> Iterator[Path]:
    """Yield the folders in which a relative path of the data may start."""
    here = [Path.cwd(), *folder.resolve().parents[:_HIGHEST]]
    for base in dict.fromkeys(here):
        yield base
        yield from sorted(
            child for child in base.iterdir() if child.is_dir() and not child.name.startswith(".")
        )


def _show(name: str) -> str:
    return "the database" if "://" in name else repr(Path(name).name)
