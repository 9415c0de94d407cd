"""What a mapping made of a file, in sentences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd

from helpers.cohort.dictionary import Dictionary
from helpers.cohort.mapping.columns import MadeColumn
from helpers.cohort.mapping.dates import describe_form
from helpers.cohort.mapping.document import ALL, EMPTY, PRESENT, ColumnMapping, ColumnSource
from helpers.cohort.mapping.units import HAEMOGLOBIN_G_DL_PER_MMOL_L, find_factor, simplify_unit
from helpers.cohort.understanding import Understanding

MAX_VALUES = 12


def describe_mapping(
    mapping: ColumnMapping,
    sources: Mapping[str, ColumnSource],
    made: Mapping[str, MadeColumn],
    dictionary: Dictionary,
    codes: Mapping[str, Mapping[str, str]],
) -> Iterator[Understanding]:
    """Yield what was understood: columns, event coding, time zero, units, dates and recodes.

    Parameters
    ----------
    mapping : ColumnMapping
        As applied.
    sources : mapping of str to ColumnSource
        By our column, those that have our names already included.
    made : mapping of str to MadeColumn
        By our column.
    dictionary : Dictionary
        Our columns.
    codes : mapping of str to mapping of str to str
        By their column with value labels: the code behind each label.
    """
    for ours, source in sources.items():
        if source.columns != (ours,):
            yield Understanding(
                topic="column", column=ours, sentence=_describe_source(ours, source, mapping)
            )
    if mapping.time_zero:
        yield Understanding(
            topic="time_zero",
            column="failure_date",
            sentence=f"Time zero is {mapping.time_zero}: survival is counted from that date.",
        )
    if mapping.event:
        yield _describe_event(mapping, made["dead"])
    for ours in mapping.recode:
        if ours in made:
            yield _describe_recode(ours, made[ours])
    for ours, source in sources.items():
        labels = codes.get(source.columns[0], {}) if source.kind == "column" else {}
        if labels and ours not in mapping.recode and dictionary.variables[ours].type == "flag":
            yield _describe_labels(ours, labels)
    for ours, unit in mapping.units.items():
        yield _describe_unit(ours, unit, dictionary)
    yield from _describe_texts(mapping)


def _describe_labels(ours: str, labels: Mapping[str, str]) -> Understanding:
    read = ", ".join(f"{label!r:.40} is {code}" for label, code in labels.items())
    sentence = f"In {ours} labels were read as codes: {read}."
    return Understanding(topic="recode", column=ours, sentence=sentence)


def _describe_texts(mapping: ColumnMapping) -> Iterator[Understanding]:
    for name, form in mapping.dates.items():
        who = "Dates are" if name == ALL else f"Dates of {name} are"
        yield Understanding(
            topic="date",
            column="" if name == ALL else name,
            sentence=f"{who} written {describe_form(form)}.",
        )
    for name, listed in mapping.missing.items():
        where = "In all columns" if name == ALL else f"In {name}"
        yield Understanding(
            topic="missing",
            column="" if name == ALL else name,
            sentence=f"{where} not known is written {', '.join(listed)}.",
        )


def _describe_source(ours: str, source: ColumnSource, mapping: ColumnMapping) -> str:
    names = [name or mapping.time_zero for name in source.columns]
    first = names[0] if names else ""
    sentences = {
        "column": f"is {first}",
        "constant": f"is {source.value} for every patient",
        "span": f"is the time from {first} to {names[-1] if names else ''}",
        "present": f"is 1 where {first} holds a value, otherwise 0",
        "first_of": f"is the first of {', '.join(names)} that is not empty",
    }
    if source.kind == "only_if":
        return f"{ours} is {first} where {names[-1]} is {' or '.join(source.keys)}, else empty."
    if source.kind == "marked":
        pairs = zip(source.keys, names, strict=True)
        return f"{ours} is {', '.join(f'{key} where {name} is marked' for key, name in pairs)}."
    return f"{ours} {sentences.get(source.kind, f'is the {source.kind} of ' + ', '.join(names))}."


def _describe_event(mapping: ColumnMapping, made: MadeColumn) -> Understanding:
    event = mapping.event
    assert event is not None
    n_dead, n_alive = int((made.cells == "1").sum()), int((made.cells == "0").sum())
    if (event.dead, event.alive) == ((PRESENT,), (EMPTY,)):
        coding = f"a value means dead ({n_dead:,} rows), an empty cell alive ({n_alive:,})"
    else:
        coding = (
            f"{', '.join(event.dead)} means dead ({n_dead:,} rows), {', '.join(event.alive)} means "
            f"alive ({n_alive:,})"
        )
    return Understanding(
        topic="event",
        column="dead",
        counts={"dead": n_dead, "alive": n_alive},
        sentence=f"Death is coded in {event.column}: {coding}.",
    )


def _describe_recode(ours: str, made: MadeColumn) -> Understanding:
    pairs = pd.DataFrame({"theirs": made.origin.texts, "ours": made.cells})
    counts = pairs.dropna(subset=["ours"]).groupby(["theirs", "ours"], sort=False).size()
    shown = [
        f"{theirs!r:.40} became {key} ({count:,})"
        for (theirs, key), count in list(counts.items())[:MAX_VALUES]
    ]
    return Understanding(
        topic="recode",
        column=ours,
        counts={str(key): int(count) for key, count in pairs["ours"].value_counts().items()},
        sentence=f"In {ours} {', '.join(shown) or 'nothing was recoded'}.",
    )


def _describe_unit(ours: str, unit: str | float, dictionary: Dictionary) -> Understanding:
    variable = dictionary.variables[ours]
    if isinstance(unit, float):
        sentence = f"{ours} was multiplied with {unit:g} to give {variable.unit or 'our values'}."
    else:
        factor = find_factor(ours, variable.unit, unit) or 1.0
        by = f"divided by {1 / factor:.6g}" if factor < 1 else f"multiplied with {factor:.6g}"
        sentence = f"{ours} was given in {unit} and {by} to give {variable.unit}."
        if simplify_unit(unit) == "mmol/l" and factor == HAEMOGLOBIN_G_DL_PER_MMOL_L:
            sentence = sentence[:-1] + " (mmol/L of the monomer)."
    return Understanding(topic="unit", column=ours, sentence=sentence)
