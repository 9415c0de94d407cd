"""The patients, read and checked once before the sections run."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from helpers.errors import LenfailError

if TYPE_CHECKING:
    from helpers.cohort.sources import RawTable
    from helpers.params import Params

#: Every address of a database has it; no module is needed to see that.
_ADDRESS_MARK = "://"


def read_rows(parameters: Mapping[str, Any], base_dir: Path | None) -> RawTable | None:
    """Read the rows of a database, once for the whole report.

    Parameters
    ----------
    parameters, base_dir
        As for :func:`keep_patients`.

    Returns
    -------
    RawTable or None
        None where the patients come from no database.

    Raises
    ------
    FaultsError
        As :func:`keep_patients` does.
    """
    if _ADDRESS_MARK not in str(parameters.get("data") or ""):
        return None
    from helpers.cohort.sources import read_source
    from helpers.cohort.sources.database_url import is_database_url
    from helpers.params import check_params

    params = check_params(parameters)
    if not is_database_url(params.data):
        return None
    with all_faults(params, base_dir):
        return read_source(
            params.data, base_dir=base_dir, options=params.cohort_options["source_options"]
        )


@contextmanager
def all_faults(params: Params, base_dir: Path | None) -> Iterator[None]:
    """Tell all faults of the inputs, as `lenfail check` does, instead of the first."""
    try:
        yield
    except LenfailError:
        from helpers.report.check_inputs import check_inputs

        check_inputs(params, Path(base_dir or "")).raise_faults()
        raise


def keep_patients(
    _: Callable[..., None],
    parameters: Mapping[str, Any],
    base_dir: Path | None,
    rows: RawTable | None = None,
) -> str:
    """Read the cohort and keep it for whoever reads it next in this process.

    Parameters
    ----------
    parameters : mapping
        Of the report, flat.
    base_dir : Path, optional
        Against which a relative path is read.
    rows : RawTable, optional
        What a database holds, as :func:`read_rows` read it; it is not asked again then.

    Returns
    -------
    str
        Hash of the data.

    Raises
    ------
    FaultsError
        If the data or the mapping cannot be read or break rules, or a list names an unknown
        factor: all faults at once, as `lenfail check` tells them.
    """
    from helpers.cohort import check_factor_names
    from helpers.cohort.kept import keep_cohort
    from helpers.cohort.sources.handed_rows import handed_rows
    from helpers.params import check_params

    params = check_params(parameters)
    options = {**params.cohort_options, "base_dir": base_dir}
    handed = handed_rows(rows, params.data, Path(base_dir or ""), options["source_options"])
    with handed, all_faults(params, base_dir):
        check_factor_names(
            params.factor_lists,
            params.cohort_options["declarations"],
            levels=params.subset_levels,
        )
        return keep_cohort(params.data, **options).sha256


def write_rows_file(
    folder: Path, parameters: Mapping[str, Any], base_dir: Path | None, rows: RawTable
) -> Path:
    """Write rows for processes that are not forked from this one; return the private file."""
    from helpers.cohort.sources.handed_rows import write_rows
    from helpers.params import check_params

    params, path = check_params(parameters), folder / "rows.json"
    options = params.cohort_options["source_options"]
    write_rows(rows, path, params.data, Path(base_dir or ""), options)
    return path
