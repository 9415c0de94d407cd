"""What all tests share."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

#: Scripts of their own, not tests.
collect_ignore_glob = ["bench/*", "studies/*"]


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]):
    """In CI nothing is skipped, except what needs data that cannot be there."""
    del call
    outcome = yield
    report = outcome.get_result()
    if os.environ.get("CI") == "true" and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped in CI: {report.longrepr}"


@pytest.fixture(scope="session", autouse=True)
def nothing_left_behind() -> Iterator[None]:
    """Hold all tests to closing the processes and the temporary folders of their builds."""
    yield
    from helpers.report.scratch import PREFIX, find_parent, remove_leftovers

    remove_leftovers()  # a test that kills a build leaves its folder to the next build
    owners = {
        folder.parent: folder.read_text(encoding="ascii")
        for folder in Path(find_parent()).glob(f"{PREFIX}????????/pid")
    }
    kept = [folder.name for folder, owner in owners.items() if owner == str(os.getpid())]
    assert not kept, f"folders were left: {kept}"
    running = [words for words in list_children(os.getpid()) if "helpers.report" in words]
    assert not running, f"processes were left: {running}"


def list_children(pid: int) -> list[str]:
    """Return the command lines of a process's children; none where the system tells of none."""
    words = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError, ValueError, IndexError):
            parent = (folder / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()[1]
            if int(parent) == pid:
                words.append((folder / "cmdline").read_bytes().replace(b"\0", b" ").decode())
    return words
