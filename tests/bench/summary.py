"""Run the benches once and write what README's page on checks prints: measured.json.

Run from the top of the project: python tests/bench/summary.py
"""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from importlib.metadata import version
from pathlib import Path
from statistics import median

import bench_cox
import bench_univariate

FOLDER = Path(__file__).parent
N_ROUNDS = 3
REPEATS = {392: 20, 10_000: 20, 100_000: 10, 1_000_000: 5}


def main() -> None:
    """Measure several rounds and write."""
    load = os.getloadavg()[0]
    rounds = [[*measure_bootstrap(), *measure_models(), *measure_curves()] for _ in range(N_ROUNDS)]
    content = {
        "date": date.today().isoformat(),
        "machine": f"{describe_machine()}, load {load:.1f} before the start",
        "software": describe_software(),
        "n_rounds": N_ROUNDS,
        "rows": [join_rounds(same) for same in zip(*rounds, strict=True)],
        "growth": join_growth([measure_growth(rows) for rows in rounds]),
    }
    text = json.dumps(content, indent=1) + "\n"
    (FOLDER / "measured.json").write_text(text, encoding="utf-8")


def join_rounds(same: tuple[dict, ...]) -> dict:
    """Return one row with the median times and the range of the ratios."""
    ratios = [each["other_s"] / each["ours_s"] for each in same]
    return {
        **same[0],
        "ours_s": median(each["ours_s"] for each in same),
        "other_s": median(each["other_s"] for each in same),
        "ratios": [round(min(ratios), 1), round(max(ratios), 1)],
    }


def join_growth(rounds: list[dict[str, float]]) -> dict[str, list[float]]:
    """Return the least and the largest growth of each estimator."""
    return {
        what: [min(each[what] for each in rounds), max(each[what] for each in rounds)]
        for what in rounds[0]
    }


def measure_bootstrap() -> Iterator[dict]:
    """Yield seconds for each of a thousand resamples, against loops."""
    run = subprocess.run(
        [sys.executable, str(FOLDER / "bench_resampling.py")],
        capture_output=True,
        text=True,
        check=True,
    )
    report = json.loads(run.stdout)
    for key, what, in_r in (
        ("cox_s", "bootstrap Cox fit, 8 covariates", "R, coxph.fit"),
        ("median_s", "bootstrap median", "R, survfit"),
    ):
        for side, name in (("lifelines", "lifelines"), ("r", in_r)):
            if report[side]:
                yield row(what, report["n_subjects"], report["ours"][key], report[side][key], name)


def measure_models() -> Iterator[dict]:
    """Yield seconds of one Cox fit, from the table to the whole result."""
    for n, repeats in REPEATS.items():
        frame = bench_cox.make_frame(n)
        ours = bench_cox.measure(bench_cox.fit_ours, frame, repeats)
        theirs = bench_cox.measure(bench_cox.fit_lifelines, frame, repeats)
        yield row("Cox fit, 8 covariates", n, ours, theirs, "lifelines")


def measure_curves() -> Iterator[dict]:
    """Yield seconds of a curve with its median, and of a log-rank test."""
    for n in list(REPEATS)[1:]:
        for what, (ours, theirs) in bench_univariate.time_all(n, tied=True).items():
            yield row(what, n, ours, theirs, "lifelines")


def row(what: str, n: int, ours: float, theirs: float, other: str) -> dict:
    """Return one line of the table."""
    return {
        "what": what,
        "n": n,
        "ours_s": float(f"{ours:.3g}"),
        "other_s": float(f"{theirs:.3g}"),
        "other": other,
    }


def measure_growth(rows: list[dict]) -> dict[str, float]:
    """Return how many times longer 1e6 patients take than 1e5."""
    seconds = {(each["what"], each["n"]): each["ours_s"] for each in rows}
    return {
        what: round(seconds[what, 1_000_000] / seconds[what, 100_000], 1)
        for what, n in seconds
        if n == 1_000_000
    }


def describe_machine() -> str:
    """Return processor and number of cores."""
    model = platform.machine()
    cpus = Path("/proc/cpuinfo")
    if cpus.exists():
        lines = cpus.read_text(encoding="utf-8").splitlines()
        names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
        model = names[0] if names else model
    return f"{model}, {os.cpu_count()} cores"


def describe_software() -> str:
    """Return versions of Python, its packages and R."""
    packages = ", ".join(f"{name} {version(name)}" for name in ("numpy", "numba", "lifelines"))
    text = f"Python {platform.python_version()}, {packages}"
    rscript = shutil.which("Rscript")
    if rscript is None:
        return text
    ask = 'cat("R", paste(R.version$major, R.version$minor, sep = "."))'
    run = subprocess.run([rscript, "-e", ask], capture_output=True, text=True, check=True)
    return f"{text}, {run.stdout}"


if __name__ == "__main__":
    main()
