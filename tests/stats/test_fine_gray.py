import numpy as np
import pandas as pd
import pytest
from competing_data import CASES, CAUSES, read_competing
from reference_files import read_reference

from helpers.errors import ParameterError, StatisticsError
from helpers.stats.cox import fit_cox
from helpers.stats.design import Factor, build_design, design_from_columns
from helpers.stats.fine_gray import fit_fine_gray
from helpers.stats.outcome import check_competing_outcome, check_survival_outcome


def fit(data, cause=1):
    design = design_from_columns(data.covariates.to_numpy(), list(data.covariates.columns))
    return fit_fine_gray(data.outcome, design, cause=cause)


@pytest.mark.parametrize(("name", "cause"), CASES)
def test_coefficients_and_robust_variance_equal_crr(name, cause):
    expected = read_reference("competing")[name]["fine_gray"][cause]
    model = fit(read_competing(name), CAUSES[cause])
    assert [term.name for term in model.terms] == expected["names"]
    np.testing.assert_allclose(model.coefficients, expected["coefficients"], rtol=1e-6)
    np.testing.assert_allclose(model.std_errors, expected["std_errors"], rtol=1e-7)
    np.testing.assert_allclose(model.covariance, expected["covariance"], rtol=1e-5, atol=1e-12)
    assert model.log_likelihood == pytest.approx(expected["log_likelihood"], rel=1e-10)
    assert model.log_likelihood_null == pytest.approx(expected["log_likelihood_null"], rel=1e-10)


def test_score_by_hand():
    # One event at 2 while patient 1 (competing at 1) stays at risk with weight
    # G(2-)/G(1-) = 1, patient 3 (censored at 1.5) has left: G(2-) = 2/3, so the weight is 2/3.
    outcome = check_competing_outcome([1.0, 1.5, 2.0, 3.0], [2, 0, 1, 0])
    design = design_from_columns([[1.0], [0.0], [1.0], [0.0]], ["x"])
    model = fit_fine_gray(outcome, design)
    weight = 2 / 3
    assert model.log_likelihood_null == pytest.approx(-np.log(weight + 2))
    mean = (weight + 1) / (weight + 2)
    assert model.score_test.statistic == pytest.approx((1 - mean) ** 2 / (mean * (1 - mean)))


def test_without_competing_events_it_is_the_breslow_cox_model():
    data = read_competing("ties")
    outcome = data.outcome.select(data.outcome.event_code != 2)
    rows = (data.outcome.event_code != 2).nonzero()[0]
    matrix = data.covariates.to_numpy()[rows]
    design = design_from_columns(matrix, list(data.covariates.columns))
    model = fit_fine_gray(outcome, design)
    cox = fit_cox(
        check_survival_outcome(outcome.time_months, outcome.event_code == 1),
        design,
        ties="breslow",
        robust=True,
    )
    np.testing.assert_allclose(model.coefficients, cox.coefficients, rtol=1e-7)
    np.testing.assert_allclose(model.std_errors, cox.std_errors, rtol=1e-7)
    assert model.concordance.estimate == pytest.approx(cox.concordance.estimate)


def test_censoring_only_at_the_end_keeps_competing_patients_at_risk():
    # Then the model is a Cox model in which competing events are censored after the end.
    rng = np.random.default_rng(5)
    n = 150
    time, code, x = np.ceil(rng.exponential(10, n)), rng.integers(1, 3, n), rng.normal(size=n)
    code[time > 20] = 0
    time = np.minimum(time, 20.5)
    design = design_from_columns(x[:, None], ["x"])
    model = fit_fine_gray(check_competing_outcome(time, code), design)
    moved = check_survival_outcome(np.where(code == 2, 21.0, time), code == 1)
    cox = fit_cox(moved, design, ties="breslow", robust=True)
    np.testing.assert_allclose(model.coefficients, cox.coefficients, rtol=1e-8)
    np.testing.assert_allclose(model.std_errors, cox.std_errors, rtol=1e-8)


def test_scale_and_origin_of_a_covariate():
    data = read_competing("mgus2")
    model = fit(data)
    matrix = data.covariates.to_numpy() * [365.25, 1, 0.01, 1] + [2000, 0, 0, -7]
    design = design_from_columns(matrix, list(data.covariates.columns))
    other = fit_fine_gray(data.outcome, design)
    np.testing.assert_allclose(other.coefficients * [365.25, 1, 0.01, 1], model.coefficients)
    np.testing.assert_allclose(other.z, model.z)
    assert other.log_likelihood == pytest.approx(model.log_likelihood)


def test_rows_of_a_factor_with_its_reference():
    data = read_competing("ties")
    frame = pd.DataFrame({"arm": data.group})
    model = fit_fine_gray(data.outcome, build_design(frame, [Factor("arm", ("b", "a", "c"))]))
    rows = model.level_estimates()
    assert [row.level for row in rows] == ["b", "a", "c"]
    assert (rows[0].is_reference, rows[0].hazard_ratio, rows[0].ci_lower) == (True, 1.0, None)
    events = data.group[data.outcome.event_code == 1].value_counts()
    assert [row.n_events for row in rows] == [events["b"], events["a"], events["c"]]
    assert [row.n for row in rows] == data.group.value_counts()[["b", "a", "c"]].tolist()
    assert model.factor_tests["arm"].df == 2
    assert model.factor_tests["arm"].statistic == pytest.approx(model.wald_test.statistic)
    assert (model.method, model.ties, model.is_robust) == ("Fine-Gray", "breslow", True)


def test_level_without_events_is_said_to_have_no_finite_estimate():
    data = read_competing("ties")
    code = np.where(
        (data.group == "c") & (data.outcome.event_code == 1), 0, data.outcome.event_code
    )
    outcome = check_competing_outcome(data.outcome.time_months, code)
    frame = pd.DataFrame({"arm": data.group})
    model = fit_fine_gray(outcome, build_design(frame, [Factor("arm", ("a", "b", "c"))]))
    assert model.infinite.tolist() == [False, True]
    assert model.estimate_of("arm", "c").hazard_ratio is None
    assert any("no finite estimate" in warning for warning in model.warnings)


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"x": [1.0] * 6}, "'x' must vary, but was 1 in all 6 records"),
        (
            {"x": [1.0, 0, 1, 0, 1, 1], "y": [0, 1.0, 0, 1, 0, 0]},
            r"'y' must not be determined by other covariates, but was .*\['x'\]",
        ),
    ],
)
def test_covariates_without_an_estimate_are_refused(columns, message):
    outcome = check_competing_outcome([1, 2, 3, 4, 5, 6], [1, 2, 0, 1, 2, 1])
    design = design_from_columns(np.column_stack(list(columns.values())), list(columns))
    with pytest.raises(StatisticsError, match=message):
        fit_fine_gray(outcome, design)


def test_cause_and_length_are_checked():
    outcome = check_competing_outcome([1, 2, 3, 4], [2, 0, 2, 2])
    with pytest.raises(StatisticsError, match="at least one event, but was 1"):
        fit_fine_gray(outcome, design_from_columns([[0], [1], [0], [1]], ["x"]))
    with pytest.raises(StatisticsError, match="design must have a row for each of 4 records"):
        fit_fine_gray(outcome, design_from_columns([[0], [1]], ["x"]), cause=2)
    with pytest.raises(ParameterError, match="cause must be a whole number above zero"):
        fit_fine_gray(outcome, design_from_columns([[0], [1], [0], [1]], ["x"]), cause=-1)
