"""What was understood of a user's data, in sentences that they can check."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import pandas as pd

from helpers.cohort.dictionary import Dictionary
from helpers.cohort.sources import RawTable

MAX_LEVELS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Understanding:
    """One thing that was understood.

    Attributes
    ----------
    topic : str
        ``source``, ``event``, ``time_zero``, ``unit``, ``date``, ``recode``, ``missing``,
        ``column`` or ``group``.
    sentence : str
        For people.
    column : str
        Ours, where it is about one.
    counts : mapping of str to int
        Patients by value, where it is about values.
    """

    topic: str
    sentence: str
    column: str = ""
    counts: Mapping[str, int] = field(default_factory=dict)


def describe_source(raw: RawTable) -> Iterator[Understanding]:
    """Yield what a source is: its kind, its form and its size."""
    facts = raw.facts
    n_rows, n_columns = raw.frame.shape
    parts = [
        f"encoding {facts.encoding}" if facts.encoding else "",
        f"cells parted by {facts.delimiter}" if facts.delimiter else "",
        f"decimal {facts.decimal}" if facts.decimal else "",
        f"sheet {facts.sheet!r}" if facts.sheet else "",
        f"{n_rows:,} rows and {n_columns:,} columns",
    ]
    kind = facts.kind or "table"
    yield Understanding(
        topic="source", sentence=f"The data were read as {kind}: {'; '.join(filter(None, parts))}."
    )
    for note in facts.notes:
        yield Understanding(topic="source", sentence=note)


def describe_groups(table: pd.DataFrame, dictionary: Dictionary) -> Iterator[Understanding]:
    """Yield how deaths and groups are distributed among eligible patients.

    Parameters
    ----------
    table : pandas.DataFrame
        The analysis table.
    dictionary : Dictionary
        Labels.
    """
    if "os_event" in table:
        n_dead = int(table["os_event"].sum())
        counts = {"dead": n_dead, "alive": len(table) - n_dead}
        yield Understanding(
            topic="event",
            column="dead",
            counts=counts,
            sentence=f"Of {len(table):,} eligible patients {n_dead:,} died; "
            f"{counts['alive']:,} were alive at last contact (dead: 1 means died).",
        )
    if "os_months" in table and len(table):
        times = table["os_months"]
        label = dictionary.label("os_months")
        yield Understanding(
            topic="time_zero",
            column="os_months",
            sentence=f"{label} is counted in months of 30.4375 days; its median is "
            f"{times.median():.1f} months over {int(times.notna().sum()):,} patients.",
        )
    for name in dictionary.factors:
        if name in table and table[name].notna().any():
            yield _describe_group(table[name], name, dictionary)


def _describe_group(values: pd.Series, name: str, dictionary: Dictionary) -> Understanding:
    found = values.value_counts()
    counts = {key: int(found.get(key, 0)) for key in dictionary.levels(name)}
    levels = dictionary.levels(name)
    shown = [f"{levels[key]} {count:,}" for key, count in list(counts.items())[:MAX_LEVELS]]
    if n_missing := int(values.isna().sum()):
        shown.append(f"not known {n_missing:,}")
    return Understanding(
        topic="group",
        column=name,
        counts=counts,
        sentence=f"{dictionary.label(name)} ({name}): {', '.join(shown)}.",
    )
