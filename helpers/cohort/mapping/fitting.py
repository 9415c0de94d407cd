"""Whether a mapping fits a file's header and the data dictionary."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches

from helpers.cohort.dictionary import Dictionary, Variable
from helpers.cohort.mapping.document import ALL, EMPTY, PRESENT, ColumnMapping, ColumnSource
from helpers.cohort.mapping.matching import find_ambiguous
from helpers.cohort.mapping.units import find_factor, list_units

_FLAG_TARGETS = ("0", "1", "no", "yes", "false", "true", "")
_RESERVED = ("synthetic",)


def find_misfits(
    header: list[str], mapping: ColumnMapping, dictionary: Dictionary
) -> Iterator[str]:
    """Yield a sentence for each name, value or unit of a mapping that there is not.

    Parameters
    ----------
    header : list of str
        Names of their columns.
    mapping : ColumnMapping
        Of the right shape.
    dictionary : Dictionary
        Our columns.
    """
    ours = {name: one for name, one in dictionary.file_columns.items() if name not in _RESERVED}
    yield from _find_columns(header, mapping, ours)
    yield from _find_time_zero(header, mapping)
    yield from _find_event(header, mapping)
    for name in mapping.ignore:
        yield from _find_theirs("ignore", name, header)
    yield from _find_used_ignored(mapping)
    yield from _find_names(header, mapping, ours)
    for name, listed in mapping.recode.items():
        if name in ours:
            yield from _find_targets(name, listed, ours[name], exact=mapping.exact)
    for name, unit in mapping.units.items():
        if name in ours:
            yield from _find_unit(name, unit, ours[name])


def _find_columns(
    header: list[str], mapping: ColumnMapping, ours: Mapping[str, Variable]
) -> Iterator[str]:
    for name, source in mapping.columns.items():
        yield from _find_ours(f"columns.{name}", name, ours)
        for theirs in source.columns:
            if theirs:
                yield from _find_theirs(f"columns.{name}", theirs, header)
        if name in ours:
            yield from _find_kind_misfits(name, source, ours[name], mapping)


def _find_used_ignored(mapping: ColumnMapping) -> Iterator[str]:
    used = {
        name: f"columns.{ours}" for ours, one in mapping.columns.items() for name in one.columns
    }
    used |= {mapping.event.column: "event"} if mapping.event else {}
    used |= {mapping.time_zero: "time_zero"} if mapping.time_zero else {}
    for name in mapping.ignore:
        if name in used:
            yield f"ignore must not name {name!r:.60}, which {used[name]} takes; delete one of both"


def _find_names(
    header: list[str], mapping: ColumnMapping, ours: Mapping[str, Variable]
) -> Iterator[str]:
    for section in ("recode", "missing", "units"):
        for name in getattr(mapping, section):
            if name != ALL or section != "missing":
                yield from _find_ours(f"{section}.{name}", name, ours)
    for name in mapping.dates:
        if name != ALL and name not in header:
            yield from _find_ours(f"dates.{name}", name, [*ours, *header])


def _find_ours(where: str, name: str, known: Iterable[str]) -> Iterator[str]:
    names = list(known)
    if name not in names:
        near = get_close_matches(name[:100], names, n=1)
        advice = f"did you mean {near[0]!r}?" if near else "see the data dictionary for our names"
        yield f"{where[:80]} must begin with one of our columns, but has {name!r:.60}; {advice}"


def _find_theirs(where: str, name: str, header: list[str]) -> Iterator[str]:
    count = header.count(name)
    if count > 1:
        yield (
            f"{where} must name one column of the data, but {name!r:.60} is the name of {count}; "
            "rename all but one of them"
        )
    if not count:
        by_fold = {" ".join(known.split()).casefold(): known for known in reversed(header) if known}
        fold = " ".join(name.split()).casefold()[:100]
        near = get_close_matches(fold, by_fold, n=1)
        advice = f"did you mean {by_fold[near[0]]!r:.60}?" if near else "look at the file's header"
        yield f"{where} must name a column of the data, but names {name!r:.60}; {advice}"


def _find_kind_misfits(
    name: str, source: ColumnSource, variable: Variable, mapping: ColumnMapping
) -> Iterator[str]:
    where = f"columns.{name}"
    kind = source.kind
    if kind in ("earliest", "latest") and variable.type != "date":
        yield f"{where} is no date, so that {kind} has no meaning; write first_of"
    if kind == "span" and variable.unit != "months":
        yield f"{where} is no time in months, so that until has no meaning; name a column"
    if kind == "span" and "" in source.columns and not mapping.time_zero:
        yield f"{where} needs time_zero, but that is not declared; write time_zero: and your column"
    if kind == "present" and variable.type != "flag":
        yield f"{where} is no flag (0 or 1), so that present has no meaning; name a column"
    if kind == "constant" and name == "patient_id":
        yield f"{where} must be another text for each patient; name a column"
    if kind == "marked":
        for key in source.keys:
            if key not in variable.levels:
                yield (
                    f"{where} must mark one of {', '.join(variable.levels) or 'no categories'}, "
                    f"but marks {key!r:.60}; write one of them"
                )


def _find_time_zero(header: list[str], mapping: ColumnMapping) -> Iterator[str]:
    zero = mapping.time_zero
    if not zero:
        return
    named = mapping.columns.get(zero)
    if zero not in header and named and named.kind == "column":
        zero = named.columns[0]
    yield from _find_theirs("time_zero", zero, header)
    failure = mapping.columns.get("failure_date")
    if failure and failure.kind == "column" and failure.columns[0] != zero and zero in header:
        yield (
            f"time_zero must be the column of failure_date ({failure.columns[0]!r:.60}), but was "
            f"{zero!r:.60}; survival is counted from one date"
        )


def _find_event(header: list[str], mapping: ColumnMapping) -> Iterator[str]:
    event = mapping.event
    if event is None:
        return
    yield from _find_theirs("event.column", event.column, header)
    if "dead" in mapping.columns or "dead" in mapping.recode:
        yield "dead must be coded once, but stands under event and elsewhere; keep event"
    by_presence = (PRESENT in event.dead, EMPTY in event.alive)
    if any(by_presence) and (event.dead, event.alive) != ((PRESENT,), (EMPTY,)):
        yield "event must have both dead: present and alive: empty, or list values; write one form"
    for text in find_ambiguous([*event.dead, *event.alive], exact=mapping.exact):
        yield f"event lists {text!r:.60} twice (capitals and spaces aside); keep one"


def _find_targets(
    name: str, listed: Mapping[str, str], variable: Variable, *, exact: bool
) -> Iterator[str]:
    allowed: tuple[str, ...] = ()
    if variable.type == "flag":
        allowed = _FLAG_TARGETS
    elif variable.type == "category":
        allowed = (*variable.levels, "")
    for theirs, target in listed.items():
        if allowed and target not in allowed:
            near = get_close_matches(target[:100], allowed, n=1)
            advice = f"did you mean {near[0]!r}?" if near else "write one of them"
            shown = ", ".join(filter(None, allowed))
            yield (
                f"recode.{name} must give one of {shown} or an empty text, but gives "
                f"{target!r:.60} for {theirs!r:.60}; {advice}"
            )
    for text in find_ambiguous(listed, exact=exact):
        yield f"recode.{name} lists {text!r:.60} twice (capitals and spaces aside); keep one"


def _find_unit(name: str, unit: str | float, variable: Variable) -> Iterator[str]:
    where = f"units.{name}"
    if variable.type not in ("number", "integer"):
        yield f"{where} is no number, so that a unit has no meaning; delete the line"
    elif isinstance(unit, str) and find_factor(name, variable.unit, unit) is None:
        known = ", ".join(list_units(name, variable.unit)) or variable.unit or "{factor: number}"
        yield (
            f"{where} must be a unit that can be made into {variable.unit or 'ours'} ({known}), "
            f"but was {unit!r:.60}; write one of them, or {{factor: number}}"
        )
