"""A look at a whole table: what it holds, who is eligible, all its faults at once."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from helpers.cohort.checks import (
    find_date_faults,
    find_eligibility_faults,
    find_event_faults,
    find_identifier_faults,
    find_missing_values,
    find_time_faults,
)
from helpers.cohort.dictionary import Dictionary
from helpers.cohort.eligibility import FlowStep, Selection, select_eligible
from helpers.cohort.endpoints import derive_endpoints
from helpers.cohort.example_row import find_template_rows
from helpers.cohort.faults import Fault
from helpers.cohort.plausibility import find_implausible
from helpers.cohort.schema import PATIENT_ID, Cells, parse_columns, read_columns
from helpers.cohort.sources import RawTable


@dataclass(frozen=True, slots=True, kw_only=True)
class ExaminedTable:
    """What a look at a table has found.

    Attributes
    ----------
    columns : dict of str to numpy.ndarray
        Columns of eligible patients; missing where a cell is empty or faulty.
    flow : tuple of FlowStep
        Steps of the selection.
    faults : tuple of Fault
        All of them, cell by cell.
    warnings : tuple of str
        Sentences.
    """

    columns: dict[str, np.ndarray]
    flow: tuple[FlowStep, ...]
    faults: tuple[Fault, ...]
    warnings: tuple[str, ...]


def examine_table(
    raw: RawTable, dictionary: Dictionary, *, today: datetime.date | None = None
) -> ExaminedTable:
    """Check a table against the data dictionary without stopping at a fault.

    Parameters
    ----------
    raw : RawTable
        Text cells.
    dictionary : Dictionary
        The rules.
    today : datetime.date, optional
        No date may be later; today's without one.

    Returns
    -------
    ExaminedTable
        Values, faults and warnings.

    Notes
    -----
    Of patients whom eligibility excludes only the identifier and the eligibility flags are
    checked: a screening log holds little more. A column without a single value counts as absent,
    so that an unused column of a template is not taken for "no AML in any patient".
    """
    today = today or datetime.date.today()
    cells, faults, warnings = read_columns(raw, dictionary)
    faults += [*find_identifier_faults(cells), *find_template_rows(cells)]
    selection, flag_faults, flags = _select(cells, dictionary, today)
    eligible = cells.take(selection.kept)
    names = [name for name in eligible.columns if name not in (PATIENT_ID, *flags)]
    parsed, cell_faults = parse_columns(eligible, names, dictionary, today=today)
    if len(cells.rows) and not selection.kept.any():
        rule = "at least one patient must be eligible"
        faults.append(Fault(column="", rule=rule, advice="look at the eligibility columns"))
    faults += [
        *flag_faults,
        *find_missing_values(eligible, dictionary),
        *cell_faults,
    ]
    if parsed:
        faults += [
            *find_date_faults(eligible, parsed, dictionary),
            *find_time_faults(eligible, parsed),
            *find_event_faults(eligible, parsed, dictionary),
        ]
        warnings += find_implausible(parsed | derive_endpoints(parsed), eligible.rows, dictionary)
    values = {name: column[selection.kept] for name, column in flags.items()} | parsed
    values = {name: column for name, column in values.items() if not pd.isna(column).all()}
    warnings += _describe_gaps(selection, eligible, values)
    if PATIENT_ID in eligible.columns:
        values = {PATIENT_ID: eligible.hash_patients()} | values
    faults = _join_faults(_find_unread(raw, cells, selection, flags), faults)
    return ExaminedTable(
        columns=values, flow=selection.flow, faults=tuple(faults), warnings=tuple(warnings)
    )


def _find_unread(
    raw: RawTable, cells: Cells, selection: Selection, flags: Collection[str]
) -> Iterator[Fault]:
    """Yield the cells that could not be read or mapped, of patients whose cells matter."""
    if not raw.faults:
        return
    positions = {int(row): position for position, row in enumerate(cells.rows)}
    for fault in raw.faults:
        position = positions.get(fault.row) if fault.row is not None else None
        if position is None or fault.column not in cells.columns:
            continue
        if selection.kept[position] or fault.column in (PATIENT_ID, *flags):
            patient = cells.make_fault(position, fault.column, "", "").patient
            yield replace(fault, patient=fault.patient or patient)


def _join_faults(unread: Iterable[Fault], faults: list[Fault]) -> list[Fault]:
    """Return all faults; a cell that could not be read is not called empty as well."""
    first = list(unread)
    named = {(fault.row, fault.column) for fault in first}
    return [
        *first,
        *(one for one in faults if one.row is None or (one.row, one.column) not in named),
    ]


def _describe_gaps(selection: Selection, eligible: Cells, values: Collection[str]) -> Iterator[str]:
    unchecked = [f"{step.label} ({step.column})" for step in selection.flow if not step.checked]
    if unchecked:
        yield (
            "Eligibility was not checked by these rules, because the data lack their columns: "
            f"{'; '.join(unchecked)}."
        )
    empty = [name for name in eligible.columns if name not in values and name != PATIENT_ID]
    if empty and selection.kept.any():
        noun = "column is" if len(empty) == 1 else "columns are"
        yield f"{len(empty)} {noun} empty and treated as absent: {', '.join(empty)}."


def _select(
    cells: Cells, dictionary: Dictionary, today: datetime.date
) -> tuple[Selection, list[Fault], dict[str, np.ndarray]]:
    columns = [rule.column for rule in dictionary.eligibility if rule.column in cells.columns]
    flags, faults = parse_columns(cells, columns, dictionary, today=today)
    selection = select_eligible(flags, dictionary.eligibility, n_screened=len(cells.rows))
    faulty = {(fault.row, fault.column) for fault in faults if fault.row is not None}
    whole = {fault.column for fault in faults if fault.row is None}
    faults += [
        fault
        for fault in find_eligibility_faults(cells, selection, faulty)
        if fault.column not in whole
    ]
    return selection, faults, flags
