"""The reports of a batch: parameter files, or a table with a row for each report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from helpers.errors import FaultsError, LenfailError, ParameterError
from helpers.report.publish import check_report_name

if TYPE_CHECKING:
    from helpers.params import Params

NAME_COLUMN = "name"
_SHOWN = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchRequest:
    """One report of a batch.

    Attributes
    ----------
    name : str
        Of the report.
    origin : str
        Where it is asked for: a file, or a row of a table.
    params : Params
        Checked by themselves.
    base_dir : Path
        Against which relative paths in the parameters are read.
    """

    name: str
    origin: str
    params: Params
    base_dir: Path


def read_requests(
    files: Sequence[Path], *, table: Path | None = None, base: Path | None = None
) -> tuple[BatchRequest, ...]:
    """Read the parameters of all reports.

    Parameters
    ----------
    files : sequence of Path
        Parameter files; each is a report of its name.
    table : Path, optional
        Table of parameters, CSV or a workbook: a row for each report, its name in the column
        ``name``; an empty cell leaves what `base` says.
    base : Path, optional
        Parameter file that the rows override; the defaults without one. Paths in the table
        are relative to its folder, or to the table's without it.

    Returns
    -------
    tuple of BatchRequest

    Raises
    ------
    ParameterError
        If nothing is asked for.
    FaultsError
        With every fault of every report, each with its file or row; also for two reports of
        one name.
    """
    if base is not None and table is None:
        raise ParameterError("--base is what rows of a table override; give --table too")
    if not files and table is None:
        raise ParameterError("a batch must have parameter files or a --table, but has neither")
    faults: list[str] = []
    found = [one for path in files for one in _read_file(path, faults)]
    if table is not None:
        found += _read_table(table, base, faults)
    faults += _find_twins(found)
    _raise(faults, "parameters")
    if not found:
        raise ParameterError(f"table {table and table.name!r} must have rows, but has none")
    return tuple(found)


def check_requests(requests: Sequence[BatchRequest]) -> None:
    """Read, map and check the data of all reports.

    Raises
    ------
    FaultsError
        With every fault, as `lenfail check` tells it, and the reports that have it.
    """
    from helpers.report.check_inputs import check_inputs

    concerned: dict[str, list[str]] = {}
    checked: dict[str, tuple[str, ...]] = {}
    for one in requests:
        key = repr((one.base_dir, one.params.data, one.params.cohort_options))
        key += repr(one.params.factor_lists)
        if key not in checked:
            sentences = check_inputs(one.params, one.base_dir).sentences
            checked[key] = tuple(text for texts in sentences.values() for text in texts)
        for text in checked[key]:
            concerned.setdefault(text, []).append(one.name)
    faults = [f"{_name_some(names)}: {text}" for text, names in concerned.items()]
    _raise(faults, "data")


def _read_file(path: Path, faults: list[str]) -> Iterator[BatchRequest]:
    from helpers.params import read_params_file

    try:
        params = read_params_file(path)
        name = check_report_name(path.stem)
    except LenfailError as error:
        faults += [f"{path}: {text}" for text in list_sentences(error)]
        return
    yield BatchRequest(name=name, origin=str(path), params=params, base_dir=path.resolve().parent)


def _read_table(path: Path, base: Path | None, faults: list[str]) -> list[BatchRequest]:
    from helpers.cohort.sources import read_source
    from helpers.params.reading import read_param_values

    try:
        frame = read_source(path.name, base_dir=path.resolve().parent, options={}).frame
        values = read_param_values(base) if base is not None else {}
    except LenfailError as error:
        faults += list_sentences(error)
        return []
    columns = [str(column) for column in frame.columns]
    twice = [name for name, count in Counter(columns).items() if count > 1]
    if NAME_COLUMN not in columns or twice:
        lack = f"has two columns {twice[0]!r}" if twice else f"has {', '.join(columns)}"
        faults.append(
            f"table {path.name!r} must have a column 'name' and one for each parameter that "
            f"differs, each once, but {lack}; mend its first row"
        )
        return []
    folder = (base or path).resolve().parent
    made: list[BatchRequest] = []
    known: set[str] = set()
    for number, cells in zip(frame.index, frame.itertuples(index=False), strict=True):
        row = {name: text for name, text in zip(columns, cells, strict=True) if text is not None}
        if not row:
            continue
        told: list[str] = []
        made += _read_row(row, values, told, origin=f"row {number}", folder=folder)
        faults += [text for text in told if text.partition(": ")[2] not in known]
        known |= {text.partition(": ")[2] for text in told if "is not a parameter" in text}
    return made


def _read_row(
    row: Mapping[str, str],
    values: Mapping[str, Any],
    faults: list[str],
    *,
    origin: str,
    folder: Path,
) -> Iterator[BatchRequest]:
    from helpers.params import check_params

    try:
        name = check_report_name(str(row.get(NAME_COLUMN, "")).strip())
    except LenfailError as error:
        faults += [f"{origin}: {text}" for text in list_sentences(error)]
        name = ""
    given: dict[str, Any] = {}
    for key, text in row.items():
        if key != NAME_COLUMN:
            try:
                given[key] = read_cell(key, text)
            except LenfailError as error:
                faults += [f"{origin}: {sentence}" for sentence in list_sentences(error)]
    try:
        params = check_params({**values, **given})
    except LenfailError as error:
        faults += [f"{origin}: {text}" for text in list_sentences(error)]
        return
    if name and not faults:
        yield BatchRequest(name=name, origin=origin, params=params, base_dir=folder)


def read_cell(key: str, text: str) -> Any:
    """Return what a cell of a table says: words as they are for a text, else YAML.

    Examples
    --------
    >>> read_cell("title", "No"), read_cell("age_cut_years", "70"), read_cell("formats", "[html]")
    ('No', 70, ['html'])
    """
    from helpers.params import Params, parse_overrides

    field = Params.model_fields.get(key)
    if field is not None and field.annotation is str:
        return text
    return parse_overrides([f"{key}={text}"])[key]


def _find_twins(requests: Sequence[BatchRequest]) -> Iterator[str]:
    """Yield a sentence for each name of several reports; capitals do not tell folders apart."""
    by_name: dict[str, list[BatchRequest]] = {}
    for one in requests:
        by_name.setdefault(one.name.casefold(), []).append(one)
    for twins in by_name.values():
        if len(twins) > 1:
            origins = " and ".join(one.origin for one in twins)
            yield f"names of reports must all be different, but {twins[0].name!r} is of {origins}"


def list_sentences(error: LenfailError) -> tuple[str, ...]:
    """Return the faults of an error, one sentence each."""
    return error.faults if isinstance(error, FaultsError) else (str(error),)


def _name_some(names: Sequence[str]) -> str:
    shown = ", ".join(names[:3])
    return shown if len(names) <= 3 else f"{shown} and {len(names) - 3} more"


def _raise(faults: Sequence[str], what: str) -> None:
    if not faults:
        return
    noun = "fault" if len(faults) == 1 else "faults"
    shown = list(faults[:_SHOWN])
    if len(faults) > _SHOWN:
        shown.append(f"and {len(faults) - _SHOWN:,} more")
    raise FaultsError(
        f"{len(faults):,} {noun} of the {what} to mend before any report is built:", shown
    )
