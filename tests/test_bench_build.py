"""The bench of whole reports: it runs, its output is valid, and it judges as it says."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import jsonschema
import pytest

PROJECT = Path(__file__).parents[1]
BENCH = PROJECT / "tests" / "bench"
SCHEMA = json.loads((BENCH / "bench_schema.json").read_text(encoding="utf-8"))


@pytest.fixture
def bench(monkeypatch):
    """Return the bench's modules that judge and show, without running anything."""
    monkeypatch.syspath_prepend(str(BENCH))
    import bars
    import bench_page
    import bench_readme
    import scaling

    return SimpleNamespace(bars=bars, page=bench_page, readme=bench_readme, scaling=scaling)


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    """Return the folder of a bench in its smallest mode."""
    folder = tmp_path_factory.mktemp("bench")
    run = subprocess.run(
        [sys.executable, BENCH / "bench_build.py", "--output", folder],
        env={**os.environ, "BENCH_TINY": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    return folder


def test_the_smallest_bench_measures_our_build_and_writes_what_the_schema_describes(tiny):
    content = json.loads((tiny / "bench.json").read_text(encoding="utf-8"))
    jsonschema.validate(content, SCHEMA)
    assert content["mode"] == "tiny"
    assert content["skipped"].get("reports") is None
    assert content["measured"]["reports"]["median"]["cold"] > 0
    assert set(content["measured"]["start"]) == {"lenfail --help", "lenfail check"}
    assert content["skipped"]["scaling"] == "not asked for"


def test_the_page_needs_no_network_and_heads_every_row(tiny):
    page = (tiny / "bench.html").read_text(encoding="utf-8")
    assert page.startswith('<!DOCTYPE html>\n<html lang="en">')
    assert not re.search(r"(src|href)=|https?://|<script", page)
    assert page.count("<table>") == page.count("<caption>") >= 2
    body = page.partition("<tbody>")[2]
    assert body.count("<tr>") - body.count("<thead><tr>") == body.count('<th scope="row">')
    assert "Cold build against the computing time of all cells" in page


def test_a_bar_is_judged_by_the_median_of_the_rounds(bench):
    bars = bench.bars
    rounds = [
        {"cold": 2.0, "plain": 12.0, "floor": 1.0, "r": 2.0},
        {"cold": 2.0, "plain": 8.0, "floor": 0.5, "r": 2.0},
        {"cold": 2.0, "plain": 11.0, "floor": 0.7, "r": 2.0},
    ]
    part = {"rounds": rounds, "median": {"unchanged": 1.01}, "no_r": ""}
    plain, floor, r, unchanged = bars.judge_reports(part)
    assert plain["holds"]
    assert plain["measured"] == "5.5 times faster (4.0 to 6.0)"
    assert not floor["holds"]
    assert floor["measured"] == "2.9 times as long (2.0 to 4.0)"
    assert not r["holds"]
    assert r["bar"] == "at least 1.5 times faster"
    assert not unchanged["holds"]
    assert unchanged["measured"] == "1.01 s"


def test_what_was_not_measured_is_said_and_not_judged(bench):
    judged = bench.bars.judge({}, {"batch": "exit code 2: no such command"})
    assert all(bar["holds"] is None for bar in judged)
    assert "exit code 2: no such command" in [bar["measured"] for bar in judged]


def test_growth_may_exceed_that_of_the_patients_by_a_fifth(bench):
    bars, scaling = bench.bars, bench.scaling
    small = {"n": 10_000, "seconds": 10.0, "cells_seconds": 8.0, "peak_bytes": 10**9}
    large = {"n": 1_000_000, "seconds": 1190.0, "cells_seconds": 900.0, "peak_bytes": 25 * 2**30}
    growth = [scaling.compare(small, large)]
    time, memory = bars.judge_scaling({"growth": growth, "rows": [small, large]})
    assert growth[0]["times_as_long"] == 119.0
    assert time["holds"]
    assert time["bar"] == "at most 120 times as long"
    assert not memory["holds"]
    assert memory["measured"] == "25.00 GiB"


def test_text_on_the_page_is_escaped(bench):
    table = bench.page.make_bars([{"what": "<b>", "bar": "", "measured": "a < b", "holds": None}])
    assert "&lt;b&gt;" in table
    assert "a &lt; b" in table
    assert "<b>" not in table


def test_readme_shows_the_bench_that_was_kept(bench):
    shown = bench.readme.find_section(bench.readme.README.read_text(encoding="utf-8"))
    measured = bench.readme.MEASURED
    if not measured.exists():
        assert shown == ""
        return
    content = json.loads(measured.read_text(encoding="utf-8"))
    jsonschema.validate(content, SCHEMA)
    assert shown == bench.readme.make_section(content)


def test_the_section_takes_its_place_before_the_last_and_replaces_a_former_one(bench, tiny):
    content = json.loads((tiny / "bench.json").read_text(encoding="utf-8"))
    section = bench.readme.make_section(content)
    text = "# Title\n\n## More\n\n- end\n"
    once = bench.readme.put_section(text, section)
    assert once == f"# Title\n\n{section}## More\n\n- end\n"
    assert bench.readme.put_section(once, section) == once
    assert "| lenfail --help | at most 0.25 s |" in section
