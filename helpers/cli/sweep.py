"""`lenfail sweep`: one hazard ratio under every combination of analytic choices."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from helpers.cli.batch import INCOMPLETE, add_executor_options, add_told_options


def add_parser(commands: Any) -> None:
    """Add the command to the program's."""
    parser = commands.add_parser(
        "sweep",
        help="estimate a hazard ratio under every combination of analytic choices",
        epilog="Exit code 0: all specifications are done; 1: some could not be run; 2: an input "
        "is wrong and nothing was run; 130 and 143: stopped. The same command goes on where a run "
        "stopped.",
    )
    parser.add_argument("file", type=Path, help="file of the sweep, e.g. params/sensitivity.yml")
    add_executor_options(parser, "parts of the sweep")
    parser.add_argument(
        "--output", type=Path, default=None, help="folder of the reports; reports/ by default"
    )
    add_told_options(parser)
    parser.set_defaults(
        run=run_sweep_command, stopped="stopped; what is done is kept, and the same command goes on"
    )


def run_sweep_command(options: argparse.Namespace) -> int:
    """Run a sweep."""
    from dataclasses import asdict

    from helpers.cli.counting_console import open_counting_console
    from helpers.cli.stopping import stoppable
    from helpers.report.inputs import find_project
    from helpers.report.sweep import SweepSettings, plan_sweep, run_sweep

    project = find_project()
    plan = plan_sweep(options.file, ledger=project / "params" / "published_values.yml")
    settings = SweepSettings(
        output_dir=options.output or project / "reports",
        workers=options.jobs,
        scheduler=options.scheduler,
        scheduler_file=options.scheduler_file,
        retries=options.retries,
        force=options.force,
    )
    with (
        stoppable(),
        open_counting_console("specifications", quiet=options.quiet, as_json=options.json) as out,
    ):
        summary = run_sweep(plan, settings, progress=out.tell)
        out.close(str(summary), {**asdict(summary), "folder": str(summary.folder)})
    return INCOMPLETE if summary.n_lost else 0
