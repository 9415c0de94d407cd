"""Quantiles: R's inversion, the flat piece, SPSS's interval, not reached."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reference_files import read_reference
from survival_cases import CASES

from helpers.errors import ParameterError
from helpers.stats.outcome import check_survival_outcome
from helpers.stats.quantiles import estimate_quantile
from helpers.stats.survival import estimate_kaplan_meier

R_CURVES = read_reference("survival")["curves"]
SCALES = ("plain", "log", "log-log", "arcsin")
IUD_WEEKS = [10, 13, 18, 19, 23, 30, 36, 38, 54, 56, 59, 75, 93, 97, 104, 107, 107, 107]
IUD_EVENT = [1, 0, 0, 1, 0, 1, 1, 0, 0, 0, 1, 1, 1, 1, 0, 1, 0, 0]


def curve_of(times, events, **options):
    return estimate_kaplan_meier(check_survival_outcome(times, events), **options)


def same(found, expected):
    assert found == (None if expected is None else pytest.approx(expected, rel=1e-6))


@pytest.mark.parametrize("interval", SCALES)
@pytest.mark.parametrize("name", CASES)
def test_median_agrees_with_r(name, interval):
    expected = R_CURVES[name]["quantiles"][interval]["printed_median"]
    found = estimate_quantile(estimate_kaplan_meier(CASES[name].outcome), interval=interval)
    same(found.estimate, expected[0])
    same(found.ci_lower, expected[1])
    same(found.ci_upper, expected[2])


@pytest.mark.parametrize("interval", SCALES)
@pytest.mark.parametrize("name", [name for name in CASES if name != "pbc_age"])
def test_quartiles_agree_with_r(name, interval):
    """Without the case whose lower limit is not monotone: there print and quantile of R differ."""
    expected = R_CURVES[name]["quantiles"][interval]
    curve = estimate_kaplan_meier(CASES[name].outcome, interval=interval)
    for i, q in ((0, 0.25), (2, 0.75)):
        found = estimate_quantile(curve, q)
        same(found.estimate, expected["estimate"][i])
        same(found.ci_lower, expected["lower"][i])
        same(found.ci_upper, expected["upper"][i])


def test_flat_piece_at_one_half_gives_its_middle():
    assert estimate_quantile(curve_of([1, 2, 3, 5], [1, 1, 1, 1])).estimate == 2.5


def test_flat_piece_is_found_in_spite_of_rounding():
    """0.9 * 8/9 * ... * 5/6 is 0.5 but for rounding."""
    found = estimate_quantile(curve_of(np.arange(1, 11), np.ones(10)))
    assert found.estimate == 5.5


def test_flat_piece_without_a_later_fall_gives_its_beginning():
    assert estimate_quantile(curve_of([1, 2, 3, 4], [1, 1, 0, 0])).estimate == 2.0


def test_not_reached_is_none():
    found = estimate_quantile(curve_of([1, 2, 3, 4], [1, 0, 0, 0]))
    assert (found.estimate, found.ci_upper, found.std_error) == (None, None, None)
    assert (found.n_subjects, found.n_events) == (4, 1)


def test_upper_limit_not_reached_is_none():
    found = estimate_quantile(curve_of(range(1, 7), [1, 1, 1, 1, 0, 0]))
    assert found.estimate is not None
    assert found.ci_upper is None


def test_spss_interval_worked_by_hand():
    """Collett (2015), example 2.9: u = 75, l = 97, f = 0.0085, error 17.13, limits 59 and 127."""
    found = estimate_quantile(curve_of(IUD_WEEKS, IUD_EVENT), interval="spss")
    assert found.estimate == 93
    density = (0.5593985 - 0.3729323) / (97 - 75)
    assert found.std_error == pytest.approx(0.1451867 / density, rel=1e-4)
    assert found.std_error == pytest.approx(17.13, abs=0.005)
    assert round(found.ci_lower) == 59
    assert round(found.ci_upper) == 127
    assert found.interval == "spss"


def test_spss_interval_of_ten_deaths_by_hand():
    """S(5) = 0.5 with error 0.158; u = 4 at 0.6, l = 6 at 0.4, so the density is 0.1."""
    found = estimate_quantile(curve_of(range(1, 11), [1] * 10), interval="spss")
    assert found.std_error == pytest.approx(np.sqrt(0.025) / 0.1)
    assert found.ci_upper == pytest.approx(5.5 + 1.959964 * np.sqrt(0.025) / 0.1)


def test_spss_lower_limit_stops_at_zero():
    found = estimate_quantile(curve_of([1, 2, 9, 10], [1, 1, 1, 1]), interval="spss")
    assert found.ci_lower == 0.0


def test_spss_needs_a_curve_that_falls_below_45_per_cent():
    found = estimate_quantile(curve_of([1, 2, 3, 4], [1, 1, 0, 0]), interval="spss")
    assert found.estimate == 2.0
    assert (found.std_error, found.ci_lower, found.ci_upper) == (None, None, None)


def test_spss_starts_at_zero_when_the_first_fall_passes_the_upper_percentile():
    """S falls from 1 to 0.4 at 3: density 0.6 / 3."""
    found = estimate_quantile(curve_of([3, 3, 3, 5, 6], [1, 1, 1, 0, 0]), interval="spss")
    assert found.std_error == pytest.approx(np.sqrt(0.4 * 0.6 / 5) / 0.2)


@pytest.mark.parametrize("q", [0, 1, 50, -0.1])
def test_q_out_of_domain(q):
    with pytest.raises(ParameterError, match=f"q must be between 0 and 1, but was {q}"):
        estimate_quantile(curve_of([1], [1]), q)


def test_unknown_interval():
    with pytest.raises(ParameterError, match="arcsin, spss, but was 'wald'"):
        estimate_quantile(curve_of([1], [1]), interval="wald")


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(1, 30), st.booleans()), min_size=1, max_size=30),
    st.floats(0.05, 0.95),
)
def test_quantiles_lie_within_their_limits_and_scale_with_time(rows, q):
    times, events = (np.array(part) for part in zip(*rows, strict=True))
    found = estimate_quantile(curve_of(times, events), q)
    doubled = estimate_quantile(curve_of(2 * times, events), q)
    assert (found.estimate is None) == (doubled.estimate is None)
    if found.estimate is not None:
        assert doubled.estimate == pytest.approx(2 * found.estimate)
        assert found.ci_lower is None or found.ci_lower <= found.estimate
        assert found.ci_upper is None or found.ci_upper >= found.estimate
