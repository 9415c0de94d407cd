"""Checking one record of a ledger and making an entry of it."""

from __future__ import annotations

import difflib
import operator
import re
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from functools import partial
from typing import Any

from helpers.published.entries import FIELDS, KINDS, SCOPES, Entry, Term
from helpers.published.precision import NUMBER, PrintedNumber, parse_printed_number

_REQUIRED = ("id", "place", "kind", "printed", "value", "population", "scope")
_TEXTS = ("id", "place", "printed", "unit", "population", "method", "note", "result", "of")
_TEXTS = (*_TEXTS, "same_as", "assumed", "contradiction")
_CHOICES = {"kind": KINDS, "scope": SCOPES, "field": tuple(FIELDS)}
_WHOLE = ("decimals", "denominator", "line")
_MOST_DECIMALS = 12
_KEYS = (*_TEXTS, *_CHOICES, *_WHOLE, "value", "count", "tolerance", "alternates")
_ID = re.compile(r"[a-z0-9_]+(\.[a-z0-9_]+)*")
_TERM = re.compile(r"\s*([+-]?)\s*([a-z0-9_.]+)\s*")


def find_record_faults(record: Mapping[str, Any], name: str) -> list[str]:
    """Return a sentence for each key and value that the format does not allow.

    Parameters
    ----------
    record : mapping
        One item of ``entries``.
    name : str
        What the sentences call it.
    """
    return [*_find_wrong_keys(record, name), *_find_wrong_values(record, name)]


def make_entry(record: Mapping[str, Any]) -> Entry:
    """Return the entry that a record without faults describes."""
    fields = {key: value for key, value in record.items() if key not in ("value", "count")}
    if "tolerance" in fields:
        fields["tolerance"] = Decimal(str(fields["tolerance"]))
    return Entry(
        **fields,
        numbers=_read_numbers(record["value"]) or (),
        count=parse_terms(record.get("count", "")) or (),
    )


def find_disagreements(entry: Entry) -> Iterable[str]:
    """Yield a sentence for each way in which an entry's keys do not fit together."""
    arity = FIELDS.get(entry.field)
    if arity is not None and arity != len(entry.numbers):
        yield (
            f"value of entry {entry.id!r} must hold {arity} number(s) for the field "
            f"{entry.field!r}, but holds {len(entry.numbers)}"
        )
    if entry.scope != "cohort":
        return
    exact = [item.number for item in entry.numbers if item.operator == "="]
    if exact and entry.decimals is None:
        yield f"entry {entry.id!r} must have 'decimals', because its value is a number"
    digits = [Decimal(text) for text in NUMBER.findall(entry.printed)]
    missing = [number for number in exact if number not in digits]
    if digits and missing and entry.tolerance is None:
        yield (
            f"value of entry {entry.id!r} must be what is printed ({entry.printed!r}), "
            f"but was {', '.join(map(str, missing))}"
        )


def _read_numbers(value: Any) -> tuple[PrintedNumber, ...] | None:
    items = value if isinstance(value, list) else [value]
    numbers = [parse_printed_number(item) for item in items]
    return None if not numbers or None in numbers else tuple(item for item in numbers if item)


def parse_terms(text: Any) -> tuple[Term, ...] | None:
    """Return the terms of a sum or difference of ids, None where the text is something else.

    Examples
    --------
    >>> parse_terms("all.n - men.n")
    (Term(sign=1, entry_id='all.n'), Term(sign=-1, entry_id='men.n'))
    >>> parse_terms("12 %") is None
    True
    """
    if not isinstance(text, str) or not text.strip():
        return None
    terms, end = [], 0
    while end < len(text):
        match = _TERM.match(text, end)
        if match is None or (terms and not match[1]):
            return None
        terms.append(Term(-1 if match[1] == "-" else 1, match[2]))
        end = match.end()
    return tuple(terms)


def _find_wrong_keys(record: Mapping[str, Any], name: str) -> Iterable[str]:
    for key in record:
        if key not in _KEYS:
            yield describe_unknown_key(key, _KEYS, name)
    for key in _REQUIRED:
        if key not in record:
            yield f"{name} must have the key {key!r}"
    if record.get("scope") == "cohort" and not {"result", "field"} <= record.keys():
        yield f"{name} must have 'result' and 'field', because its scope is cohort"


def _find_wrong_values(record: Mapping[str, Any], name: str) -> Iterable[str]:
    for key, value in record.items():
        if key not in _DOMAINS:
            continue
        domain, is_allowed = _DOMAINS[key]
        if not is_allowed(value):
            yield f"{key} of {name} must be {domain}, but was {value!r}"


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value)


def _is_id(value: Any) -> bool:
    return isinstance(value, str) and bool(_ID.fullmatch(value))


def _is_whole(value: Any) -> bool:
    return type(value) is int and value >= 0


def _is_few(value: Any) -> bool:
    return _is_whole(value) and value <= _MOST_DECIMALS


def _is_positive(value: Any) -> bool:
    return type(value) in (int, float) and value > 0


def _is_text_mapping(value: Any) -> bool:
    return isinstance(value, Mapping) and all(map(_is_text, [*value.keys(), *value.values()]))


def _is_value(value: Any) -> bool:
    return _read_numbers(value) is not None


def _is_sum(value: Any) -> bool:
    return parse_terms(value) is not None


_DOMAINS: dict[str, tuple[str, Callable[[Any], bool]]] = {
    **dict.fromkeys(_TEXTS, ("text in quotes", _is_text)),
    **dict.fromkeys(_WHOLE, ("a whole number from 0", _is_whole)),
    **{
        key: (f"one of {', '.join(choices)}", partial(operator.contains, choices))
        for key, choices in _CHOICES.items()
    },
    "id": ("lower-case words joined by dots", _is_id),
    "decimals": (f"a whole number from 0 to {_MOST_DECIMALS}", _is_few),
    "value": ("a number, a bound such as '<0.001', or a list of these", _is_value),
    "count": ("an entry's id, or a sum or difference of ids", _is_sum),
    "tolerance": ("a number above 0", _is_positive),
    "alternates": ("a mapping of names to ids of results", _is_text_mapping),
}


def describe_unknown_key(key: Any, known: Iterable[str], name: str) -> str:
    """Return the sentence for a key that the format does not have."""
    return f"{name} has an unknown key {key!r}{suggest(str(key), known)}"


def suggest(word: str, known: Iterable[str]) -> str:
    """Return a clause that offers the nearest known word, empty where none is near."""
    near = difflib.get_close_matches(word, list(known), n=1)
    return f"; did you mean {near[0]!r}?" if near else ""
