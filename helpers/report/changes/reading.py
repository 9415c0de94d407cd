"""Read two finished reports: their results, what they were made of, and their verdicts."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, fields
from difflib import get_close_matches
from pathlib import Path
from typing import Any, get_args

from helpers.errors import FaultsError
from helpers.report.artefacts import RESULTS_FORMAT
from helpers.report.changes.sections import ReadSection, read_sections
from helpers.report.closing import MANIFEST
from helpers.results import Kind, Result, Status

RESULTS = "results.json"
MANIFEST_FORMATS = (1, 2)
_LARGEST_BYTES = 200_000_000
_MAPPINGS = ("parameters", "packages", "files", "reached", "input_files")


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a report says of one printed number of the paper."""

    entry: str
    place: str
    printed: str
    reproduced: str
    verdict: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadReport:
    """A finished report.

    Attributes
    ----------
    name : str
        As its manifest says.
    folder : Path
        Where it is; never printed.
    results : mapping of str to Result
        By id.
    omitted : mapping of str to str
        Why an analysis is missing, by its id.
    titles : mapping of str to str
        Of the analyses, by id.
    manifest : mapping
        What it was made of.
    sections : mapping of str to ReadSection
        By name; empty where the executed notebooks are not there.
    verdicts : mapping of str to Verdict
        By entry of the ledger; empty where nothing was compared with the paper.
    notes : tuple of str
        What a reader must know of the files.
    """

    name: str
    folder: Path
    results: Mapping[str, Result]
    omitted: Mapping[str, str] = field(default_factory=dict)
    titles: Mapping[str, str] = field(default_factory=dict)
    manifest: Mapping[str, Any] = field(default_factory=dict)
    sections: Mapping[str, ReadSection] = field(default_factory=dict)
    verdicts: Mapping[str, Verdict] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def parameters(self) -> Mapping[str, Any]:
        """Return the parameters, as the manifest prints them."""
        return self.manifest.get("parameters", {})

    @property
    def disclosure(self) -> str:
        """Return the rule by which its small counts are protected."""
        return str(self.parameters.get("disclosure") or "off")


def read_two_reports(first: str, second: str, reports_dir: Path) -> tuple[ReadReport, ReadReport]:
    """Read two reports.

    Parameters
    ----------
    first, second : str
        Folder of a report, its ``results.json``, or its name in `reports_dir`.
    reports_dir : Path
        Where reports are by default.

    Raises
    ------
    FaultsError
        With one sentence for each report that is not there, not whole or of another version,
        or if both are one.
    """
    read: list[ReadReport] = []
    faults: list[str] = []
    folders = []
    for letter, given in (("A", first), ("B", second)):
        folder, fault = find_report(given, reports_dir)
        folders.append(folder)
        if folder is None:
            faults.append(f"report {letter} {fault}")
            continue
        try:
            read.append(_read_report(folder))
        except _NoReportError as error:
            faults.append(f"report {letter} ({folder.name!r}) {error}")
    if folders[0] is not None and folders[0] == folders[1]:
        faults = list(dict.fromkeys(fault.replace("report B", "report A") for fault in faults))
        faults.append(
            f"report B must be another report than A, but both are {folders[0].name!r}; build the "
            "second one under another --name"
        )
    if faults:
        noun = "fault" if len(faults) == 1 else "faults"
        raise FaultsError(f"reports cannot be compared: {len(faults)} {noun}", faults)
    return read[0], read[1]


def find_report(given: str, reports_dir: Path) -> tuple[Path | None, str]:
    """Return a report's folder, or None and what is wrong with the words that name it."""
    for path in (Path(given), reports_dir / given):
        if path.name == RESULTS and path.is_file():
            return path.parent.resolve(), ""
        if path.is_dir():
            return path.resolve(), ""
    known = sorted(path.parent.name for path in reports_dir.glob(f"*/{RESULTS}"))
    near = get_close_matches(given, known, n=1)
    advice = f"did you mean {near[0]!r}?" if near else "build it, or give its folder"
    return None, (
        f"must be the folder of a report, its {RESULTS} or its name in {reports_dir.name}/, but "
        f"was {given!r}; {advice}"
    )


class _NoReportError(Exception):
    """What is wrong with a report's files."""


def _read_report(folder: Path) -> ReadReport:
    manifest = _read_manifest(folder)
    path = folder / RESULTS
    content = _read_bytes(path)
    document = _parse(content, RESULTS)
    _check_format(document, RESULTS, (RESULTS_FORMAT,))
    context = document.get("context")
    context = context if isinstance(context, dict) else {}
    notes = []
    recorded = manifest.get("files", {}).get(RESULTS)
    if recorded and recorded != hashlib.sha256(content).hexdigest():
        notes.append(f"its {RESULTS} is not the one that it was built with")
    return ReadReport(
        name=str(manifest.get("name") or folder.name),
        folder=folder,
        results=_read_results(document),
        omitted=_read_omitted(document),
        titles=_read_titles(context),
        manifest=manifest,
        sections=read_sections(folder / "sections"),
        verdicts=_read_verdicts(folder / "comparison.csv"),
        notes=tuple(notes),
    )


def _read_manifest(folder: Path) -> dict[str, Any]:
    manifest = _parse(_read_bytes(folder / MANIFEST), MANIFEST)
    _check_format(manifest, MANIFEST, MANIFEST_FORMATS)
    for name in _MAPPINGS:
        if not isinstance(manifest.setdefault(name, {}), dict):
            raise _NoReportError(
                f"must have a {MANIFEST} whose {name} is an object; build the report again"
            )
    return manifest


def _read_bytes(path: Path) -> bytes:
    try:
        if path.stat().st_size > _LARGEST_BYTES:
            raise _NoReportError(f"must have a {path.name} of at most {_LARGEST_BYTES:,} bytes")
        return path.read_bytes()
    except OSError as error:
        raise _NoReportError(
            f"must have a {path.name} that can be read, but has none "
            f"({error.strerror}); build the report again"
        ) from None


def _parse(content: bytes, name: str) -> dict[str, Any]:
    try:
        found = json.loads(content, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        reason = str(error).splitlines()[0][:100]
        raise _NoReportError(
            f"must have a {name} that is JSON, but it cannot be read ({reason}); build the report "
            "again"
        ) from None
    if not isinstance(found, dict):
        raise _NoReportError(f"must have a {name} that is an object; build the report again")
    return found


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is no number of JSON")


def _check_format(document: Mapping[str, Any], name: str, known: tuple[int, ...]) -> None:
    found = document.get("format")
    if isinstance(found, bool) or found not in known:
        raise _NoReportError(
            f"must have a {name} of format {' or '.join(map(str, known))}, but that is {found!r}; "
            "build the report again with this version"
        )


def _read_results(document: Mapping[str, Any]) -> dict[str, Result]:
    records = document.get("results")
    if not isinstance(records, dict):
        raise _NoReportError(
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
            raise _NoReportError(
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
    numbers = (result.n, result.events, result.missing, result.df, result.conf_level)
    for value in (*numbers, result.estimate, result.p_value, *result.quantities.values()):
        if value is not None and not _is_number(value):
            raise ValueError(f"{value!r} is no number")


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _read_omitted(document: Mapping[str, Any]) -> dict[str, str]:
    found = document.get("omitted")
    items = found if isinstance(found, list) else []
    return {
        str(item.get("id")): str(item.get("reason", "")) for item in items if isinstance(item, dict)
    }


def _read_titles(context: Mapping[str, Any]) -> dict[str, str]:
    found = context.get("definitions")
    titles = {}
    for key, definition in (found if isinstance(found, dict) else {}).items():
        with suppress(AttributeError, TypeError, KeyError):
            titles[str(key)] = str(definition["options"]["title"])
    return titles


def _read_verdicts(path: Path) -> dict[str, Verdict]:
    """Return the verdicts on the paper's numbers; none where there was no comparison."""
    names = [one.name for one in fields(Verdict)]
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
    except (OSError, ValueError, csv.Error):
        return {}
    return {
        row["entry"]: Verdict(**{name: str(row.get(name) or "") for name in names})
        for row in rows
        if row.get("entry")
    }
