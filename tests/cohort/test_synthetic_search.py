"""The search: the same on every run, resumable, and true to the printed counts."""

from __future__ import annotations

import copy
import json
from pathlib import Path

import numpy as np
import pytest

from helpers.cohort.synthetic import problem, search
from helpers.cohort.synthetic.annealing import Plan, anneal, refresh
from helpers.cohort.synthetic.moves import is_coherent
from helpers.cohort.synthetic.search import (
    digest_patients,
    draw_start,
    read_schedule,
    search_patients,
)

PREFIX = json.loads(Path(__file__).with_name("synthetic_prefix.json").read_text(encoding="utf-8"))


class UserInterruptError(Exception):
    """Stands for a user's interrupt."""


@pytest.fixture(scope="module")
def short_config():
    config = copy.deepcopy(read_schedule())
    config["search"]["starts"] = 2
    config["search"]["stretch"] = 400
    config["search"]["rounds"] = [
        {"steps": 1000, "hot": 1.0, "cold": 0.1, "outside": 0.1},
        {"steps": 600, "hot": 0.2, "cold": 0.05, "outside": 0.5},
    ]
    return config


@pytest.fixture(scope="module")
def short_search(short_config):
    reports = []
    patients, loss = search_patients(short_config, progress=reports.append)
    return patients, loss, reports


def test_a_prefix_of_the_committed_search_comes_out_as_stored():
    patients, loss = search_patients(read_schedule(), stop_after=PREFIX["proposals"])
    assert round(loss, 6) == PREFIX["loss"]
    assert digest_patients(patients) == PREFIX["sha256"]


def test_search_resumed_after_an_interrupt_ends_the_same(short_config, short_search, tmp_path):
    checkpoint = tmp_path / "search.npz"
    seen = []

    def interrupt(report):
        seen.append(report)
        if len(seen) == 4:
            raise UserInterruptError

    with pytest.raises(UserInterruptError):
        search_patients(short_config, progress=interrupt, checkpoint=checkpoint)
    reports = []
    patients, loss = search_patients(short_config, progress=reports.append, checkpoint=checkpoint)
    assert len(reports) == len(short_search[2]) - 4
    assert loss == short_search[1]
    assert digest_patients(patients) == digest_patients(short_search[0])


def test_checkpoint_of_another_configuration_is_not_used(short_config, short_search, tmp_path):
    checkpoint = tmp_path / "search.npz"
    other = copy.deepcopy(short_config)
    other["seed"] += 1
    search_patients(other, checkpoint=checkpoint)
    _, loss = search_patients(short_config, checkpoint=checkpoint)
    assert loss == short_search[1]


def test_progress_counts_up_to_the_whole(short_search):
    reports = short_search[2]
    done = [report.done for report in reports]
    assert done == sorted(done)
    assert done[-1] == reports[-1].total == 3200
    assert {report.stage for report in reports} == {"start 1 of 2", "start 2 of 2"}


def test_search_improves_and_keeps_all_counts(short_config, short_search):
    aims = problem.make_aims(short_config["search"])
    start = draw_start(short_config, 0)
    at_start = refresh(problem.make_search(start, aims), aims)
    patients, loss, _ = short_search
    assert loss < at_start
    for name in ("fail", "resp", "karyo", "raeb", "ipss", "tx", "later", "tp53", "cyto", "dead"):
        counts = np.unique(patients[name], return_counts=True)[1]
        assert counts.tolist() == np.unique(start[name], return_counts=True)[1].tolist()


def test_patients_of_the_search_stay_coherent(short_config, short_search):
    aims = problem.make_aims(short_config["search"])
    state = problem.make_search(short_search[0], aims)
    refresh(state, aims)
    assert all(
        is_coherent(row, day, event)
        for row, day, event in zip(state.table, state.days, state.event, strict=True)
    )


def test_joint_counts_of_the_paper_are_kept(short_search):
    patients = short_search[0]
    responder, progressed = patients["resp"] == 1, patients["fail"] == 3
    hma, mutated = patients["tx"] == 2, patients["tp53"] == 1
    assert (responder & (patients["karyo"] == 2)).sum() == 10
    assert (responder & (patients["fail"] == 2)).sum() == 35
    assert (responder & progressed).sum() == 23
    assert (hma & progressed).sum() == 18
    assert ((patients["tx"] == 3) & (patients["esa_before"] == 1)).sum() == 10
    assert (hma & mutated).sum() == 5
    assert (mutated & (patients["later"] == 1)).sum() == 3
    assert (mutated & (patients["tx"] == 4)).sum() == 2


def test_losses_kept_step_by_step_are_those_of_a_fresh_count(short_config):
    aims = problem.make_aims(short_config["search"])
    state = problem.make_search(draw_start(short_config, 1), aims)
    best = problem.make_best(state.table, state.days, state.event)
    random = np.array([7], dtype=np.uint64)
    kept = anneal(state, aims, problem.make_trial(state), best, random, Plan(0, 800, 800, 1.0, 0.5))
    shared = state.shared.copy()
    assert refresh(state, aims) == pytest.approx(kept, abs=1e-3)
    assert state.shared.tolist() == shared.tolist()
    assert shared.tolist() == np.bincount(state.days, minlength=len(shared)).tolist()


def test_cold_search_never_gets_worse(short_config):
    aims = problem.make_aims(short_config["search"])
    state = problem.make_search(draw_start(short_config, 0), aims)
    best = problem.make_best(state.table, state.days, state.event)
    before = refresh(state, aims)
    random = np.array([3], dtype=np.uint64)
    plan = Plan(0, 500, 500, 1e-9, 1e-9)
    after = anneal(state, aims, problem.make_trial(state), best, random, plan)
    assert after <= before
    assert best.loss[0] == pytest.approx(after, abs=1e-9)


def test_schedule_counts_steps_only():
    schedule = read_schedule(search.SCHEDULE)
    assert all(isinstance(turn["steps"], int) for turn in schedule["search"]["rounds"])
    text = search.SCHEDULE.read_text(encoding="utf-8")
    assert text.count("[[search.rounds]]") == len(schedule["search"]["rounds"])
