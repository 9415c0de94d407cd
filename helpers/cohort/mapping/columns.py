"""One of our columns, made from one or several of theirs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.cohort.dictionary import Variable
from helpers.cohort.endpoints import count_months
from helpers.cohort.faults import Fault, hash_patient_id, quote_value
from helpers.cohort.mapping.document import ALL, EMPTY, PRESENT, ColumnMapping, ColumnSource
from helpers.cohort.mapping.matching import ValueLookup
from helpers.cohort.mapping.units import find_factor
from helpers.cohort.mapping.values import (
    Translated,
    convert_dates,
    convert_numbers,
    drop_missing,
    match_levels,
    read_marks,
    recode_values,
    to_days,
    write_codes,
)
from helpers.cohort.sources import ColumnOrigin, RawTable
from helpers.cohort.values import Problem

_ISO = "ymd"


@dataclass(frozen=True, slots=True)
class Workshop:
    """What all columns are made with: the table, the mapping, and who stands in which row."""

    raw: RawTable
    mapping: ColumnMapping
    positions: Mapping[str, int]
    patients: np.ndarray

    def take(self, name: str, ours: str) -> np.ndarray:
        """Return their column as text without the codes that mean not known."""
        cells = self.raw.frame.iloc[:, self.positions[name]].to_numpy(dtype=object)
        missing = self.mapping.missing
        listed = dict.fromkeys((*missing.get(ALL, ()), *missing.get(ours, ())), "")
        if not listed:
            return cells
        codes = self.raw.codes.get(name, {})
        lookup = ValueLookup(listed, exact=self.mapping.exact, codes=codes)
        return Translated(cells).then(drop_missing(lookup)).cells

    def find_form(self, name: str, ours: str) -> str:
        """Return the form of the dates of a column; empty if none is declared."""
        dates = self.mapping.dates
        return dates.get(name) or dates.get(ours) or dates.get(ALL) or ""

    def take_dates(self, name: str, ours: str) -> Translated:
        """Return their column of dates in ISO form."""
        form = self.find_form(name, ours) or _ISO
        step = convert_dates(form, typed=self.raw.dates_typed)
        return Translated(self.take(name, ours)).then(step)


@dataclass(frozen=True, slots=True)
class MadeColumn:
    """One of our columns with where it came from."""

    cells: np.ndarray
    origin: ColumnOrigin
    faults: tuple[Fault, ...]


def make_column(ours: str, source: ColumnSource, variable: Variable, shop: Workshop) -> MadeColumn:
    """Make one of our columns.

    Parameters
    ----------
    ours : str
        Its name.
    source : ColumnSource
        What it is made from.
    variable : Variable
        What it is.
    shop : Workshop
        Their table and the mapping.

    Returns
    -------
    MadeColumn
        Text in the data dictionary's form, its origin, and faulty cells, which are empty.
    """
    taken = source.columns[:1] if source.kind == "only_if" else source.columns
    names = tuple(dict.fromkeys(name for name in taken if name))
    origin = ColumnOrigin(columns=names, texts=_join(names, shop))
    match source.kind:
        case "constant":
            made = Translated(np.full(len(shop.raw.frame), source.value, dtype=object))
        case "column":
            made = _make_plain(ours, names[0], variable, shop)
        case "span":
            made = _make_span(ours, source, shop)
        case "present":
            cells = shop.take(names[0], ours)
            made = Translated(_flag(_is_known(cells)))
        case "only_if":
            made = _make_conditional(ours, source, variable, shop)
        case "marked":
            made = _make_marked(ours, source, shop)
        case "first_of":
            made = _make_first(ours, names, variable, shop)
        case _:
            made = _make_extreme(ours, names, shop, latest=source.kind == "latest")
    faults = tuple(_list_faults(ours, made.problems, origin, shop))
    return MadeColumn(made.cells, origin, faults)


def make_event(variable: Variable, shop: Workshop) -> MadeColumn:
    """Make the flag of death by the declared coding."""
    event = shop.mapping.event
    assert event is not None
    cells = shop.take(event.column, variable.name)
    origin = ColumnOrigin(columns=(event.column,), texts=_join((event.column,), shop))
    by_presence = list(event.dead) == [PRESENT]
    if by_presence or list(event.alive) == [EMPTY]:
        known = _is_known(cells)
        return MadeColumn(_flag(known), origin, ())
    listed = dict.fromkeys(event.dead, "1") | dict.fromkeys(event.alive, "0")
    lookup = _make_lookup(listed, event.column, shop)
    step = recode_values(listed, lookup, section="event", variable=variable)
    made = Translated(cells).then(step)
    faults = tuple(_list_faults(variable.name, made.problems, origin, shop))
    return MadeColumn(made.cells, origin, faults)


def _make_lookup(listed: Mapping[str, str], name: str, shop: Workshop) -> ValueLookup:
    codes = shop.raw.codes.get(name, {})
    return ValueLookup(listed, exact=shop.mapping.exact, codes=codes)


def _make_plain(ours: str, name: str, variable: Variable, shop: Workshop) -> Translated:
    made = Translated(shop.take(name, ours))
    codes = shop.raw.codes.get(name, {})
    if listed := shop.mapping.recode.get(ours):
        lookup = _make_lookup(listed, name, shop)
        return made.then(recode_values(listed, lookup, section=f"recode.{ours}", variable=variable))
    if variable.type == "date":
        return shop.take_dates(name, ours) if shop.find_form(name, ours) else made
    if variable.type == "category":
        return made.then(match_levels(variable, codes, exact=shop.mapping.exact))
    if codes and variable.type in ("flag", "number", "integer"):
        made = made.then(write_codes(codes))
    unit = shop.mapping.units.get(ours)
    if unit is not None:
        factor = unit if isinstance(unit, float) else find_factor(ours, variable.unit, unit)
        made = made.then(convert_numbers(factor or 1.0, variable))
    return made


def _make_conditional(
    ours: str, source: ColumnSource, variable: Variable, shop: Workshop
) -> Translated:
    """Make a column where another holds one of some values, empty elsewhere."""
    name, decides = source.columns
    lookup = _make_lookup(dict.fromkeys(source.keys, "1"), decides, shop)
    cells = shop.take(decides, ours)
    codes, texts = pd.factorize(cells)
    chosen = np.array([lookup.find(str(text)) is not None for text in texts] + [False], dtype=bool)
    made = _make_plain(ours, name, variable, shop)
    is_kept = chosen[codes]
    problems = {at: problem for at, problem in made.problems.items() if is_kept[at]}
    return Translated(np.where(is_kept, made.cells, None), problems)


def _make_first(
    ours: str, names: tuple[str, ...], variable: Variable, shop: Workshop
) -> Translated:
    chosen = np.full(len(shop.raw.frame), None, dtype=object)
    problems: dict[int, Problem] = {}
    for name in names:
        made = _make_plain(ours, name, variable, shop)
        open_ = ~_is_known(chosen) & ~np.isin(np.arange(len(chosen)), list(problems))
        problems |= {at: problem for at, problem in made.problems.items() if open_[at]}
        chosen = np.where(open_, made.cells, chosen)
    return Translated(chosen, problems)


def _make_extreme(ours: str, names: tuple[str, ...], shop: Workshop, *, latest: bool) -> Translated:
    parts = [shop.take_dates(name, ours) for name in names]
    days = np.array([to_days(part.cells) for part in parts])
    choose = np.fmax if latest else np.fmin  # these pass over NaT
    problems: dict[int, Problem] = {}
    for part in parts:
        problems |= part.problems
    cells = _write_days(choose.reduce(days, axis=0))
    cells[list(problems)] = None
    return Translated(cells, problems)


def _write_days(days: np.ndarray) -> np.ndarray:
    texts = np.datetime_as_string(days, unit="D").astype(object)
    texts[np.isnat(days)] = None
    return texts


def _make_span(ours: str, source: ColumnSource, shop: Workshop) -> Translated:
    start_name, end_name = (name or shop.mapping.time_zero for name in source.columns)
    start, end = shop.take_dates(start_name, ours), shop.take_dates(end_name, ours)
    months = count_months(to_days(start.cells), to_days(end.cells))
    problems = start.problems | end.problems
    backwards = Problem(
        f"must not be negative: {end_name} lies before {start_name}", "compare both dates"
    )
    with np.errstate(invalid="ignore"):
        problems |= {int(at): backwards for at in np.flatnonzero(months < 0)}
    cells = np.array([None if np.isnan(one) else f"{one:.10g}" for one in months], dtype=object)
    cells[list(problems)] = None
    return Translated(cells, problems)


def _make_marked(ours: str, source: ColumnSource, shop: Workshop) -> Translated:
    n_rows = len(shop.raw.frame)
    chosen = np.full(n_rows, None, dtype=object)
    problems: dict[int, Problem] = {}
    twice = Problem("must have one of its columns marked at most", "keep the mark that is right")
    for key, name in zip(source.keys, source.columns, strict=True):
        part = Translated(shop.take(name, ours)).then(read_marks())
        problems |= part.problems
        marked = part.cells == "1"
        problems |= {int(at): twice for at in np.flatnonzero(marked & _is_known(chosen))}
        chosen[marked] = key
    chosen[list(problems)] = None
    return Translated(chosen, problems)


def _is_known(cells: np.ndarray) -> np.ndarray:
    return np.array([cell is not None and bool(str(cell).strip()) for cell in cells], dtype=bool)


def _flag(known: np.ndarray) -> np.ndarray:
    return np.where(known, "1", "0").astype(object)


def _join(names: tuple[str, ...], shop: Workshop) -> np.ndarray:
    columns = [
        shop.raw.frame.iloc[:, shop.positions[name]].to_numpy(dtype=object) for name in names
    ]
    if len(columns) == 1:
        return columns[0]
    texts = np.full(len(shop.raw.frame), None, dtype=object)
    for row, parts in enumerate(zip(*columns, strict=True)) if columns else ():
        known = [part for part in parts if part is not None]
        texts[row] = " | ".join(known) or None
    return texts


def _list_faults(
    ours: str, problems: Mapping[int, Problem], origin: ColumnOrigin, shop: Workshop
) -> Iterator[Fault]:
    rows = shop.raw.frame.index
    for position, problem in sorted(problems.items()):
        patient = shop.patients[position]
        text = origin.texts[position]
        hidden = text is None or text.strip() == (patient or "")
        yield Fault(
            column=ours,
            source_column=" and ".join(origin.columns),
            rule=problem.rule,
            advice=problem.advice,
            value="" if hidden else quote_value(text),
            row=int(rows[position]),
            patient=hash_patient_id(patient, salt=shop.raw.id_salt)[:8] if patient else "",
        )
