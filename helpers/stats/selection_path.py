"""The steps of a selection of factors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from helpers.stats.nested_models import Criterion, NestedModels

Direction = Literal["forward", "backward", "both"]


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


class SelectionPath:
    """The walk from the first model to the last.

    Parameters
    ----------
    nested : NestedModels
    labels : mapping of str to str
        Of the candidate factors, by name.
    direction, entry_p, stay_p, criterion
        As :func:`helpers.stats.selection.select_stepwise`.

    Attributes
    ----------
    model : frozenset of str
    steps : list of SelectionStep
    is_cycle : bool
    """

    def __init__(
        self,
        nested: NestedModels,
        labels: Mapping[str, str],
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
        self.is_cycle = False

    def run(self) -> None:
        """Step until nothing enters and nothing leaves, or a model comes back."""
        seen = {self.model}
        while self._remove() or self._enter():
            if self.model in seen:
                self.is_cycle = True
                break
            seen.add(self.model)

    def find_candidates(self) -> tuple[Candidate, ...]:
        """Return the tests that speak for the present model and against a next step."""
        inside = self._test_inside() if self.direction != "forward" else ()
        return (*inside, *(self._test_outside() if self.direction != "backward" else ()))

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
