"""Stepwise selection against R, and its rules, stability and errors."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from reference_files import read_data, read_reference

from helpers.errors import ParameterError, StatisticsError
from helpers.stats.cox import fit_cox
from helpers.stats.design import Factor, build_design
from helpers.stats.outcome import check_survival_outcome
from helpers.stats.selection import estimate_inclusion, select_stepwise

LEVELS = {"sex": ("f", "m"), "edema": (0, 0.5, 1), "stage": (1, 2, 3, 4), "ascites": (0, 1)}
PATHS = read_reference("selection")["paths"]


@pytest.fixture(scope="module")
def pbc():
    offered = read_reference("selection")["offered"]
    frame = read_data("pbc").dropna(subset=offered)
    outcome = check_survival_outcome(frame["time"], frame["status"] == 2)
    return outcome, frame, [Factor(name, LEVELS.get(name, ())) for name in offered]


@pytest.mark.parametrize("path", PATHS, ids=lambda path: f"{path['direction']}-{path['criterion']}")
def test_path_of_r(pbc, path):
    outcome, frame, factors = pbc
    ours = select_stepwise(
        outcome,
        frame,
        factors,
        direction=path["direction"],
        criterion=path["criterion"],
        entry_p=path["entry"],
        stay_p=path["stay"],
    )
    assert [(s.action, s.factor, s.df) for s in ours.steps] == [
        (s["action"], s["factor"], s["df"]) for s in path["steps"]
    ]
    for step, r in zip(ours.steps, path["steps"], strict=True):
        assert step.statistic == pytest.approx(r["statistic"], rel=1e-6)
        assert step.p_value == pytest.approx(r["p_value"], rel=1e-6)
    assert list(ours.selected) == path["selected"]


def test_the_whole_path_is_told(pbc):
    outcome, frame, factors = pbc
    ours = select_stepwise(outcome, frame, factors, direction="both", criterion="score")
    removed = next(step for step in ours.steps if step.action == "remove")
    assert removed.factor == "ascites"
    assert "ascites" not in removed.model
    assert len(removed.candidates) == len(removed.model) + 1
    assert max(c.p_value for c in removed.candidates) == removed.p_value
    assert [step.step for step in ours.steps] == list(range(1, len(ours.steps) + 1))
    assert {c.factor for c in ours.final_candidates} == {factor.name for factor in factors}
    inside = [c for c in ours.final_candidates if c.factor in ours.selected]
    outside = [c for c in ours.final_candidates if c.factor not in ours.selected]
    assert max(c.p_value for c in inside) < 0.15 <= min(c.p_value for c in outside)
    assert list(ours.to_frame()["factor"]) == [step.factor for step in ours.steps]
    assert not ours.is_cycle


def test_last_model_is_the_fit_of_the_selected_factors(pbc):
    outcome, frame, factors = pbc
    ours = select_stepwise(outcome, frame, factors, ties="breslow", conf_level=0.9)
    chosen = [factor for factor in factors if factor.name in ours.selected]
    fit = fit_cox(outcome, build_design(frame, chosen), ties="breslow", conf_level=0.9)
    assert ours.final_fit.coefficients.tolist() == fit.coefficients.tolist()
    assert ours.final_fit.ci_lower.tolist() == fit.ci_lower.tolist()
    assert ours.steps[-1].log_likelihood == pytest.approx(fit.log_likelihood, rel=1e-12)


def test_nothing_selected(pbc):
    outcome, frame, factors = pbc
    ours = select_stepwise(outcome, frame, factors, direction="forward", entry_p=1e-300)
    assert (ours.steps, ours.selected, ours.final_fit) == ((), (), None)
    assert len(ours.final_candidates) == len(factors)


def test_wald_and_a_factor_that_separates():
    frame = pd.DataFrame({"rare": [1] * 12 + [0] * 88, "other": np.arange(100) % 2})
    outcome = check_survival_outcome(np.arange(100, 0, -1), [0] * 12 + [1] * 88)
    factors = [Factor("rare", (0, 1)), Factor("other", (0, 1))]
    by_wald = select_stepwise(outcome, frame, factors, criterion="wald")
    assert "rare" not in by_wald.selected
    assert "'rare=1' had no finite estimate" in by_wald.warnings[0]
    by_ratio = select_stepwise(outcome, frame, factors, criterion="lr")
    assert "rare" in by_ratio.selected
    assert by_ratio.final_fit.infinite.any()


class TestInclusion:
    def test_seed_and_strength(self, pbc):
        outcome, frame, factors = pbc
        a = estimate_inclusion(outcome, frame, factors[:5], n_replicates=25, seed=11)
        b = estimate_inclusion(outcome, frame, factors[:5], n_replicates=25, seed=11)
        c = estimate_inclusion(outcome, frame, factors[:5], n_replicates=25, seed=12)
        assert a.models == b.models
        assert a.models != c.models
        assert a.frequencies["bili"] == 1.0
        assert a.frequencies["sex"] < 1.0
        assert sum(a.models.values()) == a.n_replicates == 25 - a.n_failed

    def test_frequencies_are_those_of_the_models(self, pbc):
        outcome, frame, factors = pbc
        found = estimate_inclusion(
            outcome, frame, factors[:3], n_replicates=10, seed=1, direction="backward", stay_p=0.05
        )
        n_with_sex = sum(count for model, count in found.models.items() if "sex" in model)
        assert found.frequencies["sex"] == n_with_sex / found.n_replicates

    def test_a_level_that_samples_lose(self):
        rng = np.random.default_rng(0)
        frame = pd.DataFrame({"arm": ["a"] * 30 + ["b"] * 30 + ["c"], "x": rng.normal(size=61)})
        outcome = check_survival_outcome(rng.exponential(size=61), np.arange(61) % 4 > 0)
        factors = [Factor("arm", ("a", "b", "c")), Factor("x")]
        found = estimate_inclusion(outcome, frame, factors, n_replicates=20, seed=2)
        assert found.n_replicates == 20

    def test_errors(self, pbc):
        outcome, frame, factors = pbc
        with pytest.raises(ParameterError, match="n_replicates must be 1 or more"):
            estimate_inclusion(outcome, frame, factors, n_replicates=0)
        one = check_survival_outcome([1, 2, 3], [0, 0, 0])
        table = pd.DataFrame({"x": [1.0, 2.0, 4.0]})
        with pytest.raises(StatisticsError, match="none of 5 samples so"):
            estimate_inclusion(one, table, [Factor("x")], n_replicates=5)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"direction": "up"}, "direction must be one of"),
        ({"criterion": "aic"}, "criterion must be one of"),
        ({"entry_p": 0.0}, "entry_p must be above 0"),
        ({"stay_p": 15}, "stay_p must be above 0 and at most 1, but was 15"),
        ({"entry_p": 0.15, "stay_p": 0.1}, "stay_p must be at least entry_p"),
        ({"ties": "exact"}, "ties must be"),
    ],
)
def test_options_out_of_their_domain(pbc, options, message):
    outcome, frame, factors = pbc
    with pytest.raises(ParameterError, match=message):
        select_stepwise(outcome, frame, factors, **options)


def test_collinear_candidates_are_named(pbc):
    outcome, frame, factors = pbc
    frame = frame.assign(age_months=frame["age"] * 12)
    with pytest.raises(StatisticsError, match=r"'age_months' must not .* combination of \['age'\]"):
        select_stepwise(outcome, frame, [factors[0], Factor("age_months")])
