"""What an event column means: 0/1 or true/false, and nothing that merely looks like it."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from helpers.errors import StatisticsError
from helpers.stats.numeric import as_numbers, describe_values, format_value

MAX_EVENT_CODE = 9
_REVERSED_WORDS = ("alive", "censor", "surviv")
_REVERSED_SHARE = 0.85
_SAMPLE_SIZE = 4000
_MIN_EACH = 10


def read_events(
    event: ArrayLike, name: str, time_name: str, times: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Return an event column as truth values.

    Parameters
    ----------
    event : array_like, shape (n,)
        Truth values or 0/1.
    name, time_name : str
        Columns, for messages.
    times : numpy.ndarray of float, shape (n,)
        The outcome's times, to recognise durations passed as events.

    Raises
    ------
    StatisticsError
        If the column is text, has missing values or holds anything but 0 and 1; the message
        names the values with their counts and what they look like.
    """
    array = np.asarray(event)
    if array.dtype == bool and array.ndim == 1 and array.size:
        return array
    _refuse_text(array, name)
    codes = as_numbers(array, name)
    _refuse_missing(codes, name)
    events = codes == 1
    if not (events | (codes == 0)).all():
        raise StatisticsError(
            f"{name} must be 0 (censored) or 1 (event), or true or false, but was "
            f"{describe_values(codes)}; {_advise(codes, name, time_name, times)}"
        )
    return events


def read_event_codes(
    code: ArrayLike, name: str, time_name: str
) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    """Return a column of competing events as whole numbers, and what looks odd in it.

    Raises
    ------
    StatisticsError
        If the column is text, has missing values, or codes other than 0 to 9.
    """
    array = np.asarray(code)
    _refuse_text(array, name)
    numbers = as_numbers(array, name)
    _refuse_missing(numbers, name)
    if not ((numbers >= 0) & (numbers <= MAX_EVENT_CODE) & (numbers % 1 == 0)).all():
        raise StatisticsError(
            f"{name} must be 0 (censored), 1 (event) or 2 to {MAX_EVENT_CODE} (competing "
            f"events), but was {describe_values(numbers)}; if these are times, {name} and "
            f"{time_name} were exchanged"
        )
    codes = numbers.astype(np.int64)
    present = set(np.unique(codes).tolist())
    if 0 not in present and {1, 2, 3} <= present:
        raise StatisticsError(
            f"{name} must be 0 for censored patients, but was {describe_values(codes)} and "
            f"never 0; if 1 marks the censored, pass `{name} - 1`"
        )
    return codes, _competing_warnings(codes, present, name)


def _competing_warnings(codes: NDArray[np.int64], present: set[int], name: str) -> tuple[str, ...]:
    warnings = []
    if 0 not in present:
        warnings.append(
            f"{name} is never 0: all {len(codes)} patients are taken to have had an event "
            f"({describe_values(codes)})"
        )
    if present <= {0, 1}:
        warnings.append(f"{name} holds no competing event: {describe_values(codes)}")
    return tuple(warnings)


def find_coding_warnings(
    times: NDArray[np.float64], events: NDArray[np.bool_], name: str
) -> tuple[str, ...]:
    """Return sentences on an event column that is valid but looks odd.

    Parameters
    ----------
    times : numpy.ndarray of float, shape (n,)
        Times of the outcome.
    events : numpy.ndarray of bool, shape (n,)
        Events as understood.
    name : str
        Of the event column.

    Returns
    -------
    tuple of str
        Empty where nothing is odd.
    """
    n_subjects, n_events = len(events), int(np.count_nonzero(events))
    understood = f"{n_events} events among {n_subjects} patients were understood"
    warnings = []
    if n_events == 0:
        warnings.append(f"{name} is never 1: no event among {n_subjects} patients")
    if n_events == n_subjects and n_subjects > 1:
        warnings.append(f"{name} is always 1: none of {n_subjects} patients is censored")
    if any(word in name.lower() for word in _REVERSED_WORDS):
        warnings.append(
            f"{name} sounds as if 1 meant censored; {understood}: if that is wrong, pass the "
            "opposite"
        )
    elif _looks_reversed(times, events):
        warnings.append(
            f"{name} looks reversed, for the censored times come before the events; {understood}: "
            "if that is wrong, pass the opposite"
        )
    return tuple(warnings)


def _looks_reversed(times: NDArray[np.float64], events: NDArray[np.bool_]) -> bool:
    """Return whether an event's time is nearly always above a censored one's."""
    step = max(1, len(times) // _SAMPLE_SIZE)
    sample, is_event = times[::step], events[::step]
    event_times, censored = np.sort(sample[is_event]), sample[~is_event]
    if min(len(event_times), len(censored)) < _MIN_EACH:
        return False
    below = np.searchsorted(event_times, censored, side="left")
    not_above = np.searchsorted(event_times, censored, side="right")
    later = len(event_times) - (below + not_above) / 2
    return bool(later.mean() / len(event_times) > _REVERSED_SHARE)


def _refuse_text(array: NDArray, name: str) -> None:
    is_text = array.dtype.kind in "US" or (
        array.dtype.kind == "O" and any(isinstance(value, str) for value in array.ravel())
    )
    if is_text:
        known = array[~np.asarray(pd.isna(array))] if array.dtype.kind == "O" else array
        first = format_value(known[0])
        raise StatisticsError(
            f"{name} must be 0 (censored) or 1 (event), but was text: {describe_values(known)}; "
            f"say which text is the event, for instance `{name} == {first}`"
        )


def _refuse_missing(codes: NDArray[np.float64], name: str) -> None:
    n_missing = int(np.isnan(codes).sum())
    if n_missing:
        raise StatisticsError(
            f"{name} must be known for each patient, but was missing for {n_missing} of "
            f"{len(codes)}; leave these patients out and count them in the flow"
        )


def _advise(
    codes: NDArray[np.float64], name: str, time_name: str, times: NDArray[np.float64]
) -> str:
    present = np.unique(codes)
    if len(present) <= 2 and set(present.tolist()) <= {1.0, 2.0}:
        return f"if 2 marks the event, pass `{name} == 2`"
    if set(present.tolist()) <= {-1.0, 0.0, 1.0}:
        return f"pass `{name} == 1` if 1 marks the event"
    if set(present.tolist()) <= {0.0, 1.0, 2.0, 3.0}:
        return f"several kinds of event need check_competing_outcome, or choose one: `{name} == 1`"
    if len(codes) == len(times) and np.array_equal(codes, times):
        return f"this is {time_name} itself: pass the column of events"
    return f"these look like durations: {time_name} and {name} may have been exchanged"
