"""Guards of regression models: covariates without an estimate, and estimates to distrust."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from helpers.errors import StatisticsError
from helpers.stats.cox_result import LevelCount
from helpers.stats.factors import Term

FloatArray = NDArray[np.float64]

EVENTS_PER_VARIABLE = 10.0
COLLINEAR_SHARE = 1e-9
INFINITE_STEP = 0.05
INFINITE_INFLATION = 1e3


def check_constant(matrix: FloatArray, names: Sequence[str]) -> None:
    """Refuse covariates with one value only.

    Raises
    ------
    StatisticsError
        Naming the column, the value and the number of records.
    """
    if not len(names):
        raise StatisticsError("factors must be one or more, but was none; name a covariate")
    varies = (matrix[:100] != matrix[0]).any(axis=0)
    for name, column, known in zip(names, matrix.T, varies, strict=True):
        if not known and (column == column[0]).all():
            raise StatisticsError(
                f"column {name!r} must vary, but was {column[0]:g} in all {len(column)} records; "
                "a constant covariate cannot be estimated, leave it out"
            )


def check_collinear(information: FloatArray, names: Sequence[str]) -> None:
    """Refuse covariates that the ones before them determine within all risk sets.

    Parameters
    ----------
    information : ndarray, shape (p, p)
        At coefficients of zero.
    names : sequence of str, length p

    Raises
    ------
    StatisticsError
        Naming the column and those that determine it.
    """
    spread = np.diag(information)
    for j, name in enumerate(names):
        if spread[j] <= COLLINEAR_SHARE * max(1.0, float(spread.max())):
            raise StatisticsError(
                f"column {name!r} must vary among the patients at risk at some event time, but "
                "was constant in each risk set (within strata); leave it out"
            )
        earlier = information[:j, :j]
        weights = np.linalg.solve(earlier, information[:j, j]) if j else np.zeros(0)
        unexplained = spread[j] - information[:j, j] @ weights
        if unexplained <= COLLINEAR_SHARE * spread[j]:
            share = np.abs(weights) * np.sqrt(spread[:j] / spread[j])
            others = [names[i] for i in np.flatnonzero(share > 1e-6)]
            raise StatisticsError(
                f"column {name!r} must not be determined by other covariates, but was a linear "
                f"combination of {others} among the patients at risk; leave one of them out"
            )


def find_infinite(
    X: FloatArray,
    last_step: FloatArray,
    std_errors: FloatArray,
    null_std_errors: FloatArray | None = None,
) -> NDArray[np.bool_]:
    """Return which coefficients still ran away when the likelihood had stopped rising.

    Parameters
    ----------
    X : ndarray, shape (n, p)
        Covariates, centred and with mean square 1.
    last_step : ndarray, shape (p,)
        The last Newton step.
    std_errors, null_std_errors : ndarray, shape (p,)
        From the information at the end and, where it is at hand, at coefficients of zero.

    Notes
    -----
    Where the likelihood has a maximum, the last step is below 1e-4 standard errors. Along a
    direction of monotone likelihood each step adds about one unit to the linear predictor,
    however flat the likelihood has become; its information vanishes against that at zero.
    """
    flat = np.zeros(len(last_step), dtype=bool)
    if null_std_errors is not None:
        flat = std_errors > INFINITE_INFLATION * null_std_errors
    if np.abs(last_step).max() * np.sqrt(len(X)) < 0.5 * INFINITE_STEP:
        return flat  # no value is farther out than sqrt(n)
    width = np.ptp(X, axis=0)
    return flat | ((np.abs(last_step) * width > INFINITE_STEP) & (std_errors * width > 10.0))


def describe_separation(
    infinite: NDArray[np.bool_], terms: Sequence[Term], counts: Sequence[LevelCount]
) -> tuple[str, ...]:
    """Return a sentence for each coefficient that has no finite estimate."""
    by_level = {(count.factor, count.level): count for count in counts}
    reference = {count.factor: count for count in counts if count.is_reference}
    sentences = []
    for term, is_infinite in zip(terms, infinite, strict=True):
        if not is_infinite:
            continue
        cause = "the covariates separate the patients with an event from those without"
        for count in (by_level.get((term.factor, term.level)), reference.get(term.factor)):
            if count is not None and count.n_events == 0:
                cause = f"none of the {count.n} records of level {count.level!r} has an event"
        sentences.append(
            f"the hazard ratio of {term.name!r} has no finite estimate (monotone likelihood): "
            f"{cause}; its interval and Wald test mean nothing, the likelihood-ratio test of the "
            "model stays valid; use Firth's correction (fit_firth) or leave the covariate out"
        )
    return tuple(sentences)


def describe_few_events(n_events: int, n_terms: int) -> tuple[str, ...]:
    """Return a sentence where there are fewer than ten events for each coefficient.

    References
    ----------
    Peduzzi P, Concato J, Feinstein AR, Holford TR. Importance of events per independent
    variable in proportional hazards regression analysis II. J Clin Epidemiol 1995;48:1503-10.
    """
    ratio = n_events / n_terms
    if ratio >= EVENTS_PER_VARIABLE:
        return ()
    return (
        f"there are {ratio:.1f} events per coefficient ({n_events} events, {n_terms} "
        f"coefficients), fewer than {EVENTS_PER_VARIABLE:g}: estimates may be biased and "
        "intervals too narrow",
    )
