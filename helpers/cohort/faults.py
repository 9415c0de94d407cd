"""Faults of patients' data in a clinician's words."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

MAX_ROWS = 5
MAX_VALUES = 8
MAX_EXAMPLES = 3
MAX_TEXT = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One value, row or column that breaks a rule.

    Attributes
    ----------
    column : str
        Name in the data dictionary; empty for a fault of a whole row.
    rule : str
        What must hold, e.g. ``must be one of female, male``.
    advice : str
        What to do.
    value : str
        What was found, ready for print; never an identifier.
    row : int or None
        Row of the file as a spreadsheet counts, the header being row 1.
    patient : str
        First eight hexadecimal digits of the identifier's hash; empty when unknown.
    source_column : str
        Name in the user's file where a mapping has given it another; `value` is theirs too.
    """

    column: str
    rule: str
    advice: str
    value: str = ""
    row: int | None = None
    patient: str = ""
    source_column: str = ""

    @property
    def shown_column(self) -> str:
        """Return the column's name in the user's file, with ours where it is another."""
        if self.source_column and self.source_column != self.column:
            return f"{self.source_column} ({self.column})"
        return self.column


def hash_patient_id(patient_id: str, *, salt: str = "") -> str:
    """Return what stands for an identifier wherever a person may read it.

    Parameters
    ----------
    patient_id : str
        Identifier of the file.
    salt : str
        That of the table (:attr:`helpers.cohort.sources.RawTable.id_salt`): who lacks the
        data cannot try out identifiers, and the same data give the same hashes.

    Returns
    -------
    str
        Sixteen hexadecimal digits of a keyed BLAKE2; messages print the first eight.

    Examples
    --------
    >>> hash_patient_id("abc", salt="a") == hash_patient_id("abc", salt="b")
    False
    """
    key = salt.encode("utf-8", "surrogatepass")[:64]
    content = patient_id.encode("utf-8", "surrogatepass")
    return hashlib.blake2b(content, digest_size=8, key=key).hexdigest()


def quote_value(value: str) -> str:
    """Return a value for print: quoted, cut to 40 characters, control characters escaped.

    Examples
    --------
    >>> quote_value("=1+1")
    "'=1+1'"
    """
    return repr(value if len(value) <= MAX_TEXT else value[:MAX_TEXT] + "...")


def describe_faults(faults: Iterable[Fault]) -> tuple[str, ...]:
    """Return one sentence for each kind of fault, the rows named together.

    Parameters
    ----------
    faults : iterable of Fault
        In any order; sentences follow the order of first appearance.

    Returns
    -------
    tuple of str
        At most five rows are named in a sentence. Of more than eight values that break one
        rule of a column three are named; the rest is counted.
    """
    by_rule: dict[tuple[str, str], dict[tuple[str, str], list[Fault]]] = {}
    for fault in faults:
        by_value = by_rule.setdefault((fault.shown_column, fault.rule), {})
        by_value.setdefault((fault.value, fault.advice), []).append(fault)
    sentences: list[str] = []
    for (column, rule), by_value in by_rule.items():
        groups = list(by_value.values())
        shown = MAX_VALUES if len(groups) <= MAX_VALUES else MAX_EXAMPLES
        sentences += [_describe_group(group) for group in groups[:shown]]
        if rest := groups[shown:]:
            n_rows = sum(len(group) for group in rest)
            sentences.append(
                f"{n_rows:,} more {_plural(n_rows, 'row')} with {len(rest):,} other "
                f"{_plural(len(rest), 'value')}: {column} {rule}"
            )
    return tuple(sentences)


def _describe_group(group: list[Fault]) -> str:
    first = group[0]
    where = _describe_rows(group)
    subject = f"{where}: " if where else ""
    found = f", but was {first.value}" if first.value else ""
    name = f"{first.shown_column} " if first.column else ""
    return f"{subject}{name}{first.rule}{found}; {first.advice}"


def _describe_rows(group: list[Fault]) -> str:
    named = [fault for fault in group if fault.row is not None]
    if not named:
        return ""
    texts = [
        f"{fault.row} (patient {fault.patient[:8]})" if fault.patient else str(fault.row)
        for fault in named[:MAX_ROWS]
    ]
    more = len(named) - len(texts)
    if more:
        return f"rows {', '.join(texts)} and {more:,} more"
    if len(texts) == 1:
        return f"row {texts[0]}"
    return f"rows {', '.join(texts[:-1])} and {texts[-1]}"


def _plural(count: int, noun: str) -> str:
    return noun if count == 1 else noun + "s"
