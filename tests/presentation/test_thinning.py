"""Thinned curves stay within their error."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from helpers.figures.thinning import (
    TOLERANCE,
    measure_error,
    select_marks,
    select_steps,
    thin_steps,
)

heights = hnp.arrays(
    float,
    st.tuples(st.integers(1, 60), st.integers(1, 3)),
    elements=st.floats(0, 1, width=32),
)


def height_at(times, values, time):
    """Return the height of a step curve, found step by step."""
    height = None
    for begins, value in zip(times, values, strict=True):
        if begins <= time:
            height = value
    return height


@given(heights, st.floats(0.0001, 0.5))
def test_no_thinned_curve_is_further_off_than_the_tolerance(values, tolerance):
    times = np.arange(len(values), dtype=float)
    kept = select_steps(values, tolerance)
    assert kept[0] == 0
    assert kept[-1] == len(values) - 1
    assert (np.diff(kept) > 0).all()
    for time in [*times, *(times + 0.5)]:
        true = height_at(times, values, time)
        drawn = height_at(times[kept], values[kept], time)
        assert np.abs(true - drawn).max() <= tolerance
    assert measure_error(values, kept) <= tolerance


@given(
    hnp.arrays(float, st.integers(2, 3000), elements=st.floats(0, 0.01)),
    st.integers(40, 400),
)
def test_a_falling_curve_gets_few_enough_steps(falls, max_steps):
    estimate = np.exp(-np.cumsum(falls))
    lines = pd.DataFrame({"time_months": np.arange(len(falls)), "estimate": estimate})
    thinned, error = thin_steps(lines, ("estimate",), max_steps=max_steps)
    assert len(thinned) <= max(max_steps, 2)
    if len(lines) <= max_steps:
        assert thinned is lines
        assert error == 0.0
    places = np.searchsorted(thinned["time_months"], lines["time_months"], side="right") - 1
    drawn = thinned["estimate"].to_numpy()[places]
    assert np.abs(drawn - estimate).max() == pytest.approx(error, abs=1e-12)


def test_a_million_steps_become_two_thousand_that_print_the_same():
    n = 1_000_000
    estimate = np.linspace(1, 0.2, n)
    lines = pd.DataFrame({"time_months": np.linspace(0, 96, n), "estimate": estimate})
    thinned, error = thin_steps(lines, ("estimate",), max_steps=2000)
    assert 1000 < len(thinned) <= 2000
    assert 0 < error <= TOLERANCE


def test_where_limits_end_is_kept():
    values = np.column_stack([np.ones(6), [1, 1, 1, np.nan, np.nan, np.nan]])
    assert select_steps(values, 0.1).tolist() == [0, 3, 5]


@given(hnp.arrays(float, st.integers(1, 500), elements=st.floats(0, 100)), st.integers(2, 80))
def test_marks_are_few_and_none_is_far_from_one_that_is_drawn(times, max_marks):
    times = np.sort(times)
    kept = select_marks(times, max_marks=max_marks)
    assert len(kept) <= max(max_marks, 1)
    assert kept[0] == 0
    if len(times) <= max_marks:
        assert len(kept) == len(times)
    nearest = np.abs(times[:, None] - times[kept][None, :]).min(axis=1)
    assert nearest.max() <= (times[-1] - times[0]) / max_marks + 1e-9
