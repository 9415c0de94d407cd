"""`lenfail share`: what a centre may tell others of its report."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any


def add_parser(commands: Any) -> None:
    """Add the command to the program's."""
    parser = commands.add_parser(
        "share",
        help="write a file that other centres may have: protected counts and sums, no patient",
        epilog="Exit code 0: written; 2: an input is wrong and nothing was written. "
        "With --new-key NAMES a joint key is written instead, for the centres alone: with it "
        "groups too small to be shown still count in the pooled hazard ratios.",
    )
    parser.add_argument("report", nargs="?", type=Path, help="folder of a finished report")
    parser.add_argument("--name", default="", help="label of the centre; the report's by default")
    parser.add_argument("--output", type=Path, default=None, help="file to write; NAME.share.json")
    parser.add_argument(
        "--params", type=Path, default=None, help="parameter file that the report was built from"
    )
    rules = parser.add_mutually_exclusive_group()
    rules.add_argument(
        "--rule", default="", help="rule of disclosure control; the report's, or redact-7-round-5"
    )
    rules.add_argument(
        "--threshold", type=int, default=None, metavar="N", help="tell no count up to N, 5 to 50"
    )
    parser.add_argument(
        "--joint-key", type=Path, default=None, metavar="FILE", help="key that the centres share"
    )
    parser.add_argument(
        "--new-key", default="", metavar="NAMES", help="make a key for these centres, A,B,C"
    )
    parser.set_defaults(run=run_share)


def run_share(options: argparse.Namespace) -> int:
    """Write a share file or a key, and tell what was written."""
    from helpers.errors import ParameterError

    if options.new_key:
        return _write_key(options)
    if options.report is None:
        raise ParameterError("REPORT must be given, but was not; name the folder of a report")
    from helpers.report.sharing.run import ShareRequest, write_share

    print(
        write_share(
            ShareRequest(
                report=options.report,
                name=options.name,
                output=options.output,
                params_file=options.params,
                rule=options.rule,
                threshold=options.threshold,
                key_file=options.joint_key,
            )
        )
    )
    return 0


def _write_key(options: argparse.Namespace) -> int:
    from helpers.report.sharing.joint import make_key, write_key

    key = make_key(options.new_key.split(","))
    path = options.output or Path("joint.key.json")
    write_key(path, key)
    print(
        f"{path.name}: joint key of {len(key.centres)} centres. Give it to these centres by a way "
        "that nobody else reads; never to who pools. Make a new one for each round."
    )
    return 0
