"""Concordance: by hand, by comparing every pair, and its errors."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose

from helpers.errors import ParameterError, StatisticsError
from helpers.stats.concordance import (
    estimate_concordance,
    estimate_uno_concordance,
    rank_scores,
)
from helpers.stats.outcome import check_survival_outcome
from helpers.stats.rank_sums import sum_by_rank


def compare_all_pairs(time, event, score, *, entry=None, weights=None, strata=None):
    """Return concordant, discordant, tied score, tied time and tied both, pair by pair."""
    n = len(time)
    entry = np.full(n, -np.inf) if entry is None else entry
    weights = np.ones(n) if weights is None else weights
    strata = np.zeros(n) if strata is None else strata
    counts = np.zeros(5)
    for i in range(n):
        for j in range(n):
            if not event[i] or i == j or strata[i] != strata[j] or entry[j] >= time[i]:
                continue
            pair = weights[i] * weights[j]
            if time[j] > time[i] or (time[j] == time[i] and not event[j]):
                kind = 2 if score[i] == score[j] else int(score[i] < score[j])
                counts[kind] += pair
            elif time[j] == time[i] and event[j] and i < j:
                counts[4 if score[i] == score[j] else 3] += pair
    return counts


@pytest.mark.parametrize("seed", range(6))
def test_every_pair(seed):
    rng = np.random.default_rng(seed)
    n = 60
    time = rng.integers(3, 15, n).astype(float)
    event = rng.random(n) < 0.6
    score = rng.integers(0, 7, n) / 3
    options = {
        "entry": rng.integers(0, 3, n).astype(float) if seed % 2 else None,
        "weights": rng.integers(1, 4, n) / 2 if seed % 3 else None,
    }
    strata = rng.integers(0, 3, n) if seed > 2 else None
    ours = estimate_concordance(
        check_survival_outcome(time, event, **options), score, strata=strata
    )
    counts = compare_all_pairs(time, event, score, strata=strata, **options)
    found = [ours.concordant, ours.discordant, ours.tied_risk, ours.tied_time, ours.tied_both]
    assert_allclose(found, counts, rtol=1e-10, atol=1e-10)
    assert ours.estimate == pytest.approx((counts[0] + counts[2] / 2) / counts[:3].sum())


def test_perfect_and_worst_order():
    outcome = check_survival_outcome([1, 2, 3, 4], [1, 1, 1, 0])
    best = estimate_concordance(outcome, [4, 3, 2, 1])
    assert (best.estimate, best.std_error, best.ci_upper) == (1.0, 0.0, 1.0)
    assert estimate_concordance(outcome, [1, 2, 3, 4]).estimate == 0.0
    assert estimate_concordance(outcome, [2, 2, 2, 2]).estimate == 0.5


def test_scores_that_differ_by_rounding_are_tied():
    assert rank_scores(np.array([0.3, 0.1 + 0.2, -1.0])).tolist() == [1, 1, 0]
    assert rank_scores(np.array([1.0, 1.0 + 1e-9])).tolist() == [0, 1]


def test_uno_without_censoring_is_harrell():
    rng = np.random.default_rng(2)
    outcome = check_survival_outcome(rng.exponential(size=50), np.ones(50))
    score = rng.normal(size=50)
    uno, harrell = estimate_uno_concordance(outcome, score), estimate_concordance(outcome, score)
    assert uno.estimate == pytest.approx(harrell.estimate, rel=1e-12)
    assert uno.std_error == pytest.approx(harrell.std_error, rel=1e-12)


def test_uno_by_hand():
    # G is 1 before time 2 and 2/3 after it, so pairs of the event at 3 weigh 9/4
    outcome = check_survival_outcome([1, 2, 3, 4], [1, 0, 1, 0])
    uno = estimate_uno_concordance(outcome, [3, 1, 2, 4])
    assert uno.concordant == pytest.approx(2.0)
    assert uno.discordant == pytest.approx(1 + 9 / 4)
    assert uno.estimate == pytest.approx(2 / 5.25)
    early = estimate_uno_concordance(outcome, [3, 1, 2, 4], horizon_months=2.5)
    assert early.estimate == pytest.approx(2 / 3)
    assert early.horizon_months == 2.5


def test_clusters_of_one_change_nothing():
    rng = np.random.default_rng(4)
    outcome = check_survival_outcome(rng.exponential(size=40), rng.random(40) < 0.7)
    score = rng.normal(size=40)
    plain = estimate_concordance(outcome, score)
    assert estimate_concordance(outcome, score, cluster=np.arange(40)).std_error == pytest.approx(
        plain.std_error
    )
    paired = estimate_concordance(outcome, score, cluster=np.arange(40) // 2)
    assert paired.estimate == plain.estimate
    assert paired.std_error != pytest.approx(plain.std_error)


def test_rank_sums_of_random_ranges():
    rng = np.random.default_rng(9)
    ranks, weights = rng.integers(0, 37, 200), rng.random(200)
    start, rank = rng.integers(0, 200, 50), rng.integers(0, 40, 50)
    stop = np.minimum(200, start + rng.integers(0, 90, 50))
    sums = sum_by_rank(ranks, weights, start=start, stop=stop, rank=rank)
    for q in range(50):
        inside, w = ranks[start[q] : stop[q]], weights[start[q] : stop[q]]
        expected = [
            w[inside < rank[q]].sum(),
            w[inside == rank[q]].sum(),
            w[inside > rank[q]].sum(),
        ]
        assert_allclose([part[q] for part in sums], expected, atol=1e-12)


def test_errors():
    outcome = check_survival_outcome([1, 2, 3], [0, 0, 1])
    with pytest.raises(StatisticsError, match="no two of 3 records could be compared"):
        estimate_concordance(outcome, [1, 2, 3])
    outcome = check_survival_outcome([1, 2, 3], [1, 1, 1])
    with pytest.raises(StatisticsError, match="risk must be a finite number for each of 3"):
        estimate_concordance(outcome, [1, 2])
    with pytest.raises(StatisticsError, match="1 of them missing"):
        estimate_concordance(outcome, [1, 2, np.nan])
    with pytest.raises(ParameterError, match="conf_level"):
        estimate_concordance(outcome, [1, 2, 3], conf_level=95)
    late = check_survival_outcome([1, 2, 3], [1, 1, 1], entry=[0, 0, 1])
    with pytest.raises(StatisticsError, match="no entry times for Uno's C"):
        estimate_uno_concordance(late, [1, 2, 3])
