"""A report of ten thousand, a hundred thousand and a million synthetic patients, step by step."""

from __future__ import annotations

import json
from itertools import combinations
from pathlib import Path
from typing import Any

from cell_times import shorten
from contenders import BIN, PROJECT, build
from processes import Run, run_command


def measure_sizes(sizes: tuple[int, ...], folder: Path) -> dict[str, Any]:
    """Return a row for each size and the growth between them."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = [measure_size(n, folder) for n in sizes]
    return {"rows": rows, "growth": [compare(*pair) for pair in combinations(rows, 2)]}


def compare(small: dict[str, Any], large: dict[str, Any]) -> dict[str, float]:
    """Return how much longer a larger cohort takes."""
    return {
        "from": small["n"],
        "to": large["n"],
        "times_as_many": large["n"] / small["n"],
        "times_as_long": round(large["seconds"] / small["seconds"], 2),
        "cells_times_as_long": round(large["cells_seconds"] / small["cells_seconds"], 2),
    }


def measure_size(n: int, folder: Path) -> dict[str, Any]:
    """Return the seconds of each step of a cold build of n patients, its memory and its files."""
    data, params = folder / f"n{n}.csv", folder / f"n{n}.yml"
    made = run_command(
        [BIN / "lenfail", "synthesize", "--patients", str(n), "--output", data], folder=PROJECT
    )
    params.write_text(f"data: {data.name}\n", encoding="utf-8")
    run = build(folder / "reports", params=params, memory=True)
    report = folder / "reports" / params.stem
    cells = list_cells(run, report / "sections")
    steps = json.loads((report / "manifest.json").read_text(encoding="utf-8"))["steps"]
    sizes = [path.stat().st_size for path in report.rglob("*") if path.is_file()]
    figures = [path.stat().st_size for path in (report / "figures").iterdir()]
    return {
        "n": n,
        "synthesize_seconds": round(made.seconds, 2),
        "data_bytes": data.stat().st_size,
        "seconds": round(run.seconds, 2),
        "steps": steps,
        "cells_seconds": round(sum(row["seconds"] for row in cells), 2),
        "left_out": json.loads((report / "results.json").read_text(encoding="utf-8"))["omitted"],
        "cells": cells,
        "peak_bytes": run.peak_bytes,
        "report_bytes": sum(sizes),
        "largest_figure_bytes": max(figures),
    }


def list_cells(run: Run, notebooks: Path) -> list[dict[str, Any]]:
    """Return the seconds of each cell of a build, from when it told that the cell was done.

    Two sections run at a time; each begins as long before its end as it took.

    Parameters
    ----------
    run : Run
        Of the build, one JSON object a line.
    notebooks : Path
        Folder of the executed sections.
    """
    told = [
        (at, json.loads(line))
        for at, line in zip(run.printed_at, run.output.splitlines(), strict=True)
    ]
    ends = {
        event["name"]: (at, event["seconds"]) for at, event in told if event["event"] == "section"
    }
    last = {name: at - seconds for name, (at, seconds) in ends.items()}
    sources = {name: list_sources(notebooks / f"{name}.ipynb") for name in ends}
    rows = []
    for at, event in told:
        name = event["name"]
        if event["event"] == "cell" and name in last:
            step = sources[name][event["done"] - 1]
            rows.append(
                {"section": name, "step": step, "seconds": round(max(at - last[name], 0.0), 4)}
            )
            last[name] = at
    return sorted(rows, key=lambda row: row["section"])


def list_sources(notebook: Path) -> list[str]:
    """Return the code cells of an executed notebook, each as one short line."""
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    code = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    return [shorten(source) for source in code if source.strip()]
