"""Partial likelihoods of many resamples of the same patients at once."""

from __future__ import annotations

import copy
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from helpers.stats.outcome import SurvivalOutcome

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Point:
    """Likelihood, score, information and hazard increments of each resample.

    Attributes
    ----------
    log_likelihood : numpy.ndarray, shape (B,)
    score : numpy.ndarray, shape (B, p)
    information : numpy.ndarray, shape (B, p, p)
    hazard : numpy.ndarray, shape (B, m)
        Increments at the distinct event times.
    """

    log_likelihood: FloatArray
    score: FloatArray
    information: FloatArray
    hazard: FloatArray

    def take(self, kept: NDArray[np.bool_]) -> Point:
        """Return the point of some resamples."""
        return Point(*(getattr(self, name)[kept] for name in Point.__slots__))

    def put(self, where: NDArray[np.bool_], other: Point) -> Point:
        """Return the point with that of some resamples replaced."""
        for name in Point.__slots__:
            getattr(self, name)[where] = getattr(other, name)
        return self


class Samples:
    """Patients in order of time, and how often each resample holds them.

    Parameters
    ----------
    outcome : SurvivalOutcome
        Of n patients, without weights and entry times.
    X : numpy.ndarray, shape (n, p)
        Covariates of all resamples.
    counts : numpy.ndarray of int, shape (B, n)
        Times that each patient is in each resample.
    weights : numpy.ndarray of float, shape (B, n), or None
        Case weights.
    is_efron : bool
        Else Breslow's method for ties.
    """

    def __init__(
        self,
        outcome: SurvivalOutcome,
        X: FloatArray,
        counts: IntArray,
        weights: FloatArray | None,
        *,
        is_efron: bool,
    ) -> None:
        order = np.lexsort((~outcome.event, outcome.time_months))
        time, event = outcome.time_months[order], outcome.event[order]
        self.X, self.is_efron = X[order], is_efron
        self.products = (self.X[:, :, None] * self.X[:, None, :]).reshape(len(order), -1)
        drawn = counts[:, order].astype(float)
        self.case = drawn if weights is None else drawn * weights[:, order]
        self.at_event = np.flatnonzero(event)
        self.times, first = np.unique(time[event], return_index=True)
        self.tied_from = first
        self.starts = np.searchsorted(time, self.times, side="left")
        self.reached = np.searchsorted(self.times, time, side="right")
        self.event_time = np.searchsorted(self.times, time[event])
        self.own = self.case[:, self.at_event]
        self.n_tied = np.add.reduceat(drawn[:, self.at_event], first, axis=1)
        self._prepare_ties()

    def _prepare_ties(self) -> None:
        total = np.add.reduceat(self.own, self.tied_from, axis=1)
        self.mean_weight = np.divide(
            total, self.n_tied, out=np.zeros_like(total), where=self.n_tied > 0
        )
        self.event_weight = total.sum(axis=1)
        flat = self.n_tied.ravel()
        most = int(flat.max(initial=0)) if self.is_efron else 0
        places = [np.flatnonzero(flat > rank) for rank in range(1, most)]
        self.ranks = [(at, rank / flat[at]) for rank, at in enumerate(places, 1)]

    def take(self, kept: NDArray[np.bool_]) -> Samples:
        """Return some of the resamples."""
        part = copy.copy(self)
        for name in ("case", "own", "n_tied"):
            setattr(part, name, getattr(self, name)[kept])
        part._prepare_ties()
        return part

    def evaluate(self, beta: FloatArray) -> Point:
        """Return all resamples' likelihoods and derivatives at their coefficients, (B, p)."""
        predictor = self.predict(beta)
        with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
            risk = self.case * np.exp(predictor)
            total = self._sum_at_risk(risk)
            total = np.where(total > 0, total, 1.0)
            tied_share = self._sum_tied(risk) / total
            ties = self._sum_ties(tied_share)
            ratio = self.mean_weight / total
            hazard, tied_hazard = ratio * ties[1], ratio * ties[2]
            own = (self.own * predictor[:, self.at_event]).sum(axis=1)
            compared = self.mean_weight * (self.n_tied * np.log(total) + ties[0])
        exposure = np.pad(np.cumsum(hazard, axis=1), ((0, 0), (1, 0)))[:, self.reached]
        exposure[:, self.at_event] -= tied_hazard[:, self.event_time]
        exposure *= risk
        score, information = self._differentiate(risk, exposure, total, ties)
        return Point(own - compared.sum(axis=1), score, information, hazard)

    def _differentiate(
        self, risk: FloatArray, exposure: FloatArray, total: FloatArray, ties: FloatArray
    ) -> tuple[FloatArray, FloatArray]:
        observed = -exposure
        observed[:, self.at_event] += self.own
        information = self.sum_products(exposure)
        mean = np.empty((*information.shape[:2], total.shape[1]))
        tied = np.empty_like(mean)
        for column in range(mean.shape[1]):
            part = risk * self.get_column(column)
            mean[:, column] = self._sum_at_risk(part) / total
            tied[:, column] = self._sum_tied(part) / total
        square, left, left_left = (self.mean_weight * one for one in ties[3:])
        information -= (mean * square[:, None]) @ mean.transpose(0, 2, 1)
        if self.is_efron:
            mixed = (mean * left[:, None]) @ tied.transpose(0, 2, 1)
            information += mixed + mixed.transpose(0, 2, 1)
            information -= (tied * left_left[:, None]) @ tied.transpose(0, 2, 1)
        return self.sum_covariates(observed), information

    def predict(self, beta: FloatArray) -> FloatArray:
        """Return linear predictors, (B, n), of coefficients, (B, p)."""
        return beta @ self.X.T

    def get_column(self, column: int) -> FloatArray:
        """Return one covariate of all patients, (n,) or (B, n)."""
        return self.X[:, column]

    def sum_covariates(self, values: FloatArray) -> FloatArray:
        """Return sums over patients of covariates times values, (B, n) to (B, p)."""
        return values @ self.X

    def sum_products(self, values: FloatArray) -> FloatArray:
        """Return sums of products of two covariates times values, (B, n) to (B, p, p)."""
        p = self.X.shape[1]
        return (values @ self.products).reshape(-1, p, p)

    def _sum_at_risk(self, values: FloatArray) -> FloatArray:
        """Return the sum over who is at risk at each event time."""
        parts = np.add.reduceat(values, self.starts, axis=1)
        return np.cumsum(parts[:, ::-1], axis=1)[:, ::-1]

    def _sum_tied(self, values: FloatArray) -> FloatArray:
        return np.add.reduceat(values[:, self.at_event], self.tied_from, axis=1)

    def _sum_ties(self, share: FloatArray) -> FloatArray:
        """Return over tied events the sums of log, inverses and squared inverses, (6, B, m)."""
        sums = np.zeros((6, *share.shape))
        if not self.is_efron:
            sums[1] = sums[3] = self.n_tied
            return sums
        sums[1] = sums[3] = self.n_tied > 0
        flat = sums.reshape(6, -1)
        for at, done in self.ranks:
            inverse = 1.0 / (1.0 - done * share.ravel()[at])
            square = inverse * inverse
            terms = (-np.log(inverse), inverse, done * inverse, square, done * square)
            for kind, term in enumerate((*terms, done * done * square)):
                flat[kind][at] += term
        return sums
