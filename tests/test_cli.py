"""The command line: output, exit codes and the wording of mistakes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from helpers.cli import main
from helpers.cli.text_table import format_table

PAPER = Path(__file__).parents[1] / "params" / "paper.yml"


def run(*words: object) -> int:
    return main([str(word) for word in words])


def read_mistake(capsys: pytest.CaptureFixture[str], *words: object) -> str:
    """Return what a command says of a mistake, after exit code 2 and nothing on stdout."""
    try:
        code = run(*words)
    except SystemExit as stopped:
        code = stopped.code
    told = capsys.readouterr()
    assert code == 2
    assert told.out == ""
    assert told.err.startswith("lenfail: ")
    assert "Traceback" not in told.err
    return told.err


def write_ledger(folder: Path, share: int) -> Path:
    """Write a ledger of 134 men among 392 patients and their printed share."""
    common = "place: Table 1, decimals: 0, population: all, scope: cohort"
    path = folder / "ledger.yml"
    path.write_text(
        "format: 1\npaper: {title: Another, year: 2020}\nentries:\n"
        f"- {{id: men.n, kind: count, printed: '134', value: 134, {common},\n"
        "   result: table1.sex.male, field: estimate}\n"
        f"- {{id: men.pct, kind: percent, printed: '{share}%', value: {share}, {common},\n"
        "   denominator: 392, count: men.n, result: table1.sex.male, field: percent}\n",
        encoding="utf-8",
    )
    return path


def test_audit_prints_each_finding_of_the_paper_with_its_arithmetic(capsys):
    assert run("audit") == 0
    told = capsys.readouterr().out
    lines = told.splitlines()
    assert lines[0].split() == ["Severity", "Where", "What", "Arithmetic"]
    assert lines[-1] == "12 contradictions and 1 remark among the printed numbers."
    assert sum(line.startswith("contradiction ") for line in lines) == 12
    assert sum(line.startswith("remark ") for line in lines) == 1
    assert "261/392 = 66.58%" in " ".join(told.split())


def test_audit_finds_nothing_in_a_consistent_ledger(capsys, tmp_path):
    assert run("audit", write_ledger(tmp_path, 34)) == 0
    assert capsys.readouterr().out == "0 contradictions and 0 remarks among the printed numbers.\n"


def test_audit_prints_json(capsys, tmp_path):
    assert run("audit", write_ledger(tmp_path, 35), "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["paper"] == {"title": "Another", "year": "2020"}
    assert (told["contradictions"], told["remarks"]) == (1, 0)
    (finding,) = told["findings"]
    assert finding["severity"] == "contradiction"
    assert finding["entries"] == ["men.pct", "men.n"]
    assert finding["places"] == ["Table 1"]
    assert finding["arithmetic"].startswith("134/392 = 34.18%, which rounds to 34%")


def test_audit_names_all_faults_of_a_ledger(capsys, tmp_path):
    path = write_ledger(tmp_path, 34)
    path.write_text(path.read_text().replace("kind: count", "kind: cuont") + "sums: 3\n")
    told = read_mistake(capsys, "audit", path)
    assert "ledger.yml is not a ledger of published numbers" in told
    assert "kind of entry 'men.n' must be one of count" in told
    assert "sums must be a list, but was 3" in told


def test_audit_names_a_missing_ledger(capsys, tmp_path):
    told = read_mistake(capsys, "audit", tmp_path / "nothing.yml")
    assert "ledger must be a readable file" in told
    assert "nothing.yml" in told
    assert told.endswith("check the path\n")


def test_a_table_wraps_long_cells_and_keeps_its_columns():
    table = format_table(
        ("Key", "Words"), [("a", "one two three four five six"), ("bb", "seven")], width=20
    )
    assert table.splitlines() == [
        "Key  Words",
        "---  ---------------",
        "a    one two three",
        "     four five six",
        "",
        "bb   seven",
    ]


def test_a_table_is_never_narrower_than_can_be_read():
    table = format_table(("Left", "Right"), [("x" * 30, "y" * 30)], width=5)
    assert max(map(len, table.splitlines())) == 12 + 2 + 12


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["biuld"], "command must be one of template, map, check, build, watch, batch, sweep,"),
        (["biuld"], "did you mean 'build'?"),
        (["xyz"], "'lenfail --help' describes them"),
        ([], "arguments are required: COMMAND"),
        (["build"], "arguments are required: params; 'lenfail build --help'"),
        (["audit", "--jsn"], "unrecognized arguments: --jsn"),
        (["build", "nothing.yml"], "parameter file 'nothing.yml' must be a readable file"),
        (["build", PAPER, "--set", "conf_levle=0.9"], "did you mean 'conf_level'?"),
        (["build", PAPER, "--set", "conf_level"], "conf_level"),
        (["build", PAPER, "--set", "model_factors=[age_57]"], "age_75"),
    ],
)
def test_a_mistake_is_told_in_a_sentence(capsys, monkeypatch, tmp_path, words, message):
    monkeypatch.chdir(tmp_path)
    assert message in read_mistake(capsys, *words)


def test_the_schema_is_that_of_the_parameters(capsys):
    assert run("schema") == 0
    schema = json.loads(capsys.readouterr().out)
    assert schema["additionalProperties"] is False
    assert "conf_level" in schema["properties"]


def test_help_and_version_leave_without_a_mistake(capsys):
    for word, told in (("--help", "COMMAND"), ("--version", "lenfail ")):
        with pytest.raises(SystemExit, match=r"^0$"):
            main([word])
        assert told in capsys.readouterr().out


def test_stopping_is_no_crash(capsys, monkeypatch):
    def stop(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("helpers.params.read_params_file", stop)
    assert run("build", PAPER) == 130
    assert capsys.readouterr().err == "lenfail: stopped; the last report is as it was\n"


def start(*words: str) -> subprocess.CompletedProcess[str]:
    program = [sys.executable, "-W", "error", "-c", "import sys; from helpers.cli import main; "]
    program[-1] += "sys.exit(main())"
    return subprocess.run([*program, *words], capture_output=True, text=True, check=False)


def test_the_process_ends_with_the_exit_code_and_no_traceback():
    ended = start("build", str(PAPER), "--set", "stepwise=sideways")
    assert ended.returncode == 2
    assert ended.stdout == ""
    assert "stepwise must be" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_help_imports_nothing_that_costs():
    code = (
        "import sys\nfrom helpers.cli.program import make_parser\nmake_parser().format_help()\n"
        "costly = {'numpy', 'pandas', 'pydantic', 'yaml', 'matplotlib', 'numba'}\n"
        "sys.exit(', '.join(sorted(costly & sys.modules.keys())) or 0)"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    assert ended.stderr == ""
    assert ended.returncode == 0
