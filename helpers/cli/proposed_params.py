"""A parameter file for a file of patients whose columns were proposed."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from helpers.cli.propose import OPTIONS
from helpers.cli.template_params import write_template_params

if TYPE_CHECKING:
    from helpers.cohort.dictionary import Dictionary
    from helpers.cohort.intake.own_variables import OwnVariables
    from helpers.cohort.intake.proposals import ProposedMapping


def write_proposed_params(
    options: argparse.Namespace,
    proposed: ProposedMapping,
    dictionary: Dictionary,
    own: OwnVariables,
) -> str:
    """Return a parameter file that names data and mapping and declares the user's variables.

    Parameters
    ----------
    options : argparse.Namespace
        Of the command: data, out, new_params and how the data are read.
    proposed : ProposedMapping
        Of the file.
    dictionary : Dictionary
        With the declared variables.
    own : OwnVariables
        The declared ones.
    """
    from helpers.cohort.intake.mapping_text import DECIDED
    from helpers.params import Params

    found = [one.target for one in proposed.proposals if one.certainty in DECIDED]
    folder = options.new_params.resolve().parent
    chosen = {
        name: Params.model_fields[name].get_default(call_default_factory=True)
        for name in ("table1_variables", "univariate_factors")
    }
    active = {
        "data": _relate(options.data, folder),
        **{f"data_{name}": getattr(options, name) for name in OPTIONS},
        "mapping": _relate(str(options.out), folder),
        "variables": {name: dict(entry) for name, entry in own.entries.items()},
        "table1_variables": [*_keep(chosen["table1_variables"], found, dictionary), *own.entries],
        "univariate_factors": [
            *_keep(chosen["univariate_factors"], found, dictionary),
            *own.groups,
        ],
    }
    kept = {name: value for name, value in active.items() if value not in ("", {})}
    return write_template_params(kept, name=options.new_params.name)


def _keep(names: Sequence[str], found: Sequence[str], dictionary: Dictionary) -> list[str]:
    """Return the built-in columns that can be made of what the file has."""
    return [
        name
        for name in names
        if name in (*dictionary.variables, *dictionary.factors)
        and all(need in found for need in (dictionary.find(name).needs or (name,)))
    ]


def _relate(path: str, folder: Path) -> str:
    """Return a path as seen from the parameter file; the URL of a database stays."""
    if "://" in path:
        return path
    return Path(os.path.relpath(Path(path).resolve(), folder)).as_posix()
