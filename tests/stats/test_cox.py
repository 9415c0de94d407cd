"""Cox models: cases worked by hand, invariants, guards and errors."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from lifelines import CoxPHFitter
from numpy.testing import assert_allclose
from reference_files import read_data

from helpers.errors import ParameterError, StatisticsError
from helpers.stats import cox_residuals
from helpers.stats.cox import fit_cox
from helpers.stats.design import Factor, build_design, design_from_columns
from helpers.stats.outcome import check_survival_outcome

# Six subjects of Therneau and Grambsch, Modeling survival data, appendix E.
TIME = np.array([1, 1, 6, 6, 8, 9])
EVENT = np.array([1, 0, 1, 1, 0, 1])
X = np.array([1.0, 1, 1, 0, 0, 0])


def fit_six(ties="efron", **options):
    outcome = check_survival_outcome(TIME, EVENT)
    return fit_cox(outcome, design_from_columns(X[:, None], ["x"]), ties=ties, **options)


def make_data(n=120, seed=5):
    rng = np.random.default_rng(seed)
    matrix = np.column_stack([rng.integers(0, 2, n), rng.normal(60, 10, n), rng.normal(size=n)])
    time = np.ceil(12 * rng.exponential(size=n) * np.exp(-0.5 * matrix[:, 0]))
    return time, rng.random(n) < 0.7, design_from_columns(matrix, ["a", "b", "c"])


class TestByHand:
    def test_breslow(self):
        fit = fit_six("breslow")
        r = (3 + math.sqrt(33)) / 2  # root of 2 = r/(r+1) + 2r/(r+3)
        assert fit.coefficients[0] == pytest.approx(math.log(r), rel=1e-9)
        information = r / (r + 1) ** 2 + 6 * r / (r + 3) ** 2
        assert fit.std_errors[0] == pytest.approx(information**-0.5, rel=1e-9)
        assert fit.log_likelihood_null == pytest.approx(-math.log(6) - 2 * math.log(4))
        full = 2 * math.log(r) - math.log(3 * r + 3) - 2 * math.log(r + 3)
        assert fit.log_likelihood == pytest.approx(full, rel=1e-12)
        assert fit.score_test.statistic == pytest.approx(8 / 5, rel=1e-12)

    def test_efron(self):
        fit = fit_six()
        r = max(np.roots([1, 0, -23, -30]).real)  # 2 = r/(r+1) + r/(r+3) + r/(r+5)
        assert fit.coefficients[0] == pytest.approx(math.log(r), rel=1e-9)
        assert fit.log_likelihood_null == pytest.approx(-math.log(6 * 4 * 3))
        assert fit.score_test.statistic == pytest.approx(169 / 83, rel=1e-12)
        assert fit.lr_test.statistic == pytest.approx(
            2 * (fit.log_likelihood - fit.log_likelihood_null)
        )

    def test_breslow_baseline_and_martingale(self):
        fit = fit_six("breslow")
        r = (3 + math.sqrt(33)) / 2
        steps = np.array([1 / (3 * r + 3), 2 / (r + 3), 1.0])
        baseline = cox_residuals.estimate_baseline_hazard(fit)
        assert baseline.time_months.tolist() == [1, 6, 9]
        assert_allclose(baseline.hazard, np.cumsum(steps), rtol=1e-9)
        treated = cox_residuals.estimate_baseline_hazard(fit, [1.0])
        assert_allclose(treated.survival, np.exp(-r * np.cumsum(steps)), rtol=1e-9)
        h = np.cumsum(steps)
        expected = [r * h[0], r * h[0], r * h[1], h[1], h[1], h[2]]
        martingale = cox_residuals.compute_martingale_residuals(fit)
        assert_allclose(martingale, EVENT - expected, rtol=1e-8)

    def test_interval_and_test_of_one_coefficient(self):
        fit = fit_six(conf_level=0.9)
        b, se = fit.coefficients[0], fit.std_errors[0]
        assert fit.ci_upper[0] == pytest.approx(math.exp(b + 1.6448536269514722 * se))
        assert fit.p_values[0] == pytest.approx(math.erfc(b / se / math.sqrt(2)))
        assert fit.wald_test.statistic == pytest.approx((b / se) ** 2)
        assert fit.factor_tests["x"].p_value == pytest.approx(fit.p_values[0])
        assert fit.aic == pytest.approx(2 - 2 * fit.log_likelihood)


class TestInvariants:
    def test_late_entry_in_pieces_is_the_same_fit(self):
        time, event, design = make_data()
        whole = fit_cox(check_survival_outcome(time, event), design)
        long = time > 7
        pieces = check_survival_outcome(
            np.concatenate([np.minimum(time, 7), time[long]]),
            np.concatenate([event & ~long, event[long]]),
            entry=np.concatenate([np.zeros(len(time)), np.full(long.sum(), 7.0)]),
        )
        rows = np.concatenate([np.arange(len(time)), np.flatnonzero(long)])
        split = fit_cox(pieces, design.take(rows))
        assert_allclose(split.coefficients, whole.coefficients, rtol=1e-9)
        assert_allclose(split.covariance, whole.covariance, rtol=1e-8)
        assert split.log_likelihood == pytest.approx(whole.log_likelihood, rel=1e-12)

    def test_whole_weights_are_copies_under_breslow(self):
        time, event, design = make_data()
        weights = np.resize([1, 3, 2], len(time))
        weighted = check_survival_outcome(time, event, weights=weights)
        rows = np.repeat(np.arange(len(time)), weights)
        copied = check_survival_outcome(time[rows], event[rows])
        a = fit_cox(weighted, design, ties="breslow")
        b = fit_cox(copied, design.take(rows), ties="breslow")
        assert_allclose(a.coefficients, b.coefficients, rtol=1e-9)
        assert_allclose(a.covariance, b.covariance, rtol=1e-8)

    def test_strata_add_their_likelihoods(self):
        time, event, design = make_data()
        group = np.arange(len(time)) % 2
        one = design_from_columns(design.matrix[:, :1], ["a"])
        both = fit_cox(check_survival_outcome(time, event), one, strata=group)
        parts = [
            fit_cox(
                check_survival_outcome(time[group == g], event[group == g]), one.take(group == g)
            )
            for g in (0, 1)
        ]
        null = sum(part.log_likelihood_null for part in parts)
        assert both.log_likelihood_null == pytest.approx(null, rel=1e-12)
        assert both.log_likelihood < sum(part.log_likelihood for part in parts)

    def test_units_and_origins_of_covariates_do_not_matter(self):
        time, event, design = make_data()
        outcome = check_survival_outcome(time, event)
        moved = design_from_columns(
            design.matrix * [1, 1e-6, 1e6] + [2000, 3, -1e7], ["a", "b", "c"]
        )
        a, b = fit_cox(outcome, design), fit_cox(outcome, moved)
        assert_allclose(b.coefficients * [1, 1e-6, 1e6], a.coefficients, rtol=1e-6)
        assert b.log_likelihood == pytest.approx(a.log_likelihood, rel=1e-12)

    def test_order_of_records_does_not_matter(self):
        time, event, design = make_data()
        order = np.random.default_rng(1).permutation(len(time))
        a = fit_cox(check_survival_outcome(time, event), design, robust=True)
        b = fit_cox(
            check_survival_outcome(time[order], event[order]), design.take(order), robust=True
        )
        assert_allclose(a.coefficients, b.coefficients, rtol=1e-10)
        assert_allclose(a.covariance, b.covariance, rtol=1e-9)

    def test_a_cluster_for_each_record_is_the_robust_variance(self):
        time, event, design = make_data()
        outcome = check_survival_outcome(time, event)
        a = fit_cox(outcome, design, robust=True)
        b = fit_cox(outcome, design, cluster=[f"patient {i}" for i in range(len(time))])
        assert_allclose(a.covariance, b.covariance, rtol=1e-12)
        assert a.is_robust
        assert not np.allclose(a.covariance, a.model_covariance)

    @pytest.mark.parametrize("ties", ["efron", "breslow"])
    def test_weight_zero_is_absence(self, ties):
        time, event, design = make_data()
        weights = np.resize([1.0, 0.0, 2.0], len(time))
        kept = weights > 0
        a = fit_cox(check_survival_outcome(time, event, weights=weights), design, ties=ties)
        without = check_survival_outcome(time[kept], event[kept], weights=weights[kept])
        b = fit_cox(without, design.take(kept), ties=ties)
        assert_allclose(a.coefficients, b.coefficients, rtol=1e-9)
        assert_allclose(a.covariance, b.covariance, rtol=1e-8)

    def test_fewer_clusters_than_coefficients(self):
        time, event, design = make_data()
        fit = fit_cox(check_survival_outcome(time, event), design, cluster=np.arange(120) % 2)
        assert fit.robust_score_test.df < 3
        assert np.isfinite(fit.robust_score_test.p_value)

    def test_many_chunks_give_the_sums_of_one(self):
        time, event, design = make_data(30_000, seed=8)
        fit = fit_cox(check_survival_outcome(time, event), design)
        X = design.matrix - design.matrix.mean(axis=0)
        eta = X @ fit.coefficients
        risk, score = np.exp(eta), np.zeros(3)
        for t in np.unique(time[event]):
            tied, at_risk = event & (time == t), time >= t
            d = tied.sum()
            score += X[tied].sum(axis=0)
            for share in np.arange(d) / d:
                w = risk * at_risk - share * risk * tied
                score -= w @ X / w.sum()
        assert_allclose(score * fit.std_errors, 0.0, atol=1e-6)


@pytest.mark.parametrize("n_strata", [1, 3])
def test_lifelines_has_the_same_estimates(n_strata):
    time, event, design = make_data(150)
    frame = pd.DataFrame(design.matrix, columns=list(design.names))
    frame = frame.assign(time=time, event=event, stratum=np.arange(len(time)) % n_strata)
    strata = ["stratum"] if n_strata > 1 else None
    if strata is None:
        frame = frame.drop(columns="stratum")
    theirs = CoxPHFitter().fit(
        frame, "time", "event", strata=strata, fit_options={"precision": 1e-10}
    )
    ours = fit_cox(
        check_survival_outcome(time, event), design, strata=np.arange(len(time)) % n_strata
    )
    assert_allclose(ours.coefficients, theirs.params_.to_numpy(), rtol=1e-6)
    assert_allclose(ours.std_errors, theirs.standard_errors_.to_numpy(), rtol=1e-6)
    assert ours.log_likelihood == pytest.approx(theirs.log_likelihood_, rel=1e-9)


class TestRows:
    def test_levels_with_reference_and_counts(self):
        frame = pd.DataFrame({"arm": list("abcabcabcabc"), "age": np.arange(12.0) % 5})
        outcome = check_survival_outcome(np.arange(1, 13), [1, 1, 0] * 4)
        fit = fit_cox(
            outcome, build_design(frame, [Factor("age"), Factor("arm", tuple("abc"), "b")])
        )
        rows = fit.level_estimates()
        assert [(row.factor, row.level) for row in rows] == [
            ("age", None), ("arm", "a"), ("arm", "b"), ("arm", "c")
        ]  # fmt: skip
        assert [(row.n, row.n_events) for row in rows] == [(12, 8), (4, 4), (4, 4), (4, 0)]
        reference = fit.estimate_of("arm", "b")
        assert (reference.is_reference, reference.hazard_ratio) == (True, 1.0)
        assert reference.ci_lower is None
        assert reference.p_value is None
        assert fit.estimate_of("arm", "a").hazard_ratio == fit.hazard_ratios[1]
        assert list(fit.to_frame()["level"])[1:] == ["a", "b", "c"]
        with pytest.raises(StatisticsError, match="'arm', 'd'"):
            fit.estimate_of("arm", "d")

    def test_concordance_is_that_of_the_linear_predictor(self):
        fit = fit_six()
        # of 9 comparable pairs: 5 concordant and 4 with the same x
        assert fit.concordance.estimate == pytest.approx((5 + 0.5 * 4) / 9)


class TestGuards:
    def test_a_level_without_events(self):
        frame = pd.DataFrame({"arm": ["a"] * 15 + ["b"] * 5})
        outcome = check_survival_outcome(np.arange(1, 21), [1] * 15 + [0] * 5)
        fit = fit_cox(outcome, build_design(frame, [Factor("arm", ("a", "b"))]))
        row = fit.estimate_of("arm", "b")
        assert fit.infinite.tolist() == [True]
        assert (row.hazard_ratio, row.ci_upper, row.p_value, row.n_events) == (None, None, None, 0)
        assert "no finite estimate (monotone likelihood)" in fit.warnings[0]
        assert "none of the 5 records of level 'b' has an event" in fit.warnings[0]
        assert "fit_firth" in fit.warnings[0]

    def test_a_reference_without_events(self):
        frame = pd.DataFrame({"arm": ["b"] * 5 + ["a"] * 15})
        outcome = check_survival_outcome(np.arange(1, 21), [0] * 5 + [1] * 15)
        with pytest.raises(StatisticsError, match="'arm=a' must vary among the patients at risk"):
            fit_cox(outcome, build_design(frame, [Factor("arm", ("b", "a"))]))
        outcome = check_survival_outcome(np.arange(20, 0, -1), [0] * 5 + [1] * 15)
        fit = fit_cox(outcome, build_design(frame, [Factor("arm", ("b", "a"))]))
        assert "none of the 5 records of level 'b' has an event" in fit.warnings[0]

    def test_a_number_that_separates(self):
        time = np.arange(1.0, 31)
        outcome = check_survival_outcome(time, time < 30)
        fit = fit_cox(outcome, design_from_columns((100 - time)[:, None], ["x"]))
        assert fit.infinite.tolist() == [True]
        assert any("the covariates separate" in warning for warning in fit.warnings)

    def test_few_events_for_each_coefficient(self):
        time, event, design = make_data(40)
        event = event & (np.arange(40) < 24)
        fit = fit_cox(check_survival_outcome(time, event), design)
        n = int(event.sum())
        assert f"{n / 3:.1f} events per coefficient ({n} events, 3 coefficients)" in fit.warnings[0]

    def test_enough_events_need_no_words(self):
        time, event, design = make_data()
        assert fit_cox(check_survival_outcome(time, event), design).warnings == ()

    def test_broken_weights_call_for_the_robust_variance(self):
        time, event, design = make_data()
        outcome = check_survival_outcome(time, event, weights=np.resize([0.5, 1.0], len(time)))
        assert "use robust=True" in fit_cox(outcome, design).warnings[0]
        assert fit_cox(outcome, design, robust=True).warnings == ()

    def test_constant_column(self):
        outcome = check_survival_outcome([1, 2, 3], [1, 1, 1])
        design = design_from_columns([[1, 7], [0, 7], [1, 7]], ["x", "dose"])
        with pytest.raises(StatisticsError, match="'dose' must vary, but was 7 in all 3 records"):
            fit_cox(outcome, design)

    def test_collinear_columns(self):
        time, event, design = make_data()
        a, b, c = design.matrix.T
        design = design_from_columns(np.column_stack([a, b, c, 2 * a - b]), ["a", "b", "c", "sum"])
        with pytest.raises(StatisticsError, match=r"'sum' must not .* combination of \['a', 'b'\]"):
            fit_cox(check_survival_outcome(time, event), design)

    def test_a_column_that_the_strata_hold_constant(self):
        time, event, design = make_data()
        with pytest.raises(StatisticsError, match="'a' must vary among the patients at risk"):
            fit_cox(check_survival_outcome(time, event), design, strata=design.matrix[:, 0])


class TestErrors:
    def test_no_event(self):
        outcome = check_survival_outcome([1, 2, 3], [0, 0, 0])
        with pytest.raises(StatisticsError, match="at least one event, but was censored for all 3"):
            fit_cox(outcome, design_from_columns([[1], [0], [1]], ["x"]))

    def test_options(self):
        with pytest.raises(ParameterError, match="ties must be 'efron' or 'breslow'"):
            fit_six("exact")
        with pytest.raises(ParameterError, match="conf_level must be between 0 and 1"):
            fit_six(conf_level=95)
        with pytest.raises(StatisticsError, match="strata must be one value for each of 6"):
            fit_six(strata=[1, 2])
        with pytest.raises(StatisticsError, match="cluster must be complete, but was missing in 1"):
            fit_six(cluster=["a", "b", None, "c", "d", "e"])

    def test_lengths(self):
        outcome = check_survival_outcome(TIME, EVENT)
        with pytest.raises(StatisticsError, match=r"a row for each of 6 records .* but was 2"):
            fit_cox(outcome, design_from_columns([[1.0], [0.0]], ["x"]))

    def test_no_covariate(self):
        data = read_data("aml")
        outcome = check_survival_outcome(data["time"], data["status"])
        with pytest.raises(StatisticsError, match="factors must be one or more"):
            fit_cox(outcome, build_design(data, []))

    def test_wrong_number_of_covariates_of_a_baseline(self):
        with pytest.raises(StatisticsError, match="one number for each of"):
            cox_residuals.estimate_baseline_hazard(fit_six(), [1.0, 2.0])
