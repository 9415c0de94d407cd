import numpy as np
import pandas as pd
import pytest
from reference_files import read_data

from helpers.errors import ParameterError, StatisticsError
from helpers.stats.bootstrap_result import make_bootstrap_result
from helpers.stats.cox import fit_cox
from helpers.stats.design import design_from_columns
from helpers.stats.outcome import check_survival_outcome
from helpers.stats.quantiles import estimate_quantile
from helpers.stats.resampling import (
    bootstrap_cox,
    bootstrap_medians,
    bootstrap_restricted_means,
)
from helpers.stats.resampling_core import BLOCK_SIZE, draw_counts, run_replicates
from helpers.stats.restricted_mean import estimate_restricted_mean
from helpers.stats.survival import estimate_kaplan_meier


def everyone(n):
    return np.zeros(n, dtype=np.intp)


def resampled_rows(n, n_replicates, seed, strata=None):
    """Rows of each resample, by the counts that the seed gives."""
    codes = everyone(n) if strata is None else strata
    counts = run_replicates(lambda c: c.astype(float), codes, n_replicates=n_replicates, seed=seed)
    return [np.repeat(np.arange(n), row.astype(int)) for row in counts]


@pytest.fixture(scope="module")
def lung():
    data = read_data("lung")[["time", "status", "sex", "age", "ph_ecog", "wt_loss"]].dropna()
    data = data.reset_index(drop=True)
    outcome = check_survival_outcome(np.ceil(data.time / 30), data.status == 2)
    matrix = np.column_stack([data.sex == 2, data.age, data.ph_ecog >= 2, data.wt_loss]).astype(
        float
    )
    return data, outcome, design_from_columns(matrix, ["female", "age", "ecog_2", "wt_loss"])


# --- the core -------------------------------------------------------------------------------


def test_counts_add_up_within_strata():
    strata = np.array([0, 1, 0, 1, 1, 2, 0])
    counts = draw_counts(np.random.default_rng(3), strata, 50)
    for code, size in ((0, 3), (1, 3), (2, 1)):
        assert (counts[:, strata == code].sum(axis=1) == size).all()
    assert counts.min() == 0
    assert counts.max() == 3


def test_each_patient_is_drawn_once_on_average():
    counts = draw_counts(np.random.default_rng(3), everyone(20), 5000)
    # standard error of a mean count: sqrt(19 / 20 / 5000) = 0.014
    np.testing.assert_allclose(counts.mean(axis=0), 1.0, atol=0.06)
    np.testing.assert_allclose(counts.var(axis=0), 19 / 20, atol=0.1)


def test_replicates_do_not_depend_on_workers_or_on_how_many_follow():
    n = 37
    weights = np.random.default_rng(0).normal(size=n)

    def replicate(**options):
        return run_replicates(lambda c: (c @ weights)[:, None], everyone(n), seed=11, **options)

    alone = replicate(n_replicates=2 * BLOCK_SIZE + 17)
    shared = replicate(n_replicates=2 * BLOCK_SIZE + 17, n_workers=3)
    longer = replicate(n_replicates=3 * BLOCK_SIZE)
    np.testing.assert_array_equal(alone, shared)
    np.testing.assert_array_equal(alone, longer[: len(alone)])
    assert len(np.unique(alone)) > 0.99 * len(alone)
    other = run_replicates(
        lambda c: (c @ weights)[:, None], everyone(n), seed=12, n_replicates=len(alone)
    )
    assert not np.isin(alone, other).any()


# --- curves ---------------------------------------------------------------------------------


@pytest.mark.parametrize("q", [0.25, 0.5, 0.9])
def test_quantiles_are_those_of_the_repeated_rows(lung, q):
    _, outcome, _ = lung
    result = bootstrap_medians(outcome, q=q, n_replicates=60, seed=5)
    expected = [
        estimate_quantile(estimate_kaplan_meier(outcome.select(rows)), q).estimate
        for rows in resampled_rows(outcome.n_subjects, 60, 5)
    ]
    expected = [np.inf if value is None else value for value in expected]
    np.testing.assert_array_equal(result.replicates[:, 0], expected)
    assert result.n_not_reached == np.isinf(expected).sum()
    assert result.estimates[0] == estimate_quantile(estimate_kaplan_meier(outcome), q).estimate


def test_middle_of_a_flat_piece_at_one_half():
    outcome = check_survival_outcome([1, 2, 3, 4], [1, 1, 1, 1])
    result = bootstrap_medians(outcome, n_replicates=500, seed=1)
    assert result.estimates.tolist() == [2.5]
    rows = resampled_rows(4, 500, 1)
    medians = [np.median(outcome.time_months[row]) for row in rows]
    np.testing.assert_array_equal(result.replicates[:, 0], medians)


def test_restricted_means_are_those_of_the_repeated_rows(lung):
    _, outcome, _ = lung
    result = bootstrap_restricted_means(outcome, horizon_months=20, n_replicates=60, seed=5)
    expected = [
        estimate_restricted_mean(estimate_kaplan_meier(outcome.select(rows)), 20).estimate
        for rows in resampled_rows(outcome.n_subjects, 60, 5)
    ]
    np.testing.assert_allclose(result.replicates[:, 0], expected, rtol=1e-12)


def test_curve_of_a_resample_that_ends_early_is_flat_to_the_horizon():
    outcome = check_survival_outcome([1, 2, 10], [1, 0, 0])
    result = bootstrap_restricted_means(outcome, horizon_months=10, n_replicates=200, seed=2)
    rows = resampled_rows(3, 200, 2)
    deaths = np.array([(row == 0).sum() for row in rows])
    np.testing.assert_allclose(result.replicates[:, 0], 1 + (1 - deaths / 3) * 9)


def test_groups_keep_their_sizes_and_their_own_curves(lung):
    data, outcome, _ = lung
    group = data.sex.map({1: "male", 2: "female"})
    result = bootstrap_medians(outcome, group, n_replicates=40, seed=8)
    assert result.names == ("female", "male")
    codes = (group == "male").to_numpy().astype(int)
    for replicate, rows in zip(
        result.replicates, resampled_rows(len(group), 40, 8, codes), strict=True
    ):
        for column, code in enumerate((0, 1)):
            curve = estimate_kaplan_meier(outcome.select(rows[codes[rows] == code]))
            assert replicate[column] == estimate_quantile(curve).estimate


def test_patients_without_a_group_are_left_out(lung):
    data, outcome, _ = lung
    group = pd.Series(np.where(data.sex == 2, "female", None), dtype=object)
    result = bootstrap_medians(outcome, group, n_replicates=5)
    assert result.n_subjects == int((data.sex == 2).sum())
    assert result.names == ("female",)


# --- Cox ------------------------------------------------------------------------------------


@pytest.mark.parametrize("ties", ["efron", "breslow"])
def test_coefficients_are_those_of_the_repeated_rows(lung, ties):
    _, outcome, design = lung
    result = bootstrap_cox(outcome, design, ties=ties, n_replicates=25, seed=3)
    for replicate, rows in zip(
        result.replicates, resampled_rows(outcome.n_subjects, 25, 3), strict=True
    ):
        fit = fit_cox(outcome.select(rows), design.take(rows), ties=ties)
        np.testing.assert_allclose(replicate, fit.coefficients, rtol=1e-7, atol=1e-9)
    np.testing.assert_allclose(
        result.estimates, fit_cox(outcome, design, ties=ties).coefficients, rtol=1e-12
    )
    assert result.names == design.names


def test_cox_replicates_do_not_depend_on_workers(lung):
    _, outcome, design = lung
    options = {"n_replicates": 2 * BLOCK_SIZE + 30, "seed": 4}
    alone = bootstrap_cox(outcome, design, **options)
    shared = bootstrap_cox(outcome, design, **options, n_workers=2)
    np.testing.assert_array_equal(alone.replicates, shared.replicates)


def test_bootstrap_error_is_near_the_robust_one(lung):
    _, outcome, design = lung
    result = bootstrap_cox(outcome, design, n_replicates=1000, seed=1, n_workers=2)
    robust = fit_cox(outcome, design, robust=True)
    np.testing.assert_allclose(result.replicates.std(axis=0, ddof=1), robust.std_errors, rtol=0.15)


def test_resamples_without_an_estimate_are_counted():
    rng = np.random.default_rng(6)
    rare = np.zeros(60)
    rare[:2] = 1.0
    outcome = check_survival_outcome(rng.exponential(size=60), np.r_[1, 0, rng.integers(0, 2, 58)])
    common = rng.integers(0, 2, 60)
    design = design_from_columns(np.column_stack([rare, common]), ["rare", "common"])
    result = bootstrap_cox(outcome, design, n_replicates=300, seed=2)
    rows = resampled_rows(60, 300, 2)
    # without patient 0 the rare level has no event
    hopeless = sum(0 not in row for row in rows)
    assert hopeless <= result.n_failed <= hopeless + 5
    assert np.isnan(result.replicates).any(axis=1).sum() == result.n_failed
    assert any("no finite estimate" in warning for warning in result.warnings)
    assert result.intervals()[1].n_replicates == 300 - result.n_failed


def test_model_without_an_estimate_is_refused():
    outcome = check_survival_outcome(np.arange(1.0, 41), np.tile([1, 1, 1, 0], 10))
    separated = np.tile([0.0, 0, 0, 1], 10)
    with pytest.raises(StatisticsError, match=r"finite estimate .* without for \['x'\]"):
        bootstrap_cox(outcome, design_from_columns(separated[:, None], ["x"]))


def test_strata_keep_their_sizes(lung):
    data, outcome, design = lung
    result = bootstrap_cox(outcome, design, strata=data.sex, n_replicates=10, seed=3)
    codes = (data.sex == 2).to_numpy().astype(int)
    rows = resampled_rows(outcome.n_subjects, 10, 3, codes)[4]
    fit = fit_cox(outcome.select(rows), design.take(rows))
    np.testing.assert_allclose(result.replicates[4], fit.coefficients, rtol=1e-7)
    with pytest.raises(StatisticsError, match="strata must be complete"):
        bootstrap_cox(outcome, design, strata=data.sex.where(data.sex == 2))


# --- intervals ------------------------------------------------------------------------------


def result_of(values, estimate):
    return make_bootstrap_result(
        "statistic",
        ("a",),
        np.array([estimate]),
        np.array(values, dtype=float)[:, None],
        n_subjects=10,
        n_events=5,
        seed=0,
    )


def test_percentile_and_basic_intervals_by_hand():
    # 39 replicates 1..39: the 2.5 and 97.5 % points are at ranks 1 and 39.
    result = result_of(np.random.default_rng(0).permutation(np.arange(1, 40)), 15.0)
    (percentile,) = result.intervals()
    assert (percentile.ci_lower, percentile.ci_upper) == pytest.approx((1.0, 39.0))
    (basic,) = result.intervals(method="basic")
    assert (basic.ci_lower, basic.ci_upper) == pytest.approx((30.0 - 39.0, 30.0 - 1.0))
    (half,) = result.intervals(conf_level=0.5)
    assert (half.ci_lower, half.ci_upper) == pytest.approx((10.0, 30.0))
    (between,) = result.intervals(conf_level=0.93)
    assert (between.ci_lower, between.ci_upper) == pytest.approx((1.4, 38.6))


def test_normal_interval_by_hand():
    (interval,) = result_of([1.0, 2.0, 3.0, 6.0], 2.5).intervals(method="normal")
    error = np.sqrt((4 + 1 + 0 + 9) / 3)
    assert interval.std_error == pytest.approx(error)
    assert interval.ci_lower == pytest.approx(2 * 2.5 - 3.0 - 1.959963984540054 * error)
    assert interval.ci_upper == pytest.approx(2 * 2.5 - 3.0 + 1.959963984540054 * error)


def test_a_limit_that_is_not_reached_is_none():
    result = result_of([*range(1, 31), *[np.inf] * 9], np.inf)
    (percentile,) = result.intervals()
    assert (percentile.estimate, percentile.ci_lower, percentile.ci_upper) == (None, 1.0, None)
    assert percentile.std_error is None
    assert percentile.n_replicates == 39
    assert result.n_not_reached == 9
    for method in ("basic", "normal"):
        (interval,) = result.intervals(method=method)
        assert (interval.ci_lower, interval.ci_upper) == (None, None)


def test_failed_fits_are_left_out_of_intervals():
    (interval,) = result_of([np.nan, 1.0, 2.0, 3.0, np.nan], 2.0).intervals(conf_level=0.5)
    assert interval.n_replicates == 3
    assert (interval.ci_lower, interval.ci_upper) == pytest.approx((1.0, 3.0))
    (none,) = result_of([np.nan, np.nan], 2.0).intervals()
    assert (none.ci_lower, none.ci_upper, none.std_error, none.n_replicates) == (
        None,
        None,
        None,
        0,
    )


# --- guards ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"n_replicates": 0}, "n_replicates must be a whole number of at least 1, but was 0"),
        ({"n_replicates": 10.5}, "n_replicates must be a whole number .* but was 10.5"),
        ({"seed": -1}, "seed must be a whole number of at least 0, but was -1"),
        ({"n_workers": True}, "n_workers must be a whole number of at least 1, but was True"),
        ({"q": 50}, "q must be between 0 and 1, but was 50"),
    ],
)
def test_numbers_out_of_their_domain(options, message):
    outcome = check_survival_outcome([1, 2, 3], [1, 0, 1])
    with pytest.raises(ParameterError, match=message):
        bootstrap_medians(outcome, **options)


def test_other_arguments_out_of_their_domain(lung):
    _, outcome, design = lung
    with pytest.raises(ParameterError, match="ties must be"):
        bootstrap_cox(outcome, design, ties="exact")
    with pytest.raises(ParameterError, match="horizon_months must be above 0, but was 0"):
        bootstrap_restricted_means(outcome, horizon_months=0)
    with pytest.raises(ParameterError, match=r"method must be one of .*, but was 'bca'"):
        bootstrap_medians(outcome, n_replicates=5).intervals(method="bca")
    with pytest.raises(ParameterError, match="conf_level must be between 0 and 1"):
        bootstrap_medians(outcome, n_replicates=5).intervals(conf_level=95)


def test_horizon_after_follow_up_is_refused():
    outcome = check_survival_outcome([1, 2, 3, 9], [1, 0, 0, 0])
    with pytest.raises(StatisticsError, match=r"within the follow-up .* 9\.5 with a last .* at 9;"):
        bootstrap_restricted_means(outcome, horizon_months=9.5)


@pytest.mark.parametrize(
    ("extra", "word"), [({"weights": [1, 2, 1]}, "weights"), ({"entry": [0, 1, 1]}, "entry times")]
)
def test_weights_and_entry_times_are_refused(extra, word):
    outcome = check_survival_outcome([1, 2, 3], [1, 0, 1], **extra)
    with pytest.raises(StatisticsError, match=f"without {word} to be resampled"):
        bootstrap_medians(outcome)
    with pytest.raises(StatisticsError, match=f"without {word} to be resampled"):
        bootstrap_cox(outcome, design_from_columns([[0], [1], [1]], ["x"]))
