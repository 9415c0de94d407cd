"""A report from a database: read once, built again when its rows change, and only then."""

import os
import signal
import sqlite3
import stat
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import nbformat
import pandas as pd
import pytest
from cohort_files import make_patient

from helpers.cohort.sources import read_source
from helpers.cohort.sources.handed_rows import (
    ROWS_VARIABLE,
    describe_request,
    find_handed,
    handed_rows,
    read_rows,
    write_rows,
)
from helpers.errors import FaultsError
from helpers.params import Params
from helpers.report.build import build_report
from helpers.report.scratch import find_parent, remove_leftovers
from helpers.report.warm import can_fork
from helpers.report.watching import find_file

QUERY = "SELECT * FROM patients"
PATIENTS = [make_patient(f"B-{n}", age_years=str(60 + n)) for n in range(1, 9)]
CELL = """\
import os
from pathlib import Path
from helpers.cohort import read_cohort
from helpers.params import read_params

params = read_params(globals())
cohort = read_cohort(params.data, **params.cohort_options)
rows = os.environ.get("LENFAIL_ROWS", "")
Path(os.environ["LENFAIL_BASE_DIR"], "runs", {name!r}).write_text(
    f"{{len(cohort)}} {{rows and oct(os.stat(rows).st_mode)}}"
);
"""
KINDS = ("sqlite", "duckdb")
WAYS = [
    pytest.param("", marks=pytest.mark.skipif(not can_fork(), reason="needs forks"), id="forks"),
    pytest.param("1", id="kernels"),
]


def store(folder, kind, patients):
    """Write patients into a database of its own and return its address."""
    path = folder / f"cohort.{kind}"
    path.unlink(missing_ok=True)
    frame = pd.DataFrame(patients)
    if kind == "sqlite":
        connection = sqlite3.connect(path)
        frame.to_sql("patients", connection, index=False)
        connection.commit()
    else:
        connection = duckdb.connect(str(path))
        connection.execute("CREATE TABLE patients AS SELECT * FROM frame")
    connection.close()
    return f"{kind}:///{path.name}"


@pytest.fixture
def project(tmp_path):
    """Two sections that read the patients and note how many there are."""
    (tmp_path / "runs").mkdir()
    (tmp_path / "notebooks").mkdir()
    for name in ("01_one", "02_two"):
        cells = [
            nbformat.v4.new_markdown_cell(f"# {name}?", id="t"),
            nbformat.v4.new_code_cell(CELL.format(name=name), id="c"),
        ]
        nbformat.write(nbformat.v4.new_notebook(cells=cells), tmp_path / f"notebooks/{name}.ipynb")
    return tmp_path


def build(project, data, **options):
    return build_report(
        Params(data=data, data_query=QUERY).model_dump(),
        name="paper",
        output_dir=project / "reports",
        notebooks_dir=project / "notebooks",
        base_dir=project,
        formats=["html"],
        front="standard" if options.pop("with_key", False) else None,
        **options,
    )


def read_runs(project):
    return {path.name: path.read_text().split() for path in (project / "runs").iterdir()}


def list_row_files():
    return list(Path(find_parent()).glob("lenfail-*/rows.json"))


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("kind", KINDS)
def test_a_database_is_read_once_for_all_sections(project, monkeypatch, kind, way):
    monkeypatch.setenv("LENFAIL_KERNELS", way)
    data = store(project, kind, PATIENTS)

    def remove_database(event):
        if event.kind == "begin":
            (project / f"cohort.{kind}").unlink(missing_ok=True)

    summary = build(project, data, progress=remove_database)
    assert not summary.failures
    expected = ["8", "0o100600"] if way else ["8"]
    assert read_runs(project) == {"01_one": expected, "02_two": expected}
    assert not list_row_files()


@pytest.mark.skipif(not can_fork(), reason="needs processes that can be forked")
@pytest.mark.parametrize("kind", KINDS)
def test_sections_are_run_again_when_rows_changed_and_only_then(project, kind):
    data = store(project, kind, PATIENTS)
    assert not build(project, data).cached
    store(project, kind, PATIENTS[::-1])  # the same rows in a new file, in another order
    assert build(project, data).cached == ("01_one", "02_two")
    store(project, kind, [*PATIENTS, make_patient("B-9")])
    assert not build(project, data).cached
    assert read_runs(project)["01_one"] == ["9"]
    store(project, kind, PATIENTS)
    assert build(project, data).cached == ("01_one", "02_two")


@pytest.mark.skipif(not can_fork(), reason="needs processes that can be forked")
def test_a_fault_of_the_rows_is_told_before_anything_runs(project):
    data = store(project, "sqlite", [*PATIENTS, make_patient("B-9", age_years="old")])
    with pytest.raises(FaultsError, match="1 fault to mend"):
        build(project, data)
    (project / "cohort.sqlite").unlink()
    with pytest.raises(FaultsError, match="must be a file that exists"):
        build(project, data)
    assert not read_runs(project)


def test_rows_of_a_file_are_those_that_were_read(tmp_path):
    odd = make_patient("B-1", centre='a "b",\nä')
    data = store(tmp_path, "duckdb", [odd, make_patient("B-2", centre="")])
    options, path = {"query": QUERY}, tmp_path / "rows.json"
    rows = read_source(data, base_dir=tmp_path, options=options)
    write_rows(rows, path, data, tmp_path, options)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    again = read_rows(path, describe_request(data, tmp_path, options))
    pd.testing.assert_frame_equal(again.frame, rows.frame)
    for name in ("name", "sha256", "facts", "dates_typed", "id_salt", "synthetic"):
        assert getattr(again, name) == getattr(rows, name), name
    assert read_rows(path, describe_request(data, tmp_path, {"query": "SELECT 1"})) is None
    with pytest.raises(FileExistsError):
        write_rows(rows, path, data, tmp_path, options)
    path.write_text(path.read_text().replace("B-2", "B-3"))
    assert read_rows(path, describe_request(data, tmp_path, options)) is None


def test_rows_are_handed_to_the_same_request_only(tmp_path, monkeypatch):
    monkeypatch.delenv(ROWS_VARIABLE, raising=False)
    data = store(tmp_path, "sqlite", PATIENTS)
    rows = read_source(data, base_dir=tmp_path, options={"query": QUERY})
    with handed_rows(rows, data, tmp_path, {"query": QUERY, "sheet": ""}):
        assert find_handed(data, tmp_path, {"query": f" {QUERY}"}) is rows
        assert find_handed(data, tmp_path, {"query": f"{QUERY} LIMIT 1"}) is None
        assert find_handed(data, tmp_path / "x", {"query": QUERY}) is None
        assert find_handed(f"x{data}", tmp_path, {"query": QUERY}) is None
    assert find_handed(data, tmp_path, {"query": QUERY}) is None


KILLED = """\
import os, sys
from pathlib import Path
sys.path.insert(0, {tests!r})
from test_database_reports import build

project = Path({project!r})
build(project, "sqlite:///cohort.sqlite")
"""


@pytest.mark.skipif(os.name == "nt", reason="needs SIGKILL")
def test_rows_that_a_killed_build_left_are_removed_by_the_next(project):
    store(project, "sqlite", PATIENTS)
    write_waiting = project / "notebooks/01_one.ipynb"
    waiting = nbformat.v4.new_code_cell("import time\ntime.sleep(60)", id="w")
    nb = nbformat.read(write_waiting, as_version=4)
    nb.cells.append(waiting)
    nbformat.write(nb, write_waiting)
    code = KILLED.format(tests=str(Path(__file__).parent), project=str(project))
    running = subprocess.Popen(
        [sys.executable, "-c", code], env={**os.environ, "LENFAIL_KERNELS": "1"}
    )
    try:
        limit = time.monotonic() + 60
        while "01_one" not in read_runs(project) and time.monotonic() < limit:
            time.sleep(0.05)
        assert "01_one" in read_runs(project)
        left = list_row_files()
        assert len(left) == 1
    finally:
        running.send_signal(signal.SIGKILL)
        running.wait()
    removed = remove_leftovers()
    assert left[0].parent in removed
    assert not left[0].exists()


@pytest.mark.parametrize(
    ("source", "path"),
    [
        ("sqlite:///c.db", "c.db"),
        ("sqlite:////srv/c.db?mode=ro", "/srv/c.db"),
        ("duckdb:///a/c.duckdb", "a/c.duckdb"),
        ("postgresql://host/db", "postgresql://host/db"),
        ("c.csv", "c.csv"),
    ],
)
def test_a_watch_looks_at_a_database_in_a_file(source, path):
    assert find_file(source) == path


class _Asked(Exception):  # noqa: N818  an event
    """A build has asked whether its report is there already."""


def test_a_report_whose_rows_did_not_change_is_not_built(project, monkeypatch):
    def ask(folder, key):
        raise _Asked(key)

    monkeypatch.setattr("helpers.report.build.find_unchanged", ask)
    keys = []
    for patients in (PATIENTS, PATIENTS[::-1], PATIENTS[:-1]):
        data = store(project, "sqlite", patients)
        with pytest.raises(_Asked) as asked:
            build(project, data, with_key=True)
        keys += asked.value.args
    assert all(keys)
    assert keys[0] == keys[1] != keys[2]
