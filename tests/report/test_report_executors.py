"""Many tasks in processes of this machine: order, retries, lost processes, stopping."""

from __future__ import annotations

import os
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from executor_tasks import add_shared, fail_until, prepare_once, rest, square, tell_process
from mapped_loops import LOOPS, list_numbers

from helpers.errors import BuildError, ParameterError
from helpers.report.executors import count_cores, make_map, map_tasks, open_executor
from helpers.stats.design import build_design
from helpers.stats.factors import Factor
from helpers.stats.outcome import check_survival_outcome
from helpers.stats.treatment.effects import estimate_treatment_effects


@pytest.fixture(autouse=True)
def importable(monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent))


@pytest.fixture(scope="module")
def executor():
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(Path(__file__).parent))
        with open_executor(workers=2) as opened:
            yield opened


def test_every_key_is_answered_once(executor):
    told = []
    tasks = [(str(n), n) for n in range(20)]
    found = list(map_tasks(square, tasks, executor=executor, on_done=told.append))
    assert {one.key: one.value for one in found} == {str(n): n * n for n in range(20)}
    assert told == found
    assert {one.attempts for one in found} == {1}


def test_outcomes_come_in_order_of_completion(executor, tmp_path):
    tasks = [("slow", (str(tmp_path), "slow", 0.8)), ("fast", (str(tmp_path), "fast", 0.0))]
    assert [one.key for one in map_tasks(rest, tasks, executor=executor)] == ["fast", "slow"]


def test_tasks_have_processes_of_their_own_with_one_thread_of_algebra(executor, tmp_path):
    tasks = [(str(n), n) for n in range(3)]
    options = {"shared": str(tmp_path), "prepare": prepare_once, "executor": executor}
    found = [one.value for one in map_tasks(tell_process, tasks, **options)]
    assert len({pid for pid, _, _ in found}) == 3
    assert os.getpid() not in {pid for pid, _, _ in found}
    assert {one[1:] for one in found} == {("1", str(tmp_path))}
    assert len((tmp_path / "prepared.begun").read_text().split()) == 1


@pytest.mark.parametrize("how", ["kill", "build", "crash"])
def test_a_failing_task_is_tried_again(executor, tmp_path, how):
    tasks = [("a", (str(tmp_path), "a", how, 2)), ("b", (str(tmp_path), "b", how, 1))]
    found = {one.key: one for one in map_tasks(fail_until, tasks, retries=1, executor=executor)}
    assert (found["a"].value, found["a"].attempts, found["a"].failure) == ("a", 2, "")
    assert found["b"].attempts == 1


@pytest.mark.parametrize(
    ("how", "words", "attempts"),
    [
        ("kill", "killed by signal 9", 3),
        ("build", "the disk is full (tried 3 times)", 3),
        ("crash", "ZeroDivisionError: nothing to divide by", 3),
        ("data", "the data must be complete, but were not; mend them", 1),
    ],
)
def test_a_task_that_keeps_failing_is_told_in_one_sentence(
    executor, tmp_path, how, words, attempts
):
    tasks = [("a", (str(tmp_path), "a", how, 99)), ("b", (str(tmp_path), "b", how, 0))]
    found = {one.key: one for one in map_tasks(fail_until, tasks, retries=2, executor=executor)}
    assert words in found["a"].failure
    assert "\n" not in found["a"].failure
    assert "Traceback" not in found["a"].failure
    assert (found["a"].value, found["a"].attempts) == (None, attempts)
    assert found["b"].value == "b"


def test_a_lost_parent_is_replaced(tmp_path):
    with open_executor(workers=1) as opened:
        assert [one.value for one in map_tasks(square, [("a", 2)], executor=opened)] == [4]
        parent = opened._worker._parent
        os.kill(parent.pid, 9)
        parent._process.wait()
        assert [one.value for one in map_tasks(square, [("a", 3)], executor=opened)] == [9]


def test_whoever_stops_ends_the_processes(tmp_path):
    tasks = [("quick", (str(tmp_path), "quick", 0.0)), ("slow", (str(tmp_path), "slow", 60.0))]
    begun = time.perf_counter()
    running = map_tasks(rest, tasks, workers=2)
    assert next(running).key == "quick"
    while not (tmp_path / "slow.begun").exists():
        time.sleep(0.01)
    pid = int((tmp_path / "slow.begun").read_text())
    running.close()
    assert time.perf_counter() - begun < 20
    deadline = time.perf_counter() + 5
    while Path(f"/proc/{pid}").exists() and time.perf_counter() < deadline:
        time.sleep(0.02)
    assert not Path(f"/proc/{pid}").exists()


def test_what_is_wrong_is_refused():
    with pytest.raises(ParameterError, match="'a' came twice"):
        list(map_tasks(square, [("a", 1), ("a", 2)]))
    with pytest.raises(ParameterError, match="retries must be 0 or more, but was -1"):
        list(map_tasks(square, [("a", 1)], retries=-1))
    with pytest.raises(ParameterError, match="number of jobs must be 1 or more, but was 0"):
        open_executor(workers=0)
    with pytest.raises(ParameterError, match="such as tcp://"):
        open_executor(scheduler="10.0.0.1")
    with pytest.raises(ParameterError, match="that a Dask scheduler wrote"):
        open_executor(scheduler_file=Path("absent.json"))
    with pytest.raises(ParameterError, match="leave one out"):
        open_executor(scheduler="tcp://127.0.0.1:1", scheduler_file=Path("absent.json"))


def test_nothing_to_do_starts_nothing():
    assert list(map_tasks(square, [])) == []


def test_a_map_keeps_the_order_and_sends_the_function_once(executor):
    mapped = make_map(executor=executor)
    assert mapped(abs, [-3, 2, -1]) == [3, 2, 1]
    with pytest.raises(BuildError, match="a part of a calculation failed"):
        mapped(abs, ["no number"])


def test_a_bootstrap_is_the_same_in_other_processes(executor):
    rng = np.random.default_rng(5)
    outcome = check_survival_outcome(rng.exponential(9, 120), rng.random(120) < 0.7)
    names = ["hma", "age_75", "raeb"]
    frame = pd.DataFrame(rng.choice(["no", "yes"], (120, 3)), columns=names)
    design = build_design(frame, [Factor(name, ("no", "yes"), "no", name) for name in names])
    options = {"treatment": "hma", "times_months": [6.0, 12.0], "n_replicates": 40, "seed": 3}
    here = estimate_treatment_effects(outcome, design, **options)
    there = estimate_treatment_effects(
        outcome, design, **options, map_chunks=make_map(executor=executor)
    )
    assert here.intervals
    for name, limits in here.intervals.items():
        assert there.intervals[name] == pytest.approx(limits, rel=1e-8)
    np.testing.assert_allclose(there.difference_limits, here.difference_limits, rtol=1e-7)
    assert there.n_failed == here.n_failed


@pytest.mark.parametrize("loop", LOOPS)
def test_loops_of_analyses_are_the_same_in_other_processes(executor, loop):
    asked = []

    def mapped(function, arguments):
        asked.extend(arguments)
        return make_map(executor=executor)(function, asked)

    here, there = loop(), loop(map_chunks=mapped)
    assert len(asked) > 1
    assert list_numbers(here) == list_numbers(there)


def test_shared_data_without_preparation(executor):
    found = list(map_tasks(add_shared, [("a", 1)], shared=41, executor=executor))
    assert found[0].value == 42


def test_without_forks_tasks_run_here(monkeypatch):
    monkeypatch.setenv("LENFAIL_KERNELS", "1")
    tasks = [("a", 1), ("b", 2)]
    found = {one.key: one.value for one in map_tasks(add_shared, tasks, shared=1)}
    assert found == {"a": 2, "b": 3}


def test_cores_are_those_that_this_process_may_use():
    assert 1 <= count_cores() <= (os.cpu_count() or 1)
