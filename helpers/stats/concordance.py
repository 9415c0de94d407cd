"""How well a risk score puts patients in the order of their events: Harrell's and Uno's C."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from helpers.errors import StatisticsError
from helpers.stats.comparable_pairs import ComparablePairs, find_comparable_pairs
from helpers.stats.cox_tests import normal_quantile
from helpers.stats.groups_of_records import code_groups
from helpers.stats.numeric import as_numbers, check_conf_level
from helpers.stats.outcome import SurvivalOutcome
from helpers.stats.rank_sums import RankSums

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.intp]

NEAR_TIE = 1e-12


@dataclass(frozen=True, slots=True, kw_only=True)
class Concordance:
    """The share of comparable pairs in which the patient at higher risk has the event first.

    Attributes
    ----------
    method : {"Harrell", "Uno"}
    estimate : float
        0 to 1; 0.5 for a score that knows nothing. Pairs with the same score count half.
    std_error, ci_lower, ci_upper, conf_level : float
        Normal interval, cut at 0 and 1.
    concordant, discordant, tied_risk : float
        Comparable pairs, weighted.
    tied_time, tied_both : float
        Pairs with events at the same time, with different and with the same score; they are
        not comparable.
    n_subjects, n_events : int
    horizon_months : float or None
        Events after it were not looked at.
    """

    method: str
    estimate: float
    std_error: float
    ci_lower: float
    ci_upper: float
    conf_level: float
    concordant: float
    discordant: float
    tied_risk: float
    tied_time: float
    tied_both: float
    n_subjects: int
    n_events: int
    horizon_months: float | None = None


def estimate_concordance(
    outcome: SurvivalOutcome,
    risk: ArrayLike,
    *,
    strata: ArrayLike | None = None,
    cluster: ArrayLike | None = None,
    conf_level: float = 0.95,
) -> Concordance:
    """Estimate Harrell's C of a risk score.

    Parameters
    ----------
    outcome : SurvivalOutcome
        Of n records, with or without entry times and weights.
    risk : array_like, shape (n,)
        A higher value means an earlier event, e.g. the linear predictor of a Cox model.
    strata : array_like, shape (n,), optional
        Only records of one stratum are compared.
    cluster : array_like, shape (n,), optional
        Records that belong together, for the standard error.
    conf_level : float, optional

    Returns
    -------
    Concordance

    Raises
    ------
    StatisticsError
        If lengths differ, a score is missing, or no two records can be compared.

    Notes
    -----
    A patient with an event is compared with all who are at risk at that time and have no event
    then; one censored at the very time counts as at risk. The standard error is that of the
    infinitesimal jackknife, as in R's ``survival::concordance``. Scores that differ by rounding
    only (1e-12 of the largest) are tied.

    References
    ----------
    Harrell FE, Lee KL, Mark DB. Multivariable prognostic models. Stat Med 1996;15:361-87.
    Therneau TM, Watson DA. The concordance statistic and the Cox model. Technical report 85,
    Department of Health Science Research, Mayo Clinic, 2017.

    Examples
    --------
    >>> from helpers.stats.outcome import check_survival_outcome
    >>> outcome = check_survival_outcome([1, 2, 3, 4], [1, 1, 0, 1])
    >>> estimate_concordance(outcome, [4, 1, 3, 2]).estimate
    0.6
    """
    pairs = _prepare(outcome, risk, strata, conf_level)
    time_weight = np.ones(len(pairs.events))
    return _summarise(
        outcome, pairs, time_weight, cluster=cluster, conf_level=conf_level, method="Harrell"
    )


def estimate_uno_concordance(
    outcome: SurvivalOutcome,
    risk: ArrayLike,
    *,
    horizon_months: float | None = None,
    strata: ArrayLike | None = None,
    cluster: ArrayLike | None = None,
    conf_level: float = 0.95,
) -> Concordance:
    """Estimate Uno's C of a risk score, which does not depend on the censoring.

    Parameters
    ----------
    outcome : SurvivalOutcome
        Of n patients, without entry times.
    risk : array_like, shape (n,)
        A higher value means an earlier event.
    horizon_months : float, optional
        Only events up to here are looked at; choose it where enough patients are at risk. By
        default all are.
    strata, cluster, conf_level
        As :func:`estimate_concordance`; the censoring has one curve in each stratum.

    Returns
    -------
    Concordance
        Its pairs are weighted by ``1 / G(t-)**2``.

    Raises
    ------
    StatisticsError
        As :func:`estimate_concordance`, or if there are entry times.

    Notes
    -----
    G is the Kaplan-Meier curve of the censoring, with events before censorings at tied times.
    The standard error takes G as known, as R's ``concordance(timewt = "n/G2")`` does.

    References
    ----------
    Uno H, Cai T, Pencina MJ, D'Agostino RB, Wei LJ. On the C-statistics for evaluating overall
    adequacy of risk prediction procedures with censored survival data. Stat Med
    2011;30:1105-17.
    """
    if outcome.entry_months is not None:
        raise StatisticsError(
            "outcome must have no entry times for Uno's C, but was left-truncated; use "
            "estimate_concordance"
        )
    pairs = _prepare(outcome, risk, strata, conf_level)
    time_weight = 1.0 / pairs.censoring_free() ** 2
    if horizon_months is not None:
        time_weight[outcome.time_months[pairs.events] > horizon_months] = 0.0
    return _summarise(
        outcome,
        pairs,
        time_weight,
        cluster=cluster,
        conf_level=conf_level,
        method="Uno",
        horizon_months=horizon_months,
    )


def _prepare(
    outcome: SurvivalOutcome, risk: ArrayLike, strata: ArrayLike | None, conf_level: float
) -> ComparablePairs:
    check_conf_level(conf_level)
    scores = as_numbers(risk, "risk")
    if len(scores) != outcome.n_subjects or not np.isfinite(scores).all():
        raise StatisticsError(
            f"risk must be a finite number for each of {outcome.n_subjects} records, but was "
            f"{len(scores)} values, {int((~np.isfinite(scores)).sum())} of them missing or "
            "infinite"
        )
    codes = code_groups(strata, "strata", outcome.n_subjects)
    return find_comparable_pairs(outcome, rank_scores(scores), codes)


def rank_scores(scores: FloatArray) -> IntArray:
    """Return ranks from 0, the same for scores that differ by rounding only."""
    order = np.argsort(scores, kind="stable")
    steps = np.diff(scores[order]) > NEAR_TIE * np.abs(scores).max(initial=0.0)
    ranks = np.empty(len(scores), dtype=np.intp)
    ranks[order] = np.concatenate([[0], np.cumsum(steps)])
    return ranks


def _summarise(
    outcome: SurvivalOutcome,
    pairs: ComparablePairs,
    time_weight: FloatArray,
    *,
    cluster: ArrayLike | None,
    conf_level: float,
    method: str,
    horizon_months: float | None = None,
) -> Concordance:
    influence = pairs.sum_partners(time_weight)
    case_weight = np.ones(outcome.n_subjects) if outcome.weights is None else outcome.weights
    concordant, tied, discordant = (0.5 * float(case_weight @ part) for part in influence)
    n_pairs = concordant + tied + discordant
    if n_pairs <= 0.0:
        raise StatisticsError(
            f"{outcome.event_name} must have an event while others are at risk, but no two of "
            f"{outcome.n_subjects} records could be compared"
        )
    estimate = (concordant + 0.5 * tied) / n_pairs
    std_error = _jackknife_error(influence, case_weight, estimate, n_pairs, cluster)
    reach = normal_quantile(conf_level) * std_error
    tied_time, tied_both = pairs.count_tied_times()
    return Concordance(
        method=method,
        estimate=estimate,
        std_error=std_error,
        ci_lower=max(0.0, estimate - reach),
        ci_upper=min(1.0, estimate + reach),
        conf_level=conf_level,
        concordant=concordant,
        discordant=discordant,
        tied_risk=tied,
        tied_time=tied_time,
        tied_both=tied_both,
        n_subjects=outcome.n_subjects,
        n_events=outcome.n_events,
        horizon_months=horizon_months,
    )


def _jackknife_error(
    influence: RankSums,
    case_weight: FloatArray,
    estimate: float,
    n_pairs: float,
    cluster: ArrayLike | None,
) -> float:
    concordant, tied, discordant = influence
    own = concordant + 0.5 * tied - estimate * (concordant + tied + discordant)
    change = case_weight * own / n_pairs
    codes = code_groups(cluster, "cluster", len(change))
    if codes is not None:
        change = np.bincount(codes, weights=change)
    return float(np.sqrt(change @ change))
