"""The result of a regression model of hazards."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from helpers.errors import StatisticsError
from helpers.stats.concordance import Concordance, estimate_concordance
from helpers.stats.cox_tests import ModelTest
from helpers.stats.design import Design
from helpers.stats.factors import Term
from helpers.stats.outcome import SurvivalOutcome

if TYPE_CHECKING:
    from helpers.stats.cox_core import RiskState
    from helpers.stats.cox_risk_sets import RiskSets

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelEstimate:
    """One row of a table of hazard ratios.

    Attributes
    ----------
    factor : str
    level : hashable or None
        None for a number.
    is_reference : bool
        Then the hazard ratio is 1 and there is no interval and no test.
    n, n_events : int
        Records with this level, and events among them; all of them for a number.
    coefficient, std_error, hazard_ratio, ci_lower, ci_upper, z, p_value : float or None
        None for the reference, and where the likelihood has no maximum.
    """

    factor: str
    level: Hashable
    is_reference: bool
    n: int
    n_events: int
    coefficient: float | None = None
    std_error: float | None = None
    hazard_ratio: float | None = None
    ci_lower: float | None = None
    ci_upper: float | None = None
    z: float | None = None
    p_value: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelCount:
    """Records and events of one level of a factor."""

    factor: str
    level: Hashable
    is_reference: bool
    n: int
    n_events: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CoxFit:
    """A fitted model of hazards.

    Attributes
    ----------
    terms : tuple of Term
        One for each of p coefficients.
    coefficients, std_errors : ndarray, shape (p,)
        Log hazard ratios.
    hazard_ratios, ci_lower, ci_upper : ndarray, shape (p,)
        With the Wald interval at `conf_level`; nan where beyond the range of numbers.
    z, p_values : ndarray, shape (p,)
        Wald.
    covariance : ndarray, shape (p, p)
        Robust where `is_robust`, else `model_covariance`.
    model_covariance : ndarray, shape (p, p)
        Inverse of the information.
    log_likelihood, log_likelihood_null : float
    wald_test, score_test, lr_test : ModelTest
        Of all coefficients. Wald's uses `covariance`, the others the model alone.
    robust_score_test : ModelTest or None
    factor_tests : mapping of str to ModelTest
        By factor, joint Wald test of its coefficients.
    level_counts : tuple of LevelCount
        For each factor with levels, reference included.
    n_subjects, n_events : int
        Records (with start and stop times: intervals) and events.
    conf_level : float
    ties : str
        ``efron`` or ``breslow``.
    is_robust : bool
    infinite : ndarray of bool, shape (p,)
        Coefficients along which the likelihood rises for ever.
    n_iterations : int
    warnings : tuple of str
        In words: separation, few events per variable, levels left out.
    method : str
        Name of the model, e.g. ``Cox``.
    design, outcome : Design, SurvivalOutcome
        What was fitted.
    strata, cluster : ndarray of int or None
        Codes from 0, by record.
    risk_sets, state : RiskSets, RiskState or None
        For residuals and tests of the model.
    """

    terms: tuple[Term, ...]
    coefficients: FloatArray
    std_errors: FloatArray
    hazard_ratios: FloatArray
    ci_lower: FloatArray
    ci_upper: FloatArray
    z: FloatArray
    p_values: FloatArray
    covariance: FloatArray
    model_covariance: FloatArray
    log_likelihood: float
    log_likelihood_null: float
    wald_test: ModelTest
    score_test: ModelTest
    lr_test: ModelTest
    factor_tests: Mapping[str, ModelTest]
    level_counts: tuple[LevelCount, ...]
    n_subjects: int
    n_events: int
    conf_level: float
    ties: str
    is_robust: bool
    infinite: NDArray[np.bool_]
    n_iterations: int
    warnings: tuple[str, ...]
    design: Design
    outcome: SurvivalOutcome
    method: str = "Cox"
    robust_score_test: ModelTest | None = None
    strata: NDArray[np.intp] | None = None
    cluster: NDArray[np.intp] | None = None
    risk_sets: RiskSets | None = None
    state: RiskState | None = None
    _kept: dict[str, Concordance] = field(default_factory=dict, repr=False)

    @property
    def aic(self) -> float:
        """Return Akaike's criterion, -2 log-likelihood + 2 p."""
        return -2.0 * self.log_likelihood + 2.0 * len(self.terms)

    @property
    def linear_predictor(self) -> FloatArray:
        """Return the log hazard ratio of each record against covariates of zero."""
        return self.design.matrix @ self.coefficients

    @property
    def concordance(self) -> Concordance:
        """Return Harrell's C of the linear predictor, computed when first asked for."""
        if "harrell" not in self._kept:
            self._kept["harrell"] = estimate_concordance(
                self.outcome,
                self.linear_predictor,
                strata=self.strata,
                cluster=self.cluster,
                conf_level=self.conf_level,
            )
        return self._kept["harrell"]

    def estimate_of(self, factor: str, level: Hashable = None) -> LevelEstimate:
        """Return the row of one level, or of a number.

        Raises
        ------
        StatisticsError
            If the model has no such factor or level.
        """
        for row in self.level_estimates():
            if row.factor == factor and row.level == level:
                return row
        raise StatisticsError(
            f"factor and level must be in the model, but was {factor!r}, {level!r}; there are "
            f"{[(row.factor, row.level) for row in self.level_estimates()]}"
        )

    def level_estimates(self) -> tuple[LevelEstimate, ...]:
        """Return a row for each level of each factor, references included, in their order."""
        position = {(term.factor, term.level): i for i, term in enumerate(self.terms)}
        rows = []
        for count in self._all_counts():
            index = position.get((count.factor, count.level))
            numbers = {} if index is None else self._numbers(index)
            if count.is_reference:
                numbers = {"hazard_ratio": 1.0}
            rows.append(
                LevelEstimate(
                    factor=count.factor,
                    level=count.level,
                    is_reference=count.is_reference,
                    n=count.n,
                    n_events=count.n_events,
                    **numbers,
                )
            )
        return tuple(rows)

    def _all_counts(self) -> list[LevelCount]:
        by_factor: dict[str, list[LevelCount]] = {}
        for count in self.level_counts:
            by_factor.setdefault(count.factor, []).append(count)
        rows: list[LevelCount] = []
        for factor in self.design.factors:
            whole = LevelCount(
                factor=factor.name,
                level=None,
                is_reference=False,
                n=self.n_subjects,
                n_events=self.n_events,
            )
            rows.extend(by_factor.get(factor.name, [whole]))
        return rows

    def _numbers(self, index: int) -> dict[str, float | None]:
        names = ("coefficients", "std_errors", "hazard_ratios", "ci_lower", "ci_upper", "z")
        fields = ("coefficient", "std_error", "hazard_ratio", "ci_lower", "ci_upper", "z")
        values = {
            key: float(getattr(self, name)[index]) for key, name in zip(fields, names, strict=True)
        }
        values["p_value"] = float(self.p_values[index])
        if self.infinite[index]:
            return dict.fromkeys(values)
        return {key: value if math.isfinite(value) else None for key, value in values.items()}

    def to_frame(self) -> pd.DataFrame:
        """Return :meth:`level_estimates` as a table, one row for each level."""
        rows = self.level_estimates()
        columns = list(LevelEstimate.__slots__)
        return pd.DataFrame(
            [[getattr(row, column) for column in columns] for row in rows], columns=columns
        )
