"""Time whole reports against what a user could pick instead; write bench.html and bench.json.

Run from the top of the project: make bench, or python tests/bench/bench_build.py. BENCH_QUICK=1
takes one round, ten reports and 10,000 patients; BENCH_TINY=1 our own build alone, to try the bench
itself. What bench.json holds is described in bench_schema.json.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from statistics import median
from typing import Any

import bars
import contenders
from bench_page import write_page
from bench_readme import keep
from processes import CommandFailed
from scaling import measure_sizes
from summary import describe_machine, describe_software

FORMAT = 1
PARTS = ("start", "reports", "warm", "batch", "memory", "scaling", "estimators")
WAYS = ("cold", "plain", "unchanged", "cold, with the workbook", "floor", "r")
ESTIMATORS = ("bench_resampling.py", "bench_cox.py", "bench_univariate.py")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mode:
    """How much is measured.

    Attributes
    ----------
    name : str
        ``full``, ``quick`` or ``tiny``.
    rounds : int
        Of the reports that are compared, one after the other in each round.
    reports : int
        In the batch.
    sizes : tuple of int
        Patients.
    estimators : tuple of str
        Scripts to run as well.
    ways : tuple of str
        To make the report, that are timed in each round.
    parts : tuple of str
        Of the bench.
    overrides : tuple of str
        Of parameters, for the cold build and the unchanged one.
    """

    name: str
    rounds: int
    reports: int
    sizes: tuple[int, ...]
    estimators: tuple[str, ...]
    ways: tuple[str, ...] = WAYS
    parts: tuple[str, ...] = PARTS
    overrides: tuple[str, ...] = (contenders.BAR_FORMATS,)


MODES = {
    "full": Mode(
        name="full",
        rounds=3,
        reports=100,
        sizes=(10_000, 100_000, 1_000_000),
        estimators=ESTIMATORS,
    ),
    "quick": Mode(
        name="quick", rounds=1, reports=10, sizes=(1_000, 10_000), estimators=ESTIMATORS[:1]
    ),
    "tiny": Mode(
        name="tiny",
        rounds=1,
        reports=0,
        sizes=(),
        estimators=(),
        ways=("cold", "unchanged"),
        parts=("start", "reports"),
        overrides=("formats=[html]", "bootstrap_replicates=0", "imputations=2"),
    ),
}


def main() -> int:
    """Measure, write and say what was written."""
    options = read_options()
    began = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="lenfail-bench-") as folder:
        content = measure(choose_mode(), Path(folder), only=options.only)
    content["seconds_total"] = round(time.perf_counter() - began, 1)
    options.output.mkdir(parents=True, exist_ok=True)
    text = json.dumps(content, indent=1) + "\n"
    (options.output / "bench.json").write_text(text, encoding="utf-8")
    write_page(options.output / "bench.html", content)
    if options.keep:
        keep(content)
    for bar in content["bars"]:
        print(
            f"{bars.VERDICTS[bar['holds']]:<13}{bar['what']}: {bar['measured']} (bar: {bar['bar']})"
        )
    print(f"written to {options.output} in {content['seconds_total']:.0f} s")
    return 0


def read_options() -> argparse.Namespace:
    """Return what the command line says."""
    parser = argparse.ArgumentParser(description=__doc__)
    reports = contenders.PROJECT / "reports"
    parser.add_argument("--output", type=Path, default=reports, help="folder; reports/ by default")
    parser.add_argument("--only", nargs="*", choices=PARTS, help="parts; all by default")
    parser.add_argument(
        "--keep", action="store_true", help="also write measured_build.json and README's section"
    )
    return parser.parse_args()


def choose_mode() -> Mode:
    """Return the mode that the environment asks for."""
    for name in ("tiny", "quick"):
        if os.environ.get(f"BENCH_{name.upper()}", "") not in ("", "0"):
            return MODES[name]
    return MODES["full"]


def measure(mode: Mode, folder: Path, only: list[str] | None = None) -> dict[str, Any]:
    """Return all that is written to bench.json, without the total time."""
    load = os.getloadavg()[0]
    measured: dict[str, Any] = {}
    skipped: dict[str, str] = {}
    for name, part in MEASURES.items():
        if name not in (only or mode.parts):
            skipped[name] = "not asked for"
            continue
        print(f"bench: {name}", file=sys.stderr, flush=True)
        try:
            measured[name] = part(mode, folder / name)
        except CommandFailed as error:
            skipped[name] = str(error)
    return {
        "format": FORMAT,
        "mode": mode.name,
        "date": date.today().isoformat(),
        "machine": describe_machine(),
        "load_before": round(load, 2),
        "software": describe_software(),
        "measured": measured,
        "skipped": skipped,
        "bars": bars.judge(measured, skipped),
    }


def measure_reports(mode: Mode, folder: Path) -> dict[str, Any]:
    """Return the seconds of each way to make the report, in rounds that take turns."""
    no_r = contenders.explain_no_r()
    chosen = [name for name in mode.ways if name != "r" or not no_r]
    rounds = [
        {name: round(run_way(name, folder / name, mode.overrides), 3) for name in chosen}
        for _ in range(mode.rounds)
    ]
    medians = {name: median(each[name] for each in rounds) for name in chosen}
    return {"rounds": rounds, "median": medians, "no_r": no_r}


def run_way(name: str, folder: Path, overrides: tuple[str, ...]) -> float:
    """Return the seconds of one way to make the report; what is unchanged was built cold."""
    options = [part for one in overrides for part in ("--set", one)]
    match name:
        case "cold":
            return contenders.build(folder, *options).seconds
        case "unchanged":
            return contenders.build(folder.with_name("cold"), *options, force=False).seconds
        case "cold, with the workbook":
            return contenders.build(folder).seconds
        case "plain":
            return contenders.run_plain(folder).seconds
        case "r":
            return contenders.render_r(folder).seconds
    return sum(row["seconds"] for row in contenders.time_cells())


def measure_warm(mode: Mode, folder: Path) -> dict[str, Any]:
    """Return the seconds from a save to the finished report, beside its sections' cells."""
    del mode
    cells = sum_sections(contenders.time_cells())
    changes = []
    for each in contenders.time_changes(folder):
        summary = each["summary"]
        run = [
            name for name in cells if name in summary["seconds"] and name not in summary["cached"]
        ]
        changes.append(
            {
                "change": each["change"],
                "seconds": round(each["seconds"], 3),
                "sections": run,
                "computing_seconds": round(sum(cells[name] for name in run), 3),
            }
        )
    return {"changes": changes}


def sum_sections(rows: list[dict[str, Any]]) -> dict[str, float]:
    """Return the seconds of each section's cells."""
    sections: dict[str, float] = {}
    for row in rows:
        sections[row["section"]] = sections.get(row["section"], 0.0) + row["seconds"]
    return {name: seconds for name, seconds in sections.items() if name != "all"}


def measure_batch(mode: Mode, folder: Path) -> dict[str, Any]:
    """Return the seconds of a batch and of each of its reports, beside one plain report."""
    run = contenders.run_batch(folder, mode.reports)
    plain = contenders.run_plain(folder / "plain").seconds
    r = None
    if not contenders.explain_no_r():
        r = round(contenders.render_r(folder / "r").seconds, 3)
    return {
        "n_reports": mode.reports,
        "seconds": round(run.seconds, 3),
        "per_report": round(run.seconds / mode.reports, 3),
        "plain": round(plain, 3),
        "r": r,
    }


def measure_memory(mode: Mode, folder: Path) -> dict[str, Any]:
    """Return the peak of memory of one build and of all its processes, in bytes."""
    del mode
    run = contenders.build(folder, memory=True)
    if run.peak_bytes is None:
        raise CommandFailed("this system does not tell the memory of processes")
    return {"peak_bytes": run.peak_bytes}


def measure_start(mode: Mode, folder: Path) -> dict[str, Any]:
    """Return the seconds of commands that must start at once, the least of some runs."""
    del folder
    runs = [contenders.time_imports() for _ in range(2 * mode.rounds)]
    return {name: round(min(run[name].seconds for run in runs), 3) for name in runs[0]}


def measure_scaling(mode: Mode, folder: Path) -> dict[str, Any]:
    """Return seconds of each step and memory by the number of patients."""
    return measure_sizes(mode.sizes, folder)


def measure_estimators(mode: Mode, folder: Path) -> list[dict[str, Any]]:
    """Return what the benches of single estimators print."""
    del folder
    return [dict(each) for each in run_estimators(mode)]


def run_estimators(mode: Mode) -> Iterator[Mapping[str, Any]]:
    """Yield a row for each bench of estimators."""
    for name in mode.estimators:
        script = Path(__file__).with_name(name)
        with suppress(CommandFailed):
            run = contenders.run_command(
                [sys.executable, script], folder=contenders.PROJECT, accept=(0, 1)
            )
            yield {"script": name, "seconds": round(run.seconds, 1), "output": run.output}


MEASURES: dict[str, Callable[[Mode, Path], Any]] = {
    "start": measure_start,
    "reports": measure_reports,
    "warm": measure_warm,
    "batch": measure_batch,
    "memory": measure_memory,
    "scaling": measure_scaling,
    "estimators": measure_estimators,
}


if __name__ == "__main__":
    sys.exit(main())
