"""A whole manuscript of the built-in patients, or of a small file, without a build."""

from __future__ import annotations

import importlib.util
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pandas as pd
import pytest

from helpers.document import ResultsBlock
from helpers.report.appendices import make_omitted_appendix, make_provenance_appendix
from helpers.report.artefacts import CollectedResults
from helpers.report.checklist_marks import gather_facts
from helpers.report.front import make_front_matter
from helpers.report.manuscript import Manuscript, assemble_manuscript
from helpers.report.markdown import MarkdownConverter
from helpers.report.own_disease import list_relevant
from helpers.report.pages import Page

TESTS = Path(__file__).parents[1]
FEW = {"bootstrap_replicates": 20, "imputations": 2}


def load_own_cohorts() -> Any:
    """Return the module that runs the notebooks in this process."""
    spec = importlib.util.spec_from_file_location(
        "own_cohorts", TESTS / "notebooks" / "own_cohorts.py"
    )
    module = importlib.util.module_from_spec(spec)
    sys.modules.setdefault("own_cohorts", module)
    spec.loader.exec_module(module)
    return module


@dataclass(frozen=True)
class WholeReport:
    """A manuscript without its checklists, and what it was made of."""

    manuscript: Manuscript
    collected: CollectedResults
    parameters: dict[str, Any]
    markdown: MarkdownConverter

    @property
    def page(self) -> Page:
        return self.set_page(self.manuscript)

    @property
    def facts(self):
        return gather_facts(self.page, self.collected, self.parameters)

    def set_page(self, manuscript: Manuscript) -> Page:
        self.markdown.prepare(manuscript.list_fragments())
        return assemble_manuscript(
            manuscript, numbering=manuscript.number(), markdown=self.markdown
        )


def make_report(folder: Path, frame: Any, monkeypatch: Any, **parameters: Any) -> WholeReport:
    """Run the notebooks and put the manuscript together as a build does."""
    cohorts = load_own_cohorts()
    report = cohorts.run_notebooks(folder, frame, monkeypatch, **parameters)
    given = dict(report.parameters)
    ledger = cohorts.PROJECT / "params" / "published_values.yml"
    parts = (
        make_omitted_appendix(list_relevant(report.collected.omitted, given)),
        make_provenance_appendix({"seed": 1}, {"SHA-256 of the code": "ab"}),
    )
    assert any(isinstance(block, ResultsBlock) for block in report.blocks)
    manuscript = Manuscript(
        front=make_front_matter(given, ledger=ledger)(report.collected),
        sections=report.sections,
        appendices=tuple(part for part in parts if part is not None),
    )
    return WholeReport(manuscript, report.collected, given, MarkdownConverter())


@cache
def make_full_report() -> WholeReport:
    """Return the report of the built-in patients."""
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patching:
        frame = pd.DataFrame({"a": []})
        return make_report(Path(folder), frame, patching, data="synthetic", **FEW)


@cache
def make_bare_report() -> WholeReport:
    """Return the report of patients of whom nothing is known but time and event."""
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patching:
        return make_report(Path(folder), load_own_cohorts().make_patients(60), patching, **FEW)
