"""The bootstrap of a whole selection: R over the same samples, and what must hold."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from reference_files import read_data, read_reference

from helpers.errors import ParameterError, StatisticsError
from helpers.stats.design import Factor
from helpers.stats.outcome import check_survival_outcome
from helpers.stats.validation import validate_selection

R = read_reference("validation")


@pytest.fixture(scope="module")
def pbc():
    frame = read_data("pbc")
    frame = frame.dropna(subset=R["offered"]).reset_index(drop=True)
    outcome = check_survival_outcome(frame["time"], frame["status"] == 2)
    levels = {"sex": ("f", "m"), "edema": (0, 0.5, 1)}
    factors = [Factor(name, levels.get(name, ()), label=name) for name in R["offered"]]
    return outcome, frame, factors


def test_against_r_over_the_same_samples(pbc):
    made = validate_selection(*pbc, screen_p=0.10, entry_p=0.05, resamples=R["rows"])
    assert list(made.selected) == R["selected"]
    assert made.frequencies == pytest.approx(R["frequencies"], abs=1e-12)
    assert made.apparent_c == pytest.approx(R["apparent_c"], rel=1e-9)
    assert made.optimism == pytest.approx(R["optimism"], rel=1e-7)
    assert made.corrected_c == pytest.approx(R["corrected_c"], rel=1e-9)
    assert made.calibration_slope == pytest.approx(R["slope"], rel=1e-7)
    assert (made.n_replicates, made.n_failed) == (25, 0)
    assert sum(made.models.values()) == 25


def test_a_sample_that_is_the_data_has_no_optimism(pbc):
    outcome, frame, factors = pbc
    whole = [np.arange(outcome.n_subjects)]
    made = validate_selection(outcome, frame, factors, resamples=whole)
    assert made.optimism == pytest.approx(0, abs=1e-12)
    assert made.calibration_slope == pytest.approx(1, rel=1e-8)
    assert made.models == {made.selected: 1}


def test_noise_is_shrunk(pbc):
    rng = np.random.default_rng(8)
    n = 120
    frame = pd.DataFrame(rng.integers(0, 2, (n, 6)), columns=list("abcdef"))
    outcome = check_survival_outcome(rng.exponential(10, n), rng.random(n) < 0.8)
    factors = [Factor(name) for name in frame]
    made = validate_selection(outcome, frame, factors, direction="none", n_replicates=40, seed=2)
    again = validate_selection(outcome, frame, factors, direction="none", n_replicates=40, seed=2)
    assert made.calibration_slope < 0.8
    assert made.corrected_c < made.apparent_c
    assert set(made.frequencies.values()) == {1.0}
    assert (made.corrected_c, made.calibration_slope) == (
        again.corrected_c,
        again.calibration_slope,
    )


def test_a_way_that_selects_nothing_predicts_nothing(pbc):
    made = validate_selection(*pbc, screen_p=1e-300, n_replicates=3)
    assert made.selected == ()
    assert (made.apparent_c, made.corrected_c, made.calibration_slope) == (0.5, 0.5, None)


def test_refuses_what_cannot_be(pbc):
    outcome, frame, factors = pbc
    with pytest.raises(ParameterError, match="n_replicates must be 1 or more"):
        validate_selection(outcome, frame, factors, n_replicates=0)
    alive = np.flatnonzero(~outcome.event)
    with pytest.raises(StatisticsError, match="no bootstrap sample had events"):
        validate_selection(outcome, frame, factors, resamples=[np.resize(alive, len(frame))])
