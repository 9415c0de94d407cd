"""Weighted curves: R's, loops over the same resamples, and what must hold."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from reference_files import read_reference
from treatment_cases import COVARIATES, read_colon

from helpers.errors import ParameterError
from helpers.stats.design import Factor, build_design
from helpers.stats.outcome import check_survival_outcome
from helpers.stats.survival import estimate_kaplan_meier, estimate_survival_at
from helpers.stats.treatment.effect_replicates import draw_resamples
from helpers.stats.treatment.propensity import fit_propensity, weight_by_propensity
from helpers.stats.treatment.weighted_curves import estimate_weighted_survival

AT = (365.0, 1096.0, 1826.0)


@pytest.fixture(scope="module")
def colon():
    frame = read_colon()
    outcome = check_survival_outcome(frame["time"], frame["status"])
    return outcome, build_design(frame, COVARIATES), frame["treated"].to_numpy()


@pytest.mark.parametrize(("truncate", "name"), [(None, "iptw"), ((0.01, 0.99), "iptw_truncated")])
def test_curves_are_those_of_r(colon, truncate, name):
    made = estimate_weighted_survival(*colon, AT, truncate=truncate, n_replicates=0)
    ours = np.concatenate([made.survival[False], made.survival[True]])
    answer = read_reference("treatment")["propensity"]["weighted"][name]["survival"]
    assert_allclose(ours, answer, rtol=1e-8)
    assert made.difference_limits is None
    assert np.isnan(made.limits[True]).all()


def test_resamples_are_what_a_loop_gives():
    rng = np.random.default_rng(11)
    n = 70
    frame = pd.DataFrame({"x": rng.integers(0, 2, n), "z": rng.normal(50, 8, n)})
    treated = rng.random(n) < 0.3 + 0.3 * frame["x"].to_numpy()
    outcome = check_survival_outcome(np.ceil(rng.exponential(20, n)), rng.random(n) < 0.7)
    design = build_design(frame, [Factor("x"), Factor("z")])
    at = np.array([4.0, 15.0, 30.0])
    made = estimate_weighted_survival(
        outcome, design, treated, at, n_replicates=40, seed=5, conf_level=0.9
    )
    assert made.n_failed == 0
    drawn = []
    for rows in np.concatenate(list(draw_resamples(treated, 40, 5, 7))):
        taken = outcome.select(rows)
        weights = weight_by_propensity(
            fit_propensity(design.take(rows), treated[rows]), truncate=(0.01, 0.99)
        ).weights
        weighted = replace(taken, weights=weights)
        values, means = [], []
        for side in (False, True):
            curve = estimate_kaplan_meier(weighted.select(treated[rows] == side))
            values += [_read(curve, time) for time in at]
            means.append(_measure(curve, made.horizon_months))
        drawn.append([*values, means[1] - means[0]])
    limits = np.quantile(np.array(drawn), [0.05, 0.95], axis=0)
    assert_allclose(made.limits[False], limits[:, :3], rtol=1e-8, atol=1e-12)
    assert_allclose(made.limits[True], limits[:, 3:6], rtol=1e-8, atol=1e-12)
    assert_allclose(made.difference_limits, limits[:, 6], rtol=1e-8)
    assert_allclose(made.difference_error, np.std(np.array(drawn)[:, 6], ddof=1), rtol=1e-8)


def _read(curve, time):
    """Return survival at a time, as it was last."""
    past = curve.survival[curve.time_months <= time]
    return past[-1] if len(past) else 1.0


def _measure(curve, horizon):
    """Return the area under a curve up to a horizon, a rectangle a step."""
    moments = [0.0, *(time for time in curve.time_months if 0 < time < horizon), horizon]
    return sum((end - begin) * _read(curve, begin) for begin, end in pairwise(moments))


def test_restricted_means_without_weights_are_the_areas(colon):
    """A covariate that is equally common in both groups leaves every weight at 1."""
    outcome = check_survival_outcome([1, 2, 3, 4, 2, 4, 6, 8], [1, 1, 1, 1, 1, 1, 1, 1])
    treated = np.repeat([0, 1], 4)
    frame = pd.DataFrame({"x": [0, 1, 0, 1, 0, 1, 0, 1]})
    made = estimate_weighted_survival(
        outcome, build_design(frame, [Factor("x")]), treated, [2.0], n_replicates=0
    )
    assert_allclose(made.weights.weights, 1)
    # untreated, up to month 4: 1 + 3/4 + 1/2 + 1/4; treated: 2 + 2 * 3/4
    assert made.horizon_months == 4
    assert made.restricted_means == pytest.approx({False: 2.5, True: 3.5})
    assert made.difference == pytest.approx(1.0)
    assert_allclose([made.survival[False][0], made.survival[True][0]], [0.5, 0.75])


def test_survival_at_agrees_with_the_plain_reader(colon):
    outcome, design, treated = colon
    made = estimate_weighted_survival(outcome, design, treated, AT, n_replicates=0)
    weighted = replace(outcome, weights=made.weights.weights).select(treated == 1)
    curve = estimate_kaplan_meier(weighted)
    assert_allclose(made.survival[True], [estimate_survival_at(curve, t).estimate for t in AT])


def test_refuses_a_negative_number_of_resamples(colon):
    with pytest.raises(ParameterError, match="n_replicates must be 0 or more"):
        estimate_weighted_survival(*colon, AT, n_replicates=-1)
