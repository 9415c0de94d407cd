"""Files of SPSS, SAS and Stata, their value labels applied."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from helpers.cohort.sources.files import read_bytes
from helpers.cohort.sources.raw_table import (
    RawTable,
    SourceFacts,
    cell_to_text,
    check_size,
    column_to_text,
    make_salt,
    make_text_frame,
)
from helpers.errors import DataError

KINDS = {
    ".sav": ("SPSS file", "read_sav"),
    ".zsav": ("SPSS file", "read_sav"),
    ".sas7bdat": ("SAS file", "read_sas7bdat"),
    ".xpt": ("SAS transport file", "read_xport"),
    ".dta": ("Stata file", "read_dta"),
}
_CATALOGUE = ".sas7bcat"


def read_statistical_file(path: Path, shown: str, options: Mapping[str, str]) -> RawTable:
    """Read a file of a statistics program.

    Parameters
    ----------
    path : Path
        Where it is.
    shown : str
        How the user named it.
    options : mapping of str to str
        ``encoding`` where the file does not tell it; ``dictionary``: a catalogue of SAS
        (.sas7bcat) with the formats of a .sas7bdat file, as an absolute path.

    Returns
    -------
    RawTable
        Labelled values as their labels, the codes beside them; values that the file declares
        missing are empty; dates in ISO form.

    Raises
    ------
    DataError
        If it cannot be read as such a file.
    """
    content = read_bytes(path, shown)
    kind, reader = KINDS[path.suffix.lower()]
    frame, meta = _read(path, kind, reader, options)
    check_size(len(frame), frame.shape[1])
    floats = {
        name for name, stored in (meta.readstat_variable_types or {}).items() if stored == "float"
    }
    columns: list[np.ndarray] = []
    codes: dict[str, dict[str, str]] = {}
    for position, name in enumerate(map(str, frame.columns)):
        values = frame.iloc[:, position]
        if name in floats:
            values = values.astype("float32")
        texts = column_to_text(values)
        labels = _write_labels((meta.variable_value_labels or {}).get(name, {}))
        if labels:
            texts = _apply_labels(texts, labels)
            codes[name] = {label: code for code, label in labels.items()}
        columns.append(texts)
    return RawTable(
        frame=make_text_frame([str(name) for name in frame.columns], columns, len(frame)),
        name=path.stem,
        sha256=hashlib.sha256(content).hexdigest(),
        synthetic=False,
        ragged_rows={},
        facts=SourceFacts(kind=kind, encoding=str(meta.file_encoding or "")),
        codes=codes,
        labels=_list_labels(meta),
        dates_typed=True,
        id_salt=make_salt(content),
    )


def _list_labels(meta: Any) -> dict[str, str]:
    """Return what the file says of its columns, on one line each."""
    given = meta.column_names_to_labels or {}
    labels = {str(name): " ".join(str(label or "").split()) for name, label in given.items()}
    return {name: label for name, label in labels.items() if label}


def _read(path: Path, kind: str, reader: str, options: Mapping[str, str]) -> tuple[Any, Any]:
    import pyreadstat

    arguments: dict[str, Any] = {}
    if options.get("encoding"):
        arguments["encoding"] = options["encoding"]
    if reader in ("read_sav", "read_dta"):
        arguments["apply_value_formats"] = False
    catalogue = _find_catalogue(options.get("dictionary", ""))
    try:
        frame, meta = getattr(pyreadstat, reader)(str(path), **arguments)
        if reader == "read_sas7bdat" and catalogue:
            meta.variable_value_labels = _read_catalogue(catalogue, meta)
        return frame, meta
    except MemoryError:
        reason = "it needs more memory than there is"
    except Exception as error:
        reason = " ".join(str(error).split())[:120] or type(error).__name__
        reason = reason.replace(str(path), repr(path.name))
    raise DataError(
        f"data must be a file that can be read as {kind}, but was {path.name!r} ({reason}); save "
        "it again in the program that made it, give data_encoding if letters are the matter, or "
        "export it as CSV UTF-8"
    ) from None


def _read_catalogue(path: Path, meta: Any) -> dict[str, dict[Any, str]]:
    """Return labels by column: a format of SAS names a set of labels of the catalogue."""
    import pyreadstat

    _, catalogue = pyreadstat.read_sas7bcat(str(path))
    sets = {name.strip("$").upper(): labels for name, labels in catalogue.value_labels.items()}
    formats = {
        name: str(shown or "").rstrip(".0123456789").strip("$").upper()
        for name, shown in meta.original_variable_types.items()
    }
    formats |= {
        name: str(label).strip("$").upper() for name, label in meta.variable_to_label.items()
    }
    return {name: sets[shown] for name, shown in formats.items() if shown in sets}


def _find_catalogue(dictionary: str) -> Path | None:
    if not dictionary:
        return None
    path = Path(dictionary)
    if path.suffix.lower() != _CATALOGUE:
        raise DataError(
            f"data_dictionary must be a SAS catalogue ({_CATALOGUE}) beside a SAS file, but was "
            f"{path.name!r}; leave it empty if there is none"
        )
    read_bytes(path, path.name, what="data_dictionary")
    return path


def _write_labels(labels: Mapping[Any, Any]) -> dict[str, str]:
    """Return labels by code, both as text; labels that several codes share stay codes."""
    texts = {cell_to_text(code) or "": str(label).strip() for code, label in labels.items()}
    counts = pd.Series(list(texts.values()), dtype=object).value_counts()
    return {code: label for code, label in texts.items() if code and label and counts[label] == 1}


def _apply_labels(texts: np.ndarray, labels: Mapping[str, str]) -> np.ndarray:
    codes, distinct = pd.factorize(texts)
    made = np.array(
        [*(labels.get(str(text).strip(), text) for text in distinct), None], dtype=object
    )
    return made[codes]
