"""From columns of a table to the covariate matrix of a model, in reference coding."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from helpers.errors import StatisticsError
from helpers.stats.factors import Factor, Term

FloatArray = NDArray[np.float64]

__all__ = ["Design", "Factor", "Term", "build_design", "design_from_columns", "infer_factor"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Design:
    """The covariates of a model.

    Attributes
    ----------
    matrix : ndarray, shape (n_subjects, n_terms)
        0/1 columns of the levels, numbers as they are, neither centred nor scaled.
    terms : tuple of Term
        One for each column.
    factors : tuple of Factor
        Whose levels are those that occur in the data.
    warnings : tuple of str
        What was left out, in words.
    """

    matrix: FloatArray
    terms: tuple[Term, ...]
    factors: tuple[Factor, ...]
    warnings: tuple[str, ...] = ()

    @property
    def n_subjects(self) -> int:
        """Return the number of rows."""
        return self.matrix.shape[0]

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of the columns."""
        return tuple(term.name for term in self.terms)

    def columns_of(self, factor: str) -> list[int]:
        """Return the positions of a factor's columns."""
        return [i for i, term in enumerate(self.terms) if term.factor == factor]

    def select(self, names: Iterable[str]) -> Design:
        """Return the design of some factors, in the order of this one.

        Raises
        ------
        StatisticsError
            If there is no factor of that name.
        """
        wanted = set(names)
        unknown = wanted.difference(factor.name for factor in self.factors)
        if unknown:
            raise StatisticsError(
                f"names must be among {[factor.name for factor in self.factors]}, but was "
                f"{sorted(unknown)}"
            )
        columns = [i for i, term in enumerate(self.terms) if term.factor in wanted]
        return replace(
            self,
            matrix=self.matrix[:, columns],
            terms=tuple(self.terms[i] for i in columns),
            factors=tuple(factor for factor in self.factors if factor.name in wanted),
        )

    def take(self, rows: ArrayLike) -> Design:
        """Return the design of some rows, by position or mask."""
        return replace(self, matrix=self.matrix[np.asarray(rows)])

    def without_constant(self) -> Design:
        """Return the columns that vary, and the factors that have one."""
        kept = np.flatnonzero((self.matrix != self.matrix[0]).any(axis=0))
        terms = tuple(self.terms[i] for i in kept)
        names = {term.factor for term in terms}
        return replace(
            self,
            matrix=self.matrix[:, kept],
            terms=terms,
            factors=tuple(factor for factor in self.factors if factor.name in names),
        )


def build_design(frame: pd.DataFrame, factors: Sequence[Factor]) -> Design:
    """Return the covariate matrix of some columns in reference coding.

    Parameters
    ----------
    frame : DataFrame, n_subjects rows
        The table; missing values are not allowed in the columns that are used.
    factors : sequence of Factor
        What enters the model.

    Returns
    -------
    Design
        A declared level that no row has gets no column, and a warning that says so.

    Raises
    ------
    StatisticsError
        If a column is absent, has missing values or values that are no level, if a factor
        has only one level in the data, or its reference level is empty.

    Examples
    --------
    >>> frame = pd.DataFrame({"arm": ["a", "b", "b"], "age_years": [60, 70, 80]})
    >>> design = build_design(frame, [Factor("arm", ("a", "b")), Factor("age_years")])
    >>> design.names
    ('arm=b', 'age_years')
    >>> design.matrix.tolist()
    [[0.0, 60.0], [1.0, 70.0], [1.0, 80.0]]
    """
    columns: list[FloatArray | NDArray[np.bool_]] = []
    terms: list[Term] = []
    present: list[Factor] = []
    warnings: list[str] = []
    for factor in _check_factors(factors):
        values = _read_column(frame, factor.name)
        if factor.is_numeric:
            columns.append(_to_numbers(values, factor.name))
            terms.append(Term(factor.name, factor.name))
            present.append(factor)
            continue
        kept, indicators, faults = _code_levels(values, factor)
        columns.extend(indicators[level] for level in kept.contrasts)
        terms.extend(Term(f"{kept.name}={level}", kept.name, level) for level in kept.contrasts)
        present.append(kept)
        warnings.extend(faults)
    matrix = np.empty((len(frame), len(columns)))
    for position, column in enumerate(columns):
        matrix[:, position] = column
    return Design(
        matrix=matrix, terms=tuple(terms), factors=tuple(present), warnings=tuple(warnings)
    )


def infer_factor(
    frame: pd.DataFrame, name: str, *, reference: Hashable = None, label: str = ""
) -> Factor:
    """Return a factor with the levels that a column has, or a number.

    Numeric columns enter as numbers, unless they hold truth values; all others have their
    distinct values as levels, sorted.

    Raises
    ------
    StatisticsError
        If the column is absent or has one level only.
    """
    values = _read_column(frame, name)
    is_number = pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values)
    if is_number and reference is None:
        return Factor(name, label=label)
    levels = tuple(sorted(values.unique().tolist()))
    if len(levels) < 2:
        raise _one_level_error(name, levels, len(values))
    return Factor(name, levels, reference, label)


def design_from_columns(matrix: ArrayLike, names: Sequence[str]) -> Design:
    """Return the design of ready columns of numbers, each a covariate of its own.

    Raises
    ------
    StatisticsError
        If the matrix is not two-dimensional with a name for each column, or not finite.
    """
    values = np.array(matrix, dtype=np.float64)
    if values.ndim != 2 or values.shape[1] != len(names):
        raise StatisticsError(
            f"matrix must have one column for each of {len(names)} names, but was of shape "
            f"{values.shape}"
        )
    frame = pd.DataFrame(values, columns=list(names))
    return build_design(frame, [Factor(name) for name in names])


def _check_factors(factors: Sequence[Factor]) -> Sequence[Factor]:
    names = [factor.name for factor in factors]
    doubled = sorted({name for name in names if names.count(name) > 1})
    if doubled:
        raise StatisticsError(f"factors must be different columns, but {doubled} came twice")
    return factors


def _read_column(frame: pd.DataFrame, name: str) -> pd.Series:
    if name not in frame.columns:
        raise StatisticsError(
            f"factor must be a column of the table, but was {name!r}; there are "
            f"{[str(column) for column in frame.columns]}"
        )
    values = frame[name]
    missing = int(values.isna().sum())
    if missing:
        raise StatisticsError(
            f"column {name!r} must be complete, but was missing in {missing} of {len(values)} "
            "rows; leave these rows out or impute them first"
        )
    return values


def _to_numbers(values: pd.Series, name: str) -> FloatArray:
    if pd.api.types.is_numeric_dtype(values):
        numbers = values.to_numpy(dtype=np.float64)
        n_infinite = int(np.count_nonzero(~np.isfinite(numbers)))
        if not n_infinite:
            return numbers
        raise StatisticsError(
            f"column {name!r} must be finite numbers, but was infinite in {n_infinite} rows"
        )
    seen = values.unique().tolist()[:5]
    raise StatisticsError(
        f"column {name!r} must be numbers, but was of type {values.dtype} with values such as "
        f"{seen!r}; give the factor its levels"
    )


def _code_levels(
    values: pd.Series, factor: Factor
) -> tuple[Factor, dict[Hashable, NDArray[np.bool_]], list[str]]:
    column = values.to_numpy() if values.dtype.kind in "bif" else values
    masks = {level: np.asarray(column == level, dtype=bool) for level in factor.levels}
    known = np.logical_or.reduce(list(masks.values()))
    if not known.all():
        seen = values[~known].unique().tolist()[:5]
        raise StatisticsError(
            f"column {factor.name!r} must be one of {list(factor.levels)}, but was {seen!r} in "
            f"{int(np.count_nonzero(~known))} rows; correct these values or declare the level"
        )
    counts = {level: int(mask.sum()) for level, mask in masks.items()}
    filled = tuple(level for level in factor.levels if counts[level])
    if len(filled) < 2:
        raise _one_level_error(factor.name, filled, len(values))
    if factor.reference not in filled:
        raise StatisticsError(
            f"reference of {factor.name!r} must be a level with patients, but was "
            f"{factor.reference!r} with none; choose one of {list(filled)}"
        )
    warnings = [
        f"no patient has level {level!r} of {factor.name!r}; it has no coefficient"
        for level in factor.levels
        if not counts[level]
    ]
    labels = dict(zip(factor.levels, factor.level_labels, strict=True))
    kept = replace(factor, levels=filled, level_labels=tuple(labels[level] for level in filled))
    return kept, {level: masks[level] for level in kept.contrasts}, warnings


def _one_level_error(name: str, levels: tuple[Hashable, ...], n_rows: int) -> StatisticsError:
    seen = f"only {levels[0]!r}" if levels else "empty"
    return StatisticsError(
        f"column {name!r} must have two or more levels, but was {seen} in all {n_rows} rows; "
        "a constant covariate cannot be estimated, leave it out"
    )
