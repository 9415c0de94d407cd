"""`lenfail schema`: the form of a parameter file, for editors."""

from __future__ import annotations

import argparse
from typing import Any


def add_parser(commands: Any) -> None:
    """Add the command to the program's."""
    parser = commands.add_parser("schema", help="print the JSON Schema of a parameter file")
    parser.set_defaults(run=run_schema)


def run_schema(options: argparse.Namespace) -> int:
    """Print the JSON Schema of a parameter file."""
    import json

    from helpers.params import make_schema

    del options
    print(json.dumps(make_schema(), indent=2))
    return 0
