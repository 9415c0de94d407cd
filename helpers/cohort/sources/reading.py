"""From the name of a source to its text cells."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from importlib import resources
from pathlib import Path

from helpers.cohort.sources.database_url import is_database_url
from helpers.cohort.sources.delimited import read_delimited
from helpers.cohort.sources.files import read_bytes
from helpers.cohort.sources.raw_table import RawTable
from helpers.errors import DataError, ParameterError

SYNTHETIC = "synthetic"
MAX_NAMES = 12
OPTIONS = ("sheet", "query", "encoding", "delimiter", "decimal", "dictionary")
TEXT_ENDINGS = (".csv", ".tsv", ".txt")
WORKBOOK_ENDINGS = (".xlsx", ".xlsm")
STATISTICAL_ENDINGS = (".sav", ".zsav", ".sas7bdat", ".xpt", ".dta")
PARQUET_ENDINGS = (".parquet", ".pq")
ENDINGS = (*TEXT_ENDINGS, *WORKBOOK_ENDINGS, *STATISTICAL_ENDINGS, *PARQUET_ENDINGS)
_REFUSED = {
    ".xls": "an old Excel workbook; open it and save it as .xlsx",
    ".xlsb": "a binary Excel workbook; open it and save it as .xlsx",
    ".ods": "an OpenDocument sheet; open it and save it as .xlsx",
    ".rds": "a file of R; write it with write.csv(x, 'data.csv', row.names = FALSE)",
    ".rdata": "a file of R; write it with write.csv(x, 'data.csv', row.names = FALSE)",
    ".por": "a portable SPSS file; open it and save it as .sav",
    ".mdb": "an Access database; export the table as .xlsx",
    ".accdb": "an Access database; export the table as .xlsx",
}


def read_source(
    source: str | os.PathLike[str],
    *,
    base_dir: str | os.PathLike[str] | None = None,
    options: Mapping[str, str] | None = None,
) -> RawTable:
    """Read patients' data as text.

    Parameters
    ----------
    source : str or path
        ``synthetic``; the path of a file: text with a delimiter (.csv, .tsv, .txt), Excel
        (.xlsx, .xlsm), SPSS (.sav, .zsav), SAS (.sas7bdat, .xpt), Stata (.dta) or Parquet; or
        the SQLAlchemy URL of a database, whose credentials are ``${NAME}`` of the environment.
    base_dir : path, optional
        Folder that a relative path starts from; the working directory without one.
    options : mapping of str to str, optional
        ``sheet`` of a workbook, ``query`` of a database, ``encoding``, ``delimiter`` and
        ``decimal`` of a text file, ``dictionary`` of a REDCap project; found out or not used
        where empty.

    Returns
    -------
    RawTable
        All rows that hold anything, and what was understood of the source.

    Raises
    ------
    DataError
        If there is no such file, or it cannot be read as such a table.
    ParameterError
        If an option is unknown or has no such value.
    """
    given = _check_options(options or {})
    folder = Path(base_dir or "")
    if str(source) == SYNTHETIC:
        return _read_synthetic()
    if is_database_url(str(source)):
        from helpers.cohort.sources.database import read_database
        from helpers.cohort.sources.handed_rows import find_handed

        handed = find_handed(str(source), folder, given)
        return handed or read_database(str(source), folder, given)
    if "dictionary" in given:
        given["dictionary"] = str(folder / given["dictionary"])
    return _read_file(folder / source, str(source), given)


def _check_options(options: Mapping[str, str]) -> dict[str, str]:
    for name, value in options.items():
        if name not in OPTIONS or not isinstance(value, str):
            known = ", ".join(OPTIONS)
            raise ParameterError(
                f"options of a source must be text by one of the names {known}, but had "
                f"{name!r}; leave it out"
            )
    return {name: value.strip() or value for name, value in options.items() if value}


def _read_file(path: Path, shown: str, options: Mapping[str, str]) -> RawTable:
    ending = path.suffix.lower()
    if ending in TEXT_ENDINGS:
        return _read_text(path, shown, options)
    if ending in WORKBOOK_ENDINGS:
        from helpers.cohort.sources.workbook import read_workbook

        raw = read_workbook(read_bytes(path, shown), path.stem, options)
        return _apply_redcap(_read_commas(raw, options), options)
    if ending in STATISTICAL_ENDINGS:
        from helpers.cohort.sources.statistical_files import read_statistical_file

        return read_statistical_file(path, shown, options)
    if ending in PARQUET_ENDINGS:
        from helpers.cohort.sources.parquet import read_parquet

        return read_parquet(read_bytes(path, shown), path.stem)
    if ending in _REFUSED:
        raise DataError(f"data must be a file that can be read, but was {_REFUSED[ending]}")
    raise DataError(
        f"data must be 'synthetic', the address of a database or a file with one of the endings "
        f"{', '.join(ENDINGS)}, but was {shown!r}; save it as CSV (UTF-8)"
    )


def _read_text(path: Path, shown: str, options: Mapping[str, str]) -> RawTable:
    content = read_bytes(path, shown)
    raw = read_delimited(content, path.stem, options)
    if content == _read_synthetic_bytes():
        raw = replace(raw, synthetic=True)
    return _apply_redcap(raw, options)


def _read_commas(raw: RawTable, options: Mapping[str, str]) -> RawTable:
    if options.get("decimal") == ".":
        return raw
    from helpers.cohort.sources.decimals import replace_texts_with_commas

    frame, names = replace_texts_with_commas(raw.frame)
    if not names:
        return raw
    shown = ", ".join(f"{name!r:.60}" for name in names[:MAX_NAMES])
    more = f" and {len(names) - MAX_NAMES} more" if len(names) > MAX_NAMES else ""
    note = f"Numbers that were typed as text with a decimal comma were read in {shown}{more}."
    return replace(raw, frame=frame, facts=replace(raw.facts, notes=(*raw.facts.notes, note)))


def _apply_redcap(raw: RawTable, options: Mapping[str, str]) -> RawTable:
    if "dictionary" not in options:
        return raw
    from helpers.cohort.sources.redcap import apply_dictionary
    from helpers.cohort.sources.redcap_dictionary import read_redcap_dictionary

    path = Path(options["dictionary"])
    content = read_bytes(path, path.name, what="data_dictionary")
    return apply_dictionary(raw, read_redcap_dictionary(content, path.name))


def _read_synthetic() -> RawTable:
    content = _read_synthetic_bytes()
    if content is None:
        raise DataError("data must be a file, but was 'synthetic'; none is built in")
    return replace(read_delimited(content, SYNTHETIC, {}), synthetic=True)


def _read_synthetic_bytes() -> bytes | None:
    file = resources.files("helpers.cohort").joinpath("data", "synthetic.csv")
    return file.read_bytes() if file.is_file() else None
