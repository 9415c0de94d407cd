"""A file's table in the form of the data dictionary, and where each column came from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from helpers.cohort.dictionary import Dictionary
from helpers.cohort.faults import Fault
from helpers.cohort.mapping.columns import MadeColumn, Workshop, make_column, make_event
from helpers.cohort.mapping.document import HEADING, ColumnMapping, ColumnSource
from helpers.cohort.mapping.fitting import find_misfits
from helpers.cohort.mapping.understanding import describe_mapping
from helpers.cohort.sources import RawTable
from helpers.cohort.understanding import Understanding
from helpers.errors import FaultsError

PATIENT_ID, FAILURE_DATE, DEAD = "patient_id", "failure_date", "dead"


@dataclass(frozen=True, slots=True, kw_only=True)
class MappedTable:
    """A table in the form of the data dictionary.

    Attributes
    ----------
    raw : RawTable
        Our columns as text; its `origins` say where each came from, its `faults` name cells
        that could not be mapped. Columns of the file that nothing takes stand behind ours.
    understood : tuple of Understanding
        What the mapping made of the file.
    """

    raw: RawTable
    understood: tuple[Understanding, ...] = ()

    @property
    def faults(self) -> tuple[Fault, ...]:
        """Return the cells that could not be mapped."""
        return self.raw.faults


def apply_mapping(
    raw: RawTable, mapping: ColumnMapping | None, dictionary: Dictionary
) -> MappedTable:
    """Return a table with its columns and values in the form of the data dictionary.

    Parameters
    ----------
    raw : RawTable
        As found.
    mapping : ColumnMapping or None
        Which of their columns become ours; without one, columns are taken by our names.
    dictionary : Dictionary
        Our columns.

    Returns
    -------
    MappedTable
        Rows as they were; faults cell by cell.

    Raises
    ------
    FaultsError
        If the mapping names columns, units or values that there are not; all are named.

    Notes
    -----
    Values with labels (SPSS, Stata, REDCap) are taken by label or by code: as keys of a
    category where one of both is a key or its label, as codes where a number or a flag is
    wanted.
    """
    if mapping is None and not raw.codes and not raw.identifier:
        return MappedTable(raw=raw)
    mapping = mapping or ColumnMapping()
    header = [str(name) for name in raw.frame.columns]
    misfits = list(find_misfits(header, mapping, dictionary))
    if misfits:
        raise FaultsError(HEADING, misfits)
    mapping = _resolve_time_zero(mapping, header)
    sources = _complete_sources(header, mapping, dictionary, raw.identifier)
    shop = Workshop(
        raw=raw,
        mapping=mapping,
        positions={name: header.index(name) for name in header},
        patients=_find_patients(raw, sources, header),
    )
    variables = dictionary.file_columns
    made = {
        ours: make_column(ours, source, variables[ours], shop) for ours, source in sources.items()
    }
    if mapping.event:
        made[DEAD] = make_event(variables[DEAD], shop)
    made = {ours: made[ours] for ours in variables if ours in made}
    mapped = _make_table(raw, made, header, dictionary, mapping.ignore)
    return MappedTable(
        raw=mapped,
        understood=tuple(describe_mapping(mapping, sources, made, dictionary, raw.codes)),
    )


def _resolve_time_zero(mapping: ColumnMapping, header: list[str]) -> ColumnMapping:
    """Return the mapping with their column as time zero, and as the date of failure."""
    if not mapping.time_zero:
        return mapping
    named = mapping.columns.get(mapping.time_zero)
    theirs = mapping.time_zero
    if theirs not in header and named and named.kind == "column":
        theirs = named.columns[0]
    columns = dict(mapping.columns)
    if FAILURE_DATE not in columns and theirs in header:
        columns[FAILURE_DATE] = ColumnSource("column", (theirs,))
    return replace(mapping, time_zero=theirs, columns=columns)


def _complete_sources(
    header: list[str], mapping: ColumnMapping, dictionary: Dictionary, identifier: str
) -> dict[str, ColumnSource]:
    """Return all sources: those declared, and columns that have our names already."""
    sources = dict(mapping.columns)
    taken = {
        name
        for source in sources.values()
        for name in (source.columns[:1] if source.kind == "only_if" else source.columns)
    }
    taken.update(mapping.ignore)
    if mapping.event:
        taken.add(mapping.event.column)
    known = dictionary.file_columns
    for name in header:
        alone = header.count(name) == 1 and name not in taken
        if name in known and name not in sources and alone:
            sources[name] = ColumnSource("column", (name,))
    if identifier in header and PATIENT_ID not in sources:
        sources[PATIENT_ID] = ColumnSource("column", (identifier,))
    if mapping.event:
        sources.pop(DEAD, None)
    return sources


def _find_patients(
    raw: RawTable, sources: Mapping[str, ColumnSource], header: list[str]
) -> np.ndarray:
    source = sources.get(PATIENT_ID)
    if source is None or source.kind != "column":
        return np.full(len(raw.frame), "", dtype=object)
    cells = raw.frame.iloc[:, header.index(source.columns[0])]
    return np.array([(cell or "").strip() for cell in cells], dtype=object)


def _make_table(
    raw: RawTable,
    made: Mapping[str, MadeColumn],
    header: list[str],
    dictionary: Dictionary,
    ignored: tuple[str, ...],
) -> RawTable:
    used = {*ignored} | {name for column in made.values() for name in column.origin.columns}
    known = dictionary.file_columns
    repeated = [name for name in dict.fromkeys(header) if header.count(name) > 1 and name in known]
    kept = [
        at
        for at, name in enumerate(header)
        if (name not in used and name not in known) or (name in repeated and name not in made)
    ]
    columns = [column.cells for column in made.values()]
    columns += [raw.frame.iloc[:, at].to_numpy(dtype=object) for at in kept]
    cells = np.empty((len(raw.frame), len(columns)), dtype=object)
    for position, column in enumerate(columns):
        cells[:, position] = column
    names = [*made, *(header[at] for at in kept)]
    return replace(
        raw,
        frame=pd.DataFrame(cells, columns=names, index=raw.frame.index),
        origins={ours: column.origin for ours, column in made.items()},
        codes={},
        faults=tuple(_rename_faults(raw, made)),
    )


def _rename_faults(raw: RawTable, made: Mapping[str, MadeColumn]) -> Iterator[Fault]:
    """Yield the faults of reading, by our columns, and then those of the mapping."""
    by_column = {name: ours for ours, column in made.items() for name in column.origin.columns}
    for fault in raw.faults:
        if ours := by_column.get(fault.column):
            yield replace(fault, column=ours, source_column=fault.column)
    for column in made.values():
        yield from column.faults
