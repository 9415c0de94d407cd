"""What is told of a report once it is made: its summary and its manifest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import helpers
from helpers.report.artefacts import CollectedResults
from helpers.report.inputs import BuildInputs
from helpers.report.manifest import (
    StepTimer,
    hash_code,
    hash_files,
    list_versions,
    write_manifest,
)
from helpers.report.manuscript import Manuscript
from helpers.report.numbering import Numbering
from helpers.report.own_disease import list_relevant
from helpers.report.reached import describe_reached, find_commit, hash_input_files
from helpers.report.section_cache import FOLDER
from helpers.report.tasks import ExecutedSection

MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeReport:
    """A report whose pages are written.

    Attributes
    ----------
    manuscript : Manuscript
        All that is in it.
    numbering : Numbering
        Of its tables and figures.
    collected : CollectedResults
        Of all sections.
    verdicts : mapping of str to int
        Published numbers by verdict.
    executed : tuple of ExecutedSection
        In the manuscript's order.
    """

    manuscript: Manuscript
    numbering: Numbering
    collected: CollectedResults
    verdicts: Mapping[str, int]
    executed: tuple[ExecutedSection, ...]


def summarise(
    inputs: BuildInputs, output_dir: Path, made: MadeReport, timer: StepTimer
) -> dict[str, Any]:
    """Return the fields of the build's summary."""
    labels = made.numbering.labels.values()
    return {
        "name": inputs.name,
        "folder": output_dir / inputs.name,
        "seconds": dict(timer.seconds),
        "n_results": len(made.collected.records),
        "n_tables": sum("Table" in label for label in labels),
        "n_figures": sum("Figure" in label for label in labels),
        "verdicts": dict(made.verdicts),
        "warnings": tuple(_list_warnings(made, inputs.parameters)),
        "cached": tuple(item.name for item in made.executed if item.cached),
        "failures": tuple(item.failure for item in made.executed if item.failure),
    }


def write_closing_manifest(
    stage: Path,
    inputs: BuildInputs,
    made: MadeReport,
    *,
    summary: Mapping[str, Any],
    timer: StepTimer,
    begun: datetime,
) -> None:
    """Write what the report was made of, and the hash of every file in it.

    The only file with times. A report that lacks a section has no hash of its inputs, so that
    the next build makes it anew.
    """
    context = made.collected.context
    failures = list(summary["failures"])
    counts = ("n_results", "n_tables", "n_figures")
    base_dir = inputs.tasks[0].base_dir
    write_manifest(
        stage / MANIFEST,
        {
            "format": 2,
            "name": inputs.name,
            "version": helpers.__version__,
            "parameters": inputs.parameters,
            "formats": list(inputs.formats),
            "seed": inputs.parameters.get("seed"),
            "synthetic": bool(context.get("synthetic")),
            "cohort": context.get("cohort"),
            "n": context.get("n"),
            "data_sha256": context.get("data_sha256"),
            "input_files": hash_input_files(inputs.parameters, base_dir),
            "code_sha256": hash_code(),
            "commit": find_commit(),
            "packages": list_versions(),
            "fingerprints": {task.name: task.fingerprint for task in inputs.tasks},
            "sections": {task.name: task.key for task in inputs.tasks},
            "reached": describe_reached(inputs.tasks, stage.parent / FOLDER),
            "inputs_sha256": "" if failures else inputs.key,
            "counts": {name: summary[name] for name in counts},
            "labels": dict(made.numbering.labels),
            "verdicts": summary["verdicts"],
            "warnings": list(summary["warnings"]),
            "failures": failures,
            "begun": begun.isoformat(timespec="seconds"),
            "steps": timer.list_steps(),
            "files": hash_files(stage),
        },
    )


def _list_warnings(made: MadeReport, parameters: Mapping[str, Any]) -> list[str]:
    refs = [ref for block in made.manuscript.blocks for ref in getattr(block, "refs", ())]
    unknown = made.numbering.find_unknown(refs)
    found = [str(text) for text in made.collected.context.get("warnings", ())]
    if unknown:
        found.append(f"text refers to what the report does not have: {', '.join(unknown)}")
    if omitted := list_relevant(made.collected.omitted, parameters):
        noun = "analysis was" if len(omitted) == 1 else "analyses were"
        found.append(f"{len(omitted)} {noun} left out; the appendix says why")
    return found
