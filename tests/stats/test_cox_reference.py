"""Cox models of public data sets against R's package survival."""

from __future__ import annotations

import numpy as np
import pytest
from cox_cases import CASES, as_array, fit_case, prepare_case, read_case, thin
from numpy.testing import assert_allclose

from helpers.stats import cox_residuals, diagnostics
from helpers.stats.concordance import estimate_uno_concordance

BAR = 1e-6
ZPH = [(name, transform) for name in CASES for transform in read_case(name)["zph"]]


def assert_close(ours, theirs):
    """Compare within 1e-6 of each number, or of the array's largest where it is near zero."""
    theirs = as_array(theirs)
    floor = BAR * 1e-3 * np.nanmax(np.abs(theirs), initial=0.0)
    assert_allclose(np.asarray(ours).reshape(theirs.shape), theirs, rtol=BAR, atol=floor)


@pytest.mark.parametrize("name", CASES)
class TestFit:
    def test_counts(self, name):
        fit, r = fit_case(name), read_case(name)
        assert (fit.n_subjects, fit.n_events) == (r["n"], r["n_events"])

    def test_coefficients(self, name):
        assert_close(fit_case(name).coefficients, read_case(name)["coefficients"])

    def test_covariance(self, name):
        fit, r = fit_case(name), read_case(name)
        assert_close(fit.covariance, r["covariance"])
        assert_close(fit.model_covariance, r["model_covariance"])
        assert_close(fit.std_errors, np.sqrt(np.diag(as_array(r["covariance"]))))

    def test_log_likelihoods(self, name):
        fit = fit_case(name)
        assert_close(
            [fit.log_likelihood_null, fit.log_likelihood], read_case(name)["log_likelihood"]
        )

    def test_tests_of_all_coefficients(self, name):
        fit, r = fit_case(name), read_case(name)
        null, full = r["log_likelihood"]
        assert_close(fit.wald_test.statistic, r["wald"])
        assert_close(fit.score_test.statistic, r["score"])
        assert_close(fit.lr_test.statistic, 2 * (full - null))
        assert fit.lr_test.df == as_array(r["coefficients"]).size

    def test_robust_score_test(self, name):
        fit, r = fit_case(name), read_case(name)
        if r["robust_score"] is None:
            assert fit.robust_score_test is None
        else:
            assert_close(fit.robust_score_test.statistic, r["robust_score"])

    def test_factors(self, name):
        fit, r = fit_case(name), read_case(name)
        for factor, statistic in r["factor_wald"].items():
            assert_close(fit.factor_tests[factor].statistic, statistic)

    def test_concordance(self, name):
        ours, r = fit_case(name).concordance, read_case(name)["concordance"]
        assert_close([ours.estimate, ours.std_error], [r["estimate"], r["std_error"]])
        pairs = [ours.concordant, ours.discordant, ours.tied_risk, ours.tied_time, ours.tied_both]
        assert_close(pairs, r["counts"])


@pytest.mark.parametrize(
    "name", [name for name in CASES if "uno" in read_case(name)["concordance"]]
)
def test_uno_concordance(name):
    outcome, _, options = prepare_case(name)
    r = read_case(name)["concordance"]["uno"]
    ours = estimate_uno_concordance(
        outcome,
        fit_case(name).linear_predictor,
        horizon_months=r["horizon"],
        strata=options["strata"],
    )
    assert_close([ours.estimate, ours.std_error], [r["estimate"], r["std_error"]])


@pytest.mark.parametrize("name", CASES)
class TestResiduals:
    def test_martingale(self, name):
        ours = cox_residuals.compute_martingale_residuals(fit_case(name))
        assert_close(thin(ours), read_case(name)["martingale"])

    def test_deviance(self, name):
        ours = cox_residuals.compute_deviance_residuals(fit_case(name))
        assert_close(thin(ours), read_case(name)["deviance"])

    def test_score(self, name):
        ours = cox_residuals.compute_score_residuals(fit_case(name))
        assert_close(thin(ours), read_case(name)["score_residuals"])

    def test_dfbeta(self, name):
        fit = fit_case(name)
        assert_close(thin(cox_residuals.compute_dfbeta(fit)), read_case(name)["dfbeta"])
        scaled = cox_residuals.compute_dfbeta(fit, standardised=True)
        assert_close(thin(scaled), read_case(name)["dfbetas"])

    def test_baseline_hazard(self, name):
        ours = cox_residuals.estimate_baseline_hazard(fit_case(name))
        r = read_case(name)["baseline"]
        rows = zip(as_array(r["stratum"]), as_array(r["time"]), as_array(r["hazard"]), strict=True)
        for stratum, time, hazard in rows:
            inside = (ours.stratum == stratum - 1) & (ours.time_months <= time + 1e-9)
            assert_close(ours.hazard[inside].max(initial=0.0), hazard)


@pytest.mark.parametrize(("name", "transform"), ZPH)
class TestProportionalHazards:
    def test_statistics(self, name, transform):
        fit, r = fit_case(name), read_case(name)["zph"][transform]
        ours = diagnostics.test_proportional_hazards(fit, transform)
        rows = [*ours.factor_tests.values(), ours.global_test]
        assert_close([[row.statistic, row.df, row.p_value] for row in rows], r["by_term"])
        rows = [*ours.term_tests.values(), ours.global_test]
        assert_close([[row.statistic, row.df, row.p_value] for row in rows], r["by_column"])

    def test_residuals(self, name, transform):
        fit, r = fit_case(name), read_case(name)["zph"][transform]
        ours = diagnostics.test_proportional_hazards(fit, transform)
        assert_close(thin(ours.transformed_time), r["x"])
        residuals = ours.residuals
        assert_close(thin(residuals.time_months), r["time"])
        stratum = np.zeros(fit.n_subjects) if fit.strata is None else fit.strata
        first = np.nan_to_num(residuals.scaled[:, 0], nan=-np.inf)
        order = np.lexsort((first, residuals.time_months, stratum[residuals.record]))
        assert_close(thin(residuals.scaled[order]), r["scaled"])
