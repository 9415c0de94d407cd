"""`lenfail watch`: build a report again on every save."""

from __future__ import annotations

import argparse
import os
import sys
from typing import Any

from helpers.cli.build import add_report_options, make_request


def add_parser(commands: Any) -> None:
    """Add the command to the program's."""
    parser = commands.add_parser(
        "watch",
        help="build a report again whenever its parameters, notebooks, data or code are saved",
        epilog="Ctrl-C ends it. Processes stay warm between builds; a save of the package's code "
        "starts them anew.",
    )
    add_report_options(parser)
    parser.add_argument(
        "--formats",
        type=lambda words: words.split(","),
        default=["html"],
        metavar="html,pdf",
        help="what to write on each save; HTML alone by default, because it is there first: "
        "lenfail build writes the rest and runs no section again",
    )
    told = parser.add_mutually_exclusive_group()
    told.add_argument("--quiet", action="store_true", help="print errors only")
    told.add_argument(
        "--json", action="store_true", help="print one JSON object a line for each event"
    )
    parser.set_defaults(run=run_watch, stopped="stopped watching; the last report is as it was")


def run_watch(options: argparse.Namespace) -> int:
    """Build, and build again on every save, until the user stops it."""
    from helpers.cli.console import JsonConsole, LineConsole, SilentConsole
    from helpers.cli.stopping import stoppable
    from helpers.errors import LenfailError
    from helpers.report.watching import CodeChanged, ReportWatch

    console = SilentConsole() if options.quiet else LineConsole()
    if options.json:
        console = JsonConsole()

    def read_request() -> dict[str, Any]:
        return {**make_request(options), "formats": options.formats}

    watch = ReportWatch(read_request, options.params, console.tell)
    try:
        with stoppable():
            for outcome in watch.run():
                if isinstance(outcome, LenfailError):
                    print(f"lenfail: {outcome}", file=sys.stderr, flush=True)
                else:
                    console.close(outcome)
    except CodeChanged:
        print("lenfail: the code changed; starting anew", file=sys.stderr, flush=True)
        os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])  # noqa: S606  ourselves
    return 0
