"""Nobody learns a small count of a protected report, and the attack that says so can learn."""

from __future__ import annotations

from pathlib import Path

import pytest
from attack import SMALL, attack, check_inner, drop_rounded_differences
from sections import Passed, run_sections
from small_cohort import draw_cohort

from helpers.disclosure import gate as gate_module
from helpers.disclosure.system import CountSystem

RULES = sorted(SMALL)


@pytest.fixture(scope="module")
def small_cohort(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return draw_cohort(tmp_path_factory.mktemp("cohort"), n=110, seed=2)


def list_leaks(passed: Passed, rule: str) -> list[str]:
    made = attack(passed, rule)
    assert len(made.sums) > 300
    assert sum(truth in SMALL[rule] for truth in made.truth.values()) > 50
    return [*drop_rounded_differences(made.list_learnt()), *check_inner(made)]


@pytest.mark.parametrize("rule", RULES)
def test_built_in_cohort_gives_no_small_count_away(rule: str) -> None:
    assert not list_leaks(run_sections({"disclosure": rule}), rule)


@pytest.mark.parametrize("rule", RULES)
def test_small_cohort_gives_no_small_count_away(rule: str, small_cohort: Path) -> None:
    passed = run_sections({"disclosure": rule, "data": str(small_cohort)})
    assert not list_leaks(passed, rule)


def test_attack_learns_without_secondary_suppression(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(CountSystem, "suppress", lambda system: system.hidden)
    monkeypatch.setattr(CountSystem, "find_exposed", lambda system: [])
    rule = "redact-7-round-5"
    leaks = list_leaks(run_sections({"disclosure": rule}), rule)
    assert len(leaks) > 5
    assert any("len_schedule.other" in leak for leak in leaks)


def test_attack_learns_what_another_section_prints(
    monkeypatch: pytest.MonkeyPatch, small_cohort: Path
) -> None:
    """Without the plan over all patients each section hides another count."""
    monkeypatch.setattr(gate_module, "hide_margins", lambda *_: frozenset())
    rule = "redact-7-round-5"
    assert list_leaks(run_sections({"disclosure": rule, "data": str(small_cohort)}), rule)
