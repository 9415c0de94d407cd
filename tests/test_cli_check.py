"""`lenfail check`: all faults at once, and what was understood."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import jsonschema
import pytest
from openpyxl import Workbook, load_workbook

from helpers.cli import main
from helpers.errors import FaultsError
from helpers.params import Params
from helpers.report.check_inputs import check_inputs

ROOT = Path(__file__).parents[1]
PAPER = ROOT / "params" / "paper.yml"
SCHEMA = json.loads((ROOT / "helpers" / "cli" / "check_schema.json").read_text("utf-8"))
HEAD = ("patient_id", "failure_date", "last_contact_date", "dead", "sex", "failure_type")
PATIENTS = [
    (
        f"K-{number:03}",
        "2010-01-04",
        f"2012-{number % 12 + 1:02}-05",
        number % 2,
        "female",
        "loss_hi",
    )
    for number in range(1, 25)
]


def run(capsys, *words: object) -> tuple[int, str]:
    code = main([str(word) for word in words])
    told = capsys.readouterr()
    assert "Traceback" not in told.out + told.err
    return code, told.out + told.err


def read_outcome(capsys, *words: object) -> dict:
    """Return the outcome as JSON, held against its documented form."""
    code, told = run(capsys, "check", *words, "--json")
    outcome = json.loads(told)
    jsonschema.validate(outcome, SCHEMA)
    assert code == (0 if outcome["fine"] else 2)
    return outcome


def write_cohort(folder: Path, rows: list[tuple], head: tuple = HEAD, params: str = "") -> Path:
    with (folder / "a.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([head, *rows])
    path = folder / "params.yml"
    path.write_text(f"data: a.csv\n{params}", encoding="utf-8")
    return path


def test_the_built_in_cohort_is_fine(capsys):
    code, told = run(capsys, "check", PAPER)
    assert code == 0
    words = " ".join(told.split())
    for text in (
        "nothing to mend",
        "SYNTHETIC patients",
        "469 screened, 392 eligible",
        "17 excluded: LEN failure not documented",
        "Died (column dead): 1, yes: 222; 0, no (censored): 170",
        "zero is the date of LEN failure; the end is the date of last contact",
        "Type of LEN failure - No response: 141, Loss of HI: 152, Intolerance: 56, Progression: 43",
        "nothing: the columns are enough for every analysis",
    ):
        assert text in words


def test_the_outcome_as_json(capsys):
    outcome = read_outcome(capsys, PAPER)
    assert outcome["fine"] is True
    assert outcome["faults"] == []
    understood = outcome["understood"]
    assert understood["patients"] == {"screened": 469, "eligible": 392}
    assert understood["event"]["yes"] == 222
    assert understood["left_out"] == []
    assert understood["time"]["total_months"] == pytest.approx(8444, abs=1)


def test_faults_of_parameters_and_data_are_told_together(capsys, tmp_path):
    rows = [*PATIENTS, ("K-001", "2010-01-04", "2009-01-04", 2, "F", "relapse")]
    path = write_cohort(
        tmp_path, rows, params="conf_level: 2\nalfa: 0.1\nmodel_factors: [sex, sx]\n"
    )
    outcome = read_outcome(capsys, path)
    assert len(outcome["sentences"]["parameters"]) == 3
    found = {(fault["our_column"], fault["row"]): fault for fault in outcome["faults"]}
    assert found["dead", 26]["cell"] == "D26"
    assert found["sex", 26]["advice"] == "did you mean 'female'?"
    assert found["last_contact_date", 26]["rule"] == "must not lie before failure_date"
    assert ("patient_id", 2) in found
    told = run(capsys, "check", path)[1]
    assert "K-001" not in told + json.dumps(outcome)
    for heading in ("\nParameters\n", "\nPatients' data\n"):
        assert heading in told


def test_both_names_of_a_column_are_told(capsys, tmp_path):
    head = ("Nr", "Versagen", "Kontakt", "tot", "Geschlecht", "Typ")
    rows = [*PATIENTS, ("K-099", "2010-01-04", "2011-01-04", 3, "x", "")]
    path = write_cohort(tmp_path, rows, head, params="mapping: m.yml\n")
    (tmp_path / "m.yml").write_text(
        "columns: {patient_id: Nr, failure_date: Versagen, last_contact_date: Kontakt, "
        "sex: Geschlecht, failure_type: Typ}\nevent: {column: tot, dead: [1], alive: [0]}\n",
        encoding="utf-8",
    )
    faults = read_outcome(capsys, path)["faults"]
    found = {fault["our_column"]: fault for fault in faults}
    assert found["sex"]["your_column"] == "Geschlecht"
    assert (found["sex"]["cell"], found["sex"]["value"]) == ("E26", "'x'")
    assert found["dead"]["cell"] == "D26"
    assert "Geschlecht" in run(capsys, "check", path)[1]
    write_cohort(tmp_path, PATIENTS, head, params="mapping: m.yml\n")
    understood = read_outcome(capsys, path)["understood"]
    assert understood["event"]["your_columns"] == ["tot"]
    assert {one["code"]: one["read_as"] for one in understood["event"]["coding"]} == {
        "1": "1",
        "0": "0",
    }


def test_faults_of_a_mapping_are_told(capsys, tmp_path):
    path = write_cohort(tmp_path, PATIENTS, params="mapping: m.yml\n")
    (tmp_path / "m.yml").write_text("colums: {}\ncolumns: {sex: Geschlecht}\n", encoding="utf-8")
    outcome = read_outcome(capsys, path)
    assert any("colums" in text for text in outcome["sentences"]["mapping"])
    assert "not checked yet: mend the mapping first" in run(capsys, "check", path)[1]
    (tmp_path / "m.yml").unlink()
    assert "m.yml" in str(read_outcome(capsys, path)["sentences"]["mapping"])


def test_what_is_left_out_and_why(capsys, tmp_path):
    path = write_cohort(tmp_path, [row[:4] for row in PATIENTS], HEAD[:4])
    understood = read_outcome(capsys, path)["understood"]
    left_out = {one["analysis"]: one["lacking"] for one in understood["left_out"]}
    assert left_out["Overall survival by TP53 mutation"] == ["tp53"]
    assert left_out["Progression to AML"] == ["aml_date"]
    assert "Overall survival" not in left_out


def test_disclosure_control_masks_what_was_understood(capsys, tmp_path):
    rows = [*PATIENTS, ("K-099", "2010-01-04", "2011-01-04", 0, "male", "progression")]
    path = write_cohort(tmp_path, rows)
    open_told = read_outcome(capsys, path)["understood"]
    assert {"shortest_months", "longest_months"} <= set(open_told["time"])
    told = read_outcome(capsys, path, "--set", "disclosure=redact-7-round-5")["understood"]
    assert not {"shortest_months", "longest_months"} & set(told["time"])
    sexes = next(one for one in told["groups"] if one["factor"] == "sex")
    assert sexes["levels"] == {"Female": 25, "Male": None}
    words = run(capsys, "check", path, "--set", "disclosure=redact-7-round-5")[1]
    assert "Male: few (not shown)" in words
    assert "row 26" not in words


def test_the_fix_list(capsys, tmp_path):
    rows = [*PATIENTS, ("K-099", "2010-01-04", "2011-01-04", "=1+1", "@x", "-progression")]
    path = write_cohort(tmp_path, rows)
    fix_list = tmp_path / "fix.xlsx"
    assert run(capsys, "check", path, "--fix-list", fix_list)[0] == 2
    sheet = load_workbook(fix_list)["fix list"]
    head, *faults = sheet.values
    assert head[:4] == ("No.", "Row", "Cell", "Patient (hash)")
    assert [fault[2] for fault in faults] == ["D26", "E26", "F26"]
    assert sheet.auto_filter.ref == "A1:J4"
    cells = [cell for row in sheet.iter_rows() for cell in row if isinstance(cell.value, str)]
    assert not [cell.value for cell in cells if cell.value[0] in "=+-@" or cell.data_type == "f"]
    assert "K-099" not in str(list(sheet.values))
    assert run(capsys, "check", path, "--fix-list", fix_list)[0] == 2


@pytest.mark.parametrize("name", ["a.csv", "params.yml", "other.xlsx", "no/fix.xlsx", "fix.txt"])
def test_a_fix_list_replaces_nothing_else(capsys, tmp_path, name):
    path = write_cohort(tmp_path, PATIENTS)
    Workbook().save(tmp_path / "other.xlsx")
    before = {item: item.read_bytes() for item in tmp_path.iterdir()}
    code, told = run(capsys, "check", path, "--fix-list", tmp_path / name)
    assert code == 2
    assert "--fix-list must be a new .xlsx file or an earlier fix list" in told
    assert {item: item.read_bytes() for item in tmp_path.iterdir()} == before


@pytest.mark.parametrize("content", [None, "data: [\n", "- 1\n", "\xff"])
def test_a_parameter_file_that_cannot_be_read(capsys, tmp_path, content):
    path = tmp_path / "params.yml"
    if content is not None:
        path.write_text(content, encoding="latin-1")
    code, told = run(capsys, "check", path)
    assert code == 2
    assert told.startswith("lenfail: parameter file 'params.yml' ")


def test_a_build_can_refuse_with_all_faults(tmp_path):
    write_cohort(tmp_path, [*PATIENTS, ("K-099", "", "2011-01-04", "", "x", "")])
    checked = check_inputs(Params(data="a.csv", model_factors=["sx"]), tmp_path)
    with pytest.raises(FaultsError) as caught:
        checked.raise_faults()
    assert len(caught.value.faults) == 4
    fine = check_inputs(Params(), tmp_path)
    fine.raise_faults()
    assert len(fine.cohort) == 392


def test_a_build_tells_all_faults_and_leaves_nothing(capsys, tmp_path):
    rows = [*PATIENTS, ("K-099", "", "2011-01-04", "", "x", "")]
    path = write_cohort(tmp_path, rows, params="model_factors: [sx]\n")
    code, told = run(capsys, "build", path, "--output", tmp_path / "reports")
    assert code == 2
    assert "4 faults to mend before a report can be built" in told
    assert "did you mean 'sex'?" in told
    assert "row 26" in told
    assert "K-099" not in told
    assert not (tmp_path / "reports" / "params").exists()


def test_cells_are_not_held_against_declarations_that_are_at_fault(capsys, tmp_path):
    rows = [(*row[:5], "relapse") for row in PATIENTS]
    path = write_cohort(
        tmp_path, rows, params="variables: {failure_type: {levels: {relapse: Relapse}, unti: x}}\n"
    )
    outcome = read_outcome(capsys, path)
    assert outcome["sentences"]["data"] == []
    assert any("unti" in text for text in outcome["sentences"]["parameters"])
    assert "mend the parameters first" in run(capsys, "check", path)[1]
