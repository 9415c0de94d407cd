"""Tests of proportional hazards and residuals: by hand, power, and errors."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose

from helpers.errors import ParameterError, StatisticsError
from helpers.stats import cox_residuals, diagnostics
from helpers.stats.cox import fit_cox
from helpers.stats.design import design_from_columns
from helpers.stats.outcome import check_survival_outcome


def make_fit(n=300, *, effect_after=0.0, seed=3):
    """Fit a group whose log hazard ratio is 1 up to time 1 and `effect_after` later."""
    rng = np.random.default_rng(seed)
    group = rng.integers(0, 2, n).astype(float)
    budget = rng.exponential(size=n)
    early, late = np.exp(group), np.exp(effect_after * group)
    time = np.where(budget < early, budget / early, 1 + (budget - early) / late)
    outcome = check_survival_outcome(np.round(np.minimum(time, 3.0), 3) + 0.001, time < 3.0)
    return fit_cox(outcome, design_from_columns(group[:, None], ["group"]))


def test_schoenfeld_residuals_by_hand():
    # Breslow: means at 1, 6 and 9 are r/(r+1), r/(r+3) and 0
    outcome = check_survival_outcome([1, 1, 6, 6, 8, 9], [1, 0, 1, 1, 0, 1])
    design = design_from_columns([[1.0], [1], [1], [0], [0], [0]], ["x"])
    residuals = diagnostics.compute_schoenfeld_residuals(fit_cox(outcome, design, ties="breslow"))
    r = (3 + np.sqrt(33)) / 2
    assert_allclose(
        residuals.raw[:, 0],
        [1 - r / (r + 1), 1 - r / (r + 3), -r / (r + 3), 0],
        rtol=1e-8,
        atol=1e-12,
    )
    assert residuals.time_months.tolist() == [1, 6, 6, 9]
    assert residuals.record.tolist() == [0, 2, 3, 5]
    information = r / (r + 1) ** 2 + 6 * r / (r + 3) ** 2
    assert_allclose(
        residuals.scaled[:, 0],
        residuals.raw[:, 0] * 4 / information + np.log(r),
        rtol=1e-8,
    )


def test_schoenfeld_residuals_sum_to_zero():
    assert diagnostics.compute_schoenfeld_residuals(make_fit()).raw.sum() == pytest.approx(
        0, abs=1e-8
    )


@pytest.mark.parametrize("transform", diagnostics.TRANSFORMS)
def test_sees_an_effect_that_fades(transform):
    fades = diagnostics.test_proportional_hazards(make_fit(600, effect_after=-1.0), transform)
    stays = diagnostics.test_proportional_hazards(make_fit(600, effect_after=1.0), transform)
    assert fades.global_test.p_value < 0.001
    assert stays.global_test.p_value > 0.05
    assert fades.factor_tests["group"].statistic == pytest.approx(fades.global_test.statistic)
    assert fades.transform == transform


def test_rank_is_the_mean_rank_among_all_records():
    outcome = check_survival_outcome([1, 2, 2, 3, 5], [1, 0, 1, 1, 1])
    fit = fit_cox(outcome, design_from_columns([[0.0], [1], [1], [0], [1]], ["x"]))
    test = diagnostics.test_proportional_hazards(fit, "rank")
    assert test.transformed_time.tolist() == [1, 2.5, 4, 5]
    km = diagnostics.test_proportional_hazards(fit, "km")
    assert_allclose(km.transformed_time, [0, 0.2, 0.4, 0.7], atol=1e-12)


def test_residuals_sum_to_zero_within_strata():
    fit = make_fit()
    assert cox_residuals.compute_martingale_residuals(fit).sum() == pytest.approx(0, abs=1e-8)
    assert cox_residuals.compute_score_residuals(fit).sum() == pytest.approx(0, abs=1e-6)


def test_dfbeta_is_about_the_change_without_the_record():
    fit = make_fit(80)
    change = cox_residuals.compute_dfbeta(fit)[:, 0]
    worst = int(np.abs(change).argmax())
    rows = np.delete(np.arange(80), worst)
    without = fit_cox(fit.outcome.select(rows), fit.design.take(rows))
    moved = fit.coefficients[0] - without.coefficients[0]
    assert change[worst] == pytest.approx(moved, rel=0.2)


def test_one_event_time_has_no_trend():
    outcome = check_survival_outcome([2, 2, 2, 3, 3, 3], [1, 1, 0, 0, 0, 0])
    fit = fit_cox(outcome, design_from_columns([[1.0], [0], [1], [0], [1], [0]], ["x"]))
    test = diagnostics.test_proportional_hazards(fit)
    assert (test.global_test.statistic, test.global_test.p_value) == (0.0, 1.0)


def test_errors():
    fit = make_fit(50)
    with pytest.raises(ParameterError, match="transform must be one of"):
        diagnostics.test_proportional_hazards(fit, "square")
    at_zero = check_survival_outcome([0, 1, 2, 3], [1, 1, 1, 1])
    design = design_from_columns([[1.0], [0], [1], [0]], ["x"])
    with pytest.raises(StatisticsError, match="must be above zero for the transform 'log'"):
        diagnostics.test_proportional_hazards(fit_cox(at_zero, design), "log")
    separated = fit_cox(
        check_survival_outcome([1, 2, 3, 4], [1, 1, 0, 0]),
        design_from_columns([[1.0], [1], [0], [0]], ["x"]),
    )
    with pytest.raises(StatisticsError, match=r"without an estimate for \['x'\]"):
        diagnostics.test_proportional_hazards(separated)
