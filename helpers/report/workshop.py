"""Where the work of a build is done: in forked processes, or here and on kernels.

A workshop runs sections, makes the parts around them and writes pages. A build asks it and does
not know how many processes there are; one for a cluster would offer the same methods.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, Self

from helpers.report.assembly import Assembled, AssemblyRequest, assemble
from helpers.report.execute import count_workers, execute_section, make_forked_runner
from helpers.report.layout import write_page
from helpers.report.pages import Page
from helpers.report.scratch import make_scratch_folder
from helpers.report.tasks import SectionRunner
from helpers.report.warm import Job, WarmParent, WorkerLost, can_fork

if TYPE_CHECKING:
    from helpers.cohort.sources import RawTable

#: What every section's run needs, whatever its notebook imports; and what one with figures does.
_FOR_SECTIONS = ("helpers.report.section_job",)
_FOR_FIGURES = ("helpers.figures.render",)
_FIGURES = "helpers.figures"
_FOR_ASSEMBLY = ("helpers.report.front", "helpers.report.published_numbers")
_FOR_FORMAT = {
    "pdf": ("helpers.report.pdf",),
    "section_pdf": ("helpers.report.pdf",),
    "docx": ("helpers.report.docx",),
    "xlsx": ("helpers.report.xlsx",),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PageJob:
    """A page to write in one format.

    Attributes
    ----------
    folder : Path
        Of the report.
    path : str
        Of the page in it, without suffix.
    page : Page
        What to write.
    format : str
        E.g. ``html``.
    """

    folder: Path
    path: str
    page: Page
    format: str


class Workshop(Protocol):
    """What a build needs done."""

    @property
    def runner(self) -> SectionRunner:
        """Return what runs a section; may be called from several threads."""

    def check_data(
        self,
        parameters: Mapping[str, Any],
        base_dir: Path | None,
        rows: RawTable | None = None,
    ) -> None:
        """Read the patients, so that a fault of theirs is told before anything runs.

        Rows of a database that were read already are handed to the sections.
        """

    def assemble(self, request: AssemblyRequest) -> Assembled:
        """Make the parts around the sections."""

    def write_pages(self, jobs: Sequence[PageJob]) -> Iterator[tuple[PageJob, float]]:
        """Write pages and yield each with its seconds."""

    def close(self) -> None:
        """Let go of every process."""

    def __enter__(self) -> Self:
        """Begin a build."""

    def __exit__(self, *_: object) -> None:
        """Close."""


class ForkedWorkshop:
    """Does everything in processes forked from two warm parents.

    One has imported what sections use, the other what pages use; they import side by side,
    and no module is imported by both.

    Parameters
    ----------
    modules : iterable of str
        That the notebooks import.
    formats : sequence of str
        That are going to be written.
    on_retry : callable, optional
        Told section and reason when a process was lost and its section is run once more.
    with_assembly : bool
        Whether the parts around the sections are going to be asked for.
    """

    def __init__(
        self,
        modules: Iterable[str],
        formats: Sequence[str],
        on_retry: Callable[[str, str], None] | None = None,
        *,
        with_assembly: bool = True,
    ) -> None:
        wanted = list(modules)
        with_figures = any(name.startswith(_FIGURES) for name in wanted)
        self._sections = WarmParent(
            [
                *(_FOR_SECTIONS if wanted else ()),
                *(_FOR_FIGURES if with_figures else ()),
                *wanted,
                *(_FOR_ASSEMBLY if with_assembly else ()),
            ]
        )
        for_pages = [name for one in formats for name in _FOR_FORMAT.get(one, ())]
        self._pages = WarmParent(["helpers.report.layout", *for_pages])
        self._drawing: Job | None = None
        if with_figures:
            self._drawing = self._sections.begin(
                "helpers.report.preload:prepare_drawing", in_parent=True
            )
        self._runner = make_forked_runner(self._sections, on_retry)
        self._pool = ThreadPoolExecutor(count_workers(), thread_name_prefix="page")

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
        self._sections.run(job, dict(parameters), base_dir, rows, in_parent=True)

    def assemble(self, request: AssemblyRequest) -> Assembled:
        """Make the parts around the sections in a process of their own."""
        return self._sections.run("helpers.report.assembly:assemble", request)

    def write_pages(self, jobs: Sequence[PageJob]) -> Iterator[tuple[PageJob, float]]:
        """Begin to write pages side by side, the first ones first; yield each in this order."""
        begun = [(job, self._pool.submit(self._write, job)) for job in jobs]
        return ((job, future.result()) for job, future in begun)

    def _write(self, job: PageJob) -> float:
        function = "helpers.report.workshop:write_page_job"
        try:
            return self._pages.run(function, job)
        except WorkerLost:
            return self._pages.run(function, job)

    def close(self) -> None:
        """End both parents."""
        self._pool.shutdown(cancel_futures=True, wait=False)
        if self._drawing is not None:
            self._drawing.close()
        self._sections.close()
        self._pages.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class KernelWorkshop:
    """Runs sections on kernels and does all else in this process."""

    def __init__(self) -> None:
        self._rows: Path | None = None

    @property
    def runner(self) -> SectionRunner:
        """Return what runs a section on a kernel of its own."""
        return partial(execute_section, rows=self._rows)

    def check_data(
        self,
        parameters: Mapping[str, Any],
        base_dir: Path | None,
        rows: RawTable | None = None,
    ) -> None:
        """Read the patients; each kernel reads them again, rows of a database from a file."""
        from helpers.report.intake import keep_patients, write_rows_file

        keep_patients(_ignore, dict(parameters), base_dir, rows)
        self.close()
        if rows is not None:
            folder = make_scratch_folder()
            self._rows = write_rows_file(folder, parameters, base_dir, rows)

    def assemble(self, request: AssemblyRequest) -> Assembled:
        """Make the parts around the sections."""
        return assemble(_ignore, request)

    def write_pages(self, jobs: Sequence[PageJob]) -> Iterator[tuple[PageJob, float]]:
        """Write pages one after the other."""
        for job in jobs:
            yield job, write_page_job(_ignore, job)

    def close(self) -> None:
        """Remove the file of rows."""
        if self._rows is not None:
            shutil.rmtree(self._rows.parent, ignore_errors=True)
            self._rows = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def open_workshop(
    modules: Iterable[str],
    formats: Sequence[str],
    on_retry: Callable[[str, str], None] | None = None,
    *,
    with_assembly: bool = True,
) -> ForkedWorkshop | KernelWorkshop:
    """Return the workshop that this machine and the user's choice allow."""
    if not can_fork():
        return KernelWorkshop()
    return ForkedWorkshop(modules, formats, on_retry, with_assembly=with_assembly)


def list_needed(modules: Iterable[str], formats: Sequence[str]) -> list[str]:
    """Return what a process imports that is to do all the work of a build."""
    for_pages = [name for one in formats for name in _FOR_FORMAT.get(one, ())]
    begin = [*_FOR_SECTIONS, *_FOR_FIGURES, *modules, *_FOR_ASSEMBLY]
    return list(dict.fromkeys([*begin, "helpers.report.layout", *for_pages]))


def write_page_job(_: Callable[..., None], job: PageJob) -> float:
    """Write one page in one format; return the seconds that it took."""
    begun = time.perf_counter()
    write_page(job.folder, job.path, job.page, [job.format])
    return time.perf_counter() - begun


def _ignore(*_: object) -> None:
    """Tell nobody."""
