"""Multiple imputation against R's mice, and its guards."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from reference_files import read_reference
from treatment_cases import IMPUTED, IMPUTED_LEVELS, read_colon_missing

from helpers.errors import ParameterError, StatisticsError
from helpers.stats.cox import fit_cox
from helpers.stats.design import build_design
from helpers.stats.imputation import estimate_nelson_aalen, impute_covariates
from helpers.stats.outcome import check_survival_outcome
from helpers.stats.rubin import pool_estimates


@pytest.fixture(scope="module")
def colon():
    return read_colon_missing()


@pytest.fixture(scope="module")
def completed(colon):
    return list(impute_covariates(*colon, levels=IMPUTED_LEVELS, n_imputations=40, seed=3))


def test_nelson_aalen_is_that_of_r(colon):
    ours = estimate_nelson_aalen(colon[1])[:20]
    assert_allclose(ours, read_reference("imputation")["hazard"], rtol=1e-10)


def test_pooled_estimates_are_those_of_mice(colon, completed):
    """Both draw at random: the bar is a fifth of a standard error, some Monte Carlo errors."""
    answer = read_reference("imputation")
    fits = [fit_cox(colon[1], build_design(one, IMPUTED)) for one in completed]
    pooled = pool_estimates(
        [fit.coefficients for fit in fits], [np.diag(fit.covariance) for fit in fits]
    )
    theirs, errors = np.array(answer["estimate"]), np.array(answer["std_error"])
    assert np.abs(pooled.estimate - theirs).max() < 0.2 * errors.max()
    assert (np.abs(pooled.estimate - theirs) < 0.2 * errors).all()
    assert_allclose(pooled.std_error, errors, rtol=0.1)
    complete = np.array(answer["complete_cases"])
    assert np.abs(complete - theirs).max() > 0.2 * errors.max()  # complete cases would fail


def test_known_values_stay_and_drawn_ones_are_of_the_column(colon, completed):
    frame = colon[0]
    for one in completed[:3]:
        assert one.notna().all(axis=None)
        assert list(one.columns) == list(frame.columns)
        for name in frame:
            known = frame[name].notna()
            assert (one.loc[known, name] == frame.loc[known, name]).all()
            assert set(one[name]) <= set(frame[name].dropna())


def test_imputations_differ_and_a_seed_repeats_them(colon, completed):
    assert not completed[0].equals(completed[1])
    again = list(impute_covariates(*colon, levels=IMPUTED_LEVELS, n_imputations=2, seed=3))
    assert again[1].equals(completed[1])


def test_separation_falls_back_to_matching():
    rng = np.random.default_rng(5)
    known = np.repeat([0.0, 1.0], 20)
    frame = pd.DataFrame({"x": known, "same": known})
    frame.loc[[3, 25], "same"] = np.nan
    outcome = check_survival_outcome(rng.exponential(9, 40), rng.integers(0, 2, 40))
    done = list(
        impute_covariates(frame, outcome, levels={"x": 2, "same": 2}, n_imputations=2, seed=1)
    )
    assert done[0].loc[[3, 25], "same"].tolist() == [0.0, 1.0]


@pytest.mark.parametrize(
    ("change", "words", "error"),
    [
        ({"n_imputations": 1}, "n_imputations must be 2 or more", ParameterError),
        ({"frame": pd.DataFrame({"x": [1.0]})}, "a row for each of 3", StatisticsError),
        ({"frame": pd.DataFrame({"x": [np.nan] * 3})}, "x had none", StatisticsError),
    ],
)
def test_refuses(change, words, error):
    given = {
        "frame": pd.DataFrame({"x": [0.0, 1.0, np.nan]}),
        "outcome": check_survival_outcome([1, 2, 3], [1, 0, 1]),
        "levels": {"x": 2},
    }
    with pytest.raises(error, match=words):
        impute_covariates(**(given | change))
