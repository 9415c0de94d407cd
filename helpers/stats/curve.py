"""What an estimated survival curve consists of, and a probability read from it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

CURVE_COLUMNS = (
    "group",
    "time_months",
    "n_at_risk",
    "n_events",
    "n_censored",
    "estimate",
    "ci_lower",
    "ci_upper",
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class KaplanMeier:
    """A survival curve at the m distinct times of an outcome.

    Attributes
    ----------
    time_months : numpy.ndarray of float, shape (m,)
        Distinct times of event or censoring, ascending.
    n_at_risk, n_events, n_censored : numpy.ndarray, shape (m,)
        Counts just before and at each time; sums of weights where there are weights.
    survival : numpy.ndarray of float, shape (m,)
        Probability to be free of the event after each time.
    std_error : numpy.ndarray of float, shape (m,)
        Of `survival`; once the curve is at 0, nan (Greenwood) or 0 (robust).
    ci_lower, ci_upper : numpy.ndarray of float, shape (m,)
        Pointwise limits; nan where undefined.
    n_subjects, n_events_total : int
        Patients, and events among them, unweighted.
    n_at_start : int or float
        At risk at time 0.
    conf_level : float
        Of the limits.
    interval : str
        Scale of the limits.
    entries : tuple of two numpy.ndarray, or None
        Entry times in order and what each adds to the number at risk, where entry is late.
    warnings : tuple of str
        What a reader should know, e.g. a risk set that empties early.
    """

    time_months: NDArray[np.float64]
    n_at_risk: NDArray
    n_events: NDArray
    n_censored: NDArray
    survival: NDArray[np.float64]
    std_error: NDArray[np.float64]
    ci_lower: NDArray[np.float64]
    ci_upper: NDArray[np.float64]
    n_subjects: int
    n_events_total: int
    n_at_start: int | float
    conf_level: float
    interval: str
    entries: tuple[NDArray[np.float64], NDArray[np.float64]] | None = None
    warnings: tuple[str, ...] = ()

    def count_at_risk(self, time_months: float) -> int | float:
        """Return the number (or weight) at risk just before a time, at time 0 that of the start.

        Parameters
        ----------
        time_months : float
            Zero or later.
        """
        following = int(np.searchsorted(self.time_months, time_months, side="left"))
        if following == len(self.time_months):
            return 0
        if time_months == 0.0:
            return self.n_at_start
        at_risk = self.n_at_risk[following].item()
        if self.entries is None:
            return at_risk
        entry, size = self.entries
        between = slice(*np.searchsorted(entry, [time_months, self.time_months[following]]))
        return type(at_risk)(at_risk - size[between].sum())

    def to_frame(self, group: str = "overall") -> pd.DataFrame:
        """Return the tidy curve, starting at time 0 with survival 1.

        Parameters
        ----------
        group : str, optional
            Value of the column ``group``.

        Returns
        -------
        pandas.DataFrame
            Columns group, time_months, n_at_risk, n_events, n_censored, estimate, ci_lower,
            ci_upper; m + 1 rows.
        """
        frame = pd.DataFrame(
            {
                "time_months": np.append(0.0, self.time_months),
                "n_at_risk": np.append(self.n_at_start, self.n_at_risk),
                "n_events": np.append(self.n_events.dtype.type(0), self.n_events),
                "n_censored": np.append(self.n_censored.dtype.type(0), self.n_censored),
                "estimate": np.append(1.0, self.survival),
                "ci_lower": np.append(1.0, self.ci_lower),
                "ci_upper": np.append(1.0, self.ci_upper),
            }
        )
        frame.insert(0, "group", group)
        return frame


@dataclass(frozen=True, slots=True, kw_only=True)
class SurvivalProbability:
    """Probability to be free of the event at one time.

    Attributes
    ----------
    time_months : float
        The time asked for.
    estimate, std_error, ci_lower, ci_upper : float or None
        None where undefined: after the last observation of a curve above 0, and the error and
        the limits of a curve at 0.
    n_at_risk : int or float
        Just before the time.
    conf_level : float
        Of the limits.
    interval : str
        Scale of the limits.
    n_subjects, n_events : int
        Patients and events behind the curve.
    """

    time_months: float
    estimate: float | None
    std_error: float | None
    ci_lower: float | None
    ci_upper: float | None
    n_at_risk: int | float
    conf_level: float
    interval: str
    n_subjects: int
    n_events: int
