"""Firth's correction against plain maximisation in R, and by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.testing import assert_allclose
from reference_files import read_data, read_reference

from helpers.errors import ParameterError, StatisticsError
from helpers.stats.cox import fit_cox
from helpers.stats.design import Factor, build_design, design_from_columns
from helpers.stats.firth import fit_firth
from helpers.stats.outcome import check_survival_outcome

CASES = tuple(read_reference("firth")["cases"])
BINARY = {"rx": (1, 2), "surgery": (0, 1), "trt": (1, 2), "low_risk": (0, 1)}


def prepare(name):
    data, covariates, options = {
        "ovarian": ("ovarian", ["age", "rx"], {}),
        "ovarian_separated": ("ovarian", ["low_risk", "rx"], {}),
        "aml": ("aml", ["x"], {"ties": "breslow"}),
        "heart": ("heart", ["age", "surgery"], {}),
        "veteran": ("veteran", ["karno", "trt"], {"strata": "celltype"}),
    }[name]
    frame = read_data(data)
    if data == "ovarian":
        frame["low_risk"] = frame["age"].between(44, 50, inclusive="neither").astype(int)
    if data == "heart":
        outcome = check_survival_outcome(frame["stop"], frame["event"], entry=frame["start"])
    else:
        time, event = ("futime", "fustat") if data == "ovarian" else ("time", "status")
        outcome = check_survival_outcome(frame[time], frame[event])
    levels = BINARY | {"x": ("Maintained", "Nonmaintained")}
    design = build_design(frame, [Factor(key, levels.get(key, ())) for key in covariates])
    if "strata" in options:
        options = {"strata": frame[options["strata"]]}
    return outcome, design, options


@pytest.mark.parametrize("name", CASES)
def test_agrees_with_r(name):
    outcome, design, options = prepare(name)
    fit, r = fit_firth(outcome, design, **options), read_reference("firth")["cases"][name]
    assert_allclose(fit.coefficients, r["coefficients"], rtol=1e-6)
    assert_allclose(fit.std_errors, r["std_errors"], rtol=1e-6)
    assert fit.log_likelihood == pytest.approx(r["value"], rel=1e-9)
    assert fit.log_likelihood_null == pytest.approx(r["null"], rel=1e-9)
    limited = np.array(r["limits"]) - 1
    assert_allclose(np.log(fit.ci_lower[limited]), r["lower"], rtol=1e-6)
    assert_allclose(np.log(fit.ci_upper[limited]), r["upper"], rtol=1e-6)
    statistics = [test.statistic for test in fit.factor_tests.values()]
    assert_allclose(statistics, 2 * (r["value"] - np.array(r["without"])), rtol=1e-6)


def test_one_event_in_two_patients():
    # the likelihood r/(r + 1) rises for ever; times the root of its information r/(r + 1)^2 it
    # is r^1.5 / (r + 1)^2, which is highest at r = 3
    outcome = check_survival_outcome([1, 2], [1, 0])
    design = design_from_columns([[1.0], [0.0]], ["x"])
    assert fit_cox(outcome, design).infinite.tolist() == [True]
    fit = fit_firth(outcome, design)
    assert fit.coefficients[0] == pytest.approx(math.log(3), rel=1e-8)
    penalised = math.log(3 / 4) + 0.5 * math.log(3 / 16)
    assert fit.log_likelihood == pytest.approx(penalised, rel=1e-12)
    assert fit.infinite.tolist() == [False]


def test_p_value_of_a_factor_of_one_level_is_that_of_its_term():
    outcome, design, _ = prepare("ovarian")
    fit = fit_firth(outcome, design)
    assert fit.p_values[1] == pytest.approx(fit.factor_tests["rx"].p_value, rel=1e-9)
    assert fit.factor_tests["rx"].method == "penalised likelihood ratio"
    assert fit.method == "Cox, Firth's correction"
    row = fit.estimate_of("rx", 2)
    assert row.ci_lower < row.hazard_ratio < row.ci_upper


def test_interval_of_a_level_without_events_is_finite_or_absent():
    outcome, design, _ = prepare("ovarian_separated")
    row = fit_firth(outcome, design).estimate_of("low_risk", 1)
    assert 0 < row.hazard_ratio < 1
    assert row.n_events == 0
    assert row.ci_upper > 1
    assert row.ci_lower is None or row.ci_lower > 0


def test_little_is_changed_where_events_are_many():
    data = read_data("colon_death")
    outcome = check_survival_outcome(data["time"], data["status"])
    design = build_design(data, [Factor("rx", ("Obs", "Lev", "Lev+5FU")), Factor("sex", (0, 1))])
    plain, corrected = fit_cox(outcome, design), fit_firth(outcome, design)
    shift = np.abs(corrected.coefficients - plain.coefficients) / plain.std_errors
    assert 0 < shift.max() < 0.02


def test_errors():
    outcome, design, _ = prepare("ovarian")
    with pytest.raises(ParameterError, match="ties must be"):
        fit_firth(outcome, design, ties="exact")
    with pytest.raises(StatisticsError, match="'x' must vary"):
        fit_firth(outcome, design_from_columns(np.ones((26, 1)), ["x"]))
