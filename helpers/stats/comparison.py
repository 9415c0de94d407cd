"""Log-rank tests: k groups, strata, trend, weights, and pairs of groups.

Counts are taken from sorted times of each group by binary search, so that a million patients
take less than lifelines needs; the tests compare the results with lifelines and with survdiff.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from helpers.errors import ParameterError, StatisticsError
from helpers.stats.grouping import Grouping, check_group
from helpers.stats.numeric import format_value
from helpers.stats.outcome import SurvivalOutcome
from helpers.stats.rank_scores import chi_square_of_scores, sum_scores
from helpers.stats.rank_weights import Weighting, check_weighting, name_test
from helpers.stats.significance import TestResult, adjust_p_values, chi_square_p_value


@dataclass(frozen=True, slots=True, kw_only=True)
class PairwiseTest:
    """Comparison of two of several groups.

    Attributes
    ----------
    groups : tuple of two levels
        The pair.
    n : tuple of int
        Patients of each.
    method : str
        Name of the test.
    statistic, p_value, adjusted_p_value : float or None
        None where the pair cannot be compared, with the reason in `reason`.
    adjust : str
        Method of adjustment.
    reason : str
        Why the pair cannot be compared.
    """

    groups: tuple[Any, Any]
    n: tuple[int, ...]
    method: str
    statistic: float | None
    p_value: float | None
    adjusted_p_value: float | None
    adjust: str
    reason: str = ""


def compare_survival(
    outcome: SurvivalOutcome,
    group: ArrayLike,
    *,
    weighting: Weighting = "logrank",
    strata: ArrayLike | None = None,
    trend_scores: Sequence[float] | Mapping[Any, float] | None = None,
    group_name: str = "group",
) -> TestResult:
    """Test that k groups have one survival curve.

    Parameters
    ----------
    outcome : SurvivalOutcome
        Of n patients, without case weights; late entry is allowed.
    group : array_like, shape (n,)
        Levels; patients without one are left out and counted.
    weighting : str or ("fleming-harrington", float, float), optional
        "logrank" (default), "peto-peto", "peto-peto-modified", "gehan-breslow", "tarone-ware",
        or Fleming and Harrington's family with its powers p and q.
    strata : array_like, shape (n,), optional
        Patients are compared within strata only; those without one are left out and counted.
    trend_scores : sequence of float or mapping of level to float, optional
        One score for each level; the test then has one degree of freedom.
    group_name : str, optional
        Of the group's column, for messages.

    Returns
    -------
    TestResult
        Chi-square statistic; observed and expected events of each group.

    Raises
    ------
    StatisticsError
        If fewer than two groups have patients, no event happened, the groups are never at risk
        together, or the outcome has weights.
    ParameterError
        If `weighting` or `trend_scores` is out of its domain.

    Notes
    -----
    The variance is hypergeometric, with the factor (r - d) / (r - 1) for ties, summed over
    strata. A group that is never at risk when an event happens takes no part and costs no degree
    of freedom. As survdiff of R, whose ``rho`` is p with q = 0 and whose ``rho = 1`` is
    "peto-peto" here; the weight at t uses the pooled curve just before t, of each stratum.

    References
    ----------
    Mantel (1966), Cancer Chemother Rep 50:163-170. Peto and Peto (1972), J R Stat Soc A
    135:185-207. Harrington and Fleming (1982), Biometrika 69:553-566. Tarone (1975), Biometrika
    62:679-682.

    Examples
    --------
    >>> from helpers.stats.outcome import check_survival_outcome
    >>> outcome = check_survival_outcome([1, 2, 3, 4], [1, 1, 1, 1])
    >>> round(compare_survival(outcome, ["a", "a", "b", "b"]).statistic, 4)
    2.8824
    """
    check_weighting(weighting)
    _refuse_case_weights(outcome)
    grouping = check_group(group, outcome.n_subjects, name=group_name)
    blocks, kept = _split_strata(grouping, strata)
    counts = np.bincount(grouping.codes[kept], minlength=len(grouping.levels))
    if np.count_nonzero(counts) < 2 or not outcome.event[kept].any():
        raise StatisticsError(
            f"{outcome.event_name} must have an event among at least two groups, but was "
            f"{int(outcome.event[kept].sum())} events in {np.count_nonzero(counts)} groups of "
            f"{group_name}; leave this comparison out"
        )
    scores = sum_scores(outcome, grouping, blocks, weighting)
    statistic, df = chi_square_of_scores(scores, _align_scores(trend_scores, grouping.levels))
    return TestResult(
        method=name_test(weighting, stratified=strata is not None, trend=trend_scores is not None),
        statistic=statistic,
        df=df,
        p_value=chi_square_p_value(statistic, df),
        groups=grouping.levels,
        n=tuple(int(count) for count in counts),
        observed=tuple(scores.observed.tolist()),
        expected=tuple(scores.expected.tolist()),
        missing=int(outcome.n_subjects - np.count_nonzero(kept)),
        warnings=(*grouping.warnings, *_find_eventless(outcome, grouping, kept)),
    )


def compare_survival_pairwise(
    outcome: SurvivalOutcome,
    group: ArrayLike,
    *,
    adjust: str = "holm",
    weighting: Weighting = "logrank",
    strata: ArrayLike | None = None,
    group_name: str = "group",
) -> tuple[PairwiseTest, ...]:
    """Compare each pair of groups, with adjusted p-values.

    Parameters
    ----------
    outcome, group, weighting, strata, group_name
        As in :func:`compare_survival`.
    adjust : {"holm", "bh", "none"}, optional
        Adjustment over the pairs that can be compared.

    Returns
    -------
    tuple of PairwiseTest
        In the order of the levels. A pair that cannot be compared says why.

    Raises
    ------
    StatisticsError
        If fewer than two groups have patients or the outcome has weights.
    ParameterError
        If `adjust` or `weighting` is out of its domain.
    """
    check_weighting(weighting)
    _refuse_case_weights(outcome)
    grouping = check_group(group, outcome.n_subjects, name=group_name)
    adjust_p_values((), adjust)
    levels = np.asarray(grouping.codes)
    pairs = list(combinations(range(len(grouping.levels)), 2))
    tests: list[TestResult | str] = []
    for first, second in pairs:
        member = (levels == first) | (levels == second)
        try:
            test = compare_survival(
                outcome.select(member),
                levels[member],
                weighting=weighting,
                strata=None if strata is None else np.asarray(strata)[member],
                group_name=group_name,
            )
        except StatisticsError as error:
            test = str(error)
        tests.append(test)
    made = [test.p_value for test in tests if isinstance(test, TestResult)]
    adjusted = iter(adjust_p_values(made, adjust))
    method = name_test(weighting, stratified=strata is not None, trend=False)
    return tuple(
        _describe_pair(grouping, pair, test, adjusted, method=method, adjust=adjust)
        for pair, test in zip(pairs, tests, strict=True)
    )


def _describe_pair(
    grouping: Grouping,
    pair: tuple[int, int],
    test: TestResult | str,
    adjusted: Iterator[float],
    *,
    method: str,
    adjust: str,
) -> PairwiseTest:
    made = isinstance(test, TestResult)
    return PairwiseTest(
        groups=(grouping.levels[pair[0]], grouping.levels[pair[1]]),
        n=test.n if made else tuple(grouping.counts[code] for code in pair),
        method=method,
        statistic=test.statistic if made else None,
        p_value=test.p_value if made else None,
        adjusted_p_value=next(adjusted) if made else None,
        adjust=adjust,
        reason="" if made else test,
    )


def _refuse_case_weights(outcome: SurvivalOutcome) -> None:
    if outcome.weights is not None:
        raise StatisticsError(
            "outcome must be without case weights for a log-rank test, but was weighted; use the "
            "robust score test of a weighted Cox model"
        )


def _split_strata(
    grouping: Grouping, strata: ArrayLike | None
) -> tuple[list[NDArray], NDArray[np.bool_]]:
    """Return index sets of the strata and which patients are in any."""
    if strata is None:
        everyone = grouping.known
        return [everyone], everyone
    by_stratum = check_group(strata, len(grouping.codes), name="strata", min_levels=1)
    kept = grouping.known & by_stratum.known
    return [kept & (by_stratum.codes == code) for code in range(len(by_stratum.levels))], kept


def _align_scores(
    trend_scores: Sequence[float] | Mapping[Any, float] | None, levels: tuple[Any, ...]
) -> NDArray[np.float64] | None:
    if trend_scores is None:
        return None
    if isinstance(trend_scores, Mapping):
        chosen = [trend_scores.get(level, np.nan) for level in levels]
    else:
        chosen = list(trend_scores)
    scores = np.asarray(chosen, dtype=np.float64)
    if scores.shape != (len(levels),) or not np.isfinite(scores).all() or np.ptp(scores) == 0.0:
        raise ParameterError(
            f"trend_scores must be different numbers, one for each of {list(levels)!r}, but was "
            f"{trend_scores!r}; give for instance 1, 2, 3"
        )
    return scores


def _find_eventless(
    outcome: SurvivalOutcome, grouping: Grouping, kept: NDArray[np.bool_]
) -> tuple[str, ...]:
    counts = np.bincount(grouping.codes[kept], minlength=len(grouping.levels))
    events = np.bincount(grouping.codes[kept & outcome.event], minlength=len(grouping.levels))
    return tuple(
        f"{grouping.name} {format_value(level)} has no event among {counts[code]} patients"
        for code, level in enumerate(grouping.levels)
        if counts[code] and not events[code]
    )
