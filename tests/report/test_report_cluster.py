"""Many tasks on a Dask cluster of processes: workers killed, nothing lost, nothing told twice."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import pytest
from dask_processes import DaskProcesses
from executor_tasks import add_shared, fail_until, rest, square
from mapped_loops import LOOPS, list_numbers

from helpers.errors import BuildError
from helpers.report.batch import BatchSettings, read_requests, run_batch
from helpers.report.executors import make_map, map_tasks, open_executor

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    with DaskProcesses(tmp_path_factory.mktemp("dask")) as started:
        yield started


@pytest.fixture(scope="module")
def executor(cluster):
    with open_executor(scheduler_file=cluster.file) as opened:
        yield opened


def test_tasks_run_on_the_workers(executor):
    tasks = [(str(n), n) for n in range(12)]
    found = list(map_tasks(add_shared, tasks, shared=100, executor=executor))
    assert {one.key: one.value for one in found} == {str(n): n + 100 for n in range(12)}


def test_the_address_of_the_scheduler_will_do(cluster):
    found = list(map_tasks(square, [("a", 3)], scheduler=cluster.address))
    assert [one.value for one in found] == [9]


@pytest.mark.parametrize("how", ["kill", "crash"])
def test_failing_tasks_are_tried_again(executor, tmp_path, how):
    tasks = [(key, (str(tmp_path), key, how, needed)) for key, needed in (("a", 2), ("b", 99))]
    found = {one.key: one for one in map_tasks(fail_until, tasks, retries=1, executor=executor)}
    assert (found["a"].value, found["a"].attempts) == ("a", 2)
    assert "(tried 2 times)" in found["b"].failure
    assert "\n" not in found["b"].failure


def test_a_worker_killed_in_mid_run_loses_nothing_and_doubles_nothing(cluster, executor, tmp_path):
    keys = [f"t{n}" for n in range(8)]
    tasks = [(key, (str(tmp_path), key, 0.4)) for key in keys]
    running = map_tasks(rest, tasks, retries=0, executor=executor)
    found = [next(running)]
    kill_worker_of(cluster, wait_until(lambda: find_running(tmp_path)))
    cluster.workers.append(cluster.add_worker())
    found += list(running)
    assert sorted(one.key for one in found) == keys
    assert {one.key: one.value for one in found} == dict(zip(keys, keys, strict=True))
    assert {path.name for path in tmp_path.glob("*.done")} == {f"{key}.done" for key in keys}
    begun = sum(len(path.read_text().split()) for path in tmp_path.glob("*.begun"))
    assert begun > len(keys), "no task was running on the worker that was killed"


def test_what_runs_on_a_lost_worker_ends_with_it(cluster, executor, tmp_path):
    tasks = [("quick", (str(tmp_path), "quick", 0.0)), ("long", (str(tmp_path), "long", 2.0))]
    running = map_tasks(rest, tasks, executor=executor)
    assert next(running).key == "quick"
    wait_until((tmp_path / "long.begun").exists)
    pid = int((tmp_path / "long.begun").read_text())
    kill_worker_of(cluster, pid)
    wait_until(lambda: not Path(f"/proc/{pid}").exists())
    assert [one.value for one in running] == ["long"]
    assert len((tmp_path / "long.begun").read_text().split()) == 2


def find_running(folder: Path) -> int | None:
    """Return the process of a task that was begun and is not done."""
    for path in folder.glob("*.begun"):
        if not path.with_suffix(".done").exists():
            return int(path.read_text().split()[-1])
    return None


def kill_worker_of(cluster: DaskProcesses, pid: int) -> None:
    """Kill the worker whose task runs in a process: its parent's parent."""
    worker = find_parent(find_parent(pid))
    (killed,) = (one for one in cluster.workers if one.pid == worker)
    killed.kill()
    killed.wait()


def find_parent(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def wait_until(find):
    deadline = time.monotonic() + 30
    while not (found := find()):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return found


def test_no_scheduler_is_told_in_one_sentence(monkeypatch):
    monkeypatch.setattr("helpers.report.executors.cluster._PATIENCE_SECONDS", 1)
    with pytest.raises(BuildError, match="must be a running Dask scheduler"):
        open_executor(scheduler="tcp://127.0.0.1:9")


def test_a_batch_survives_the_loss_of_a_worker(cluster, tmp_path):
    """Reports of one small notebook each, while the worker of one of them is killed."""
    notebooks, params, out = (tmp_path / name for name in ("notebooks", "params", "out"))
    for folder in (notebooks, params):
        folder.mkdir()
    shutil.copy(ROOT / "notebooks" / "01_cohort.ipynb", notebooks)
    names = ["a", "b", "c", "d"]
    for number, name in enumerate(names):
        text = f"formats: [html]\nfigure_formats: [svg]\nage_cut_years: {70 + number}\n"
        (params / f"{name}.yml").write_text(text, encoding="utf-8")
    settings = BatchSettings(
        output_dir=out,
        notebooks_dir=notebooks,
        ledger=ROOT / "params" / "published_values.yml",
        scheduler_file=cluster.file,
        retries=0,
    )
    events = []

    def kill_once(event):
        events.append(event)
        assert not event.message
        if event.kind == "report" and len(events) == 2:
            stage = wait_until(lambda: next(out.glob(".?.new-*"), None))
            kill_worker_of(cluster, int(stage.name.rpartition("-")[2]))
            cluster.workers.append(cluster.add_worker())

    requests = read_requests([params / f"{name}.yml" for name in names])
    summary = run_batch(requests, settings, progress=kill_once)
    assert [row.name for row in summary.rows] == names
    assert [row.failure for row in summary.rows] == [""] * 4
    assert sorted(event.name for event in events if event.kind == "report") == names
    assert [path.name for path in sorted(out.glob("*/manuscript.html"))] == ["manuscript.html"] * 4
    assert not list(out.glob(".?.new-*"))


@pytest.mark.parametrize("loop", LOOPS)
def test_loops_of_analyses_are_the_same_on_a_cluster(executor, loop):
    assert list_numbers(loop(map_chunks=make_map(executor=executor))) == list_numbers(loop())
