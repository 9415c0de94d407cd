"""`lenfail build`: from a parameter file to the report."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from helpers.report.progress import ProgressEvent


def add_parser(commands: Any) -> None:
    """Add the command to the program's."""
    parser = commands.add_parser("build", help="run the notebooks and write a report")
    parser.add_argument("params", type=Path, help="parameter file, e.g. params/paper.yml")
    parser.add_argument(
        "--set",
        dest="overrides",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="override a parameter; may be given several times",
    )
    parser.add_argument("--name", help="name of the report; that of the parameter file by default")
    parser.add_argument(
        "--output", type=Path, default=None, help="folder of the reports; reports/ by default"
    )
    parser.add_argument("--quiet", action="store_true", help="print errors only")
    parser.set_defaults(run=run_build, stopped="stopped; the last report is as it was")


def run_build(options: argparse.Namespace) -> int:
    """Build a report."""
    from helpers.params import describe_parameters, read_params_file

    params = read_params_file(options.params, overrides=options.overrides)

    from helpers.cohort import check_factor_names, read_cohort
    from helpers.report.build import build_report, find_project
    from helpers.report.front import make_front_matter

    check_factor_names(params.factor_lists)
    base_dir = options.params.resolve().parent
    read_cohort(params.data, **{**params.cohort_options, "base_dir": base_dir})
    project = find_project()
    parameters = params.model_dump()
    ledger = project / "params" / "published_values.yml"
    summary = build_report(
        parameters,
        name=options.name or options.params.stem,
        output_dir=options.output or project / "reports",
        notebooks_dir=project / "notebooks",
        base_dir=base_dir,
        front=make_front_matter(parameters, ledger=ledger),
        ledger=ledger,
        descriptions=describe_parameters(),
        progress=None if options.quiet else print_progress,
    )
    if not options.quiet:
        print(summary)
    return 0


def print_progress(event: ProgressEvent) -> None:
    """Print a line for each finished section; the summary tells the other steps."""
    if event.kind == "section":
        print(f"  {event.name:<24} {event.seconds:6.1f} s", flush=True)
