"""Reading the ledger of published numbers; every fault of the file is told at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

from helpers.errors import FaultsError, ParameterError
from helpers.published.entries import KINDS, Contradiction, Entry, Ledger, Sum
from helpers.published.records import (
    describe_unknown_key,
    find_disagreements,
    find_record_faults,
    make_entry,
    parse_terms,
    suggest,
)
from helpers.published.shape import find_shape_faults

FORMAT = 1

_TOP_KEYS = ("format", "paper", "intervals", "denominators", "sums", "contradictions", "entries")
_SYMMETRY = ("symmetric", "log-symmetric", "any")
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _UniqueKeyLoader(_Loader):
    """A safe loader that refuses a key given twice."""

    def construct_mapping(self, node: Any, deep: bool = False) -> Any:
        """Return a mapping, unless one of its keys comes twice."""
        seen: set[Any] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if key in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key {key!r} is given twice", key_node.start_mark
                )
            seen.add(key)
        return super().construct_mapping(node, deep)


def read_ledger(path: str | Path) -> Ledger:
    """Read and check a ledger of published numbers.

    Parameters
    ----------
    path : str or Path
        YAML file; the package's README describes its format.

    Returns
    -------
    Ledger

    Raises
    ------
    ParameterError
        If there is no such file, or it is not YAML.
    FaultsError
        If the contents break a rule of the format; one sentence for each fault.
    """
    path = Path(path)
    try:
        # every constructor of _UniqueKeyLoader is the safe loader's
        data = yaml.load(path.read_text(encoding="utf-8"), Loader=_UniqueKeyLoader)  # noqa: S506
    except OSError as error:
        raise ParameterError(
            f"ledger must be a readable file, but was {str(path)!r} ({error.strerror}); "
            "check the path"
        ) from None
    except UnicodeDecodeError:
        raise ParameterError(
            f"ledger {path.name!r} must be UTF-8 text; save it with that encoding"
        ) from None
    except yaml.YAMLError as error:
        raise ParameterError(f"ledger {path.name!r} must be YAML; {_one_line(error)}") from error
    return check_ledger(data, source=path.name)


def check_ledger(data: Any, *, source: str = "ledger") -> Ledger:
    """Return a ledger from plain data.

    Parameters
    ----------
    data : mapping
        As read from YAML.
    source : str
        Name of the file, for the message.

    Raises
    ------
    FaultsError
        If the data break a rule of the format; one sentence for each fault.
    """
    heading = f"{source} is not a ledger of published numbers:"
    if not isinstance(data, Mapping) or not isinstance(data.get("entries"), list):
        raise FaultsError(heading, ["entries must be a list of entries"])
    faults = [
        describe_unknown_key(key, _TOP_KEYS, "the ledger") for key in data if key not in _TOP_KEYS
    ]
    shape_faults = find_shape_faults(data)
    if data.get("format") != FORMAT:
        faults.append(
            f"format must be {FORMAT}, but was {data.get('format')!r}; "
            "describe the paper in this version's format"
        )
    entries: dict[str, Entry] = {}
    for position, record in enumerate(data["entries"], start=1):
        _add_entry(entries, record, f"entry {position}", faults)
    if shape_faults:
        raise FaultsError(heading, [*faults, *shape_faults])
    ledger = _make_ledger(data, entries, faults)
    known = {str(record.get("id")) for record in data["entries"] if isinstance(record, Mapping)}
    faults.extend(_find_broken_links(ledger, known))
    if faults:
        raise FaultsError(heading, faults)
    return ledger


def _add_entry(entries: dict[str, Entry], record: Any, name: str, faults: list[str]) -> None:
    if not isinstance(record, Mapping):
        faults.append(f"{name} must be a mapping of keys to values, but was {record!r}")
        return
    name = f"entry {record['id']!r}" if isinstance(record.get("id"), str) else name
    found = find_record_faults(record, name)
    if not found:
        entry = make_entry(record)
        found = list(find_disagreements(entry))
        if entry.id in entries:
            found.append(f"id must be unique, but {entry.id!r} came twice")
        entries.setdefault(entry.id, entry)
    faults.extend(found)


def _make_ledger(data: Mapping[str, Any], entries: dict[str, Entry], faults: list[str]) -> Ledger:
    intervals = data.get("intervals") or {}
    for kind, shape in intervals.items():
        if kind == "conf_level":
            if not (isinstance(shape, float) and 0 < shape < 1):
                faults.append(f"conf_level must lie between 0 and 1, but was {shape!r}")
        elif kind not in KINDS or shape not in _SYMMETRY:
            faults.append(
                f"intervals must say for a kind of estimate one of {', '.join(_SYMMETRY)}, "
                f"but said {kind!r}: {shape!r}"
            )
    denominators = {
        name: parse_terms(text) or () for name, text in (data.get("denominators") or {}).items()
    }
    faults.extend(
        f"denominator {name!r} must be a sum or difference of ids"
        for name, terms in denominators.items()
        if not terms
    )
    return Ledger(
        paper=MappingProxyType(dict(data.get("paper") or {})),
        entries=MappingProxyType(entries),
        intervals=MappingProxyType(dict(intervals)),
        sums=tuple(_make_sum(**item) for item in data.get("sums") or ()),
        denominators=MappingProxyType(denominators),
        contradictions=MappingProxyType(
            {item["key"]: _make_known(**item) for item in data.get("contradictions") or ()}
        ),
    )


def _make_sum(*, total: str | float, parts: list[str]) -> Sum:
    return Sum(total if isinstance(total, str) else Decimal(str(total)), tuple(parts))


def _make_known(*, key: str, statement: str, arithmetic: str, entries: list[str]) -> Contradiction:
    return Contradiction(key, statement, arithmetic, tuple(entries))


def _find_broken_links(ledger: Ledger, known: Set[str]) -> Iterable[str]:
    for owner, entry_id in _list_links(ledger):
        if entry_id not in known:
            near = suggest(entry_id, ledger.entries)
            yield f"{owner} names {entry_id!r}, which is no entry{near}"
    for entry in ledger:
        if entry.contradiction and entry.contradiction not in ledger.contradictions:
            yield (
                f"contradiction of entry {entry.id!r} must be one of "
                f"{', '.join(ledger.contradictions) or 'none'}, but was {entry.contradiction!r}"
            )


def _list_links(ledger: Ledger) -> Iterable[tuple[str, str]]:
    for entry in ledger:
        name = f"entry {entry.id!r}"
        yield from ((name, item) for item in (entry.of, entry.same_as) if item)
        yield from ((name, term.entry_id) for term in entry.count)
    for item in ledger.sums:
        yield from (("a sum", part) for part in item.parts)
        if isinstance(item.total, str):
            yield "a sum", item.total
    for label, terms in ledger.denominators.items():
        yield from ((f"denominator {label!r}", term.entry_id) for term in terms)
    for known in ledger.contradictions.values():
        yield from ((f"contradiction {known.key!r}", item) for item in known.entries)


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())
