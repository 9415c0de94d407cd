"""The command line: `lenfail build`, `lenfail audit` and their kind."""

from helpers.cli.program import main

__all__ = ["main"]
