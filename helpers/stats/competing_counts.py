"""Counts of events by cause at each time, and the curves that follow from them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from helpers.errors import ParameterError, StatisticsError
from helpers.stats.outcome import CompetingOutcome

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CompetingCounts:
    """What happened at each of the m distinct times.

    Attributes
    ----------
    time_months, n_at_risk, n_events, n_competing, n_censored : ndarray of float, shape (m,)
        At risk counts those just before the time; events are those of the cause.
    survival, survival_before : ndarray of float, shape (m,)
        Probability of no event of any cause, up to and including, and just before the time.
    incidence : ndarray of float, shape (m,)
        Aalen-Johansen estimate for the cause.
    """

    time_months: FloatArray
    n_at_risk: FloatArray
    n_events: FloatArray
    n_competing: FloatArray
    n_censored: FloatArray
    survival: FloatArray
    survival_before: FloatArray
    incidence: FloatArray


def check_cause(outcome: CompetingOutcome, cause: int) -> int:
    """Return the cause if it is an event code that some patient has.

    Raises
    ------
    ParameterError
        If it is no whole number above zero.
    StatisticsError
        If no patient has an event of it.
    """
    if isinstance(cause, bool) or not isinstance(cause, int | np.integer) or cause < 1:
        raise ParameterError(
            f"cause must be a whole number above zero, but was {cause!r}; "
            "0 means censored, give the code of an event"
        )
    if not (outcome.event_code == cause).any():
        seen = np.unique(outcome.event_code).tolist()
        raise StatisticsError(
            f"cause must be a code of {outcome.event_name} with at least one event, but was "
            f"{cause!r}; the {outcome.n_subjects} patients have the codes {seen}"
        )
    return int(cause)


def count_competing_events(outcome: CompetingOutcome, cause: int) -> CompetingCounts:
    """Count events of a cause, of other causes and censorings at each distinct time.

    Examples
    --------
    >>> from helpers.stats.outcome import check_competing_outcome
    >>> counts = count_competing_events(check_competing_outcome([1.0, 1.0, 2.0], [1, 2, 0]), 1)
    >>> counts.n_at_risk.tolist(), counts.n_events.tolist(), counts.n_competing.tolist()
    ([3.0, 1.0], [1.0, 0.0], [1.0, 0.0])
    """
    times, position = np.unique(outcome.time_months, return_inverse=True)
    code = outcome.event_code
    events, censored, leaving = (
        np.bincount(position[chosen], minlength=len(times)).astype(np.float64)
        for chosen in (code == cause, code == 0, slice(None))
    )
    at_risk = leaving[::-1].cumsum()[::-1]
    competing = leaving - events - censored
    survival = np.cumprod((at_risk - events - competing) / at_risk)
    before = np.concatenate([[1.0], survival[:-1]])
    return CompetingCounts(
        time_months=times,
        n_at_risk=at_risk,
        n_events=events,
        n_competing=competing,
        n_censored=censored,
        survival=survival,
        survival_before=before,
        incidence=np.cumsum(before * events / at_risk),
    )
