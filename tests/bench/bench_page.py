"""The page of a bench: one HTML file that needs nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

from bars import GIB, VERDICTS

STYLE = """
:root { color-scheme: light dark; --ink: #1d1d1b; --paper: #fff; --hair: #d6d3cb; --good: #14602c;
  --bad: #8a1313; --soft: #57554f; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8e6e1; --paper: #17191b; --hair: #43443f;
  --good: #86d69b; --bad: #f2a29b; --soft: #b4b0a7; } }
body { margin: 2rem auto; max-width: 62rem; padding: 0 1rem; color: var(--ink);
  background: var(--paper); font: 1rem/1.5 Georgia, "DejaVu Serif", serif; }
table { border-collapse: collapse; width: 100%; font-family: Arial, "DejaVu Sans", sans-serif;
  font-size: 0.85rem; margin: 0.5rem 0 1.5rem; }
caption { text-align: left; font-weight: bold; padding: 0.3rem 0; }
th, td { text-align: left; padding: 0.3rem 0.7rem 0.3rem 0; vertical-align: top;
  border-bottom: 1px solid var(--hair); font-weight: normal; }
thead th { font-weight: bold; border-bottom: 2px solid var(--ink); }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; }
.holds { color: var(--good); } .missed { color: var(--bad); font-weight: bold; }
.soft { color: var(--soft); }
.scroll { overflow-x: auto; }
pre { overflow-x: auto; font-size: 0.75rem; border: 1px solid var(--hair); padding: 0.5rem; }
"""
CLASSES = {True: "holds", False: "missed", None: "soft"}
WAYS = {
    "cold": "lenfail build --force: HTML, PDF, Word, manuscript",
    "cold, with the workbook": "lenfail build --force: the workbook of tables too",
    "unchanged": "lenfail build, nothing changed",
    "plain": "papermill and jupyter nbconvert, four times each: HTML",
    "floor": "the floor: all cells in one process that has imported everything",
    "r": "R Markdown report of the same analyses: HTML",
}
Rows = Iterable[Sequence[str]]


def write_page(path: Path, content: Mapping[str, Any]) -> None:
    """Write the page of what was measured."""
    path.write_text("\n".join(iterate_page(content)) + "\n", encoding="utf-8")


def iterate_page(content: Mapping[str, Any]) -> Iterator[str]:
    """Yield the page line by line."""
    title = "How fast lenfail is"
    yield '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>"
    yield f"<h1>{title}</h1>"
    yield from iterate_machine(content)
    yield "<h2>Bars</h2>"
    yield make_bars(content["bars"])
    parts = content["measured"]
    makers = {
        "reports": make_reports,
        "warm": make_changes,
        "batch": make_batch,
        "scaling": make_scaling,
        "estimators": make_estimators,
    }
    for name, make in makers.items():
        if parts.get(name):
            yield make(parts[name])
    yield "</main>\n</body>\n</html>"


def iterate_machine(content: Mapping[str, Any]) -> Iterator[str]:
    """Yield when, where and with what it was measured."""
    yield (
        f"<p>Measured on {escape(content['date'])}, mode {escape(content['mode'])}, in "
        f"{content['seconds_total']:,.0f} seconds. Machine: {escape(content['machine'])}; load "
        f"before the start {content['load_before']:.1f}. {escape(content['software'])}.</p>"
    )
    yield (
        "<p>What is compared took turns on the same machine; trust ratios rather than seconds. "
        "Of several rounds the median decides, the range stands in brackets. Memory is that of "
        "all processes, what they share counted once.</p>"
    )
    if content["load_before"] > 1:
        yield (
            "<p><strong>The machine was busy</strong> before the start: other programs took a "
            "part of it, so the ratios may be off.</p>"
        )


def make_bars(bars: Iterable[Mapping[str, Any]]) -> str:
    """Return the table of bars."""
    rows = []
    for bar in bars:
        verdict = VERDICTS[bar["holds"]]
        cells = [escape(bar[name]) for name in ("bar", "measured")]
        cells.append(f'<span class="{CLASSES[bar["holds"]]}">{verdict}</span>')
        rows.append([escape(bar["what"]), *cells])
    return make_table("Each bar and what was measured", ["", "bar", "measured", "verdict"], rows)


def make_reports(part: Mapping[str, Any]) -> str:
    """Return the table of one report's ways."""
    names = list(part["median"])
    rounds = part["rounds"]
    rows = [
        [
            escape(WAYS[name]),
            *(f"{each[name]:.2f}" for each in rounds),
            f"{part['median'][name]:.2f}",
        ]
        for name in names
    ]
    head = ["", *(f"round {number}" for number in range(1, len(rounds) + 1)), "median"]
    note = f"<p>No R Markdown report: {escape(part['no_r'])}.</p>" if part["no_r"] else ""
    table = make_table("Seconds of each way, in rounds", head, rows, numbers=True)
    return f"<h2>One report of 392 patients</h2>\n{table}{note}"


def make_changes(part: Mapping[str, Any]) -> str:
    """Return the table of changed parameters."""
    rows = [
        [
            escape(each["change"]),
            escape(", ".join(each["sections"])),
            f"{each['computing_seconds']:.2f}",
            f"{each['seconds']:.2f}",
        ]
        for each in part["changes"]
    ]
    head = ["change", "sections run", "their cells, s", "from save to report, s"]
    return "<h2>One parameter changed</h2>\n" + make_table(
        "With lenfail watch, from saving the parameter file to the finished report", head, rows
    )


def make_batch(part: Mapping[str, Any]) -> str:
    """Return the table of a batch."""
    rows = [
        [f"lenfail batch, {part['n_reports']} reports", f"{part['per_report']:.2f}"],
        ["papermill and nbconvert", f"{part['plain']:.2f}"],
    ]
    if part["r"] is not None:
        rows.append(["R Markdown", f"{part['r']:.2f}"])
    table = make_table("Seconds of each report", ["", "seconds"], rows, numbers=True)
    return f"<h2>Many reports</h2>\n{table}"


def make_scaling(part: Mapping[str, Any]) -> str:
    """Return the tables of large cohorts."""
    rows = part["rows"]
    head = ["", *(f"{row['n']:,} patients" for row in rows)]
    facts = [
        ["whole build, s", *(f"{row['seconds']:.1f}" for row in rows)],
        ["memory, GiB", *(show_bytes(row["peak_bytes"], GIB) for row in rows)],
        ["data, MB", *(show_bytes(row["data_bytes"], 10**6) for row in rows)],
        ["report, MB", *(show_bytes(row["report_bytes"], 10**6) for row in rows)],
        [
            "largest figure's file, MB",
            *(show_bytes(row["largest_figure_bytes"], 10**6) for row in rows),
        ],
        ["all cells, two sections at a time, s", *(f"{row['cells_seconds']:.1f}" for row in rows)],
    ]
    steps = list(dict.fromkeys(step["step"] for row in rows for step in row["steps"]))
    found = [{step["step"]: step["seconds"] for step in row["steps"]} for row in rows]
    by_step = [[escape(step), *(f"{one.get(step, 0):.2f}" for one in found)] for step in steps]
    cells = [list_cells(row) for row in rows]
    by_cell = [
        [escape(": ".join(key)), *(f"{one.get(key, 0):.2f}" for one in cells)] for key in cells[-1]
    ]
    return "\n".join(
        [
            "<h2>A registry's number of patients</h2>",
            make_table("Cold builds of synthetic cohorts", head, facts, numbers=True),
            make_table(
                "Seconds of each step; sections and pages run side by side",
                head,
                by_step,
                numbers=True,
            ),
            *list_left_out(rows),
            "<details><summary>Seconds of each cell</summary>",
            make_table("Within the build, two sections at a time", head, by_cell, numbers=True),
            "</details>",
        ]
    )


def list_left_out(rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Yield a sentence for each size that says what a report of so many patients leaves out."""
    for row in rows:
        reasons = sorted({each["reason"].rstrip(".") for each in row["left_out"]})
        if reasons:
            yield (
                f"<p>With {row['n']:,} patients the report leaves out: "
                f"{escape('; '.join(reasons))}. Growth from fewer patients is that of the rest.</p>"
            )


def list_cells(row: Mapping[str, Any]) -> dict[tuple[str, str], float]:
    """Return the seconds of each cell by section and source; of equal ones the sum."""
    seconds: dict[tuple[str, str], float] = {}
    for cell in row["cells"]:
        key = cell["section"], cell["step"]
        seconds[key] = seconds.get(key, 0.0) + cell["seconds"]
    return seconds


def show_bytes(count: int | None, unit: int) -> str:
    """Return a number of bytes in a unit."""
    return "not known" if count is None else f"{count / unit:.2f}"


def make_estimators(part: Sequence[Mapping[str, Any]]) -> str:
    """Return what the benches of single estimators print."""
    blocks = [
        f"<details><summary>{escape(each['script'])}, {each['seconds']:.0f} s</summary>"
        f"<pre>{escape(each['output'])}</pre></details>"
        for each in part
    ]
    return "<h2>Single estimators</h2>\n" + "\n".join(blocks)


def make_table(caption: str, head: Sequence[str], rows: Rows, *, numbers: bool = False) -> str:
    """Return a table whose first column heads its rows."""
    kind = ' class="number"' if numbers else ""
    first = '<td class="soft"></td>' if not head[0] else f'<th scope="col">{escape(head[0])}</th>'
    columns = "".join(f'<th scope="col"{kind}>{escape(name)}</th>' for name in head[1:])
    body = "\n".join(
        f'<tr><th scope="row">{row[0]}</th>'
        + "".join(f"<td{kind}>{cell}</td>" for cell in row[1:])
        + "</tr>"
        for row in rows
    )
    return (
        f'<div class="scroll" role="region" aria-label="{escape(caption)}" tabindex="0">\n'
        f"<table>\n<caption>{escape(caption)}</caption>\n"
        f"<thead><tr>{first}{columns}</tr></thead>\n<tbody>\n{body}\n</tbody>\n</table>\n</div>\n"
    )
