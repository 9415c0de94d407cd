"""Never half done: kills, lost workers, full disks, two builds at once, broken sections."""

import contextlib
import errno
import json
import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import nbformat
import pytest

from helpers.errors import BuildError
from helpers.report import publish
from helpers.report.build import build_report
from helpers.report.scratch import find_parent, make_scratch_folder, remove_leftovers
from helpers.report.section_runs import RunChoices
from helpers.report.warm import WarmParent, WorkerLost, can_fork

pytestmark = pytest.mark.skipif(not can_fork(), reason="needs processes that can be forked")

PATIENCE_SECONDS = 30


def write_notebook(folder, name, *cells):
    folder.mkdir(exist_ok=True)
    nb = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(f"# {name}?", id="t")])
    nb.cells += [nbformat.v4.new_code_cell(source, id=f"c{i}") for i, source in enumerate(cells)]
    nbformat.write(nb, folder / f"{name}.ipynb")


@pytest.fixture
def project(tmp_path):
    """Two quick sections; each run leaves a mark in runs/."""
    (tmp_path / "runs").mkdir()
    for name in ("01_one", "02_two"):
        mark = f"open({str(tmp_path / 'runs' / name)!r}, 'a').write('x')"
        write_notebook(tmp_path / "notebooks", name, mark + ";", "1 + 1")
    return tmp_path


def build(project, *, output="reports", **options):
    return build_report(
        options.pop("parameters", {"title": "T"}),
        name="paper",
        output_dir=project / output,
        notebooks_dir=project / "notebooks",
        formats=["html"],
        **options,
    )


def count_runs(project):
    return {path.name: len(path.read_text()) for path in (project / "runs").iterdir()}


def list_names(folder):
    return sorted(path.name for path in folder.iterdir())


def read_files(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name != "manifest.json"
    }


def test_only_a_changed_section_runs_again_and_the_bytes_are_those_of_a_fresh_build(project):
    build(project)
    write_notebook(project / "notebooks", "02_two", "2 + 2")
    summary = build(project)
    assert count_runs(project) == {"01_one": 1, "02_two": 1}
    assert summary.cached == ("01_one",)
    build(project, output="fresh")
    assert read_files(project / "fresh/paper") == read_files(project / "reports/paper")


def test_a_parameter_that_no_section_uses_runs_none_and_is_shown_in_all(project):
    build(project)
    summary = build(project, parameters={"title": "Another"})
    assert count_runs(project) == {"01_one": 1, "02_two": 1}
    assert summary.cached == ("01_one", "02_two")
    assert "title = 'Another'" in (project / "reports/paper/sections/01_one.ipynb").read_text()
    assert "<title>Another</title>" in (project / "reports/paper/manuscript.html").read_text()


def test_force_and_only_run_sections_anew(project):
    with pytest.raises(BuildError, match=r"there is none of 01_one; build once without --only"):
        build(project, choices=RunChoices(only=("two",)))
    build(project)
    build(project, choices=RunChoices(only=("two",)))
    assert count_runs(project) == {"01_one": 1, "02_two": 2}
    build(project, choices=RunChoices(force=True))
    assert count_runs(project) == {"01_one": 2, "02_two": 3}
    with pytest.raises(BuildError, match=r"--only must name sections \(one, two\), but was 'tow'"):
        build(project, choices=RunChoices(only=("tow",)))


@pytest.mark.parametrize("damage", [b"", b"{}\nx", b'{"format": 1, "sha256": "0"}\n{}'])
def test_a_damaged_cache_is_no_cache(project, damage):
    build(project)
    before = read_files(project / "reports/paper")
    for path in (project / "reports/.cache/sections").glob("*.ipynb"):
        path.write_bytes(damage)
    (project / "reports/.cache/imports.json").write_bytes(damage)
    (project / "reports/paper/manuscript.html").unlink()
    build(project)
    assert count_runs(project) == {"01_one": 2, "02_two": 2}
    assert read_files(project / "reports/paper") == before


def break_section(project):
    write_notebook(project / "notebooks", "01_one", "x = 1", "raise ValueError('no *way*')", "3")


def test_a_broken_section_is_named_and_the_other_kept_for_the_next_build(project):
    build(project)
    before = read_files(project / "reports/paper")
    break_section(project)
    write_notebook(project / "notebooks", "02_two", "5")
    told = r"section 01_one .* cell 3 \(.*failed with ValueError: no \*way\*; see paper.failed/01_o"
    with pytest.raises(BuildError, match=told):
        build(project)
    assert read_files(project / "reports/paper") == before
    kept = nbformat.read(project / "reports/paper.failed/01_one.ipynb", as_version=4)
    assert [cell.get("execution_count") for cell in kept.cells if cell.cell_type == "code"] == [
        1, 2, 3, None,
    ]  # fmt: skip
    write_notebook(project / "notebooks", "01_one", "6")
    assert build(project).cached == ("02_two",)
    assert not (project / "reports/paper.failed").exists()


def test_keep_going_states_the_failure_in_the_sections_place(project):
    break_section(project)
    summary = build(project, choices=RunChoices(keep_going=True))
    assert len(summary.failures) == 1
    page = (summary.folder / "manuscript.html").read_text()
    assert "This section is missing." in page
    assert "failed with ValueError: no *way*" in page
    assert "02_two?" in page
    assert "ValueError" in (summary.folder / "sections/01_one.ipynb").read_text()
    assert not build(project, choices=RunChoices(keep_going=True)).unchanged


def test_a_lost_worker_is_told_and_its_section_run_once_more(project):
    mark = project / "lost"
    write_notebook(
        project / "notebooks",
        "01_one",
        "first = 1",
        f"import os, pathlib; mark = pathlib.Path({str(mark)!r})",
        "mark.exists() or (mark.touch(), os.kill(os.getpid(), 9))",
    )
    events = []
    summary = build(project, progress=events.append)
    (retry,) = [event for event in events if event.kind == "retry"]
    assert retry.name == "01_one"
    assert "lost after 3 cells: it was killed by signal 9" in retry.message
    assert summary.failures == ()


def test_a_section_that_loses_every_worker_is_an_error(project):
    write_notebook(project / "notebooks", "01_one", "import os; os._exit(7)")
    with pytest.raises(BuildError, match=r"01_one could not be run .* exit code 7, twice"):
        build(project)
    assert not (project / "reports/paper").exists()


BUILD = """\
import sys, signal
from pathlib import Path
from helpers.cli.stopping import stoppable
from helpers.report.build import build_report
project, tell = Path(sys.argv[1]), lambda event: print(event.kind, event.name, flush=True)
with stoppable():
    build_report({"title": "T"}, name="paper", output_dir=project / "reports",
                 notebooks_dir=project / "notebooks", formats=["html"], progress=tell,
                 wait="wait" in sys.argv)
"""


def start_build(project, *words):
    return subprocess.Popen(
        [sys.executable, "-c", BUILD, str(project), *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def slow_down(project):
    """Let the second section wait until it is killed; the first ends at once."""
    write_notebook(
        project / "notebooks",
        "02_two",
        f"import os, pathlib; pathlib.Path({str(project / 'pid')!r}).write_text(str(os.getpid()))",
        "import time; time.sleep(600)",
    )


def wait_for(condition):
    end = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


def is_alive(pid):
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return False
    return state != "Z"


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGKILL, -9), (signal.SIGTERM, 1), (signal.SIGINT, -2)]
)
def test_a_killed_build_leaves_no_process_and_the_next_one_goes_on(project, number, code):
    build(project)
    before = read_files(project / "reports/paper")
    write_notebook(project / "notebooks", "01_one", "7")
    slow_down(project)
    running = start_build(project)
    for line in running.stdout:
        if line == "section 01_one\n":
            break
    wait_for((project / "pid").exists)
    time.sleep(0.1)
    running.send_signal(number)
    running.communicate(timeout=PATIENCE_SECONDS)
    assert (running.returncode == code) or number != signal.SIGKILL
    assert running.returncode != 0
    worker = int((project / "pid").read_text())
    wait_for(lambda: not is_alive(worker))
    assert read_files(project / "reports/paper") == before
    write_notebook(project / "notebooks", "02_two", "8")
    summary = build(project)
    assert summary.cached == ("01_one",)
    assert list_names(project / "reports") == [".cache", ".paper.lock", "paper"]
    left = [folder / "pid" for folder in Path(find_parent()).glob("lenfail-*")]
    assert str(running.pid) not in {path.read_text() for path in left if path.exists()}


def test_a_second_build_waits_or_says_who_holds_the_report(project):
    with publish.staged_report(project / "reports", "paper") as stage:
        (stage / "a").touch()
        refused = start_build(project)
        _, told = refused.communicate(timeout=PATIENCE_SECONDS)
        assert f"being built by process {os.getpid()} since 20" in told
        waiting = start_build(project, "wait")
        assert waiting.stdout.readline() == "wait paper\n"
    _, told = waiting.communicate(timeout=PATIENCE_SECONDS)
    assert waiting.returncode == 0, told
    assert (project / "reports/paper/manuscript.html").is_file()


def test_a_disk_that_fills_at_any_write_leaves_the_last_report(project, monkeypatch):
    build(project)
    before = read_files(project / "reports/paper")
    write_notebook(project / "notebooks", "02_two", "9")
    written, limit, told = [0], [0], []

    def fail_later(original):
        def write(path, *args, **options):
            if "reports" in Path(path).parts and ".cache" not in Path(path).parts:
                written[0] += 1
                if written[0] > limit[0]:
                    raise OSError(errno.ENOSPC, "No space left on device")
            return original(path, *args, **options)

        return write

    monkeypatch.setenv("LENFAIL_KERNELS", "0")
    monkeypatch.setattr(Path, "write_bytes", fail_later(Path.write_bytes))
    monkeypatch.setattr(Path, "write_text", fail_later(Path.write_text))
    while limit[0] < 40:
        written[0] = 0
        with contextlib.suppress(BuildError):
            build(project)
            break
        told.append(read_files(project / "reports/paper") == before)
        assert list_names(project / "reports") == [".cache", ".paper.lock", "paper"]
        limit[0] += 1
    assert all(told)
    assert 3 <= limit[0] < 40
    monkeypatch.undo()
    assert read_files(project / "reports/paper") != before


def test_a_full_disk_is_told_in_a_sentence(project, monkeypatch):
    def refuse(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("helpers.report.run.write_results", refuse)
    with pytest.raises(BuildError, match=r"could not be written \(No space left on device\)"):
        build(project)


@pytest.mark.skipif(os.name == "nt", reason="limits are POSIX's")
def test_a_page_that_does_not_fit_is_told_in_a_sentence(project):
    code = textwrap.dedent(
        f"""
        import resource, signal
        from pathlib import Path
        from helpers.report.build import build_report
        from helpers.errors import BuildError
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
        project = Path({str(project)!r})
        try:
            build_report({{}}, name="paper", output_dir=project / "reports",
                         notebooks_dir=project / "notebooks", formats=["html"])
        except BuildError as error:
            print(error)
        """
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "'paper' could not be written (File too large)" in done.stdout, done.stderr
    assert not (project / "reports/paper").exists()


def test_a_read_only_folder_is_told_in_a_sentence(project, monkeypatch):
    """Root may write anywhere, so that the refusal comes from here."""
    (project / "reports").mkdir()
    make = Path.mkdir

    def refuse(self, *args, **options):
        if project / "reports" in self.parents:
            raise PermissionError(errno.EACCES, "Permission denied", str(self))
        make(self, *args, **options)

    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(BuildError, match="could not be written"):
        build(project)


def test_folders_of_dead_processes_are_removed_and_no_others(tmp_path, monkeypatch):
    monkeypatch.setattr("helpers.report.scratch.find_parent", lambda: str(tmp_path))
    mine, dead, unknown = (make_scratch_folder() for _ in range(3))
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    (dead / "pid").write_text(str(ended.pid))
    (unknown / "pid").unlink()
    assert remove_leftovers() == [dead]
    assert mine.is_dir()
    assert unknown.is_dir()


def test_a_lost_parent_is_told(tmp_path):
    with WarmParent() as parent:
        os.kill(parent.pid, signal.SIGKILL)
        with pytest.raises(WorkerLost, match="it ended without an answer"):
            parent.run("helpers.report.preload:import_modules", [])


def test_manifest_rebuilds_the_same_bytes(project):
    build(project, parameters={"title": "T", "seed": 3})
    manifest = json.loads((project / "reports/paper/manifest.json").read_text())
    build(project, output="again", parameters=manifest["parameters"])
    again = json.loads((project / "again/paper/manifest.json").read_text())
    assert again["files"] == manifest["files"]
    assert again["sections"] == manifest["sections"]
    assert len(manifest["files"]) > 5


def test_kernels_make_the_same_report(project, monkeypatch):
    build(project)
    monkeypatch.setenv("LENFAIL_KERNELS", "1")
    assert not can_fork()
    build(project, output="kernels")
    assert read_files(project / "kernels/paper") == read_files(project / "reports/paper")
