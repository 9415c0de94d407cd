"""Bootstrap of medians, restricted means and Cox models, many resamples at once."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from helpers.errors import ParameterError, StatisticsError
from helpers.stats.bootstrap_result import (
    BootstrapInterval,
    BootstrapResult,
    make_bootstrap_result,
)
from helpers.stats.cox_bootstrap import bootstrap_cox
from helpers.stats.grouping import check_group
from helpers.stats.outcome import SurvivalOutcome
from helpers.stats.resampled_curves import (
    SortedPatients,
    resample_quantiles,
    resample_restricted_means,
    sort_patients,
)
from helpers.stats.resampling_core import check_plain_outcome, run_replicates

__all__ = [
    "BootstrapInterval",
    "BootstrapResult",
    "bootstrap_cox",
    "bootstrap_medians",
    "bootstrap_restricted_means",
]

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.intp]
CurveStatistic = Callable[[SortedPatients, IntArray], FloatArray]


def bootstrap_medians(
    outcome: SurvivalOutcome,
    group: ArrayLike | None = None,
    *,
    q: float = 0.5,
    n_replicates: int = 1000,
    seed: int = 0,
    n_workers: int = 1,
) -> BootstrapResult:
    """Resample median survival times, or other quantiles.

    Parameters
    ----------
    outcome : SurvivalOutcome
        Of n patients, without weights and entry times.
    group : array_like, shape (n,), optional
        One median for each level; each keeps its number of patients in every resample. Patients
        without a level are left out.
    q : float, default 0.5
        Fraction with the event, between 0 and 1.
    n_replicates : int, default 1000
        Number of resamples.
    seed : int, default 0
        Of the random streams: the same seed draws the same patients for every statistic.
    n_workers : int, default 1
        Threads; the result does not depend on them.

    Returns
    -------
    BootstrapResult
        In months; infinite where a resample does not reach the quantile.

    Raises
    ------
    ParameterError
        If a number is out of its domain.
    StatisticsError
        If the outcome has weights or entry times.

    Notes
    -----
    All resamples of a block share one sorting of the patients: a resample is how often each
    patient is in it, and its curve a cumulative product over the distinct times of all.

    References
    ----------
    Efron B (1981). Censored data and the bootstrap. J Am Stat Assoc 76:312-319.

    Examples
    --------
    >>> from helpers.stats.outcome import check_survival_outcome
    >>> outcome = check_survival_outcome([2, 3, 5, 7, 11, 13], [1, 1, 1, 1, 0, 1])
    >>> bootstrap_medians(outcome, n_replicates=200, seed=1).estimates.tolist()
    [6.0]
    """
    if not 0.0 < q < 1.0:
        raise ParameterError(f"q must be between 0 and 1, but was {q!r}; give 0.5 for the median")

    def statistic(patients: SortedPatients, counts: IntArray) -> FloatArray:
        return resample_quantiles(patients, counts, q)

    name = "median survival, months" if q == 0.5 else f"{q:g} quantile of survival, months"
    return _bootstrap_curves(
        outcome,
        group,
        statistic,
        name=name,
        n_replicates=n_replicates,
        seed=seed,
        n_workers=n_workers,
    )


def bootstrap_restricted_means(
    outcome: SurvivalOutcome,
    group: ArrayLike | None = None,
    *,
    horizon_months: float,
    n_replicates: int = 1000,
    seed: int = 0,
    n_workers: int = 1,
) -> BootstrapResult:
    """Resample restricted mean survival times.

    Parameters
    ----------
    outcome, group, n_replicates, seed, n_workers
        As in :func:`bootstrap_medians`.
    horizon_months : float
        Where the means stop: above 0 and within the follow-up of each group.

    Returns
    -------
    BootstrapResult
        In months.

    Raises
    ------
    ParameterError
        If a number is out of its domain.
    StatisticsError
        If the outcome has weights or entry times, or the horizon lies after the last
        observation of a group.

    Notes
    -----
    A resample whose last patient leaves before the horizon is taken as flat up to it.

    Examples
    --------
    >>> from helpers.stats.outcome import check_survival_outcome
    >>> outcome = check_survival_outcome([2, 4, 6, 8], [1, 1, 1, 1])
    >>> bootstrap_restricted_means(outcome, horizon_months=8, n_replicates=50).estimates.tolist()
    [5.0]
    """
    if not 0.0 < horizon_months < np.inf:
        raise ParameterError(
            f"horizon_months must be above 0, but was {horizon_months!r}; give a time within "
            "follow-up"
        )

    def statistic(patients: SortedPatients, counts: IntArray) -> FloatArray:
        last = patients.time_months[-1]
        if horizon_months > last and not patients.event[patients.starts[-1] :].all():
            raise StatisticsError(
                f"horizon_months must be within the follow-up of each group, but was "
                f"{horizon_months:g} with a last observation at {last:g}; choose an earlier one"
            )
        return resample_restricted_means(patients, counts, horizon_months)

    return _bootstrap_curves(
        outcome,
        group,
        statistic,
        name=f"mean survival restricted to {horizon_months:g} months",
        n_replicates=n_replicates,
        seed=seed,
        n_workers=n_workers,
    )


def _bootstrap_curves(
    outcome: SurvivalOutcome,
    group: ArrayLike | None,
    statistic: CurveStatistic,
    *,
    name: str,
    n_replicates: int,
    seed: int,
    n_workers: int,
) -> BootstrapResult:
    check_plain_outcome(outcome)
    codes, names = np.zeros(outcome.n_subjects, dtype=np.intp), ("overall",)
    if group is not None:
        grouping = check_group(group, outcome.n_subjects, min_levels=1)
        names = tuple(str(level) for level in grouping.levels)
        outcome, codes = outcome.select(grouping.known), grouping.codes[grouping.known]
    groups = [sort_patients(outcome, np.flatnonzero(codes == code)) for code in range(len(names))]

    def statistics_of(counts: IntArray) -> FloatArray:
        return np.stack([statistic(patients, counts) for patients in groups], axis=1)

    estimates = statistics_of(np.ones((1, outcome.n_subjects), dtype=np.intp))[0]
    replicates = run_replicates(
        statistics_of, codes, n_replicates=n_replicates, seed=seed, n_workers=n_workers
    )
    return make_bootstrap_result(
        name,
        names,
        estimates,
        replicates,
        n_subjects=outcome.n_subjects,
        n_events=outcome.n_events,
        seed=seed,
    )
