"""The command line: `lenfail build`, `lenfail schema` and their kind."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from helpers import __version__
from helpers.errors import LenfailError

if TYPE_CHECKING:
    from helpers.report.progress import ProgressEvent


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code.

    Parameters
    ----------
    argv : sequence of str, optional
        Words of the command line; those of the process without one.

    Returns
    -------
    int
        0, or 2 for a mistake that the message names.
    """
    options = make_parser().parse_args(argv)
    try:
        return options.run(options)
    except LenfailError as error:
        print(f"lenfail: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print("lenfail: stopped; the last report is as it was", file=sys.stderr)
        return 130


def make_parser() -> argparse.ArgumentParser:
    """Return the parser of all commands."""
    parser = argparse.ArgumentParser(
        prog="lenfail",
        description="Outcome after lenalidomide failure: from a cohort to the manuscript.",
    )
    parser.add_argument("--version", action="version", version=f"lenfail {__version__}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    build = commands.add_parser("build", help="run the notebooks and write a report")
    build.add_argument("params", type=Path, help="parameter file, e.g. params/paper.yml")
    build.add_argument(
        "--set",
        dest="overrides",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="override a parameter; may be given several times",
    )
    build.add_argument("--name", help="name of the report; that of the parameter file by default")
    build.add_argument(
        "--output", type=Path, default=None, help="folder of the reports; reports/ by default"
    )
    build.add_argument("--quiet", action="store_true", help="print errors only")
    build.set_defaults(run=run_build)

    schema = commands.add_parser("schema", help="print the JSON Schema of a parameter file")
    schema.set_defaults(run=run_schema)
    return parser


def run_build(options: argparse.Namespace) -> int:
    """Build a report."""
    from helpers.params import describe_parameters, read_params_file

    params = read_params_file(options.params, overrides=options.overrides)

    from helpers.cohort import check_factor_names
    from helpers.report.build import build_report, find_project

    check_factor_names(params.factor_lists)
    project = find_project()
    summary = build_report(
        params.model_dump(),
        name=options.name or options.params.stem,
        output_dir=options.output or project / "reports",
        notebooks_dir=project / "notebooks",
        base_dir=options.params.resolve().parent,
        ledger=project / "params" / "published_values.yml",
        descriptions=describe_parameters(),
        progress=None if options.quiet else print_progress,
    )
    if not options.quiet:
        print(summary)
    return 0


def print_progress(event: ProgressEvent) -> None:
    """Print a line for each finished section and step."""
    if event.kind != "cell":
        print(f"  {event.name:<24} {event.seconds:6.1f} s", flush=True)


def run_schema(options: argparse.Namespace) -> int:
    """Print the JSON Schema of a parameter file."""
    import json

    from helpers.params import make_schema

    del options
    print(json.dumps(make_schema(), indent=2))
    return 0
