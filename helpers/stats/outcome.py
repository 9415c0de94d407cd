"""The checked outcomes that every estimator takes, and the guard that makes them.

A survival library that takes what it is given counts every patient of a 1/2 coded column as
dead. Here an outcome can only come from :func:`check_survival_outcome` or
:func:`check_competing_outcome`, which refuse such columns and say what they saw.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from helpers.errors import StatisticsError
from helpers.stats.event_coding import find_coding_warnings, read_event_codes, read_events
from helpers.stats.numeric import as_numbers, check_same_length, describe_values
from helpers.stats.time_axis import check_entry, check_times, merge_near_ties


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SurvivalOutcome:
    """Checked times and events of n patients, or of n (entry, exit] records.

    Attributes
    ----------
    time_months : numpy.ndarray of float, shape (n,)
        Time of the event or of last contact; any unit serves, months by convention.
    event : numpy.ndarray of bool, shape (n,)
        Whether the event was seen.
    entry_months : numpy.ndarray of float, shape (n,), or None
        Time from which the patient was under observation (left truncation).
    weights : numpy.ndarray of float, shape (n,), or None
        Case weights.
    time_name, event_name : str
        Columns they came from.
    warnings : tuple of str
        What was understood but looks odd.
    """

    time_months: NDArray[np.float64]
    event: NDArray[np.bool_]
    entry_months: NDArray[np.float64] | None = None
    weights: NDArray[np.float64] | None = None
    time_name: str = "time_months"
    event_name: str = "event"
    warnings: tuple[str, ...] = ()

    @property
    def n_subjects(self) -> int:
        """Return the number of patients."""
        return len(self.time_months)

    @property
    def n_events(self) -> int:
        """Return the number of events, unweighted."""
        return int(np.count_nonzero(self.event))

    def select(self, index: NDArray[np.bool_] | NDArray[np.intp]) -> SurvivalOutcome:
        """Return the outcome of some of the patients, by mask or positions."""
        return replace(
            self,
            time_months=self.time_months[index],
            event=self.event[index],
            entry_months=None if self.entry_months is None else self.entry_months[index],
            weights=None if self.weights is None else self.weights[index],
            warnings=(),
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CompetingOutcome:
    """Checked times and event codes of n patients under competing risks.

    Attributes
    ----------
    time_months : numpy.ndarray of float, shape (n,)
        Time of the first event or of last contact.
    event_code : numpy.ndarray of int, shape (n,)
        0 censored, 1 the event, 2 and above competing events.
    time_name, event_name : str
        Columns they came from.
    warnings : tuple of str
        What was understood but looks odd.
    """

    time_months: NDArray[np.float64]
    event_code: NDArray[np.int64]
    time_name: str = "time_months"
    event_name: str = "event_code"
    warnings: tuple[str, ...] = ()

    @property
    def n_subjects(self) -> int:
        """Return the number of patients."""
        return len(self.time_months)

    @property
    def n_events(self) -> int:
        """Return the number of patients with an event of any kind."""
        return int(np.count_nonzero(self.event_code))

    def select(self, index: NDArray[np.bool_] | NDArray[np.intp]) -> CompetingOutcome:
        """Return the outcome of some of the patients, by mask or positions."""
        return replace(
            self,
            time_months=self.time_months[index],
            event_code=self.event_code[index],
            warnings=(),
        )


def check_survival_outcome(
    time: ArrayLike,
    event: ArrayLike,
    *,
    entry: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    time_name: str = "time_months",
    event_name: str = "event",
) -> SurvivalOutcome:
    """Return a checked survival outcome.

    Parameters
    ----------
    time : array_like of float, shape (n,)
        Time of the event or of last contact, zero or later.
    event : array_like of bool or 0/1, shape (n,)
        Whether the event was seen.
    entry : array_like of float, shape (n,), optional
        Start of observation; must come before `time`.
    weights : array_like of float, shape (n,), optional
        Case weights, zero or more.
    time_name, event_name : str, optional
        Names of the columns, for messages.

    Returns
    -------
    SurvivalOutcome

    Raises
    ------
    StatisticsError
        If a column is empty, of other length, text, missing or infinite anywhere; if a time is
        negative or not after its entry; if the events are coded other than 0/1 (1/2 codes, text,
        durations in place of events); if a weight is negative or all are zero.

    Notes
    -----
    Times that differ by rounding only (less than 1.5e-8 absolute, or relative to the mean time)
    are made equal, as R's ``aeqSurv`` does, so that 0.1 + 0.2 and 0.3 are tied. Reversed coding
    (1 = censored) cannot be proved from the data; it is suspected, in `warnings`, where the
    column's name says so or nearly all censored times come before nearly all events.

    Examples
    --------
    >>> outcome = check_survival_outcome([5.0, 6.0, 6.0], [1, 0, 1])
    >>> outcome.n_subjects, outcome.n_events
    (3, 2)
    """
    times = check_times(time, time_name)
    events = read_events(event, event_name, time_name, times)
    check_same_length(events, event_name, len(times), time_name)
    entries = None if entry is None else check_entry(entry, times, time_name)
    case_weights = None if weights is None else _check_weights(weights, len(times), time_name)
    times, entries = merge_near_ties(times, entries)
    return SurvivalOutcome(
        time_months=_frozen(times),
        event=_frozen(events),
        entry_months=None if entries is None else _frozen(entries),
        weights=None if case_weights is None else _frozen(case_weights),
        time_name=time_name,
        event_name=event_name,
        warnings=find_coding_warnings(times, events, event_name),
    )


def check_competing_outcome(
    time: ArrayLike,
    code: ArrayLike,
    *,
    time_name: str = "time_months",
    code_name: str = "event_code",
) -> CompetingOutcome:
    """Return a checked outcome with competing events.

    Parameters
    ----------
    time : array_like of float, shape (n,)
        Time of the first event or of last contact, zero or later.
    code : array_like of int, shape (n,)
        0 censored, 1 the event, 2 and above competing events.
    time_name, code_name : str, optional
        Names of the columns, for messages.

    Returns
    -------
    CompetingOutcome

    Raises
    ------
    StatisticsError
        As :func:`check_survival_outcome`; also if a code is no whole number from 0 to 9, or if
        no patient is coded 0 and the codes 1, 2 and 3 look shifted by one.

    Examples
    --------
    >>> check_competing_outcome([5.0, 6.0, 7.0], [1, 0, 2]).event_code
    array([1, 0, 2])
    """
    times = check_times(time, time_name)
    codes, warnings = read_event_codes(code, code_name, time_name)
    check_same_length(codes, code_name, len(times), time_name)
    times, _ = merge_near_ties(times, None)
    return CompetingOutcome(
        time_months=_frozen(times),
        event_code=_frozen(codes),
        time_name=time_name,
        event_name=code_name,
        warnings=warnings,
    )


def check_events_within_follow_up(
    event_time: ArrayLike,
    last_contact_time: ArrayLike,
    *,
    event_time_name: str,
    last_contact_name: str,
) -> None:
    """Refuse events that are dated after the patient's last contact.

    Parameters
    ----------
    event_time : array_like of float, shape (n,)
        Time of the event; missing where there was none.
    last_contact_time : array_like of float, shape (n,)
        Time of last contact, in the same unit from the same origin.
    event_time_name, last_contact_name : str
        Names of the columns, for the message.

    Raises
    ------
    StatisticsError
        If an event comes after last contact, or has none; the message has the count.
    """
    events = as_numbers(event_time, event_time_name)
    contacts = as_numbers(last_contact_time, last_contact_name)
    check_same_length(contacts, last_contact_name, len(events), event_time_name)
    happened = ~np.isnan(events)
    late = happened & ~(events <= contacts)
    if late.any():
        excess = np.nanmax(np.where(late, events - contacts, np.nan)) if late.any() else 0.0
        raise StatisticsError(
            f"{event_time_name} must be no later than {last_contact_name}, but was later or "
            f"without it in {int(late.sum())} of {int(happened.sum())} events (by up to "
            f"{excess:g}); correct the dates, or set last contact to the event"
        )


def _check_weights(weights: ArrayLike, n: int, time_name: str) -> NDArray[np.float64]:
    numbers = as_numbers(weights, "weights")
    check_same_length(numbers, "weights", n, time_name)
    bad = ~np.isfinite(numbers) | (numbers < 0)
    if bad.any():
        raise StatisticsError(
            f"weights must be finite and not negative, but was {describe_values(numbers[bad])}; "
            "correct or leave out these patients"
        )
    if not numbers.any():
        raise StatisticsError(
            f"weights must be above zero for at least one patient, but was 0 for all {n}; "
            "check how the weights were made"
        )
    return numbers


def _frozen(array: NDArray) -> NDArray:
    view = array.view()
    view.flags.writeable = False
    return view
