"""Cox models fitted to imputed data and pooled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from helpers.errors import StatisticsError
from helpers.stats.cox import fit_cox
from helpers.stats.design import build_design
from helpers.stats.factors import Factor
from helpers.stats.imputation import impute_covariates
from helpers.stats.mapped import MapChunks, cut_into_parts
from helpers.stats.outcome import SurvivalOutcome
from helpers.stats.rubin import PooledEstimate, pool_estimates

FloatArray = NDArray[np.float64]

_SEPARATED = 20.0


class _Estimate(NamedTuple):
    """Log hazard ratios of one model in one imputed table, and their variances."""

    coefficients: FloatArray
    variances: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class _Fitting:
    """Fits models to imputed tables; may travel to other processes."""

    outcome: SurvivalOutcome
    factors: tuple[Factor, ...]
    models: tuple[tuple[Factor, ...], ...]
    ties: str

    def fit_part(self, tables: Sequence[pd.DataFrame]) -> list[list[_Estimate] | str]:
        """Return the estimates of all models in each table, or why there are none."""
        return [self._fit_table(table) for table in tables]

    def _fit_table(self, table: pd.DataFrame) -> list[_Estimate] | str:
        keys = pd.DataFrame({one.name: _decode(table[one.name], one) for one in self.factors})
        try:
            return [self._fit_model(keys, model) for model in self.models]
        except StatisticsError as error:  # told in words: its type may not survive a journey
            return str(error)

    def _fit_model(self, keys: pd.DataFrame, model: Sequence[Factor]) -> _Estimate:
        fit = fit_cox(self.outcome, build_design(keys, list(model)), ties=self.ties)
        if fit.infinite.any() or np.abs(fit.coefficients).max() > _SEPARATED:
            raise StatisticsError(
                "the groups are separated by the event in an imputed data set; leave out the "
                "factor with few patients in a level"
            )
        return _Estimate(fit.coefficients, np.diag(fit.covariance))


def pool_models(
    codes: pd.DataFrame,
    outcome: SurvivalOutcome,
    factors: Sequence[Factor],
    models: Sequence[Sequence[Factor]],
    *,
    n_imputations: int = 20,
    seed: int = 0,
    ties: str = "efron",
    conf_level: float = 0.95,
    map_chunks: MapChunks | None = None,
) -> list[PooledEstimate]:
    """Impute covariates, fit Cox models to each completed table, and pool the estimates.

    Parameters
    ----------
    codes : pandas.DataFrame, n rows
        Places of the levels from 0, or numbers; nan where missing.
    outcome : SurvivalOutcome
        Of the same n patients.
    factors : sequence of Factor
        What the columns of `codes` are.
    models : sequence of sequence of Factor
        The factors of each model.
    n_imputations, seed
        As of :func:`helpers.stats.imputation.impute_covariates`. Each completed table follows
        from the one before, so that they are drawn here, one after the other.
    ties, conf_level
        Of the models.
    map_chunks : callable, optional
        Takes a function and its many arguments, as ``map`` does, and may call it elsewhere: the
        models are fitted there. The result does not depend on where.

    Returns
    -------
    list of PooledEstimate
        Of each model, by Rubin's rules.

    Raises
    ------
    ParameterError
        If `n_imputations` is below 2.
    StatisticsError
        If the tables cannot be completed, or a model has no finite estimate in one of them.
    """
    levels = {factor.name: len(factor.levels) for factor in factors if factor.levels}
    completed = impute_covariates(
        codes, outcome, levels=levels, n_imputations=n_imputations, seed=seed
    )
    fitting = _Fitting(outcome, tuple(factors), tuple(tuple(one) for one in models), ties)
    parts = cut_into_parts(list(completed))
    tables = [one for part in (map_chunks or map)(fitting.fit_part, parts) for one in part]
    for reason in tables:
        if isinstance(reason, str):
            raise StatisticsError(reason)
    return [
        pool_estimates(
            [one.coefficients for one in estimates],
            [one.variances for one in estimates],
            complete_df=max(outcome.n_events - len(estimates[0].coefficients), 1),
            conf_level=conf_level,
        )
        for estimates in zip(*tables, strict=True)
    ]


def _decode(codes: pd.Series, factor: Factor) -> NDArray[np.generic]:
    """Return the levels, or the numbers, of a column."""
    if factor.is_numeric:
        return codes.to_numpy()
    return np.array(factor.levels, dtype=object)[codes.astype(int)]
