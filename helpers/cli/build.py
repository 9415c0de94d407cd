"""`lenfail build`: from a parameter file to the report."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

#: The report is there, but a section is missing from it.
INCOMPLETE = 1


def add_parser(commands: Any) -> None:
    """Add the command to the program's."""
    parser = commands.add_parser(
        "build",
        help="run the notebooks and write a report",
        epilog="Exit code 0: the report is whole; 1: it was built without a section that failed "
        "(--keep-going); 2: it was not built and the last one is as it was; 130 and 143: stopped.",
    )
    add_report_options(parser)
    parser.add_argument("--force", action="store_true", help="run every section anew")
    parser.add_argument(
        "--only",
        action="append",
        default=[],
        metavar="SECTION",
        help="run this section anew, e.g. outcomes, and take the others from the last build; "
        "may be given several times",
    )
    parser.add_argument(
        "--keep-going",
        action="store_true",
        help="build the report without a section that fails, and state the failure in its place",
    )
    parser.add_argument(
        "--no-wait",
        action="store_true",
        help="leave with exit code 2 where another process builds this report",
    )
    told = parser.add_mutually_exclusive_group()
    told.add_argument("--quiet", action="store_true", help="print errors only")
    told.add_argument(
        "--json", action="store_true", help="print one JSON object a line for each event"
    )
    parser.set_defaults(run=run_build, stopped="stopped; the last report is as it was")


def add_report_options(parser: argparse.ArgumentParser) -> None:
    """Add what says which report is meant."""
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


def run_build(options: argparse.Namespace) -> int:
    """Build a report."""
    from helpers.cli.console import open_console
    from helpers.cli.stopping import stoppable
    from helpers.report.build import build_report
    from helpers.report.section_runs import RunChoices

    request = make_request(options)
    choices = RunChoices(
        force=options.force, only=tuple(options.only), keep_going=options.keep_going
    )
    with stoppable(), open_console(quiet=options.quiet, as_json=options.json) as console:
        summary = build_report(
            **request, choices=choices, wait=not options.no_wait, progress=console.tell
        )
        console.close(summary)
    return INCOMPLETE if summary.failures else 0


def make_request(options: argparse.Namespace) -> dict[str, Any]:
    """Return the arguments of a build that the command line asks for.

    Raises
    ------
    LenfailError
        If parameter file or overrides are wrong.
    """
    from helpers.params import describe_parameters, read_params_file
    from helpers.report.build import STANDARD_FRONT
    from helpers.report.inputs import find_project

    params = read_params_file(options.params, overrides=options.overrides)
    project = find_project()
    return {
        "parameters": params.model_dump(),
        "name": options.name or options.params.stem,
        "output_dir": options.output or project / "reports",
        "notebooks_dir": project / "notebooks",
        "base_dir": options.params.resolve().parent,
        "front": STANDARD_FRONT,
        "ledger": project / "params" / "published_values.yml",
        "descriptions": describe_parameters(),
        "check_data": True,
    }
