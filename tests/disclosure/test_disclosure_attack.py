"""Nobody learns a small count of a protected report, and the attack that says so can learn."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from attack import SMALL, Attack, attack, check_inner, drop_rounded_differences
from attack_comparisons import attack_comparisons, check_words
from sections import Passed, run_sections
from small_cohort import draw_cohort, draw_odd_cohort

from helpers.disclosure import gate as gate_module
from helpers.disclosure import weighted
from helpers.disclosure.system import CountSystem

RULES = sorted(SMALL)
QUICK = {"bootstrap_replicates": 10, "imputations": 3}
COHORTS = ("built-in", "small", "tiny", "odd")
COMPARING = (
    "check_hazards",
    "compare_centres",
    "compare_subgroups",
    "count_missing",
    "estimate_switch_effect",
    "estimate_weighted_curves",
    "estimate_weighted_effect",
    "fit_imputed_model",
    "validate_model",
    "vary_choices",
)
Run = Callable[[str, str], Passed]


@pytest.fixture(scope="module")
def paths(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("cohort")
    made: dict[str, Path] = {
        "small": draw_cohort(folder, n=110, seed=2),
        "tiny": draw_cohort(folder, n=60, seed=1),
        "odd": draw_odd_cohort(folder),
    }
    return {"built-in": "synthetic", **{name: str(path) for name, path in made.items()}}


@pytest.fixture(scope="module")
def run(paths: dict[str, str]) -> Run:
    return cache(lambda rule, name: run_anew(rule, paths[name]))


def run_anew(rule: str, data: str) -> Passed:
    return run_sections({"disclosure": rule, "data": data, **QUICK})


def make_attack(passed: Passed, rule: str) -> Attack:
    made = attack_comparisons(attack(passed, rule), passed)
    assert len(made.sums) > 300
    assert made.read_cells > 10
    assert sum(truth in SMALL[rule] for truth in made.truth.values()) > 50
    return made


def list_leaks(passed: Passed, rule: str) -> list[str]:
    made = make_attack(passed, rule)
    return [*drop_rounded_differences(made.list_learnt()), *check_inner(made)]


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("cohort", COHORTS)
def test_no_small_count_is_given_away(rule: str, cohort: str, run: Run) -> None:
    assert not list_leaks(run(rule, cohort), rule)


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("cohort", COHORTS)
def test_words_hold_printed_counts_only(rule: str, cohort: str, run: Run) -> None:
    assert list(check_words(run(rule, cohort), rule)) == []


@pytest.mark.parametrize("rule", RULES)
def test_nearly_all_of_a_large_cohort_is_shown(rule: str, run: Run) -> None:
    passed = run(rule, "built-in")
    made = [raw for raw in passed.raw.values() if get_analysis(raw) in COMPARING]
    assert {get_analysis(raw) for raw in made} >= set(COMPARING)
    assert all(passed.shown[raw.id].is_computable for raw in made if raw.is_computable)
    estimated = [
        result.status == "estimated"
        for raw in made
        for result in passed.shown[raw.id]
        if raw.find(result.id).status == "estimated"
    ]
    assert sum(estimated) / len(estimated) > 0.75


def get_analysis(raw) -> str:
    return (raw.meta.get("definition") or {}).get("analysis", "")


def switch_suppression_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(CountSystem, "suppress", lambda system, _=(): system.hidden)
    monkeypatch.setattr(CountSystem, "find_exposed", lambda system: [])


def test_attack_learns_without_secondary_suppression(
    monkeypatch: pytest.MonkeyPatch, paths: dict[str, str]
) -> None:
    switch_suppression_off(monkeypatch)
    rule = "redact-7-round-5"
    leaks = list_leaks(run_anew(rule, "synthetic"), rule)
    assert len(leaks) > 5
    assert any("len_schedule.other" in leak for leak in leaks)
    assert any("subgroups.hma_vs_bsc" in leak for leak in leaks)
    leaks = list_leaks(run_anew(rule, paths["odd"]), rule)
    for name in ("switch.", "imputed.", "missing.by_failure", "subgroups."):
        assert any(name in leak for leak in leaks), name


def test_attack_learns_what_another_section_prints(
    monkeypatch: pytest.MonkeyPatch, paths: dict[str, str]
) -> None:
    """Without the plan over all patients each section hides another count."""
    monkeypatch.setattr(gate_module, "hide_margins", lambda *_: frozenset())
    rule = "redact-7-round-5"
    assert list_leaks(run_anew(rule, paths["small"]), rule)


def test_attack_learns_from_shares_of_true_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Percentages by treatment, not of printed counts, tell how many have a rare level."""
    monkeypatch.setattr(weighted, "protect_balance", lambda raw, *_: raw.frames["balance"].round(2))
    rule = "redact-7-round-5"
    leaks = list_leaks(run_anew(rule, "synthetic"), rule)
    assert any("cell " in leak for leak in leaks)
