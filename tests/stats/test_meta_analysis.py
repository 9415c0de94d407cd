"""Random-effects meta-analysis against R's metafor, by hand, and at its edges."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from reference_files import read_reference

from helpers.errors import ParameterError, StatisticsError
from helpers.stats.meta_analysis import combine_estimates

CASES = read_reference("meta_analysis")["cases"]
NUMBERS = (
    "estimate",
    "std_error",
    "ci_lower",
    "ci_upper",
    "p_value",
    "tau2",
    "fixed_estimate",
    "fixed_std_error",
    "fixed_ci_lower",
    "fixed_ci_upper",
    "q",
    "q_p_value",
    "prediction_lower",
    "prediction_upper",
)


@pytest.mark.parametrize("name", CASES)
def test_numbers_are_those_of_metafor(name: str) -> None:
    case: dict[str, Any] = CASES[name]
    found = combine_estimates(case["estimates"], case["std_errors"], conf_level=case["conf_level"])
    for number in NUMBERS:
        assert getattr(found, number) == pytest.approx(case[number], rel=1e-6, abs=1e-12), number
    assert found.weights == pytest.approx(case["weights"], rel=1e-6)


def test_equal_standard_errors_by_hand() -> None:
    """With one variance the mean is plain and tau2 is the sample variance less it."""
    found = combine_estimates([0.0, 0.4, 1.1], [0.2, 0.2, 0.2])
    variance = np.var([0.0, 0.4, 1.1], ddof=1)
    assert found.estimate == pytest.approx(0.5)
    assert found.tau2 == pytest.approx(variance - 0.04)
    assert found.std_error == pytest.approx(math.sqrt(variance / 3))
    assert found.i2 == pytest.approx(1 - 2 / found.q)


def test_two_centres_give_a_wide_interval_and_no_prediction() -> None:
    found = combine_estimates([0.2, 0.6], [0.2, 0.2])
    assert found.ci_upper - found.estimate == pytest.approx(12.7062047 * 0.2, rel=1e-6)
    assert found.prediction_lower is None
    assert found.prediction_upper is None


def test_like_centres_have_no_variance_between_them() -> None:
    found = combine_estimates([0.5, 0.5, 0.5], [0.1, 0.2, 0.3])
    assert (found.tau2, found.i2, found.std_error) == pytest.approx((0, 0, 0), abs=1e-12)
    assert found.fixed_std_error > 0


@pytest.mark.parametrize(
    ("estimates", "errors", "match"),
    [
        ([0.1], [0.1], "2 or more"),
        ([0.1, 0.2], [0.1], "one length"),
        ([0.1, math.inf], [0.1, 0.1], "finite"),
        ([0.1, 0.2], [0.1, 0.0], "above 0"),
    ],
)
def test_wrong_numbers_are_refused(estimates: list, errors: list, match: str) -> None:
    with pytest.raises(StatisticsError, match=match):
        combine_estimates(estimates, errors)


def test_confidence_level_has_a_domain() -> None:
    with pytest.raises(ParameterError, match="conf_level"):
        combine_estimates([0.1, 0.2], [0.1, 0.1], conf_level=95)


@given(
    st.lists(st.tuples(st.floats(-3, 3), st.floats(0.05, 2)), min_size=3, max_size=12, unique=True),
    st.floats(-2, 2),
)
def test_shift_moves_the_mean_alone(pairs: list[tuple[float, float]], shift: float) -> None:
    effects, errors = map(np.array, zip(*pairs, strict=True))
    first, moved = combine_estimates(effects, errors), combine_estimates(effects + shift, errors)
    assert moved.estimate == pytest.approx(first.estimate + shift, abs=1e-7)
    assert moved.tau2 == pytest.approx(first.tau2, abs=1e-7)
    assert effects.min() - 1e-9 <= first.estimate <= effects.max() + 1e-9


def test_tau2_solves_its_equation() -> None:
    """The case in which statsmodels' own iteration ends in 0."""
    effects = np.log([2.28, 0.588, 1.0])
    errors = np.array([0.26, 0.42, 0.5])
    found = combine_estimates(effects, errors)
    weights = 1 / (errors**2 + found.tau2)
    assert found.tau2 > 0
    assert weights @ (effects - found.estimate) ** 2 == pytest.approx(2)
