"""Whether a table has the columns and values that the data dictionary asks for."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches

import numpy as np

from helpers.cohort.dictionary import Dictionary, Variable
from helpers.cohort.faults import Fault, hash_patient_id, quote_value
from helpers.cohort.sources import ColumnOrigin, RawTable
from helpers.cohort.values import parse_column

PATIENT_ID = "patient_id"
MAX_NAMES = 8
MIN_LIKENESS = 0.75


@dataclass(frozen=True, slots=True)
class Cells:
    """Known columns of a table as text.

    Attributes
    ----------
    columns : dict of str to numpy.ndarray
        Text by name; None where empty; all of one length.
    rows : numpy.ndarray of int
        Row numbers of the file.
    origins : mapping of str to ColumnOrigin
        By name: which columns of the user's file it was made from, and what they hold.
    salt : str
        For hashes of identifiers.
    """

    columns: dict[str, np.ndarray]
    rows: np.ndarray
    origins: Mapping[str, ColumnOrigin] = field(default_factory=dict)
    salt: str = field(default="", repr=False)

    def take(self, keep: np.ndarray) -> Cells:
        """Return the patients that a mask keeps."""
        return Cells(
            {name: cells[keep] for name, cells in self.columns.items()},
            self.rows[keep],
            {
                name: replace(origin, texts=origin.texts[keep])
                for name, origin in self.origins.items()
            },
            self.salt,
        )

    def hash_patients(self) -> np.ndarray:
        """Return what stands for each patient's identifier."""
        texts = self.columns[PATIENT_ID]
        hashes = [hash_patient_id((text or "").strip(), salt=self.salt) for text in texts]
        return np.array(hashes, dtype=object)

    def make_fault(
        self,
        position: int,
        column: str,
        rule: str,
        advice: str,
        value: str | None = None,
        *,
        beside: str = "",
    ) -> Fault:
        """Return a fault of one patient; the identifier itself is never its value.

        Parameters
        ----------
        position : int
            Of the patient, from 0.
        column, rule, advice : str
            As in :class:`Fault`.
        value : str, optional
            The cell.
        beside : str, optional
            What the value is compared with, in words.
        """
        patient_id = self.columns[PATIENT_ID][position] if PATIENT_ID in self.columns else None
        known = (patient_id or "").strip()
        origin = self.origins.get(column)
        if value is not None and origin is not None:
            value, beside = self._show_theirs(origin.texts[position], value, beside)
        if value is not None and (column == PATIENT_ID or value.strip() == known):
            value = None
        return Fault(
            column=column,
            rule=rule,
            advice=advice,
            value=" ".join(filter(None, ["" if value is None else quote_value(value), beside])),
            row=int(self.rows[position]),
            patient=hash_patient_id(known, salt=self.salt)[:8] if known else "",
            source_column=" and ".join(origin.columns) if origin else "",
        )

    @staticmethod
    def _show_theirs(theirs: str | None, ours: str, beside: str) -> tuple[str, str]:
        """Return the value of the user's file, and ours beside it where it is another."""
        if theirs is None or theirs.strip() == ours.strip():
            return ours, beside
        return theirs, " ".join(filter(None, [f"(read as {quote_value(ours)})", beside]))


def read_columns(raw: RawTable, dictionary: Dictionary) -> tuple[Cells, list[Fault], list[str]]:
    """Take the dictionary's columns out of a table.

    Parameters
    ----------
    raw : RawTable
        As found.
    dictionary : Dictionary
        Columns that are known.

    Returns
    -------
    cells : Cells
        Known columns whose name stands once.
    faults : list of Fault
        Columns that are required and absent, or that repeat; rows of uneven length.
    warnings : list of str
        Columns that are not used.
    """
    known = dictionary.file_columns
    names = [str(name) for name in raw.frame.columns]
    columns = {
        name: raw.frame.iloc[:, names.index(name)].to_numpy(dtype=object)
        for name in known
        if names.count(name) == 1
    }
    origins = {name: raw.origins[name] for name in columns if name in raw.origins}
    cells = Cells(columns, raw.frame.index.to_numpy(), origins, raw.id_salt)
    absent = _find_absent_columns(names, known, mapped=bool(raw.origins))
    faults = [*absent, *_find_repeated_columns(names, known)]
    if not len(raw.frame):
        faults.append(
            Fault(column="", rule="there must be patients below the header", advice="add them")
        )
    width = len(names)
    faults += [
        Fault(
            column="",
            rule=f"must have as many cells as the header ({width})",
            value=str(count),
            row=row,
            advice="look for a delimiter inside a cell without quotation marks, or a shifted row",
        )
        for row, count in raw.ragged_rows.items()
    ]
    return cells, faults, list(_describe_unknown_columns(raw, names, known))


def _find_absent_columns(
    names: list[str], known: Mapping[str, Variable], *, mapped: bool
) -> Iterator[Fault]:
    timed = "os_months" in names
    for name, variable in known.items():
        if not variable.required or name in names:
            continue
        instead = variable.type == "date"
        if instead and timed:
            continue
        near = get_close_matches(name, [other for other in names if other not in known], n=1)
        advice = f"add it ({variable.label})"
        if name == "dead" and mapped:
            advice += ", or say in the mapping how it is coded: event: {column: , dead: , alive: }"
        elif name != "dead" and mapped:
            advice += ", or name yours in the mapping, under columns or as time_zero"
        if near:
            advice = f"rename {quote_value(near[0])} if that is it"
        elif instead:
            advice += ", or give the time in months as os_months"
        yield Fault(column=name, rule="must be a column of the data, but is absent", advice=advice)


def _find_repeated_columns(names: list[str], known: Iterable[str]) -> Iterator[Fault]:
    counts = Counter(names)
    for name in known:
        if counts[name] > 1:
            yield Fault(
                column=name,
                rule=f"must be the name of one column, but is that of {counts[name]}",
                advice="keep one of them",
            )


def _describe_unknown_columns(
    raw: RawTable, names: list[str], known: Mapping[str, Variable]
) -> Iterator[str]:
    unknown = [name for name in names if name and name not in known]
    absent = [name for name in known if name not in names]
    near = {
        name: get_close_matches(name[:100], absent, n=1, cutoff=MIN_LIKENESS)
        for name in unknown[:MAX_NAMES]
    }
    shown = [
        quote_value(name) + (f" (did you mean {near[name][0]!r}?)" if near[name] else "")
        for name in unknown[:MAX_NAMES]
    ]
    if more := len(unknown) - len(shown):
        shown.append(f"{more} more")
    if shown:
        noun = "column is" if len(unknown) == 1 else "columns are"
        yield f"{len(unknown)} {noun} not in the data dictionary and not used: {', '.join(shown)}."
    if any(
        not name and raw.frame.iloc[:, position].notna().any()
        for position, name in enumerate(names)
    ):
        yield "A column without a name holds values; it is not used."


def parse_columns(
    cells: Cells, names: Iterable[str], dictionary: Dictionary, *, today: datetime.date
) -> tuple[dict[str, np.ndarray], list[Fault]]:
    """Turn columns of text into values.

    Parameters
    ----------
    cells : Cells
        Text.
    names : iterable of str
        Columns to take.
    dictionary : Dictionary
        What they are.
    today : datetime.date
        No date may be later.

    Returns
    -------
    values : dict of str to numpy.ndarray
        By name; missing where a cell is empty or faulty.
    faults : list of Fault
        Of single cells, or of a whole column that is coded 1 and 2.
    """
    values: dict[str, np.ndarray] = {}
    faults: list[Fault] = []
    for name in names:
        variable = dictionary.variables[name]
        parsed = parse_column(cells.columns[name], variable, today=today)
        values[name] = parsed.array
        texts = {text.strip() for text in parsed.texts} - {""}
        if variable.type == "flag" and "2" in texts and texts <= {"1", "2"}:
            faults.append(_describe_one_two(name))
            continue
        faults += [
            cells.make_fault(
                position, name, problem.rule, problem.advice, str(cells.columns[name][position])
            )
            for position, problem in parsed.problems.items()
        ]
    return values, faults


def _describe_one_two(name: str) -> Fault:
    return Fault(
        column=name,
        rule="must be coded 0 (no) and 1 (yes), but is coded 1 and 2",
        advice="write 0 and 1 instead; 1 and 2 often mean no and yes, so ask who made the file",
    )
