"""Stepwise selection of factors for a Cox model, with its whole path."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from helpers.errors import ParameterError
from helpers.stats.cox import Ties, check_ties, fit_cox
from helpers.stats.cox_result import CoxFit
from helpers.stats.design import build_design
from helpers.stats.factors import Factor
from helpers.stats.nested_models import Criterion, NestedModels
from helpers.stats.outcome import SurvivalOutcome

Direction = Literal["forward", "backward", "both"]

DIRECTIONS = ("forward", "backward", "both")
CRITERIA = ("wald", "lr", "score")


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A factor that could have been entered or removed, with the test that was looked at.

    Attributes
    ----------
    factor : str
    statistic : float
        Chi-square of all its coefficients together.
    df : int
    p_value : float
    """

    factor: str
    statistic: float
    df: int
    p_value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SelectionStep:
    """One step of a selection.

    Attributes
    ----------
    step : int
        From 1.
    action : {"enter", "remove"}
    factor, factor_label : str
    statistic : float
        Chi-square of the factor's coefficients, with `df` degrees of freedom.
    df : int
    p_value : float
    criterion : {"wald", "lr", "score"}
    model : tuple of str
        Factors after the step, in the order in which they were offered.
    log_likelihood : float
        Of the model after the step.
    candidates : tuple of Candidate
        All factors that were compared at this step.
    """

    step: int
    action: Literal["enter", "remove"]
    factor: str
    factor_label: str
    statistic: float
    df: int
    p_value: float
    criterion: Criterion
    model: tuple[str, ...]
    log_likelihood: float
    candidates: tuple[Candidate, ...]


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
        The tests that ended the selection: of the factors outside the last model, and, unless
        the direction is forward, of those inside.
    is_cycle : bool
        Whether it ended because a factor was about to come and go for ever.
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
    know that it was selected.
    """
    _check_options(direction, entry_p, stay_p, criterion)
    check_ties(ties)
    design = build_design(frame, factors)
    nested = NestedModels(outcome, design, ties)
    path = _Path(
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
        final_candidates=path.final_candidates,
        is_cycle=path.is_cycle,
    )


class _Path:
    """The walk from the first model to the last."""

    def __init__(
        self,
        nested: NestedModels,
        labels: dict[str, str],
        *,
        direction: Direction,
        entry_p: float,
        stay_p: float,
        criterion: Criterion,
    ) -> None:
        self.nested, self.direction, self.criterion = nested, direction, criterion
        self.entry_p, self.stay_p = entry_p, stay_p
        self.labels = labels
        self.model: frozenset[str] = (
            frozenset(self.labels) if direction == "backward" else frozenset()
        )
        self.steps: list[SelectionStep] = []
        self.final_candidates: tuple[Candidate, ...] = ()
        self.is_cycle = False

    def run(self) -> None:
        """Step until nothing enters and nothing leaves, or a model comes back."""
        seen = {self.model}
        while self._remove() or self._enter():
            if self.model in seen:
                self.is_cycle = True
                break
            seen.add(self.model)
        inside = self._test_inside() if self.direction != "forward" else ()
        self.final_candidates = (*inside, *self._test_outside())

    def _test_inside(self) -> tuple[Candidate, ...]:
        return tuple(
            self._compare(name, self.model - {name}, self.model)
            for name in self.nested.names_of(self.model)
        )

    def _test_outside(self) -> tuple[Candidate, ...]:
        return tuple(
            self._compare(name, self.model, self.model | {name})
            for name in self.labels
            if name not in self.model
        )

    def _compare(self, name: str, small: frozenset[str], large: frozenset[str]) -> Candidate:
        test = self.nested.compare(small, large, self.criterion)
        return Candidate(factor=name, statistic=test.statistic, df=test.df, p_value=test.p_value)

    def _remove(self) -> bool:
        if self.direction == "forward" or not self.model:
            return False
        candidates = self._test_inside()
        worst = max(candidates, key=lambda candidate: candidate.p_value)
        if worst.p_value < self.stay_p:
            return False
        self._record("remove", worst, self.model - {worst.factor}, candidates)
        return True

    def _enter(self) -> bool:
        if self.direction == "backward" or len(self.model) == len(self.labels):
            return False
        candidates = self._test_outside()
        best = min(candidates, key=lambda candidate: candidate.p_value)
        if best.p_value >= self.entry_p:
            return False
        self._record("enter", best, self.model | {best.factor}, candidates)
        return True

    def _record(
        self,
        action: Literal["enter", "remove"],
        chosen: Candidate,
        model: frozenset[str],
        candidates: tuple[Candidate, ...],
    ) -> None:
        self.model = model
        self.steps.append(
            SelectionStep(
                step=len(self.steps) + 1,
                action=action,
                factor=chosen.factor,
                factor_label=self.labels[chosen.factor],
                statistic=chosen.statistic,
                df=chosen.df,
                p_value=chosen.p_value,
                criterion=self.criterion,
                model=self.nested.names_of(model),
                log_likelihood=self.nested.log_likelihood(model),
                candidates=candidates,
            )
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
