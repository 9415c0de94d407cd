"""Efron's correction for tied events, as sums over the events of each time."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from helpers.stats.cox_risk_sets import RiskSets

FloatArray = NDArray[np.float64]


class TieSums(NamedTuple):
    """Sums over the events of each time, each of shape (n_times,).

    With the share g of the risk that the tied events themselves hold, and the fraction f of it
    that has left the risk set at an event, q = 1 - f g is the part of the risk that the event is
    compared with.

    Attributes
    ----------
    log : ndarray
        Of log q.
    inverse, inverse_left : ndarray
        Of 1 / q and f / q.
    square, square_left, square_left_left : ndarray
        Of 1 / q^2, f / q^2 and f^2 / q^2.
    """

    log: FloatArray
    inverse: FloatArray
    inverse_left: FloatArray
    square: FloatArray
    square_left: FloatArray
    square_left_left: FloatArray


def sum_over_ties(sets: RiskSets, tied_share: FloatArray | None) -> TieSums:
    """Return the sums of each event time.

    Parameters
    ----------
    sets : RiskSets
    tied_share : ndarray, shape (n_times,), or None
        Share of the risk that the tied events hold, 0 to 1; None where nothing leaves the risk
        set between tied events.
    """
    sums = np.zeros((len(TieSums._fields), sets.n_times))
    if tied_share is None:
        sums[1] = sums[3] = sets.n_tied
        return TieSums(*sums)
    for _, times in sets.chunks:
        starts, n_tied = sets.event_starts[times], sets.n_tied[times]
        left = sets.fraction[starts[0] : starts[-1] + n_tied[-1]]
        part = 1.0 - left * np.repeat(tied_share[times], n_tied)
        inverse = 1.0 / part
        left_inverse = left * inverse
        terms = (
            np.log(part),
            inverse,
            left_inverse,
            inverse * inverse,
            inverse * left_inverse,
            left_inverse * left_inverse,
        )
        for row, term in zip(sums, terms, strict=True):
            np.add.reduceat(term, starts - starts[0], out=row[times])
    return TieSums(*sums)
