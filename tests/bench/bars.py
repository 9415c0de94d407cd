"""The bars that a bench is held against."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from statistics import median
from typing import Any

VERDICTS = {True: "holds", False: "does not hold", None: "not measured"}
GIB = 1024**3
PLAIN_OVER_COLD, COLD_OVER_FLOOR, R_OVER_OURS = 5.0, 2.5, 1.5
CHANGE_OVER_CELLS, UNCHANGED_SECONDS, BATCH_SHARE = 1.5, 1.0, 0.25
BUILD_GIB, REGISTRY_GIB, GROWTH_ALLOWANCE = 1.5, 24.0, 1.2
HELP_SECONDS, CHECK_SECONDS = 0.25, 2.0
REPORT_BARS = (
    (
        "Cold build, HTML, PDF, Word and manuscript, against papermill and nbconvert, HTML only",
        "plain",
        "cold",
        PLAIN_OVER_COLD,
        "times faster",
    ),
    (
        "Cold build against the computing time of all cells",
        "cold",
        "floor",
        COLD_OVER_FLOOR,
        "times as long",
    ),
    ("Cold build against R Markdown", "r", "cold", R_OVER_OURS, "times faster"),
)

Bar = dict[str, Any]


def judge(measured: Mapping[str, Any], skipped: Mapping[str, str]) -> list[Bar]:
    """Return each bar with what was measured and whether it holds.

    Parameters
    ----------
    measured : mapping
        Parts of the bench by name.
    skipped : mapping of str to str
        Why a part was not measured.

    Returns
    -------
    list of dict
        ``what``, ``bar``, ``measured`` (text), ``holds`` (None where nothing was measured).
    """
    judges = {
        "start": judge_start,
        "reports": judge_reports,
        "warm": judge_warm,
        "batch": judge_batch,
        "memory": judge_memory,
        "scaling": judge_scaling,
    }
    rows: list[Bar] = []
    for name, find in judges.items():
        if name in measured:
            rows += find(measured[name])
        else:
            reason = skipped.get(name, "no reason given")
            rows.append({"what": TITLES[name], "bar": "", "measured": reason, "holds": None})
    return rows


TITLES = {
    "start": "Commands that start at once",
    "reports": "One report, cold",
    "warm": "One parameter changed, with a warm parent",
    "batch": "Many reports",
    "memory": "Memory of one build",
    "scaling": "A registry's number of patients",
}


def judge_start(part: Mapping[str, float]) -> Iterator[Bar]:
    """Yield the bars of commands that must start at once."""
    for name, limit in (("lenfail --help", HELP_SECONDS), ("lenfail check", CHECK_SECONDS)):
        yield at_most(name, part[name], limit)


def judge_reports(part: Mapping[str, Any]) -> Iterator[Bar]:
    """Yield the bars of one report."""
    rounds = part["rounds"]
    for what, first, second, limit, unit in REPORT_BARS:
        if first in rounds[0] and second in rounds[0]:
            ratios = [each[first] / each[second] for each in rounds]
            yield compare_ways(what, ratios, limit, unit)
        else:
            reason = part["no_r"] or "left out in this mode"
            yield {"what": what, "bar": "", "measured": reason, "holds": None}
    yield at_most("Nothing changed", part["median"]["unchanged"], UNCHANGED_SECONDS)


def judge_warm(part: Mapping[str, Any]) -> Iterator[Bar]:
    """Yield the bar of each changed parameter."""
    for each in part["changes"]:
        name = each["change"].partition("=")[0]
        sections = ", ".join(each["sections"]) or "no section"
        what = f"{name} changed, with a warm parent, against the cells of {sections}"
        if not each["computing_seconds"]:
            yield {"what": what, "bar": "", "measured": "no section was run", "holds": None}
            continue
        ratio = each["seconds"] / each["computing_seconds"]
        yield compare_ways(what, [ratio], CHANGE_OVER_CELLS, "times as long")


def judge_batch(part: Mapping[str, Any]) -> Iterator[Bar]:
    """Yield the bars of a batch."""
    share = part["per_report"] / part["plain"]
    yield compare_ways(
        f"A report of a batch of {part['n_reports']} against papermill and nbconvert",
        [share],
        BATCH_SHARE,
        "times as long",
    )
    if part["r"] is not None:
        yield compare_ways(
            f"A report of a batch of {part['n_reports']} against R Markdown",
            [part["r"] / part["per_report"]],
            R_OVER_OURS,
            "times faster",
        )


def judge_memory(part: Mapping[str, Any]) -> Iterator[Bar]:
    """Yield the bar of one build's memory."""
    yield limit_memory("Memory of one build, all processes", part["peak_bytes"], BUILD_GIB)


def judge_scaling(part: Mapping[str, Any]) -> Iterator[Bar]:
    """Yield the bars of growth and memory."""
    for each in part["growth"]:
        limit = each["times_as_many"] * GROWTH_ALLOWANCE
        what = f"Build of {each['to']:,} against {each['from']:,} patients"
        yield compare_ways(what, [each["times_as_long"]], limit, "times as long")
    last = part["rows"][-1]
    if last["peak_bytes"] is not None:
        what = f"Memory of a build of {last['n']:,} patients, all processes"
        yield limit_memory(what, last["peak_bytes"], REGISTRY_GIB)


def compare_ways(what: str, ratios: list[float], limit: float, unit: str) -> Bar:
    """Return a bar on a ratio, judged by the median of the rounds."""
    middle = median(ratios)
    is_faster = unit == "times faster"
    shown = f"{middle:.1f} {unit}"
    if len(ratios) > 1:
        shown += f" ({min(ratios):.1f} to {max(ratios):.1f})"
    return {
        "what": what,
        "bar": f"at {'least' if is_faster else 'most'} {limit:g} {unit}",
        "measured": shown,
        "holds": middle >= limit if is_faster else middle <= limit,
    }


def at_most(what: str, seconds: float, limit: float) -> Bar:
    """Return a bar on seconds."""
    return {
        "what": what,
        "bar": f"at most {limit:g} s",
        "measured": f"{seconds:.2f} s",
        "holds": seconds <= limit,
    }


def limit_memory(what: str, peak: int, limit_gib: float) -> Bar:
    """Return a bar on memory."""
    return {
        "what": what,
        "bar": f"at most {limit_gib:g} GiB",
        "measured": f"{peak / GIB:.2f} GiB",
        "holds": peak <= limit_gib * GIB,
    }
