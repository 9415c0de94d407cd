"""The search's own estimates against hand-worked cases and against R's classical example."""

from __future__ import annotations

import math

import numpy as np
import pytest

from helpers.cohort.synthetic import compiled_cox, compiled_curves, compiled_math, smoothness
from helpers.cohort.synthetic.streams import Stream, natural_log
from helpers.cohort.synthetic.targets import chi_square_bounds, narrow

# Miller's leukaemia data, as in R's survival::aml: maintained, then not maintained
MAINTAINED = [(9, 1), (13, 1), (13, 0), (18, 1), (23, 1), (28, 0), (31, 1), (34, 1), (45, 0)]
MAINTAINED += [(48, 1), (161, 0)]
NOT_MAINTAINED = [(5, 1), (5, 1), (8, 1), (8, 1), (12, 1), (16, 0), (23, 1), (27, 1), (30, 1)]
NOT_MAINTAINED += [(33, 1), (43, 1), (45, 1)]


def arrange(*groups):
    rows = [(day, event, place) for place, group in enumerate(groups) for day, event in group]
    days, event, place = (np.array(column, dtype=np.int64) for column in zip(*rows, strict=True))
    mask = np.uint64(1) << place.astype(np.uint64)
    return days, event, np.argsort(days, kind="stable"), mask, place


def estimate(group, horizon=0):
    days, event, order, mask, _ = arrange(group)
    out = np.zeros(5)
    compiled_curves.estimate_km(days, event, order, mask, np.uint64(1), horizon, out)
    return out


def test_median_and_survival_of_r_example():
    assert estimate(MAINTAINED, 24)[[0, 3]].tolist() == pytest.approx([31, 0.6136364], abs=1e-6)
    assert estimate(NOT_MAINTAINED, 24)[[0, 3]].tolist() == pytest.approx([23, 0.4861111], abs=1e-6)


def test_spss_standard_error_worked_by_hand():
    # ten deaths on days 10, 20, ... 100: S = 0.5 on day 50, 0.6 on day 40 and 0.4 on day 60
    out = estimate([(10 * (step + 1), 1) for step in range(10)])
    error = math.sqrt(0.5 * 0.5 / 10)
    density = (0.6 - 0.4) / (60 - 40)
    assert out[:3].tolist() == pytest.approx([50, 60, error / density])


def test_median_that_is_not_reached():
    out = estimate([(5, 1), (6, 0), (7, 0)])
    assert out[0] >= compiled_curves.NOT_REACHED
    assert out[4] == 3


def test_log_rank_of_r_example():
    days, event, order, mask, _ = arrange(MAINTAINED, NOT_MAINTAINED)
    value = compiled_curves.compare_two(days, event, order, mask, np.uint64(1), np.uint64(2))
    assert value == pytest.approx(3.396389, abs=1e-5)


def test_log_rank_of_four_groups_worked_by_hand():
    # one death in each group, in turn: O - E = 3/4, 2/3, 1/2 and so on for the groups in order
    days, event, order, mask, _ = arrange([(1, 1)], [(2, 1)], [(3, 1)], [(4, 1)])
    bits = np.array([1, 2, 4, 8], dtype=np.uint64)
    expected = np.array([1 / 4, 1 / 4 + 1 / 3, 1 / 4 + 1 / 3 + 1 / 2])
    variance = np.zeros((3, 3))
    for at_risk in ([0, 1, 2], [1, 2], [2]):
        n = len(at_risk) + 1
        for a in at_risk:
            for b in at_risk:
                variance[a, b] += (1 / n) * ((a == b) - 1 / n)
    difference = 1 - expected
    by_hand = difference @ np.linalg.solve(variance, difference)
    assert compiled_curves.compare_four(days, event, order, mask, bits) == pytest.approx(by_hand)


def test_cox_model_of_r_example_with_ties():
    days, event, order, _, place = arrange(MAINTAINED, NOT_MAINTAINED)
    beta, errors = np.zeros(8), np.zeros(8)
    compiled_cox.fit_cox(days, event, order, place, 1, beta, errors, 1e-9)
    assert [beta[0], errors[0]] == pytest.approx([0.91553, 0.51193], abs=2e-5)


def test_cox_model_leaves_out_who_is_not_in_it():
    days, event, order, _, place = arrange(MAINTAINED, NOT_MAINTAINED, [(1, 1), (50, 1)])
    beta, errors = np.zeros(8), np.zeros(8)
    bits = np.where(place == 2, -1, place)
    compiled_cox.fit_cox(days, event, order, bits, 1, beta, errors, 1e-9)
    assert [beta[0], errors[0]] == pytest.approx([0.91553, 0.51193], abs=2e-5)


@pytest.mark.parametrize("value", [1e-9, 0.3, 1.0, 2.5, 7e8])
def test_logarithms_agree_with_the_mathematical_library(value):
    assert compiled_math.logarithm(value) == pytest.approx(math.log(value), rel=1e-14, abs=1e-15)
    assert natural_log(np.array([value]))[0] == pytest.approx(math.log(value), rel=1e-14, abs=1e-15)


@pytest.mark.parametrize("value", [-20.0, -0.7, 0.0, 1.0, 30.0])
def test_exponential_agrees_with_the_mathematical_library(value):
    assert compiled_math.exponential(value) == pytest.approx(math.exp(value), rel=1e-13)


def test_splitmix_gives_its_published_numbers():
    state = np.array([1234567], dtype=np.uint64)
    first = compiled_math.next_uniform(state)
    # 6457827717110365317 is the first output of splitmix64 for the seed 1234567
    assert first == ((6457827717110365317 >> 11) + 0.5) / 2**53


def test_sorting_a_nearly_sorted_order():
    days = np.array([5, 1, 9, 3])
    order = np.array([0, 1, 2, 3])
    compiled_math.sort_order(days, order)
    assert order.tolist() == [1, 3, 0, 2]


def test_hazard_jump_is_penalised_and_an_even_hazard_is_not():
    even = np.repeat(np.arange(1, 2600, 26), 4)
    event = np.ones(len(even), dtype=np.int64)
    mask = np.ones(len(even), dtype=np.uint64)
    row = np.array([0, 3, 60, 1, 0])
    limits = np.array([2.5])
    jumping = np.where((even > 365) & (even < 730), even + 365, even)
    assert smoothness.score_hazard(even[:200], event[:200], mask[:200], row, limits) == 0
    assert smoothness.score_hazard(jumping, event, mask, row, limits) > 1


def test_choice_is_exact_and_keeps_to_the_eligible():
    eligible = np.arange(50) % 2 == 0
    chosen = Stream(1).choose(eligible, 7)
    assert chosen.sum() == 7
    assert not chosen[~eligible].any()


def test_narrowed_interval_and_its_chi_square():
    assert narrow(0.0, 1.0, 0.1) == pytest.approx((0.1, 0.9))
    low, high = chi_square_bounds(0.04, 0.06, 0.5)
    assert low == pytest.approx(high)
    assert low == pytest.approx(3.841459, abs=1e-5)
