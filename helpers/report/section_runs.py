"""Get every section of a report: from an earlier build, or by running its notebook."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from helpers.errors import BuildError
from helpers.report.execute import execute_sections
from helpers.report.notebook_file import count_code_cells, read_notebook
from helpers.report.progress import Progress, ProgressEvent
from helpers.report.section_cache import SectionCache
from helpers.report.tasks import (
    CellCounter,
    ExecutedSection,
    SectionError,
    SectionRunner,
    SectionTask,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunChoices:
    """Which sections are run and what becomes of one that fails.

    Attributes
    ----------
    force : bool
        Run all, whatever was kept.
    only : tuple of str
        Run these; all others must have been kept. Empty runs whatever was not kept.
    keep_going : bool
        Build the report without a section that fails.
    """

    force: bool = False
    only: tuple[str, ...] = ()
    keep_going: bool = False


@dataclass(slots=True)
class SectionRuns:
    """The sections of one build.

    Attributes
    ----------
    tasks : tuple of SectionTask
        In the order of the manuscript.
    cache : SectionCache
        Of executed sections.
    choices : RunChoices
        Of the user.
    failures : list of SectionError
        Of sections that failed, in order of time.
    """

    tasks: tuple[SectionTask, ...]
    cache: SectionCache
    choices: RunChoices = field(default_factory=RunChoices)
    failures: list[SectionError] = field(default_factory=list)
    found: dict[str, ExecutedSection] = field(default_factory=dict)

    def look_up(self) -> tuple[SectionTask, ...]:
        """Take what was kept and return the tasks that are left, those of longest run first.

        Raises
        ------
        BuildError
            If only some sections are to be run and another was not kept.
        """
        named = find_sections(self.tasks, self.choices.only)
        for task in self.tasks:
            if not self.choices.force and task.name not in named:
                kept = self.cache.find(task)
                if kept is not None:
                    self.found[task.name] = kept
        left = [task for task in self.tasks if task.name not in self.found]
        lacking = [task.name for task in left if named and task.name not in named]
        if lacking and not self.choices.force:
            raise BuildError(
                f"--only needs every other section from an earlier build of the same inputs, but "
                f"there is none of {', '.join(lacking)}; build once without --only"
            )
        return tuple(sorted(left, key=self._guess_length, reverse=True))

    def run(
        self, tasks: Iterable[SectionTask], runner: SectionRunner, progress: Progress
    ) -> Iterator[ExecutedSection]:
        """Yield what was kept, then each further section when it is done.

        A section that fails is yielded too, as far as it came; the others go on.
        """
        for section in self.found.values():
            progress(ProgressEvent(kind="section", name=section.name, seconds=0.0, cached=True))
            yield section

        def tell_cell(section: str, done: int, total: int) -> None:
            progress(ProgressEvent(kind="cell", name=section, done=done, total=total))

        tasks = tuple(tasks)
        by_name = {task.name: task for task in tasks}
        for section in execute_sections(tasks, run=self._guard(runner), on_cell=tell_cell):
            if not section.failure:
                self.cache.keep(by_name[section.name], section)
            progress(
                ProgressEvent(
                    kind="section",
                    name=section.name,
                    seconds=section.seconds,
                    message=section.failure,
                )
            )
            yield section
        if tasks:
            self.cache.prune()

    def settle_failures(self, folder: Path) -> None:
        """Keep the notebooks of failed sections; raise unless the build is to go on.

        Raises
        ------
        SectionError
            The first failure; its sentence holds those of the others too.
        """
        forget_failed(folder)
        if not self.failures:
            return
        keep_failed(self.failures, folder)
        if not self.choices.keep_going:
            first, *others = self.failures
            first.args = ("\n".join(str(error) for error in (first, *others)),)
            raise first

    def _guard(self, runner: SectionRunner) -> SectionRunner:
        def run(task: SectionTask, on_cell: CellCounter | None) -> ExecutedSection:
            try:
                return runner(task, on_cell)
            except SectionError as error:
                self.failures.append(error)
                return ExecutedSection(
                    name=task.name, notebook=error.notebook, seconds=0.0, failure=str(error)
                )

        return run

    def _guess_length(self, task: SectionTask) -> tuple[float, int]:
        return self.cache.find_seconds(task.name), count_code_cells(read_notebook(task))


def find_sections(tasks: Iterable[SectionTask], names: Iterable[str]) -> frozenset[str]:
    """Return the sections that a user names, with or without their numbers.

    Raises
    ------
    BuildError
        If there is no such section.
    """
    known = {task.name: task.name for task in tasks}
    known |= {name.partition("_")[2]: name for name in tuple(known)}
    unknown = [name for name in names if name not in known]
    if unknown:
        allowed = ", ".join(name.partition("_")[2] for name in dict.fromkeys(known.values()))
        raise BuildError(
            f"--only must name sections ({allowed}), but was {unknown[0]!r}; name one of those"
        )
    return frozenset(known[name] for name in names)


def keep_failed(errors: Iterable[SectionError], folder: Path) -> None:
    """Write what the failing sections had done, and say where."""
    folder.mkdir(parents=True, exist_ok=True)
    for error in errors:
        path = folder / f"{error.section}.ipynb"
        path.write_bytes(error.notebook)
        error.args = (f"{error}; see {folder.name}/{path.name}, which ends at that cell",)


def forget_failed(folder: Path) -> None:
    """Remove the notebooks that failed in an earlier build."""
    for path in folder.glob("*.ipynb"):
        path.unlink()
    if folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()
