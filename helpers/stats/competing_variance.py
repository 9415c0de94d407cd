"""Two variances of the Aalen-Johansen estimate, each in time linear in the distinct times.

Both are written with the incidence still to come, ``F(s, last] = F(last) - F(s)``. As it never
exceeds the survival S(s), all terms stay of the size of the variance itself.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from helpers.stats.competing_counts import CompetingCounts

FloatArray = NDArray[np.float64]


def tie_correction(n_events: FloatArray, n_at_risk: FloatArray) -> FloatArray:
    """Return ``1 - (d - 1) / (n - 1)``, and 1 for a single event.

    The variance of d tied events among n is hypergeometric rather than that of d events
    one after another.
    """
    several = n_events > 1
    return np.where(several, 1 - (n_events - 1) / np.where(several, n_at_risk - 1, 1.0), 1.0)


def aalen_variance(counts: CompetingCounts) -> FloatArray:
    """Return Aalen's variance of the incidence at each time.

    Notes
    -----
    An event of the cause at s moves F(t) by ``S(s-) - F(s, t] S(s-) / S(s)`` over n(s), one of
    another cause by the second part alone. The squares are summed with the variance of the
    number of events at s, ``d (n - d) / (n - 1)``; a single event counts 1. So does R's
    ``cmprsk::cuminc``.

    References
    ----------
    Aalen OO (1978). Nonparametric estimation of partial transition probabilities in multiple
    decrement models. Ann Stat 6:534-545.
    """
    n, before = counts.n_at_risk, counts.survival_before
    own = (before / n) ** 2 * counts.n_events * tie_correction(counts.n_events, n)
    other = (before / n) ** 2 * counts.n_competing * tie_correction(counts.n_competing, n)
    to_come = counts.incidence[-1] - counts.incidence
    alive = counts.survival > 0
    per_survival = np.where(alive, 1 / np.where(alive, counts.survival, 1.0), 0.0)
    lost = to_come * per_survival
    constant = np.cumsum(own * (1 - lost) ** 2 + other * lost**2)
    linear = np.cumsum(per_survival * (own * (1 - lost) - other * lost))
    square = np.cumsum(per_survival**2 * (own + other))
    return _keep_positive(counts, constant + 2 * to_come * linear + to_come**2 * square)


def infinitesimal_jackknife_variance(counts: CompetingCounts) -> FloatArray:
    """Return the sum of squared influences of the patients on the incidence at each time.

    Notes
    -----
    The influence of a patient on F(t) is its derivative in the patient's case weight: it is
    made of what the patient's risk time takes away and of what the patient's own event adds.
    It is linear in ``F(t, last]``, so that patients who left at the same time in the same way
    are summed once. So does R's ``survival::survfit`` for several states.
    """
    n, events, competing = counts.n_at_risk, counts.n_events, counts.n_competing
    to_come = counts.incidence[-1] - counts.incidence
    step = counts.survival_before / n
    staying = n - events - competing
    shrink = np.where(staying > 0, 1 / np.where(staying > 0, staying, 1.0), 0.0)
    hazard = (events + competing) / n
    risk = np.cumsum(shrink * hazard * to_come - step * events / n)
    slope = -np.cumsum(shrink * hazard)
    leavers = (
        (events, risk + step - shrink * to_come, slope + shrink),
        (competing, risk - shrink * to_come, slope + shrink),
        (counts.n_censored, risk, slope),
    )
    constant = np.cumsum(sum(number * level**2 for number, level, _ in leavers))
    linear = np.cumsum(sum(number * level * tilt for number, level, tilt in leavers))
    square = np.cumsum(sum(number * tilt**2 for number, _, tilt in leavers))
    remaining = staying - counts.n_censored
    variance = constant + 2 * to_come * linear + to_come**2 * square
    return _keep_positive(counts, variance + remaining * (risk + to_come * slope) ** 2)


def _keep_positive(counts: CompetingCounts, variance: FloatArray) -> FloatArray:
    return np.where(counts.incidence > 0, np.maximum(variance, 0.0), 0.0)
