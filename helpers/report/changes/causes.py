"""What two reports were made of differently, and which sections that can reach."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from helpers.report.changes.code import compare_code
from helpers.report.changes.reading import ReadReport
from helpers.report.changes.sections import ReadSection

CauseKind = Literal["data", "parameter", "code", "package", "notebook"]
#: Parameters that say where the patients are, not what is made of them.
_PLACES = ("data", "mapping", "data_dictionary")
ABSENT = "not there"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """Something that differs between what two reports were made of.

    Attributes
    ----------
    kind : CauseKind
        What it is.
    name : str
        Of the parameter, package or notebook; ``data`` and ``code`` for those.
    before, after : str
        In A and in B, in words; empty where details tell it.
    details : tuple of str
        What exactly differs: functions, cells, counts of rows.
    sections : frozenset of str or None
        Those whose numbers it can reach; None where that is not known: all.
    """

    kind: CauseKind
    name: str
    before: str = ""
    after: str = ""
    details: tuple[str, ...] = ()
    sections: frozenset[str] | None = None

    @property
    def key(self) -> str:
        """Return a name that no other cause has."""
        return self.kind if self.kind == self.name else f"{self.kind} {self.name}"

    @property
    def title(self) -> str:
        """Return the cause in a few words: ``parameter age_cut_years 75 -> 65``."""
        values = f" {self.before} \u2192 {self.after}" if self.before or self.after else ""
        return self.key + values

    def can_reach(self, section: str) -> bool:
        """Return whether it can change a number of a section; one that is unknown is reached."""
        return self.sections is None or not section or section in self.sections


def find_causes(before: ReadReport, after: ReadReport) -> tuple[Cause, ...]:
    """Return everything that two reports were made of differently, and that numbers use.

    Parameters
    ----------
    before, after : ReadReport
        A and B.

    Returns
    -------
    tuple of Cause
        Data, parameters, code, packages, notebooks; a parameter that no section uses has no
        section.
    """
    return (
        *_compare_data(before, after),
        *_compare_parameters(before, after),
        *compare_code_of(before, after),
        *_compare_packages(before, after),
        *_compare_notebooks(before, after),
    )


def _compare_data(before: ReadReport, after: ReadReport) -> Iterator[Cause]:
    first, second = before.manifest.get("data_sha256"), after.manifest.get("data_sha256")
    if first != second:
        yield Cause(kind="data", name="data")
    files = [report.manifest["input_files"] for report in (before, after)]
    for name, words in (("mapping", "mapping file"), ("data_dictionary", "data dictionary")):
        if all(files) and files[0].get(name) != files[1].get(name):
            yield Cause(kind="data", name=words)


def _compare_parameters(before: ReadReport, after: ReadReport) -> Iterator[Cause]:
    first, second = before.parameters, after.parameters
    same_code = before.manifest.get("code_sha256") == after.manifest.get("code_sha256")
    for name in sorted({*first, *second}):
        is_new = name not in first or name not in second
        if (is_new and not same_code) or name in _PLACES or first.get(name) == second.get(name):
            continue
        yield Cause(
            kind="parameter",
            name=name,
            before=show_value(first.get(name, ABSENT)),
            after=show_value(second.get(name, ABSENT)),
            sections=_find_users(name, (before, after)),
        )


def _find_users(name: str, reports: tuple[ReadReport, ReadReport]) -> frozenset[str] | None:
    """Return the sections that use a parameter, as recorded; without a record as read."""
    recorded = [report for report in reports if report.manifest["reached"]]
    if not recorded and not all(map(list_sections, reports)):
        return None
    return frozenset(
        section
        for report in recorded or reports
        for section in list_sections(report)
        if name in find_used(report, section)
    )


def compare_code_of(before: ReadReport, after: ReadReport) -> Iterator[Cause]:
    """Yield the code as a cause, where what makes numbers differs."""
    first, second = before.manifest, after.manifest
    if first.get("code_sha256") == second.get("code_sha256"):
        return
    values = {"before": _name_version(first), "after": _name_version(second)}
    if values["before"] == values["after"]:  # changed without a commit
        values = {
            side: f"{words}, hash {str(manifest.get('code_sha256'))[:8]}"
            for (side, words), manifest in zip(values.items(), (first, second), strict=True)
        }
    if not (first["reached"] and second["reached"]):
        yield Cause(kind="code", name="code", **values)
        return
    found = compare_code(first["reached"], second["reached"])
    if found.touched:
        details = tuple(f"{name}: {words}" for name, words in found.touched.items())
        yield Cause(kind="code", name="code", details=details, sections=found.sections, **values)


def _name_version(manifest: Mapping[str, Any]) -> str:
    commit = str(manifest.get("commit") or "")[:10]
    version = str(manifest.get("version") or "unknown version")
    return f"{version} ({commit})" if commit else version


def _compare_packages(before: ReadReport, after: ReadReport) -> Iterator[Cause]:
    reached = [report.manifest["reached"] for report in (before, after)]
    is_known = all(isinstance(one.get("versions"), dict) for one in reached)
    versions = (
        [one["versions"] for one in reached]
        if is_known
        else [report.manifest["packages"] for report in (before, after)]
    )
    names = {*versions[0], *versions[1]} if is_known else versions[0].keys() & versions[1].keys()
    for name in sorted(names - {"lenfail", "ipython"}):
        first, second = (str(one.get(name, ABSENT)) for one in versions)
        if first == second:
            continue
        users = None
        if is_known and name != "python":
            users = frozenset(
                section
                for one in reached
                for section, uses in one["sections"].items()
                if name in uses["packages"]
            )
        yield Cause(kind="package", name=name, before=first, after=second, sections=users)


def _compare_notebooks(before: ReadReport, after: ReadReport) -> Iterator[Cause]:
    if not before.sections or not after.sections:
        return
    for name in dict.fromkeys([*before.sections, *after.sections]):
        details = tuple(_compare_cells(before.sections.get(name), after.sections.get(name)))
        if details:
            yield Cause(kind="notebook", name=name, details=details, sections=frozenset({name}))


def _compare_cells(before: ReadSection | None, after: ReadSection | None) -> Iterator[str]:
    """Yield how many cells of code differ; prose changes no number."""
    if before is None or after is None:
        yield "only in B" if before is None else "only in A"
        return
    first, second = (
        {key: text for key, text in one.cells.items() if one.kinds[key] == "code"}
        for one in (before, after)
    )
    counts = {
        "changed": sum(first[key] != second[key] for key in first.keys() & second.keys()),
        "removed": len(first.keys() - second.keys()),
        "added": len(second.keys() - first.keys()),
    }
    kept = [[key for key in one if key in first and key in second] for one in (first, second)]
    for words, count in counts.items():
        if count:
            yield f"{count} {'cell' if count == 1 else 'cells'} of code {words}"
    if kept[0] != kept[1]:
        yield "cells in another order"


def list_sections(report: ReadReport) -> tuple[str, ...]:
    """Return the names of a report's sections, as far as it tells."""
    reached = report.manifest["reached"].get("sections")
    return tuple(reached or report.sections)


def find_used(report: ReadReport, section: str) -> frozenset[str]:
    """Return the parameters that a section of a report uses."""
    reached: Mapping[str, Any] = report.manifest["reached"].get("sections", {})
    if section in reached:
        return frozenset(map(str, reached[section]["parameters"]))
    if section in report.sections:
        return report.sections[section].find_used_parameters(frozenset(report.parameters))
    return frozenset()


def show_value(value: Any) -> str:
    """Return a parameter's value in words.

    Examples
    --------
    >>> show_value(75.0), show_value(["a", "b"]), show_value(True), show_value("")
    ('75', 'a, b', 'yes', 'empty')
    """
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return f"{value:g}"
    if isinstance(value, Mapping):
        return "; ".join(f"{key}: {show_value(one)}" for key, one in value.items()) or "empty"
    if isinstance(value, Iterable) and not isinstance(value, str):
        return ", ".join(map(show_value, value)) or "empty"
    return "empty" if value in (None, "") else str(value)
