"""What a model is worth on new patients: the bootstrap of the whole way to it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

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
from helpers.stats.mapped import MapChunks
from helpers.stats.nested_models import NestedModels
from helpers.stats.outcome import SurvivalOutcome
from helpers.stats.resampled_selection import ForwardSelection, SelectedModel
from helpers.stats.selection_path import SelectionPath

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.intp]
#: Samples that are one piece of work, wherever it is done.
_AT_ONCE = 25
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
    map_chunks: MapChunks | None = None,
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
    map_chunks : callable, optional
        Takes a function and its many arguments, as ``map`` does, and may call it elsewhere; the
        result does not depend on where.
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
    samples = _Samples(outcome, design, way)
    rows = _draw(outcome.n_subjects, n_replicates, seed, resamples)
    chunks = [rows[at : at + _AT_ONCE] for at in range(0, len(rows), _AT_ONCE)]
    tried = [one for part in (map_chunks or map)(samples.measure, chunks) for one in part]
    measured = [one for one in tried if one is not None]
    if not measured:
        raise StatisticsError("no bootstrap sample had events and covariates that vary")
    apparent = _measure_c(outcome, design.matrix @ beta)
    return _summarise(selected, apparent, measured, design, n_failed=len(tried) - len(measured))


class _Measured(NamedTuple):
    """What one sample's model is worth."""

    factors: tuple[str, ...]
    optimism: float
    slope: float | None


def _summarise(
    selected: tuple[str, ...],
    apparent: float,
    measured: Sequence[_Measured],
    design: Design,
    *,
    n_failed: int,
) -> ValidatedSelection:
    models = Counter(one.factors for one in measured)
    optimism = float(np.mean([one.optimism for one in measured]))
    slopes = [one.slope for one in measured if one.slope is not None]
    return ValidatedSelection(
        selected=selected,
        frequencies={
            factor.name: sum(count for model, count in models.items() if factor.name in model)
            / models.total()
            for factor in design.factors
        },
        models=dict(models.most_common()),
        apparent_c=apparent,
        corrected_c=apparent - optimism,
        optimism=optimism,
        calibration_slope=float(np.mean(slopes)) if slopes else None,
        n_replicates=models.total(),
        n_failed=n_failed,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Samples:
    """Measures the models of bootstrap samples; may travel to other processes."""

    outcome: SurvivalOutcome
    design: Design
    way: _Way

    def measure(self, rows: IntArray) -> list[_Measured | None]:
        """Return what the model of each sample is worth; None of one without a model."""
        sets = build_risk_sets(self.outcome, ties=self.way.ties)
        return [
            self._measure_one(sets, one, found)
            for one, found in zip(rows, self._select_together(rows), strict=True)
        ]

    def _measure_one(
        self, sets: RiskSets, rows: IntArray, found: SelectedModel | None
    ) -> _Measured | None:
        drawn = self.outcome.select(rows)
        try:
            names, beta = found or self.way.go(drawn, self.design.take(rows))
            predictor = self.design.matrix @ beta
            gain = _measure_c(drawn, predictor[rows]) - _measure_c(self.outcome, predictor)
            return _Measured(names, gain, _fit_slope(sets, predictor))
        except StatisticsError:
            return None

    def _select_together(self, rows: IntArray) -> list[SelectedModel | None]:
        """Select in many samples at once where that is possible."""
        way, outcome = self.way, self.outcome
        is_plain = outcome.weights is None and outcome.entry_months is None
        if not (way.is_forward_by_score and is_plain and outcome.n_events):
            return [None] * len(rows)
        selection = ForwardSelection(
            outcome=outcome,
            design=self.design,
            ties=way.ties,
            screen_p=way.screen_p,
            entry_p=way.settings["entry_p"],
        )
        step = selection.count_at_once()
        parts = (selection.select(rows[at : at + step]) for at in range(0, len(rows), step))
        return [found for part in parts for found in part]


@dataclass(frozen=True, slots=True)
class _Way:
    """From all factors to a model's coefficients."""

    screen_p: float
    ties: str
    settings: dict[str, Any]

    @property
    def is_forward_by_score(self) -> bool:
        """Return whether factors only enter, by their score tests."""
        return (self.settings["direction"], self.settings["criterion"]) == ("forward", "score")

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


def _draw(n: int, n_replicates: int, seed: int, resamples: ArrayLike | None) -> IntArray:
    if resamples is not None:
        return np.asarray(resamples, dtype=np.intp)
    return np.array(
        [np.random.default_rng([seed, number]).integers(0, n, n) for number in range(n_replicates)]
    )


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
