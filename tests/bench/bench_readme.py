"""README's section on speed, made from the last bench that was kept: measured_build.json."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from bars import GIB, VERDICTS

MEASURED = Path(__file__).with_name("measured_build.json")
README = Path(__file__).parents[2] / "README.md"
HEADING, NEXT = "## How fast", "## More"
WIDTH = 99


def keep(content: Mapping[str, Any]) -> None:
    """Write what README shows of a bench, and README's section."""
    parts = {name: part for name, part in content["measured"].items() if name != "estimators"}
    if "scaling" in parts:
        rows = [{**row, "cells": []} for row in parts["scaling"]["rows"]]
        parts["scaling"] = {**parts["scaling"], "rows": rows}
    kept = {**content, "measured": parts}
    MEASURED.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
    text = README.read_text(encoding="utf-8")
    README.write_text(put_section(text, make_section(kept)), encoding="utf-8")


def find_section(text: str) -> str:
    """Return the section of a README, empty if there is none."""
    _, found, rest = text.partition(f"{HEADING}\n")
    return found + rest.partition(f"{NEXT}\n")[0] if found else ""


def put_section(text: str, section: str) -> str:
    """Return a README with the section in its place, before the last one."""
    former = find_section(text)
    without = text.replace(former, "") if former else text
    before, heading, after = without.partition(f"{NEXT}\n")
    return f"{before}{section}{heading}{after}"


def make_section(content: Mapping[str, Any]) -> str:
    """Return the section as markdown."""
    return "\n".join([HEADING, "", *iterate_lines(content), "", ""])


def iterate_lines(content: Mapping[str, Any]) -> Iterator[str]:
    """Yield the lines of the section."""
    yield from textwrap.wrap(
        f"Measured on {content['date']}: {content['machine']}, load {content['load_before']:.1f} "
        "before the start. What is compared took turns; of several rounds the median decides and "
        "the range stands in brackets. `make bench` measures anew and writes `reports/bench.html` "
        f"({content['seconds_total'] / 60:.0f} minutes; `BENCH_QUICK=1 make bench` is shorter).",
        WIDTH,
    )
    yield from ("", "| | bar | measured | |", "| --- | --- | --- | --- |")
    for bar in content["bars"]:
        verdict = VERDICTS[bar["holds"]]
        yield f"| {bar['what']} | {bar['bar']} | {bar['measured']} | {verdict} |"
    if "scaling" in content["measured"]:
        yield from (
            "",
            "| patients | whole build | memory of all processes |",
            "| --- | --- | --- |",
        )
        for row in content["measured"]["scaling"]["rows"]:
            memory = row["peak_bytes"]
            shown = "not known" if memory is None else f"{memory / GIB:.1f} GiB"
            yield f"| {row['n']:,} | {row['seconds']:.0f} s | {shown} |"
