"""The four notebooks, run as a user runs them: papermill, another folder, one override."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import pytest
import yaml

import helpers.display
from helpers.cohort.sources import read_source
from helpers.document import MIME_TYPE, block_from_json
from helpers.results import Result

PROJECT = Path(__file__).parents[2]
SECTIONS = {
    "01_cohort": "cohort",
    "02_outcomes": "outcomes",
    "03_multivariate": "multivariate",
    "04_treatments": "treatments",
}
OVERRIDE = {"age_cut_years": 70}
MISSPELT = {"age_cut_yeers": 70}

RUN = """\
import json, sys
import papermill
source, target, parameters = sys.argv[1:]
papermill.execute_notebook(source, target, parameters=json.loads(parameters), progress_bar=False)
"""


@dataclass(frozen=True)
class Run:
    """What one run of a notebook left."""

    exit_code: int
    stdout: str
    stderr: str
    notebook: nbformat.NotebookNode

    @property
    def outputs(self) -> list[nbformat.NotebookNode]:
        """Return the outputs of all cells, in order."""
        cells = [cell for cell in self.notebook.cells if cell.cell_type == "code"]
        return [output for cell in cells for output in cell.outputs]

    @property
    def blocks(self) -> list[Any]:
        """Return the blocks for the report, in order."""
        data = [output.get("data", {}) for output in self.outputs]
        return [block_from_json(shown[MIME_TYPE]) for shown in data if MIME_TYPE in shown]


def run_notebook(name: str, folder: Path, changes: dict[str, Any]) -> Run:
    parameters = yaml.safe_load((PROJECT / "params" / "paper.yml").read_text(encoding="utf-8"))
    target = folder / f"{name}-{'-'.join(changes)}.ipynb"
    source = PROJECT / "notebooks" / f"{name}.ipynb"
    command = [sys.executable, "-W", "error", "-c", RUN, str(source), str(target)]
    done = subprocess.run(
        [*command, json.dumps(parameters | changes)],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    return Run(done.returncode, done.stdout, done.stderr, nbformat.read(target, as_version=4))


@pytest.fixture(scope="session")
def all_runs(tmp_path_factory):
    """Run the four, and one with a misspelt parameter, two at a time."""
    folder = tmp_path_factory.mktemp("elsewhere")
    with ThreadPoolExecutor(2) as pool:
        runs = {name: pool.submit(run_notebook, name, folder, OVERRIDE) for name in SECTIONS}
        runs["misspelt"] = pool.submit(run_notebook, "02_outcomes", folder, MISSPELT)
        done = {name: future.result() for name, future in runs.items()}
    left = {path.name for path in folder.iterdir()}
    assert left == {Path(f"{name}-age_cut_years.ipynb").name for name in SECTIONS} | {
        "02_outcomes-age_cut_yeers.ipynb"
    }
    return done


@pytest.mark.parametrize("name", SECTIONS)
class TestRun:
    def test_ends_without_an_error_or_a_warning(self, name, all_runs):
        run = all_runs[name]
        assert run.exit_code == 0, run.stderr
        assert run.stderr == ""
        assert run.stdout == ""
        kinds = {output.output_type for output in run.outputs}
        assert kinds == {"display_data"}, kinds

    def test_every_cell_ran_in_order(self, name, all_runs):
        cells = [cell for cell in all_runs[name].notebook.cells if cell.cell_type == "code"]
        assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))

    def test_announces_that_the_data_are_synthetic(self, name, all_runs):
        first = all_runs[name].outputs[0]
        assert first.data["text/plain"].startswith("SYNTHETIC DATA")

    def test_each_block_is_shown_to_the_reader_too(self, name, all_runs):
        forms = {
            "TextBlock": "text/markdown",
            "TableBlock": "text/html",
            "FigureBlock": "image/svg+xml",
            "ResultsBlock": "text/plain",
        }
        shown = [output.data for output in all_runs[name].outputs[1:]]
        assert all(forms[data[MIME_TYPE]["type"]] in data for data in shown)
        kinds = {data[MIME_TYPE]["type"] for data in shown}
        assert kinds == set(forms)

    def test_ends_with_all_results_of_its_section(self, name, all_runs):
        blocks = all_runs[name].blocks
        assert [type(block).__name__ == "ResultsBlock" for block in blocks].count(True) == 1
        last = blocks[-1]
        assert last.id == SECTIONS[name]
        results = [Result.from_record(record) for record in last.results]
        assert len({result.id for result in results}) == len(results) > 30
        assert last.omitted == ()
        assert last.context["synthetic"] is True
        assert last.context["n"] == 392

    def test_no_sentence_is_empty_or_unfinished(self, name, all_runs):
        texts = [block for block in all_runs[name].blocks if type(block).__name__ == "TextBlock"]
        assert texts
        for block in texts:
            assert block.markdown.strip().endswith((".", ".)")), block
            assert not {"nan", "None", "inf"} & set(block.markdown.split())

    def test_ids_of_tables_and_figures_are_given_once(self, name, all_runs):
        named = [
            block.id
            for block in all_runs[name].blocks
            if type(block).__name__ in {"TableBlock", "FigureBlock"}
        ]
        assert len(named) == len(set(named))


def find_result(run: Run, result_id: str) -> Result:
    (record,) = [r for r in run.blocks[-1].results if r["id"] == result_id]
    return Result.from_record(record)


def test_the_override_reaches_the_analysis(all_runs):
    """Patients of 70 years or more, counted in the file itself."""
    older = find_result(all_runs["03_multivariate"], "os.uni.age_75.yes.hr")
    assert older.label == "70 years or older"
    frame = read_source("synthetic").frame
    keep = {
        "mds_who2008": "1", "del5q_confirmed": "1", "higher_risk_disease": "0",
        "len_single_agent": "1", "len_maintenance": "0", "len_failure_documented": "1",
        "consent": "1",
    }  # fmt: skip
    for column, value in keep.items():
        frame = frame[frame[column].isna() | (frame[column] == value)]
    assert older.n == (frame["age_years"].dropna().astype(float) >= 70).sum()


def test_sections_agree_on_what_they_share(all_runs):
    contexts = [all_runs[name].blocks[-1].context for name in SECTIONS]
    assert len({context["data_sha256"] for context in contexts}) == 1
    assert len({json.dumps(context["versions"]) for context in contexts}) == 1


def test_no_id_is_given_in_two_sections(all_runs):
    ids = [r["id"] for name in SECTIONS for r in all_runs[name].blocks[-1].results]
    assert len(ids) == len(set(ids))


def test_what_is_shown_has_the_number_of_the_results(all_runs):
    """The number of patients in the sentence, the table's data and the result is one."""
    run = all_runs["01_cohort"]
    included = find_result(run, "flow.included")
    assert included.estimate == 392
    text = next(block for block in run.blocks if block.id == "flow")
    assert "392" in text.markdown


def test_data_behind_a_figure_are_a_table_of_numbers(all_runs):
    figures = [
        block
        for name in SECTIONS
        for block in all_runs[name].blocks
        if type(block).__name__ == "FigureBlock"
    ]
    assert len(figures) >= 8
    for figure in figures:
        rows = list(csv.reader(io.StringIO(figure.data_csv)))
        assert len(rows) > 1, figure.id
        assert {len(row) for row in rows} == {len(rows[0])}, figure.id
        assert "SYNTHETIC DATA" in figure.svg
        assert figure.text.alt, figure.id


def test_a_misspelt_parameter_fails_with_the_nearest_name(all_runs):
    run = all_runs["misspelt"]
    assert run.exit_code != 0
    assert "'age_cut_yeers' is not a parameter; did you mean 'age_cut_years'?" in run.stderr
    assert run.blocks == []


def run_here(name: str, monkeypatch: pytest.MonkeyPatch, **changes: Any) -> list[dict[str, Any]]:
    """Run a notebook's cells in this process and return what they show."""
    shown: list[dict[str, Any]] = []
    monkeypatch.setattr(helpers.display, "display", lambda data, raw, **_: shown.append(data))
    namespace: dict[str, Any] = {}
    path = PROJECT / "notebooks" / f"{name}.ipynb"
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type == "code":
            exec(cell.source, namespace)
        if "parameters" in cell.metadata.get("tags", []):
            namespace.update(changes)
    return [output[MIME_TYPE] for output in shown if MIME_TYPE in output]


def write_rows(path: Path, header: list[str], rows: list[list[str | None]]) -> str:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    return str(path)


@pytest.mark.parametrize("name", SECTIONS)
def test_a_file_of_required_columns_only(name, tmp_path, monkeypatch):
    """What cannot be made is said, not failed on; what can be is made."""
    header = ["patient_id", "failure_date", "last_contact_date", "dead"]
    rows = [["a", "2010-01-01", "2011-01-01", "1"], ["b", "2010-01-01", "2012-01-01", "0"],
            ["c", "2010-01-01", "2013-01-01", "1"]]  # fmt: skip
    data = write_rows(tmp_path / "patients.csv", header, rows)
    blocks = run_here(name, monkeypatch, data=data)
    omitted = blocks[-1]["omitted"]
    assert len(omitted) >= (5 if name == "01_cohort" else 8)
    texts = [block["markdown"] for block in blocks if block["type"] == "TextBlock"]
    told = [text for text in texts if "could not be analysed" in text]
    assert len(told) >= len(omitted) - 1
    for analysis in omitted:
        assert analysis["reason"]
        assert analysis["title"] != analysis["id"]
    assert all(text for text in texts)


@pytest.mark.parametrize("name", SECTIONS)
@pytest.mark.parametrize("start", [0, 200, 400])
def test_a_dozen_patients(name, start, tmp_path, monkeypatch):
    """So few that groups are empty, separated or without events."""
    frame = read_source("synthetic").frame.iloc[start : start + 14]
    data = write_rows(tmp_path / "patients.csv", list(frame.columns), frame.to_numpy().tolist())
    blocks = run_here(name, monkeypatch, data=data)
    results = [Result.from_record(record) for record in blocks[-1]["results"]]
    assert results
    for result in results:
        assert result.reason or result.status != "not_computable", result.id
    counts = [result for result in results if result.kind == "count" and result.n]
    assert all(0 <= result.estimate <= result.n <= 14 for result in counts)
