"""`lenfail template`: what a user without Python fills in."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest
import yaml
from openpyxl import load_workbook

from helpers.cli import main
from helpers.cohort import read_dictionary
from helpers.params import Params

FILES = ["README.txt", "data-dictionary.xlsx", "mapping.yml", "params.yml"]
REQUIRED = ["patient_id", "failure_date", "last_contact_date", "dead"]


def run(*words: object) -> int:
    return main([str(word) for word in words])


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("template") / "mycohort"
    assert run("template", path) == 0
    return path


@pytest.fixture(scope="module")
def book(folder):
    return load_workbook(folder / "data-dictionary.xlsx")


def test_all_files_are_written_and_named(tmp_path, capsys):
    path = tmp_path / "a" / "mycohort"
    assert run("template", path) == 0
    assert sorted(item.name for item in path.iterdir()) == FILES
    told = capsys.readouterr().out
    assert all(str(path / name) in told for name in FILES)
    assert f"lenfail check {path / 'params.yml'}" in told


def test_a_folder_with_files_is_refused(tmp_path, capsys):
    (tmp_path / "notes.txt").write_text("mine")
    assert run("template", tmp_path) == 2
    assert "must be new or empty" in capsys.readouterr().err
    assert [item.name for item in tmp_path.iterdir()] == ["notes.txt"]


def test_only_what_is_missing_is_added(tmp_path, capsys):
    (tmp_path / "params.yml").write_text("mine")
    assert run("template", tmp_path, "--add-missing") == 0
    assert "left as they were: params.yml" in capsys.readouterr().out
    assert (tmp_path / "params.yml").read_text() == "mine"
    assert sorted(item.name for item in tmp_path.iterdir()) == FILES
    assert run("template", tmp_path, "--add-missing") == 0
    assert "nothing was missing" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["a.txt", "a.txt/b", "x" * 300, "a\x00b"])
def test_a_place_that_is_no_folder_is_refused(tmp_path, capsys, name):
    (tmp_path / "a.txt").write_text("mine")
    assert run("template", f"{tmp_path}/{name}") == 2
    assert capsys.readouterr().err.startswith("lenfail: FOLDER must be")
    assert (tmp_path / "a.txt").read_text() == "mine"


def test_every_parameter_is_explained_and_few_are_set(folder):
    text = (folder / "params.yml").read_text(encoding="utf-8")
    active = yaml.safe_load(text)
    assert set(active) == {"title", "data", "data_sheet", "formats"}
    assert active["data"] == "data-dictionary.xlsx"
    for name in Params.model_fields:
        assert f"\n{name}: " in text or f"\n# {name}: " in text, name


def test_every_parameter_can_be_switched_on(folder):
    text = (folder / "params.yml").read_text(encoding="utf-8")
    lines = text.splitlines()
    for number, line in enumerate(lines):
        name = line.removeprefix("# ").partition(":")[0]
        if line.startswith("# ") and name in Params.model_fields:
            lines[number] = line.removeprefix("# ")
            following = number + 1
            while following < len(lines) and lines[following].startswith("#   "):
                lines[following] = lines[following].removeprefix("# ")
                following += 1
    given = yaml.safe_load("\n".join(lines))
    assert set(given) == set(Params.model_fields)
    assert Params(**given).model_factors == Params().model_factors


def test_the_mapping_to_fill_in_is_a_mapping(folder):
    from helpers.cohort.mapping import parse_mapping

    text = (folder / "mapping.yml").read_text(encoding="utf-8")
    assert parse_mapping(text).columns == {}
    assert all(
        f"# {name}:" in text for name in read_dictionary().file_columns if name != "synthetic"
    )
    examples = [line[2:] for line in text.splitlines() if line.startswith("# ")]
    start = next(at for at, line in enumerate(examples) if line.startswith("event:"))
    shown = [line for line in examples[start:] if ":" in line and not line.endswith(".")]
    mapping = parse_mapping("\n".join(shown))
    assert mapping.event.dead == ("2",)
    assert mapping.recode["sex"] == {"m": "male", "w": "female"}


def test_names_of_the_sheet_are_those_of_the_dictionary(book):
    names = [cell.value for cell in book["patients"][1]]
    assert names[:4] == REQUIRED
    assert set(names) == set(read_dictionary().file_columns) - {"synthetic"}
    assert book.sheetnames == ["patients", "dictionary", "how-to"]


def test_required_columns_are_marked_not_only_by_colour(book):
    for cell in book["patients"][1]:
        is_required = cell.value in REQUIRED
        assert cell.comment.text.startswith("REQUIRED") is is_required
        assert bool(cell.font.bold) is is_required
        assert (cell.number_format == '@" *"') is is_required


def test_columns_have_lists_limits_and_formats(book):
    sheet = book["patients"]
    columns = {cell.value: cell for cell in sheet[1]}
    rules = {}
    for rule in sheet.data_validations.dataValidation:
        letter = str(rule.sqref).split(":")[0].rstrip("0123456789")
        rules[sheet[f"{letter}1"].value] = rule
    assert rules["sex"].formula1 == '"female,male"'
    assert rules["dead"].formula1 == '"0,1"'
    assert (rules["age_years"].type, rules["age_years"].formula2) == ("whole", "120")
    assert rules["failure_date"].formula2 == "TODAY()"
    assert all(len(rule.formula1) <= 255 and rule.allow_blank for rule in rules.values())
    letter = columns["failure_date"].column_letter
    assert sheet.column_dimensions[letter].number_format == "yyyy-mm-dd"
    assert "Unit: g/dL" in columns["haemoglobin_g_dl"].comment.text


def test_the_example_is_a_patient_of_right_types(book):
    head, row = book["patients"][1], book["patients"][2]
    example = {name.value: cell.value for name, cell in zip(head, row, strict=True)}
    assert example["patient_id"] == "EXAMPLE - delete this row"
    assert example["failure_date"] == datetime.datetime(2011, 11, 22)
    assert example["haemoglobin_g_dl"] == 8.7
    assert book["patients"].max_row == 2


def test_the_dictionary_says_what_needs_a_column(book):
    sheet = book["dictionary"]
    head = [cell.value for cell in sheet[1]]
    rows = {row[0]: dict(zip(head, row, strict=True)) for row in sheet.values}
    assert rows["tp53"]["What needs it"] == "Overall survival by TP53 mutation"
    assert rows["tp53"]["What the codes mean"] == "mutated = Mutated, wildtype = Wild type"
    assert rows["dead"]["Required"] == "yes"
    assert rows["age_years"]["Range"] == "0 to 120"
    assert sheet.auto_filter.ref


@pytest.mark.parametrize(
    "changes",
    [{}, {"patient_id": "  Example - DELETE this row "}, {"patient_id": "P-001"}],
)
def test_an_example_left_in_is_told(tmp_path, capsys, changes):
    run("template", tmp_path / "c")
    path = tmp_path / "c" / "data-dictionary.xlsx"
    book = load_workbook(path)
    sheet = book["patients"]
    for cell in sheet[1]:
        if cell.value in changes:
            sheet.cell(2, cell.column).value = changes[cell.value]
    book.save(path)
    capsys.readouterr()
    assert run("check", tmp_path / "c" / "params.yml") == 2
    told = capsys.readouterr().out
    assert "row 2" in told
    assert "is the template's example; delete the whole row" in told


def test_a_filled_template_is_checked_at_once(tmp_path, capsys):
    run("template", tmp_path / "c")
    path = tmp_path / "c" / "data-dictionary.xlsx"
    book = load_workbook(path)
    sheet = book["patients"]
    names = [cell.value for cell in sheet[1]]
    sheet.delete_rows(2)
    for number in range(1, 41):
        patient = {
            "patient_id": f"P-{number:03}",
            "failure_date": datetime.date(2012, 1, number % 28 + 1),
            "last_contact_date": datetime.date(2013, number % 12 + 1, 5),
            "dead": number % 2,
            "sex": "female" if number % 3 else "male",
        }
        for name, value in patient.items():
            sheet.cell(number + 1, names.index(name) + 1).value = value
    book.save(path)
    capsys.readouterr()
    assert run("check", tmp_path / "c" / "params.yml") == 0
    told = capsys.readouterr().out
    assert "40 screened, 40 eligible" in told
    assert "Sex - Female: 27, Male: 13" in told
    assert "P-001" not in told
