"""Observed less expected events of groups, their covariance, and the chi-square of both."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from helpers.errors import StatisticsError
from helpers.stats.grouping import Grouping
from helpers.stats.outcome import SurvivalOutcome
from helpers.stats.rank_weights import Weighting, compute_weights


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RankScores:
    """Sums over event times.

    Attributes
    ----------
    observed, expected : numpy.ndarray of float, shape (k,)
        Weighted events of each group.
    covariance : numpy.ndarray of float, shape (k, k)
        Of their difference.
    """

    observed: NDArray[np.float64]
    expected: NDArray[np.float64]
    covariance: NDArray[np.float64]


def sum_scores(
    outcome: SurvivalOutcome, grouping: Grouping, blocks: list[NDArray], weighting: Weighting
) -> RankScores:
    """Return the scores summed over strata.

    Parameters
    ----------
    outcome : SurvivalOutcome
        Of n patients.
    grouping : Grouping
        Their k groups.
    blocks : list of numpy.ndarray of bool, shape (n,)
        Which patients are in each stratum.
    weighting : str or tuple
        Weights of the event times.

    Returns
    -------
    RankScores
    """
    parts = [_score_stratum(outcome, grouping, block, weighting) for block in blocks]
    return RankScores(
        observed=sum(part.observed for part in parts),
        expected=sum(part.expected for part in parts),
        covariance=sum(part.covariance for part in parts),
    )


def _score_stratum(
    outcome: SurvivalOutcome, grouping: Grouping, member: NDArray[np.bool_], weighting: Weighting
) -> RankScores:
    """Return observed, expected and covariance of one stratum."""
    groups = [
        _sort_group(outcome, member & (grouping.codes == code))
        for code in range(len(grouping.levels))
    ]
    event_times = np.unique(np.concatenate([_distinct(dying) for _, dying, _ in groups]))
    counts = [_count_group(*group, event_times) for group in groups]
    deaths = np.array([count for count, _ in counts], dtype=np.float64)
    at_risk = np.array([count for _, count in counts], dtype=np.float64)
    all_deaths, all_at_risk = deaths.sum(axis=0), at_risk.sum(axis=0)
    weights = compute_weights(weighting, all_deaths, all_at_risk)
    hazard = weights * all_deaths / all_at_risk
    spread = (
        weights**2
        * all_deaths
        * (all_at_risk - all_deaths)
        / (all_at_risk**2 * np.maximum(all_at_risk - 1.0, 1.0))
    )
    covariance = np.diag(at_risk @ (spread * all_at_risk)) - (at_risk * spread) @ at_risk.T
    return RankScores(observed=deaths @ weights, expected=at_risk @ hazard, covariance=covariance)


def _sort_group(
    outcome: SurvivalOutcome, member: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64] | None]:
    """Return a group's times, times of events and entry times, each in order."""
    times = outcome.time_months[member]
    dying = times[outcome.event[member]]
    entries = None if outcome.entry_months is None else np.sort(outcome.entry_months[member])
    return np.sort(times), np.sort(dying), entries


def _distinct(in_order: NDArray[np.float64]) -> NDArray[np.float64]:
    return in_order[np.append(True, in_order[1:] != in_order[:-1])] if len(in_order) else in_order


def _count_group(
    exits: NDArray[np.float64],
    dying: NDArray[np.float64],
    entries: NDArray[np.float64] | None,
    event_times: NDArray[np.float64],
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return deaths and numbers at risk of one group at each event time."""
    deaths = np.diff(np.searchsorted(dying, event_times, side="right"), prepend=0)
    gone = np.searchsorted(exits, event_times, side="left")
    if entries is None:
        return deaths, len(exits) - gone
    return deaths, np.searchsorted(entries, event_times, side="left") - gone


def chi_square_of_scores(
    scores: RankScores, trend: NDArray[np.float64] | None
) -> tuple[float, int]:
    """Return the chi-square statistic and its degrees of freedom.

    Parameters
    ----------
    scores : RankScores
        Of k groups.
    trend : numpy.ndarray of float, shape (k,), or None
        Scores of the groups for a test with one degree of freedom.

    Raises
    ------
    StatisticsError
        If the groups are never at risk together when an event happens.
    """
    present = scores.expected > 0
    difference = (scores.observed - scores.expected)[present]
    covariance = scores.covariance[np.ix_(present, present)]
    if trend is not None:
        variance = float(trend[present] @ covariance @ trend[present])
        _require_overlap(variance > 0.0)
        return float((trend[present] @ difference) ** 2 / variance), 1
    df = int(present.sum()) - 1
    reduced = covariance[1:, 1:]
    scale = np.sqrt(np.diag(reduced))
    _require_overlap(df > 0 and bool((scale > 0.0).all()))
    correlation = reduced / np.outer(scale, scale)
    _require_overlap(bool(np.linalg.matrix_rank(correlation) == df))
    standardised = difference[1:] / scale
    return float(standardised @ np.linalg.solve(correlation, standardised)), df


def _require_overlap(overlap: bool) -> None:
    if not overlap:
        raise StatisticsError(
            "group must have patients of several levels at risk together when events happen, but "
            "was never so; leave this comparison out"
        )
