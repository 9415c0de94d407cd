"""Multiple imputation of the covariates of a survival model by chained equations."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from helpers.errors import ParameterError, StatisticsError
from helpers.stats.life_table import count_life_table
from helpers.stats.outcome import SurvivalOutcome

FloatArray = NDArray[np.float64]

_BURN_IN = 10
_BETWEEN = 5
_DONORS = 5
_EVENT, _HAZARD = "outcome event", "outcome hazard"


def impute_covariates(
    frame: pd.DataFrame,
    outcome: SurvivalOutcome,
    *,
    levels: Mapping[str, int],
    n_imputations: int = 20,
    seed: int = 0,
) -> Iterator[pd.DataFrame]:
    """Complete a table of covariates several times.

    Parameters
    ----------
    frame : pandas.DataFrame, n rows
        Numbers, or codes 0 to K - 1 of categories; nan where missing.
    outcome : SurvivalOutcome
        Of the same n patients. Its event and the Nelson-Aalen estimate at each patient's time
        take part in every equation.
    levels : mapping of str to int
        K of each column that holds categories; the others hold numbers.
    n_imputations : int, optional
        Completed tables.
    seed : int, optional
        Of all draws.

    Yields
    ------
    pandas.DataFrame
        The table without missing values.

    Raises
    ------
    ParameterError
        If `n_imputations` is below 2.
    StatisticsError
        If a column has no value at all, or rows differ in number.

    Notes
    -----
    statsmodels' chain: categories are drawn from a multinomial logistic regression on all other
    columns whose coefficients are drawn from their normal law, numbers by predictive mean
    matching with five donors; where a regression has no maximum (separation), categories are
    matched like numbers. Ten cycles are thrown away, then every fifth one is kept.

    References
    ----------
    White IR, Royston P (2009), Stat Med 28:1982-1998. van Buuren S, Groothuis-Oudshoorn K
    (2011), J Stat Softw 45(3).
    """
    if n_imputations < 2:
        raise ParameterError(f"n_imputations must be 2 or more, but was {n_imputations!r}")
    if len(frame) != outcome.n_subjects:
        raise StatisticsError(
            f"frame must have a row for each of {outcome.n_subjects} patients, but has {len(frame)}"
        )
    empty = [str(name) for name in frame if frame[name].isna().all()]
    if empty:
        raise StatisticsError(
            f"columns must have a value to impute from, but {', '.join(empty)} had none; leave "
            "them out"
        )
    return _run_chain(frame, outcome, levels, n_imputations, seed)


def _run_chain(
    frame: pd.DataFrame,
    outcome: SurvivalOutcome,
    levels: Mapping[str, int],
    n_imputations: int,
    seed: int,
) -> Iterator[pd.DataFrame]:
    table = frame.astype(float).reset_index(drop=True)
    table[_EVENT] = outcome.event.astype(float)
    table[_HAZARD] = estimate_nelson_aalen(outcome)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        chain = _make_chain(table, levels, seed)
        chain.update_all(_BURN_IN)
        for number in range(n_imputations):
            chain.update_all(_BETWEEN if number else 1)
            yield chain.data[list(frame)].set_axis(frame.index)


def estimate_nelson_aalen(outcome: SurvivalOutcome) -> FloatArray:
    """Return the cumulative hazard of all patients at each patient's own time.

    Parameters
    ----------
    outcome : SurvivalOutcome
        Of n patients.

    Returns
    -------
    numpy.ndarray of float, shape (n,)

    Examples
    --------
    >>> from helpers.stats.outcome import check_survival_outcome
    >>> estimate_nelson_aalen(check_survival_outcome([1, 2, 2], [1, 1, 0])).round(3)
    array([0.333, 0.833, 0.833])
    """
    table = count_life_table(outcome)
    hazard = np.cumsum(table.n_events / table.n_at_risk)
    return hazard[np.searchsorted(table.time_months, outcome.time_months)]


def _make_chain(table: pd.DataFrame, levels: Mapping[str, int], seed: int) -> Any:
    """Return statsmodels' chain over matrices: its formulas would be parsed at every step."""
    from statsmodels.discrete.discrete_model import MNLogit
    from statsmodels.imputation.mice import MICEData

    class Chain(MICEData):
        def update(self, vname: str) -> None:
            if vname not in levels or not self._draw_categories(vname):
                super().update(vname)

        def get_fitting_data(self, vname: str) -> tuple[Any, ...]:
            known = self.ix_obs[vname]
            values = self.data[vname].to_numpy()
            return values[known], self._predict_from(vname)[known], {}, {}

        def get_split_data(self, vname: str) -> tuple[Any, ...]:
            known, missing = self.ix_obs[vname], self.ix_miss[vname]
            others = self._predict_from(vname)
            return self.data[vname].to_numpy()[known], others[known], others[missing], {}, {}

        def _predict_from(self, vname: str) -> FloatArray:
            parts = [np.ones((len(self.data), 1))]
            parts += [
                _spread(self.data[name].to_numpy(), levels.get(name, 0))
                for name in self.data.columns
                if name != vname
            ]
            return np.column_stack(parts)

        def _draw_categories(self, vname: str) -> bool:
            known, missing = self.ix_obs[vname], self.ix_miss[vname]
            codes, others = self.data[vname].to_numpy(), self._predict_from(vname)
            drawn = _draw_logistic(MNLogit, codes[known], others[known], others[missing], self.rng)
            if drawn is None:
                return False
            self._store_changes(vname, drawn)
            return True

    return Chain(table.copy(), k_pmm=_DONORS, rng=np.random.default_rng(seed))


def _spread(values: FloatArray, n_levels: int) -> FloatArray:
    """Return a column of numbers, or the indicators of the levels after the first."""
    if n_levels < 3:
        return values[:, None]
    return (values[:, None] == np.arange(1, n_levels)[None, :]).astype(float)


def _draw_logistic(
    model: Any, codes: FloatArray, known: FloatArray, missing: FloatArray, rng: Any
) -> FloatArray | None:
    """Return drawn categories, or None where the regression has no maximum."""
    occurring, positions = np.unique(codes, return_inverse=True)
    varies = np.ptp(known, axis=0) > 0
    varies[0] = True
    if len(occurring) < 2:
        return np.full(len(missing), occurring[0])
    try:
        fit = model(positions, known[:, varies]).fit(disp=0, maxiter=30, warn_convergence=False)
        covariance = np.asarray(fit.cov_params())
        centre = np.asarray(fit.params)
    except (np.linalg.LinAlgError, ValueError, ArithmeticError):
        return None
    usable = fit.mle_retvals["converged"] and np.abs(centre).max() < 15
    if not usable or not np.isfinite(covariance).all():
        return None
    flat = rng.multivariate_normal(centre.T.ravel(), covariance, method="svd")
    coefficients = flat.reshape(centre.shape[1], -1).T
    scores = np.column_stack([np.zeros(len(missing)), missing[:, varies] @ coefficients])
    scores = np.exp(scores - scores.max(axis=1, keepdims=True))
    cumulative = np.cumsum(scores / scores.sum(axis=1, keepdims=True), axis=1)
    chosen = (rng.random(len(missing))[:, None] > cumulative).sum(axis=1)
    return occurring[np.minimum(chosen, len(occurring) - 1)]
