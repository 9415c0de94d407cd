"""The notebooks' cells, run in this process on a small file of patients."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import helpers.display
from helpers.document import Block, FigureBlock, TableBlock, TextBlock
from helpers.report.artefacts import CollectedResults, collect_results
from helpers.report.blocks import Prose, SectionContent
from helpers.report.front import make_front_matter
from helpers.report.omissions import drop_omitted

PROJECT = Path(__file__).parents[2]
SECTIONS = ("01_cohort", "02_outcomes", "03_multivariate", "04_treatments")


@dataclass(frozen=True)
class OwnReport:
    """What the four notebooks and the front matter say of a cohort."""

    parameters: Mapping[str, Any]
    sections: tuple[SectionContent, ...]
    collected: CollectedResults

    @property
    def blocks(self) -> list[Block]:
        return [block for section in self.sections for block in section.blocks]

    @property
    def texts(self) -> dict[str, str]:
        """Return every sentence, title, note and description by what it belongs to."""
        return dict(self._iterate_texts())

    @property
    def prose(self) -> str:
        """Return the prose that stands in the manuscript."""
        items = [item for section in self.sections for item in section.items]
        return "\n\n".join(item.markdown for item in items if isinstance(item, Prose))

    @property
    def cells(self) -> Iterator[tuple[str, str]]:
        for block in self.blocks:
            if isinstance(block, TableBlock):
                for row in (*block.header, *block.rows):
                    yield from ((block.id, cell.text) for cell in row)

    def _iterate_texts(self) -> Iterator[tuple[str, str]]:
        front = make_front_matter(
            self.parameters, ledger=PROJECT / "params" / "published_values.yml"
        )(self.collected)
        yield from ((f"abstract.{heading}", block.markdown) for heading, block in front.abstract)
        for part in (*front.before, *front.after):
            for item in part.items:
                if isinstance(item, TextBlock):
                    yield item.id, item.markdown
        for block in self.blocks:
            if isinstance(block, TextBlock):
                yield f"text.{block.id}", block.markdown
            elif isinstance(block, TableBlock):
                yield block.id, " ".join([block.title, *block.notes.values()])
            elif isinstance(block, FigureBlock):
                words = block.text
                yield words.id, " ".join([words.title, words.caption, words.alt, words.description])


def run_notebooks(folder: Path, frame: pd.DataFrame, monkeypatch: Any, **parameters: Any) -> Any:
    """Run all cells of the four notebooks on a table, without a kernel."""
    frame.to_csv(folder / "own.csv", index=False)
    shown: list[Block] = []
    monkeypatch.setenv("LENFAIL_BASE_DIR", str(folder))
    monkeypatch.setattr(helpers.display, "_emit", shown.append)
    monkeypatch.setattr(helpers.display, "display", lambda *data, **options: None)
    changes = {"data": "own.csv", **parameters}
    sections = [_run(name, changes, shown) for name in SECTIONS]
    blocks = [block for section in sections for block in section.blocks]
    return OwnReport(changes, tuple(map(drop_omitted, sections)), collect_results(blocks))


def _run(name: str, changes: Mapping[str, Any], shown: list[Block]) -> SectionContent:
    notebook = json.loads((PROJECT / "notebooks" / f"{name}.ipynb").read_text(encoding="utf-8"))
    namespace: dict[str, Any] = {}
    items: list[Any] = []
    for cell in notebook["cells"]:
        source, tags = "".join(cell["source"]), cell["metadata"].get("tags", [])
        if cell["cell_type"] == "markdown":
            items += [] if "notebook-only" in tags else [Prose(source)]
            continue
        exec(compile(source, name, "exec"), namespace)
        if "parameters" in tags:
            namespace.update(changes)
        items += shown
        shown.clear()
    return SectionContent(name=name, title=name, items=tuple(items))


def make_patients(n: int, **columns: Any) -> pd.DataFrame:
    """Return n patients with identifier, time and event, and further columns."""
    draw = np.random.default_rng(7)
    return pd.DataFrame(
        {
            "patient_id": [f"P{number:03}" for number in range(n)],
            "os_months": np.round(draw.exponential(20, n) + 0.1, 1),
            "dead": draw.integers(0, 2, n),
            **columns,
        }
    )
