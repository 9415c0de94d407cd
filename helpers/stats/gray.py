"""Gray's test of equal cumulative incidence in several groups."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from helpers.errors import ParameterError, StatisticsError
from helpers.stats.competing_counts import check_cause
from helpers.stats.gray_score import count_by_group, score_groups
from helpers.stats.grouping import check_group
from helpers.stats.numeric import format_value
from helpers.stats.outcome import CompetingOutcome
from helpers.stats.significance import TestResult, chi_square_p_value

FloatArray = NDArray[np.float64]


def compare_cumulative_incidence(
    outcome: CompetingOutcome,
    group: ArrayLike,
    *,
    cause: int = 1,
    strata: ArrayLike | None = None,
    rho: float = 0.0,
    group_name: str = "group",
) -> TestResult:
    """Test whether groups have the same cumulative incidence of a cause, by Gray's test.

    Parameters
    ----------
    outcome : CompetingOutcome
        Times and event codes of n patients.
    group : array_like, shape (n,)
        Of two or more levels; patients without one are left out and counted.
    cause : int, default 1
        The event code of interest.
    strata : array_like, shape (n,), optional
        Groups are compared within each stratum, and scores and variances added; patients
        without a stratum are left out and counted.
    rho : float, default 0
        Weight ``(1 - F(t-))**rho`` of the events: above 0 early differences count more.
    group_name : str, optional
        Of the group's column, for messages.

    Returns
    -------
    TestResult
        Chi-square statistic with one degree of freedom less than there are groups; observed
        and expected are events of the cause.

    Raises
    ------
    ParameterError
        If `cause` or `rho` is out of its domain.
    StatisticsError
        If there are fewer than two groups, no event of the cause, or no variance between the
        groups.

    Notes
    -----
    Group r counts ``R_r = n_r (1 - F_r(t-)) / S_r(t-)`` at an event time: patients with a
    competing event stay in the risk set as if they were censored like the others. The score is
    observed less expected events with these risk sets. Its variance is Gray's: the influence
    of each martingale increment, direct and through S and F, squared; with ties the variance
    of the number of events is hypergeometric. R's ``cmprsk::cuminc`` gives the same statistic.

    References
    ----------
    Gray RJ (1988). A class of K-sample tests for comparing the cumulative incidence of a
    competing risk. Ann Stat 16:1141-1154.

    Examples
    --------
    >>> from helpers.stats.outcome import check_competing_outcome
    >>> outcome = check_competing_outcome([1, 2, 3, 4, 5, 6, 7, 8], [1, 1, 2, 0, 1, 2, 1, 0])
    >>> test = compare_cumulative_incidence(outcome, list("aabababb"))
    >>> round(test.statistic, 4), test.df
    (1.0595, 1)
    """
    if not np.isfinite(rho):
        raise ParameterError(f"rho must be a finite number, but was {rho!r}; 0 is Gray's test")
    grouping = check_group(group, outcome.n_subjects, name=group_name)
    stratum = np.zeros(outcome.n_subjects, dtype=np.intp)
    if strata is not None:
        stratum = check_group(strata, outcome.n_subjects, name="strata", min_levels=1).codes
    known = grouping.known & (stratum >= 0)
    kept, codes, stratum = outcome.select(known), grouping.codes[known], stratum[known]
    cause = check_cause(kept, cause)
    k = len(grouping.levels)
    parts = []
    for code in np.unique(stratum):
        inside = stratum == code
        if kept.event_code[inside].any():
            counts = count_by_group(kept.select(inside), codes[inside], cause=cause, n_groups=k)
            parts.append(score_groups(counts, rho))
    observed, expected, score, covariance = (sum(part) for part in zip(*parts, strict=True))
    statistic = _chi_square_statistic(score, covariance, group_name)
    return TestResult(
        method="Gray's test" if strata is None else "stratified Gray's test",
        statistic=statistic,
        df=k - 1,
        p_value=chi_square_p_value(statistic, k - 1),
        groups=grouping.levels,
        n=tuple(np.bincount(codes, minlength=k).tolist()),
        observed=tuple(observed.tolist()),
        expected=tuple(expected.tolist()),
        missing=int(np.count_nonzero(~known)),
        warnings=(
            *grouping.warnings,
            *(
                f"{group_name} {format_value(level)} has no event of cause {cause}"
                for level, count in zip(grouping.levels, observed, strict=True)
                if not count
            ),
        ),
    )


def _chi_square_statistic(score: FloatArray, covariance: FloatArray, group_name: str) -> float:
    reduced = covariance[:-1, :-1]
    if np.linalg.matrix_rank(reduced) < len(reduced):
        raise StatisticsError(
            f"{group_name} must be a column whose levels are under observation together, but was "
            "without variance between them; leave out levels without patients at risk at an event"
        )
    return float(score[:-1] @ np.linalg.solve(reduced, score[:-1]))
