"""A sweep: its file's faults at once, its rows, what a killed run leaves, its files."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from page_reader import PageReader

from helpers.analysis.multiverse import estimate_multiverse
from helpers.cli.program import main
from helpers.errors import DataError, FaultsError
from helpers.params.sweep import read_sweep_file
from helpers.report.sweep import SweepSettings, plan_sweep, run_sweep
from helpers.report.sweep.finished import FinishedRows, hash_sweep
from helpers.report.sweep.job import SweepData, fit_some, prepare_multiverse

ROOT = Path(__file__).parent.parent.parent
LEDGER = ROOT / "params" / "published_values.yml"
SMALL = """
params: base.yml
title: A small sweep
factor: failure_type
level: progression
published: cox.text.progression.hr
choices:
  model: [full, few]
  age_cut_years: [75, 70]
  subset: [all, us]
  truncation_months: [null, 24]
models:
  full: [age_75, adverse_karyotype, raeb, len_response]
  few: [age_75]
subsets:
  us: {region: [us]}
"""


def write_files(folder: Path, text: str = SMALL, base: str = "ties: breslow\n") -> Path:
    (folder / "base.yml").write_text(base, encoding="utf-8")
    path = folder / "small.yml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def plan(tmp_path_factory):
    return plan_sweep(write_files(tmp_path_factory.mktemp("sweep")), ledger=LEDGER)


@pytest.fixture
def in_this_process(monkeypatch):
    """Spare the start of processes: what they do is tested with the executors."""
    monkeypatch.setenv("LENFAIL_KERNELS", "1")


@pytest.fixture(scope="module")
def made(plan, tmp_path_factory):
    folder = tmp_path_factory.mktemp("made")
    events = []
    summary = run_sweep(plan, SweepSettings(output_dir=folder, workers=2), progress=events.append)
    return folder, summary, events


def test_the_projects_own_sweep_is_right_and_has_about_1000_specifications():
    plan = plan_sweep(ROOT / "params" / "sensitivity.yml", ledger=LEDGER)
    made = plan.multiverse.list_specifications()
    assert 1000 <= len(made) <= 1200
    assert plan.published == 1.9
    assert made[0]["model"] == "printed"


def test_faults_of_shape_are_told_at_once(tmp_path):
    text = SMALL.replace("factor:", "facter:").replace("models:", "models: 3\nold:")
    with pytest.raises(FaultsError) as caught:
        read_sweep_file(write_files(tmp_path, text))
    told = "\n".join(caught.value.faults)
    assert "'facter' is not a parameter; did you mean 'factor'?" in told
    assert "factor must be given, but is absent" in told
    assert "models must be" in told
    assert "'old' is not a parameter" in told


def test_faults_against_data_and_ledger_are_told_at_once(tmp_path):
    text = (
        SMALL.replace("level: progression", "level: lost")
        .replace("cox.text.progression.hr", "cox.text.progression.ci")
        .replace("[75, 70]", "[75, old, 75]")
        .replace("[all, us]", "[all, uk]")
        .replace("few: [age_75]", "few: [height]")
        .replace("{region: [us]}", "{region: [mars], sex: []}")
        .replace("truncation_months:", "colour:")
    )
    path = write_files(tmp_path, text, "disclosure: midpoint-6\nconf_level: 0.9\n")
    with pytest.raises(FaultsError) as caught:
        plan_sweep(path, ledger=LEDGER)
    told = "\n".join(caught.value.faults)
    for words in (
        "level of failure_type must be one of",
        "choice age_cut_years must be a positive number, but was 'old'",
        "values of choice age_cut_years must all be different, but 75 came twice",
        "choice subset must be all, us, but was 'uk'",
        "choice must be one of",
        "model few: ",
        "subset us: level of region must be one of us, europe, but was 'mars'",
        "sex must have levels",
        "subset 'us' must be a value of the choice subset",
        "published must be the id of a printed hazard ratio",
        "disclosure of base.yml must be off",
        "conf_level of base.yml must be 0.95",
    ):
        assert words in told, words


def test_rows_are_those_of_the_analysis(plan, made):
    folder, summary, _ = made
    expected = estimate_multiverse(
        plan.multiverse.cohort,
        set_id="sweep",
        factor="failure_type",
        level="progression",
        choices=plan.data.choices,
        models=plan.data.models,
        subsets=plan.data.subsets,
        published=1.9,
    )
    document = json.loads((folder / "small" / "results.json").read_text(encoding="utf-8"))
    assert document["synthetic"] is True
    assert set(document["results"]) == set(expected.results)
    for key, result in expected.results.items():
        assert document["results"][key]["estimate"] == pytest.approx(result.estimate, rel=1e-12)
    assert plan.data.choices["ties"] == ["breslow"]
    assert (summary.n_specifications, summary.n_estimated, summary.n_lost) == (16, 16, 0)


def test_files_of_a_sweep(made):
    folder = made[0] / "small"
    with (folder / "specifications.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    estimates = [float(row["estimate"]) for row in rows]
    assert len(rows) == 16
    assert estimates == sorted(estimates)
    assert {path.name for path in (folder / "figures").iterdir()} == {
        "sweep.csv",
        "sweep.png",
        "sweep.svg",
    }
    page = PageReader((folder / "sweep.html").read_text(encoding="utf-8"))
    assert (page.unbalanced, page.outside, page.loaded, page.broken_links) == ([], [], [], [])
    assert max(page.ids.values()) == 1
    assert "16 combinations" in page.words
    assert "SYNTHETIC DATA" in page.words


def test_a_second_run_takes_all_and_writes_the_same(plan, made):
    folder, _, events = made
    assert events[-1].done == events[-1].total == 16
    before = {path: path.read_bytes() for path in (folder / "small").rglob("*") if path.is_file()}
    summary = run_sweep(plan, SweepSettings(output_dir=folder))
    assert summary.n_taken == 16
    assert {path: path.read_bytes() for path in before} == before


def test_a_killed_run_goes_on(plan, made, tmp_path, in_this_process):
    rows = (made[0] / ".small.specifications.jsonl").read_text(encoding="utf-8").splitlines()
    kept = "\n".join(rows[:8]) + "\n" + rows[8][:40]
    (tmp_path / ".small.specifications.jsonl").write_text(kept, encoding="utf-8")
    summary = run_sweep(plan, SweepSettings(output_dir=tmp_path, workers=1))
    assert (summary.n_taken, summary.n_estimated) == (7, 16)
    ours, theirs = (
        (folder / "small" / "specifications.csv").read_text() for folder in (tmp_path, made[0])
    )
    assert ours == theirs


def test_rows_of_other_data_or_definitions_are_forgotten(plan, made, tmp_path):
    path = tmp_path / "rows.jsonl"
    path.write_bytes((made[0] / ".small.specifications.jsonl").read_bytes())
    finished = FinishedRows(path, hash_sweep(plan.data), plan.data.choices)
    finished.read()
    assert len(finished.rows) == 16
    other = SweepData(
        **{name: getattr(plan.data, name) for name in SweepData.__slots__} | {"sha256": "0"}
    )
    assert hash_sweep(other) != hash_sweep(plan.data)
    finished = FinishedRows(path, hash_sweep(other), plan.data.choices)
    finished.read()
    assert finished.rows == {}


def test_a_worker_with_other_data_refuses(plan):
    other = SweepData(
        **{name: getattr(plan.data, name) for name in SweepData.__slots__} | {"sha256": "0"}
    )
    with pytest.raises(DataError, match="data must be the same on every worker"):
        prepare_multiverse(other)


def test_rows_are_ready_for_json(plan):
    rows = fit_some(plan.multiverse.list_specifications()[:2], plan.multiverse)
    assert json.loads(json.dumps(rows)) == rows


def test_on_the_command_line(tmp_path, capsys, in_this_process):
    path = write_files(tmp_path)
    words = ["sweep", str(path), "--output", str(tmp_path / "out"), "--json"]
    assert main(words) == 0
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert events[0]["event"] == "begin"
    assert events[-1]["event"] == "summary"
    assert events[-1]["n_estimated"] == 16
    assert main(["sweep", str(tmp_path / "absent.yml")]) == 2
    assert "must be a readable file" in capsys.readouterr().err
