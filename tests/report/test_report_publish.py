"""A report appears whole or not at all."""

import os
import subprocess
import sys
import textwrap

import pytest

from helpers.errors import BuildError, ParameterError
from helpers.report import publish
from helpers.report.publish import check_report_name, staged_report


def list_names(folder):
    return sorted(path.name for path in folder.iterdir())


def build(folder, text, name="paper"):
    with staged_report(folder, name) as stage:
        (stage / "a.txt").write_text(text)


def build_half(folder, error):
    with staged_report(folder, "paper") as stage:
        (stage / "a.txt").write_text("half")
        raise error


def test_first_and_next_report_take_their_place(tmp_path):
    build(tmp_path / "reports", "one")
    (tmp_path / "reports/paper/stale.txt").write_text("old")
    build(tmp_path / "reports", "two")
    assert (tmp_path / "reports/paper/a.txt").read_text() == "two"
    assert list_names(tmp_path / "reports") == [".paper.lock", "paper"]
    assert list_names(tmp_path / "reports/paper") == ["a.txt"]


def test_swap_without_help_of_the_system(tmp_path, monkeypatch):
    monkeypatch.setattr(publish, "_exchange", lambda one, other: False)
    build(tmp_path, "one")
    build(tmp_path, "two")
    assert (tmp_path / "paper/a.txt").read_text() == "two"
    assert list_names(tmp_path) == [".paper.lock", "paper"]


@pytest.mark.parametrize("error", [RuntimeError("x"), KeyboardInterrupt()])
def test_failure_leaves_the_last_report(tmp_path, error):
    build(tmp_path, "one")
    with pytest.raises(type(error)):
        build_half(tmp_path, error)
    assert (tmp_path / "paper/a.txt").read_text() == "one"
    assert list_names(tmp_path) == [".paper.lock", "paper"]


def test_full_disk_is_told_in_one_sentence(tmp_path):
    build(tmp_path, "one")
    with pytest.raises(BuildError, match=r"'paper' could not be written \(No space left"):
        build_half(tmp_path, OSError(28, "No space left on device"))
    assert (tmp_path / "paper/a.txt").read_text() == "one"


def test_killed_build_is_cleared_by_the_next(tmp_path):
    build(tmp_path, "one")
    script = textwrap.dedent(
        f"""
        import os, pathlib, signal
        from helpers.report.publish import staged_report
        with staged_report(pathlib.Path({str(tmp_path)!r}), "paper") as stage:
            (stage / "a.txt").write_text("half")
            os.kill(os.getpid(), signal.SIGKILL)
        """
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == -9
    assert (tmp_path / "paper/a.txt").read_text() == "one"
    assert any(name.startswith(".paper.new-") for name in list_names(tmp_path))
    build(tmp_path, "two")
    assert (tmp_path / "paper/a.txt").read_text() == "two"
    assert list_names(tmp_path) == [".paper.lock", "paper"]


def test_kill_between_two_renames_is_undone(tmp_path):
    build(tmp_path, "one")
    (tmp_path / "paper").rename(tmp_path / ".paper.old")
    with pytest.raises(RuntimeError, match="later"):
        build_half(tmp_path, RuntimeError("later"))
    assert (tmp_path / "paper/a.txt").read_text() == "one"


def test_second_builder_is_told_who_builds(tmp_path):
    with staged_report(tmp_path, "paper"):
        with pytest.raises(BuildError, match=rf"by process {os.getpid()} since 2.*; wait"):
            build(tmp_path, "second")
        build(tmp_path, "other", name="other")
    assert (tmp_path / "other/a.txt").read_text() == "other"


@pytest.mark.parametrize("name", ["", "..", "../x", "a/b", ".hidden", "a b", "x" * 101])
def test_names_cannot_leave_the_folder(name):
    with pytest.raises(ParameterError, match="name of the report must be"):
        check_report_name(name)
