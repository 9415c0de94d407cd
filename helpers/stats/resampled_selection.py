"""Forward selection by score tests in many resamples of the same patients at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtrc

from helpers.stats.cox_core import GAIN_TOLERANCE
from helpers.stats.design import Design
from helpers.stats.outcome import SurvivalOutcome
from helpers.stats.treatment.replicated_sets import Point, Samples

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.intp]
BoolArray = NDArray[np.bool_]

#: Values of covariates that are looked at together: about what a processor keeps at hand.
_MOST_CELLS = 150_000
_MAX_ITERATIONS = 30
_MAX_HALVINGS = 12
#: Resamples beyond these are left to the slower way, which knows what to do with them.
_LARGEST_COEFFICIENT = 8.0
_LEAST_SPREAD = 1e-3
_LEAST_EIGENVALUE = 1e-6


class SelectedModel(NamedTuple):
    """The model that one resample selects.

    Attributes
    ----------
    factors : tuple of str
        In the order of the design.
    coefficients : numpy.ndarray, shape (p,)
        Of all columns of the design, 0 of those that were not selected.
    """

    factors: tuple[str, ...]
    coefficients: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ForwardSelection:
    """Screening and forward selection, both by score tests.

    Attributes
    ----------
    outcome : SurvivalOutcome
        Of n patients, without weights and entry times.
    design : Design
        All factors, p columns.
    ties : {"efron", "breslow"}
    screen_p : float
        A factor is offered if its score test alone is below; 1 offers all.
    entry_p : float
        The offered factor of the smallest p-value enters as long as that is below.
    """

    outcome: SurvivalOutcome
    design: Design
    ties: str
    screen_p: float
    entry_p: float

    def count_at_once(self) -> int:
        """Return how many resamples are best taken together."""
        return max(_MOST_CELLS // max(self.design.matrix.size, 1), 1)

    def select(self, rows: IntArray) -> list[SelectedModel | None]:
        """Return the model of each resample; None of one that must be looked at by itself.

        Parameters
        ----------
        rows : numpy.ndarray of int, shape (B, n)
            Patients in each resample.

        Returns
        -------
        list of SelectedModel or None, length B
            Those that :class:`helpers.stats.selection_path.SelectionPath` comes to for the
            repeated rows. None where a resample has no event, covariates that nearly determine
            each other, or an estimate that runs away.
        """
        n = self.outcome.n_subjects
        counts = np.array([np.bincount(one, minlength=n) for one in rows])
        walk = _Walk(self, counts)
        walk.run()
        names = np.array([factor.name for factor in self.design.factors], dtype=object)
        coefficients = walk.beta / walk.spread
        largest = np.abs(coefficients).max(axis=1, initial=0.0)
        usable = walk.usable & (largest < _LARGEST_COEFFICIENT)
        return [
            SelectedModel(tuple(names[inside]), beta) if is_usable else None
            for inside, beta, is_usable in zip(walk.inside, coefficients, usable, strict=True)
        ]


class _Walk:
    """The way of B resamples from no factor to their models, step by step together."""

    def __init__(self, asked: ForwardSelection, counts: IntArray) -> None:
        matrix = asked.design.matrix
        self.asked, n_samples = asked, len(counts)
        self.spread = matrix.std(axis=0)
        self.spread[self.spread == 0] = 1.0
        X = (matrix - matrix.mean(axis=0)) / self.spread
        self.samples = Samples(asked.outcome, X, counts, None, is_efron=asked.ties == "efron")
        self.columns = [asked.design.columns_of(one.name) for one in asked.design.factors]
        self.factor_of = np.empty(matrix.shape[1], dtype=np.intp)
        for number, columns in enumerate(self.columns):
            self.factor_of[columns] = number
        self.varies = _find_varying(X, counts > 0)
        self.inside = np.zeros((n_samples, len(self.columns)), dtype=bool)
        self.beta = np.zeros((n_samples, matrix.shape[1]))
        self.point = self.samples.evaluate(self.beta)
        self.usable = self.samples.event_weight > 0
        self.usable &= _is_well_conditioned(self.point.information, self.varies, counts)

    def run(self) -> None:
        """Let factors enter until none of any resample does."""
        p_values = self._test()
        offered = p_values < self.asked.screen_p if self.asked.screen_p < 1 else p_values <= 1
        active = self.usable.copy()
        while True:
            p_values[self.inside | ~offered] = np.inf
            best = p_values.argmin(axis=1)
            active &= self.usable & (p_values.min(axis=1) < self.asked.entry_p)
            if not active.any():
                return
            self.inside[active, best[active]] = True
            self._fit(active)
            p_values = self._test()

    def _test(self) -> FloatArray:
        """Return the p-value of each factor's columns beside the model, (B, factors)."""
        with np.errstate(all="ignore"):
            score = self.point.score
            kept = self.inside[:, self.factor_of] & self.varies & self.usable[:, None]
            left = _mask(_reduce(self.point, kept), ~kept)
            p_values = [self._test_factor(left, score, columns) for columns in self.columns]
        return np.stack(p_values, axis=1)

    def _test_factor(self, left: FloatArray, score: FloatArray, columns: list[int]) -> FloatArray:
        varies = self.varies[:, columns]
        tested = np.where(varies, score[:, columns], 0.0)
        if len(columns) == 1:
            statistic = tested[:, 0] ** 2 / left[:, columns[0], columns[0]]
        else:
            block = _mask(left[:, columns][:, :, columns], varies)
            block[~self.usable] = np.eye(len(columns))
            solved = np.linalg.solve(block, tested[:, :, None])[:, :, 0]
            statistic = (tested * solved).sum(axis=1)
        df = varies.sum(axis=1)
        p_values = chdtrc(np.maximum(df, 1), np.maximum(statistic, 0.0))
        return np.where((df > 0) & self.usable, p_values, np.inf)

    def _fit(self, active: BoolArray) -> None:
        """Move the active resamples to the maxima of their models."""
        part = self.samples if active.all() else self.samples.take(active)
        kept = self.inside[active][:, self.factor_of] & self.varies[active]
        places = _list_places(kept)
        beta, converged = _maximise(part, places, self.beta[active], self.point.take(active))
        self.beta[active] = beta
        self.usable[active] &= converged
        with np.errstate(all="ignore"):
            self.point = self.point.put(active, part.evaluate(beta))


class _OwnColumns(Samples):
    """Resamples of which each has covariates of its own."""

    def __init__(self, samples: Samples, places: IntArray) -> None:
        self.__dict__.update(samples.__dict__)
        padded = np.column_stack([samples.X, np.zeros(len(samples.X))])
        self.own_X = np.ascontiguousarray(padded.T)[places]  # (B, k, n)

    def predict(self, beta: FloatArray) -> FloatArray:
        return (beta[:, None, :] @ self.own_X)[:, 0]

    def get_column(self, column: int) -> FloatArray:
        return self.own_X[:, column]

    def sum_covariates(self, values: FloatArray) -> FloatArray:
        return (self.own_X @ values[:, :, None])[:, :, 0]

    def sum_products(self, values: FloatArray) -> FloatArray:
        return (self.own_X * values[:, None, :]) @ self.own_X.transpose(0, 2, 1)


def _list_places(kept: BoolArray) -> IntArray:
    """Return the places of the columns of each model, (B, k), filled up with p."""
    p = kept.shape[1]
    numbers = np.where(kept, np.arange(p), p)
    return np.sort(numbers, axis=1)[:, : int(kept.sum(axis=1).max(initial=1))]


def _maximise(
    part: Samples, places: IntArray, beta: FloatArray, point: Point
) -> tuple[FloatArray, BoolArray]:
    """Return the maxima by Newton's method, and which resamples came to one."""
    own = _OwnColumns(part, places)
    every, p = np.arange(len(beta))[:, None], beta.shape[1]
    is_column = places < p
    at = np.minimum(places, p - 1)
    trial = np.where(is_column, beta[every, at], 0.0)
    score = np.where(is_column, point.score[every, at], 0.0)
    information = point.information[every[:, :, None], at[:, :, None], at[:, None, :]]
    value = point.log_likelihood
    moving, failed = np.ones(len(beta), dtype=bool), np.zeros(len(beta), dtype=bool)
    with np.errstate(all="ignore"):
        for _ in range(_MAX_ITERATIONS):
            step = _solve(_mask(information, is_column), score)
            step[~moving] = 0.0
            gain = (step * score).sum(axis=1)
            trial, new, risen = _rise(own, trial, step, value)
            moving &= risen & ~(gain < GAIN_TOLERANCE)
            failed |= ~risen
            if not moving.any():
                break
            value, score, information = new.log_likelihood, new.score, new.information
    found = np.zeros((len(beta), p + 1))
    found[every, places] = trial
    return found[:, :p], ~moving & ~failed


def _rise(
    own: _OwnColumns, beta: FloatArray, step: FloatArray, value: FloatArray
) -> tuple[FloatArray, Point, BoolArray]:
    """Take steps, halved until the likelihood does not fall; tell where it did not."""
    floor = value - 1e-10 * (1.0 + np.abs(value))
    factor = np.ones((len(beta), 1))
    for _ in range(_MAX_HALVINGS):
        new = own.evaluate(beta + factor * step)
        risen = new.log_likelihood >= floor
        if risen.all():
            break
        factor[~risen] /= 2.0
    return beta + factor * step, new, risen


def _solve(information: FloatArray, score: FloatArray) -> FloatArray:
    """Return Newton's steps; nan of all where one matrix has no inverse."""
    try:
        return np.linalg.solve(information, score[:, :, None])[:, :, 0]
    except np.linalg.LinAlgError:
        return np.full_like(score, np.nan)


def _mask(matrix: FloatArray, kept: BoolArray) -> FloatArray:
    """Return matrices, (B, k, k), with the identity in rows and columns that are not kept."""
    inner = kept[:, :, None] & kept[:, None, :]
    return np.where(inner, matrix, 0.0) + np.eye(kept.shape[1]) * ~kept[:, :, None]


def _reduce(point: Point, kept: BoolArray) -> FloatArray:
    """Return the information of all columns less what those of the models explain."""
    information = np.nan_to_num(point.information)
    inside = _mask(information, kept)
    cross = information * kept[:, :, None]
    try:
        explained = np.linalg.solve(inside, cross)
    except np.linalg.LinAlgError:
        return np.full_like(information, np.nan)
    return information - cross.transpose(0, 2, 1) @ explained


def _find_varying(X: FloatArray, drawn: BoolArray) -> BoolArray:
    """Return which covariates vary among the patients drawn, (B, p)."""
    varies = np.empty((len(drawn), X.shape[1]), dtype=bool)
    for number, who in enumerate(drawn):
        values = X[who]
        varies[number] = (values != values[0]).any(axis=0)
    return varies


def _is_well_conditioned(information: FloatArray, varies: BoolArray, counts: IntArray) -> BoolArray:
    """Return in which resamples no covariate is nearly determined by others."""
    spread = np.diagonal(information, axis1=1, axis2=2)
    enough = np.where(varies, spread, np.inf).min(axis=1) > _LEAST_SPREAD
    scale = np.sqrt(np.where(varies & (spread > 0), spread, 1.0))
    correlation = _mask(information / (scale[:, :, None] * scale[:, None, :]), varies)
    lowest = np.linalg.eigvalsh(np.nan_to_num(correlation))[:, 0]
    return enough & (lowest > _LEAST_EIGENVALUE) & (counts.sum(axis=1) > 0)
