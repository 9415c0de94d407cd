"""Stepwise selection of factors for a Cox model, with its whole path."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from helpers.errors import ParameterError, StatisticsError
from helpers.stats.cox import Ties, check_ties, fit_cox
from helpers.stats.cox_result import CoxFit
from helpers.stats.design import build_design
from helpers.stats.factors import Factor
from helpers.stats.nested_models import Criterion, NestedModels
from helpers.stats.outcome import SurvivalOutcome
from helpers.stats.selection_path import Candidate, Direction, SelectionPath, SelectionStep

DIRECTIONS = ("forward", "backward", "both")
CRITERIA = ("wald", "lr", "score")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StepwiseSelection:
    """A selection from its first step to its last model.

    Attributes
    ----------
    steps : tuple of SelectionStep
        Empty if nothing was entered or removed.
    selected : tuple of str
        Factors of the last model, in the order in which they were offered.
    final_fit : CoxFit or None
        None if no factor was selected.
    direction, criterion : str
    entry_p, stay_p : float
    n_subjects, n_events : int
    final_candidates : tuple of Candidate
        The tests that ended the selection, of the factors inside the last model (unless the
        direction is forward) and outside (unless it is backward).
    is_cycle : bool
        Whether it ended because a factor was about to come and go for ever.
    warnings : tuple of str
        In words: candidates without a finite estimate.
    """

    steps: tuple[SelectionStep, ...]
    selected: tuple[str, ...]
    final_fit: CoxFit | None
    direction: Direction
    criterion: Criterion
    entry_p: float
    stay_p: float
    n_subjects: int
    n_events: int
    final_candidates: tuple[Candidate, ...]
    is_cycle: bool = False
    warnings: tuple[str, ...] = ()

    def to_frame(self) -> pd.DataFrame:
        """Return the steps as a table, one row each."""
        columns = ["step", "action", "factor", "factor_label", "statistic", "df", "p_value"]
        columns += ["criterion", "log_likelihood"]
        return pd.DataFrame(
            [[getattr(step, column) for column in columns] for step in self.steps],
            columns=columns,
        )


def select_stepwise(
    outcome: SurvivalOutcome,
    frame: pd.DataFrame,
    factors: Sequence[Factor],
    *,
    direction: Direction = "both",
    entry_p: float = 0.15,
    stay_p: float = 0.15,
    criterion: Criterion = "wald",
    ties: Ties = "efron",
    conf_level: float = 0.95,
) -> StepwiseSelection:
    """Select factors step by step by the p-value of all coefficients of a factor together.

    Parameters
    ----------
    outcome : SurvivalOutcome
        Of n records.
    frame : DataFrame, n rows
        Complete in the columns of `factors`: all models are fitted to the same records.
    factors : sequence of Factor
        The candidates; all levels of a factor enter and leave together.
    direction : {"forward", "backward", "both"}, optional
        ``forward`` starts empty and only enters; ``backward`` starts with all and only removes;
        ``both`` starts empty and after each entry removes what no longer stays.
    entry_p, stay_p : float, optional
        A factor enters if its p-value is below `entry_p`, the smallest first, and is removed
        if its p-value is `stay_p` or above, the largest first.
    criterion : {"wald", "lr", "score"}, optional
        The test that compares the models with and without the factor.
    ties : {"efron", "breslow"}, optional
    conf_level : float, optional
        Of the last model's intervals.

    Returns
    -------
    StepwiseSelection

    Raises
    ------
    ParameterError
        If an option is out of its domain, or `stay_p` is below `entry_p` with ``both``.
    StatisticsError
        As :func:`helpers.stats.cox.fit_cox`, for the model of all candidates.

    Notes
    -----
    All three tests compare the same two nested models: Wald's at the larger one's maximum, the
    score test at the smaller one's, the likelihood-ratio test with both. SAS enters by score
    and removes by Wald, SPSS enters by score and removes by either of the other two; with one
    criterion for both the path is free of that asymmetry. The p-values of the last model do not
    know that it was selected; see :func:`estimate_inclusion`. Wald's test fails for a factor whose
    coefficient has no finite estimate (its p-value goes to 1); the other two do not, and the
    result carries a warning.

    References
    ----------
    Heinze G, Wallisch C, Dunkler D. Variable selection - a review and recommendations for the
    practicing statistician. Biom J 2018;60:431-49.
    """
    _check_options(direction, entry_p, stay_p, criterion)
    check_ties(ties)
    design = build_design(frame, factors)
    nested = NestedModels(outcome, design, ties)
    path = SelectionPath(
        nested,
        {factor.name: factor.label for factor in design.factors},
        direction=direction,
        entry_p=entry_p,
        stay_p=stay_p,
        criterion=criterion,
    )
    path.run()
    selected = nested.names_of(path.model)
    final = None
    if selected:
        chosen = design.select(selected)
        final = fit_cox(outcome, chosen, ties=ties, conf_level=conf_level)
    return StepwiseSelection(
        steps=tuple(path.steps),
        selected=selected,
        final_fit=final,
        direction=direction,
        criterion=criterion,
        entry_p=entry_p,
        stay_p=stay_p,
        n_subjects=outcome.n_subjects,
        n_events=outcome.n_events,
        final_candidates=path.find_candidates(),
        is_cycle=path.is_cycle,
        warnings=(*design.warnings, *nested.warnings),
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class InclusionFrequencies:
    """How often a selection comes to the same factors in resampled data.

    Attributes
    ----------
    frequencies : mapping of str to float
        Share of the replicates that selected each candidate, 0 to 1.
    models : mapping of tuple of str to int
        Replicates by selected factors, the commonest first.
    n_replicates : int
        That could be fitted.
    n_failed : int
        Without an event, or with collinear covariates; they are left out.
    seed : int
    """

    frequencies: dict[str, float]
    models: dict[tuple[str, ...], int]
    n_replicates: int
    n_failed: int
    seed: int


def estimate_inclusion(
    outcome: SurvivalOutcome,
    frame: pd.DataFrame,
    factors: Sequence[Factor],
    *,
    n_replicates: int = 200,
    seed: int = 0,
    **options: Any,
) -> InclusionFrequencies:
    """Repeat a selection in bootstrap samples of the records.

    Parameters
    ----------
    outcome, frame, factors
        As :func:`select_stepwise`.
    n_replicates : int, optional
    seed : int, optional
        Replicate b depends on the seed and b only.
    **options
        `direction`, `entry_p`, `stay_p`, `criterion` and `ties` of :func:`select_stepwise`.

    Returns
    -------
    InclusionFrequencies

    Raises
    ------
    ParameterError, StatisticsError
        As :func:`select_stepwise`; also if no replicate could be fitted.

    Notes
    -----
    A level that a sample has lost has no coefficient in it, a factor that it has lost is not
    selected.

    References
    ----------
    Sauerbrei W, Schumacher M. A bootstrap resampling procedure for model building. Stat Med
    1992;11:2093-109.
    """
    if n_replicates < 1:
        raise ParameterError(f"n_replicates must be 1 or more, but was {n_replicates!r}")
    settings = {"direction": "both", "entry_p": 0.15, "stay_p": 0.15, "criterion": "wald"}
    settings |= options
    ties = settings.pop("ties", "efron")
    _check_options(**settings)
    check_ties(ties)
    design = build_design(frame, factors)
    labels = {factor.name: factor.label for factor in design.factors}
    models: Counter[tuple[str, ...]] = Counter()
    for replicate in range(n_replicates):
        rng = np.random.default_rng([seed, replicate])
        rows = rng.integers(0, outcome.n_subjects, outcome.n_subjects)
        try:
            drawn = design.take(rows).without_constant()
            nested = NestedModels(outcome.select(rows), drawn, ties)
        except StatisticsError:
            continue
        offered = {factor.name: labels[factor.name] for factor in drawn.factors}
        path = SelectionPath(nested, offered, **settings)
        path.run()
        models[nested.names_of(path.model)] += 1
    n_fitted = models.total()
    if not n_fitted:
        raise StatisticsError(
            "bootstrap samples must have events and covariates that vary, but was none of "
            f"{n_replicates} samples so; leave out the rarest factors"
        )
    return InclusionFrequencies(
        frequencies={
            name: sum(count for model, count in models.items() if name in model) / n_fitted
            for name in labels
        },
        models=dict(models.most_common()),
        n_replicates=n_fitted,
        n_failed=n_replicates - n_fitted,
        seed=seed,
    )


def _check_options(direction: str, entry_p: float, stay_p: float, criterion: str) -> None:
    if direction not in DIRECTIONS:
        raise ParameterError(f"direction must be one of {DIRECTIONS}, but was {direction!r}")
    if criterion not in CRITERIA:
        raise ParameterError(f"criterion must be one of {CRITERIA}, but was {criterion!r}")
    for name, value in (("entry_p", entry_p), ("stay_p", stay_p)):
        if not 0.0 < value <= 1.0:
            raise ParameterError(f"{name} must be above 0 and at most 1, but was {value!r}")
    if direction == "both" and stay_p < entry_p:
        raise ParameterError(
            f"stay_p must be at least entry_p ({entry_p}) when factors enter and leave, but was "
            f"{stay_p!r}; a factor could enter and leave for ever"
        )
