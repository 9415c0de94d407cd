"""Run the notebooks' code in this process and keep what goes through the gate."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest import mock

import helpers
from helpers import display
from helpers.disclosure import Gate
from helpers.document import Block
from helpers.results import ResultSet

NOTEBOOKS = sorted((Path(helpers.__file__).parent.parent / "notebooks").glob("0*.ipynb"))


@dataclass
class Passed:
    """Sets before and after the gate, and the blocks that were shown."""

    raw: dict[str, ResultSet] = field(default_factory=dict)
    shown: dict[str, ResultSet] = field(default_factory=dict)
    blocks: list[Block] = field(default_factory=list)
    n_patients: int = 0


def run_sections(parameters: Mapping[str, Any], *, draw: bool = False) -> Passed:
    """Return what the notebooks make of parameters; figures only where asked for."""
    passed = Passed()
    protect = Gate.protect

    def watch(gate: Gate, results: ResultSet) -> ResultSet:
        shown = protect(gate, results)
        passed.raw[results.id], passed.shown[results.id] = results, shown
        passed.n_patients = len(gate._table)
        return shown

    def skip(*_: Any, **__: Any) -> None:
        return None

    with (
        mock.patch.object(Gate, "protect", watch),
        mock.patch.object(display, "_emit", passed.blocks.append),
        mock.patch.object(display, "display", skip),
        mock.patch.object(display.Section, "figure", display.Section.figure if draw else skip),
    ):
        for path in NOTEBOOKS:
            namespace: dict[str, Any] = {}
            for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
                if cell["cell_type"] == "code":
                    exec("".join(cell["source"]), namespace)
                    if "parameters" in cell["metadata"].get("tags", ()):
                        namespace.update(parameters)
    return passed
