"""The infinitesimal jackknife of a weighted survival curve."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from helpers.stats.life_table import LifeTable
from helpers.stats.outcome import SurvivalOutcome


def compute_robust_error(
    outcome: SurvivalOutcome,
    table: LifeTable,
    greenwood: NDArray[np.float64],
    remaining: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return the robust standard error of log S at each distinct time.

    Parameters
    ----------
    outcome : SurvivalOutcome
        With weights, of n patients.
    table : LifeTable
        Its weighted counts at m distinct times.
    greenwood : numpy.ndarray of float, shape (m,)
        Running sum G of d / (r (r - d)).
    remaining : numpy.ndarray of float, shape (m,)
        Weight at risk that has no event at the time, r - d.

    Returns
    -------
    numpy.ndarray of float, shape (m,)
        nan from the time at which everyone at risk has the event.

    Notes
    -----
    The derivative of log S(t) by the weight of a patient with entry e and exit x is
    G(min(x, t)) - G(min(e, t)) - [event and x <= t] / remaining(x). The variance is the sum of
    the squares of weight times derivative; it is split into patients who have left by t, whose
    derivative stays as it is, and those under observation, whose derivative is G(t) - G(e).
    """
    kept = outcome.weights > 0
    weights, event = outcome.weights[kept], outcome.event[kept]
    times = table.time_months
    finite = np.where(np.isfinite(greenwood), greenwood, np.nan)
    own = np.searchsorted(times, outcome.time_months[kept], side="left")
    entry_hazard = np.zeros(len(weights))
    entered = np.zeros(len(weights), dtype=np.intp)
    if outcome.entry_months is not None:
        entry = outcome.entry_months[kept]
        entered = np.searchsorted(times, entry, side="right")
        entry_hazard = np.append(0.0, finite)[entered]
    with np.errstate(divide="ignore", invalid="ignore"):
        jump = np.where(event, 1.0 / remaining[own], 0.0)
        final = weights * (finite[own] - entry_hazard - jump)
    m = len(times)
    left = np.cumsum(np.bincount(own, weights=final**2, minlength=m))
    squares = [weights**2 * entry_hazard**power for power in (0, 1, 2)]
    inside = [
        np.cumsum(
            np.bincount(entered, weights=part, minlength=m + 1)[:m]
            - np.bincount(own, weights=part, minlength=m)
        )
        for part in squares
    ]
    variance = left + finite**2 * inside[0] - 2.0 * finite * inside[1] + inside[2]
    return np.sqrt(np.maximum(variance, 0.0))
