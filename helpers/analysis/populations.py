"""The patients behind an estimate: who they are parts of, and where their number is printed.

An analysis that compares groups hands these on beside its results. Nothing of them is ever
shown: disclosure control reads from them which counts a reader could work out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from helpers.stats.factors import Factor
from helpers.stats.outcome import SurvivalOutcome

#: Frames of a set that only disclosure control reads, and that it takes away.
HIDDEN_FRAMES = ("populations", "entries", "event_times", "without", "sizes")
EVERYONE = "everyone"
Printed = Literal["here", "elsewhere", "nowhere"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Population:
    """Some patients of an analysis.

    Attributes
    ----------
    key : str
        Of the population, unique in its analysis.
    n : int
        Patients.
    events : int or None
        Those with the event; None where it is no matter.
    parts_of : tuple of (str, str)
        Keys of the populations that these patients are a part of, each with the name of the
        split; the parts of one split have nobody in common. The whole cohort is
        :data:`EVERYONE`.
    is_whole : bool
        Whether they are all that the analysis looks at.
    printed, events_printed : str
        Whether the number is printed by this analysis, by another, or by none.
    margin : tuple of (str, str) or None
        Column and level of the table that they are, or are chosen from.
    counted_by : tuple of str
        Ids of the results whose `n` and `events` they are.
    behind : tuple of str
        Ids of further results that must not rest on a small number of these patients.
    """

    key: str
    n: int
    events: int | None = None
    parts_of: tuple[tuple[str, str], ...] = ()
    is_whole: bool = False
    printed: Printed = "here"
    events_printed: Printed = "here"
    margin: tuple[str, str] | None = None
    counted_by: tuple[str, ...] = ()
    behind: tuple[str, ...] = ()


def tabulate_populations(populations: Iterable[Population]) -> pd.DataFrame:
    """Return populations as a frame, a row each."""
    names = list(Population.__slots__)
    rows = [[getattr(one, name) for name in names] for one in populations]
    return pd.DataFrame(rows, columns=names, dtype=object)


def read_populations(frame: pd.DataFrame) -> list[Population]:
    """Return the populations that :func:`tabulate_populations` wrote."""
    return [Population(**line) for line in frame.to_dict("records")]


def count_population(
    outcome: SurvivalOutcome, members: NDArray[np.bool_], **fields: Any
) -> Population:
    """Return the population of some patients of an outcome, counted."""
    n, events = np.count_nonzero(members), np.count_nonzero(outcome.event[members])
    return Population(n=int(n), events=int(events), **fields)


def describe_whole(outcome: SurvivalOutcome, counted_by: Iterable[str]) -> Population:
    """Return all the patients that an analysis looks at, under the key ``whole``."""
    return count_population(
        outcome,
        np.ones(outcome.n_subjects, dtype=bool),
        key="whole",
        parts_of=((EVERYONE, "compared"),),
        is_whole=True,
        counted_by=tuple(counted_by),
    )


def list_levels(
    frame: pd.DataFrame,
    outcome: SurvivalOutcome,
    factors: Iterable[Factor],
    whole: str,
    behind: Mapping[tuple[str, str], tuple[str, ...]],
) -> Iterator[Population]:
    """Yield the levels of a model's factors, as the models' own tables print them.

    Parameters
    ----------
    frame, outcome
        Patients of the model, row by row.
    factors : iterable of Factor
        Numbers have no levels and are passed over.
    whole : str
        Key of the model's population.
    behind : mapping
        Ids of the results that rest on a factor's level, by factor and level; those of the
        factor's reference rest on all its results.
    """
    for factor in factors:
        if factor.is_numeric:
            continue
        column = frame[factor.name].to_numpy()
        of_factor = [i for (name, _), ids in behind.items() if name == factor.name for i in ids]
        for level in factor.levels:
            is_reference = level == factor.reference
            ids = of_factor if is_reference else behind.get((factor.name, str(level)), ())
            yield count_population(
                outcome,
                column == level,
                key=f"{whole}/{factor.name}.{level}",
                parts_of=((whole, factor.name),),
                margin=(factor.name, str(level)),
                behind=tuple(ids),
            )
