"""Read two finished reports: their results, what they were made of, and their verdicts."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, fields
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from helpers.errors import FaultsError
from helpers.report.artefacts import RESULTS_FORMAT
from helpers.report.changes.results_file import (
    RESULTS,
    NoReportError,
    check_format,
    parse_document,
    read_bytes,
    read_results,
)
from helpers.report.changes.sections import ReadSection, read_sections
from helpers.report.closing import MANIFEST
from helpers.report.reached import is_reached
from helpers.results import Result

MANIFEST_FORMATS = (1, 2)
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
        except NoReportError as error:
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


def _read_report(folder: Path) -> ReadReport:
    manifest = _read_manifest(folder)
    path = folder / RESULTS
    content = read_bytes(path)
    document = parse_document(content, RESULTS)
    check_format(document, RESULTS, (RESULTS_FORMAT,))
    context = document.get("context")
    context = context if isinstance(context, dict) else {}
    notes = []
    recorded = manifest.get("files", {}).get(RESULTS)
    if recorded and recorded != hashlib.sha256(content).hexdigest():
        notes.append(f"its {RESULTS} is not the one that it was built with")
    return ReadReport(
        name=str(manifest.get("name") or folder.name),
        folder=folder,
        results=read_results(document),
        omitted=_read_omitted(document),
        titles=_read_titles(context),
        manifest=manifest,
        sections=read_sections(folder / "sections"),
        verdicts=_read_verdicts(folder / "comparison.csv"),
        notes=tuple(notes),
    )


def _read_manifest(folder: Path) -> dict[str, Any]:
    manifest = parse_document(read_bytes(folder / MANIFEST), MANIFEST)
    check_format(manifest, MANIFEST, MANIFEST_FORMATS)
    for name in _MAPPINGS:
        if not isinstance(manifest.setdefault(name, {}), dict):
            raise NoReportError(
                f"must have a {MANIFEST} whose {name} is an object; build the report again"
            )
    if not is_reached(manifest["reached"]):
        raise NoReportError(
            f"must have a {MANIFEST} whose 'reached' this version knows; build the report again"
        )
    return manifest


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
