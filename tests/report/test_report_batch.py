"""Many reports: what is asked for, their faults at once, a real batch, its summary page."""

from __future__ import annotations

import csv
import json
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from browser import CHROMIUM, open_page, start_browser
from page_reader import PageReader
from test_report_axe import list_violations

from helpers.cli.program import main
from helpers.errors import DataError, FaultsError, ParameterError
from helpers.report.batch import check_requests, read_requests
from helpers.report.batch.job import build_task, check_worker
from helpers.report.batch.page import write_batch_page
from helpers.report.batch.run import BatchSettings, make_task
from helpers.report.batch.summary import BatchRow, BatchSummary, write_batch

ROOT = Path(__file__).parent.parent.parent
MEDIAN = {
    "id": "os.overall.median",
    "kind": "median",
    "estimate": 23.4,
    "ci_lower": 19.6,
    "ci_upper": 27.2,
    "conf_level": 0.95,
}


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_each_file_is_a_report_of_its_name(tmp_path):
    files = [write(tmp_path, f"{name}.yml", "age_cut_years: 70\n") for name in ("a", "b")]
    found = read_requests(files)
    assert [one.name for one in found] == ["a", "b"]
    assert found[0].params.age_cut_years == 70
    assert found[0].base_dir == tmp_path


def test_each_row_is_a_report_that_overrides_the_base(tmp_path):
    base = write(tmp_path, "base.yml", "age_cut_years: 70\nties: breslow\n")
    text = "name,age_cut_years,title,formats\neast,65,No,[html]\nwest,,,\n"
    table = write(tmp_path, "centres.csv", text)
    east, west = read_requests([], table=table, base=base)
    assert (east.name, east.params.age_cut_years, east.params.title) == ("east", 65, "No")
    assert (east.params.formats, east.params.ties) == (["html"], "breslow")
    assert (west.name, west.params.age_cut_years) == ("west", 70)


def test_a_workbook_is_a_table_too(tmp_path):
    from openpyxl import Workbook

    book = Workbook()
    for row in (["name", "age_cut_years"], ["east", 65], ["west", 72]):
        book.active.append(row)
    book.save(tmp_path / "centres.xlsx")
    found = read_requests([], table=tmp_path / "centres.xlsx")
    assert [one.params.age_cut_years for one in found] == [65, 72]


def test_faults_of_all_reports_are_told_at_once(tmp_path):
    bad = write(tmp_path, "bad.yml", "age_cut: 70\nties: exact\n")
    text = "name,age_cut_years,seed\na/b,70,1\nc,-3,1\nd,70,none\nd,71,2\nD,72,2\n"
    table = write(tmp_path, "t.csv", text)
    with pytest.raises(FaultsError) as caught:
        read_requests([bad], table=table)
    told = "\n".join(caught.value.faults)
    assert "'age_cut' is not a parameter" in told
    assert "bad.yml: ties must be" in told
    assert "row 2: name of the report must be letters" in told
    assert "row 3: age_cut_years must be" in told
    assert "row 4: seed must be" in told
    assert "names of reports must all be different, but 'd' is of row 5 and row 6" in told
    assert "before any report is built" in caught.value.heading


def test_an_unknown_column_is_told_once(tmp_path):
    table = write(tmp_path, "t.csv", "name,colour\na,1\nb,2\n")
    with pytest.raises(FaultsError) as caught:
        read_requests([], table=table)
    assert len(caught.value.faults) == 1


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("centre,seed\na,1\n", "must have a column 'name'"),
        ("name,seed,seed\na,1,2\n", "two columns 'seed'"),
    ],
)
def test_a_table_without_its_columns_is_refused(tmp_path, text, words):
    with pytest.raises(FaultsError) as caught:
        read_requests([], table=write(tmp_path, "t.csv", text))
    assert words in str(caught.value)


def test_nothing_asked_for_is_refused(tmp_path):
    with pytest.raises(ParameterError, match="has neither"):
        read_requests([])
    with pytest.raises(ParameterError, match="give --table too"):
        read_requests([], base=tmp_path / "base.yml")


def test_data_are_checked_before_anything_is_built(tmp_path):
    lines = ["data: absent.csv\n", "data: absent.csv\ntitle: Other\n", "model_factors: [height]\n"]
    files = [write(tmp_path, f"r{n}.yml", text) for n, text in enumerate(lines)]
    with pytest.raises(FaultsError) as caught:
        check_requests(read_requests(files))
    told = "\n".join(caught.value.faults)
    assert "r0, r1: " in told
    assert "absent.csv" in told
    assert "r2: model_factors: 'height' is not a" in told


def make_one_task(tmp_path: Path, text: str = "formats: [html]\n"):
    (request,) = read_requests([write(tmp_path, "one.yml", text)])
    settings = BatchSettings(
        output_dir=tmp_path / "out",
        notebooks_dir=ROOT / "notebooks",
        ledger=ROOT / "params" / "published_values.yml",
        scheduler="tcp://127.0.0.1:1",
    )
    return make_task(request, settings)


def test_a_worker_with_other_data_or_other_code_refuses(tmp_path):
    data = write(tmp_path, "patients.csv", "patient_id\n1\n")
    task = make_one_task(tmp_path, "data: patients.csv\n")
    check_worker(task)
    data.write_text("patient_id\n2\n")
    with pytest.raises(DataError, match=r"'patients.csv' must be the same .* but differs on"):
        build_task(task)
    data.unlink()
    with pytest.raises(DataError, match="but is absent or cannot be read on"):
        check_worker(task)
    with pytest.raises(DataError, match="install the same version there"):
        check_worker(replace(make_one_task(tmp_path), code_sha256="0" * 64))


def test_stopping_leaves_no_process_and_no_half_report(tmp_path):
    params = [write(tmp_path, f"{name}.yml", "formats: [html]\n") for name in ("a", "b")]
    out = tmp_path / "out"
    code = "import sys; from helpers.cli.program import main; sys.exit(main(sys.argv[1:]))"
    words = ["batch", *map(str, params), "--output", str(out)]
    process = subprocess.Popen(
        [sys.executable, "-c", code, *words],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    while not (stages := list(out.glob(".?.new-*"))):
        assert process.poll() is None
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    told, error = process.communicate(timeout=30)
    assert (process.returncode, told) == (130, "")
    assert error.startswith("lenfail: stopped; every report is whole or as it was")
    assert not list(out.glob(".?.new-*"))
    assert not list(out.glob("?/"))
    for stage in stages:
        assert not is_alive(int(stage.name.rpartition("-")[2]))


def is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def make_summary(folder: Path) -> BatchSummary:
    good = BatchRow(
        name="good",
        status="built",
        median=MEDIAN,
        n=1392,
        events=222,
        verdicts={"equal": 284, "differs": 1},
        seconds=3.14,
        warnings=("look <here>",),
        link="good/manuscript.html",
    )
    return BatchSummary(
        folder=folder,
        rows=(
            good,
            BatchRow(name="masked", status="unchanged", link="masked/results.json"),
            BatchRow(name="bad", status="failed", failure="a cell <b>failed</b>"),
        ),
    )


def test_the_summary_page_is_as_strict_as_a_report(tmp_path):
    html = write_batch_page(make_summary(tmp_path))
    assert "default-src 'none'" in html.replace("&#x27;", "'")
    assert '<a href="good/manuscript.html">good</a>' in html
    assert ">bad</th>" in html
    assert "23 [20–27]" in html
    assert "284 of 285 equal" in html
    assert "a cell &lt;b&gt;failed&lt;/b&gt;" in html
    assert "look &lt;here&gt;" in html
    assert "SYNTHETIC" not in html
    assert "3 reports, 1 of them failed." in html
    page = PageReader(html)
    assert (page.unbalanced, page.outside, page.loaded, page.broken_links) == ([], [], [], [])
    assert max(page.ids.values()) == 1
    assert page.headings == [1, 2, 2, 2]


def test_the_summary_is_written_as_tables_too(tmp_path):
    summary = make_summary(tmp_path)
    write_batch(summary)
    with (tmp_path / "batch.csv").open(encoding="utf-8", newline="") as file:
        good, masked, bad = csv.DictReader(file)
    assert (good["n"], good["events"], good["median_months"]) == ("1392", "222", "23.4")
    assert (masked["n"], masked["median_months"]) == ("", "")
    assert bad["failure"] == "a cell <b>failed</b>"
    document = json.loads((tmp_path / "batch.json").read_text(encoding="utf-8"))
    assert document["n_failed"] == 1
    assert [row["name"] for row in document["reports"]] == ["good", "masked", "bad"]
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "batch.csv",
        "batch.html",
        "batch.json",
    ]
    assert "1 built, 1 unchanged, 1 failed" in str(summary)


@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")
def test_axe_finds_nothing_in_the_summary(tmp_path):
    path = tmp_path / "batch.html"
    path.write_text(write_batch_page(make_summary(tmp_path)), encoding="utf-8")
    with start_browser() as browser:
        for width in (320, 1440):
            with open_page(browser, path, width=width) as page:
                assert list_violations(page) == []


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["batch"], "has neither"),
        (["batch", "absent.yml"], "parameter file 'absent.yml' must be a readable file"),
        (["batch", "params/paper.yml", "--jobs", "0"], "number of jobs must be 1 or more"),
        (["batch", "params/paper.yml", "--scheduler", "here"], "must be an address"),
    ],
)
def test_wrong_input_leaves_with_2(words, told, capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(ROOT)
    assert main([*words, *([] if len(words) < 2 else ["--output", str(tmp_path)])]) == 2
    out = capsys.readouterr()
    assert told in out.err
    assert "Traceback" not in out.err


@pytest.fixture
def small_project(tmp_path, monkeypatch):
    """The project with the notebook of survival alone."""
    for name in ("notebooks/02_outcomes.ipynb", "params/published_values.yml"):
        target = tmp_path / "project" / name
        target.parent.mkdir(parents=True)
        shutil.copy(ROOT / name, target)
    monkeypatch.setattr("helpers.report.inputs.find_project", lambda: tmp_path / "project")


def test_a_real_batch(tmp_path, capsys, small_project):
    params = tmp_path / "params"
    params.mkdir()
    text = "formats: [html]\nfigure_formats: [svg]\n"
    for name, more in (("one", ""), ("two", "age_cut_years: 70\n")):
        write(params, f"{name}.yml", text + more)
    words = ["batch", *map(str, sorted(params.iterdir())), "--output", str(tmp_path / "out")]
    assert main([*words, "--json"]) == 0
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [one["event"] for one in events] == ["begin", "report", "report", "summary"]
    assert {one["name"] for one in events[1:3]} == {"one", "two"}
    document = json.loads((tmp_path / "out" / "batch.json").read_text(encoding="utf-8"))
    for row in document["reports"]:
        results = json.loads(
            (tmp_path / "out" / row["name"] / "results.json").read_text(encoding="utf-8")
        )["results"]
        assert row["median"] == results["os.overall.median"]
        assert (row["n"], row["events"]) == (392, results["os.overall.n"]["events"])
        assert row["verdicts"]["equal"] > 20
    html = (tmp_path / "out" / "batch.html").read_text(encoding="utf-8")
    links = [value for _, name, value in PageReader(html).attributes if name == "href"]
    assert {"one/manuscript.html", "two/manuscript.html"} <= set(links)
    assert all((tmp_path / "out" / link).is_file() for link in links if not link.startswith("#"))
    assert main([*words, "--quiet"]) == 0
    assert capsys.readouterr().out == ""
    document = json.loads((tmp_path / "out" / "batch.json").read_text(encoding="utf-8"))
    assert {row["status"] for row in document["reports"]} == {"unchanged"}
