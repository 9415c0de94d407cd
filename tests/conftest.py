"""What all tests share."""

from __future__ import annotations

import os

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
