"""Resamples that advance together give what each gives alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from helpers.stats.cox import fit_cox
from helpers.stats.design import Factor, build_design
from helpers.stats.outcome import check_survival_outcome
from helpers.stats.treatment.effect_replicates import replicate_effects
from helpers.stats.treatment.propensity import fit_propensity, weight_by_propensity
from helpers.stats.treatment.replicated_cox import fit_replicates
from helpers.stats.treatment.standardised import estimate_baseline_hazard, standardise_survival

N = 90
TIMES = np.array([2.0, 9.0, 30.0])


@pytest.fixture(scope="module")
def patients():
    rng = np.random.default_rng(3)
    frame = pd.DataFrame(
        {"arm": rng.integers(0, 2, N), "old": rng.integers(0, 2, N), "score": rng.normal(size=N)}
    )
    hazard = np.exp(0.7 * frame["arm"] - 0.5 * frame["old"] + 0.3 * frame["score"])
    time = np.ceil(rng.exponential(14 / hazard)) + 1  # ties
    outcome = check_survival_outcome(time, rng.random(N) < 0.7)
    return outcome, build_design(frame, [Factor("arm", (0, 1)), Factor("old"), Factor("score")])


def draw(n_replicates, seed):
    rng = np.random.default_rng(seed)
    return rng.integers(0, N, (n_replicates, N))


@pytest.mark.parametrize("ties", ["efron", "breslow"])
@pytest.mark.parametrize("is_weighted", [False, True])
def test_each_resample_is_the_fit_of_its_rows(patients, ties, is_weighted):
    outcome, design = patients
    rows = draw(12, seed=5)
    counts = np.array([np.bincount(one, minlength=N) for one in rows])
    weights = np.random.default_rng(1).uniform(0.3, 2, counts.shape) if is_weighted else None
    fits = fit_replicates(outcome, design.matrix, counts, weights=weights, ties=ties)
    for number, one in enumerate(rows):
        drawn = outcome.select(one)
        if weights is not None:
            drawn = replace(drawn, weights=weights[number][one])
        alone = fit_cox(drawn, design.take(one), ties=ties)
        assert_allclose(fits.coefficients[number], alone.coefficients, rtol=1e-7, atol=1e-9)
        times, hazard = estimate_baseline_hazard(alone)
        reached = fits.hazard[number][np.searchsorted(fits.times_months, times)]
        assert_allclose(reached, hazard, rtol=1e-7)


def test_a_resample_without_spread_or_events_has_no_estimate(patients):
    outcome, design = patients
    treated = np.flatnonzero(design.matrix[:, 0] == 1)
    alive = np.flatnonzero(~outcome.event)
    rows = [np.arange(N), np.resize(treated, N), np.resize(alive, N)]
    counts = np.array([np.bincount(one, minlength=N) for one in rows])
    fits = fit_replicates(outcome, design.matrix, counts)
    assert np.isfinite(fits.coefficients[0]).all()
    assert np.isnan(fits.coefficients[1:]).all()
    assert np.isnan(fits.hazard[1:]).all()


def estimate_alone(outcome, design, truncate):
    alone = design.select(["arm"])
    covariates = design.select(["old", "score"])
    propensity = fit_propensity(covariates, design.matrix[:, 0])
    adjusted = fit_cox(outcome, design)
    logs = [fit_cox(outcome, alone).coefficients[0], adjusted.coefficients[0]]
    for kind, limits in (("iptw", truncate), ("overlap", None)):
        made = weight_by_propensity(propensity, kind=kind, truncate=limits)
        logs.append(fit_cox(replace(outcome, weights=made.weights), alone).coefficients[0])
    curves = [standardise_survival(adjusted, "arm", side, TIMES) for side in (0, 1)]
    return np.concatenate([logs, *curves, curves[1] - curves[0]])


@pytest.mark.parametrize("truncate", [None, (0.05, 0.95)])
def test_all_estimates_of_a_sample_one_by_one(patients, truncate):
    outcome, design = patients
    made = replicate_effects(
        outcome, design, TIMES, truncate=truncate, ties="efron", n_replicates=5, seed=11
    )
    rng = np.random.default_rng(11)
    sides = [np.flatnonzero(design.matrix[:, 0] == side) for side in (0, 1)]
    for values in made:
        rows = np.concatenate([rng.choice(side, len(side)) for side in sides])
        expected = estimate_alone(outcome.select(rows), design.take(rows), truncate)
        assert_allclose(values, expected, rtol=1e-6, atol=1e-8)
    assert made.shape == (5, 4 + 3 * len(TIMES))


def test_no_resample_gives_an_empty_table(patients):
    outcome, design = patients
    made = replicate_effects(
        outcome, design, TIMES, truncate=None, ties="efron", n_replicates=0, seed=1
    )
    assert made.shape == (0, 13)
