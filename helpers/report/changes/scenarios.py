"""Reports that nobody asked for: one with a single cause of change put in, results alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from helpers.errors import LenfailError
from helpers.report.artefacts import collect_results
from helpers.report.blocks import read_section
from helpers.report.changes.causes import show_value
from helpers.report.changes.code import compare_code
from helpers.report.changes.other_code import has_notebooks
from helpers.report.changes.reading import ReadReport
from helpers.report.changes.rows import find_data_file
from helpers.report.code_graph import CodeGraph
from helpers.report.execute import execute_sections
from helpers.report.imports import list_notebook_imports
from helpers.report.inputs import make_tasks
from helpers.report.keys import add_keys, hash_file
from helpers.report.notebook_file import read_notebook
from helpers.report.reached import describe_reached
from helpers.report.section_cache import FOLDER, SectionCache
from helpers.report.tasks import CellCounter, ExecutedSection, SectionRunner, SectionTask
from helpers.report.workshop import open_workshop
from helpers.results import Result

#: Parameters that belong to the patients' data.
_OF_DATA = ("data", "mapping", "data_dictionary")
_BUILT_IN = "synthetic"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where reports are rebuilt.

    Attributes
    ----------
    notebooks_dir, reports_dir, base_dir : Path
        Notebooks; reports, whose cache is read; where relative paths in parameters begin.
    ledger : Path
        Published numbers.
    folders, files : tuple of Path
        Where data files are looked for; copies of them.
    repository : Path or None
        Git repository that may have the code of other reports; that of the package without it.
    """

    notebooks_dir: Path
    reports_dir: Path
    base_dir: Path
    ledger: Path
    folders: tuple[Path, ...] = ()
    files: tuple[Path, ...] = ()
    repository: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A report that is rebuilt.

    Attributes
    ----------
    name : str
        What is put in.
    tasks : tuple of SectionTask
        All its sections.
    """

    name: str
    tasks: tuple[SectionTask, ...]


@dataclass(slots=True)
class Rebuilder:
    """Rebuilds results, each section once however many scenarios share it.

    Attributes
    ----------
    place : Place
        Where.
    tell : callable
        Told in words how far it is.
    """

    place: Place
    tell: Callable[[str], None]
    _done: dict[str, ExecutedSection] = field(default_factory=dict)
    _failures: dict[str, str] = field(default_factory=dict)

    def make_scenario(self, name: str, parameters: Mapping[str, Any]) -> Scenario:
        """Return a report of some parameters.

        Raises
        ------
        LenfailError
            If the parameters are none of this version.
        """
        from helpers.params import check_params

        values = check_params(parameters).model_dump()
        tasks = make_tasks(values, self.place.notebooks_dir, self.place.base_dir)
        graph = CodeGraph(self.place.reports_dir / FOLDER / "imports.json")
        return Scenario(name=name, tasks=add_keys(tasks, graph, ledger=self.place.ledger))

    def run(self, base: Scenario, scenarios: Iterable[Scenario]) -> None:
        """Run the sections of all scenarios that the base does not have."""
        known = {task.key for task in base.tasks}
        cache = SectionCache(self.place.reports_dir / FOLDER)
        waiting: dict[str, SectionTask] = {}
        for scenario in scenarios:
            for task in scenario.tasks:
                if task.key in known or task.key in self._done or task.key in waiting:
                    continue
                kept = cache.find(task)
                if kept is None:
                    waiting[task.key] = task
                else:
                    self._done[task.key] = kept
        if waiting:
            self._run_tasks(tuple(waiting.values()))

    def _run_tasks(self, tasks: Sequence[SectionTask]) -> None:
        modules = [name for task in tasks for name in list_notebook_imports(read_notebook(task))]
        n_done = 0
        with open_workshop(modules, (), with_assembly=False) as workshop:
            for section in execute_sections(tasks, run=self._guard(workshop.runner)):
                n_done += 1
                self.tell(f"{n_done} of {len(tasks)} sections rebuilt ({section.name})")

    def _guard(self, runner: SectionRunner) -> SectionRunner:
        def run(task: SectionTask, on_cell: CellCounter | None) -> ExecutedSection:
            try:
                section = runner(task, on_cell)
            except LenfailError as error:
                self._failures[task.key] = str(error)
                section = ExecutedSection(name=task.name, notebook=b"{}", seconds=0.0)
                return replace(section, failure=str(error))
            self._done[task.key] = section
            return section

        return run

    def find_failure(self, scenario: Scenario) -> str:
        """Return why a scenario could not be rebuilt; nothing where it was."""
        found = (self._failures.get(task.key, "") for task in scenario.tasks)
        return next(filter(None, found), "")

    def collect(self, base: Scenario, report: ReadReport, scenario: Scenario) -> dict[str, Result]:
        """Return a scenario's results: those of the base where a section is the base's."""
        kept = {task.key for task in base.tasks}
        again = [task for task in scenario.tasks if task.key not in kept]
        renewed = {
            result_id
            for task in again
            if task.name in report.sections
            for result_id in report.sections[task.name].result_ids
        }
        results = {key: one for key, one in report.results.items() if key not in renewed}
        for task in again:
            content = read_section(self._done[task.key].read(), name=task.name)
            records = collect_results(content.blocks).records
            results |= {key: Result.from_record(value) for key, value in records.items()}
        return results


def is_installed(report: ReadReport, rebuilder: Rebuilder) -> bool:
    """Return whether code, packages and notebooks here are those that a report was made with."""
    reached = report.manifest["reached"]
    if not reached or not report.sections:
        return False
    tasks = make_tasks(dict(report.parameters), rebuilder.place.notebooks_dir, None)
    here = describe_reached(tasks, rebuilder.place.reports_dir / FOLDER)
    if compare_code(reached, here).touched or reached["versions"] != here["versions"]:
        return False
    return has_notebooks(report, rebuilder.place.notebooks_dir)


def find_inputs(report: ReadReport, place: Place) -> tuple[dict[str, Any], str]:
    """Return a report's parameters of its data with paths that lead there, or why there are none.

    Returns
    -------
    parameters : dict
        Those that say where the patients are and how their file is read.
    reason : str
        Why they cannot be read again; empty where they can.
    """
    given = report.parameters
    found = {name: value for name, value in given.items() if is_of_data(name)}
    name = str(given.get("data") or "")
    if "://" in name:
        return found, "a database keeps no earlier rows"
    if name != _BUILT_IN:
        path = find_data_file(report, place.folders, place.files)
        if path is None:
            return found, "its data file is no longer there as it was; say with --data where"
        found["data"] = str(path.resolve())
    for key in ("mapping", "data_dictionary"):
        if not given.get(key):
            continue
        wanted = report.manifest["input_files"].get(key)
        relative = str(given[key]).removeprefix("<path>/")
        paths = [*place.files, *(folder / relative for folder in place.folders)]
        path = next((one for one in paths if wanted and hash_file(one) == wanted), None)
        if path is None:
            shown = show_value(given[key])
            return found, f"its {key} file {shown!r} is no longer there as it was; say with --data"
        found[key] = str(path.resolve())
    return found, ""


def is_of_data(name: str) -> bool:
    """Return whether a parameter belongs to the patients' data."""
    return name in _OF_DATA or name.startswith("data_")
