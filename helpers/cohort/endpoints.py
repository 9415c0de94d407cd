"""Dates into times and events: overall survival from three time zeros, AML, follow-up."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

DAYS_PER_MONTH = 30.4375

Columns = Mapping[str, np.ndarray]

# (time in months, its first date, its last date); the file may give the time instead
_SPANS = (
    ("os_months", "failure_date", "last_contact_date"),
    ("len_duration_months", "len_start_date", "failure_date"),
    ("diagnosis_to_failure_months", "diagnosis_date", "failure_date"),
    ("diagnosis_to_len_months", "diagnosis_date", "len_start_date"),
    ("os_len_months", "len_start_date", "last_contact_date"),
    ("os_dx_months", "diagnosis_date", "last_contact_date"),
    ("time_to_aml_months", "failure_date", "aml_date"),
    ("first_treatment_months", "failure_date", "first_treatment_date"),
    ("transplant_months", "failure_date", "transplant_date"),
)

# times that are another time less or more one, where dates are absent
_SUMS = (
    ("os_len_months", "os_months", "len_duration_months", 1),
    ("os_dx_months", "os_months", "diagnosis_to_failure_months", 1),
    ("diagnosis_to_len_months", "diagnosis_to_failure_months", "len_duration_months", -1),
)


def count_months(start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """Return the time between dates in months of 30.4375 days.

    Parameters
    ----------
    start, end : numpy.ndarray of datetime64, shape (n,)
        NaT where not known.

    Returns
    -------
    numpy.ndarray of float, shape (n,)
        NaN where either date is not known; negative where `end` comes first.

    Examples
    --------
    >>> start = np.array(["2010-01-01"], dtype="datetime64[D]")
    >>> float(count_months(start, start + 30)[0].round(4))
    0.9856
    """
    days = end.astype("datetime64[D]") - start.astype("datetime64[D]")
    months = days.astype(float) / DAYS_PER_MONTH
    months[np.isnat(days)] = np.nan
    return months


def derive_endpoints(values: Columns) -> dict[str, np.ndarray]:
    """Make times and events from dates, or from times that the file gives.

    Parameters
    ----------
    values : mapping of str to numpy.ndarray, shape (n,)
        Columns of the file by name.

    Returns
    -------
    dict of str to numpy.ndarray
        What the columns allow: times in months (float), ``*_event`` (bool) and ``aml_code``
        (0 censored, 1 AML, 2 death before AML).

    Notes
    -----
    A time comes from its dates; where a patient lacks one of them, from the file's own time.
    Death on the day of AML counts as AML.
    """
    times = _derive_times(values)
    for total, first, second, sign in _SUMS:
        if first in times and second in times:
            made = times[first] + sign * times[second]
            times[total] = _fill_missing(times.get(total), made)
    endpoints: dict[str, np.ndarray] = dict(times)
    if "len_start_date" in values:
        endpoints["len_start_year"] = _read_years(values["len_start_date"])
    if "os_months" not in times or "dead" not in values:
        return endpoints
    dead = values["dead"] == "yes"
    endpoints["follow_up_months"] = times["os_months"].copy()
    for name, event in (
        ("os_months", "os_event"),
        ("os_len_months", "os_len_event"),
        ("os_dx_months", "os_dx_event"),
    ):
        if name in times:
            endpoints[event] = dead.copy()
    return endpoints | _derive_aml(values, times, dead)


def _read_years(dates: np.ndarray) -> np.ndarray:
    days = dates.astype("datetime64[D]")
    years = days.astype("datetime64[Y]").astype(float) + 1970
    years[np.isnat(days)] = np.nan
    return years


def _derive_times(values: Columns) -> dict[str, np.ndarray]:
    times: dict[str, np.ndarray] = {}
    for name, start, end in _SPANS:
        months = (
            count_months(values[start], values[end]) if start in values and end in values else None
        )
        given = values.get(name)
        if months is not None or given is not None:
            times[name] = given.copy() if months is None else _fill_missing(months, given)
    return times


def _fill_missing(months: np.ndarray | None, given: np.ndarray | None) -> np.ndarray:
    if months is None:
        return given
    return months if given is None else np.where(np.isnan(months), given, months)


def _derive_aml(
    values: Columns, times: Mapping[str, np.ndarray], dead: np.ndarray
) -> dict[str, np.ndarray]:
    to_end = times["os_months"]
    if "time_to_aml_months" in times:
        to_aml = times["time_to_aml_months"]
    elif "aml" in values:
        to_aml = np.full(len(to_end), np.nan)
    else:
        return {}
    has_aml = ~np.isnan(to_aml)
    months = np.where(has_aml, to_aml, to_end)
    if "aml" in values:
        unknown = np.array([value is None for value in values["aml"]], dtype=bool)
        months = np.where(unknown & ~has_aml, np.nan, months)
    return {
        "aml_months": months,
        "aml_code": np.where(has_aml, 1, np.where(dead, 2, 0)).astype(np.int64),
    }
