"""One build, step by step, into a folder that nobody looks at yet."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import helpers
from helpers.report.appendices import (
    make_omitted_appendix,
    make_provenance_appendix,
)
from helpers.report.artefacts import (
    CollectedResults,
    collect_results,
    write_comparison,
    write_figures,
    write_results,
    write_tables,
)
from helpers.report.blocks import read_section
from helpers.report.inputs import BuildInputs
from helpers.report.layout import iterate_pages, write_page
from helpers.report.manifest import (
    StepTimer,
    describe_origin,
    hash_code,
    hash_files,
    list_versions,
    write_manifest,
)
from helpers.report.manuscript import Manuscript, Part
from helpers.report.markdown import MarkdownConverter
from helpers.report.numbering import Numbering
from helpers.report.omissions import drop_omitted
from helpers.report.progress import Progress, ProgressEvent
from helpers.report.scrub import scrub_parameters

if TYPE_CHECKING:
    from helpers.report.execute import ExecutedSection, SectionError
    from helpers.report.published_numbers import PublishedNumbers


class BuildRun:
    """Runs the sections and writes every file of the report.

    Parameters
    ----------
    inputs : BuildInputs
        What to build.
    progress : callable
        Told of each cell, section and step.
    """

    def __init__(self, inputs: BuildInputs, progress: Progress) -> None:
        self.inputs = inputs
        self.timer = StepTimer()
        self._progress = progress

    def build(self, stage: Path, output_dir: Path) -> dict[str, Any]:
        """Write the whole report into `stage`; return the summary's fields."""
        begun = datetime.now(UTC)
        executed = self._execute(output_dir)
        sections = tuple(read_section(item.read(), name=item.name) for item in executed)
        collected = collect_results(block for section in sections for block in section.blocks)
        comparison = self._compare(collected)
        manuscript = Manuscript(
            front=self.inputs.front(collected),
            sections=tuple(drop_omitted(section) for section in sections),
            appendices=self._make_appendices(collected, comparison),
        )
        numbering = manuscript.number()
        self._write_sections(stage, executed)
        self._write_data(stage, manuscript, collected, comparison)
        self._write_pages(stage, manuscript, numbering)
        summary = self._summarise(output_dir, manuscript, numbering, collected, comparison)
        self._write_manifest(stage, summary, collected, numbering, begun)
        return summary

    def _step(self, name: str) -> Any:
        return _Step(name, self.timer, self._progress)

    def _execute(self, output_dir: Path) -> list[ExecutedSection]:
        from helpers.report.execute import SectionError, execute_sections

        def tell_cell(section: str, done: int, total: int) -> None:
            self._progress(ProgressEvent(kind="cell", name=section, done=done, total=total))

        failed = output_dir / f"{self.inputs.name}.failed"
        executed: dict[str, ExecutedSection] = {}
        with self.timer.measure("notebooks"):
            try:
                for section in execute_sections(self.inputs.tasks, on_cell=tell_cell):
                    executed[section.name] = section
                    event = ProgressEvent(
                        kind="section", name=section.name, seconds=section.seconds
                    )
                    self._progress(event)
            except SectionError as error:
                raise _keep_failed(error, failed) from None
        _forget_failed(failed)
        self.timer.seconds |= {item.name: item.seconds for item in executed.values()}
        return [executed[task.name] for task in self.inputs.tasks]

    def _compare(self, collected: CollectedResults) -> PublishedNumbers | None:
        if self.inputs.ledger is None:
            return None
        from helpers.report.published_numbers import compare_with_ledger

        with self._step("comparison"):
            return compare_with_ledger(
                self.inputs.ledger,
                collected,
                parameters=self.inputs.parameters,
                base_dir=self.inputs.tasks[0].base_dir,
            )

    def _make_appendices(
        self, collected: CollectedResults, comparison: PublishedNumbers | None
    ) -> tuple[Part, ...]:
        parts: list[Part | None] = []
        if comparison is not None:
            parts.append(comparison.appendix)
        parts.append(make_omitted_appendix(collected.omitted))
        parts.append(
            make_provenance_appendix(
                scrub_parameters(self.inputs.parameters),
                describe_origin(self.inputs.parameters, collected.context),
                descriptions=self.inputs.descriptions,
                warnings=collected.context.get("warnings", ()),
            )
        )
        return tuple(part for part in parts if part is not None)

    def _write_sections(self, stage: Path, executed: Sequence[ExecutedSection]) -> None:
        folder = stage / "sections"
        folder.mkdir()
        for section in executed:
            (folder / f"{section.name}.ipynb").write_bytes(section.notebook)

    def _write_data(
        self,
        stage: Path,
        manuscript: Manuscript,
        collected: CollectedResults,
        comparison: PublishedNumbers | None,
    ) -> None:
        with self._step("data"):
            write_results(stage / "results.json", collected)
            write_tables(stage / "tables", manuscript.blocks)
            write_figures(stage / "figures", manuscript.blocks)
            if comparison is not None:
                write_comparison(stage / "comparison.csv", comparison.frame)

    def _write_pages(self, stage: Path, manuscript: Manuscript, numbering: Numbering) -> None:
        markdown = MarkdownConverter()
        with self._step("prose"):
            markdown.prepare(manuscript.list_fragments())
        pages = iterate_pages(
            manuscript,
            numbering=numbering,
            markdown=markdown,
            formats=self.inputs.formats,
            print_options=self.inputs.print_options,
        )
        for path, page in pages:
            for name in self.inputs.formats:
                with self._step(name):
                    write_page(stage, path, page, [name])

    def _summarise(
        self,
        output_dir: Path,
        manuscript: Manuscript,
        numbering: Numbering,
        collected: CollectedResults,
        comparison: PublishedNumbers | None,
    ) -> dict[str, Any]:
        labels = numbering.labels.values()
        return {
            "name": self.inputs.name,
            "folder": output_dir / self.inputs.name,
            "seconds": dict(self.timer.seconds),
            "n_results": len(collected.records),
            "n_tables": sum("Table" in label for label in labels),
            "n_figures": sum("Figure" in label for label in labels),
            "verdicts": {} if comparison is None else dict(comparison.verdicts),
            "warnings": tuple(_list_warnings(manuscript, numbering, collected)),
        }

    def _write_manifest(
        self,
        stage: Path,
        summary: Mapping[str, Any],
        collected: CollectedResults,
        numbering: Numbering,
        begun: datetime,
    ) -> None:
        write_manifest(
            stage / "manifest.json",
            {
                "format": 1,
                "name": self.inputs.name,
                "version": helpers.__version__,
                "parameters": self.inputs.parameters,
                "seed": self.inputs.parameters.get("seed"),
                "synthetic": bool(collected.context.get("synthetic")),
                "cohort": collected.context.get("cohort"),
                "n": collected.context.get("n"),
                "data_sha256": collected.context.get("data_sha256"),
                "code_sha256": hash_code(),
                "packages": list_versions(),
                "fingerprints": {task.name: task.fingerprint for task in self.inputs.tasks},
                "labels": dict(numbering.labels),
                "verdicts": summary["verdicts"],
                "warnings": list(summary["warnings"]),
                "begun": begun.isoformat(timespec="seconds"),
                "steps": self.timer.list_steps(),
                "files": hash_files(stage),
            },
        )


class _Step:
    """Times a step and tells when it is done."""

    def __init__(self, name: str, timer: StepTimer, progress: Progress) -> None:
        self._name, self._progress = name, progress
        self._measure = timer.measure(name)
        self._begun = time.perf_counter()

    def __enter__(self) -> None:
        self._measure.__enter__()

    def __exit__(self, *error: Any) -> None:
        self._measure.__exit__(*error)
        if error[0] is None:
            seconds = time.perf_counter() - self._begun
            self._progress(ProgressEvent(kind="step", name=self._name, seconds=seconds))


def _list_warnings(
    manuscript: Manuscript, numbering: Numbering, collected: CollectedResults
) -> list[str]:
    refs = [ref for block in manuscript.blocks for ref in getattr(block, "refs", ())]
    unknown = numbering.find_unknown(refs)
    found = [str(text) for text in collected.context.get("warnings", ())]
    if unknown:
        found.append(f"text refers to what the report does not have: {', '.join(unknown)}")
    if collected.omitted:
        found.append(f"{len(collected.omitted)} analyses were left out; the appendix says why")
    return found


def _keep_failed(error: SectionError, folder: Path) -> SectionError:
    """Write what the failing section had done, and say where."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{error.section}.ipynb"
    path.write_bytes(error.notebook)
    error.args = (f"{error}; see {folder.name}/{path.name}, which ends at that cell",)
    return error


def _forget_failed(folder: Path) -> None:
    for path in folder.glob("*.ipynb"):
        path.unlink()
    if folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()
