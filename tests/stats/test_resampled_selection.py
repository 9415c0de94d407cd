"""Selection in many resamples at once: as one after the other, and left alone where it is odd."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from reference_files import read_data

from helpers.stats.design import Factor, build_design
from helpers.stats.nested_models import NestedModels
from helpers.stats.outcome import check_survival_outcome
from helpers.stats.resampled_selection import ForwardSelection
from helpers.stats.selection_path import SelectionPath
from helpers.stats.validation import validate_selection

NAMES = ("age", "sex", "edema", "bili", "albumin", "protime")


@pytest.fixture(scope="module")
def pbc():
    frame = read_data("pbc").dropna(subset=NAMES).reset_index(drop=True)
    frame["time"] = np.ceil(frame["time"] / 90)  # many ties
    outcome = check_survival_outcome(frame["time"], frame["status"] == 2)
    levels = {"sex": ("f", "m"), "edema": (0, 0.5, 1)}
    factors = [Factor(name, levels.get(name, ()), label=name) for name in NAMES]
    return outcome, frame, factors


def draw(n, n_samples, seed=4):
    return np.random.default_rng(seed).integers(0, n, (n_samples, n))


def select_one(outcome, design, ties, *, screen_p, entry_p):
    """Return factors and coefficients by the tests of one resample after the other."""
    varying = design.without_constant()
    nested = NestedModels(outcome, varying, ties)
    offered = {
        factor.name: factor.label
        for factor in varying.factors
        if nested.compare(frozenset(), frozenset([factor.name]), "score").p_value < screen_p
    }
    path = SelectionPath(
        nested, offered, direction="forward", entry_p=entry_p, stay_p=entry_p, criterion="score"
    )
    path.run()
    terms = [term.name for term in varying.terms]
    by_term = dict(zip(terms, nested.coefficients(path.model), strict=True))
    return nested.names_of(path.model), [by_term.get(term.name, 0.0) for term in design.terms]


@pytest.mark.parametrize("ties", ["efron", "breslow"])
def test_models_are_those_of_one_after_the_other(pbc, ties):
    outcome, frame, factors = pbc
    design = build_design(frame, factors)
    asked = ForwardSelection(outcome=outcome, design=design, ties=ties, screen_p=0.2, entry_p=0.1)
    rows = draw(outcome.n_subjects, 12)
    sizes = set()
    for found, one in zip(asked.select(rows), rows, strict=True):
        names, beta = select_one(
            outcome.select(one), design.take(one), ties, screen_p=0.2, entry_p=0.1
        )
        assert found.factors == names
        np.testing.assert_allclose(found.coefficients, beta, rtol=1e-7, atol=1e-10)
        sizes.add(len(names))
    assert len(sizes) > 1  # the resamples went different ways


def test_a_level_that_a_resample_lost_has_no_coefficient(pbc):
    outcome, frame, factors = pbc
    design = build_design(frame, factors)
    kept = np.flatnonzero(frame["edema"] != 1)
    rows = np.random.default_rng(1).choice(kept, (3, outcome.n_subjects))
    asked = ForwardSelection(
        outcome=outcome, design=design, ties="efron", screen_p=1.0, entry_p=0.15
    )
    lost = [term.level for term in design.terms].index(1)
    for found, one in zip(asked.select(rows), rows, strict=True):
        names, beta = select_one(
            outcome.select(one), design.take(one), "efron", screen_p=1.1, entry_p=0.15
        )
        assert (found.factors, found.coefficients[lost]) == (names, 0.0)
        np.testing.assert_allclose(found.coefficients, beta, rtol=1e-7, atol=1e-10)


def test_odd_resamples_are_left_alone(pbc):
    outcome, frame, factors = pbc
    twin = frame.assign(twin=frame["age"] * 2 + 1)
    design = build_design(twin, [*factors, Factor("twin", label="twin")])
    options = {"outcome": outcome, "ties": "efron", "screen_p": 1.0, "entry_p": 0.15}
    rows = draw(outcome.n_subjects, 2)
    assert ForwardSelection(design=design, **options).select(rows) == [None, None]
    alive = np.resize(np.flatnonzero(~outcome.event), (1, outcome.n_subjects))
    plain = build_design(frame, factors)
    assert ForwardSelection(design=plain, **options).select(alive) == [None]


def test_a_separated_factor_is_left_alone(pbc):
    outcome, frame, factors = pbc
    marked = frame.assign(marker=np.where(outcome.event, "yes", "no"))
    design = build_design(marked, [*factors, Factor("marker", ("no", "yes"), label="marker")])
    asked = ForwardSelection(
        outcome=outcome, design=design, ties="efron", screen_p=1.0, entry_p=0.15
    )
    assert asked.select(draw(outcome.n_subjects, 3)) == [None, None, None]


def test_a_validation_does_not_depend_on_how_it_is_computed(pbc, monkeypatch):
    options = {"screen_p": 0.2, "entry_p": 0.1, "stay_p": 0.1, "n_replicates": 30, "seed": 11}
    together = validate_selection(*pbc, **options)
    monkeypatch.setattr(ForwardSelection, "select", lambda self, rows: [None] * len(rows))
    alone = validate_selection(*pbc, **options)
    assert together.models == alone.models
    assert together.optimism == pytest.approx(alone.optimism, abs=1e-12)
    assert together.calibration_slope == pytest.approx(alone.calibration_slope, rel=1e-9)


def test_other_ways_are_gone_one_by_one(pbc, monkeypatch):
    def refuse(self, rows):
        raise AssertionError("only forward selection by score tests is made together")

    monkeypatch.setattr(ForwardSelection, "select", refuse)
    made = validate_selection(*pbc, direction="backward", criterion="wald", n_replicates=2)
    assert made.n_replicates == 2
    assert isinstance(pd.Series(made.frequencies).max(), float)


def test_odd_resamples_change_nothing_of_the_others(pbc):
    """A level that one has lost, or one that cannot be used, is no matter of the rest."""
    outcome, frame, factors = pbc
    chosen = [factor for factor in factors if factor.name in ("edema", "sex")]
    asked = ForwardSelection(
        outcome=outcome,
        design=build_design(frame, chosen),
        ties="efron",
        screen_p=1.0,
        entry_p=0.9999,
    )
    healthy = draw(outcome.n_subjects, 6)
    without = np.flatnonzero(frame["edema"] != 0.5)
    lost = np.resize(np.random.default_rng(5).permutation(without), outcome.n_subjects)
    odd = np.vstack([lost, np.zeros(outcome.n_subjects, dtype=int)])
    alone, together = asked.select(healthy), asked.select(np.vstack([odd, healthy]))[len(odd) :]
    assert any(len(found.factors) == 2 for found in alone)
    for one, other in zip(alone, together, strict=True):
        assert one.factors == other.factors
        np.testing.assert_allclose(one.coefficients, other.coefficients, rtol=1e-10)
