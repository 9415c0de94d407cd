"""The command line of a build: what it prints, its exit codes, and watching."""

import io
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

import nbformat
import pytest

from helpers.cli import main
from helpers.cli.console import (
    BarConsole,
    JsonConsole,
    LineConsole,
    SilentConsole,
    describe_event,
    open_console,
)
from helpers.errors import LenfailError
from helpers.report.progress import BuildSummary, ProgressEvent
from helpers.report.warm import can_fork
from helpers.report.watching import CodeChanged, ReportWatch, note_files

SUMMARY = BuildSummary(
    name="paper",
    folder=Path("reports/paper"),
    seconds={"notebooks": 2.0, "pdf": 0.5},
    total_seconds=3.0,
    n_results=4,
    n_tables=2,
    n_figures=1,
    verdicts={"equal": 284, "contradiction": 13},
    warnings=("a date is odd",),
)
EVENTS = (
    ProgressEvent(kind="begin", name="01_cohort", seconds=1.5),
    ProgressEvent(kind="cell", name="01_cohort", done=3, total=9),
    ProgressEvent(kind="section", name="01_cohort", seconds=1.25),
    ProgressEvent(kind="section", name="02_outcomes", cached=True),
    ProgressEvent(kind="section", name="03_models", message="section 03 could not be built"),
    ProgressEvent(kind="retry", name="04_x", message="its process was lost"),
    ProgressEvent(kind="wait", name="paper", message="built by process 7"),
    ProgressEvent(kind="step", name="pages", done=2, total=10, seconds=0.5),
    ProgressEvent(kind="step", name="prose", seconds=0.5),
)


def show(console):
    with console:
        for event in EVENTS:
            console.tell(event)
        console.close(SUMMARY)


def test_a_log_has_a_line_for_each_thing_that_ended(capsys):
    show(LineConsole())
    lines = capsys.readouterr().out.splitlines()
    assert [line.split() for line in lines[:3]] == [
        ["01_cohort", "1.2", "s"],
        ["02_outcomes", "unchanged"],
        ["03_models", "failed"],
    ]
    assert lines[3].endswith("is run once more: its process was lost")
    assert lines[4] == "  waiting: report 'paper' is built by process 7"
    assert lines[5].split() == ["prose", "0.5", "s"]
    assert lines[6] == (
        "paper: 4 results, 2 tables and 1 figures in 3.0 s (notebooks 2.0 s, pdf 0.5 s)"
    )
    assert lines[7:] == [
        "written to reports/paper",
        "published numbers: 284 equal, 13 contradiction",
        "note: a date is odd",
    ]


def test_machines_read_one_object_a_line(capsys):
    show(JsonConsole())
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [one["event"] for one in told] == [*(event.kind for event in EVENTS), "summary"]
    assert told[1] == {
        "event": "cell", "name": "01_cohort", "done": 3, "total": 9,
        "seconds": 0.0, "cached": False, "message": "",
    }  # fmt: skip
    assert told[-1]["verdicts"] == {"equal": 284, "contradiction": 13}
    assert told[-1]["folder"] == "reports/paper"


class SlowStream(io.StringIO):
    """Lets other threads run after every write."""

    def write(self, text):
        written = super().write(text)
        time.sleep(0.001)
        return written


@pytest.mark.parametrize("console", [JsonConsole(), LineConsole()])
def test_lines_of_several_threads_do_not_run_into_each_other(monkeypatch, console):
    monkeypatch.setattr("sys.stdout", SlowStream())
    names = [f"{number:02}_section" for number in range(8)]

    def tell(name):
        for _ in range(5):
            console.tell(ProgressEvent(kind="section", name=name, seconds=1.0))

    threads = [threading.Thread(target=tell, args=[name]) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    lines = sys.stdout.getvalue().splitlines()
    assert len(lines) == 40
    assert all(sum(name in line for name in names) == 1 for line in lines)


def test_silence_is_silent(capsys):
    show(SilentConsole())
    assert capsys.readouterr().out == ""


def test_a_terminal_shows_bars_and_a_log_does_not(monkeypatch, capsys):
    assert isinstance(open_console(), LineConsole)
    assert isinstance(open_console(quiet=True), SilentConsole)
    assert isinstance(open_console(as_json=True), JsonConsole)
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm")
    console = open_console()
    assert isinstance(console, BarConsole)
    show(console)
    told = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", capsys.readouterr().out)
    assert "01_cohort" in told
    assert "written to reports/paper" in told
    assert "section 03 could not be built" not in describe_event(EVENTS[0])


def test_a_report_without_a_change_or_with_a_gap_says_so():
    assert str(replace(SUMMARY, unchanged=True)) == (
        "paper: nothing changed; reports/paper is as it was"
    )
    told = str(replace(SUMMARY, cached=("01_a",), failures=("section 02 failed",)))
    assert "unchanged sections: 01_a" in told
    assert "missing: section 02 failed" in told


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project of one small section, in the working folder."""
    (tmp_path / "params").mkdir()
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "params/small.yml").write_text("formats: [html]\n")
    (tmp_path / "params/published_values.yml").write_text(
        "format: 1\npaper: {title: Another, year: 2020}\nentries: []\n"
    )
    write_section(tmp_path, "1 + 1")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write_section(project, source):
    nb = nbformat.v4.new_notebook(
        cells=[
            nbformat.v4.new_markdown_cell("# Who?", id="t"),
            nbformat.v4.new_code_cell(source, id="c"),
        ]
    )
    nbformat.write(nb, project / "notebooks/01_small.ipynb")


@pytest.fixture
def without_front(monkeypatch):
    """Leave out the project's own front matter, which such a section has no results for."""
    monkeypatch.setattr("helpers.report.build.STANDARD_FRONT", None)
    request = "helpers.cli.build.make_request"
    from helpers.cli import build

    original = build.make_request
    monkeypatch.setattr(
        request, lambda options: original(options) | {"ledger": None, "check_data": False}
    )


@pytest.mark.usefixtures("without_front")
def test_exit_codes_tell_whole_incomplete_and_not_built(project, capsys):
    assert main(["build", "params/small.yml"]) == 0
    assert "0 results" in capsys.readouterr().out
    write_section(project, "1 / 0")
    assert main(["build", "params/small.yml", "--quiet"]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert "failed with ZeroDivisionError: division by zero; see small.failed/" in told.err
    assert main(["build", "params/small.yml", "--keep-going", "--json"]) == 1
    last = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert "ZeroDivisionError" in last["failures"][0]


WATCH = """\
import sys
from pathlib import Path
from helpers.report.watching import ReportWatch
from helpers.params import read_params_file

def read():
    values = read_params_file("params/small.yml").model_dump()
    here = Path.cwd()
    return dict(parameters=values, name="small", output_dir=here / "reports",
                notebooks_dir=here / "notebooks", base_dir=here / "params")

watch = ReportWatch(read, Path("params/small.yml"), lambda event: None)
for outcome in watch.run():
    print(type(outcome).__name__, str(outcome).splitlines()[0], flush=True)
"""


@pytest.mark.skipif(not can_fork(), reason="needs processes that can be forked")
def test_a_save_builds_again_in_the_same_warm_processes(project):
    running = subprocess.Popen(
        [sys.executable, "-c", WATCH], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    watchdog = threading.Timer(60, running.kill)
    watchdog.start()
    try:
        assert "0 results" in running.stdout.readline()
        (project / "params/small.yml").write_text("formats: [html]\ntitle: Saved\n")
        assert "0 results" in running.stdout.readline()
        assert "Saved" in (project / "reports/small/manuscript.html").read_text()
        (project / "params/small.yml").write_text("titel: Saved\n")
        assert running.stdout.readline().startswith("FaultsError small.yml: 1 to mend")
        (project / "params/small.yml").write_text("formats: [html]\ntitle: Mended\n")
        assert "0 results" in running.stdout.readline()
        write_section(project, "os = 1; 3")
        assert "0 results" in running.stdout.readline()
    finally:
        watchdog.cancel()
        running.send_signal(signal.SIGINT if os.name != "nt" else signal.SIGTERM)
        running.communicate(timeout=30)
    assert running.returncode != 0


def test_a_saved_module_asks_for_a_new_process(project):
    (project / "reports").mkdir()
    watch = ReportWatch(dict, project / "params/small.yml", lambda event: None)
    watch._request = {"parameters": {}, "notebooks_dir": project / "notebooks"}
    noted = note_files(watch._list_watched())
    module = next(path for path in noted if path.name == "workshop.py")
    with pytest.raises(CodeChanged):
        watch._wait({**noted, module: (0, 0)})
    watch._wait({**noted, project / "notebooks/01_small.ipynb": (0, 0)})


class _Watched:
    """Stands for a watch: notes what it is to build, then sees a module saved."""

    requests: ClassVar[list] = []

    def __init__(self, read_request, params_file, progress):
        self.requests.append(read_request())

    def run(self):
        yield LenfailError("nothing to see")
        raise CodeChanged


@pytest.mark.parametrize(
    ("words", "formats"), [((), ["html"]), (("--formats", "html,pdf"), ["html", "pdf"])]
)
def test_watch_writes_what_it_is_told_and_starts_anew_with_new_code(
    project, monkeypatch, capsys, words, formats
):
    started = []
    monkeypatch.setattr("helpers.report.watching.ReportWatch", _Watched)
    monkeypatch.setattr("os.execv", lambda program, argv: started.append((program, argv)))
    assert main(["watch", "params/small.yml", *words]) == 0
    assert _Watched.requests[-1]["formats"] == formats
    assert started == [(sys.executable, [sys.executable, *sys.orig_argv[1:]])]
    told = capsys.readouterr().err
    assert "lenfail: nothing to see" in told
    assert "the code changed; starting anew" in told
