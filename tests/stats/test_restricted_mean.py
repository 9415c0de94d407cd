"""Restricted means and landmark survival: by hand and against R."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reference_files import read_data, read_reference
from survival_cases import CASES

from helpers.errors import ParameterError, StatisticsError
from helpers.stats.landmark import estimate_landmark_survival, select_landmark
from helpers.stats.outcome import check_survival_outcome
from helpers.stats.restricted_mean import compare_restricted_means, estimate_restricted_mean
from helpers.stats.survival import (
    estimate_kaplan_meier,
    estimate_kaplan_meier_by_group,
    estimate_survival_at,
)

R = read_reference("survival")


def curve_of(times, events):
    return estimate_kaplan_meier(check_survival_outcome(times, events))


@pytest.mark.parametrize("name", CASES)
def test_restricted_mean_agrees_with_r(name):
    expected = R["curves"][name]["restricted_mean"]
    curve = estimate_kaplan_meier(CASES[name].outcome)
    found = estimate_restricted_mean(curve, expected["horizon"])
    assert found.estimate == pytest.approx(expected["estimate"], rel=1e-6)
    assert found.std_error == pytest.approx(expected["std_error"], rel=1e-6)


def test_difference_and_ratio_agree_with_r():
    veteran = read_data("veteran")
    outcome = check_survival_outcome(veteran["time"], veteran["status"])
    curves = estimate_kaplan_meier_by_group(outcome, veteran["trt"])
    found = compare_restricted_means(curves[1], curves[2], 300)
    expected = R["restricted_difference"]
    for name, value in (
        ("difference", found.difference),
        ("std_error", found.std_error),
        ("p_value", found.p_value),
        ("ratio", found.ratio),
        ("ratio_lower", found.ratio_ci_lower),
        ("ratio_upper", found.ratio_ci_upper),
    ):
        assert value == pytest.approx(expected[name], rel=1e-6)
    assert found.ci_upper - found.difference == pytest.approx(1.959964 * found.std_error)


def test_mean_worked_by_hand():
    """Deaths at 1, 2, 3 and 4 to horizon 4: the mean is 2.5.

    Areas after 1, 2, 3 are 1.5, 0.75, 0.25; Greenwood's terms 1/12, 1/6, 1/2.
    """
    found = estimate_restricted_mean(curve_of([1, 2, 3, 4], [1, 1, 1, 1]), 4)
    assert found.estimate == pytest.approx(2.5)
    variance = 1.5**2 / 12 + 0.75**2 / 6 + 0.25**2 / 2
    assert found.std_error == pytest.approx(np.sqrt(variance))
    assert (found.n_subjects, found.n_events, found.horizon_months) == (4, 4, 4.0)


def test_horizon_between_events():
    assert estimate_restricted_mean(curve_of([2, 4], [1, 1]), 3).estimate == pytest.approx(2.5)


def test_horizon_before_the_first_event():
    found = estimate_restricted_mean(curve_of([2, 4], [1, 1]), 1.5)
    assert (found.estimate, found.std_error) == (1.5, 0.0)


def test_horizon_after_a_curve_that_reached_zero():
    assert estimate_restricted_mean(curve_of([2, 4], [1, 1]), 9).estimate == pytest.approx(3.0)


def test_horizon_after_follow_up_is_refused():
    with pytest.raises(
        StatisticsError,
        match="horizon_months must be within follow-up, but was 5 with the last observation at 4",
    ):
        estimate_restricted_mean(curve_of([2, 4], [1, 0]), 5)


@pytest.mark.parametrize("horizon", [0, -1, np.inf, np.nan])
def test_horizon_out_of_domain(horizon):
    with pytest.raises(ParameterError, match="horizon_months must be above 0"):
        estimate_restricted_mean(curve_of([2, 4], [1, 0]), horizon)


def test_groups_without_an_event_before_the_horizon_have_no_p_value():
    curve = curve_of([5, 6], [1, 0])
    assert compare_restricted_means(curve, curve, 3).p_value is None


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(1, 20), st.booleans()), min_size=2, max_size=25),
    st.floats(0.5, 20),
)
def test_mean_lies_within_zero_and_the_horizon_and_grows_with_it(rows, horizon):
    curve = curve_of(*zip(*rows, strict=True))
    horizon = min(horizon, float(curve.time_months[-1]))
    found = estimate_restricted_mean(curve, horizon)
    assert 0.0 < found.estimate <= horizon + 1e-9
    assert found.ci_lower <= found.estimate <= found.ci_upper + 1e-9
    assert estimate_restricted_mean(curve, horizon / 2).estimate <= found.estimate + 1e-9


def test_landmark_agrees_with_r():
    lung = read_data("lung")
    outcome = check_survival_outcome(lung["time"], lung["status"] == 2)
    found = estimate_landmark_survival(outcome, landmark_months=180, time_months=365)
    expected = R["landmark"]
    assert found.n_subjects == expected["n"]
    assert found.n_at_risk == expected["n_at_risk"]
    assert found.time_months == 185
    for name, value in (
        ("estimate", found.estimate),
        ("std_error", found.std_error),
        ("lower", found.ci_lower),
        ("upper", found.ci_upper),
    ):
        assert value == pytest.approx(expected[name], rel=1e-6)


def test_landmark_counts_those_left_out():
    outcome = check_survival_outcome([1, 2, 3, 3, 5, 6], [1, 0, 1, 0, 1, 0])
    cohort = select_landmark(outcome, 3)
    assert cohort.outcome.time_months.tolist() == [2, 3]
    assert cohort.kept.tolist() == [False, False, False, False, True, True]
    assert (cohort.n_events_before, cohort.n_censored_before) == (2, 2)


def test_landmark_survival_is_conditional():
    outcome = CASES["veteran"].outcome
    curve = estimate_kaplan_meier(outcome)
    found = estimate_landmark_survival(outcome, landmark_months=100, time_months=300)
    ratio = estimate_survival_at(curve, 300).estimate / estimate_survival_at(curve, 100).estimate
    assert found.estimate == pytest.approx(ratio)


def test_landmark_keeps_late_entry():
    outcome = check_survival_outcome([4, 6, 8], [1, 1, 0], entry=[0, 1, 5])
    cohort = select_landmark(outcome, 3)
    assert cohort.outcome.entry_months.tolist() == [0, 0, 2]


@pytest.mark.parametrize(
    ("landmark", "error", "message"),
    [
        (-1, ParameterError, "landmark_months must be zero or later, but was -1"),
        (9, StatisticsError, "must be before the last observation at 6, but was 9"),
    ],
)
def test_landmark_out_of_domain(landmark, error, message):
    with pytest.raises(error, match=message):
        select_landmark(check_survival_outcome([1, 6], [1, 0]), landmark)


def test_time_before_the_landmark():
    outcome = check_survival_outcome([1, 6], [1, 0])
    with pytest.raises(ParameterError, match="time_months must be 3 or later, but was 2"):
        estimate_landmark_survival(outcome, landmark_months=3, time_months=2)
