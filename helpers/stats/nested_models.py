"""Comparison of nested Cox models on one set of risk sets, each model fitted once."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from helpers.stats.cox_core import (
    Maximum,
    Point,
    evaluate_point,
    invert_information,
    maximise_likelihood,
)
from helpers.stats.cox_guards import check_collinear, check_constant, find_infinite
from helpers.stats.cox_inference import check_rows, standardise
from helpers.stats.cox_risk_sets import build_risk_sets
from helpers.stats.cox_tests import (
    ModelTest,
    likelihood_ratio_test,
    quadratic_test,
    score_test_of_added,
)
from helpers.stats.design import Design
from helpers.stats.outcome import SurvivalOutcome

FloatArray = NDArray[np.float64]
Criterion = Literal["wald", "lr", "score"]
Model = frozenset[str]


class NestedModels:
    """Cox models of subsets of the same factors, for the same records.

    Parameters
    ----------
    outcome : SurvivalOutcome
        Of n records.
    design : Design
        Of all factors.
    ties : {"efron", "breslow"}

    Raises
    ------
    StatisticsError
        If there is no event, or a covariate is constant or collinear with others.
    """

    def __init__(self, outcome: SurvivalOutcome, design: Design, ties: str) -> None:
        check_rows(outcome, design)
        check_constant(design.matrix, design.names)
        self._names = tuple(factor.name for factor in design.factors)
        self._columns = {name: design.columns_of(name) for name in self._names}
        self._sets = build_risk_sets(outcome, ties=ties)
        self._X, self._spread = standardise(self._sets, design.matrix)
        self._null = evaluate_point(self._sets, self._X, np.zeros(self._X.shape[1]))
        check_collinear(self._null.information, design.names)
        self._terms = design.terms
        self._infinite: dict[str, None] = {}
        self._fitted: dict[Model, Maximum] = {}
        self._around: dict[Model, Point] = {}

    @property
    def warnings(self) -> tuple[str, ...]:
        """Return a sentence for each coefficient without a finite estimate in some model."""
        return tuple(
            f"the hazard ratio of {name!r} had no finite estimate in a model of the selection "
            "(monotone likelihood); Wald's test does not see such a factor, choose the "
            "likelihood-ratio test"
            for name in self._infinite
        )

    def _invert(self, information: FloatArray) -> FloatArray:
        return invert_information(information, self._sets.event_weight)

    def _note_infinite(self, columns: list[int], X: FloatArray, maximum: Maximum) -> None:
        null = self._null.information[np.ix_(columns, columns)]
        errors, null_errors = (
            np.sqrt(np.diag(self._invert(part))) for part in (maximum.point.information, null)
        )
        for index in np.flatnonzero(find_infinite(X, maximum.last_step, errors, null_errors)):
            self._infinite[self._terms[columns[index]].name] = None

    def names_of(self, model: Model) -> tuple[str, ...]:
        """Return a model's factors in the order of the design."""
        return tuple(name for name in self._names if name in model)

    def log_likelihood(self, model: Model) -> float:
        """Return the maximum of a model's log partial likelihood."""
        if not model:
            return self._null.log_likelihood
        return self._fit(model).point.log_likelihood

    def coefficients(self, model: Model) -> FloatArray:
        """Return the log hazard ratios of all columns, 0 of those that a model has not."""
        beta = np.zeros(self._X.shape[1])
        if model:
            columns = self._columns_of(model)
            beta[columns] = self._fit(model).coefficients / self._spread[columns]
        return beta

    def compare(self, small: Model, large: Model, criterion: Criterion) -> ModelTest:
        """Return the test of the factors of `large` that `small` has not."""
        if criterion == "lr":
            df = len(self._columns_of(large)) - len(self._columns_of(small))
            return likelihood_ratio_test(self.log_likelihood(small), self.log_likelihood(large), df)
        columns = self._columns_of(large)
        old = set(self._columns_of(small))
        added = np.array([column not in old for column in columns])
        if criterion == "score":
            return self._score(small, columns, added)
        maximum = self._fit(large)
        covariance = self._invert(maximum.point.information)
        return quadratic_test("Wald", maximum.coefficients[added], covariance[np.ix_(added, added)])

    def _score(self, small: Model, columns: list[int], added: NDArray[np.bool_]) -> ModelTest:
        point = self._look_around(small)
        information = point.information[np.ix_(columns, columns)]
        return score_test_of_added(point.score[columns], information, added)

    def _look_around(self, small: Model) -> Point:
        """Return the derivatives for all columns at the maximum of a model."""
        if not small:
            return self._null
        if small not in self._around:
            beta = np.zeros(self._X.shape[1])
            beta[self._columns_of(small)] = self._fit(small).coefficients
            self._around[small] = evaluate_point(self._sets, self._X, beta)
        return self._around[small]

    def _columns_of(self, model: Model) -> list[int]:
        return [column for name in self.names_of(model) for column in self._columns[name]]

    def _find_start(self, model: Model, columns: list[int]) -> tuple[Point, FloatArray]:
        """Return where to begin: at a fitted model with one factor less, if there is one."""
        for name in model:
            around = self._around.get(model - {name})
            if around is not None:
                beta = np.zeros(self._X.shape[1])
                beta[self._columns_of(model - {name})] = self._fit(model - {name}).coefficients
                information = around.information[np.ix_(columns, columns)]
                return Point(around.state, around.score[columns], information), beta[columns]
        nothing = np.zeros(len(columns))
        return evaluate_point(self._sets, self._X[:, columns], nothing), nothing

    def _fit(self, model: Model) -> Maximum:
        if model not in self._fitted:
            columns = self._columns_of(model)
            X = self._X[:, columns]
            maximum = maximise_likelihood(self._sets, X, *self._find_start(model, columns))
            self._note_infinite(columns, X, maximum)
            self._fitted[model] = maximum
        return self._fitted[model]
