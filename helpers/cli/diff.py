"""`lenfail diff`: what changed from one report to another, and why."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from helpers.report.changes.attribution import Attribution
    from helpers.report.changes.comparison import Comparison
    from helpers.report.changes.reading import ReadReport

DIFFERENT = 1
MOST_ROWS = 20


def add_parser(commands: Any) -> None:
    """Add the command to the program's."""
    parser = commands.add_parser(
        "diff",
        help="compare two reports: which numbers changed, by how much, and why",
        epilog="Exit code 0: both were compared, whether or not a number changed; 1: something "
        "changed and --exit-code was given; 2: an input is wrong and nothing was compared.",
    )
    parser.add_argument(
        "report_a", metavar="REPORT_A", help="name of a report, its folder, or its results.json"
    )
    parser.add_argument("report_b", metavar="REPORT_B", help="the report to compare it with")
    parser.add_argument(
        "--attribute",
        action="store_true",
        help="rebuild the results with one cause at a time and say what each changes alone",
    )
    parser.add_argument(
        "--tolerance",
        default="0",
        metavar="SHARE",
        help="numbers are equal that differ by at most this share, e.g. 1e-9; exact by default",
    )
    parser.add_argument(
        "--data",
        type=Path,
        action="append",
        default=[],
        metavar="FILE",
        help="a copy of the patients' data, or of the mapping, of one of both reports, known by "
        "its content; may be given several times",
    )
    parser.add_argument("--json", action="store_true", help="print everything as JSON")
    parser.add_argument("--html", type=Path, metavar="FILE.html", help="write everything as a page")
    parser.add_argument(
        "--all", action="store_true", help=f"print all changed numbers, not {MOST_ROWS}"
    )
    parser.add_argument(
        "--exit-code", action="store_true", help="leave with exit code 1 where something changed"
    )
    parser.set_defaults(run=run_diff)


def run_diff(options: argparse.Namespace) -> int:
    """Compare two reports; 0 where that was done, 1 for a difference if asked for."""
    from dataclasses import replace

    from helpers.report.changes.comparison import compare_reports
    from helpers.report.inputs import find_project

    project = find_project()
    before, after, tolerance = _read_inputs(options, project / "reports")
    folders = _list_folders(project, (before, after), options.data)
    comparison = compare_reports(
        before, after, tolerance=tolerance, folders=folders, files=options.data
    )
    attribution = None
    if options.attribute:
        attribution = _attribute(options, comparison, project, folders)
        comparison = replace(comparison, settled=attribution.settled)
    if options.html is not None:
        _write_page(options.html, comparison, attribution)
    if options.json:
        import json

        from helpers.report.changes.record import make_record

        print(json.dumps(make_record(comparison, attribution), indent=1, allow_nan=False))
    else:
        from helpers.cli.diff_text import format_comparison

        rows = None if options.all else MOST_ROWS
        print(format_comparison(comparison, attribution, most_rows=rows))
        if options.html is not None:
            print(f"\n{options.html}: everything as a page")
    return DIFFERENT if options.exit_code and not comparison.is_same else 0


def _read_inputs(
    options: argparse.Namespace, reports_dir: Path
) -> tuple[ReadReport, ReadReport, float]:
    """Return both reports and the tolerance.

    Raises
    ------
    FaultsError
        With all that is wrong.
    """
    from helpers.errors import FaultsError
    from helpers.report.changes.reading import read_two_reports

    tolerance, faults = _read_tolerance(options.tolerance)
    read: tuple[ReadReport, ...] = ()
    try:
        read = read_two_reports(options.report_a, options.report_b, reports_dir)
    except FaultsError as error:
        faults = [*error.faults, *faults]
    faults += [
        f"--data must name files, but {path.name!r} is none; check the path"
        for path in options.data
        if not path.is_file()
    ]
    faults += _check_page(options.html, [report.folder for report in read])
    if faults:
        noun = "fault" if len(faults) == 1 else "faults"
        raise FaultsError(f"reports cannot be compared: {len(faults)} {noun}", faults)
    before, after = read
    return before, after, tolerance


def _read_tolerance(text: str) -> tuple[float, list[str]]:
    try:
        tolerance = float(text)
    except ValueError:
        tolerance = -1.0
    if 0 <= tolerance < 1:
        return tolerance, []
    return 0.0, [
        f"--tolerance must be a number from 0 to below 1, but was {text!r}; 0.01 lets numbers "
        "differ by one per cent"
    ]


def _check_page(path: Path | None, folders: list[Path]) -> Iterator[str]:
    if path is None:
        return
    if path.suffix.lower() not in (".html", ".htm") or path.is_dir():
        yield f"--html must name a file that ends in .html, but was {path.name!r}; add the ending"
    elif not path.resolve().parent.is_dir():
        yield f"--html must lie in a folder, but {path.parent.name!r} is none; make it first"
    elif any(path.resolve().is_relative_to(folder) for folder in folders):
        yield (
            f"--html must lie outside of both reports, but {path.name!r} does not; a report holds "
            "only what its manifest lists"
        )


def _list_folders(
    project: Path, reports: tuple[ReadReport, ReadReport], files: list[Path]
) -> tuple[Path, ...]:
    """Return where data files are looked for: as their parameter files would, and beside copies."""
    given = [Path.cwd(), project / "params", project]
    beside = [folder for report in reports for folder in report.folder.parents[:2]]
    copies = [path.parent for path in files]
    return tuple(dict.fromkeys(path.resolve() for path in [*given, *beside, *copies]))


def _attribute(
    options: argparse.Namespace, comparison: Comparison, project: Path, folders: tuple[Path, ...]
) -> Attribution:
    from helpers.cli.stopping import stoppable
    from helpers.report.changes.attribution import attribute_changes
    from helpers.report.changes.scenarios import Place

    place = Place(
        notebooks_dir=project / "notebooks",
        reports_dir=project / "reports",
        base_dir=project / "params",
        ledger=project / "params" / "published_values.yml",
        folders=folders,
        files=tuple(options.data),
    )
    is_quiet = options.json or not sys.stderr.isatty()
    with stoppable():
        return attribute_changes(
            comparison, place, (lambda _: None) if is_quiet else _tell_progress
        )


def _tell_progress(words: str) -> None:
    print(f"lenfail: {words}", file=sys.stderr)


def _write_page(path: Path, comparison: Comparison, attribution: Attribution | None) -> None:
    """Write the page whole or not at all."""
    from helpers.errors import BuildError
    from helpers.report.changes.page import write_comparison_page

    page = write_comparison_page(comparison, attribution)
    stage = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        stage.write_text(page, encoding="utf-8", errors="replace")
        stage.replace(path)
    except OSError as error:
        stage.unlink(missing_ok=True)
        raise BuildError(
            f"page {path.name!r} could not be written ({error.strerror}); choose another --html"
        ) from None
