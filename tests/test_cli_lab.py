"""`lenfail lab`: a folder with exactly one report's parameters, and nothing of a user's lost."""

from __future__ import annotations

import hashlib
import json
import os
from argparse import Namespace
from pathlib import Path
from typing import ClassVar

import pytest

from helpers.cli import lab, main
from helpers.params import Params, read_params, read_params_file
from helpers.report.closing import MANIFEST
from helpers.report.lab import LabFolder, prepare_lab
from helpers.report.lab_inputs import LabInputs, read_lab_inputs
from helpers.report.lab_notebooks import fill_declarations, hash_sources, write_literal
from helpers.report.scrub import scrub_parameters

PROJECT = Path(__file__).parents[1]
NOTEBOOKS = PROJECT / "notebooks"
NAMES = ["01_cohort", "02_outcomes", "03_multivariate", "04_treatments", "explore"]


def run(*words: object) -> int:
    return main(["lab", "--prepare", *map(str, words)])


def write_report(folder: Path, parameters: dict[str, object], **more: object) -> Path:
    """Write what a report's folder holds of its parameters, as the build does."""
    folder.mkdir(parents=True)
    values = scrub_parameters(Params(**parameters).model_dump())
    manifest = {"name": folder.name, "parameters": values, **more}
    (folder / MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")
    return folder


def read_parameters(path: Path) -> Params:
    """Return what a notebook's setup cell reads of the cell before it."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    (cell,) = [one for one in notebook["cells"] if "parameters" in one["metadata"].get("tags", [])]
    namespace: dict[str, object] = {}
    exec("".join(cell["source"]), namespace)
    return read_params(namespace)


def change(path: Path, **cell: object) -> None:
    notebook = json.loads(path.read_text(encoding="utf-8"))
    notebook["cells"][-1] |= cell
    path.write_text(json.dumps(notebook), encoding="utf-8")


class TestParameters:
    changed: ClassVar = {
        "title": 'Ünïcode "quoted" \\ back\nslash',
        "age_cut_years": 70.0,
        "survival_horizons_months": [12, 36],
        "decimal_mark": "comma",
        "word_line_numbers": True,
        "disclosure": "midpoint-6",
        "comparisons": [{"by": "sex", "where": {"len_6m": ["yes"]}, "landmark_months": 6}],
        "terms": {"disease": "myeloma", "abbreviations": "A = b; C = d"},
        "authors": ["Ann {x} [1]", "'''; import os"],
    }

    def test_each_notebook_has_exactly_those_of_the_report(self, tmp_path):
        report = write_report(tmp_path / "reports" / "mine", self.changed)
        assert run(report) == 0
        folder = tmp_path / "reports" / "mine-lab"
        assert sorted(path.stem for path in folder.glob("*.ipynb")) == NAMES
        for name in NAMES:
            assert read_parameters(folder / f"{name}.ipynb") == Params(**self.changed)

    def test_a_parameter_file_will_do(self, tmp_path):
        path = tmp_path / "mine.yml"
        path.write_text("age_cut_years: 65\n")
        assert run(path, "--folder", tmp_path / "work") == 0
        assert read_parameters(tmp_path / "work" / "02_outcomes.ipynb") == read_params_file(path)

    def test_nothing_but_values_is_changed(self, tmp_path):
        assert run(PROJECT / "params" / "paper.yml", "--folder", tmp_path / "work") == 0
        for name in NAMES:
            made = json.loads((tmp_path / "work" / f"{name}.ipynb").read_text(encoding="utf-8"))
            own = json.loads((NOTEBOOKS / f"{name}.ipynb").read_text(encoding="utf-8"))
            assert hash_sources(made) == hash_sources(own)
            assert [cell["id"] for cell in made["cells"]] == [cell["id"] for cell in own["cells"]]

    def test_help_and_later_lines_stay(self):
        source = 'a: str = "ä"  # Help ä\nb: list = [\n    1,\n]  # More\nc: int = 3\n'
        filled = fill_declarations(source, {"a": "ö", "b": [2, 3], "d": 9})
        assert filled == 'a: str = "ö"  # Help ä\nb: list = [2, 3]  # More\nc: int = 3\n'

    @pytest.mark.parametrize("value", [["x" * 40, "y" * 40], {"a": [{"b": 'c"'}] * 9}, [], 0.5])
    def test_a_literal_reads_back(self, value):
        assert eval(write_literal(value)) == value


class TestUsersWork:
    @pytest.fixture
    def folder(self, tmp_path):
        self.make(tmp_path, age_cut_years=75.0)
        return tmp_path / "reports" / "mine-lab"

    @staticmethod
    def make(tmp_path: Path, **parameters: object) -> LabFolder:
        inputs = LabInputs(
            name="mine",
            parameters=Params(**parameters).model_dump(),
            base_dir=tmp_path,
            home=tmp_path / "reports",
        )
        return prepare_lab(inputs, NOTEBOOKS)

    def test_the_second_call_keeps_what_was_edited_and_says_so(self, folder, tmp_path, capsys):
        path = folder / "02_outcomes.ipynb"
        change(path, source="mine = 1")
        edited = path.read_bytes()
        again = self.make(tmp_path, age_cut_years=70.0)
        assert again.kept == ("02_outcomes.ipynb",)
        assert path.read_bytes() == edited
        assert read_parameters(folder / "01_cohort.ipynb").age_cut_years == 70
        assert self.make(tmp_path, age_cut_years=70.0).kept == ("02_outcomes.ipynb",)

    def test_outputs_stay_while_nothing_else_changes(self, folder, tmp_path):
        path = folder / "explore.ipynb"
        notebook = json.loads(path.read_text())
        notebook["cells"][2] |= {"execution_count": 3, "outputs": []}
        path.write_text(json.dumps(notebook))
        ran = path.read_bytes()
        again = self.make(tmp_path, age_cut_years=75.0)
        assert (again.written, again.kept) == ((), ())
        assert path.read_bytes() == ran
        assert "explore.ipynb" in self.make(tmp_path, age_cut_years=70.0).written

    def test_a_foreign_notebook_of_the_name_stays(self, tmp_path):
        folder = tmp_path / "reports" / "mine-lab"
        folder.mkdir(parents=True)
        (folder / "explore.ipynb").write_text("not JSON")
        assert self.make(tmp_path).kept == ("explore.ipynb",)
        assert (folder / "explore.ipynb").read_text() == "not JSON"

    def test_it_is_said_on_the_command_line(self, tmp_path, capsys):
        words = [PROJECT / "params" / "paper.yml", "--folder", tmp_path / "work"]
        run(*words)
        change(tmp_path / "work" / "explore.ipynb", source="mine")
        capsys.readouterr()
        assert run(*words) == 0
        told = capsys.readouterr().err
        assert "Kept, because it was edited there: explore.ipynb" in told

    def test_the_projects_notebooks_are_never_written(self, tmp_path, capsys):
        before = {path.name: path.read_bytes() for path in NOTEBOOKS.glob("*.ipynb")}
        assert run(PROJECT / "params" / "paper.yml", "--folder", NOTEBOOKS) == 2
        assert "folder must not be that of the project's notebooks" in capsys.readouterr().err
        assert before == {path.name: path.read_bytes() for path in NOTEBOOKS.glob("*.ipynb")}


class TestData:
    @staticmethod
    def write(folder: Path) -> tuple[Path, str]:
        folder.mkdir()
        path = folder / "own.csv"
        path.write_text("patient_id\n1\n")
        return path, hashlib.sha256(path.read_bytes()).hexdigest()

    @pytest.mark.parametrize("is_absolute", [False, True])
    def test_the_file_of_a_report_is_found_again_by_its_hash(self, tmp_path, is_absolute):
        path, digest = self.write(tmp_path / "data")
        data = str(path) if is_absolute else "own.csv"
        report = write_report(tmp_path / "r", {"data": data}, data_sha256=digest)
        (tmp_path / "other").mkdir()
        (tmp_path / "other" / "own.csv").write_text("another")
        found = read_lab_inputs(report, project=PROJECT)
        assert found.base_dir == path.parent
        assert found.parameters["data"] == "own.csv"

    def test_changed_data_are_refused(self, tmp_path, capsys):
        path, digest = self.write(tmp_path / "data")
        report = write_report(tmp_path / "r", {"data": "own.csv"}, data_sha256=digest)
        path.write_text("changed")
        assert run(report, "--data-folder", path.parent) == 2
        told = capsys.readouterr().err
        assert "(own.csv) must be as they were" in told
        assert str(tmp_path) not in told
        assert not (tmp_path / "r-lab").exists()

    def test_no_path_of_this_machine_is_written(self, tmp_path):
        path, digest = self.write(tmp_path / "data")
        report = write_report(tmp_path / "r", {"data": str(path)}, data_sha256=digest)
        assert run(report) == 0
        for made in (tmp_path / "r-lab").iterdir():
            assert str(tmp_path) not in made.read_text(encoding="utf-8")

    def test_a_database_needs_the_parameter_file(self, tmp_path, capsys):
        data = "postgresql://${PGUSER}:${PGPASSWORD}@host/db"
        report = write_report(tmp_path / "r", {"data": data, "data_query": "SELECT 1"})
        assert run(report) == 2
        assert "give its parameter file instead" in capsys.readouterr().err
        params = tmp_path / "db.yml"
        params.write_text(f'data: "{data}"\ndata_query: SELECT 1\n')
        assert run(params, "--folder", tmp_path / "work") == 0
        assert read_parameters(tmp_path / "work" / "01_cohort.ipynb").data == data

    def test_a_password_is_not_copied(self, tmp_path, capsys):
        params = tmp_path / "db.yml"
        params.write_text('data: "postgresql://ann:hush@host/db"\n')
        assert run(params, "--folder", tmp_path / "work") == 2
        told = capsys.readouterr().err
        assert "password" in told
        assert "hush" not in told
        assert not (tmp_path / "work").exists()


class TestMistakes:
    @pytest.mark.parametrize(
        ("words", "said"),
        [
            (
                ["nowhere"],
                "report must be a report's folder or a parameter file, but was 'nowhere'",
            ),
            (["tests"], "report must be a folder with a readable manifest.json, but 'tests'"),
            (["params/paper.yml", "--port", "70000"], "port must be between 1 and 65535, but was"),
            (["params/paper.yml", "--notebook", "nix"], "notebook must be one of 01_cohort.ipynb"),
        ],
    )
    def test_are_one_sentence(self, words, said, tmp_path, monkeypatch, capsys):
        monkeypatch.chdir(PROJECT)
        assert run(*words, "--folder", tmp_path / "work") == 2
        told = capsys.readouterr().err
        assert f"lenfail: {said}" in told
        assert "Traceback" not in told

    def test_a_wrong_parameter_is_named(self, tmp_path, capsys):
        (tmp_path / "a.yml").write_text("age_cut: 70\n")
        assert run(tmp_path / "a.yml") == 2
        assert "age_cut" in capsys.readouterr().err

    def test_a_report_is_no_folder_to_work_in(self, tmp_path, capsys):
        report = write_report(tmp_path / "r", {})
        before = {path.name for path in report.iterdir()}
        assert run(report, "--folder", report) == 2
        assert "must not be that of a report" in capsys.readouterr().err
        assert {path.name for path in report.iterdir()} == before

    def test_a_folder_that_cannot_be_written_is_named(self, tmp_path, capsys):
        (tmp_path / "file").write_text("")
        assert run(PROJECT / "params" / "paper.yml", "--folder", tmp_path / "file" / "work") == 2
        assert "folder 'work' must be writable" in capsys.readouterr().err


class TestServer:
    @staticmethod
    def make(monkeypatch, *, uid: int, **options: object) -> list[str]:
        monkeypatch.setattr(os, "geteuid", lambda: uid, raising=False)
        folder = LabFolder(folder=NOTEBOOKS, base_dir=PROJECT, written=(), kept=())
        asked = {"notebook": "", "port": None, "no_browser": False, **options}
        return lab.make_command(folder, Namespace(**asked))

    def test_only_this_machine_can_reach_it_and_the_token_stays(self, monkeypatch):
        words = self.make(monkeypatch, uid=1000, port=9999, no_browser=True, notebook="explore")
        assert "--ServerApp.ip=localhost" in words
        assert "--ServerApp.port=9999" in words
        assert "--no-browser" in words
        assert "--LabApp.default_url=/lab/tree/explore.ipynb" in words
        assert "--allow-root" not in words
        assert not [word for word in words if "token" in word or "password" in word]

    def test_root_is_let_in(self, monkeypatch):
        assert "--allow-root" in self.make(monkeypatch, uid=0)

    def test_without_a_name_it_is_the_papers(self, tmp_path):
        project = tmp_path / "project"
        (project / "params").mkdir(parents=True)
        (project / "params" / "paper.yml").write_text("age_cut_years: 74\n")
        assert read_lab_inputs(None, project=project).parameters["age_cut_years"] == 74
        write_report(project / "reports" / "paper", {"age_cut_years": 73.0})
        assert read_lab_inputs(None, project=project).parameters["age_cut_years"] == 73
