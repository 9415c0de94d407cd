"""Some specifications of a sweep, in a process that has the patients already."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from helpers.analysis.specifications import Multiverse
from helpers.cohort import read_cohort
from helpers.errors import DataError


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepData:
    """What a worker makes the specifications' models of.

    Attributes
    ----------
    data : str
        As the parameter of this name.
    options : mapping
        Of :func:`helpers.cohort.read_cohort`, the folder among them.
    sha256 : str
        That the data must have.
    factor, level, choices, models, subsets, cuts
        As of :class:`helpers.analysis.specifications.Multiverse`.
    """

    data: str
    options: Mapping[str, Any]
    sha256: str
    factor: str
    level: str
    choices: Mapping[str, Sequence[Any]]
    models: Mapping[str, Sequence[str]] = field(default_factory=dict)
    subsets: Mapping[str, Mapping[str, Sequence[str]]] = field(default_factory=dict)
    cuts: Mapping[str, float] = field(default_factory=dict)


def prepare_multiverse(given: SweepData) -> Multiverse:
    """Read the patients and return their models.

    Raises
    ------
    DataError
        If the data are others than where the sweep was begun.
    LenfailError
        If they cannot be read.
    """
    cohort = read_cohort(given.data, **given.options)
    if cohort.sha256 != given.sha256:
        name = "the database" if "://" in given.data else repr(Path(given.data).name)
        raise DataError(
            f"data must be the same on every worker and while a sweep runs, but {name} differs; "
            "keep it on a disk that all share and begin again"
        )
    return Multiverse(
        cohort,
        given.factor,
        given.level,
        given.choices,
        given.models,
        given.subsets,
        cuts=given.cuts,
    )


def fit_some(
    specifications: Sequence[Mapping[str, Any]], multiverse: Multiverse
) -> list[dict[str, Any]]:
    """Return the row of each specification, ready for JSON."""
    return [
        {name: _to_plain(value) for name, value in row.items()}
        for row in multiverse.fit_all(specifications)
    ]


def name_specification(specification: Mapping[str, Any]) -> str:
    """Return a text that is equal for equal choices, in whatever order."""
    return json.dumps(dict(specification), sort_keys=True)


def _to_plain(value: Any) -> Any:
    return value.item() if hasattr(value, "item") else value
