"""The JSON files of a report, read and checked; whatever is wrong with them is a sentence."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_args

from helpers.report.changes.numbers import FIELDS
from helpers.results import Kind, Result, Status

RESULTS = "results.json"
_LARGEST_BYTES = 200_000_000
_LARGEST_NUMBER = 1e300
_MOST_DIGITS = 300


class NoReportError(Exception):
    """What is wrong with a report's files."""


def read_results_file(folder: Path) -> dict[str, Result]:
    """Return the results of a report by id; none where they cannot be read."""
    try:
        return read_results(parse_document(read_bytes(folder / RESULTS), RESULTS))
    except NoReportError:
        return {}


def read_bytes(path: Path) -> bytes:
    """Return the content of a file of a report."""
    try:
        if path.stat().st_size > _LARGEST_BYTES:
            raise NoReportError(f"must have a {path.name} of at most {_LARGEST_BYTES:,} bytes")
        return path.read_bytes()
    except OSError as error:
        raise NoReportError(
            f"must have a {path.name} that can be read, but has none "
            f"({error.strerror}); build the report again"
        ) from None


def parse_document(content: bytes, name: str) -> dict[str, Any]:
    """Return the object that a JSON file holds."""
    try:
        found = json.loads(content, parse_constant=_refuse_constant, parse_int=_read_whole)
    except (ValueError, RecursionError) as error:
        reason = str(error).splitlines()[0][:100]
        raise NoReportError(
            f"must have a {name} that is JSON, but it cannot be read ({reason}); build the report "
            "again"
        ) from None
    if not isinstance(found, dict):
        raise NoReportError(f"must have a {name} that is an object; build the report again")
    return found


def _read_whole(digits: str) -> int:
    if len(digits) > _MOST_DIGITS:
        raise ValueError(f"a number has {len(digits)} digits")
    return int(digits)


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is no number of JSON")


def check_format(document: Mapping[str, Any], name: str, known: tuple[int, ...]) -> None:
    """Refuse a file of a format that is not known."""
    found = document.get("format")
    if isinstance(found, bool) or found not in known:
        raise NoReportError(
            f"must have a {name} of format {' or '.join(map(str, known))}, but that is {found!r}; "
            "build the report again with this version"
        )


def read_results(document: Mapping[str, Any]) -> dict[str, Result]:
    """Return the results of a report by id, each checked."""
    records = document.get("results")
    if not isinstance(records, dict):
        raise NoReportError(
            f"must have a {RESULTS} with an object 'results', but it has none; build the report "
            "again"
        )
    results = {}
    for key, record in records.items():
        try:
            result = Result.from_record(record)
            _check_result(result, key)
        except (TypeError, ValueError) as error:
            reason = str(error).splitlines()[0][:160]
            raise NoReportError(
                f"must have results that this version knows, but {key!r:.80} is none ({reason}); "
                "build the report again"
            ) from None
        results[key] = result
    return results


def _check_result(result: Result, key: str) -> None:
    if result.id != key or result.kind not in get_args(Kind):
        raise ValueError(f"id or kind is {result.id!r}, {result.kind!r}")
    if result.status not in get_args(Status) or not isinstance(result.quantities, dict):
        raise ValueError(f"status is {result.status!r}")
    for value in (*(getattr(result, name) for name in FIELDS), *result.quantities.values()):
        if value is not None and not _is_number(value):
            raise ValueError(f"{value!r} is no number")
    for name in ("label", "unit", "method", "population", "reason"):
        if not isinstance(getattr(result, name), str):
            raise ValueError(f"{name} is no text")
    if result.p_value is not None and not 0 <= result.p_value <= 1:
        raise ValueError(f"p_value is {result.p_value!r}")


def _is_number(value: object) -> bool:
    is_real = isinstance(value, int | float) and not isinstance(value, bool)
    return is_real and abs(value) < _LARGEST_NUMBER
