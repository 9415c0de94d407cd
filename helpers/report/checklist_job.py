"""The checklists for submission, written as soon as the PDF tells on which sheet things stand."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from helpers.checklists.model import MarkedChecklist
from helpers.report.checklists import make_checklist_page
from helpers.report.layout import CHECKLISTS, CHECKLISTS_FORMAT
from helpers.report.pdf_outline import find_sheets
from helpers.report.workshop import PageJob

Written = Iterator[tuple[PageJob, float]]
#: Begins to write pages.
Begin = Callable[[Sequence[PageJob]], Written]


@dataclass(frozen=True, slots=True)
class ChecklistWriter:
    """Writes the document beside the pages of a report.

    Parameters
    ----------
    marked : sequence of MarkedChecklist
        Nothing is written without any.
    jobs : sequence of PageJob
        All pages; the manuscript's says in which formats the report is written.
    """

    marked: Sequence[MarkedChecklist]
    jobs: Sequence[PageJob]

    @property
    def is_wanted(self) -> bool:
        """Return whether there is something to write, in a format that was asked for."""
        return bool(self.marked) and self._find(CHECKLISTS_FORMAT) is not None

    def follow(self, written: Written, begin: Begin) -> Written:
        """Yield what is written, and the document with it.

        Parameters
        ----------
        written : iterator of (PageJob, float)
            Of all pages, in their order.
        begin : callable
            Begins to write further ones.
        """
        word, pdf = self._find(CHECKLISTS_FORMAT), self._find("pdf")
        if word is None or not self.marked:
            yield from written
            return
        late = begin([self._make_job(word, None)]) if pdf is None else iter(())
        for job, seconds in written:
            if job is pdf:
                late = begin([self._make_job(word, pdf)])
            yield job, seconds
        yield from late

    def _find(self, name: str) -> PageJob | None:
        """Return the job of the manuscript in a format, None where it is not asked for."""
        found = (job for job in self.jobs if job.page.kind == "manuscript" and job.format == name)
        return next(found, None)

    def _make_job(self, word: PageJob, pdf: PageJob | None) -> PageJob:
        sheets = {}
        if pdf is not None:
            data = (pdf.folder / f"{pdf.path}.pdf").read_bytes()
            sheets = find_sheets(data, pdf.page)
        page = make_checklist_page(self.marked, word.page, sheets)
        return PageJob(folder=word.folder, path=CHECKLISTS, page=page, format=CHECKLISTS_FORMAT)
