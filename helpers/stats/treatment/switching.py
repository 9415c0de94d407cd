"""Groups that patients join during follow-up: records, curves and a test without immortal time."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from helpers.errors import StatisticsError
from helpers.stats.comparison import compare_survival
from helpers.stats.curve import KaplanMeier
from helpers.stats.numeric import as_numbers, check_same_length, describe_values
from helpers.stats.outcome import SurvivalOutcome
from helpers.stats.significance import TestResult
from helpers.stats.survival import estimate_kaplan_meier


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SwitchRecords:
    """(start, stop] records of patients who may join a group during follow-up.

    Attributes
    ----------
    outcome : SurvivalOutcome
        Of m records, with entry times.
    exposed : numpy.ndarray of bool, shape (m,)
        Whether the patient had joined during the record.
    patient : numpy.ndarray of int, shape (m,)
        Position of the patient in the original outcome.
    n_switched : int
        Patients who joined while under observation.
    n_without_time : int
        Patients without any time under observation, who have no record.
    """

    outcome: SurvivalOutcome
    exposed: NDArray[np.bool_]
    patient: NDArray[np.intp]
    n_switched: int
    n_without_time: int


def split_at_switch(outcome: SurvivalOutcome, switch_months: ArrayLike) -> SwitchRecords:
    """Split each patient's follow-up where the patient joined the group.

    Parameters
    ----------
    outcome : SurvivalOutcome
        Of n patients, without late entry.
    switch_months : array_like of float, shape (n,)
        When the patient joined, from the outcome's time zero; missing for who never did.

    Returns
    -------
    SwitchRecords
        One record before joining, one after. Who joined at time zero has the second only; who
        joined at the last moment or later never counts as exposed.

    Raises
    ------
    StatisticsError
        If the outcome has late entry, lengths differ, or a switch is negative or infinite.

    References
    ----------
    Mantel N, Byar DP (1974), J Am Stat Assoc 69:81-86.

    Examples
    --------
    >>> from helpers.stats.outcome import check_survival_outcome
    >>> records = split_at_switch(check_survival_outcome([5, 8], [1, 0]), [2.0, None])
    >>> records.outcome.entry_months, records.outcome.time_months, records.exposed
    (array([0., 0., 2.]), array([2., 8., 5.]), array([False, False,  True]))
    """
    switch = _check_switch(outcome, switch_months)
    observed = outcome.time_months > 0
    joined = observed & (switch < outcome.time_months)
    before = np.flatnonzero(observed & ~(joined & (switch == 0)))
    after = np.flatnonzero(joined)
    stop = np.where(joined, np.minimum(switch, outcome.time_months), outcome.time_months)
    records = replace(
        outcome,
        time_months=np.concatenate([stop[before], outcome.time_months[after]]),
        event=np.concatenate([(outcome.event & ~joined)[before], outcome.event[after]]),
        entry_months=np.concatenate([np.zeros(len(before)), switch[after]]),
        weights=None if outcome.weights is None else outcome.weights[np.append(before, after)],
    )
    return SwitchRecords(
        outcome=records,
        exposed=np.arange(len(before) + len(after)) >= len(before),
        patient=np.append(before, after),
        n_switched=len(after),
        n_without_time=int(np.count_nonzero(~observed)),
    )


def estimate_simon_makuch(
    records: SwitchRecords, *, conf_level: float = 0.95, interval: str = "log-log"
) -> dict[bool, KaplanMeier]:
    """Estimate survival before and after joining a group, patients changing curves as they join.

    Parameters
    ----------
    records : SwitchRecords
        From :func:`split_at_switch`.
    conf_level, interval
        As in :func:`helpers.stats.survival.estimate_kaplan_meier`.

    Returns
    -------
    dict of bool to KaplanMeier
        Under True those who have joined, each at risk from the time of joining; under False
        all others, censored where they join. A side without records is absent.

    Notes
    -----
    Neither curve is that of a fixed set of patients. That of the exposed depends on its first
    times, at which few are at risk.

    References
    ----------
    Simon R, Makuch RW (1984), Stat Med 3:35-44.
    """
    return {
        side: estimate_kaplan_meier(
            records.outcome.select(records.exposed == side),
            conf_level=conf_level,
            interval=interval,
        )
        for side in (False, True)
        if (records.exposed == side).any()
    }


def compare_switched(records: SwitchRecords) -> TestResult:
    """Test that joining a group does not change the hazard, without immortal time.

    Parameters
    ----------
    records : SwitchRecords
        From :func:`split_at_switch`.

    Returns
    -------
    TestResult
        Chi-square with one degree of freedom.

    Raises
    ------
    StatisticsError
        If nobody joined, everybody had joined from the start, or no event happened while both
        groups were at risk.

    Notes
    -----
    The log-rank test in which a patient counts at each event time in the group that they are in
    at that time: the score test of a Cox model with that one covariate.

    References
    ----------
    Mantel N, Byar DP (1974), J Am Stat Assoc 69:81-86.
    """
    test = compare_survival(records.outcome, records.exposed, group_name="exposure")
    return replace(test, method="Mantel-Byar")


def _check_switch(outcome: SurvivalOutcome, switch_months: ArrayLike) -> NDArray[np.float64]:
    if outcome.entry_months is not None:
        raise StatisticsError(
            "outcome must be without late entry, but has entry times; give each patient's whole "
            "follow-up from time zero"
        )
    switch = as_numbers(switch_months, "switch_months")
    check_same_length(switch, "switch_months", outcome.n_subjects, outcome.time_name)
    wrong = (switch < 0) | np.isinf(switch)
    if wrong.any():
        raise StatisticsError(
            f"switch_months must be zero or later, or missing, but was "
            f"{describe_values(switch[wrong])}; give the time from the outcome's time zero"
        )
    return np.where(np.isnan(switch), np.inf, switch)
