"""The program `lenfail`: its commands, and what becomes of their mistakes."""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Sequence
from difflib import get_close_matches
from typing import NoReturn

from helpers import __version__
from helpers.cli import (
    audit,
    batch,
    build,
    check,
    diff,
    lab,
    pool,
    propose,
    schema,
    share,
    sweep,
    synthesize,
    template,
    watch,
)
from helpers.errors import LenfailError, ParameterError

COMMANDS = {
    "template": template,
    "map": propose,
    "check": check,
    "build": build,
    "watch": watch,
    "batch": batch,
    "sweep": sweep,
    "diff": diff,
    "lab": lab,
    "share": share,
    "pool": pool,
    "audit": audit,
    "synthesize": synthesize,
    "schema": schema,
}

INTERRUPTED = 130


class CommandParser(argparse.ArgumentParser):
    """A parser that tells a mistake in one sentence."""

    def error(self, message: str) -> NoReturn:
        """Leave with exit code 2."""
        self.exit(2, f"lenfail: {message}; '{self.prog} --help' shows what it takes\n")


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code.

    Parameters
    ----------
    argv : sequence of str, optional
        Words of the command line; those of the process without one.

    Returns
    -------
    int
        0, or 2 for a mistake that the message names, or 130 where the user stopped it.
    """
    words = sys.argv[1:] if argv is None else list(argv)
    stopped = "stopped"
    _print_every_letter()
    try:
        _check_command(words)
        options = make_parser().parse_args(words)
        stopped = options.stopped
        code = options.run(options)
        sys.stdout.flush()
    except LenfailError as error:
        print(f"lenfail: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt as stop:
        print(f"lenfail: {stopped}", file=sys.stderr)
        return getattr(stop, "exit_code", INTERRUPTED)
    except BrokenPipeError:  # whoever read the output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return code


def _print_every_letter() -> None:
    """Let a terminal that lacks a letter show its number instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def make_parser() -> argparse.ArgumentParser:
    """Return the parser of all commands."""
    parser = CommandParser(
        prog="lenfail",
        description="Outcome after lenalidomide failure: from a cohort to the manuscript.",
    )
    parser.add_argument("--version", action="version", version=f"lenfail {__version__}")
    parser.set_defaults(stopped="stopped")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    for command in COMMANDS.values():
        command.add_parser(commands)
    return parser


def _check_command(words: Sequence[str]) -> None:
    if not words or words[0].startswith("-") or words[0] in COMMANDS:
        return
    near = get_close_matches(words[0], COMMANDS, n=1)
    advice = f"did you mean {near[0]!r}?" if near else "'lenfail --help' describes them"
    raise ParameterError(
        f"command must be one of {', '.join(COMMANDS)}, but was {words[0]!r}; {advice}"
    )
