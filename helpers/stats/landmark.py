"""Survival from a landmark: of the patients still under observation and free of the event."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from helpers.errors import ParameterError, StatisticsError
from helpers.stats.curve import SurvivalProbability
from helpers.stats.outcome import SurvivalOutcome
from helpers.stats.survival import estimate_kaplan_meier, estimate_survival_at


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LandmarkCohort:
    """Patients at risk after a landmark.

    Attributes
    ----------
    landmark_months : float
        The landmark, from the outcome's time zero.
    outcome : SurvivalOutcome
        Of the patients at risk, with time counted from the landmark.
    kept : numpy.ndarray of bool, shape (n,)
        Which patients of the original outcome they are.
    n_events_before, n_censored_before : int
        Patients left out because of an event, or of censoring, at the landmark or before.
    """

    landmark_months: float
    outcome: SurvivalOutcome
    kept: NDArray[np.bool_]
    n_events_before: int
    n_censored_before: int


def select_landmark(outcome: SurvivalOutcome, landmark_months: float) -> LandmarkCohort:
    """Select the patients still at risk after a landmark.

    Parameters
    ----------
    outcome : SurvivalOutcome
        Of n patients.
    landmark_months : float
        Zero or later.

    Returns
    -------
    LandmarkCohort

    Raises
    ------
    ParameterError
        If `landmark_months` is negative or not finite.
    StatisticsError
        If nobody is at risk after it.

    Notes
    -----
    A patient is kept if his time is later than the landmark. Groups must be formed by what was
    known at the landmark. Patients who enter after the landmark keep their late entry.

    References
    ----------
    Anderson, Cain and Gelber (1983), J Clin Oncol 1:710-719.
    """
    if not 0.0 <= landmark_months < np.inf:
        raise ParameterError(
            f"landmark_months must be zero or later, but was {landmark_months!r}; give a time on "
            "the axis of the outcome"
        )
    kept = outcome.time_months > landmark_months
    if not kept.any():
        raise StatisticsError(
            f"landmark_months must be before the last observation at "
            f"{outcome.time_months.max():g}, but was {landmark_months:g}; choose an earlier one"
        )
    left = outcome.select(kept)
    entry = None
    if left.entry_months is not None:
        entry = np.maximum(left.entry_months - landmark_months, 0.0)
    return LandmarkCohort(
        landmark_months=float(landmark_months),
        outcome=SurvivalOutcome(
            time_months=left.time_months - landmark_months,
            event=left.event,
            entry_months=entry,
            weights=left.weights,
            time_name=outcome.time_name,
            event_name=outcome.event_name,
        ),
        kept=kept,
        n_events_before=int(np.count_nonzero(outcome.event & ~kept)),
        n_censored_before=int(np.count_nonzero(~outcome.event & ~kept)),
    )


def estimate_landmark_survival(
    outcome: SurvivalOutcome,
    *,
    landmark_months: float,
    time_months: float,
    conf_level: float = 0.95,
    interval: str = "log-log",
) -> SurvivalProbability:
    """Estimate survival to a time, given survival to a landmark.

    Parameters
    ----------
    outcome : SurvivalOutcome
        Of n patients.
    landmark_months : float
        The landmark, from the outcome's time zero.
    time_months : float
        The time, from the outcome's time zero, not before the landmark.
    conf_level, interval
        As in :func:`helpers.stats.survival.estimate_kaplan_meier`.

    Returns
    -------
    SurvivalProbability
        Its `time_months` counts from the landmark, its `n_subjects` are those at risk there.

    Raises
    ------
    ParameterError
        If `time_months` is before the landmark, or an option is out of its domain.
    StatisticsError
        If nobody is at risk after the landmark.

    Notes
    -----
    Equal to S(time) / S(landmark), with the Greenwood variance of the events in between.
    """
    cohort = select_landmark(outcome, landmark_months)
    if time_months < landmark_months:
        raise ParameterError(
            f"time_months must be {landmark_months:g} or later, but was {time_months!r}; both "
            "count from the outcome's time zero"
        )
    curve = estimate_kaplan_meier(cohort.outcome, conf_level=conf_level, interval=interval)
    return estimate_survival_at(curve, time_months - landmark_months)
