"""Checks of times and of entry times, and ties between times that differ by rounding."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from helpers.errors import StatisticsError
from helpers.stats.numeric import as_numbers, check_same_length, describe_values

TIE_TOLERANCE = float(np.sqrt(np.finfo(float).eps))


def check_times(time: ArrayLike, name: str) -> NDArray[np.float64]:
    """Return times as floats if each is finite and not negative.

    Raises
    ------
    StatisticsError
        With the count of missing, infinite or negative times.
    """
    if np.asarray(time).dtype.kind == "b":
        raise StatisticsError(
            f"{name} must be a column of times, but was {describe_values(time)}; "
            "times and events seem to have been exchanged"
        )
    times = as_numbers(time, name)
    if not np.isfinite(times).all():
        n_missing = int(np.isnan(times).sum())
        n_infinite = int(np.isinf(times).sum())
        raise StatisticsError(
            f"{name} must be a finite number for each patient, but was missing for {n_missing} "
            f"and infinite for {n_infinite} of {len(times)}; leave these patients out and count "
            "them in the flow"
        )
    if times.min() < 0:
        negative = times < 0
        raise StatisticsError(
            f"{name} must be zero or later, but was negative for {int(negative.sum())} of "
            f"{len(times)} patients (lowest {times.min():g}); check the dates behind it"
        )
    return times


def check_entry(
    entry: ArrayLike, times: NDArray[np.float64], time_name: str
) -> NDArray[np.float64]:
    """Return entry times as floats if each is finite and before its exit time.

    Raises
    ------
    StatisticsError
        With the count of patients whose entry is missing or not before `times`.
    """
    entries = as_numbers(entry, "entry")
    check_same_length(entries, "entry", len(times), time_name)
    if not np.isfinite(entries).all():
        raise StatisticsError(
            f"entry must be a finite number for each patient, but was missing or infinite for "
            f"{int((~np.isfinite(entries)).sum())} of {len(entries)}; give 0 to patients "
            "followed from the start"
        )
    late = entries >= times
    if late.any():
        raise StatisticsError(
            f"entry must be before {time_name}, but was equal or later for {int(late.sum())} of "
            f"{len(entries)} patients; they were never at risk: leave them out or correct them"
        )
    return entries


def merge_near_ties(
    times: NDArray[np.float64], entries: NDArray[np.float64] | None
) -> tuple[NDArray[np.float64], NDArray[np.float64] | None]:
    """Return times in which those that differ by rounding only are equal.

    Parameters
    ----------
    times : numpy.ndarray of float, shape (n,)
        Exit times.
    entries : numpy.ndarray of float, shape (n,), or None
        Entry times; they take part in the comparison.

    Returns
    -------
    tuple of (numpy.ndarray, numpy.ndarray or None)
        The arrays themselves where there is nothing to merge.

    Raises
    ------
    StatisticsError
        If an entry becomes equal to its exit.

    Notes
    -----
    Two neighbours among the distinct times are tied when they differ by at most the square root
    of the machine's precision, absolutely or as a share of the mean distinct time: the rule of
    ``aeqSurv`` in R's package survival.
    """
    distinct = np.unique(times if entries is None else np.concatenate([times, entries]))
    steps = np.diff(distinct)
    limit = TIE_TOLERANCE * max(1.0, float(np.abs(distinct).mean()))
    if steps.size == 0 or steps.min() > limit:
        return times, entries
    first = np.append(True, steps > limit)
    representative = distinct[first][np.cumsum(first) - 1]
    others, replacements = distinct[~first], representative[~first]
    merged = _replace(times, others, replacements)
    if entries is None:
        return merged, None
    merged_entries = _replace(entries, others, replacements)
    vanished = int((merged_entries >= merged).sum())
    if vanished:
        raise StatisticsError(
            f"entry must be before the exit time by more than rounding, but was equal to it for "
            f"{vanished} of {len(times)} patients; leave them out"
        )
    return merged, merged_entries


def _replace(
    times: NDArray[np.float64], old: NDArray[np.float64], new: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return times with each of the (sorted) old values replaced by its new one."""
    position = np.minimum(np.searchsorted(old, times), len(old) - 1)
    return np.where(old[position] == times, new[position], times)
