"""`lenfail batch`: many reports, side by side."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

#: Some reports are there, others failed.
INCOMPLETE = 1


def add_parser(commands: Any) -> None:
    """Add the command to the program's."""
    parser = commands.add_parser(
        "batch",
        help="write many reports side by side, on this machine or on a Dask cluster",
        epilog="Exit code 0: all reports are there; 1: some failed, the others are there; 2: an "
        "input is wrong and nothing was built; 130 and 143: stopped. The same command goes on "
        "where a run stopped: what has not changed is not built again.",
    )
    parser.add_argument(
        "params", type=Path, nargs="*", help="parameter files, each a report of its name"
    )
    parser.add_argument(
        "--table",
        type=Path,
        metavar="FILE",
        help="table of parameters, CSV or xlsx: a row for each report, its name in the column "
        "'name'",
    )
    parser.add_argument(
        "--base", type=Path, metavar="PARAMS", help="parameter file that the table's rows override"
    )
    add_executor_options(parser, "reports")
    parser.add_argument(
        "--output", type=Path, default=None, help="folder of the reports; reports/ by default"
    )
    add_told_options(parser)
    parser.set_defaults(
        run=run_batch_command,
        stopped="stopped; every report is whole or as it was, and the same command goes on",
    )


def add_executor_options(parser: argparse.ArgumentParser, what: str) -> None:
    """Add what says where the work is done and what is done again."""
    parser.add_argument(
        "--jobs",
        type=int,
        metavar="N",
        help=f"{what} at once on this machine; one for each core by default",
    )
    place = parser.add_mutually_exclusive_group()
    place.add_argument(
        "--scheduler", metavar="ADDRESS", help="Dask scheduler, e.g. tcp://10.0.0.1:8786"
    )
    place.add_argument(
        "--scheduler-file", type=Path, metavar="FILE", help="that the Dask scheduler wrote"
    )
    parser.add_argument(
        "--retries",
        type=int,
        default=1,
        metavar="N",
        help="how often what failed or was lost is begun again; once by default",
    )
    again = parser.add_mutually_exclusive_group()
    again.add_argument(
        "--resume", action="store_true", help="do only what is not done yet; this is the default"
    )
    again.add_argument("--force", action="store_true", help="do everything anew")


def add_told_options(parser: argparse.ArgumentParser) -> None:
    """Add what says how much is printed."""
    told = parser.add_mutually_exclusive_group()
    told.add_argument("--quiet", action="store_true", help="print errors only")
    told.add_argument(
        "--json", action="store_true", help="print one JSON object a line for each event"
    )


def run_batch_command(options: argparse.Namespace) -> int:
    """Build many reports."""
    from helpers.cli.counting_console import open_counting_console
    from helpers.cli.stopping import stoppable
    from helpers.report.batch import BatchSettings, check_requests, read_requests, run_batch
    from helpers.report.inputs import find_project

    requests = read_requests(options.params, table=options.table, base=options.base)
    check_requests(requests)
    project = find_project()
    settings = BatchSettings(
        output_dir=options.output or project / "reports",
        notebooks_dir=project / "notebooks",
        ledger=project / "params" / "published_values.yml",
        workers=options.jobs,
        scheduler=options.scheduler,
        scheduler_file=options.scheduler_file,
        retries=options.retries,
        force=options.force,
    )
    with (
        stoppable(),
        open_counting_console("reports", quiet=options.quiet, as_json=options.json) as console,
    ):
        summary = run_batch(requests, settings, progress=console.tell)
        console.close(
            str(summary),
            {"folder": str(summary.folder), "n_failed": summary.n_failed, "n": len(summary.rows)},
        )
    return INCOMPLETE if summary.n_failed else 0
