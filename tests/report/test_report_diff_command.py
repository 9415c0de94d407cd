"""`lenfail diff`: what it prints, its faults, its exit codes and its page."""

import json
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest
from written_reports import COUNT, MEDIAN, RATIO, SECTIONS, write_report

from helpers.cli import diff, main
from helpers.report.changes.attribution import Attribution, AttributionRow
from helpers.report.changes.comparison import compare_reports
from helpers.report.changes.page import write_comparison_page
from helpers.report.changes.reading import read_two_reports
from helpers.report.changes.record import make_record

ROOT = Path(__file__).parents[2]
SCHEMA = json.loads((ROOT / "helpers/cli/diff_schema.json").read_text("utf-8"))
MOVED = {"01_people": (COUNT, MEDIAN), "02_model": (replace(RATIO, estimate=3.0, p_value=0.06),)}


def run(capsys, *words):
    code = main(["diff", *map(str, words)])
    told = capsys.readouterr()
    assert "Traceback" not in told.out + told.err
    return code, told.out, told.err


@pytest.fixture
def reports(tmp_path):
    first = write_report(tmp_path / "one", verdicts={"cox": "equal"})
    second = write_report(
        tmp_path / "two",
        MOVED,
        parameters={"age_cut_years": 65.0},
        verdicts={"cox": "differs"},
    )
    return first, second


def test_the_words_for_a_reader(capsys, monkeypatch, reports):
    monkeypatch.setenv("COLUMNS", "140")
    code, told, _ = run(capsys, *reports)
    assert code == 0
    words = " ".join(told.split())
    for text in (
        "A: one B: two",
        "1 of 3 numbers changed; because of: parameter age_cut_years 75 \u2192 65.",
        "1 p-value crossed 0.05.",
        "Of the paper's printed numbers, 1 no longer equal it.",
        "parameter age_cut_years 75 \u2192 65 (reaches 02_model): 1 changed number by it alone",
        "2.00 [1.00\u20134.00] 3.00 [1.00\u20134.00] +1 (+50%) 0.29",
        "p crossed",
    ):
        assert text in words
    assert "of survival:" in words


def test_the_exit_code_follows_differences_only_if_asked(capsys, reports, tmp_path):
    assert run(capsys, *reports, "--exit-code")[0] == 1
    same = write_report(tmp_path / "same", verdicts={"cox": "equal"})
    assert run(capsys, reports[0], same, "--exit-code")[0] == 0
    assert "None of 3 numbers changed." in run(capsys, reports[0], same)[1]


def test_a_report_is_given_by_folder_or_by_its_results(capsys, reports):
    results = [folder / "results.json" for folder in reports]
    assert run(capsys, *results)[1] == run(capsys, *reports)[1]


def test_json_is_what_its_schema_describes(capsys, reports):
    code, told, _ = run(capsys, *reports, "--json")
    found = json.loads(told)
    jsonschema.validate(found, SCHEMA)
    assert code == 0
    assert found["counts"]["changed"] == 1
    assert found["counts"]["crossed_alpha"] == 1
    assert found["same"] is False
    (change,) = found["changes"]
    assert (change["id"], change["cause"], change["section"]) == (
        RATIO.id,
        "parameter age_cut_years",
        "02_model",
    )
    assert change["fields"][0] == {
        "name": "estimate",
        "a": 2.0,
        "b": 3.0,
        "absolute": 1.0,
        "relative": 0.5,
        "interval_units": pytest.approx(0.2925, abs=1e-4),
    }
    assert found["verdicts"] == [
        {"entry": "cox", "place": "Table 1", "printed": "12", "a": "equal", "b": "differs"}
    ]


def test_json_of_everything_is_what_its_schema_describes(tmp_path):
    first = {**SECTIONS, "03_a": (replace(MEDIAN, id="only.a"), replace(COUNT, id="word"))}
    second = {**MOVED, "03_a": (replace(MEDIAN, id="only.b"), replace(COUNT, id="word", label="W"))}
    write_report(tmp_path / "one", first)
    write_report(tmp_path / "two", second, data_sha256="ef" * 32, commit="", packages={})
    comparison = compare_reports(*read_two_reports("one", "two", tmp_path))
    rows = (AttributionRow(name="data alone", reason="gone"), AttributionRow(name="x", n_changed=2))
    record = make_record(comparison, Attribution(base="B", rows=rows, notes=("How.",)))
    jsonschema.validate(json.loads(json.dumps(record, allow_nan=False)), SCHEMA)
    assert record["rows"]["reason"]
    assert record["only_a"] == ["only.a"]
    assert record["rewordings"][0]["id"] == "word"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**record, "format": 2}, SCHEMA)


def test_a_tolerance_lets_small_changes_pass(capsys, reports):
    found = json.loads(run(capsys, *reports, "--json", "--tolerance", "0.5")[1])
    assert found["counts"]["changed"] == 0
    assert found["tolerance"] == 0.5


def test_attribution_of_one_cause_says_that_nothing_was_rebuilt(capsys, reports):
    code, told, _ = run(capsys, *reports, "--attribute")
    assert code == 0
    assert "no more than one cause: parameter age_cut_years; nothing was rebuilt" in told


@pytest.mark.parametrize(
    ("name", "content", "fault"),
    [
        ("results.json", "{", "must have a results.json that is JSON"),
        ("results.json", "[]", "must have a results.json that is an object"),
        ("results.json", '{"format": 2}', "of format 1, but that is 2"),
        ("results.json", '{"format": true}', "of format 1, but that is True"),
        ("results.json", '{"format": 1}', "with an object 'results'"),
        ("results.json", '{"format": 1, "results": {"x": {"id": "x"}}}', "'x' is none"),
        (
            "results.json",
            '{"format": 1, "results": {"x": {"id": "x", "kind": "count", "n": "many"}}}',
            "'many' is no number",
        ),
        (
            "results.json",
            '{"format": 1, "results": {"x": {"id": "x", "kind": "count", "estimate": NaN}}}',
            "NaN is no number of JSON",
        ),
        (
            "results.json",
            '{"format": 1, "results": {"x": {"id": "x", "kind": "test", "p_value": 2}}}',
            "p_value is 2",
        ),
        (
            "results.json",
            f'{{"format": 1, "results": {{"x": {{"id": "x", "estimate": {"9" * 400}}}}}}}',
            "a number has 400 digits",
        ),
        ("manifest.json", '{"format": 2, "reached": {"code": 1}}', "whose 'reached' this version"),
        ("manifest.json", '{"format": 9}', "of format 1 or 2, but that is 9"),
        ("manifest.json", '{"format": 2, "parameters": 3}', "whose parameters is an object"),
        ("manifest.json", None, "must have a manifest.json that can be read, but has none"),
        ("results.json", None, "must have a results.json that can be read, but has none"),
    ],
)
def test_a_report_that_is_none_is_told_in_a_sentence(capsys, reports, name, content, fault):
    path = reports[1] / name
    path.unlink()
    if content is not None:
        path.write_text(content)
    code, out, told = run(capsys, *reports)
    assert (code, out) == (2, "")
    assert told.startswith("lenfail: reports cannot be compared: 1 fault\n  - report B ('two') ")
    assert fault in told


def test_all_faults_are_told_at_once(capsys, tmp_path):
    page, data = tmp_path / "page.pdf", tmp_path / "none.csv"
    words = ("nothing", tmp_path / "nowhere", "--tolerance", "much", "--html", page, "--data", data)
    code, _, told = run(capsys, *words)
    assert code == 2
    assert "reports cannot be compared: 5 faults" in told
    for text in (
        "report A must be the folder of a report",
        "report B must be the folder of a report",
        "--tolerance must be a number from 0 to below 1, but was 'much'",
        "--data must name files, but 'none.csv' is none",
        "--html must name a file that ends in .html",
    ):
        assert text in told


@pytest.mark.parametrize("tolerance", ["-0.1", "1", "nan", "inf", "0,5"])
def test_a_tolerance_out_of_its_domain_is_refused(capsys, reports, tolerance):
    code, _, told = run(capsys, *reports, f"--tolerance={tolerance}")
    assert code == 2
    assert "--tolerance must be a number from 0 to below 1" in told


def test_a_report_and_itself_are_refused(capsys, reports):
    code, _, told = run(capsys, reports[0], reports[0] / "results.json")
    assert code == 2
    assert "report B must be another report than A, but both are 'one'" in told
    (reports[0] / "results.json").write_text("{")
    assert run(capsys, reports[0], reports[0])[2].count("must have a results.json") == 1


def test_a_name_that_is_nearly_right_is_advised(tmp_path):
    write_report(tmp_path / "paper")
    with pytest.raises(Exception, match="did you mean 'paper'"):
        read_two_reports("papr", "paper", tmp_path)


def test_the_page_is_written_whole_and_outside_of_the_reports(capsys, reports, tmp_path):
    page = tmp_path / "changes.html"
    code, told, _ = run(capsys, *reports, "--html", page)
    assert code == 0
    assert f"{page}: everything as a page" in told
    text = page.read_text(encoding="utf-8")
    assert text.startswith("<!doctype html>")
    assert "Content-Security-Policy" in text
    assert str(tmp_path) not in text
    assert "1 of 3 numbers changed" in text
    assert "The paper&#x27;s numbers" in text
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []
    code, _, told = run(capsys, *reports, "--html", reports[0] / "x.html")
    assert code == 2
    assert "must lie outside of both reports" in told
    assert not (reports[0] / "x.html").exists()


def test_a_page_that_cannot_be_written_leaves_nothing(reports, tmp_path, monkeypatch):
    def refuse(self, target):
        raise OSError(28, "No space left on device")

    comparison = compare_reports(*read_two_reports("one", "two", tmp_path))
    monkeypatch.setattr(Path, "replace", refuse)
    before = sorted(path.name for path in tmp_path.iterdir())
    with pytest.raises(Exception, match="No space left on device"):
        diff._write_page(tmp_path / "x.html", comparison, None)
    assert sorted(path.name for path in tmp_path.iterdir()) == before


def test_the_page_has_a_table_for_each_section(reports, tmp_path):
    comparison = compare_reports(*read_two_reports("one", "two", tmp_path))
    rows = (AttributionRow(name="data alone", n_changed=3, n_large=1),)
    page = write_comparison_page(comparison, Attribution(base="A", rows=rows, notes=("How.",)))
    assert "02_model?</h3>" in page
    assert "One cause at a time" in page
    assert "put alone into report A" in page
    assert "Model of survival: age.yes" in page
    assert page.count("<table>") == 5
