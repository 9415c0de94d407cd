"""What a batch or a sweep prints while it runs."""

from __future__ import annotations

import json

import pytest

from helpers.cli.counting_console import (
    BarCount,
    JsonCount,
    LineCount,
    SilentCount,
    describe_counted,
    open_counting_console,
)
from helpers.report.batch import BatchEvent

EVENTS = [
    BatchEvent(kind="begin", total=2),
    BatchEvent(kind="report", name="east", status="built", done=1, total=2, seconds=3.21),
    BatchEvent(
        kind="report",
        name="west",
        status="failed",
        done=2,
        total=2,
        attempts=2,
        message="the [disk] is full",
    ),
]


def print_all(console, capsys) -> str:
    with console:
        for event in EVENTS:
            console.tell(event)
        console.close("2 reports", {"n": 2})
    return capsys.readouterr().out


def test_lines_in_a_log(capsys):
    lines = print_all(LineCount(), capsys).splitlines()
    assert lines == [
        f"  1/2 {'east':<24}    3.2 s",
        f"  2/2 {'west':<24} failed, attempt 2: the [disk] is full",
        "2 reports",
    ]


def test_one_object_a_line_for_machines(capsys):
    lines = [json.loads(line) for line in print_all(JsonCount(), capsys).splitlines()]
    assert [line["event"] for line in lines] == ["begin", "report", "report", "summary"]
    assert lines[2]["message"] == "the [disk] is full"
    assert lines[3] == {"event": "summary", "n": 2}


def test_a_bar_tells_in_words_only_what_went_wrong(capsys):
    printed = print_all(BarCount("reports"), capsys)
    assert "west" in printed
    assert "the [disk] is full" in printed
    assert "east" not in printed
    assert printed.rstrip().endswith("2 reports")


def test_quiet_prints_nothing(capsys):
    assert print_all(SilentCount(), capsys) == ""


@pytest.mark.parametrize(
    ("options", "kind"),
    [({}, LineCount), ({"quiet": True}, SilentCount), ({"as_json": True}, JsonCount)],
)
def test_the_console_that_is_asked_for(options, kind, capsys):
    assert type(open_counting_console("reports", **options)) is kind


def test_a_beginning_is_not_worth_a_line():
    assert describe_counted(EVENTS[0]) == ""
