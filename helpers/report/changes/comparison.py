"""Two reports compared: every number, every cause, and which cause can have moved which number."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from helpers.report.changes.causes import Cause, find_causes
from helpers.report.changes.numbers import NumberChange, compare_results
from helpers.report.changes.reading import ReadReport, Verdict
from helpers.report.changes.rows import RowCounts, count_row_changes

SEVERAL = "several"
UNEXPLAINED = "not explained"
#: From how many widths of the interval a change is called large.
LARGE = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What became of a report's numbers, and why.

    Attributes
    ----------
    before, after : ReadReport
        A and B.
    changes : tuple of NumberChange
        Results that both have and whose numbers differ, what matters most first.
    rewordings : tuple of NumberChange
        Results of which words alone differ.
    only_before, only_after : tuple of str
        Ids of the results that one of both has.
    causes : tuple of Cause
        What they were made of differently.
    rows : RowCounts or None
        Of the patients, where the data differ.
    verdicts : tuple of (Verdict or None, Verdict or None)
        Numbers of the paper that are judged differently.
    sections : mapping of str to str
        By result: the section that made it.
    settled : mapping of str to str
        By result: the cause that was found to change it, where reports were rebuilt.
    tolerance : float
        As given.
    notes : tuple of str
        What a reader must know.
    """

    before: ReadReport
    after: ReadReport
    changes: tuple[NumberChange, ...]
    rewordings: tuple[NumberChange, ...]
    only_before: tuple[str, ...]
    only_after: tuple[str, ...]
    causes: tuple[Cause, ...]
    rows: RowCounts | None
    verdicts: tuple[tuple[Verdict | None, Verdict | None], ...]
    sections: Mapping[str, str] = field(default_factory=dict)
    settled: Mapping[str, str] = field(default_factory=dict)
    tolerance: float = 0.0
    notes: tuple[str, ...] = ()

    @property
    def n_compared(self) -> int:
        """Return how many results both reports have."""
        return len(self.before.results.keys() & self.after.results.keys())

    @property
    def n_large(self) -> int:
        """Return how many moved by more than half an interval's width."""
        return sum((change.interval_units or 0.0) > LARGE for change in self.changes)

    @property
    def is_same(self) -> bool:
        """Return whether no result differs, in number or in word, and none is only in one."""
        return not (
            self.changes or self.rewordings or self.only_before or self.only_after or self.verdicts
        )

    @property
    def style(self) -> str:
        """Return the number style of what is printed, which is that of A."""
        return find_style(self.before)

    def find_cause(self, result_id: str) -> str:
        """Return the key of the one cause that can have changed a result, or what else is so."""
        if result_id in self.settled:
            return self.settled[result_id]
        section = self.sections.get(result_id, "")
        found = [cause for cause in self.causes if cause.can_reach(section)]
        if not found:
            return UNEXPLAINED
        return found[0].key if len(found) == 1 else SEVERAL

    def group_by_cause(self) -> dict[str, list[NumberChange]]:
        """Return the changes by cause, those with most of them first."""
        groups: dict[str, list[NumberChange]] = {}
        for change in self.changes:
            groups.setdefault(self.find_cause(change.id), []).append(change)
        return dict(sorted(groups.items(), key=lambda pair: -len(pair[1])))

    def group_by_section(self) -> dict[str, list[NumberChange]]:
        """Return the changes by section, in the reports' order."""
        names = [*dict.fromkeys([*self.before.sections, *self.after.sections]), ""]
        groups: dict[str, list[NumberChange]] = {name: [] for name in names}
        for change in self.changes:
            groups.setdefault(self.sections.get(change.id, ""), []).append(change)
        return {name: changes for name, changes in groups.items() if changes}


def compare_reports(
    before: ReadReport,
    after: ReadReport,
    *,
    tolerance: float = 0.0,
    folders: Iterable[Path] = (),
    files: Iterable[Path] = (),
) -> Comparison:
    """Compare two reports.

    Parameters
    ----------
    before, after : ReadReport
        A and B.
    tolerance : float
        As of :func:`helpers.report.changes.numbers.compare_results`.
    folders : iterable of Path
        Where the data files are looked for.
    files : iterable of Path
        Copies of data files.
    """
    changes = compare_results(
        before.results,
        after.results,
        tolerance=tolerance,
        style=find_style(before),
        alpha=find_alpha(before),
    )
    causes = find_causes(before, after)
    rows = None
    if any(cause.key == "data" for cause in causes):
        rows = count_row_changes(before, after, folders, files)
        causes = tuple(
            replace(cause, details=(rows.describe(),)) if cause.key == "data" else cause
            for cause in causes
        )
    return Comparison(
        before=before,
        after=after,
        changes=tuple(change for change in changes if not change.is_in_words),
        rewordings=tuple(change for change in changes if change.is_in_words),
        only_before=tuple(key for key in before.results if key not in after.results),
        only_after=tuple(key for key in after.results if key not in before.results),
        causes=causes,
        rows=rows,
        verdicts=compare_verdicts(before.verdicts, after.verdicts),
        sections=_map_sections(before, after),
        tolerance=tolerance,
        notes=tuple(_list_notes(before, after)),
    )


def compare_verdicts(
    before: Mapping[str, Verdict], after: Mapping[str, Verdict]
) -> tuple[tuple[Verdict | None, Verdict | None], ...]:
    """Return the numbers of the paper that are judged differently; none if one judges none."""
    if not before or not after:
        return ()
    pairs = ((before.get(key), after.get(key)) for key in dict.fromkeys([*before, *after]))
    return tuple(
        (first, second)
        for first, second in pairs
        if first is None or second is None or first.verdict != second.verdict
    )


def find_style(report: ReadReport) -> str:
    """Return a report's number style, the paper's where it is not known."""
    from helpers.formatting import PRESETS

    style = report.parameters.get("number_style")
    return str(style) if style in PRESETS else "paper"


def find_alpha(report: ReadReport) -> float:
    """Return a report's level of significance, 0 to 1."""
    alpha = report.parameters.get("alpha")
    return float(alpha) if isinstance(alpha, int | float) and 0 < alpha < 1 else 0.05


def _map_sections(before: ReadReport, after: ReadReport) -> dict[str, str]:
    return {
        result_id: section.name
        for report in (before, after)
        for section in report.sections.values()
        for result_id in section.result_ids
    }


def _list_notes(before: ReadReport, after: ReadReport) -> Iterable[str]:
    for letter, report in (("A", before), ("B", after)):
        yield from (f"Report {letter}: {note}." for note in report.notes)
        if not report.manifest["reached"]:
            yield (
                f"Report {letter} was built by a version that did not record what each section "
                "reaches; causes are told as far as it is known."
            )
        failures = report.manifest.get("failures")
        if failures:
            yield f"Report {letter} lacks sections that failed."
    if (before.disclosure == "off") != (after.disclosure == "off"):
        letter = "A" if before.disclosure == "off" else "B"
        yield (
            f"Report {letter} is not under disclosure control and the other one is: this "
            "comparison holds unprotected numbers and must not leave where they may be read."
        )
    is_same_data = before.manifest.get("data_sha256") == after.manifest.get("data_sha256")
    if "off" not in (before.disclosure, after.disclosure) and not is_same_data:
        yield (
            "Both reports are under disclosure control, but of different data: what appeared or "
            "went between them can tell more of a few patients than either alone. Have this "
            "comparison checked before it leaves."
        )
    if before.manifest.get("synthetic") != after.manifest.get("synthetic"):
        letter = "A" if before.manifest.get("synthetic") else "B"
        yield f"The patients of report {letter} are simulated, those of the other one are not."
