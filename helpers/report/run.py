"""One build, step by step, into a folder that nobody looks at yet."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from helpers.checklists.model import MarkedChecklist
from helpers.formatting.abbreviations import list_known
from helpers.report.appendices import (
    make_omitted_appendix,
    make_provenance_appendix,
)
from helpers.report.artefacts import (
    FIGURE_FORMATS,
    CollectedResults,
    collect_results,
    write_figures,
    write_results,
    write_tables,
)
from helpers.report.assembly import Assembled, AssemblyRequest
from helpers.report.blocks import Prose, SectionContent, read_section
from helpers.report.checklist_job import ChecklistWriter
from helpers.report.checklist_marks import mark_manuscript
from helpers.report.checklists import make_checklist_appendix
from helpers.report.closing import MadeReport, summarise, write_closing_manifest
from helpers.report.first_use import introduce_abbreviations
from helpers.report.inputs import BuildInputs
from helpers.report.layout import LONGEST_FIRST, is_written, iterate_pages
from helpers.report.manifest import StepTimer, describe_origin
from helpers.report.manuscript import Manuscript, Part, assemble_manuscript
from helpers.report.markdown import Fragment, MarkdownConverter
from helpers.report.notebook_file import read_notebook
from helpers.report.numbering import Numbering
from helpers.report.omissions import drop_omitted
from helpers.report.own_disease import list_relevant, select_parameters
from helpers.report.pages import list_fragments
from helpers.report.progress import Progress, ProgressEvent
from helpers.report.reopening import command_lab, make_reopenings
from helpers.report.scrub import scrub_parameters
from helpers.report.section_runs import SectionRuns
from helpers.report.tasks import ExecutedSection, SectionTask
from helpers.report.workshop import PageJob, Workshop


class BuildRun:
    """Runs the sections and writes every file of the report.

    Parameters
    ----------
    inputs : BuildInputs
        What to build.
    runs : SectionRuns
        Its sections.
    progress : callable
        Told of each cell, section and step.
    workshop : Workshop
        Where the work is done.
    """

    def __init__(
        self, inputs: BuildInputs, runs: SectionRuns, progress: Progress, workshop: Workshop
    ) -> None:
        self.inputs = inputs
        self.timer = StepTimer()
        self._runs = runs
        self._progress = progress
        self._workshop = workshop
        self._markdown = MarkdownConverter()
        self._contents: dict[str, SectionContent] = {}
        self._marked: tuple[MarkedChecklist, ...] = ()

    def build(self, stage: Path, output_dir: Path, tasks: Sequence[SectionTask]) -> dict[str, Any]:
        """Write the whole report into `stage`, running `tasks`; return the summary's fields."""
        begun = datetime.now(UTC)
        try:
            executed = self._execute(tasks, output_dir)
            sections = tuple(self._contents[item.name] for item in executed)
            collected = collect_results(block for one in sections for block in one.blocks)
            assembled = self._assemble(stage, collected)
            manuscript = introduce_abbreviations(
                Manuscript(
                    front=assembled.front or self.inputs.front(collected),
                    sections=tuple(drop_omitted(section) for section in sections),
                    appendices=self._make_appendices(collected, assembled),
                    reopenings=make_reopenings(self.inputs.name, self.inputs.tasks),
                ),
                list_known(collected.context.get("abbreviations") or {}),
            )
            with self._step("prose"):
                self._markdown.prepare(manuscript.list_fragments())
            manuscript = self._add_checklists(manuscript, collected)
            numbering = manuscript.number()
            self._write_sections(stage, executed)
            self._write_files(stage, manuscript, numbering, collected)
        finally:
            self._markdown.close()
        made = MadeReport(
            manuscript=manuscript,
            numbering=numbering,
            collected=collected,
            verdicts=assembled.verdicts,
            executed=tuple(executed),
        )
        summary = summarise(self.inputs, output_dir, made, self.timer)
        write_closing_manifest(
            stage, self.inputs, made, summary=summary, timer=self.timer, begun=begun
        )
        return summary

    def _step(self, name: str) -> Any:
        return _Step(name, self.timer, self._progress)

    def _execute(self, tasks: Sequence[SectionTask], output_dir: Path) -> list[ExecutedSection]:
        """Run what must be run; prose is converted meanwhile, as soon as it is known."""
        self._markdown.begin(_list_prose(self._runs.tasks))
        executed: dict[str, ExecutedSection] = {}
        with self.timer.measure("notebooks"):
            found = self._runs.run(tasks, self._workshop.runner, self._progress)
            for section in found:
                executed[section.name] = section
                content = self._contents[section.name] = _read_content(section)
                self._markdown.begin(list_fragments(content.items))
        self._runs.settle_failures(output_dir / f"{self.inputs.name}.failed")
        self.timer.seconds |= {
            item.name: item.seconds for item in executed.values() if not item.cached
        }
        return [executed[task.name] for task in self.inputs.tasks]

    def _assemble(self, stage: Path, collected: CollectedResults) -> Assembled:
        if self.inputs.ledger is None and self.inputs.front is not None:
            return Assembled()
        assembled = self._workshop.assemble(
            AssemblyRequest(
                collected=collected,
                parameters=self.inputs.parameters,
                ledger=self.inputs.ledger,
                base_dir=self.inputs.tasks[0].base_dir,
                with_front=self.inputs.front is None,
                comparison_file=stage / "comparison.csv",
            )
        )
        for name, seconds in assembled.seconds.items():
            self.timer.seconds[name] = seconds
            self._progress(ProgressEvent(kind="step", name=name, seconds=seconds))
        return assembled

    def _make_appendices(
        self, collected: CollectedResults, assembled: Assembled
    ) -> tuple[Part, ...]:
        parts: list[Part | None] = [assembled.appendix]
        relevant = list_relevant(collected.omitted, self.inputs.parameters)
        n_others = len(collected.omitted) - len(relevant)
        parts.append(make_omitted_appendix(relevant, n_others=n_others))
        parts.append(
            make_provenance_appendix(
                scrub_parameters(select_parameters(self.inputs.parameters)),
                {
                    **describe_origin(self.inputs.parameters, collected.context),
                    "To reopen it in JupyterLab": command_lab(self.inputs.name),
                },
                descriptions=self.inputs.descriptions,
                warnings=collected.context.get("warnings", ()),
            )
        )
        return tuple(part for part in parts if part is not None)

    def _add_checklists(self, manuscript: Manuscript, collected: CollectedResults) -> Manuscript:
        """Return the manuscript with checklists marked by what it holds without them."""
        if self.inputs.front is not None:
            return manuscript
        with self._step("checklists"):
            page = assemble_manuscript(
                manuscript, numbering=manuscript.number(), markdown=self._markdown
            )
            self._marked = mark_manuscript(page, collected, self.inputs.parameters)
        appendix = make_checklist_appendix(self._marked)
        return replace(manuscript, appendices=(*manuscript.appendices, appendix))

    def _write_sections(self, stage: Path, executed: Sequence[ExecutedSection]) -> None:
        folder = stage / "sections"
        folder.mkdir()
        for section in executed:
            (folder / f"{section.name}.ipynb").write_bytes(section.notebook)

    def _write_files(
        self,
        stage: Path,
        manuscript: Manuscript,
        numbering: Numbering,
        collected: CollectedResults,
    ) -> None:
        """Write pages in other processes and everything else here meanwhile."""
        self._markdown.prepare(manuscript.list_fragments())
        formats = self.inputs.formats
        pages = iterate_pages(
            manuscript,
            numbering=numbering,
            markdown=self._markdown,
            formats=formats,
            print_options=self.inputs.print_options,
        )
        jobs = [
            PageJob(folder=stage, path=path, page=page, format=name)
            for path, page in pages
            for name in sorted(formats, key=LONGEST_FIRST.index)
            if is_written(page, name)
        ]
        written = self._workshop.write_pages(jobs)
        with self._step("data"):
            write_results(stage / "results.json", collected)
            write_tables(stage / "tables", manuscript.blocks)
            write_figures(
                stage / "figures",
                manuscript.blocks,
                forms=self.inputs.parameters.get("figure_formats") or FIGURE_FORMATS,
            )
        checklists = ChecklistWriter(self._marked, jobs)
        total = len(jobs) + checklists.is_wanted
        written = checklists.follow(written, self._workshop.write_pages)
        for number, (job, seconds) in enumerate(written, 1):
            self.timer.seconds[job.format] = self.timer.seconds.get(job.format, 0.0) + seconds
            self._progress(
                ProgressEvent(kind="step", name="pages", done=number, total=total, seconds=seconds)
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


def _list_prose(tasks: Sequence[SectionTask]) -> list[Fragment]:
    """Return the prose that authors wrote into the notebooks."""
    cells = (cell for task in tasks for cell in read_notebook(task)["cells"])
    return [
        Fragment(cell["source"], math=True) for cell in cells if cell["cell_type"] == "markdown"
    ]


def _read_content(section: ExecutedSection) -> SectionContent:
    """Return what a section shows; of one that failed its title and why."""
    content = read_section(section.read(), name=section.name)
    if not section.failure:
        return content
    from helpers.formatting import escape_markdown

    stated = Prose(
        f"# {content.title}\n\n**This section is missing.** "
        f"{escape_markdown(section.failure[:1].upper() + section.failure[1:])}."
    )
    return replace(content, items=(stated,))
