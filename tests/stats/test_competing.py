import numpy as np
import pandas as pd
import pytest
from competing_data import CASES, CAUSES, read_competing
from hypothesis import given, settings
from hypothesis import strategies as st
from reference_files import read_reference

from helpers.errors import ParameterError, StatisticsError
from helpers.stats.competing import estimate_cumulative_incidence, incidence_at
from helpers.stats.outcome import check_competing_outcome, check_survival_outcome
from helpers.stats.survival import estimate_kaplan_meier

INTERVALS = ("plain", "log", "log-log")


def read_off(curve, times, column):
    rows = np.searchsorted(curve.time_months, times, side="right") - 1
    return getattr(curve, column)[rows]


@pytest.mark.parametrize(("name", "cause"), CASES)
def test_incidence_and_aalen_variance_equal_cuminc(name, cause):
    expected = read_reference("competing")[name]["curve"][cause]
    curve = estimate_cumulative_incidence(read_competing(name).outcome, cause=CAUSES[cause])
    incidence = read_off(curve, expected["time"], "incidence")
    np.testing.assert_allclose(incidence, expected["incidence"], rtol=1e-10, atol=1e-14)
    std_error = read_off(curve, expected["time"], "std_error")
    np.testing.assert_allclose(std_error, np.sqrt(expected["variance"]), rtol=1e-9, atol=1e-14)


@pytest.mark.parametrize("interval", INTERVALS)
@pytest.mark.parametrize(("name", "cause"), CASES)
def test_jackknife_error_and_limits_equal_survfit(name, cause, interval):
    reference = read_reference("competing")[name]["curve"][cause]
    expected = {
        key: np.array(column, dtype=float) for key, column in reference["survfit"][interval].items()
    }
    curve = estimate_cumulative_incidence(
        read_competing(name).outcome,
        cause=CAUSES[cause],
        interval=interval,
        variance="infinitesimal-jackknife",
    )
    times = reference["time"]
    for column in ("n_at_risk", "incidence", "std_error"):
        actual = read_off(curve, times, column)
        np.testing.assert_allclose(actual, expected[column], rtol=1e-9, atol=1e-13)
    begun = expected["incidence"] > 0
    for column in ("lower", "upper"):
        limits = read_off(curve, times, f"ci_{column}")
        np.testing.assert_allclose(limits[begun], expected[column][begun], rtol=1e-9)
        assert not limits[~begun].any()


def test_incidence_by_hand():
    # S before 1, 2, 4, 5: 1, 5/6, 5/6 * 3/5 = 1/2, 1/2 * 1/2; two events share the time 2.
    outcome = check_competing_outcome([1, 2, 2, 3, 4, 5], [1, 1, 2, 0, 2, 1])
    curve = estimate_cumulative_incidence(outcome)
    first, second = 1 / 6, 1 / 6 + 5 / 6 * 1 / 5
    last = second + 1 / 4 * 1
    np.testing.assert_allclose(curve.incidence, [first, second, second, second, last])
    assert curve.n_at_risk.tolist() == [6, 5, 3, 2, 1]
    assert curve.n_events.tolist() == [1, 1, 0, 0, 1]
    assert curve.n_competing.tolist() == [0, 1, 0, 1, 0]
    assert curve.n_censored.tolist() == [0, 0, 1, 0, 0]
    assert (curve.n_subjects, curve.n_events_total, curve.n_competing_total) == (6, 3, 2)


def test_variance_of_the_first_step_by_hand():
    # Aalen with d = 2 of n = 5: d (n - d) / (n**2 (n - 1)); jackknife: binomial.
    outcome = check_competing_outcome([1, 1, 2, 3, 4], [1, 1, 0, 0, 0])
    aalen = estimate_cumulative_incidence(outcome)
    jackknife = estimate_cumulative_incidence(outcome, variance="infinitesimal-jackknife")
    assert aalen.std_error[0] == pytest.approx(np.sqrt(2 * 3 / (25 * 4)))
    assert jackknife.std_error[0] == pytest.approx(np.sqrt(0.4 * 0.6 / 5))


def test_log_log_limits_by_hand():
    outcome = check_competing_outcome([1, 2, 3, 4], [1, 0, 0, 0])
    row = incidence_at(estimate_cumulative_incidence(outcome, conf_level=0.9), 1)
    error = np.sqrt(1 * 3 / (16 * 3))
    half = 1.6448536269514722 * error / (0.25 * np.log(0.25))
    assert row.std_error == pytest.approx(error)
    assert row.ci_lower == pytest.approx(0.25 ** np.exp(-half))
    assert row.ci_upper == pytest.approx(0.25 ** np.exp(half))
    assert row.ci_lower < 0.25 < row.ci_upper


@pytest.mark.parametrize("variance", ["aalen", "infinitesimal-jackknife"])
def test_single_cause_is_one_minus_kaplan_meier(variance):
    time = np.random.default_rng(8).exponential(size=80)
    code = (np.random.default_rng(9).random(80) < 0.6).astype(int)
    curve = estimate_cumulative_incidence(check_competing_outcome(time, code), variance=variance)
    km = estimate_kaplan_meier(check_survival_outcome(time, code))
    np.testing.assert_allclose(curve.incidence, 1 - km.survival, atol=1e-14)
    if variance == "infinitesimal-jackknife":  # without ties it is Greenwood's
        inner = km.survival > 0
        np.testing.assert_allclose(curve.std_error[inner], km.std_error[inner], rtol=1e-10)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 12), st.sampled_from([0, 1, 2, 3])), min_size=2, max_size=60
    ).filter(lambda rows: {0, 1, 2, 3} <= {code for _, code in rows})
)
def test_incidences_and_survival_add_up_to_one(rows):
    time, code = np.array(rows).T
    outcome = check_competing_outcome(time, code)
    curves = [estimate_cumulative_incidence(outcome, cause=cause) for cause in (1, 2, 3)]
    km = estimate_kaplan_meier(check_survival_outcome(time, code > 0))
    total = sum(curve.incidence for curve in curves) + km.survival
    np.testing.assert_allclose(total, 1.0, atol=1e-12)
    for curve in curves:
        assert (np.diff(curve.incidence) >= 0).all()
        assert (curve.ci_lower <= curve.incidence + 1e-12).all()
        assert (curve.ci_upper >= curve.incidence - 1e-12).all()


def test_order_of_patients_does_not_matter():
    outcome = read_competing("ties").outcome
    mixed = outcome.select(np.random.default_rng(1).permutation(outcome.n_subjects))
    np.testing.assert_array_equal(
        estimate_cumulative_incidence(outcome).std_error,
        estimate_cumulative_incidence(mixed).std_error,
    )


def test_frame_starts_at_zero_and_follows_the_contract():
    outcome = check_competing_outcome([2.0, 3.0], [1, 0])
    frame = estimate_cumulative_incidence(outcome).to_frame("low")
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
    assert frame.iloc[0].tolist() == ["low", 0.0, 2, 0, 0, 0.0, 0.0, 0.0]
    assert frame.estimate.tolist() == [0.0, 0.5, 0.5]
    assert pd.api.types.is_integer_dtype(frame.n_at_risk)


def test_reading_between_and_after_the_times():
    curve = estimate_cumulative_incidence(check_competing_outcome([2, 4, 6, 8], [1, 2, 1, 0]))
    before, at, between, after = (incidence_at(curve, time) for time in (1, 4, 5, 8.5))
    assert (before.estimate, before.std_error, before.ci_lower) == (0.0, 0.0, None)
    assert (at.estimate, at.n_at_risk, at.n_events) == (0.25, 3, 1)
    assert (between.estimate, between.n_at_risk) == (0.25, 2)
    assert (after.estimate, after.std_error, after.ci_upper) == (None, None, None)
    assert (after.n_at_risk, after.n_events, after.n_subjects) == (0, 2, 4)


def test_a_curve_on_which_all_had_events_goes_on():
    curve = estimate_cumulative_incidence(check_competing_outcome([1, 2, 3], [1, 0, 2]))
    assert incidence_at(curve, 10).estimate == pytest.approx(1 / 3)


@pytest.mark.parametrize("time", [-1.0, np.nan, np.inf])
def test_times_that_cannot_be_read(time):
    curve = estimate_cumulative_incidence(check_competing_outcome([1, 2, 3], [1, 0, 2]))
    with pytest.raises(ParameterError, match="time_months must be zero or later, but was"):
        incidence_at(curve, time)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"cause": 0}, "cause must be a whole number above zero, but was 0"),
        ({"cause": True}, "cause must be a whole number above zero, but was True"),
        ({"conf_level": 95}, "conf_level must be between 0 and 1"),
        ({"interval": "wald"}, "interval must be one of .*, but was 'wald'"),
        ({"variance": "greenwood"}, "variance must be one of .*, but was 'greenwood'"),
    ],
)
def test_arguments_out_of_their_domain(arguments, message):
    outcome = check_competing_outcome([1, 2, 3], [1, 0, 2])
    with pytest.raises(ParameterError, match=message):
        estimate_cumulative_incidence(outcome, **arguments)


def test_a_cause_without_events_is_refused():
    outcome = check_competing_outcome([1, 2, 3], [2, 0, 2])
    with pytest.raises(StatisticsError, match=r"at least one event, but was 1; .* codes \[0, 2\]"):
        estimate_cumulative_incidence(outcome)
