"""Who enters the study: declared steps, each with its reason and its counts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from helpers.cohort.dictionary import EligibilityRule


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowStep:
    """One step of the flow diagram.

    Attributes
    ----------
    id, label, reason : str
        Key for results' ids, the rule, and why patients left.
    column : str
        Flag that decides.
    n_before, n_excluded, n_remaining : int
        Patients before the step, left at it, and after it.
    checked : bool
        False where the data lack the flag: nobody could be judged by this rule.
    """

    id: str
    label: str
    reason: str
    column: str
    n_before: int
    n_excluded: int
    n_remaining: int
    checked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Outcome of all steps.

    Attributes
    ----------
    kept : numpy.ndarray of bool, shape (n,)
        Who stays.
    flow : tuple of FlowStep
        Steps in their order; a patient is counted at the first one that excludes.
    undocumented : dict of str to numpy.ndarray of int
        By flag: positions of those whom the step meets without a value. They stay.
    """

    kept: np.ndarray
    flow: tuple[FlowStep, ...]
    undocumented: Mapping[str, np.ndarray]


def select_eligible(
    flags: Mapping[str, np.ndarray], rules: Iterable[EligibilityRule], *, n_screened: int
) -> Selection:
    """Apply the rules one after the other.

    Parameters
    ----------
    flags : mapping of str to numpy.ndarray, shape (n,)
        ``no``, ``yes`` or None by column; absent or wholly empty where it was not recorded.
    rules : iterable of EligibilityRule
        In the order of the flow diagram.
    n_screened : int
        Number of patients, n.

    Returns
    -------
    Selection
        A rule whose flag is absent excludes nobody and is marked as not checked.

    Examples
    --------
    >>> from helpers.cohort.dictionary import EligibilityRule
    >>> rule = EligibilityRule(id="c", column="consent", keep="yes", label="", reason="")
    >>> selection = select_eligible({"consent": np.array(["yes", "no"])}, [rule], n_screened=2)
    >>> selection.flow[0].n_excluded
    1
    """
    kept = np.ones(n_screened, dtype=bool)
    flow: list[FlowStep] = []
    undocumented: dict[str, np.ndarray] = {}
    for rule in rules:
        values = flags.get(rule.column)
        missing = np.array([value is None for value in values]) if values is not None else None
        checked = missing is not None and not missing.all()
        n_before = int(kept.sum())
        if checked:
            if (kept & missing).any():
                undocumented[rule.column] = np.flatnonzero(kept & missing)
            kept &= missing | (values == rule.keep)
        n_remaining = int(kept.sum())
        flow.append(
            FlowStep(
                id=rule.id,
                label=rule.label,
                reason=rule.reason,
                column=rule.column,
                n_before=n_before,
                n_excluded=n_before - n_remaining,
                n_remaining=n_remaining,
                checked=checked,
            )
        )
    return Selection(kept=kept, flow=tuple(flow), undocumented=undocumented)
