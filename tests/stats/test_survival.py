"""Kaplan-Meier: worked by hand, against R, against lifelines, and by its invariants."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reference_files import read_data, read_reference
from survival_cases import CASES, UNWEIGHTED

from helpers.errors import ParameterError, StatisticsError
from helpers.stats.outcome import check_survival_outcome
from helpers.stats.survival import (
    count_at_risk,
    estimate_follow_up,
    estimate_kaplan_meier,
    estimate_kaplan_meier_by_group,
    estimate_survival_at,
)

R_CURVES = read_reference("survival")["curves"]
SCALES = ("plain", "log", "log-log", "arcsin")


def as_floats(values):
    return np.array([np.nan if value is None else value for value in values], dtype=float)


def agree(found, expected, tolerance=1e-6):
    np.testing.assert_allclose(found, expected, rtol=tolerance, atol=1e-12)


def find_rows(curve, expected):
    """Return which of R's rows the curve has, and their positions in it."""
    times = as_floats(expected["time"])
    positions = np.searchsorted(curve.time_months, times * (1 - 1e-9))
    positions = np.minimum(positions, len(curve.time_months) - 1)
    return np.isclose(curve.time_months[positions], times, rtol=1e-9), positions


@pytest.mark.parametrize("name", CASES)
def test_curve_agrees_with_r(name):
    expected = R_CURVES[name]["curve"]
    curve = estimate_kaplan_meier(CASES[name].outcome)
    found, rows = find_rows(curve, expected)
    if name == "veteran_zero_weights":
        assert found.sum() > 10
    else:
        assert len(curve.time_months) == expected["n_times"]
        assert rows.tolist() == expected["row"]
    for column in ("survival", "n_at_risk", "n_events", "n_censored", "std_error"):
        agree(getattr(curve, column)[rows[found]], as_floats(expected[column])[found])


@pytest.mark.parametrize("interval", SCALES)
@pytest.mark.parametrize("name", CASES)
def test_limits_agree_with_r(name, interval):
    expected = R_CURVES[name]["curve"]
    curve = estimate_kaplan_meier(CASES[name].outcome, interval=interval)
    found, rows = find_rows(curve, expected)
    found &= curve.survival[rows] < 1
    limits = expected["limits"][interval]
    agree(curve.ci_lower[rows[found]], as_floats(limits["lower"])[found])
    agree(curve.ci_upper[rows[found]], as_floats(limits["upper"])[found])


@pytest.mark.parametrize("name", CASES)
def test_probability_at_a_time_agrees_with_r(name):
    expected = R_CURVES[name]["at_times"]
    curve = estimate_kaplan_meier(CASES[name].outcome)
    for i, time in enumerate(expected["time"]):
        found = estimate_survival_at(curve, time)
        agree(found.estimate, expected["estimate"][i])
        if time > 0 and found.estimate > 0:
            agree(found.n_at_risk, expected["n_at_risk"][i])
        if 0 < found.estimate < 1:
            agree(found.std_error, expected["std_error"][i])
            agree([found.ci_lower, found.ci_upper], [expected["lower"][i], expected["upper"][i]])


@pytest.mark.parametrize("name", UNWEIGHTED)
def test_numbers_at_risk_agree_with_r(name):
    expected = R_CURVES[name]["at_times"]
    found = count_at_risk(CASES[name].outcome, expected["time"])
    assert found["n_at_risk"].tolist() == expected["n_at_risk"]
    assert found["n_events"].tolist() == expected["n_events"]
    assert found["n_censored"].tolist() == expected["n_censored"]


@pytest.mark.parametrize("name", CASES)
def test_follow_up_agrees_with_r(name):
    expected = R_CURVES[name]["follow_up"]
    found = estimate_follow_up(CASES[name].outcome)
    for value, wanted in (
        (found.estimate, expected["estimate"]),
        (found.ci_lower, expected["lower"]),
        (found.ci_upper, expected["upper"]),
    ):
        assert value == (None if wanted is None else pytest.approx(wanted, rel=1e-6))


@pytest.mark.parametrize("name", ["lung", "veteran", "pbc_months", "mgus2"])
def test_curve_agrees_with_lifelines(name):
    from lifelines import KaplanMeierFitter

    outcome = CASES[name].outcome
    curve = estimate_kaplan_meier(outcome)
    fitter = KaplanMeierFitter().fit(outcome.time_months, outcome.event)
    agree(curve.survival, fitter.survival_function_.to_numpy().ravel()[-len(curve.survival) :])
    limits = fitter.confidence_interval_.to_numpy()[-len(curve.survival) :]
    inside = (curve.survival > 0) & (curve.survival < 1)
    agree(curve.ci_lower[inside], limits[inside, 0])
    agree(curve.ci_upper[inside], limits[inside, 1])


def test_curve_worked_by_hand():
    """The IUD data of Collett (2015), table 2.2: standard errors are printed there."""
    weeks = [10, 13, 18, 19, 23, 30, 36, 38, 54, 56, 59, 75, 93, 97, 104, 107, 107, 107]
    event = [1, 0, 0, 1, 0, 1, 1, 0, 0, 0, 1, 1, 1, 1, 0, 1, 0, 0]
    curve = estimate_kaplan_meier(check_survival_outcome(weeks, event))
    falls = curve.n_events > 0
    printed = [0.9444, 0.8815, 0.8137, 0.7459, 0.6526, 0.5594, 0.4662, 0.3729, 0.2486]
    errors = [0.0540, 0.0790, 0.0978, 0.1107, 0.1303, 0.1412, 0.1452, 0.1430, 0.1392]
    np.testing.assert_allclose(curve.survival[falls], printed, atol=5.1e-5)
    np.testing.assert_allclose(curve.std_error[falls], errors, atol=5.1e-5)
    assert curve.n_at_risk.tolist()[:4] == [18, 17, 16, 15]
    assert (curve.n_subjects, curve.n_events_total) == (18, 9)


def test_late_entry_worked_by_hand():
    curve = estimate_kaplan_meier(
        check_survival_outcome([4, 5, 6, 3], [1, 0, 1, 1], entry=[0, 2, 3, 1])
    )
    assert curve.n_at_risk.tolist() == [3, 3, 2, 1]
    agree(curve.survival, [2 / 3, 4 / 9, 4 / 9, 0.0])
    assert curve.n_at_start == 1
    assert curve.warnings == ()


def test_risk_set_that_empties_early_is_stated():
    curve = estimate_kaplan_meier(
        check_survival_outcome([1, 5, 6, 7], [1, 1, 0, 1], entry=[0, 2, 2, 2])
    )
    assert curve.survival.tolist() == [0.0, 0.0, 0.0, 0.0]
    assert curve.warnings == (
        "all 1 at risk at 1 had the event while others entered later: the curve stays at 0; "
        "start it at a later time",
    )


def test_curve_of_censored_patients_stays_at_one():
    curve = estimate_kaplan_meier(check_survival_outcome([3, 1, 2], [0, 0, 0]))
    assert curve.survival.tolist() == [1.0, 1.0, 1.0]
    assert curve.ci_lower.tolist() == [1.0, 1.0, 1.0]
    assert curve.std_error.tolist() == [0.0, 0.0, 0.0]
    assert curve.warnings == ("event is never 1: no event among 3 patients",)


def test_curve_of_one_patient():
    curve = estimate_kaplan_meier(check_survival_outcome([2.5], [1]))
    assert curve.survival.tolist() == [0.0]
    assert np.isnan(curve.std_error).all()
    assert np.isnan(curve.ci_lower).all()


def test_event_at_time_zero_counts():
    curve = estimate_kaplan_meier(check_survival_outcome([0, 0, 1, 2], [1, 0, 1, 0]))
    agree(curve.survival, [0.75, 0.375, 0.375])
    assert estimate_survival_at(curve, 0).estimate == pytest.approx(0.75)


def test_events_come_before_censorings_of_the_same_time():
    together = estimate_kaplan_meier(check_survival_outcome([1, 1, 2], [1, 0, 0]))
    assert together.survival[0] == pytest.approx(2 / 3)


def test_times_equal_but_for_rounding_are_tied():
    curve = estimate_kaplan_meier(check_survival_outcome([0.1 + 0.2, 0.3, 1.0], [1, 1, 0]))
    assert len(curve.time_months) == 2
    assert curve.n_events[0] == 2


def test_frame_starts_at_zero_with_the_contracted_columns():
    frame = estimate_kaplan_meier(check_survival_outcome([2, 4], [1, 0])).to_frame("late")
    assert list(frame.columns) == [
        "group",
        "time_months",
        "n_at_risk",
        "n_events",
        "n_censored",
        "estimate",
        "ci_lower",
        "ci_upper",
    ]
    assert frame["time_months"].tolist() == [0.0, 2.0, 4.0]
    assert frame["estimate"].tolist() == [1.0, 0.5, 0.5]
    assert frame["n_at_risk"].tolist() == [2, 2, 1]
    assert frame["n_at_risk"].dtype.kind == "i"
    assert set(frame["group"]) == {"late"}


def test_probability_after_follow_up_is_undefined():
    curve = estimate_kaplan_meier(check_survival_outcome([1, 2, 3], [1, 1, 0]))
    beyond = estimate_survival_at(curve, 3.1)
    assert (beyond.estimate, beyond.ci_lower, beyond.n_at_risk) == (None, None, 0)
    assert estimate_survival_at(curve, 3.0).estimate == pytest.approx(1 / 3)


def test_probability_after_the_curve_reached_zero_is_zero():
    curve = estimate_kaplan_meier(check_survival_outcome([1, 2], [1, 1]))
    beyond = estimate_survival_at(curve, 9)
    assert (beyond.estimate, beyond.std_error, beyond.ci_upper) == (0.0, None, None)


def test_number_at_risk_is_that_just_before_the_tick():
    """Seven patients; two events fall on the ticks themselves."""
    outcome = check_survival_outcome([3, 6, 8, 12, 12, 15, 20], [1, 1, 0, 1, 0, 1, 0])
    found = count_at_risk(outcome, [0, 6, 12, 18])
    assert found["n_at_risk"].tolist() == [7, 6, 4, 1]
    assert found["n_events"].tolist() == [0, 2, 3, 4]
    assert found["n_censored"].tolist() == [0, 0, 2, 2]


def test_curves_by_group_leave_out_patients_without_one():
    lung = read_data("lung")
    lung.loc[:4, "ph_ecog"] = np.nan
    outcome = check_survival_outcome(lung["time"], lung["status"] == 2)
    curves = estimate_kaplan_meier_by_group(outcome, lung["ph_ecog"])
    known = lung["ph_ecog"].value_counts()
    assert list(curves) == [0.0, 1.0, 2.0, 3.0]
    assert {level: curve.n_subjects for level, curve in curves.items()} == known.to_dict()


def test_curves_by_group_keep_the_declared_order_and_skip_an_empty_arm():
    group = pd.Categorical(["b", "a", "b"], categories=["b", "empty", "a"])
    curves = estimate_kaplan_meier_by_group(check_survival_outcome([1, 2, 3], [1, 0, 1]), group)
    assert list(curves) == ["b", "a"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"conf_level": 95}, "conf_level must be between 0 and 1, but was 95"),
        ({"interval": "loglog"}, "interval must be one of plain, log, log-log, arcsin"),
    ],
)
def test_options_out_of_domain(options, message):
    with pytest.raises(ParameterError, match=message):
        estimate_kaplan_meier(check_survival_outcome([1], [1]), **options)


def test_negative_time_of_interest():
    curve = estimate_kaplan_meier(check_survival_outcome([1], [1]))
    with pytest.raises(ParameterError, match="time_months must be zero or later, but was -1"):
        estimate_survival_at(curve, -1)


def test_no_group_at_all():
    with pytest.raises(StatisticsError, match="group must be a column of at least 1 levels"):
        estimate_kaplan_meier_by_group(check_survival_outcome([1, 2], [1, 0]), [None, None])


patients = st.lists(
    st.tuples(st.integers(0, 20), st.booleans(), st.integers(1, 3)), min_size=1, max_size=25
)


@settings(max_examples=60, deadline=None)
@given(patients)
def test_curve_is_a_falling_step_within_its_limits(rows):
    times, events, _ = zip(*rows, strict=True)
    for interval in SCALES:
        curve = estimate_kaplan_meier(check_survival_outcome(times, events), interval=interval)
        steps = np.diff(np.append(1.0, curve.survival))
        assert (steps <= 1e-15).all()
        known = ~np.isnan(curve.ci_lower)
        assert (curve.ci_lower[known] <= curve.survival[known] + 1e-12).all()
        assert (curve.ci_upper[known] >= curve.survival[known] - 1e-12).all()
        assert curve.n_events.sum() + curve.n_censored.sum() == len(rows)


@settings(max_examples=60, deadline=None)
@given(patients)
def test_whole_weights_are_patients_repeated(rows):
    times, events, weights = (np.array(part) for part in zip(*rows, strict=True))
    weighted = estimate_kaplan_meier(check_survival_outcome(times, events, weights=weights))
    repeated = estimate_kaplan_meier(
        check_survival_outcome(np.repeat(times, weights), np.repeat(events, weights))
    )
    agree(weighted.survival, repeated.survival)
    agree(weighted.n_at_risk, repeated.n_at_risk)
    agree(weighted.ci_lower, repeated.ci_lower)


@settings(max_examples=60, deadline=None)
@given(patients, st.randoms(use_true_random=False))
def test_order_of_patients_does_not_matter(rows, random):
    shuffled = list(rows)
    random.shuffle(shuffled)
    curves = [
        estimate_kaplan_meier(check_survival_outcome(*list(zip(*some, strict=True))[:2]))
        for some in (rows, shuffled)
    ]
    np.testing.assert_array_equal(curves[0].survival, curves[1].survival)


@settings(max_examples=40, deadline=None)
@given(patients)
def test_without_censoring_the_curve_is_the_share_still_free(rows):
    times = np.array([row[0] for row in rows])
    curve = estimate_kaplan_meier(check_survival_outcome(times, np.ones(len(times))))
    agree(curve.survival, [(times > time).mean() for time in curve.time_months])
