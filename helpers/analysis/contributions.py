"""What one centre adds to a Cox model stratified by centre: sums over its patients, no row."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from helpers.analysis.model_results import SLOPE
from helpers.analysis.subset import find_endpoint, get_factor
from helpers.analysis.survival_results import read_outcome
from helpers.stats.one_shot_cox import Expansion, expand_likelihood

if TYPE_CHECKING:
    import pandas as pd

    from helpers.cohort import Cohort
    from helpers.cohort import Factor as Declared


@dataclass(frozen=True, slots=True, eq=False)
class Contribution:
    """The sums of one centre for one model.

    Attributes
    ----------
    terms : tuple of str
        ``<factor>.<level>`` of each coefficient, in the declared order, whether or not the
        centre has patients of that level.
    groups : tuple of str
        ``<factor>.<level>`` of every level, references among them.
    n, events : ndarray of int, shape (len(groups),)
        Patients of each level, of whom all factors of the model are known; events among them.
    n_total, events_total : int
        Of the model.
    expansion : Expansion
        Of the log partial likelihood, around the reference; zero in a centre without events.
    """

    terms: tuple[str, ...]
    groups: tuple[str, ...]
    n: NDArray[np.int64]
    events: NDArray[np.int64]
    n_total: int
    events_total: int
    expansion: Expansion


def list_terms(cohort: Cohort, factors: Sequence[str]) -> tuple[str, ...]:
    """Return the coefficients of a model with all levels that are declared."""
    return tuple(name for _, _, name in _iterate_terms([get_factor(cohort, f) for f in factors]))


def find_reference(terms: Sequence[str], hazard_ratios: Mapping[str, float]) -> list[float]:
    """Return the logarithm of each term's known hazard ratio; 0 where none is known."""
    return [math.log(hazard_ratios.get(term, 1.0)) for term in terms]


def contribute_to_model(
    cohort: Cohort,
    *,
    factors: Sequence[str],
    reference: Sequence[float],
    endpoint: str = "os",
    ties: str = "efron",
) -> Contribution:
    """Return what a centre adds to a model stratified by centre.

    Parameters
    ----------
    cohort : Cohort
        Patients of the centre.
    factors : sequence of str
        Of the model, in order.
    reference : sequence of float
        Logarithm of a hazard ratio for each of :func:`list_terms`, the same in every centre.
    endpoint : str
        Key of :data:`helpers.analysis.subset.ENDPOINTS`.
    ties : str
        ``efron`` or ``breslow``.

    Raises
    ------
    NotComputableError
        If the dictionary has a factor no more.
    StatisticsError
        If the reference does not fit the terms.
    """
    declared = [get_factor(cohort, name) for name in factors]
    measured = find_endpoint(cohort.terms, endpoint)
    frame = _select_complete(cohort, [measured.time, measured.event, *factors])
    columns = [_code(frame, cohort, factor, level) for factor, level, _ in _iterate_terms(declared)]
    terms = tuple(name for _, _, name in _iterate_terms(declared))
    matrix = np.column_stack(columns) if columns else np.empty((len(frame), 0))
    event = frame[measured.event].to_numpy(dtype=bool) if len(frame) else np.zeros(0, dtype=bool)
    masks = {
        f"{factor.name}.{level}": (frame[factor.name] == level).to_numpy()
        for factor in declared
        for level in factor.levels
    }
    is_empty = not event.any()
    return Contribution(
        terms=terms,
        groups=tuple(masks),
        n=np.array([int(mask.sum()) for mask in masks.values()], dtype=np.int64),
        events=np.array([int((mask & event).sum()) for mask in masks.values()], dtype=np.int64),
        n_total=len(frame),
        events_total=int(event.sum()),
        expansion=_make_empty(reference)
        if is_empty
        else expand_likelihood(read_outcome(frame, measured), matrix, reference, ties=ties),
    )


def _iterate_terms(declared: Sequence[Declared]) -> list[tuple[Declared, str | None, str]]:
    found: list[tuple[Declared, str | None, str]] = []
    for factor in declared:
        if not factor.levels:
            found.append((factor, None, f"{factor.name}.{SLOPE}"))
        found += [
            (factor, level, f"{factor.name}.{level}")
            for level in factor.levels
            if level != factor.reference
        ]
    return found


def _select_complete(cohort: Cohort, columns: Sequence[str]) -> pd.DataFrame:
    """Return the patients of whom all columns are known; nobody where one is not there."""
    table = cohort.table.reindex(columns=list(dict.fromkeys(columns)))
    return table.dropna()


def _code(
    frame: pd.DataFrame, cohort: Cohort, factor: Declared, level: str | None
) -> NDArray[np.float64]:
    if level is None:
        per = cohort.dictionary.variables[factor.name].per
        return frame[factor.name].to_numpy(dtype=np.float64) / per
    return (frame[factor.name] == level).to_numpy(dtype=np.float64)


def _make_empty(reference: Sequence[float]) -> Expansion:
    p = len(reference)
    sums = (np.zeros((p,) * order) for order in (1, 2, 3, 4))
    return Expansion(np.asarray(reference, dtype=np.float64), *sums)
