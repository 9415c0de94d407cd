"""`lenfail synthesize`: what it writes, what it refuses, and how a search goes on."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pandas as pd
import pytest

from helpers.cli import main
from helpers.cli.synthesis_config import find_faults, read_config
from helpers.cohort import read_cohort
from helpers.cohort.synthetic import read_schedule
from helpers.cohort.synthetic.search import SCHEDULE
from helpers.errors import FaultsError


@pytest.fixture(autouse=True)
def in_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def tiny():
    """Return a configuration whose search takes a second."""
    text = SCHEDULE.read_text(encoding="utf-8")
    for name, value in (("starts", 1), ("stretch", 200), ("steps", 400)):
        text = re.sub(rf"^{name} = \d+", f"{name} = {value}", text, flags=re.MULTILINE)
    Path("tiny.toml").write_text(text, encoding="utf-8")
    return Path("tiny.toml")


def run(*words: object) -> int:
    return main(["synthesize", *map(str, words)])


def read_mistake(capsys, *words: object) -> str:
    try:
        code = run(*words)
    except SystemExit as stopped:
        code = stopped.code
    told = capsys.readouterr()
    assert code == 2
    assert told.out == ""
    assert told.err.startswith("lenfail: ")
    return told.err


def test_a_drawn_cohort_can_be_read_and_is_told_with_its_hash(capsys):
    assert run("--patients", 150, "--output", "drawn.csv") == 0
    content = Path("drawn.csv").read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    assert capsys.readouterr().out == f"drawn.csv: 150 patients, SHA-256 {digest}\n"
    cohort = read_cohort("drawn.csv")
    assert len(cohort) == 150
    assert cohort.synthetic
    assert not list(Path().glob("*.part"))


def test_a_seed_gives_the_same_bytes_and_another_seed_others():
    for name, seed in (("a", 5), ("b", 5), ("c", 6)):
        assert run("--patients", 120, "--seed", seed, "--output", f"{name}.csv", "--quiet") == 0
    a, b, c = (Path(f"{name}.csv").read_bytes() for name in "abc")
    assert a == b
    assert a != c


def test_under_the_null_survival_is_another_and_treatment_the_same():
    assert run("--patients", 400, "--output", "effect.csv") == 0
    assert run("--patients", 400, "--null", "--output", "null.csv") == 0
    effect, null = pd.read_csv("effect.csv"), pd.read_csv("null.csv")
    assert effect["first_treatment"].equals(null["first_treatment"])
    assert not effect["last_contact_date"].equals(null["last_contact_date"])


def test_without_a_number_a_null_cohort_is_as_large_as_the_paper_s():
    assert run("--null", "--output", "null.csv") == 0
    assert len(pd.read_csv("null.csv")) == 392


def test_values_go_missing_where_it_is_asked_for():
    assert run("--patients", 2000, "--missing-fraction", 0.2, "--output", "gaps.csv") == 0
    share = pd.read_csv("gaps.csv")["haemoglobin_g_dl"].isna().mean()
    assert share == pytest.approx(0.2, abs=4 * (0.2 * 0.8 / 2000) ** 0.5)


def test_a_search_writes_the_cohort_and_tells_its_progress(capsys, tiny):
    assert run("--config", tiny, "--missing-fraction", 0.1) == 0
    told = capsys.readouterr()
    assert re.fullmatch(r"synthetic\.csv: \d+ patients, SHA-256 [0-9a-f]{64}\n", told.out)
    assert re.search(r"^start 1 of 1: +\d+ % of all proposals, loss [\d.]+, 0:\d\d min$",
                     told.err, re.MULTILINE)  # fmt: skip
    cohort = read_cohort("synthetic.csv")
    assert len(cohort) == 392
    assert cohort.table["haemoglobin_g_dl"].isna().any()
    assert not Path("synthetic.csv.checkpoint").exists()


def test_a_search_goes_on_from_its_checkpoint_and_ends_the_same(capsys, monkeypatch, tiny):
    assert run("--config", tiny, "--output", "whole.csv", "--quiet") == 0

    class Stopped:
        """Stops the search at its second report."""

        def __init__(self) -> None:
            self.seen = 0

        def __call__(self, at: object) -> None:
            self.seen += 1
            if self.seen == 2:
                raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("helpers.cli.synthesize.make_reporter", Stopped)
        assert run("--config", tiny, "--output", "parts.csv") == 130
    assert "goes on with --resume" in capsys.readouterr().err
    assert Path("parts.csv.checkpoint").exists()
    assert not Path("parts.csv").exists()

    assert "checkpoint must be a new file" in read_mistake(
        capsys, "--config", tiny, "--output", "parts.csv"
    )
    assert "checkpoint must be of the same configuration and seed" in read_mistake(
        capsys, "--config", tiny, "--output", "parts.csv", "--resume", "--seed", 1
    )
    assert run("--config", tiny, "--output", "parts.csv", "--resume", "--quiet") == 0
    assert Path("parts.csv").read_bytes() == Path("whole.csv").read_bytes()
    assert not Path("parts.csv.checkpoint").exists()


def test_nothing_is_written_over_without_force(capsys):
    Path("mine.csv").write_text("mine")
    assert "give another name, or --force" in read_mistake(capsys, "--null", "--output", "mine.csv")
    assert Path("mine.csv").read_text() == "mine"
    assert run("--null", "--output", "mine.csv", "--force") == 0
    assert len(pd.read_csv("mine.csv")) == 392


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--patients", "99"], "patients must be a number from 100 to 5000000, but was 99"),
        (["--patients", "many"], "argument --patients: invalid int value: 'many'"),
        (["--seed", "-1"], "seed must be a whole number from 0 to 4294967295, but was -1"),
        (["--missing-fraction", "0.6"], "missing-fraction must be a number from 0 to 0.5"),
        (["--missing-fraction", "nan"], "but was nan"),
        (["--output", "cohort.xlsx"], "output must be a file that ends in .csv"),
        (["--output", "gone/c.csv"], "output must lie in a folder that exists"),
        (["--null", "--resume"], "--resume belongs to the calibrated cohort"),
        (["--patients", "200", "--config", "c.toml"], "--config belongs to the calibrated cohort"),
        (["--config", "gone.toml"], "config must be a readable file, but was 'gone.toml'"),
        (["--resume"], "checkpoint must be the file of a stopped search"),
    ],
)
def test_bad_values_are_told_in_a_sentence(capsys, words, message):
    told = read_mistake(capsys, *words)
    assert message in told
    assert told.count("\n") == 1
    assert not list(Path().iterdir())


def test_a_damaged_checkpoint_is_named(capsys, tiny):
    Path("c.npz").write_bytes(b"PK\x03\x04 and no more")
    told = read_mistake(capsys, "--config", tiny, "--checkpoint", "c.npz", "--resume")
    assert "checkpoint must be the file of a stopped search, but was 'c.npz'" in told


def test_a_broken_configuration_is_named(capsys):
    Path("broken.toml").write_text("seed = ")
    assert "config 'broken.toml' must be TOML" in read_mistake(capsys, "--config", "broken.toml")


def test_the_committed_configuration_has_no_faults_and_its_seed_can_be_changed():
    committed = read_schedule()
    assert list(find_faults(committed, committed)) == []
    assert read_config(None) == committed
    assert read_config(None, seed=3) == {**committed, "seed": 3}


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("seed = ", "sead = ", "the configuration has an unknown key 'sead'; did you mean 'seed'?"),
        ("seed = ", "sead = ", "the configuration must have the key 'seed'"),
        ("starts = .*", "starts = 0", "search.starts must be 1 or more, but was 0"),
        ("starts = .*", "starts = 1.5", "search.starts must be a whole number from 0, but was 1.5"),
        ("edge = .*", "edge = -1.0", "search.edge must be a number from 0, but was -1.0"),
        ("edge = .*", "edge = true", "search.edge must be a number from 0, but was True"),
        ("edge = .*", "edge = 0.5", "search.edge must be below 0.5, but was 0.5"),
        ("cold = .*", "cold = 0.0", "search.rounds.1.cold must be above 0, but was 0.0"),
        (r"moves = \[", "moves = [0.1, ", "search.moves must be a list of 5"),
        ('group = "all"', 'group = "tall"', "search.smooth.1.group must be one of"),
        (r"\[courses\]", "[coarses]", "the configuration must have the key 'courses'"),
    ],
)
def test_each_fault_of_a_configuration_is_told(tiny, old, new, fault):
    text = tiny.read_text(encoding="utf-8")
    changed, n_changes = re.subn(f"^{old}", new, text, count=1, flags=re.MULTILINE)
    assert n_changes == 1
    tiny.write_text(changed, encoding="utf-8")
    with pytest.raises(FaultsError, match=re.escape(fault)):
        read_config(tiny)
