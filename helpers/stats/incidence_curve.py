"""What an estimated cumulative incidence consists of, and a probability read from it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from helpers.stats.curve import CURVE_COLUMNS

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CumulativeIncidence:
    """Cumulative incidence of one cause; one row for each distinct time of the m times.

    Attributes
    ----------
    time_months : ndarray of float, shape (m,)
        Distinct times of events and of censoring, ascending.
    n_at_risk : ndarray of int, shape (m,)
        Patients without any event just before each time.
    n_events, n_competing, n_censored : ndarray of int, shape (m,)
        At each time: events of the cause, events of other causes, censored.
    incidence : ndarray of float, shape (m,)
        Probability of an event of the cause up to and including each time, 0 to 1.
    std_error : ndarray of float, shape (m,)
        Of the incidence.
    ci_lower, ci_upper : ndarray of float, shape (m,)
        Pointwise limits; both 0 until the first event of the cause.
    cause : int
        The event code that it is about.
    n_subjects, n_events_total, n_competing_total : int
        Patients, events of the cause, events of other causes.
    conf_level : float
        Of the interval, 0 to 1.
    interval, variance : str
        How the limits and the standard error were made.
    """

    time_months: FloatArray
    n_at_risk: IntArray
    n_events: IntArray
    n_competing: IntArray
    n_censored: IntArray
    incidence: FloatArray
    std_error: FloatArray
    ci_lower: FloatArray
    ci_upper: FloatArray
    cause: int
    n_subjects: int
    n_events_total: int
    n_competing_total: int
    conf_level: float
    interval: str
    variance: str

    def to_frame(self, group: str = "overall") -> pd.DataFrame:
        """Return the tidy curve, from time 0 on.

        Parameters
        ----------
        group : str
            Key of the group, the same in every row.

        Returns
        -------
        DataFrame
            Columns group, time_months, n_at_risk, n_events, n_censored, estimate, ci_lower,
            ci_upper; m + 1 rows. Competing events are in no column: they are who leaves the
            risk set without being counted.
        """
        columns = (
            self.time_months,
            self.n_at_risk,
            self.n_events,
            self.n_censored,
            self.incidence,
            self.ci_lower,
            self.ci_upper,
        )
        start = (0, self.n_subjects, 0, 0, 0, 0, 0)
        names = CURVE_COLUMNS[1:]
        rows = {
            name: np.append(np.array(first, dtype=column.dtype), column)
            for name, first, column in zip(names, start, columns, strict=True)
        }
        frame = pd.DataFrame(rows)
        frame.insert(0, "group", group)
        return frame


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidenceProbability:
    """Probability of an event of one cause by one time.

    Attributes
    ----------
    time_months : float
        The time.
    estimate, std_error : float or None
        Incidence and its standard error; None beyond the last follow-up.
    ci_lower, ci_upper : float or None
        Limits; None also while the incidence is zero.
    n_at_risk : int
        Patients without any event just before the time.
    n_subjects, n_events : int
        Patients in all, and events of the cause up to and including the time.
    conf_level : float
        Of the interval, 0 to 1.
    interval : str
        How the limits were made.
    """

    time_months: float
    estimate: float | None
    std_error: float | None
    ci_lower: float | None
    ci_upper: float | None
    n_at_risk: int
    n_subjects: int
    n_events: int
    conf_level: float
    interval: str
