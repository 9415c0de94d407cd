"""Faults of patients' data in a clinician's words."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

MAX_ROWS = 5
MAX_VALUES = 8
MAX_TEXT = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One value, row or column that breaks a rule.

    Attributes
    ----------
    column : str
        Name in the file; empty for a fault of a whole row.
    rule : str
        What must hold, e.g. ``must be one of female, male``.
    advice : str
        What to do.
    value : str
        What was found, ready for print; never an identifier.
    row : int or None
        Row of the file as a spreadsheet counts, the header being row 1.
    patient : str
        First eight hexadecimal digits of the identifier's SHA-256; empty when unknown.
    """

    column: str
    rule: str
    advice: str
    value: str = ""
    row: int | None = None
    patient: str = ""


def hash_patient_id(patient_id: str) -> str:
    """Return what stands for an identifier wherever a person may read it.

    Parameters
    ----------
    patient_id : str
        Identifier of the file.

    Returns
    -------
    str
        Sixteen hexadecimal digits of its SHA-256; messages print the first eight.

    Examples
    --------
    >>> hash_patient_id("abc")[:8]
    'ba7816bf'
    """
    return hashlib.sha256(patient_id.encode("utf-8", "surrogatepass")).hexdigest()[:16]


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
        At most five rows are named in a sentence and eight values for one rule of a column;
        the rest is counted.
    """
    by_rule: dict[tuple[str, str], dict[tuple[str, str], list[Fault]]] = {}
    for fault in faults:
        by_value = by_rule.setdefault((fault.column, fault.rule), {})
        by_value.setdefault((fault.value, fault.advice), []).append(fault)
    sentences: list[str] = []
    for (column, rule), by_value in by_rule.items():
        groups = list(by_value.values())
        sentences += [_describe_group(group) for group in groups[:MAX_VALUES]]
        if rest := groups[MAX_VALUES:]:
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
    name = f"{first.column} " if first.column else ""
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
