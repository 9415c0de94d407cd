"""Rules that bind several cells or several patients."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from helpers.cohort.dictionary import Dictionary
from helpers.cohort.eligibility import Selection
from helpers.cohort.endpoints import count_months
from helpers.cohort.faults import Fault
from helpers.cohort.schema import PATIENT_ID, Cells

Columns = Mapping[str, np.ndarray]

# (earlier, later, not looked at where this one is known: the pair is then covered by two others)
DATE_ORDERS = (
    ("diagnosis_date", "len_start_date", None),
    ("len_start_date", "failure_date", None),
    ("diagnosis_date", "failure_date", "len_start_date"),
    ("failure_date", "first_treatment_date", None),
    ("failure_date", "aml_date", None),
    ("failure_date", "transplant_date", None),
    ("failure_date", "last_contact_date", None),
    ("first_treatment_date", "last_contact_date", None),
    ("aml_date", "last_contact_date", None),
    ("transplant_date", "last_contact_date", None),
)
GIVEN_TIMES = (
    ("os_months", "failure_date", "last_contact_date"),
    ("len_duration_months", "len_start_date", "failure_date"),
    ("diagnosis_to_failure_months", "diagnosis_date", "failure_date"),
    ("time_to_aml_months", "failure_date", "aml_date"),
    ("first_treatment_months", "failure_date", "first_treatment_date"),
    ("transplant_months", "failure_date", "transplant_date"),
)
TIMES_BEFORE_END = ("time_to_aml_months", "first_treatment_months", "transplant_months")
ROUNDING_MONTHS = 0.51
_EPSILON_MONTHS = 1e-9


def find_identifier_faults(cells: Cells) -> Iterator[Fault]:
    """Yield patients without an identifier, or with that of another patient."""
    if PATIENT_ID not in cells.columns:
        return
    ids = pd.Series([(value or "").strip() for value in cells.columns[PATIENT_ID]], dtype=object)
    rule = "must identify the patient"
    for position in np.flatnonzero(ids == ""):
        yield cells.make_fault(position, PATIENT_ID, f"{rule}, but is empty", "fill it in")
    repeated = ids.duplicated(keep=False) & (ids != "")
    for _, same in ids[repeated].groupby(ids[repeated], sort=False):
        rows = ", ".join(str(cells.rows[position]) for position in same.index[:8])
        more = f" and {len(same) - 8:,} more" if len(same) > 8 else ""
        yield cells.make_fault(
            int(same.index[0]),
            PATIENT_ID,
            "must be unique",
            "keep one row a patient, or give each patient an own identifier",
            beside=f"the same in rows {rows}{more}",
        )


def find_eligibility_faults(
    cells: Cells, selection: Selection, faulty: set[tuple[int, str]]
) -> Iterator[Fault]:
    """Yield patients whom a step of the selection could not judge.

    Parameters
    ----------
    cells : Cells
        All patients.
    selection : Selection
        Of the same patients.
    faulty : set of (row, column)
        Cells that have another fault already.
    """
    for column, positions in selection.undocumented.items():
        for position in positions:
            if (int(cells.rows[position]), column) not in faulty:
                yield cells.make_fault(
                    position,
                    column,
                    "must be 0 or 1 for a patient whom no earlier rule excludes, but is empty",
                    "write 0 or 1, or leave the whole column out if nobody recorded it",
                )


def find_missing_values(cells: Cells, dictionary: Dictionary) -> Iterator[Fault]:
    """Yield patients who lack the event, or both the dates and the time."""
    empty = {
        name: np.array([not (value or "").strip() for value in column], dtype=bool)
        for name, column in cells.columns.items()
        if name in ("os_months", "failure_date", "last_contact_date", "dead")
    }
    timed = ~empty["os_months"] if "os_months" in empty else np.zeros(len(cells.rows), dtype=bool)
    for name, absent in empty.items():
        if name == "os_months":
            continue
        must = absent if name == "dead" else absent & ~timed
        label = dictionary.variables[name].label
        advice = "fill it in" if name == "dead" else "fill it in, or give os_months"
        for position in np.flatnonzero(must):
            rule = f"must be known for every patient, but is empty ({label})"
            yield cells.make_fault(position, name, rule, advice)
    if timed.size and not {"failure_date", "last_contact_date"} <= set(empty):
        for position in np.flatnonzero(~timed if "os_months" in empty else []):
            label = dictionary.variables["os_months"].label
            rule = f"must be known for every patient, but is empty ({label})"
            yield cells.make_fault(position, "os_months", rule, "fill it in")


def find_date_faults(cells: Cells, values: Columns, dictionary: Dictionary) -> Iterator[Fault]:
    """Yield pairs of dates in the wrong order."""
    for earlier, later, covered_by in DATE_ORDERS:
        if earlier not in values or later not in values:
            continue
        wrong = values[earlier] > values[later]
        if covered_by in values:
            wrong &= np.isnat(values[covered_by])
        labels = dictionary.variables
        for position in np.flatnonzero(wrong):
            first = np.datetime_as_string(values[earlier][position], unit="D")
            yield cells.make_fault(
                position,
                later,
                f"must not lie before {earlier}",
                f"compare {labels[later].label} and {labels[earlier].label} with the record",
                str(cells.columns[later][position]),
                beside=f"({earlier} {first})",
            )


def find_time_faults(cells: Cells, values: Columns) -> Iterator[Fault]:
    """Yield times that contradict the dates, or that end after last contact."""
    for name, start, end in GIVEN_TIMES:
        if name in values and start in values and end in values:
            made = count_months(values[start], values[end])
            with np.errstate(invalid="ignore"):
                wrong = (np.abs(made - values[name]) > ROUNDING_MONTHS) & (made >= 0)
            for position in np.flatnonzero(wrong):
                yield cells.make_fault(
                    position,
                    name,
                    f"must agree with {start} and {end}",
                    "correct one of them, or leave the column out",
                    str(cells.columns[name][position]),
                    beside=f"({made[position]:.1f} months between the dates)",
                )
    for name in TIMES_BEFORE_END:
        if name in values and "os_months" in values:
            with np.errstate(invalid="ignore"):
                wrong = values[name] > values["os_months"] + _EPSILON_MONTHS
            for position in np.flatnonzero(wrong):
                yield cells.make_fault(
                    position,
                    name,
                    "must not be longer than os_months",
                    "nothing can happen after last contact; correct one of them",
                    str(cells.columns[name][position]),
                    beside=f"(os_months {values['os_months'][position]:g})",
                )


def find_event_faults(cells: Cells, values: Columns, dictionary: Dictionary) -> Iterator[Fault]:
    """Yield events without a date, and dates without their event."""
    event = dictionary.terms.progression
    if "aml" in values:
        dated = _is_known(values, "aml_date", "time_to_aml_months")
        for position in np.flatnonzero((values["aml"] == "yes") & ~dated):
            yield cells.make_fault(
                position,
                "aml_date",
                f"must be known when aml ({event}) is 1, but is empty",
                "fill in the date (or time_to_aml_months), or clear aml if unknown",
            )
        for position in np.flatnonzero((values["aml"] == "no") & dated):
            yield cells.make_fault(
                position,
                "aml",
                f"must be 1 when {event} has a date or a time",
                "correct one of them; if the time is that of last contact where there was no "
                "event, write only_if into the mapping: time_to_aml_months: {column: your time, "
                "only_if: {your event: your code for yes}}",
                "0",
            )
    if "first_treatment" in values and {"transplant_date", "transplant_months"} & set(values):
        dated = _is_known(values, "transplant_date", "transplant_months")
        for position in np.flatnonzero((values["first_treatment"] == "allo") & ~dated):
            yield cells.make_fault(
                position,
                "transplant_date",
                "must be known when first_treatment is allo, but is empty",
                "fill it in, or correct first_treatment",
            )


def _is_known(values: Columns, *names: str) -> np.ndarray:
    known = np.zeros(len(next(iter(values.values()))), dtype=bool)
    for name in names:
        if name in values:
            known |= ~pd.isna(values[name])
    return known
