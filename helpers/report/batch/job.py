"""One report of a batch, built in a process that has imported everything already."""

from __future__ import annotations

import socket
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from helpers.errors import DataError
from helpers.report.assembly import Assembled, AssemblyRequest
from helpers.report.build import STANDARD_FRONT, build_report
from helpers.report.execute import make_forked_runner
from helpers.report.forked_parent import ForkedParent
from helpers.report.keys import hash_file
from helpers.report.manifest import hash_code
from helpers.report.section_runs import RunChoices
from helpers.report.tasks import SectionRunner
from helpers.report.warm import can_fork
from helpers.report.workshop import PageJob

if TYPE_CHECKING:
    from helpers.cohort.sources import RawTable

_FILES = ("data", "mapping", "data_dictionary", "reference_docx")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportTask:
    """All that a worker needs to build a report: values, paths, and what they must hold.

    Attributes
    ----------
    name : str
        Of the report.
    parameters : mapping
        Checked values by name.
    base_dir, output_dir, notebooks_dir, ledger : Path
        The same on every worker.
    files : mapping of str to str
        SHA-256 of each file that the parameters name, by its path as they give it.
    code_sha256 : str
        Of the package; empty where the worker is of this machine.
    descriptions : mapping of str to str
        Meaning of each parameter.
    force : bool
        Build whatever was built before.
    """

    name: str
    parameters: Mapping[str, Any]
    base_dir: Path
    output_dir: Path
    notebooks_dir: Path
    ledger: Path
    files: Mapping[str, str]
    code_sha256: str
    descriptions: Mapping[str, str]
    force: bool = False


def build_task(task: ReportTask, _: object = None) -> dict[str, Any]:
    """Build a report and return the fields of its summary.

    Raises
    ------
    LenfailError
        If it could not be built; the last report of this name is as it was.
    """
    check_worker(task)
    with open_own_workshop() as workshop:
        summary = build_report(
            task.parameters,
            name=task.name,
            output_dir=task.output_dir,
            notebooks_dir=task.notebooks_dir,
            base_dir=task.base_dir,
            front=STANDARD_FRONT,
            ledger=task.ledger,
            descriptions=task.descriptions,
            choices=RunChoices(force=task.force),
            check_data=True,
            workshop=workshop,
        )
    return {**asdict(summary), "folder": str(summary.folder)}


def hash_named_files(parameters: Mapping[str, Any], base_dir: Path) -> dict[str, str]:
    """Return the SHA-256 of each file that the parameters name."""
    named = [str(parameters.get(key) or "") for key in _FILES]
    hashes = {name: hash_file(base_dir / name) for name in dict.fromkeys(named) if name}
    return {name: digest for name, digest in hashes.items() if digest}


def check_worker(task: ReportTask) -> None:
    """Refuse to build where data or code are others than where the batch was asked for.

    Raises
    ------
    DataError
        With the name of the machine.
    """
    here = socket.gethostname()
    for name, expected in task.files.items():
        found = hash_file(task.base_dir / name)
        if found != expected:
            how = "differs" if found else "is absent or cannot be read"
            raise DataError(
                f"file {Path(name).name!r} must be the same on every worker, but {how} on {here}; "
                "keep the data on a disk that all share"
            )
    if task.code_sha256 and hash_code() != task.code_sha256:
        raise DataError(
            f"lenfail must be the same on every worker, but differs on {here}; install the same "
            "version there and start the worker again"
        )


class OwnWorkshop:
    """Does the work of one build in processes forked from this one.

    Parameters
    ----------
    parent : ForkedParent
        Of this process.
    """

    def __init__(self, parent: ForkedParent) -> None:
        self._parent = parent
        self._runner = make_forked_runner(parent)

    @property
    def runner(self) -> SectionRunner:
        """Return what runs a section in a forked process."""
        return self._runner

    def check_data(
        self,
        parameters: Mapping[str, Any],
        base_dir: Path | None,
        rows: RawTable | None = None,
    ) -> None:
        """Read the patients in the parent, whose sections then have them."""
        job = "helpers.report.intake:keep_patients"
        self._parent.run(job, dict(parameters), base_dir, rows, in_parent=True)

    def assemble(self, request: AssemblyRequest) -> Assembled:
        """Make the parts around the sections."""
        return self._parent.run("helpers.report.assembly:assemble", request)

    def write_pages(self, jobs: Sequence[PageJob]) -> Iterator[tuple[PageJob, float]]:
        """Begin to write pages, each in a process of its own; yield them in order."""
        job = "helpers.report.workshop:write_page_job"
        begun = [(page, self._parent.begin(job, page)) for page in jobs]
        return ((page, running.wait()) for page, running in begun)

    def close(self) -> None:
        """End every process."""
        self._parent.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


@contextmanager
def open_own_workshop() -> Iterator[OwnWorkshop | None]:
    """Give the workshop of one build; None leaves it to the build where there are no forks."""
    if not can_fork():
        yield None
        return
    with OwnWorkshop(ForkedParent()) as workshop:
        yield workshop
