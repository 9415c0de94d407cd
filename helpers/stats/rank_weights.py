"""Weights of the log-rank family at each event time, and the tests' names."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from helpers.errors import ParameterError

Weighting = str | tuple[str, float, float]

_NAMES = {
    "logrank": "log-rank test",
    "peto-peto": "Peto-Peto test",
    "peto-peto-modified": "modified Peto-Peto test",
    "gehan-breslow": "Gehan-Breslow test",
    "tarone-ware": "Tarone-Ware test",
}


def check_weighting(weighting: Weighting) -> None:
    """Refuse an unknown weighting.

    Raises
    ------
    ParameterError
        If `weighting` is no known name and no triple of "fleming-harrington" and two powers.
    """
    if isinstance(weighting, str):
        known = weighting in _NAMES
    else:
        known = (
            len(weighting) == 3
            and weighting[0] == "fleming-harrington"
            and all(np.isfinite(power) and power >= 0 for power in weighting[1:])
        )
    if not known:
        raise ParameterError(
            f"weighting must be one of {', '.join(_NAMES)}, or ('fleming-harrington', p, q) with "
            f"p and q zero or more, but was {weighting!r}; logrank is the usual one"
        )


def compute_weights(
    weighting: Weighting, deaths: NDArray[np.float64], at_risk: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the weight of each event time.

    Parameters
    ----------
    weighting : str or tuple
        As :func:`check_weighting` allows.
    deaths, at_risk : numpy.ndarray of float, shape (m,)
        Pooled over the groups, at the event times in order.

    Returns
    -------
    numpy.ndarray of float, shape (m,)

    Notes
    -----
    With S the pooled Kaplan-Meier curve just before each time: log-rank 1; Peto-Peto S, as
    survdiff with rho = 1; modified Peto-Peto r / (r + 1) times the product of 1 - d / (r + 1) up
    to and including the time; Gehan-Breslow r; Tarone-Ware the root of r; Fleming-Harrington
    S^p (1 - S)^q.
    """
    if weighting == "logrank":
        return np.ones_like(at_risk)
    if weighting == "gehan-breslow":
        return at_risk
    if weighting == "tarone-ware":
        return np.sqrt(at_risk)
    if weighting == "peto-peto-modified":
        return np.cumprod(1.0 - deaths / (at_risk + 1.0)) * at_risk / (at_risk + 1.0)
    before = np.append(1.0, np.cumprod(1.0 - deaths / at_risk)[:-1])
    if weighting == "peto-peto":
        return before
    _, p, q = weighting
    return before**p * (1.0 - before) ** q


def name_test(weighting: Weighting, *, stratified: bool, trend: bool) -> str:
    """Return the name of a test as a note under a table prints it.

    Examples
    --------
    >>> name_test("logrank", stratified=True, trend=False)
    'Stratified log-rank test'
    >>> name_test(("fleming-harrington", 0, 1), stratified=False, trend=True)
    'Fleming-Harrington (0, 1) test for trend'
    """
    if isinstance(weighting, str):
        name = _NAMES[weighting]
    else:
        name = f"Fleming-Harrington ({weighting[1]:g}, {weighting[2]:g}) test"
    name = f"stratified {name}" if stratified else name
    name = f"{name} for trend" if trend else name
    return name[0].upper() + name[1:]
