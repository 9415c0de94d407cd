"""`lenfail share` and `lenfail pool`: from three hospitals' reports to one, by their commands."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

import helpers
from helpers.cli import main
from helpers.cohort import read_cohort
from helpers.params import check_params

SYNTHETIC = Path(helpers.__file__).parent / "cohort" / "data" / "synthetic.csv"
HOSPITALS = {
    "north": [f"EU-0{number}" for number in range(1, 9)],
    "west": ["US-01", "US-02"],
    "south": ["US-03", "US-04", "US-05", "US-06", "US-07"],
}


def run(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, str]:
    code = main([str(word) for word in words])
    told = capsys.readouterr()
    assert "Traceback" not in told.out + told.err
    return code, told.out + told.err


def make_report(folder: Path, name: str, **changes: object) -> Path:
    """Write a hospital's data and what its report says that it was made of."""
    frame = pd.read_csv(SYNTHETIC, dtype=str, keep_default_na=False)
    data = folder / f"{name}.csv"
    frame[frame["centre"].isin(HOSPITALS[name])].to_csv(data, index=False)
    params = check_params({"data": data.name, **changes})
    cohort = read_cohort(data.name, **{**params.cohort_options, "base_dir": folder})
    report = folder / "reports" / name
    report.mkdir(parents=True)
    manifest = {"data_sha256": cohort.sha256, "parameters": {"data": data.name, **changes}}
    (report / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return report


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("place")
    for name in HOSPITALS:
        make_report(folder, name)
    return folder


def test_three_hospitals_share_and_are_pooled(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    key = place / "study.key"
    code, told = run(capsys, "share", "--new-key", "north,west,south", "--output", key)
    assert (code, "joint key of 3 centres" in told) == (0, True)
    files = []
    for name in HOSPITALS:
        files.append(place / f"{name}.json")
        words = ("share", place / "reports" / name, "--joint-key", key, "--output", files[-1])
        code, told = run(capsys, *words)
        assert code == 0
        assert f"centre {name}, redact-7-round-5" in told
        assert "8 of 8 analyses are told" in told
    pooled = place / "reports" / "pooled"
    code, told = run(capsys, "pool", *files, "--output", pooled, "--formats", "html")
    assert code == 0
    assert "pooled: 3 centres, 3 with results of their own, joint sums of all" in told
    assert {path.name for path in pooled.iterdir()} == {
        "figures",
        "manifest.json",
        "manuscript.html",
        "results.json",
        "tables",
    }
    groups = json.loads(files[0].read_text("utf-8"))["sets"]["os.failure"]["meta"]["groups"]
    assert list(groups) == ["no_response", "loss_hi", "intolerance", "progression"]
    code, told = run(capsys, "pool", files[0], files[0], "--output", place / "reports" / "no")
    assert code == 2
    assert "are the same file; name it once" in told
    assert not (place / "reports" / "no").exists()


def test_data_that_changed_since_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = make_report(tmp_path, "west")
    data = tmp_path / "west.csv"
    data.write_text(data.read_text("utf-8").replace("female", "male", 1), encoding="utf-8")
    output = tmp_path / "west.json"
    code, told = run(capsys, "share", report, "--output", output)
    assert code == 2
    assert told == (
        "lenfail: data must be those that report 'west' was made of, but have changed since; "
        "build the report again and share that\n"
    )
    assert not output.exists()


def test_data_far_away_are_found_by_the_parameter_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = make_report(tmp_path, "west", age_cut_years=70.0)
    far = tmp_path / "deep" / "down" / "here"
    far.mkdir(parents=True)
    (tmp_path / "west.csv").rename(far / "west.csv")
    output = tmp_path / "west.json"
    code, told = run(capsys, "share", report, "--output", output)
    assert code == 2
    assert "data of the report must be found near it, but 'west.csv' was not" in told
    other = far / "other.yml"
    other.write_text("data: west.csv\n", encoding="utf-8")
    code, told = run(capsys, "share", report, "--output", output, "--params", other)
    assert code == 2
    assert "'other.yml' differs in age_cut_years" in told
    right = far / "right.yml"
    right.write_text("data: west.csv\nage_cut_years: 70\n", encoding="utf-8")
    code, _ = run(capsys, "share", report, "--output", output, "--params", right)
    assert code == 0
    shared = json.loads(output.read_text("utf-8"))
    assert shared["definition"]["parameters"]["age_cut_years"] == 70


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("share",), "REPORT must be given"),
        (("share", "nowhere"), "REPORT must be the folder of a finished report"),
        (("share", "{report}", "--threshold", "3"), "threshold must be a whole number from 5"),
        (("share", "{report}", "--rule", "off"), "rule must be one that protects small counts"),
        (("share", "{report}", "--name", "<b>"), "name must be 1 to 60 letters"),
        (("share", "{report}", "--joint-key", "none.key"), "joint key must be a file"),
        (("share", "--new-key", "A,B"), "joint key must be 3 or more different names"),
        (("pool", "none.json", "--output", "x"), "share files must be two or more"),
        (("pool", "a", "b", "--formats", "doc"), "formats must be a list of"),
        (("pool", "a", "b", "--number-style", "bmj"), "number style"),
    ],
)
def test_mistakes_are_told_in_a_sentence(  # noqa: PLR0917  fixtures
    place: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    words: tuple[str, ...],
    told: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    given = [word.format(report=place / "reports" / "west") for word in words]
    code, said = run(capsys, *given)
    assert code == 2
    assert told in said
    assert not list(tmp_path.iterdir())
