"""`lenfail pool`: a report from the share files of several centres."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any


def add_parser(commands: Any) -> None:
    """Add the command to the program's."""
    parser = commands.add_parser(
        "pool",
        help="make one report from the share files of several centres",
        epilog="Exit code 0: the report is there; 2: a file cannot be pooled and nothing was made.",
    )
    parser.add_argument("files", nargs="+", type=Path, help="share files, one of each centre")
    parser.add_argument(
        "--output", type=Path, default=None, help="folder of the report; reports/pooled"
    )
    parser.add_argument("--title", default="", help="title of the report")
    parser.add_argument(
        "--formats", default="html,pdf,docx,xlsx", help="formats to write, e.g. html,pdf"
    )
    parser.add_argument("--number-style", default="paper", help="how numbers are printed")
    parser.set_defaults(run=run_pool, stopped="stopped; nothing was written")


def run_pool(options: argparse.Namespace) -> int:
    """Pool, and tell where the report is."""
    from helpers.report.pooling.run import PoolRequest, write_pooled_report

    print(
        write_pooled_report(
            PoolRequest(
                files=tuple(options.files),
                output=options.output or Path("reports/pooled"),
                title=options.title,
                formats=tuple(name.strip() for name in options.formats.split(",")),
                style=options.number_style,
            )
        )
    )
    return 0
