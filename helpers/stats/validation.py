"""What a model is worth on new patients: the bootstrap of the whole way to it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from helpers.errors import ParameterError, StatisticsError
from helpers.stats.concordance import estimate_concordance
from helpers.stats.cox import check_ties
from helpers.stats.cox_core import evaluate_point, maximise_likelihood
from helpers.stats.cox_inference import standardise
from helpers.stats.cox_risk_sets import RiskSets, build_risk_sets
from helpers.stats.design import Design, build_design
from helpers.stats.factors import Factor
from helpers.stats.nested_models import NestedModels
from helpers.stats.outcome import SurvivalOutcome
from helpers.stats.selection_path import SelectionPath

FloatArray = NDArray[np.float64]

_LARGEST_COEFFICIENT = 15.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ValidatedSelection:
    """A selected model's performance, as seen and as to be expected on new patients.

    Attributes
    ----------
    selected : tuple of str
        Factors that the whole way selects in the data themselves.
    frequencies : dict of str to float
        Share of the samples that select each factor, 0 to 1.
    models : dict of tuple of str to int
        Samples by selected factors, the commonest first.
    apparent_c, corrected_c : float
        Harrell's C in the data, and less the mean optimism.
    optimism : float
        Mean over samples of the C of a sample's model in the sample less in the data.
    calibration_slope : float or None
        Mean over samples of the slope in the data of the sample's linear predictor; None where
        no sample selected a factor. Below 1 the predictions are too extreme.
    n_replicates, n_failed : int
        Samples with a model; samples without an event, or with an estimate that is not finite.
    """

    selected: tuple[str, ...]
    frequencies: dict[str, float]
    models: dict[tuple[str, ...], int]
    apparent_c: float
    corrected_c: float
    optimism: float
    calibration_slope: float | None
    n_replicates: int
    n_failed: int


def validate_selection(
    outcome: SurvivalOutcome,
    frame: pd.DataFrame,
    factors: Sequence[Factor],
    *,
    screen_p: float = 1.0,
    n_replicates: int = 100,
    seed: int = 0,
    resamples: ArrayLike | None = None,
    ties: str = "efron",
    **options: Any,
) -> ValidatedSelection:
    """Repeat screening, selection and fit in bootstrap samples.

    Parameters
    ----------
    outcome : SurvivalOutcome
        Of n patients.
    frame : pandas.DataFrame, n rows
        Complete in the columns of `factors`.
    factors : sequence of Factor
        All that may be screened.
    screen_p : float, optional
        A factor is offered to the selection if its score test alone is below; 1 offers all.
    n_replicates, seed : int, optional
        Sample b depends on the seed and b only.
    resamples : array_like of int, shape (B, n), optional
        Rows of the samples, instead of drawn ones.
    ties : {"efron", "breslow"}, optional
        How tied event times are treated.
    **options
        `direction` (also ``none``: all offered enter), `entry_p`, `stay_p` and `criterion` of
        :func:`helpers.stats.selection.select_stepwise`.

    Returns
    -------
    ValidatedSelection

    Raises
    ------
    ParameterError
        If an option is out of its domain.
    StatisticsError
        If no sample could be fitted.

    Notes
    -----
    Harrell's bootstrap: the optimism of each sample's model is its C in the sample less its C in
    the data; a model without factors has a C of one half.

    References
    ----------
    Harrell FE, Lee KL, Mark DB (1996), Stat Med 15:361-387.
    """
    check_ties(ties)
    if resamples is None and n_replicates < 1:
        raise ParameterError(f"n_replicates must be 1 or more, but was {n_replicates!r}")
    design = build_design(frame, factors)
    settings = {"direction": "forward", "entry_p": 0.15, "stay_p": 0.15, "criterion": "score"}
    settings |= options
    way = _Way(screen_p, ties, settings)
    selected, beta = way.go(outcome, design)
    sets = build_risk_sets(outcome, ties=ties)
    apparent = _measure_c(outcome, design.matrix @ beta)
    models: Counter[tuple[str, ...]] = Counter()
    optimism, slopes, n_failed = [], [], 0
    for rows in _draw(outcome.n_subjects, n_replicates, seed, resamples):
        try:
            drawn = outcome.select(rows)
            names, beta = way.go(drawn, design.take(rows))
            predictor = design.matrix @ beta
            gain = _measure_c(drawn, predictor[rows]) - _measure_c(outcome, predictor)
            slope = _fit_slope(sets, predictor)
        except StatisticsError:
            n_failed += 1
            continue
        models[names] += 1
        optimism.append(gain)
        slopes += [] if slope is None else [slope]
    if not optimism:
        raise StatisticsError("no bootstrap sample had events and covariates that vary")
    mean = float(np.mean(optimism))
    names = [factor.name for factor in design.factors]
    return ValidatedSelection(
        selected=selected,
        frequencies={
            name: sum(count for model, count in models.items() if name in model) / models.total()
            for name in names
        },
        models=dict(models.most_common()),
        apparent_c=apparent,
        corrected_c=apparent - mean,
        optimism=mean,
        calibration_slope=float(np.mean(slopes)) if slopes else None,
        n_replicates=models.total(),
        n_failed=n_failed,
    )


@dataclass(frozen=True, slots=True)
class _Way:
    """From all factors to a model's coefficients."""

    screen_p: float
    ties: str
    settings: dict[str, Any]

    def go(self, outcome: SurvivalOutcome, design: Design) -> tuple[tuple[str, ...], FloatArray]:
        """Return the selected factors, and the coefficients of all columns of the design."""
        varying = design.without_constant()
        nested = NestedModels(outcome, varying, self.ties)
        offered = {factor.name: factor.label for factor in varying.factors}
        if self.screen_p < 1:
            nothing = frozenset[str]()
            tests = {
                name: nested.compare(nothing, frozenset([name]), "score").p_value
                for name in offered
            }
            offered = {name: offered[name] for name in offered if tests[name] < self.screen_p}
        model = frozenset(offered)
        if offered and self.settings["direction"] != "none":
            path = SelectionPath(nested, offered, **self.settings)
            path.run()
            model = path.model
        found = nested.coefficients(model)
        if np.abs(found).max(initial=0.0) > _LARGEST_COEFFICIENT:
            raise StatisticsError("a selected factor has no finite estimate")
        places = {term.name: at for at, term in enumerate(design.terms)}
        beta = np.zeros(len(design.terms))
        beta[[places[term.name] for term in varying.terms]] = found
        return nested.names_of(model), beta


def _draw(n: int, n_replicates: int, seed: int, resamples: ArrayLike | None) -> Iterator[Any]:
    if resamples is not None:
        yield from np.asarray(resamples, dtype=np.intp)
        return
    for replicate in range(n_replicates):
        yield np.random.default_rng([seed, replicate]).integers(0, n, n)


def _measure_c(outcome: SurvivalOutcome, predictor: FloatArray) -> float:
    if np.ptp(predictor) == 0:
        return 0.5
    return estimate_concordance(outcome, predictor).estimate


def _fit_slope(sets: RiskSets, predictor: FloatArray) -> float | None:
    """Return the coefficient of a linear predictor; None where it does not vary."""
    if np.ptp(predictor) == 0:
        return None
    X, spread = standardise(sets, predictor[:, None])
    maximum = maximise_likelihood(sets, X, evaluate_point(sets, X, np.zeros(1)))
    return float(maximum.coefficients[0] / spread[0])
